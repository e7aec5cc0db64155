"""The one door: against scripted servers on loopback, and with a recording connector for what must never be asked."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.outbound import OutboundFetcher
from app.settings import Settings
from ingestion.model import Reason
from ingestion.ports import FetchFailed, FetchResult
from tests.fakes.recording import Recorder

SETTINGS = Settings.from_env({"MILO_DATA_DIR": str(Path("/nonexistent")), "MILO_PUBLIC_URL": "http://127.0.0.1:8999"})
MEGABYTE = 2**20
Serve = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve, **options: Any) -> AsyncIterator[tuple[OutboundFetcher, str, list[str]]]:
    """A server that speaks raw bytes, and a fetcher that may reach it."""
    heads: list[str] = []

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                heads.append(head.decode())
                await serve(head.decode().split(" ")[1], writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    owned = replace(SETTINGS, crawl_private_hosts=frozenset({f"127.0.0.1:{port}", f"shop.example:{port}"}))
    fetcher = OutboundFetcher(owned, resolve=loopback, **options)
    try:
        yield fetcher, f"http://127.0.0.1:{port}", heads
    finally:
        await fetcher.close()
        server.close()
        await server.wait_closed()


async def loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    lines = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def always(reply: bytes, *, close: bool = False) -> Serve:
    async def serve(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        if close:
            await writer.drain()
            writer.close()

    return serve


async def failing(fetcher: OutboundFetcher, url: str, *, max_bytes: int = MEGABYTE) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(url, max_bytes=max_bytes)
    return caught.value


async def test_an_honest_request_on_a_kept_connection():
    async with serving(always(answer(b"hello", Content_Type="text/html"))) as (fetcher, base, heads):
        for _ in range(3):
            found = await fetcher.fetch(f"{base}/a?b=1", max_bytes=100)
        assert found == FetchResult(f"{base}/a?b=1", 200, found.headers, b"hello")
        assert found.headers["content-type"] == "text/html"
        assert len(fetcher._pools) == 1
    assert "User-Agent: Milo/0.1 (+http://127.0.0.1:8999/)" in heads[0]
    assert f"Host: {base.removeprefix('http://')}" in heads[0]
    assert "cookie" not in heads[0].lower() and "authorization" not in heads[0].lower()


async def test_the_name_goes_to_the_checked_address():
    async with serving(always(answer(b"named"))) as (fetcher, base, heads):
        port = base.rpartition(":")[2]
        assert (await fetcher.fetch(f"http://shop.example:{port}/", max_bytes=100)).body == b"named"
        await fetcher.fetch(f"{base}/", max_bytes=100)
        assert f"Host: shop.example:{port}" in heads[0]
        assert len(fetcher._pools) == 2, "one address, two names: two connections"


async def test_conditions_go_to_the_first_address_only():
    async def serve(path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/moved":
            writer.write(answer(status="302 Found", Location="/here"))
        else:
            writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n')

    async with serving(serve) as (fetcher, base, heads):
        found = await fetcher.fetch(
            f"{base}/page", max_bytes=100, etag='"e"', last_modified="Mon, 01 Jan 2029 00:00:00 GMT"
        )
        assert (found.status, found.body) == (304, b"")
        assert 'If-None-Match: "e"' in heads[0] and "If-Modified-Since: Mon" in heads[0]
        moved = await fetcher.fetch(f"{base}/moved", max_bytes=100, etag='"e"')
        assert moved.url == f"{base}/here"
        assert moved.redirects == (f"{base}/moved",)
        assert "If-None-Match" not in heads[-1]


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"text " * 1000)),
        ("gzip", gzip.compress(b"text " * 500) + gzip.compress(b"text " * 500)),
        ("deflate", zlib.compress(b"text " * 1000)),
        ("deflate", zlib.compress(b"text " * 1000, wbits=-15)),
        ("identity", b"text " * 1000),
    ],
    ids=["gzip", "two gzip members", "deflate", "raw deflate", "identity"],  # a gzip head holds the time
)
async def test_packed_bodies_are_unpacked(coding: str, packed: bytes):
    async with serving(always(answer(packed, Content_Encoding=coding))) as (fetcher, base, _):
        assert (await fetcher.fetch(base, max_bytes=MEGABYTE)).body == b"text " * 1000


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(gzip.compress(b"text " * 10_000)[:-20], Content_Encoding="gzip"), Reason.BAD_RESPONSE),
        (answer(b"\x1f\x8bnonsense", Content_Encoding="gzip"), Reason.BAD_RESPONSE),
        (answer(gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip"), Reason.BAD_RESPONSE),
        (answer(b"x", Content_Encoding="br"), Reason.BAD_RESPONSE),
        (answer(gzip.compress(b"\0" * 50 * MEGABYTE), Content_Encoding="gzip"), Reason.TOO_LARGE),
        (answer(b"x" * 2 * MEGABYTE), Reason.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2 * MEGABYTE, Reason.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 150_000 + b"\r\n\r\n", Reason.BAD_RESPONSE),
        (
            b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: %s\r\n" % (n, b"y" * 900) for n in range(80)) + b"\r\n",
            Reason.BAD_RESPONSE,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", Reason.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Reason.BAD_RESPONSE),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Reason.BAD_RESPONSE),
        (b"", Reason.BAD_RESPONSE),
    ],
    ids=[
        *("gzip-cut", "gzip-damaged", "gzip-twice", "brotli", "gzip-bomb", "declared-large", "endless", "header-line"),
        *("many-headers", "short-body", "negative-length", "not-http", "nothing"),
    ],
)
async def test_a_bad_answer_has_a_named_reason(reply: bytes, reason: Reason):
    async with serving(always(reply, close=True)) as (fetcher, base, _):
        assert (await failing(fetcher, base)).reason is reason


async def test_a_server_that_drips_or_never_ends_is_left_at_the_deadline():
    async def drip(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" if path == "/headers" else b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(drip, total_seconds=0.4) as (fetcher, base, _):
        for path in ("/headers", "/body"):
            begun = time.monotonic()
            assert (await failing(fetcher, base + path)).reason is Reason.TIMEOUT
            assert time.monotonic() - begun < 1.5


async def test_redirects_are_followed_five_times_and_checked_each_time():
    async def serve(path: str, writer: asyncio.StreamWriter) -> None:
        left = int(path.rpartition("/")[2])
        writer.write(answer(b"there") if left == 0 else answer(status="301 Moved", Location=f"/{left - 1}"))

    async with serving(serve) as (fetcher, base, _):
        assert (await fetcher.fetch(f"{base}/5", max_bytes=100)).body == b"there"
        assert (await failing(fetcher, f"{base}/6")).reason is Reason.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.2/", Reason.REFUSED_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", Reason.REFUSED_ADDRESS),
        ("http://[::1]/", Reason.REFUSED_ADDRESS),
        ("http://localhost/", Reason.REFUSED_ADDRESS),
        ("http://example.com:6379/", Reason.REFUSED_ADDRESS),
        ("ftp://example.com/", Reason.BAD_ADDRESS),
        ("http://user@example.com/", Reason.BAD_ADDRESS),
    ],
)
async def test_a_redirect_leads_nowhere_private(location: str, reason: Reason):
    async with serving(always(answer(status="302 Found", Location=location))) as (fetcher, base, heads):
        assert (await failing(fetcher, base)).reason is reason
        assert len(heads) == 1


async def test_https_does_not_fall_back_to_http():
    moved = b"HTTP/1.1 301 Moved\r\nLocation: http://shop.example/plain\r\nContent-Length: 0\r\n\r\n"
    recorder = Recorder(moved)

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34"]

    fetcher = OutboundFetcher(SETTINGS, resolve=resolve, backend=recorder)
    assert (await failing(fetcher, "https://shop.example/")).reason is Reason.BAD_RESPONSE
    assert recorder.connected == [("93.184.216.34", 443)]
    await fetcher.close()


async def test_a_host_that_does_not_exist_or_does_not_listen():
    async def unknown(host: str, _port: int) -> list[str]:
        raise OSError(f"no address for {host}")

    assert (
        await failing(OutboundFetcher(SETTINGS, resolve=unknown, refusal_seconds=0), "http://no-such.example/")
    ).reason is Reason.NO_SUCH_HOST
    async with serving(always(b"")) as (_, base, _heads):
        pass
    closed = OutboundFetcher(replace(SETTINGS, crawl_private_hosts=frozenset({base.removeprefix("http://")})))
    assert (await failing(closed, base)).reason is Reason.CONNECT_FAILED
    await closed.close()


async def test_eight_at_once_share_a_small_pool():
    async def slow(_path: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(answer(b"x"))

    async with serving(slow) as (fetcher, base, _):
        begun = time.monotonic()
        await asyncio.gather(*(fetcher.fetch(f"{base}/{n}", max_bytes=10) for n in range(16)))
        assert time.monotonic() - begun < 1.0


def test_owned_is_exactly_the_listed_host_and_port():
    fetcher = OutboundFetcher(replace(SETTINGS, crawl_private_hosts=frozenset({"127.0.0.1:9000"})))
    assert fetcher.is_owned("http://127.0.0.1:9000/a")
    assert not fetcher.is_owned("http://127.0.0.1:9001/a")
    assert not fetcher.is_owned("http://localhost:9000/a")
    assert not fetcher.is_owned("not an address")
