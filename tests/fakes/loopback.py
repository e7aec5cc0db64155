"""A small HTTP/1.1 server on loopback that can be wrong on purpose.

The scripted providers (OpenAI, Resend, SendGrid) stand on it: they decide every byte and every
pause on the wire, which a well-behaved server library would not let them. `async with` runs it in
the test's loop; `in_thread()` runs it beside a blocking test or a benchmark.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


@dataclass(slots=True)
class Received:
    """One request as it came, and what became of it."""

    method: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    at: float = field(default_factory=time.monotonic)
    closed_early: bool = False  # the client went away before the answer's end
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """The way back to one client. `gone` is set as soon as the client closes."""

    def __init__(self, writer: asyncio.StreamWriter, gone: asyncio.Event):
        self.writer = writer
        self.gone = gone

    async def head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def answer(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        await self.head(
            status, {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
        )
        await self.raw(body)

    async def chunk(self, data: bytes) -> None:
        await self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    async def raw(self, data: bytes) -> None:
        if self.gone.is_set():
            raise ConnectionResetError("the client went away")
        self.writer.write(data)
        await self.writer.drain()

    async def pause(self, seconds: float) -> None:
        """Waits, but not longer than the client does."""
        if seconds <= 0:
            return
        try:
            await asyncio.wait_for(self.gone.wait(), seconds)
        except TimeoutError:
            return
        raise ConnectionResetError("the client went away")

    def drop(self) -> None:
        """Ends the connection in the middle of whatever was being said."""
        self.writer.transport.abort()


class LoopbackServer:
    """Subclasses answer in `handle`. `history` holds every request in order."""

    def __init__(self) -> None:
        self.history: list[Received] = []
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None, "not started"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def handle(self, request: Received, wire: Wire) -> None:
        raise NotImplementedError

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @contextmanager
    def in_thread(self) -> Iterator[Self]:
        """Runs in a loop and thread of its own for as long as the block lasts."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name=type(self).__name__, daemon=True)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.start(), loop).result(5)
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self.stop(), loop).result(5)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._requests(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the client has gone or the server stops: nobody is left to tell
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        early = b""
        while True:
            head = early + await reader.readuntil(b"\r\n\r\n")
            request = _parse(head)
            request.body = await reader.readexactly(int(request.headers.get("content-length", "0")))
            self.history.append(request)
            gone = asyncio.Event()
            watcher = asyncio.create_task(_watch(reader, gone))
            try:
                await self.handle(request, Wire(writer, gone))
            except ConnectionError:
                request.closed_early = True
                raise
            finally:
                watcher.cancel()
                early = (await asyncio.gather(watcher, return_exceptions=True))[0] or b""
                early = early if isinstance(early, bytes) else b""
                request.ended.set()


async def _watch(reader: asyncio.StreamReader, gone: asyncio.Event) -> bytes:
    """Notices that the client closes while it is being answered."""
    data = await reader.read(1)
    if not data:
        gone.set()
    return data


def _parse(head: bytes) -> Received:
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ", 2)
    headers: dict[str, str] = {}
    for line in rest:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Received(method, urlsplit(target).path, headers, b"")
