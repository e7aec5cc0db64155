"""A crawl tells every address once, in the order of meeting, with what became of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from ingestion.crawl import crawl
from ingestion.extract.read import read_document
from ingestion.judge import Crawled
from ingestion.model import ExtractedDocument, PageStatus, Reason
from ingestion.plan import CrawlPlan, Stores
from ingestion.ports import FetchFailed
from ingestion.visit import KnownPage, hash_content, hash_text
from tests.unit.ingestion import doubles

SITE = "http://a.example"
ID = UUID("00000000-0000-7000-8000-000000000002")


class InProcess:
    async def extract(self, body: bytes, *, url: str, media_type: str, charset: str | None = None) -> ExtractedDocument:
        await asyncio.sleep(0)
        return read_document(body, url, media_type, charset)


def page(text: str, *links: str, head: str = "") -> bytes:
    anchors = "".join(f"<a href='{link}'></a>" for link in links)
    return f"<html><head><title>{text}</title>{head}</head><body><p>{text} is here.</p>{anchors}</body></html>".encode()


def ok(text: str, *links: str, head: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"content-type": "text/html", **headers}, page(text, *links, head=head)


class Told(list[Crawled]):
    async def __call__(self, crawled: Crawled, done: int, total: int) -> None:
        assert done <= total
        self.append(crawled)

    @property
    def story(self) -> list[tuple[str, str, str | None]]:
        return [
            (c.entry.url.removeprefix(SITE), str(c.entry.status), c.entry.reason and str(c.entry.reason)) for c in self
        ]


async def run(
    pages: dict[str, Any],
    *,
    owned: bool = True,
    known: dict[str, KnownPage] | None = None,
    start: str = SITE + "/",
    **plan: Any,
) -> tuple[Told, Any, Reason | None]:
    fetcher = doubles.ScriptedFetcher(
        {SITE + path if path.startswith("/") else path: p for path, p in pages.items()}, owned=owned
    )
    told = Told()
    plan = {"backoff": 0.001, **plan}
    reason = await crawl(CrawlPlan(start, **plan), Stores(known or {}), fetcher, InProcess(), told)
    addresses = [c.entry.url for c in told]
    assert len(addresses) == len(set(addresses)) or any("further" in (c.entry.detail or "") for c in told)
    return told, fetcher, reason


async def test_links_and_sitemaps_breadth_first():
    told, fetcher, reason = await run(
        {
            "/robots.txt": (200, {}, b"Sitemap: http://a.example/maps.xml\nUser-agent: *\nDisallow: /private"),
            "/maps.xml": (200, {}, b"<sitemapindex><loc>http://a.example/map1.xml</loc></sitemapindex>"),
            "/map1.xml": (200, {}, b"<urlset><loc>http://a.example/listed</loc><loc>http://a.example/</loc></urlset>"),
            "/": ok("Home", "/a", "/b#x", "/private/1", "/pic.jpg", "http://other.example/", "mailto:x@y.example"),
            "/a": ok("A", "/c"),
            "/b": ok("B", "/a"),
            "/c": ok("C"),
            "/listed": ok("Listed"),
        }
    )
    assert reason is None
    assert told.story == [
        ("/", "fetched", None),
        ("/pic.jpg", "skipped", "not_text"),
        ("/private/1", "skipped", "robots_disallowed"),
        ("/listed", "fetched", None),
        ("/a", "fetched", None),
        ("/b", "fetched", None),
        ("/c", "fetched", None),
        ("http://other.example/", "skipped", "out_of_scope"),
    ]
    assert not any("private" in address for address in fetcher.asked)
    assert [c.entry.depth for c in told if c.entry.url.endswith(("/", "/a", "/c")) and "other" not in c.entry.url] == [
        0,
        1,
        2,
    ]


async def test_two_crawls_of_one_site_tell_the_same_story():
    pages: dict[str, Any] = {"/": ok("Home", *(f"/{n}" for n in range(30)))}
    pages |= {f"/{n}": ok(f"Page {n}", f"/{n}/x", "/") for n in range(30)}
    pages |= {f"/{n}/x": ok(f"Deep {n}") for n in range(30)}
    first, _, _ = await run(pages)
    second, _, _ = await run(pages)
    assert first.story == second.story
    assert sum(c.entry.status is PageStatus.FETCHED for c in first) == 61


async def test_redirects_and_equal_texts_are_one_document():
    told, _, _ = await run(
        {
            "/": ok("Home", "/about", "/about/", "/gone-away"),
            "/about": (301, {"location": SITE + "/about/"}, b""),
            "/about/": ok("About", "/copy"),
            "/copy": ok("About"),
            "/gone-away": (302, {"location": "http://other.example/x"}, b""),
            "http://other.example/x": ok("Other"),
        }
    )
    story = {url: (status, reason) for url, status, reason in told.story}
    assert story["/about"] == ("skipped", "duplicate")
    assert story["/about/"] == ("fetched", None)
    assert story["/copy"] == ("skipped", "duplicate")
    assert story["/gone-away"] == ("skipped", "out_of_scope")
    details = {c.entry.url: c.entry.detail for c in told}
    assert details[SITE + "/about"] == "redirects to http://a.example/about/"
    assert details[SITE + "/copy"] == "same text as http://a.example/about/"


async def test_a_start_that_moved_to_another_host_is_followed_there():
    told, fetcher, reason = await run(
        {
            "/": (301, {"location": "http://www.new.example/"}, b""),
            "http://www.new.example/": ok("Home", "/a", "http://new.example/b"),
            "http://www.new.example/a": ok("A"),
            "http://www.new.example/b": ok("B"),
        }
    )
    assert reason is None
    assert [c.entry.url for c in told if c.entry.status is PageStatus.FETCHED] == [
        "http://www.new.example/",
        "http://www.new.example/a",
        "http://www.new.example/b",
    ]
    assert "http://www.new.example/robots.txt" in fetcher.asked, "the rules of the new host hold there"


async def test_a_start_that_moved_to_a_host_closed_by_robots_is_left_alone():
    told, fetcher, _ = await run(
        {
            "/": (301, {"location": "http://new.example/"}, b""),
            "http://new.example/robots.txt": (200, {}, b"User-agent: *\nDisallow: /"),
            "http://new.example/": ok("Home", "/a"),
        }
    )
    assert not any(c.entry.status is PageStatus.FETCHED for c in told)
    assert "http://new.example/a" not in fetcher.asked


async def test_a_site_that_moved_to_https_is_told_by_its_https_addresses():
    told, _, _ = await run(
        {
            "/robots.txt": (404, {}, b""),
            "/": (301, {"location": "https://a.example/"}, b""),
            "https://a.example/": ok("Home", "http://a.example/x", "/y"),
            "https://a.example/x": ok("X"),
            "https://a.example/y": ok("Y"),
        }
    )
    fetched = [c.entry.url for c in told if c.entry.status is PageStatus.FETCHED]
    assert fetched == ["https://a.example/", "https://a.example/x", "https://a.example/y"]


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        ((404, {}, b"nothing"), "failed", "not_found"),
        ((410, {}, b""), "failed", "gone"),
        ((403, {}, b"Forbidden"), "failed", "forbidden"),
        ((401, {}, b""), "failed", "forbidden"),
        ((403, {}, b"<title>Just a moment...</title>"), "failed", "challenge"),
        ((403, {"cf-mitigated": "challenge"}, b"x"), "failed", "challenge"),
        ((503, {}, b"<script src='/cdn-cgi/challenge-platform/x'>"), "failed", "challenge"),
        (
            (
                200,
                {"content-type": "text/html"},
                b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
            ),
            "failed",
            "challenge",
        ),
        ((429, {"retry-after": "3600"}, b""), "failed", "rate_limited"),
        ((500, {}, b""), "failed", "server_error"),
        ((418, {}, b""), "failed", "http_error"),
        ((200, {"content-type": "image/png"}, b"\x89PNG"), "skipped", "not_text"),
        ((200, {"content-type": "text/html"}, b"<html></html>"), "skipped", "empty"),
        ((200, {"content-type": "text/html"}, b"<div id=root></div><script src=x></script>"), "failed", "script_shell"),
        ((200, {"content-type": "application/pdf"}, b"%PDF-1.4 broken"), "failed", "broken"),
        ((200, {"content-type": "application/octet-stream"}, b"%PDF-1.4 broken"), "failed", "broken"),
        (FetchFailed(Reason.TIMEOUT, "20 s"), "failed", "timeout"),
        (FetchFailed(Reason.TOO_LARGE, "20 MB"), "failed", "too_large"),
        (FetchFailed(Reason.TLS_FAILED), "failed", "tls_failed"),
    ],
)
async def test_each_answer_has_its_reason(reply: Any, status: str, reason: str):
    told, _, of_start = await run({"/": ok("Home", "/x"), "/x": reply})
    assert told.story[1] == ("/x", status, reason)
    assert of_start is None
    alone, _, of_start = await run({"/": reply})
    assert alone.story == [("/", status, reason)]
    assert of_start == reason


async def test_a_page_with_a_protection_script_that_let_us_in_is_read():
    body = page("Shop").replace(
        b"</body>", b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script></body>"
    )
    told, _, _ = await run({"/": (200, {"content-type": "text/html"}, body)})
    assert told.story == [("/", "fetched", None)]


@pytest.mark.parametrize("reason", [Reason.NO_SUCH_HOST, Reason.REFUSED_ADDRESS, Reason.CONNECT_FAILED, Reason.TIMEOUT])
async def test_a_site_that_cannot_be_reached_is_one_entry(reason: Reason):
    told, fetcher, of_start = await run({"/robots.txt": FetchFailed(reason, "a.example")})
    assert told.story == [("/", "failed", reason)]
    assert of_start is reason
    assert len(fetcher.asked) == 1


async def test_robots_that_answer_with_a_fault_keep_us_away_and_missing_ones_do_not():
    told, fetcher, of_start = await run({"/robots.txt": (503, {}, b""), "/": ok("Home")})
    assert told.story == [("/", "failed", "robots_unreachable")]
    assert of_start is Reason.ROBOTS_UNREACHABLE
    assert fetcher.asked == [SITE + "/robots.txt"]
    told, _, _ = await run({"/robots.txt": (403, {}, b""), "/": ok("Home")})
    assert told.story == [("/", "fetched", None)]


async def test_a_site_closed_by_robots_says_so():
    told, _, of_start = await run({"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /"), "/": ok("Home")})
    assert told.story == [("/", "skipped", "robots_disallowed")]
    assert of_start is Reason.ROBOTS_DISALLOWED


async def test_limits_leave_out_and_say_what():
    pages: dict[str, Any] = {"/": ok("Home", *(f"/p{chr(97 + n)}" for n in range(20)))}
    pages |= {f"/p{chr(97 + n)}": ok(f"Page {n}") for n in range(20)}
    told, _, _ = await run(pages, max_pages=5)
    assert sum(c.entry.status is PageStatus.FETCHED for c in told) == 5
    left = [c.entry for c in told if c.entry.reason is Reason.PAGE_LIMIT]
    assert len(left) == 16
    assert left[0].detail == "5 pages"
    told, fetcher, _ = await run(pages, max_requests=8)
    assert len(fetcher.asked) <= 8
    assert all(c.entry.detail == "8 requests" for c in told if c.entry.reason is Reason.PAGE_LIMIT)


async def test_depth_is_limited_and_told():
    pages: dict[str, Any] = {"/": ok("Home", "/a"), "/a": ok("A", "/b"), "/b": ok("B", "/c")}
    told, _, _ = await run(pages, max_depth=1)
    assert ("/b", "skipped", "depth_limit") in told.story


async def test_a_trap_eats_the_end_of_the_budget_and_not_its_beginning():
    pages: dict[str, Any] = {"/": ok("Home", "/calendar?m=0", "/page-a")}
    pages |= {f"/calendar?m={n}": ok(f"Month {n}", f"/calendar?m={n + 1}", f"/calendar?m={n + 2}") for n in range(400)}
    names = [f"/page-{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50)]
    pages |= {"/page-a": ok("Start", names[0])}
    pages |= {name: ok(f"Real {name}", *names[n + 1 : n + 2]) for n, name in enumerate(names)}
    told, _, _ = await run(pages, max_pages=150, max_depth=500)
    real = [c for c in told if c.entry.status is PageStatus.FETCHED and "/page-" in c.entry.url]
    assert len(real) >= 49, "at least 95 % of 51"


async def test_an_unchanged_page_leads_on_by_its_stored_links():
    known = {
        SITE + "/": KnownPage(ID, ID, b"c", b"t", (SITE + "/a",), 3, '"e1"', None),
        SITE + "/a": KnownPage(
            ID,
            ID,
            hash_content(read_document(page("A"), SITE + "/a", "text/html", None)),
            hash_text("A is here."),
            (),
            3,
            None,
            None,
        ),
    }
    told, fetcher, _ = await run({"/": ok("Home", "/new", etag='"e1"'), "/a": ok("A")}, known=known)
    assert told.story == [("/", "unchanged", None), ("/a", "unchanged", None)]
    assert told[0].entry.http == 304
    assert (SITE + "/", '"e1"', None) in fetcher.conditions
    assert told[1].document is not None, "sent in full, yet the same text"


async def test_a_page_that_fails_keeps_its_last_good_text_and_links():
    known = {SITE + "/": KnownPage(ID, ID, b"c", b"t", (SITE + "/a",), 3, '"e1"', None)}
    told, _, _ = await run({"/": (500, {}, b""), "/a": ok("A")}, known=known)
    assert told.story == [("/", "failed", "server_error"), ("/a", "fetched", None)]
    assert told[0].known is not None


async def test_a_page_is_gone_when_two_readings_in_a_row_say_so():
    known = {SITE + "/": KnownPage(ID, ID, b"c", b"t", (SITE + "/a",), 3, '"e1"', None)}
    for answer in ((404, {}, b""), (410, {}, b""), (200, {}, b"<html></html>")):
        first, _, _ = await run({"/": answer, "/a": ok("A")}, known=known)
        assert first[0].keep and first[0].missed and "until the next reading" in (first[0].entry.detail or "")
        assert first.story[1] == ("/a", "fetched", None), "its stored links still lead on"
        missed = {url: replace(page, missed=1) for url, page in known.items()}
        second, _, _ = await run({"/": answer, "/a": ok("A")}, known=missed)
        assert not second[0].keep
        assert len(second) == 1


async def test_noindex_is_kept_to_on_hosts_nobody_proved_to_own():
    pages = {"/": ok("Home", "/x", head="<meta name=robots content=noindex>"), "/x": ok("X")}
    told, _, _ = await run(pages, owned=False, delay=0.0)
    assert told.story[0] == ("/", "skipped", "noindex")
    told, _, _ = await run(pages, owned=True)
    assert told.story[0] == ("/", "fetched", None)


async def test_strangers_are_asked_one_after_the_other():
    pages: dict[str, Any] = {"/": ok("Home", "/a", "/b"), "/a": ok("A"), "/b": ok("B")}
    begun = time.monotonic()
    _, fetcher, _ = await run(pages, owned=False, delay=0.05)
    assert time.monotonic() - begun >= 0.05 * (len(fetcher.asked) - 1) * 0.9


async def test_a_server_that_asks_to_wait_is_asked_again():
    class Busy(doubles.ScriptedFetcher):  # type: ignore[misc, name-defined]
        async def fetch(self, url: str, **options: Any) -> Any:
            found = await super().fetch(url, **options)
            if url == SITE + "/":
                self.pages[url] = ok("Home")
            return found

    fetcher = Busy({SITE + "/": (503, {"retry-after": "0"}, b"")})
    told = Told()
    await crawl(CrawlPlan(SITE + "/"), Stores(), fetcher, InProcess(), told)
    assert told.story == [("/", "fetched", None)]


async def test_many_foreign_addresses_are_told_in_few_lines_and_none_is_lost():
    links = [f"http://social.example/share?u={n}" for n in range(40)] + ["http://once.example/x"]
    told, _, _ = await run({"/": ok("Home", *links)})
    foreign = [c.entry for c in told if c.entry.reason is Reason.OUT_OF_SCOPE]
    assert len(foreign) == 5
    assert foreign[3].detail == "and 37 further addresses of this host"


async def test_a_wrong_start_is_told_without_a_request():
    told, fetcher, reason = await run({}, start="not an address")
    assert reason is Reason.BAD_ADDRESS
    assert fetcher.asked == []
    assert told[0].entry.status is PageStatus.FAILED
