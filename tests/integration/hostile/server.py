"""A server that does to each address what its case says, byte by byte. Also used by tests/bench/hostile_lag.py.

A case is a site of its own on a port of its own: a good start page that links to /x, no robots.txt and no
sitemap, unless the case says otherwise. What a route does is bytes to send, or a function of the writer.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ingestion.model import Reason

Script = Callable[[asyncio.StreamWriter, str], Awaitable[None]]  # the way back, and the server's own origin
Route = bytes | Script
Expected = Reason | None | frozenset[Reason | None]
START = (
    "<!doctype html><html lang=en><title>Corner shop</title><h1>Corner shop</h1><p>We sell bread, cheese and wine on"
    " every day but Monday.</p><p><a href='/x'>More</a></p></html>"
)
GOOD = (
    "<!doctype html><html lang=en><title>About</title><h1>About us</h1><p>The shop was opened in 1962 by two sisters"
    " who came from the coast.</p></html>"
)


@dataclass(frozen=True)
class Case:
    """`expect`: path → what the ledger must say of it; None is a page wholly read. `start`: of the whole crawl."""

    name: str
    routes: Mapping[str, Route]
    expect: Mapping[str, Expected] = field(default_factory=dict)
    start: Expected = None
    tls: ssl.SSLContext | None = None

    @property
    def waits(self) -> bool:
        """Whether a deadline is what ends it."""
        return Reason.TIMEOUT in (*self.expect.values(), self.start)


def answer(body: bytes | str = b"", status: str = "200 OK", *headers: tuple[str, str], length: bool = True) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    named = {name.lower() for name, _ in headers}
    lines = [f"{name}: {value}" for name, value in headers]
    if "content-type" not in named:
        lines.append("Content-Type: text/html; charset=utf-8")
    if length and "content-length" not in named:
        lines.append(f"Content-Length: {len(body)}")
    return f"HTTP/1.1 {status}\r\n".encode() + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


def moved(location: str) -> bytes:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    return head.encode("utf-8")


@asynccontextmanager
async def serving(case: Case, port: int = 0) -> AsyncIterator[str]:
    """Yields the origin. Connections that a case keeps open are cut at the end."""
    tasks: set[asyncio.Task[None]] = set()
    origin = ""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while True:
                first = await reader.readexactly(1)
                if first == b"\x16":  # a TLS handshake, as a server that knows none sees it
                    writer.write(answer("no TLS here", "400 Bad Request"))
                    return
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ")[1]
                route = case.routes.get(path) or case.routes.get(path.partition("?")[0]) or _usual(path)
                if isinstance(route, bytes):
                    writer.write(route)
                else:
                    await route(writer, origin)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            return  # the client has gone, speaks another protocol, or the case is over
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", port, ssl=case.tls)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield origin
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _usual(path: str) -> bytes:
    if path == "/":
        return answer(START)
    return answer("<h1>Not found</h1>", "404 Not Found")
