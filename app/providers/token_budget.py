"""Counts the tokens of a prompt before it is sent, never under what the provider will count.

With the model's vocabulary at hand tiktoken counts; without it (no network, an unknown model, the
first minutes) the number of UTF-8 bytes is the bound: every byte-level BPE has a token for each single
byte, so no text has more tokens than bytes. That is some four times too many for English, which costs
nothing but room in the month's reservation until the answer is settled.

The vocabularies are fetched in a child process in the background, see `fetch_vocabulary.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import tiktoken
from tiktoken.model import encoding_name_for_model

from app.providers.fetch_vocabulary import read_vocabulary
from retrieval.ports import PromptMessage

log = logging.getLogger(__name__)

FETCH_SECONDS = 120.0
# Role, separators and the primer of the answer. OpenAI documents 3-4 a message and 3 a prompt; chat
# templates of other servers add more (dates, tool notes).
KNOWN_MESSAGE, KNOWN_PROMPT = 8, 16
UNKNOWN_MESSAGE, UNKNOWN_PROMPT = 24, 96


class Vocabularies:
    """The encodings that could be had so far. `get` never waits and never touches disk or network."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._encodings: dict[str, tiktoken.Encoding] = {}
        self._task: asyncio.Task[None] | None = None

    def get(self, model: str) -> tiktoken.Encoding | None:
        name = encoding_name(model)
        return self._encodings.get(name) if name else None

    def add(self, name: str, encoding: tiktoken.Encoding) -> None:
        self._encodings[name] = encoding

    def start(self, models: Sequence[str]) -> None:
        """Loads what these models need, in the background. A failure is a line in the log."""
        names = sorted({name for model in models if (name := encoding_name(model))})
        if names and self._task is None:
            self._task = asyncio.create_task(self._load(names), name="token-vocabularies")

    async def settled(self) -> None:
        """Waits until all that `start` asked for is there or known not to be had."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _load(self, names: Sequence[str]) -> None:
        for name in names:
            path = self._folder / f"{name}.vocabulary"
            if not path.exists() and not await self._fetch(name, path):
                log.info("token vocabulary %s cannot be had; counting bytes instead", name)
                continue
            try:
                # 200,000 lines: half a second of work, in a thread so that no visitor waits for it.
                self.add(name, await asyncio.to_thread(read_vocabulary, path))
            except (OSError, ValueError, KeyError) as error:
                log.warning("token vocabulary %s is unreadable (%s); counting bytes instead", path, error)

    async def _fetch(self, name: str, path: Path) -> bool:
        path.parent.mkdir(parents=True, exist_ok=True)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.providers.fetch_vocabulary", name, str(path)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        try:
            # tiktoken asks without a timeout: on a network that swallows packets it would wait for ever.
            return await asyncio.wait_for(child.wait(), FETCH_SECONDS) == 0
        except TimeoutError:
            return False
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.send_signal(signal.SIGKILL)
                await child.wait()
                for left in path.parent.glob(f".fetch-{child.pid}-*"):
                    shutil.rmtree(left, ignore_errors=True)


def encoding_name(model: str) -> str | None:
    try:
        return encoding_name_for_model(model)
    except KeyError:
        return None  # a model that tiktoken does not know: bytes


def count_prompt(messages: Sequence[PromptMessage], encoding: tiktoken.Encoding | None) -> int:
    """`encoding` None: the bound by bytes."""
    if encoding is None:
        return UNKNOWN_PROMPT + sum(UNKNOWN_MESSAGE + at_most(message.content) for message in messages)
    return KNOWN_PROMPT + sum(KNOWN_MESSAGE + len(encoding.encode_ordinary(message.content)) for message in messages)


def at_most(text: str) -> int:
    """Never under the tokens of any vocabulary that can fall back to bytes.

    Some tokenizers (SentencePiece) first put a space in front and normalise with NFKC, which can make
    text longer: one sign becomes three letters. Then the longer form's bytes are the bound.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if not text.isascii():
        size = max(size, len(unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")))
    return size + 1
