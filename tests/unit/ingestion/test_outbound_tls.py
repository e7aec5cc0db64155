"""Secure connections, good and bad, against servers on loopback with certificates of a local authority."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app import outbound_tls
from app.outbound import OutboundFetcher
from app.settings import Settings
from ingestion.model import Reason
from ingestion.ports import FetchFailed
from ingestion.sentences import sentence_for
from tests.fakes.certificates import authority, server_context, trusting

SETTINGS = Settings.from_env({"MILO_DATA_DIR": "/nonexistent"})
NAME = "shop.example"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/html\r\n\r\nsafe"


@asynccontextmanager
async def serving(
    context: ssl.SSLContext | None, reply: bytes = PAGE, *, names: list[str | None] | None = None
) -> AsyncIterator[tuple[OutboundFetcher, str]]:
    """A server, and a fetcher that resolves every name to it and trusts the test's authority."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if context is None:
                await reader.read(1)
            else:
                await reader.readuntil(b"\r\n\r\n")
            writer.write(reply)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    if context is not None and names is not None:
        context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = await asyncio.start_server(client, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    hosts = frozenset({f"{NAME}:{port}", f"other.example:{port}", f"127.0.0.1:{port}"})

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    fetcher = OutboundFetcher(replace(SETTINGS, crawl_private_hosts=hosts), resolve=resolve, tls=trusting())
    try:
        yield fetcher, f"https://{NAME}:{port}/"
    finally:
        await fetcher.close()
        server.close()
        await server.wait_closed()


async def failing(fetcher: OutboundFetcher, url: str) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(url, max_bytes=1000)
    return caught.value


async def test_a_certificate_of_the_name_is_accepted_though_the_address_is_a_number(tmp_path: Path):
    names: list[str | None] = []
    async with serving(server_context(tmp_path, NAME), names=names) as (fetcher, url):
        assert (await fetcher.fetch(url, max_bytes=100)).body == b"safe"
    assert names == [NAME], "the handshake asks for the name"


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({"days": (-3, -1)}, outbound_tls.EXPIRED),
        ({"days": (1, 2)}, outbound_tls.NOT_YET),
        ({"itself": True}, outbound_tls.SELF_SIGNED),
        ({"by": authority("Unknown Authority")}, outbound_tls.UNKNOWN_ISSUER),
    ],
    ids=["expired", "not-yet", "self-signed", "unknown-issuer"],
)
async def test_what_is_wrong_with_a_certificate_is_said(tmp_path: Path, options: dict[str, object], detail: str):
    async with serving(server_context(tmp_path, NAME, **options)) as (fetcher, url):  # type: ignore[arg-type]
        failure = await failing(fetcher, url)
    assert (failure.reason, failure.detail) == (Reason.TLS_FAILED, detail)
    assert detail in sentence_for(failure.reason, failure.url or url, failure.detail)


async def test_a_certificate_for_another_name_is_refused(tmp_path: Path):
    async with serving(server_context(tmp_path, "other.example")) as (fetcher, url):
        failure = await failing(fetcher, url)
        assert (failure.reason, failure.detail) == (Reason.TLS_FAILED, outbound_tls.WRONG_NAME)
        numeric = await failing(fetcher, url.replace(NAME, "127.0.0.1"))
        assert (numeric.reason, numeric.detail) == (Reason.TLS_FAILED, outbound_tls.WRONG_NAME)


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", outbound_tls.NO_TLS),
        (b"SSH-2.0-OpenSSH\r\n", outbound_tls.NO_TLS),
        (b"", outbound_tls.CLOSED),
    ],
)
async def test_a_port_without_tls_is_told_from_a_bad_certificate(reply: bytes, detail: str):
    async with serving(None, reply) as (fetcher, url):
        failure = await failing(fetcher, url)
    assert (failure.reason, failure.detail) == (Reason.TLS_FAILED, detail)


async def test_http_to_a_tls_port_is_no_web_page(tmp_path: Path):
    async with serving(server_context(tmp_path, NAME)) as (fetcher, url):
        assert (await failing(fetcher, url.replace("https:", "http:"))).reason is Reason.BAD_RESPONSE


@pytest.mark.parametrize(
    ("alert", "detail"),
    [
        (70, outbound_tls.OUTDATED),
        (40, outbound_tls.NOT_SERVED),
        (112, outbound_tls.NOT_SERVED),
        (80, outbound_tls.FAILED),
    ],
    ids=["protocol_version", "handshake_failure", "unrecognized_name", "internal_error"],
)
async def test_what_a_server_says_against_the_handshake_is_told(alert: int, detail: str):
    async with serving(None, bytes([0x15, 3, 3, 0, 2, 2, alert])) as (fetcher, url):
        failure = await failing(fetcher, url)
    assert (failure.reason, failure.detail) == (Reason.TLS_FAILED, detail)


async def test_a_handshake_that_never_ends_is_left_at_the_deadline_and_closed():
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):  # until our side closes
            continue
        writer.close()
        gone.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = replace(SETTINGS, crawl_private_hosts=frozenset({f"127.0.0.1:{port}"}))
    fetcher = OutboundFetcher(settings, tls=trusting(), total_seconds=0.3)
    assert (await failing(fetcher, f"https://127.0.0.1:{port}/")).reason is Reason.TIMEOUT
    await asyncio.wait_for(gone.wait(), 5)
    await fetcher.close()
    server.close()
