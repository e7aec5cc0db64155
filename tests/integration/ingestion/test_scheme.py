"""Over which scheme a site is read, when the owner typed one and when not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.knowledge.manage import add_site
from app.knowledge.scheme.settle import settle_scheme
from app.outbound import OutboundFetcher
from app.settings import Settings
from tests.fakes.certificates import server_context, trusting
from tests.integration.ingestion.shop import ACTOR, Shop
from tests.integration.ingestion.site import Site

NAME = "localhost"


@asynccontextmanager
async def answering(shop: Shop, settings: Settings, context: object) -> AsyncIterator[str]:
    """A site on a port of loopback; the shop's fetcher may reach it. Yields host:port."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if context is None:
                first = await reader.read(1)
                writer.write(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" if first else b""
                )
            else:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0, ssl=context)  # type: ignore[arg-type]
    host = f"{NAME}:{server.sockets[0].getsockname()[1]}"

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    before = shop.fetcher
    shop.fetcher = OutboundFetcher(
        replace(settings, crawl_private_hosts=frozenset({host})), resolve=resolve, tls=trusting(), total_seconds=5
    )
    try:
        yield host
    finally:
        await shop.fetcher.close()
        shop.fetcher = before
        server.close()


async def url_of(shop: Shop) -> str:
    [row] = await shop.rows("SELECT url FROM sources")
    return row["url"]


async def test_without_a_scheme_https_is_read_where_it_answers(shop: Shop, settings: Settings, tmp_path: Path):
    async with answering(shop, settings, server_context(tmp_path, NAME)) as host:
        added = await add_site(shop, shop.business_id, host, actor=ACTOR)
        assert await settle_scheme(shop, shop.business_id, added.source_id) == f"https://{host}/"
    assert await url_of(shop) == f"https://{host}/"
    # It is settled: nobody is asked again, and a server that is away changes nothing.
    assert await settle_scheme(shop, shop.business_id, added.source_id) == f"https://{host}/"


async def test_without_a_scheme_http_is_read_where_nothing_speaks_https(shop: Shop, settings: Settings):
    async with answering(shop, settings, None) as host:
        added = await add_site(shop, shop.business_id, f" {host}/shop ", actor=ACTOR)
        assert await settle_scheme(shop, shop.business_id, added.source_id) == f"http://{host}/shop"
    assert await url_of(shop) == f"http://{host}/shop"


async def test_a_broken_certificate_is_no_reason_for_http(shop: Shop, settings: Settings, tmp_path: Path):
    async with answering(shop, settings, server_context(tmp_path, NAME, days=(-3, -1))) as host:
        added = await add_site(shop, shop.business_id, host, actor=ACTOR)
        assert await settle_scheme(shop, shop.business_id, added.source_id) == f"https://{host}/"


async def test_where_neither_answers_the_next_reading_asks_again(shop: Shop, settings: Settings):
    async with answering(shop, settings, None) as host:
        pass  # it was there, and is gone
    shop.fetcher = OutboundFetcher(replace(settings, crawl_private_hosts=frozenset({host})))
    added = await add_site(shop, shop.business_id, host, actor=ACTOR)
    assert await settle_scheme(shop, shop.business_id, added.source_id) == f"https://{host}/"
    [row] = await shop.rows("SELECT scheme_guessed FROM sources")
    assert row["scheme_guessed"]
    await shop.fetcher.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_scheme_that_was_typed_is_not_tried_out(shop: Shop, scheme: str):
    added = await add_site(shop, shop.business_id, f"{scheme}://127.0.0.1:1/", actor=ACTOR)
    assert await settle_scheme(shop, shop.business_id, added.source_id) == f"{scheme}://127.0.0.1:1/"


async def test_another_scheme_for_a_known_site_is_taken_at_its_word(shop: Shop):
    first = await add_site(shop, shop.business_id, "https://shop.example/", actor=ACTOR)
    second = await add_site(shop, shop.business_id, "http://shop.example/", actor=ACTOR)
    assert first.source_id == second.source_id
    assert await url_of(shop) == "http://shop.example/"
    await add_site(shop, shop.business_id, "www.shop.example", actor=ACTOR)
    assert await url_of(shop) == "http://shop.example/", "no scheme: what is known stays"
    await add_site(shop, shop.business_id, "https://www.shop.example/", actor=ACTOR)
    assert await url_of(shop) == "https://shop.example/"


async def test_the_whole_way_from_a_bare_address_to_pages(shop: Shop, site: Site):
    """The site speaks http alone; its address was typed without a scheme, as people do."""
    site.fill(2)
    outcome = await shop.run(await add_site(shop, shop.business_id, site.base.removeprefix("http://"), actor=ACTOR))
    assert outcome.pages.fetched > 0
    assert (await url_of(shop)).startswith("http://")
