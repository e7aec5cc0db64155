"""The `Extractor` port: documents parsed in killable children of a fresh interpreter.

A hostile document costs a child, never the service: memory and CPU limits in the child, a wall
deadline here, then SIGKILL to its whole process group. Children are used again for many documents,
because a start costs 0.1 s, and retired after a while, because parsers keep memory. A document whose
reader died is tried once more by the other reader of its kind, if it has one.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import ingestion
from ingestion.extract.confine import Confinement
from ingestion.extract.html import MAX_BYTES as HTML_LIMIT
from ingestion.extract.ocr import OcrEngine, recognise
from ingestion.extract.read import HTML_TYPES, PDF_TYPES
from ingestion.extract.wire import LENGTH, MAX_ANSWER, Answer, Task, TaskKind, pack_task, unpack_document
from ingestion.model import ExtractedDocument, Reason

DOCUMENT_LIMIT = 20 * 1024 * 1024
_ROOT = str(Path(ingestion.__file__).resolve().parent.parent)
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from ingestion.extract.child_main import main; main()"
_GAVE_UP = (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL)
_SOON = 2.0  # seconds in which a child that an earlier document spoiled falls over
_GRACE = 2.0  # wall seconds over the deadline of the document itself, for start and pipes


@dataclass(frozen=True, slots=True)
class _Died:
    """Instead of an answer. `crashed_early`: a reader that fell over, with time left for another one."""

    reason: Reason
    detail: str | None
    crashed_early: bool = False


class ChildExtractor:
    """Open with `async with`; safe to share between tasks."""

    def __init__(
        self,
        *,
        children: int = 2,
        wall_seconds: float = 20.0,
        documents_per_child: int = 200,
        idle_seconds: float = 20.0,
        find_ocr: Callable[[], OcrEngine | None] | None = None,
    ):
        self._wall = wall_seconds
        self._documents = documents_per_child
        self._idle = idle_seconds
        self._free = asyncio.Semaphore(children)
        self._find_ocr = find_ocr  # asked when the first scan comes
        self._ocr: OcrEngine | None = None
        self._recognising = asyncio.Semaphore(1)  # it takes a core for as long as it lasts
        self._waiting: list[_Child] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[int]] = set()

    async def __aenter__(self) -> ChildExtractor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        waiting, self._waiting = self._waiting, []
        for child in waiting:
            await child.end()
        await asyncio.gather(*self._ending)

    async def extract(self, body: bytes, *, url: str, media_type: str, charset: str | None = None) -> ExtractedDocument:
        limit = HTML_LIMIT if media_type in HTML_TYPES else DOCUMENT_LIMIT
        if len(body) > limit:
            return _unread(Reason.TOO_LARGE, f"{limit // 2**20} MB")
        task = Task(url=url, media_type=media_type, charset=charset, cpu_seconds=self._cpu_seconds)
        answer = await self._ask(task, body)
        document = _document(answer)
        if isinstance(answer, _Died) and answer.crashed_early and media_type in PDF_TYPES:
            document = _in_part(document, _document(await self._ask(replace(task, careful=True), body)))
        return await self._recognised(document, body) if document.scans else document

    async def unlock(self, body: bytes, password: str) -> tuple[str, bytes]:
        """A PDF without its password: "opened" and the bytes, or "open" (it has none), "wrong", "broken"."""
        if len(body) > DOCUMENT_LIMIT:
            return "broken", b""
        task = Task("", "application/pdf", None, self._cpu_seconds, TaskKind.UNLOCK, password=password)
        answer = await self._ask(task, body)
        if isinstance(answer, _Died):
            return "broken", b""
        return str(json.loads(answer.head)["state"]), answer.body

    async def confinement(self) -> Confinement:
        """How a child of this machine is confined. For `milo doctor`; raises OSError when none starts."""
        answer = await self._ask(Task("", "", None, self._cpu_seconds, TaskKind.STATE), b"")
        if isinstance(answer, _Died):
            raise ChildProcessError("the parsing child does not start")
        state = json.loads(answer.head)
        return Confinement(bool(state["seccomp"]), int(state["landlock"]))

    async def _recognised(self, document: ExtractedDocument, body: bytes) -> ExtractedDocument:
        async with self._recognising:
            if self._find_ocr is not None:
                find, self._find_ocr = self._find_ocr, None
                self._ocr = await asyncio.to_thread(find)
            if self._ocr is None:
                return document
            return await recognise(self._ocr, document, lambda page: self._picture(body, page))

    async def _picture(self, body: bytes, page: int) -> bytes:
        answer = await self._ask(
            Task("", "application/pdf", None, self._cpu_seconds, TaskKind.PICTURE, page=page), body
        )
        return b"" if isinstance(answer, _Died) else answer.body

    @property
    def _cpu_seconds(self) -> int:
        return int(self._wall) or 1

    async def _ask(self, task: Task, body: bytes) -> Answer | _Died:
        """A child that was used before may fall by what an earlier document left in it: then a fresh one is asked."""
        async with self._free:
            used, begun = self._waiting.pop() if self._waiting else None, time.monotonic()
            answer = await self._ask_child(used or await _Child.start(), task, body)
            if used is not None and isinstance(answer, _Died) and time.monotonic() - begun < _SOON:
                answer = await self._ask_child(await _Child.start(), task, body)
        return answer

    async def _ask_child(self, child: _Child, task: Task, body: bytes) -> Answer | _Died:
        kept, begun = False, time.monotonic()
        try:
            answer: Answer | _Died = await asyncio.wait_for(child.ask(pack_task(task, body)), self._wall + _GRACE)
            kept = child.served < self._documents
        except TimeoutError:
            answer = _Died(Reason.PARSE_TIMEOUT, f"{self._wall:g} s")
        except (EOFError, OSError, ValueError, TypeError, KeyError):
            answer = await self._verdict(child, early=time.monotonic() - begun < self._wall / 2)
        finally:
            # Also when this task is cancelled in the middle: a child with half an answer is of no use.
            if kept:
                self._keep(child)
            else:
                child.kill()
                await asyncio.shield(child.end())
        return answer

    async def _verdict(self, child: _Child, *, early: bool) -> _Died:
        """What a child that died says about its document."""
        child.kill(only_if_alive=True)
        code = await child.end()
        if code == -signal.SIGXCPU:
            return _Died(Reason.PARSE_TIMEOUT, f"{self._wall:g} s")
        if code in (-signal.SIGKILL, 1):  # out of memory, by the kernel or inside of the interpreter
            return _Died(Reason.PARSE_LIMIT, None)
        if code in _GAVE_UP:  # a library that could get no more memory
            return _Died(Reason.PARSE_LIMIT, None, crashed_early=early)
        return _Died(Reason.BROKEN, None, crashed_early=early and code < 0)

    def _keep(self, child: _Child) -> None:
        child.since = time.monotonic()
        self._waiting.append(child)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(self._idle, self._sweep)

    def _sweep(self) -> None:
        """An idle child gives its memory back."""
        self._sweeper = None
        old = [child for child in self._waiting if time.monotonic() - child.since >= self._idle * 0.9]
        self._waiting = [child for child in self._waiting if child not in old]
        for child in old:
            ending = asyncio.create_task(child.end())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        if self._waiting or old:
            self._sweeper = asyncio.get_running_loop().call_later(self._idle, self._sweep)


class _Child:
    def __init__(self, process: asyncio.subprocess.Process):
        self._process = process
        self.served = 0
        self.since = time.monotonic()

    @classmethod
    async def start(cls) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", _START,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
            limit=1024 * 1024,
        )  # fmt: skip
        return cls(process)

    async def ask(self, message: bytes) -> Answer:
        """Raises EOFError (IncompleteReadError), OSError or ValueError when the child is no more."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        stdin.write(message)
        await stdin.drain()
        head_length, body_length = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        if head_length + body_length > MAX_ANSWER:
            raise ValueError("answer too long")
        head = await stdout.readexactly(head_length)
        body = await stdout.readexactly(body_length)
        self.served += 1
        return Answer(head, body)

    def kill(self, *, only_if_alive: bool = False) -> None:
        if self._process.returncode is not None:
            return
        if only_if_alive and self._process.stdout is not None and self._process.stdout.at_eof():
            return  # it has ended by itself; how is worth knowing
        with suppress(ProcessLookupError):  # ended between the check and the signal
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> int:
        """Closes the pipes and waits; an idle child ends by itself at the end of its input."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            return await asyncio.wait_for(self._process.wait(), 2.0)
        except TimeoutError:
            self.kill()
            return await self._process.wait()


def _in_part(verdict: ExtractedDocument, again: ExtractedDocument) -> ExtractedDocument:
    """What the other reader found, which cannot be known to be all; without any text the first verdict holds."""
    if not again.blocks:
        return verdict
    return again if again.reason is not None else replace(again, reason=Reason.PARSE_LIMIT)


def _document(answer: Answer | _Died) -> ExtractedDocument:
    if isinstance(answer, _Died):
        return _unread(answer.reason, answer.detail)
    try:
        return unpack_document(answer.head)
    except (ValueError, TypeError, KeyError):
        return _unread(Reason.BROKEN, None)  # said by a child that a document has taken over


def _unread(reason: Reason, detail: str | None) -> ExtractedDocument:
    return ExtractedDocument(title="", blocks=(), reason=reason, detail=detail)
