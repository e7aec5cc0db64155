"""How fast and how often a host is asked, what its answers change, and what stays known when a crawl is cut short."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest

from ingestion.crawl import crawl
from ingestion.model import PageStatus, Reason
from ingestion.pace import Pace, retry_after
from ingestion.plan import CrawlPlan, Stores
from ingestion.ports import FetchFailed, FetchResult
from ingestion.robots import parse_robots
from ingestion.sitemap import parse_sitemap
from ingestion.visit import KnownPage
from tests.unit.ingestion import doubles
from tests.unit.ingestion.test_crawl import ID, SITE, InProcess, Told, ok, run

SITEMAP = b"<urlset>%s</urlset>"


def known_page(*links: str) -> KnownPage:
    return KnownPage(ID, ID, b"c", b"t", links, 3, None, None)


class Watched(doubles.ScriptedFetcher):
    """Notes when each request went out and how many were under way; answers a page by a function of the turn."""

    def __init__(self, pages: dict[str, Any], *, owned: bool, seconds: float = 0.0):
        super().__init__({SITE + path: page for path, page in pages.items()}, owned=owned)
        self.at: list[float] = []
        self.most = 0
        self._now = 0
        self._seconds = seconds

    async def fetch(self, url: str, **options: Any) -> FetchResult:
        self.at.append(asyncio.get_running_loop().time())
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(self._seconds)
        self._now -= 1
        page = self.pages.get(url)
        if callable(page):
            self.pages[url] = found = page(len(self.asked))
            result = await super().fetch(url, **options)
            self.pages[url] = page if self.pages[url] is found else self.pages[url]
            return result
        return await super().fetch(url, **options)


async def crawled(fetcher: Any, *, known: dict[str, KnownPage] | None = None, **plan: Any) -> Told:
    told = Told()
    plan = {"backoff": 0.02, **plan}
    await crawl(CrawlPlan(SITE + "/", **plan), Stores(known or {}), fetcher, InProcess(), told)
    return told


def some(count: int) -> dict[str, Any]:
    names = [f"/p{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count)]
    return {"/": ok("Home", *names), **{name: ok(f"Page {name}") for name in names}}


async def test_a_proved_host_is_asked_by_eight_at_once_and_no_more():
    fetcher = Watched(some(40), owned=True, seconds=0.01)
    await crawled(fetcher)
    assert fetcher.most == 8


async def test_a_strange_host_is_asked_one_after_the_other_robots_and_sitemap_included():
    fetcher = Watched(some(4), owned=False)
    await crawled(fetcher, delay=0.05)
    assert fetcher.most == 1
    assert min(later - sooner for sooner, later in pairwise(fetcher.at)) >= 0.045


async def test_a_host_this_business_proved_counts_as_owned_with_and_without_www():
    for start, owned in (("http://www.a.example/", True), ("http://b.example/", False)):
        fetcher = doubles.ScriptedFetcher({start: ok("Home", "/x"), start + "x": ok("X")}, owned=False)
        fetcher.pages[start + "robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /x")
        told = Told()
        plan = CrawlPlan(start, delay=0.0, owned=frozenset({"a.example"}), ignore_robots=True)
        await crawl(plan, Stores(), fetcher, InProcess(), told)
        reason = Reason.ROBOTS_OVERRIDDEN if owned else Reason.ROBOTS_DISALLOWED
        assert [c.entry.reason for c in told] == [None, reason]
        assert told[1].entry.status is (PageStatus.FETCHED if owned else PageStatus.SKIPPED)


async def test_crawl_delay_is_kept_to():
    fetcher = Watched({**some(2), "/robots.txt": (200, {}, b"User-agent: *\nCrawl-delay: 0.1")}, owned=False)
    await crawled(fetcher, delay=0.0)
    pages = fetcher.at[2:]
    assert min(later - sooner for sooner, later in pairwise(pages)) >= 0.09


async def test_every_request_counts_and_five_hundred_are_the_most():
    names = [f"/p{n}-{chr(97 + n % 26)}" for n in range(700)]
    pages: dict[str, Any] = {"/": ok("Home", *names), "/sitemap.xml": (200, {}, b"<urlset></urlset>")}
    for n, name in enumerate(names):
        pages[name] = (301, {"location": f"{SITE}/to{n}"}, b"") if n % 3 == 0 else ok(f"Page {name}")
        pages[f"/to{n}"] = ok(f"Arrived {n} by {name}")
    fetcher = Watched(pages, owned=True)
    hops = 0

    class Counting(Watched):
        async def fetch(self, url: str, **options: Any) -> FetchResult:
            nonlocal hops
            result = await Watched.fetch(self, url, **options)
            hops += 1 + len(result.redirects)
            return result

    fetcher = Counting(pages, owned=True)
    told = await crawled(fetcher, max_pages=5000)
    assert 480 <= hops <= 500
    assert {c.entry.detail for c in told if c.entry.reason is Reason.PAGE_LIMIT} >= {"500 requests"}


async def test_a_short_wait_the_server_asks_for_is_waited_by_all():
    answers = iter([(503, {"retry-after": "1"}, b""), ok("Page pa")])
    fetcher = Watched({**some(3), "/paa": lambda _turn: next(answers)}, owned=True)
    begun = asyncio.get_running_loop().time()
    told = await crawled(fetcher)
    assert all(c.taken for c in told)
    assert asyncio.get_running_loop().time() - begun >= 0.9


@pytest.mark.parametrize(
    ("headers", "detail"),
    [({"retry-after": "1200"}, "for 20 minutes"), ({"retry-after": "999999"}, "for 60 minutes")],
)
async def test_a_long_wait_ends_the_crawl_and_says_so_and_nothing_known_is_lost(headers: Any, detail: str):
    pages = {**some(60), "/paa": (429, headers, b"")}
    known = {SITE + name: known_page() for name in ("/pab", "/pch", "/unlinked")}
    fetcher = Watched(pages, owned=False)
    told = await crawled(fetcher, delay=0.0, known=known)
    assert len(fetcher.asked) < 10
    limited = [c for c in told if c.entry.reason is Reason.RATE_LIMITED]
    assert len(limited) >= 50 and {c.entry.detail for c in limited[1:]} == {detail}
    kept = {c.entry.url for c in told if c.keep and c.known is not None}
    assert kept >= {SITE + "/pch", SITE + "/unlinked"}


async def test_a_host_that_says_too_many_requests_without_end_is_left_alone():
    fetcher = Watched({**some(200), **{name: (429, {}, b"") for name in some(200) if name != "/"}}, owned=True)
    told = await crawled(fetcher, backoff=0.001)
    assert len(fetcher.asked) < 60
    assert sum(c.entry.reason is Reason.RATE_LIMITED for c in told) == 200


async def test_a_site_that_goes_down_under_the_crawl_keeps_what_is_known():
    pages: dict[str, Any] = {**some(100)}
    pages |= {name: FetchFailed(Reason.CONNECT_FAILED, "a.example") for name in list(pages)[5:]}
    known = {SITE + name: known_page() for name in list(pages)[50:60]}
    fetcher = Watched(pages, owned=True)
    told = await crawled(fetcher, known=known)
    assert len(fetcher.asked) < 60
    assert sum(c.entry.reason is Reason.CONNECT_FAILED for c in told) == 96
    assert sum(c.keep and c.known is not None for c in told) == 10


async def test_a_crawl_cut_by_requests_keeps_what_it_did_not_reach_and_one_cut_by_pages_does_not():
    known = {SITE + "/pas": known_page(), SITE + "/unlinked": known_page()}
    told, _, _ = await run(some(20), known=known, max_requests=12)
    assert {c.entry.url for c in told if c.keep and c.known} == set(known)
    told, _, _ = await run(some(20), known=known, max_pages=5)
    assert not any(c.keep and c.known for c in told)


async def test_time_is_a_limit_too():
    told, fetcher, _ = await run(some(30), max_seconds=0.0)
    assert len(fetcher.asked) <= 1
    assert all(c.entry.detail == "0 minutes" for c in told if c.entry.reason is Reason.PAGE_LIMIT)


async def test_pages_that_only_a_sitemap_lists_are_asked_when_it_fails_and_leave_when_it_lists_them_no_more():
    known = {SITE + "/": known_page(), SITE + "/listed": known_page()}
    for sitemap, asked in (((503, {}, b""), True), ((200, {}, b"<urlset></urlset>"), False), ((404, {}, b""), False)):
        told, fetcher, _ = await run({"/": ok("Home"), "/listed": ok("Listed"), "/sitemap.xml": sitemap}, known=known)
        assert (SITE + "/listed" in fetcher.asked) is asked
        assert (SITE + "/listed" in {c.entry.url for c in told if c.taken}) is asked


def at(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [("0", 0, 0), ("120", 120, 120), ("86400", 3600, 3600), (90, 60, 90), (-90, 0, 0), (1e6, 3600, 3600)],
)
def test_a_wait_is_read_in_seconds_or_as_a_date_and_an_hour_is_the_most(value: str | float, low: float, high: float):
    value = value if isinstance(value, str) else at(value)  # made now: a worker of the tests may have waited long
    found = retry_after(FetchResult(SITE, 503, {"retry-after": value}, b""))
    assert found is not None and low <= found <= high


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "9" * 40])
def test_a_wait_that_is_none_is_not_made_up(value: str):
    assert retry_after(FetchResult(SITE, 503, {"retry-after": value}, b"")) is None


async def test_complaints_slow_the_crawl_and_quiet_speeds_it_up_again():
    answers = iter([429, 429, 429, *[200] * 12])

    class Moody(doubles.ScriptedFetcher):
        async def fetch(self, url: str, **options: Any) -> FetchResult:
            return FetchResult(url, next(answers), {}, b"")

    pace = Pace(Moody({}), max_requests=100, max_seconds=60, delay=0.0, backoff=0.02)
    pace.owned = True
    await pace.fetch(SITE, max_bytes=1)
    await pace.fetch(SITE, max_bytes=1)
    assert pace.requests == 4
    slow = pace._slowness
    for _ in range(10):
        await pace.fetch(SITE, max_bytes=1)
    assert slow > 0.02 and pace._slowness == 0.0


# ---- robots.txt


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_robots_that_cannot_be_had_keep_us_away_and_everything_known(status: int):
    headers = {"retry-after": "900"} if status in (503, 429) else {}
    known = {SITE + "/": known_page()}
    told, fetcher, reason = await run({"/robots.txt": (status, headers, b"")}, known=known)
    assert reason is Reason.ROBOTS_UNREACHABLE
    assert fetcher.asked == [SITE + "/robots.txt"]
    assert told[0].keep and told[0].known is not None
    assert told[0].entry.detail == ("it asks to come back in 15 minutes" if headers else str(status))


async def test_robots_that_are_a_web_page_have_no_rules():
    body = b"<!DOCTYPE html><html><pre>\nUser-agent: *\nDisallow: /\n</pre></html>"
    assert parse_robots(body).allows("/x") and parse_robots(b"\xef\xbb\xbf  <html>\nUser-agent: *\nDisallow: /").allows(
        "/"
    )
    told, _, _ = await run({"/robots.txt": (200, {"content-type": "text/html"}, body), "/": ok("Home")})
    assert told.story == [("/", "fetched", None)]


async def test_ten_megabytes_of_robots_are_obeyed_as_far_as_they_are_read():
    body = b"User-agent: *\nDisallow: /secret\n" + b"# fill\n" * 1_400_000
    told, _, _ = await run({"/robots.txt": (200, {}, body), "/": ok("Home", "/secret", "/open"), "/open": ok("Open")})
    assert told.story == [
        ("/", "fetched", None),
        ("/secret", "skipped", "robots_disallowed"),
        ("/open", "fetched", None),
    ]


async def test_what_robots_forbid_is_read_and_marked_for_the_owner_who_asked_for_it():
    pages: dict[str, Any] = {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /docs/"), "/": ok("Home", "/docs/a", "/b"),
        "/docs/a": ok("A", etag='"1"'), "/b": ok("B"),
    }  # fmt: skip
    told, _, _ = await run(pages, ignore_robots=True)
    assert told.story == [("/", "fetched", None), ("/b", "fetched", None), ("/docs/a", "fetched", "robots_overridden")]
    known = {SITE + "/docs/a": KnownPage(ID, ID, b"c", b"t", (), 3, '"1"', None)}
    again, _, _ = await run(pages, ignore_robots=True, known=known)
    assert again.story[2] == ("/docs/a", "unchanged", "robots_overridden")
    stranger, _, _ = await run(pages, ignore_robots=True, owned=False, delay=0.0)
    assert stranger.story[1] == ("/docs/a", "skipped", "robots_disallowed")


# ---- sitemaps


def urls(*paths: str) -> bytes:
    return SITEMAP % b"".join(b"<url><loc>%s%s</loc></url>" % (SITE.encode(), path.encode()) for path in paths)


def index(*paths: str) -> bytes:
    inner = b"".join(b"<sitemap><loc>%s%s</loc></sitemap>" % (SITE.encode(), path.encode()) for path in paths)
    return b"<sitemapindex>%s</sitemapindex>" % inner


async def test_a_sitemap_that_includes_itself_ends():
    maps = {
        "/sitemap.xml": (200, {}, index("/sitemap.xml", "/s2.xml")),
        "/s2.xml": (200, {}, index("/sitemap.xml", "/s2.xml")),
    }
    told, fetcher, _ = await run({"/": ok("Home"), **maps})
    assert fetcher.asked.count(SITE + "/sitemap.xml") == fetcher.asked.count(SITE + "/s2.xml") == 1
    assert told.story == [("/", "fetched", None)]


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("change", "found", "told_as"),
    [
        (gzip.compress, True, None),
        (lambda body: gzip.compress(body)[:-9], True, "cut off"),
        (lambda body: gzip.compress(gzip.compress(body)), False, "packed twice"),
        (lambda body: gzip.compress(body)[:-8] + b"\0" * 8, None, "damaged"),
        (lambda body: gzip.compress(body + b" " * 60_000_000), True, "more than 50 MB"),
        (lambda body: gzip.compress(body) + gzip.compress(b"<!-- second member -->"), True, None),
        (lambda body: body + b"<url><loc>" + SITE.encode() + b"/half", True, None),
    ],
)
async def test_packed_sitemaps_are_read_as_far_as_they_can_be_and_told(
    change: Change, found: bool | None, told_as: str | None
):
    pages = {"/": ok("Home"), "/listed": ok("Listed"), "/sitemap.xml": (200, {}, change(urls("/listed")))}
    told, _, _ = await run(pages)
    story = {c.entry.url.removeprefix(SITE): c.entry for c in told}
    if found is not None:
        assert ("/listed" in story) is found
    assert (story["/sitemap.xml"].detail if "/sitemap.xml" in story else None) == told_as
    if told_as is not None:
        assert story["/sitemap.xml"].reason is Reason.SITEMAP_CUT


async def test_more_sitemaps_than_twenty_or_deeper_than_two_are_told():
    many = {f"/s{n}.xml": (200, {}, urls(f"/page-of-{n}")) for n in range(30)}
    told, fetcher, _ = await run({"/": ok("Home"), "/sitemap.xml": (200, {}, index(*many)), **many}, max_pages=3)
    assert sum(url.endswith(".xml") for url in fetcher.asked) == 20
    assert "more than 20 sitemaps" in {c.entry.detail for c in told}
    deep = {f"/d{n}.xml": (200, {}, index(f"/d{n + 1}.xml")) for n in range(6)}
    told, fetcher, _ = await run({"/": ok("Home"), "/sitemap.xml": (200, {}, index("/d0.xml")), **deep})
    assert sum(url.endswith(".xml") for url in fetcher.asked) == 3
    assert "more than 2 sitemaps deep" in {c.entry.detail for c in told}


def test_a_sitemap_of_fifty_megabytes_is_read_in_pieces_and_linear():
    line = b"<url><loc>http://a.example/%06d</loc><lastmod>2030-01-01</lastmod></url>\n"
    body = b"<urlset>" + b"".join(line % n for n in range(49_999)) + b"</urlset>"
    assert len(parse_sitemap(body).urls) == 49_999
    for hostile in (b"<loc>" + b" " * 2_000_000, b"<loc><![CDATA[" * 150_000, b"<loc " * 400_000, b"<" * 2_000_000):
        assert parse_sitemap(hostile).urls == ()


def test_addresses_at_the_border_of_two_pieces_are_whole():
    for shift in range(0, 60, 7):
        fill = b"<!--" + b"x" * (1024 * 1024 - 40 - shift) + b"-->"
        body = (
            b"<urlset>"
            + fill
            + b"<url><loc>http://a.example/first</loc></url><url><loc><![CDATA[http://a.example/b]]></loc>"
        )
        assert parse_sitemap(body).urls == ("http://a.example/first", "http://a.example/b")


async def test_a_named_sitemap_that_is_not_there_is_told_and_a_guessed_one_is_not():
    told, _, _ = await run({"/robots.txt": (200, {}, b"Sitemap: /maps.xml"), "/": ok("Home")})
    assert told.story == [("/maps.xml", "failed", "not_found"), ("/", "fetched", None)]
    told, _, _ = await run({"/": ok("Home")})
    assert told.story == [("/", "fetched", None)]


# ---- asking a few again, and the browser


async def test_only_the_named_pages_are_asked_and_no_link_is_followed():
    pages: dict[str, Any] = {"/a": ok("A", "/b"), "/b": ok("B"), "/": ok("Home", "/a")}
    told, fetcher, reason = await run(pages, only=(SITE + "/a", SITE + "/gone"), known={SITE + "/gone": known_page()})
    assert fetcher.asked == [SITE + "/robots.txt", SITE + "/a", SITE + "/gone"]
    assert told.story == [("/a", "fetched", None), ("/gone", "failed", "not_found")]
    assert told[1].keep and reason is None


class Browser:
    def __init__(self, html: bytes | None):
        self.html = html
        self.asked: list[str] = []

    async def render(self, url: str) -> FetchResult:
        self.asked.append(url)
        if self.html is None:
            raise FetchFailed(Reason.TIMEOUT, "40 s")
        return FetchResult(url, 200, {"content-type": "text/html; charset=utf-8"}, self.html)


async def test_an_empty_shell_is_read_with_a_browser_where_there_is_one():
    shell = (200, {"content-type": "text/html", "etag": '"s"'}, b"<div id=root></div><script src=x></script>")
    full = "<html><body><h1>Bäckerei</h1><p>Open from seven.</p></body></html>".encode()
    for html, status, reason in (
        (full, PageStatus.FETCHED, Reason.RENDERED),
        (None, PageStatus.FAILED, Reason.SCRIPT_SHELL),
        (b"<div id=root></div><script src=x></script>", PageStatus.FAILED, Reason.SCRIPT_SHELL),
    ):
        browser, told = Browser(html), Told()
        fetcher = doubles.ScriptedFetcher({SITE + "/": ok("Home", "/app"), SITE + "/app": shell})
        await crawl(CrawlPlan(SITE + "/"), Stores(renderer=browser), fetcher, InProcess(), told)
        assert (told[1].entry.status, told[1].entry.reason) == (status, reason)
        assert browser.asked == [SITE + "/app"]
        assert told[1].etag is None, "the bare shell stays the same while what it shows changes"
