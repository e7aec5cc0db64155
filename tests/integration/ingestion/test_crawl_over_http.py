"""The crawl against servers on loopback through the real door: waits, packed sitemaps, conditions, its budget."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from app.outbound import OutboundFetcher
from app.settings import Settings
from ingestion.crawl import crawl
from ingestion.judge import Crawled
from ingestion.model import PageStatus, Reason
from ingestion.plan import CrawlPlan, Stores
from ingestion.visit import KnownPage, hash_content, hash_text, join_text
from tests.fakes.loopback import LoopbackServer, Received, Wire
from tests.integration.ingestion.shop import InProcess

MISSING = (404, {"content-type": "text/html"}, b"no")


class Scripted(LoopbackServer):
    """Answers by a function of path and request headers."""

    def __init__(self, page: Callable[[str, Mapping[str, str]], tuple[int, dict[str, str], bytes]]):
        super().__init__()
        self._page = page

    async def handle(self, request: Received, wire: Wire) -> None:
        status, headers, body = self._page(request.path, request.headers)
        await wire.head(status, {"content-length": str(len(body)), **headers})
        if status != 304:
            await wire.raw(body)


def html(title: str, *links: str) -> tuple[int, dict[str, str], bytes]:
    anchors = "".join(f"<a href='{link}'></a>" for link in links)
    body = f"<html lang=en><title>{title}</title><h1>{title}</h1><p>This is {title} of the shop.</p>{anchors}</html>"
    return 200, {"content-type": "text/html"}, body.encode()


async def crawl_it(
    server: LoopbackServer, settings: Settings, *, known: dict[str, KnownPage] | None = None, **plan: Any
) -> list[Crawled]:
    owned = replace(settings, crawl_private_hosts=frozenset({urlsplit(server.url).netloc}))
    fetcher = OutboundFetcher(owned)
    told: list[Crawled] = []

    async def tell(crawled: Crawled, _done: int, _total: int) -> None:
        told.append(crawled)

    try:
        await crawl(CrawlPlan(server.url + "/", **plan), Stores(known or {}), fetcher, InProcess(), tell)
    finally:
        await fetcher.close()
    return told


async def test_nobody_asks_while_the_server_wants_a_rest(settings: Settings) -> None:
    names = [f"/p{chr(97 + n)}" for n in range(20)]
    complained = False

    def page(path: str, _headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        nonlocal complained
        if path == "/pd" and not complained:
            complained = True
            return 503, {"retry-after": "1"}, b""
        return html("Home", *names) if path == "/" else html(path) if path in names else MISSING

    async with Scripted(page) as server:
        told = await crawl_it(server, settings)
        times = [request.at for request in server.history]
    assert all(crawled.taken for crawled in told) and len(told) == 21
    pauses = [later - sooner for sooner, later in pairwise(times)]
    assert max(pauses) >= 0.9


async def test_a_packed_sitemap_in_a_packed_answer_leads_to_its_pages(settings: Settings) -> None:
    def page(path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        home = f"http://{headers['host']}"
        if path == "/robots.txt":
            return 200, {"content-type": "text/plain"}, f"Sitemap: {home}/maps/index.xml.gz\n".encode()
        if path == "/maps/index.xml.gz":
            body = f"<sitemapindex><sitemap><loc>{home}/maps/a.xml.gz</loc></sitemap></sitemapindex>".encode()
            packed = gzip.compress(gzip.compress(body))
            return 200, {"content-type": "application/x-gzip", "content-encoding": "gzip"}, packed
        if path == "/maps/a.xml.gz":
            body = gzip.compress(f"<urlset><url><loc>{home}/listed</loc></url></urlset>".encode())
            return 200, {"content-type": "application/x-gzip"}, body
        return html(path) if path in ("/", "/listed") else MISSING

    async with Scripted(page) as server:
        told = await crawl_it(server, settings)
        assert [c.entry.url.removeprefix(server.url) for c in told if c.taken] == ["/", "/listed"]
    assert len(told) == 2


async def test_five_hundred_requests_are_the_most_that_a_server_sees(settings: Settings) -> None:
    def page(path: str, _headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        step, _, rest = path.removeprefix("/").partition("/")
        if step == "go":  # two hops each
            return 302, {"location": f"/on/{rest}"}, b""
        if step == "on":
            return 301, {"location": f"/at/{rest}"}, b""
        if step in ("", "at"):
            number = sum(map(ord, rest))
            return html(f"Page {rest}", *(f"/go/{rest}{chr(97 + (number + k) % 26)}" for k in range(6)))
        return MISSING

    async with Scripted(page) as server:
        told = await crawl_it(server, settings, max_depth=40)
        assert 470 <= len(server.history) <= 500
    assert any(c.entry.detail == "500 requests" for c in told)


async def test_what_was_not_changed_since_is_not_sent_again(settings: Settings) -> None:
    """One server knows ETags, the other dates alone."""
    for condition, mark in (("if-none-match", "etag"), ("if-modified-since", "last-modified")):
        value = '"abc"' if mark == "etag" else "Wed, 21 Oct 2029 07:28:00 GMT"
        sent = 0

        def page(
            path: str, headers: Mapping[str, str], condition: str = condition, mark: str = mark, value: str = value
        ) -> tuple[int, dict[str, str], bytes]:
            nonlocal sent
            if path not in ("/", "/a", "/b"):
                return MISSING
            if headers.get(condition) == value:
                return 304, {mark: value}, b""
            sent += 1
            status, found, body = html(path, "/a", "/b")
            return status, {**found, mark: value}, body

        async with Scripted(page) as server:
            first = await crawl_it(server, settings)
            assert sent == 3
            known = {c.entry.url: stored(c) for c in first}
            again = await crawl_it(server, settings, known=known)
        assert sent == 3
        assert [(c.entry.status, c.entry.http) for c in again] == [(PageStatus.UNCHANGED, 304)] * 3
        assert [c.entry.words for c in again] == [c.entry.words for c in first]


def stored(crawled: Crawled) -> KnownPage:
    document = crawled.document
    assert document is not None
    text_hash = hash_text(join_text(document.blocks))
    return KnownPage(
        uuid4(), uuid4(), hash_content(document), text_hash, document.links, document.words, crawled.etag,
        crawled.last_modified,
    )  # fmt: skip


async def test_robots_that_redirect_without_end_close_the_site_by_name(settings: Settings) -> None:
    def page(path: str, _headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/robots.txt":
            return 301, {"location": "/robots.txt"}, b""
        return html("Home")

    async with Scripted(page) as server:
        (told,) = await crawl_it(server, settings)
        assert {request.path for request in server.history} == {"/robots.txt"}
    assert told.entry.reason is Reason.ROBOTS_UNREACHABLE
