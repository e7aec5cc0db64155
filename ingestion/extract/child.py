"""The `Extractor` port: documents parsed in killable children of a fresh interpreter.

A hostile document costs a child, never the service: memory and CPU limits in the child, a wall
deadline here, then SIGKILL to its whole process group. Children are used again for many documents,
because a start costs 0.1 s, and retired after a while, because parsers keep memory.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import ingestion
from ingestion.extract.html import MAX_BYTES as HTML_LIMIT
from ingestion.extract.read import HTML_TYPES
from ingestion.extract.wire import LENGTH, MAX_ANSWER, Task, pack_task, unpack_document
from ingestion.model import ExtractedDocument, Reason

DOCUMENT_LIMIT = 20 * 1024 * 1024
_ROOT = str(Path(ingestion.__file__).resolve().parent.parent)
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from ingestion.extract.child_main import main; main()"
_GRACE = 2.0  # wall seconds over the deadline of the document itself, for start and pipes


class ChildExtractor:
    """Open with `async with`; safe to share between tasks."""

    def __init__(
        self,
        *,
        children: int = 2,
        wall_seconds: float = 20.0,
        documents_per_child: int = 200,
        idle_seconds: float = 20.0,
    ):
        self._wall = wall_seconds
        self._documents = documents_per_child
        self._idle = idle_seconds
        self._free = asyncio.Semaphore(children)
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
        task = Task(url=url, media_type=media_type, charset=charset, cpu_seconds=int(self._wall) or 1)
        async with self._free:
            child = self._waiting.pop() if self._waiting else await _Child.start()
            kept = False
            try:
                document = await asyncio.wait_for(child.ask(pack_task(task, body)), self._wall + _GRACE)
                kept = child.served < self._documents
            except TimeoutError:
                document = _unread(Reason.PARSE_TIMEOUT, f"{self._wall:g} s")
            except (EOFError, OSError, ValueError, TypeError, KeyError):
                document = await self._verdict(child)
            finally:
                # Also when this task is cancelled in the middle: a child with half an answer is of no use.
                if kept:
                    self._keep(child)
                else:
                    child.kill()
                    await asyncio.shield(child.end())
        return document

    async def _verdict(self, child: _Child) -> ExtractedDocument:
        """What a child that died says about its document."""
        child.kill(only_if_alive=True)
        code = await child.end()
        if code == -signal.SIGXCPU:
            return _unread(Reason.PARSE_TIMEOUT, f"{self._wall:g} s")
        if code in (-signal.SIGKILL, 1):  # out of memory, by the kernel or inside of the interpreter
            return _unread(Reason.PARSE_LIMIT, None)
        return _unread(Reason.BROKEN, None)

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

    async def ask(self, message: bytes) -> ExtractedDocument:
        """Raises EOFError (IncompleteReadError), OSError or ValueError when the child is no more."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        stdin.write(message)
        await stdin.drain()
        length, _ = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        if length > MAX_ANSWER:
            raise ValueError("answer too long")
        document = unpack_document(await stdout.readexactly(length))
        self.served += 1
        return document

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


def _unread(reason: Reason, detail: str | None) -> ExtractedDocument:
    return ExtractedDocument(title="", blocks=(), reason=reason, detail=detail)
