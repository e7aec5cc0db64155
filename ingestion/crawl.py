"""One site in, one `Crawled` for each address out, in the order in which they were met.

Called by pipeline.py. Breadth first over links and sitemaps inside of robots.txt and the limits.
Answers may come in any order; they are compared and told in the order of asking, so that two crawls
of the same site tell the same story.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from ingestion.addresses import Scope, canonical
from ingestion.frontier import Frontier, Waiting
from ingestion.model import ExtractedDocument, LedgerEntry, PageStatus, Reason
from ingestion.ports import Extractor, Fetcher, FetchFailed
from ingestion.robots import MAX_BYTES as ROBOTS_BYTES
from ingestion.robots import Robots, parse_robots
from ingestion.sitemap import MAX_BYTES as SITEMAP_BYTES
from ingestion.sitemap import MAX_DEPTH as SITEMAP_DEPTH
from ingestion.sitemap import MAX_FILES as SITEMAP_FILES
from ingestion.sitemap import parse_sitemap
from ingestion.visit import Known, KnownPage, Visit, hash_content, hash_text, join_text, visit

OWNED_PARALLEL = 8
FOREIGN_DELAY = 1.0
MAX_DELAY = 10.0  # robots.txt may ask for more; then a crawl would not end
MAX_REQUESTS = 500
MAX_SECONDS = 15 * 60.0


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    start: str
    max_pages: int = 500
    max_depth: int = 10
    max_requests: int = MAX_REQUESTS
    max_seconds: float = MAX_SECONDS
    delay: float = FOREIGN_DELAY  # between requests to a host that nobody proved to own


@dataclass(frozen=True, slots=True)
class Crawled:
    """An entry of the ledger, with the text to store where there is new text, or the page that stands."""

    entry: LedgerEntry
    document: ExtractedDocument | None = None
    known: KnownPage | None = None
    content_hash: bytes | None = None
    media_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


OnCrawled = Callable[[Crawled, int, int], Awaitable[None]]  # with: answered so far, met so far


async def crawl(
    plan: CrawlPlan, known: Known, fetcher: Fetcher, extractor: Extractor, tell: OnCrawled
) -> Reason | None:
    """Returns why the start could not be read, or None. Every address met is told exactly once."""
    start = canonical(plan.start)
    if start is None:
        await tell(Crawled(LedgerEntry(plan.start[:2048], PageStatus.FAILED, Reason.BAD_ADDRESS)), 1, 1)
        return Reason.BAD_ADDRESS
    return await _Crawl(plan, start, known, fetcher, extractor, tell).run()


class _Crawl:
    def __init__(
        self, plan: CrawlPlan, start: str, known: Known, fetcher: Fetcher, extractor: Extractor, tell: OnCrawled
    ):
        self._plan = plan
        self._start = start
        self._known = known
        self._fetcher = fetcher
        self._extractor = extractor
        self._tell = tell
        self._owned = fetcher.is_owned(start)
        self._frontier = Frontier(Scope.of(start), plan.max_depth)
        self._robots = Robots()
        self._texts: dict[bytes, str] = {}  # text hash → the address that holds it
        self._requests = 0
        self._pages = 0
        self._told = 0
        self._next_at = 0.0
        self._began = time.monotonic()
        self._start_reason: Reason | None = None

    async def run(self) -> Reason | None:
        refused = await self._open_site()
        if refused is None:
            await self._ask_all()
        await self._tell_all(self._frontier.foreign())
        return refused or self._start_reason

    # ---- before the first page

    async def _open_site(self) -> Reason | None:
        """Reads robots.txt and the sitemaps. A reason ends the crawl before it began."""
        try:
            await self._read_robots()
        except FetchFailed as error:
            reason = error.reason
            # What keeps robots.txt from being read keeps the whole site from it: one entry, one reason.
            if reason in (Reason.BAD_RESPONSE, Reason.TOO_MANY_REDIRECTS, Reason.TOO_LARGE):
                reason = Reason.ROBOTS_UNREACHABLE
            entry = LedgerEntry(self._start, PageStatus.FAILED, reason, http=error.http, detail=error.detail)
            await self._tell_all([entry])
            return reason
        self._frontier.meet(self._start, 0)
        if self._robots.closed:
            await self._tell_all([LedgerEntry(self._start, PageStatus.FAILED, Reason.ROBOTS_UNREACHABLE)])
            return Reason.ROBOTS_UNREACHABLE
        await self._read_sitemaps()
        return None

    async def _read_robots(self) -> None:
        await self._turn()
        result = await self._fetcher.fetch(f"{self._frontier.scope.origin}/robots.txt", max_bytes=2 * 1024 * 1024)
        if result.status >= 500 or result.status == 429:
            self._robots = Robots(closed=True)
        elif result.status == 200:
            self._robots = parse_robots(result.body[:ROBOTS_BYTES])
        # The whole site may live at www. or under https: robots.txt has then led us there.
        final = canonical(result.url)
        if final is not None and result.redirects and urlsplit(final).path == "/robots.txt":
            home = Scope.of(final)
            if home.home(self._start) is not None or self._frontier.scope.home(final) is not None:
                self._frontier.scope = home
                self._start = home.home(self._start) or self._start
                self._owned = self._fetcher.is_owned(self._start)

    async def _read_sitemaps(self) -> None:
        origin = self._frontier.scope.origin
        named = [urljoin(origin + "/", address) for address in self._robots.sitemaps]
        waiting = deque((address, 0) for address in dict.fromkeys([*named, f"{origin}/sitemap.xml"]))
        asked: set[str] = set()
        while waiting and len(asked) < SITEMAP_FILES and self._requests < self._plan.max_requests // 4:
            address, depth = waiting.popleft()
            clean = canonical(address)
            home = self._frontier.scope.home(clean) if clean else None
            if home is None or home in asked:
                continue
            asked.add(home)
            await self._turn()
            try:
                result = await self._fetcher.fetch(home, max_bytes=SITEMAP_BYTES)
            except FetchFailed:
                continue  # links still lead to the pages; a sitemap is a help and not a duty
            if result.status != 200:
                continue
            sitemap = parse_sitemap(result.body)
            if depth < SITEMAP_DEPTH:
                waiting.extend((inner, depth + 1) for inner in sitemap.sitemaps)
            for url in sitemap.urls:
                await self._meet(url, 1)

    # ---- the pages

    async def _ask_all(self) -> None:
        parallel = OWNED_PARALLEL if self._owned else 1
        free = asyncio.Semaphore(parallel)
        asked: deque[tuple[Waiting, asyncio.Task[Visit]]] = deque()
        try:
            while True:
                while len(asked) < 3 * parallel and (waiting := await self._next(len(asked))) is not None:
                    task = asyncio.create_task(self._visit(waiting.url, free))
                    asked.append((waiting, task))
                if not asked:
                    break
                waiting, task = asked.popleft()
                await self._admit(waiting, await task)
        finally:
            for _, task in asked:
                task.cancel()
            await asyncio.gather(*(task for _, task in asked), return_exceptions=True)
        limit = self._limit(0)
        await self._tell_all(self._frontier.left_out(limit or ""))

    async def _next(self, in_flight: int) -> Waiting | None:
        while self._limit(in_flight) is None and (waiting := self._frontier.next()) is not None:
            parts = urlsplit(waiting.url)
            if self._robots.allows(parts.path + (f"?{parts.query}" if parts.query else "")):
                return waiting
            reason = Reason.ROBOTS_DISALLOWED
            await self._tell_all([LedgerEntry(waiting.url, PageStatus.SKIPPED, reason, depth=waiting.depth)])
            if waiting.url == self._start:
                self._start_reason = reason
        return None

    def _limit(self, in_flight: int) -> str | None:
        """The limit that ends the crawl, as told in the ledger."""
        if self._pages + in_flight >= self._plan.max_pages:
            return f"{self._plan.max_pages} pages"
        if self._requests + in_flight >= self._plan.max_requests:
            return f"{self._plan.max_requests} requests"
        if time.monotonic() - self._began > self._plan.max_seconds:
            return f"{self._plan.max_seconds / 60:g} minutes"
        return None

    async def _visit(self, url: str, free: asyncio.Semaphore) -> Visit:
        async with free:
            await self._turn()
            return await visit(url, self._known.get(url), self._fetcher, self._extractor)

    async def _turn(self) -> None:
        """Waits until the next request may go out, and counts it."""
        self._requests += 1
        if self._owned:
            return
        delay = max(self._plan.delay, min(self._robots.crawl_delay or 0.0, MAX_DELAY))
        now = time.monotonic()
        at = max(self._next_at, now)
        self._next_at = at + delay
        if at > now:
            await asyncio.sleep(at - now)

    async def _admit(self, waiting: Waiting, seen: Visit) -> None:
        """Compares an answer with what came before, tells it, and takes up its links."""
        final = canonical(seen.url) or waiting.url
        is_start = waiting.url == self._start
        if is_start and seen.redirected:
            await self._move_to(final)
        home = self._frontier.scope.home(final)
        entry = LedgerEntry(
            home or waiting.url,
            seen.status,
            seen.reason,
            seen.http,
            seen.bytes,
            words=seen.document.words if seen.document else 0,
            depth=waiting.depth,
            detail=seen.detail,
        )
        if home is None:
            entry = replace(entry, status=PageStatus.SKIPPED, reason=Reason.OUT_OF_SCOPE, detail=final)
            await self._tell_all([entry])
            return
        if home != waiting.url:
            moved = LedgerEntry(
                waiting.url, PageStatus.SKIPPED, Reason.DUPLICATE, depth=waiting.depth, detail=f"redirects to {home}"
            )
            await self._tell_all([moved])
            if home in self._frontier.answered:
                return
            self._frontier.seen.add(home)
            self._frontier.answered.add(home)
            if not self._robots.allows(urlsplit(home).path):
                await self._tell_all([LedgerEntry(home, PageStatus.SKIPPED, Reason.ROBOTS_DISALLOWED)])
                return
        crawled = self._judge(entry, seen, self._known.get(home))
        if is_start and crawled.entry.status in (PageStatus.FAILED, PageStatus.SKIPPED):
            self._start_reason = crawled.entry.reason
        if crawled.entry.status in (PageStatus.FETCHED, PageStatus.UNCHANGED):
            self._pages += 1
        await self._tell_one(crawled)
        document = seen.document
        if document is not None and document.nofollow and not self._owned:
            return
        links = document.links if document is not None else crawled.known.links if crawled.known else ()
        for link in links:
            await self._meet(link, waiting.depth + 1)

    async def _move_to(self, final: str) -> None:
        """The start leads elsewhere: to https, to www., or to another host, which is the site then."""
        moved = Scope.of(final)
        if moved == self._frontier.scope:
            return
        same_site = self._frontier.scope.home(final) is not None
        self._frontier.scope = moved
        self._owned = self._fetcher.is_owned(final)
        if same_site:
            return
        self._robots = Robots()
        try:
            await self._read_robots()
        except FetchFailed:
            self._robots = Robots(closed=True)  # a host that answered a moment ago: nothing more is asked of it
            return
        await self._read_sitemaps()

    def _judge(self, entry: LedgerEntry, seen: Visit, known: KnownPage | None) -> Crawled:
        document = seen.document
        if seen.status is PageStatus.FAILED and seen.reason not in (Reason.NOT_FOUND, Reason.GONE):
            return Crawled(entry, known=known)  # its last good text stays, and its links lead on
        if seen.status is PageStatus.UNCHANGED and known is not None:
            return self._unless_duplicate(
                Crawled(replace(entry, words=known.words), known=known), known.text_hash, entry.url
            )
        if document is None or seen.status is not PageStatus.FETCHED:
            return Crawled(entry)
        if document.noindex and not self._owned:
            # On a host that is proved to be the owner's own, the owner has asked us to read it.
            return Crawled(replace(entry, status=PageStatus.SKIPPED, reason=Reason.NOINDEX))
        text = join_text(document.blocks)
        content_hash = hash_content(document)
        if known is not None and known.content_hash == content_hash and entry.reason is None:
            entry = replace(entry, status=PageStatus.UNCHANGED)
        crawled = Crawled(entry, document, known, content_hash, seen.media_type, seen.etag, seen.last_modified)
        return self._unless_duplicate(crawled, hash_text(text), entry.url)

    def _unless_duplicate(self, crawled: Crawled, text_hash: bytes, url: str) -> Crawled:
        first = self._texts.setdefault(text_hash, url)
        if first == url:
            return crawled
        entry = replace(
            crawled.entry, status=PageStatus.SKIPPED, reason=Reason.DUPLICATE, detail=f"same text as {first}"
        )
        return Crawled(entry, known=crawled.known)

    # ---- telling

    async def _meet(self, link: str, depth: int) -> None:
        left_out = self._frontier.meet(link, depth)
        if left_out is not None:
            await self._tell_one(Crawled(left_out))

    async def _tell_all(self, entries: list[LedgerEntry]) -> None:
        for entry in entries:
            await self._tell_one(Crawled(entry))

    async def _tell_one(self, crawled: Crawled) -> None:
        self._told += 1
        await self._tell(crawled, self._told, max(self._told, len(self._frontier.seen)))
