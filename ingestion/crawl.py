"""One site in, one `Crawled` for each address out, in the order in which they were met.

Called by collect.py and preview.py. Breadth first over links and sitemaps inside of robots.txt, the owner's rules
and the limits. Answers may come in any order; they are compared and told in the order of asking, so that two
crawls of the same site tell the same story.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ingestion.addresses import Scope, bare_host, canonical, is_readable_ending
from ingestion.extract.child import DOCUMENT_LIMIT
from ingestion.extract.read import HTML_TYPES
from ingestion.frontier import Frontier, Waiting
from ingestion.judge import Crawled, Judge, Recall, recall_nothing
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.pace import Pace
from ingestion.ports import Extractor, Fetcher, FetchFailed, Renderer
from ingestion.robots import Robots
from ingestion.rules import Rules, target_of
from ingestion.site import read_robots, read_sitemaps
from ingestion.traps import Makings
from ingestion.visit import Known, KnownPage, Visit, media_type_of, visit

FOREIGN_DELAY = 1.0
MAX_REQUESTS = 500
MAX_SECONDS = 15 * 60.0
PREVIEW_REQUESTS = 20
_PREVIEW_SITEMAPS = 5
_PREVIEW_PAGES = 8


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """`owned`: hosts (without www.) that this business proved. `only`: asks these addresses and follows no link.

    `preview`: looks at a few pages and tells of all others what would become of them. `closed`: makings of
    addresses that the last crawl saw through (traps.py).
    """

    start: str
    max_pages: int = 500
    max_depth: int = 10
    max_requests: int = MAX_REQUESTS
    max_seconds: float = MAX_SECONDS
    delay: float = FOREIGN_DELAY  # between requests to a host that nobody proved to own
    backoff: float = 2.0  # the first pause after an answer that says "too many requests"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignore_robots: bool = False  # in force only where the host is owned
    owned: frozenset[str] = frozenset()
    only: tuple[str, ...] | None = None
    preview: bool = False
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stores:
    """What a crawl may ask of what is stored, and the browser where there is one."""

    known: Known = field(default_factory=dict[str, KnownPage])
    recall: Recall = recall_nothing
    renderer: Renderer | None = None


OnCrawled = Callable[[Crawled, int, int], Awaitable[None]]  # with: answered so far, met so far


async def crawl(
    plan: CrawlPlan, stores: Stores, fetcher: Fetcher, extractor: Extractor, tell: OnCrawled
) -> Reason | None:
    """Returns why the start could not be read, or None. Every address met is told once, or in a line of many."""
    start = canonical(plan.start)
    if start is None:
        await tell(Crawled(LedgerEntry(plan.start[:2048], PageStatus.FAILED, Reason.BAD_ADDRESS)), 1, 1)
        return Reason.BAD_ADDRESS
    return await _Crawl(plan, start, stores, fetcher, extractor, tell).run()


class _Crawl:
    def __init__(
        self, plan: CrawlPlan, start: str, stores: Stores, fetcher: Fetcher, extractor: Extractor, tell: OnCrawled
    ):
        self._plan = plan
        self._start = start
        self._stores = stores
        self._extractor = extractor
        self._tell = tell
        requests = min(plan.max_requests, PREVIEW_REQUESTS) if plan.preview else plan.max_requests
        self._pace = Pace(
            fetcher, max_requests=requests, max_seconds=plan.max_seconds, delay=plan.delay, backoff=plan.backoff
        )
        makings = Makings(set(plan.closed))
        rules = Rules.of(plan.include, plan.exclude)
        self._frontier = Frontier(Scope.of(start), plan.max_depth, rules, makings, stores.known)
        self._judge = Judge(makings, stores.recall)
        self._robots = Robots()
        self._parked: dict[str, list[tuple[Waiting, Visit]]] = {}  # canonical address → pages that wait for it
        self._done: set[str] = set()
        self._blind = False  # what led to known pages could not be read: they are asked themselves
        self._pages = 0
        self._told = 0
        self._start_reason: Reason | None = None
        self._settle_owner(start)

    async def run(self) -> Reason | None:
        refused = await self._open_site()
        if refused is None:
            if self._plan.only is None:
                await self._read_start()
            if self._plan.preview:
                await self._look_around()
            else:
                await self._ask_all()
                await self._close()
        for entry in self._frontier.folded():
            await self._tell_one(Crawled(entry))
        return refused or self._start_reason

    # ---- before the first page

    async def _open_site(self) -> Reason | None:
        """Reads robots.txt and the sitemaps. A reason ends the crawl before it began."""
        try:
            await self._read_robots()
        except FetchFailed as error:
            entry = LedgerEntry(self._start, PageStatus.FAILED, error.reason, http=error.http, detail=error.detail)
            await self._tell_one(Crawled(entry, known=self._stores.known.get(self._start), keep=True))
            return error.reason
        if self._robots.closed:
            return Reason.ROBOTS_UNREACHABLE
        if self._plan.only is not None:
            for address in self._plan.only:
                self._frontier.hurry(self._frontier.scope.home(canonical(address) or "") or address, 0)
            return None
        self._frontier.start(self._start)
        await self._read_sitemaps()
        return None

    async def _read_robots(self) -> None:
        """Raises FetchFailed. A closed file is told here: it closes the whole site."""
        book = await read_robots(self._frontier.scope.origin, self._pace)
        self._robots = book.robots
        if book.moved is not None:
            # The whole site lives at www. or under https: robots.txt has led us there.
            home = Scope.of(book.moved)
            if home.home(self._start) is not None:
                self._frontier.scope = home
                self._start = home.home(self._start) or self._start
                self._settle_owner(self._start)
        if book.robots.closed and self._overrides:
            self._robots = Robots()
        elif book.robots.closed:
            reason = Reason.ROBOTS_UNREACHABLE
            entry = LedgerEntry(self._start, PageStatus.FAILED, reason, book.http, detail=book.detail)
            await self._tell_one(Crawled(entry, known=self._stores.known.get(self._start), keep=True))
        self._pace.crawl_delay = self._robots.crawl_delay or 0.0

    async def _read_sitemaps(self) -> None:
        files = {"files": _PREVIEW_SITEMAPS} if self._plan.preview else {}
        async for sitemap, entry in read_sitemaps(self._frontier.scope, self._robots, self._pace, **files):
            if entry is not None:
                self._frontier.seen.add(entry.url)
                await self._tell_one(Crawled(entry))
            self._blind = self._blind or sitemap.cut == "failed"
            for url in sitemap.urls:
                await self._meet(url, 1, listed=True)

    async def _read_start(self) -> None:
        """The start alone first: it may lead to another host, and tells what stands on every page."""
        waiting = await self._next(0)
        if waiting is None:
            return
        await self._admit(waiting, await self._visit(waiting.url, asyncio.Semaphore(1)))
        if self._start_reason is None and not self._robots.closed and self._pace.spent() is None:
            await self._probe()

    async def _probe(self) -> None:
        """Asks for what cannot be there: some hosts show a page that says so, and call it found."""
        url = f"{self._frontier.scope.origin}/milo-{secrets.token_hex(8)}"
        if not self._robots.allows(target_of(url)):
            return
        try:
            result = await self._pace.fetch(url, max_bytes=DOCUMENT_LIMIT)
        except FetchFailed:
            return
        media_type, charset = media_type_of(result.headers.get("content-type", ""), result.url, result.body)
        if result.status == 200 and media_type in HTML_TYPES:
            document = await self._extractor.extract(
                result.body, url=result.url, media_type=media_type, charset=charset
            )
            self._judge.missing.know_probe(document, url)

    # ---- the pages

    async def _ask_all(self) -> None:
        free = asyncio.Semaphore(self._pace.parallel)
        asked: deque[tuple[Waiting, asyncio.Task[Visit]]] = deque()
        try:
            while True:
                while len(asked) < 3 * self._pace.parallel and (waiting := await self._next(len(asked))) is not None:
                    task = asyncio.create_task(self._visit(waiting.url, free))
                    asked.append((waiting, task))
                if asked:
                    waiting, task = asked.popleft()
                    await self._admit(waiting, await task)
                elif self._parked:
                    await self._release(next(iter(self._parked)))
                else:
                    break
        finally:
            for _, task in asked:
                task.cancel()
            await asyncio.gather(*(task for _, task in asked), return_exceptions=True)

    async def _next(self, in_flight: int) -> Waiting | None:
        while self._limit(in_flight) is None:
            waiting = self._frontier.next()
            if isinstance(waiting, LedgerEntry):
                await self._tell_one(Crawled(waiting))
            elif waiting is not None:
                if not self._is_closed(waiting.url):
                    return waiting
                await self._tell_closed(waiting)
            elif self._blind and in_flight == 0 and self._plan.only is None:
                self._blind = False
                for url in self._stores.known:
                    await self._meet(url, 1)
            else:
                return None
        return None

    def _limit(self, in_flight: int) -> str | None:
        """The limit that ends the crawl, as told in the ledger."""
        if self._pace.refused is not None:
            return str(self._pace.refused.reason)
        if self._pages + in_flight >= self._plan.max_pages and self._plan.only is None:
            return f"{self._plan.max_pages} pages"
        return self._pace.spent(in_flight)

    def _is_closed(self, url: str) -> bool:
        return not self._robots.allows(target_of(url)) and not self._overrides

    async def _tell_closed(self, waiting: Waiting) -> None:
        if self._is_start(waiting):
            self._start_reason = Reason.ROBOTS_DISALLOWED
        if self._robots.closed:  # the host that the start moved to: what is known of it stays
            entry = LedgerEntry(waiting.url, PageStatus.FAILED, Reason.ROBOTS_UNREACHABLE, depth=waiting.depth)
            await self._tell_one(Crawled(entry, known=self._stores.known.get(waiting.url), keep=True))
            return
        entry = self._frontier.leave(waiting.url, Reason.ROBOTS_DISALLOWED, "", depth=waiting.depth)
        if entry is not None:
            await self._tell_one(Crawled(entry))

    async def _visit(self, url: str, free: asyncio.Semaphore) -> Visit:
        async with free:
            known = self._stores.known.get(url)
            return await visit(url, known, self._pace, self._extractor, self._stores.renderer)

    async def _admit(self, waiting: Waiting, seen: Visit, *, park: bool = True) -> None:
        """Compares an answer with what came before, tells it, and takes up its links."""
        final = canonical(seen.url) or waiting.url
        is_start = self._is_start(waiting)
        if seen.redirected and (is_start or self._plan.only is not None):
            await self._move_to(final)
        home = self._frontier.scope.home(final)
        self._done |= {waiting.url, home or waiting.url}
        if home is None:
            entry = LedgerEntry(
                waiting.url, PageStatus.SKIPPED, Reason.OUT_OF_SCOPE, seen.http, seen.bytes, depth=waiting.depth,
                detail=final,
            )  # fmt: skip
            await self._tell_one(Crawled(entry))
            return
        if home != waiting.url and not await self._follows(waiting, home):
            return
        original = self._original_of(seen, home)
        if park and not is_start and original is not None and original not in self._done and home not in self._parked:
            self._parked.setdefault(original, []).append((waiting, seen))
            if original not in self._frontier.answered:
                self._frontier.hurry(original, waiting.depth)
            return
        crawled = await self._judge.judge(
            _entry(home, waiting, seen), seen, self._stores.known.get(home),
            owned=self._pace.owned, canonical=original, start=is_start,
        )  # fmt: skip
        if is_start and not crawled.taken:
            self._start_reason = crawled.entry.reason
        self._pages += crawled.taken
        await self._tell_one(self._marked(crawled))
        if self._plan.only is None and (self._pace.owned or seen.document is None or not seen.document.nofollow):
            for link in crawled.links:
                await self._meet(link, waiting.depth + 1)
        for address in {waiting.url, home}:
            await self._release(address)

    async def _follows(self, waiting: Waiting, home: str) -> bool:
        """Tells the redirect; whether where it arrived is to be read."""
        moved = LedgerEntry(
            waiting.url, PageStatus.SKIPPED, Reason.DUPLICATE, depth=waiting.depth, detail=f"redirects to {home}"
        )
        await self._tell_one(Crawled(moved))
        if not self._is_start(waiting):
            self._frontier.makings.note(waiting.url, copy=True, new=False)
        if home in self._frontier.answered:
            await self._release(waiting.url)
            return False
        self._frontier.seen.add(home)
        self._frontier.answered.add(home)
        rule = self._frontier.rules.leaves_out(home) if not self._is_start(waiting) else None
        if rule is None and not self._is_closed(home):
            return True
        if rule is not None:
            entry = self._frontier.leave(home, Reason.EXCLUDED, rule, depth=waiting.depth, detail=rule)
        else:
            entry = self._frontier.leave(home, Reason.ROBOTS_DISALLOWED, "", depth=waiting.depth)
        if entry is not None:
            await self._tell_one(Crawled(entry))
        await self._release(waiting.url)
        return False

    def _original_of(self, seen: Visit, home: str) -> str | None:
        """The address the page names as its own, where that is another one that may be read."""
        named = canonical(seen.document.canonical) if seen.document is not None and seen.document.canonical else None
        original = self._frontier.scope.home(named) if named is not None else None
        if original is None or original == home or self._plan.only is not None:
            return None
        if self._is_closed(original) or self._frontier.rules.leaves_out(original) or not is_readable_ending(original):
            return None
        return original

    async def _release(self, address: str) -> None:
        """Pages that waited for what this address says."""
        for waiting, seen in self._parked.pop(address, []):
            await self._admit(waiting, seen, park=False)

    async def _move_to(self, final: str) -> None:
        """The start leads elsewhere: to https, to www., or to another host, which is the site then."""
        moved = Scope.of(final)
        same_site = self._frontier.scope.home(final) is not None
        if moved == self._frontier.scope or (self._plan.only is not None and not same_site):
            return
        self._frontier.scope = moved
        self._settle_owner(final)
        if same_site:
            return
        try:
            await self._read_robots()
        except FetchFailed:
            self._robots = Robots(closed=True)  # a host that answered a moment ago: nothing more is asked of it
            return
        if not self._robots.closed:
            await self._read_sitemaps()

    def _settle_owner(self, url: str) -> None:
        self._pace.owned = bare_host(urlsplit(url).netloc) in self._plan.owned or self._pace.is_owned(url)

    def _is_start(self, waiting: Waiting) -> bool:
        return self._plan.only is None and waiting.url == self._start

    @property
    def _overrides(self) -> bool:
        return self._plan.ignore_robots and self._pace.owned

    def _marked(self, crawled: Crawled) -> Crawled:
        """With what the owner should know of a page that was wholly taken, and with their own rule on the start."""
        entry = crawled.entry
        if not crawled.taken:
            return crawled
        if entry.reason is None and self._overrides and not self._robots.allows(target_of(entry.url)):
            return replace(crawled, entry=replace(entry, reason=Reason.ROBOTS_OVERRIDDEN))
        rule = self._frontier.rules.leaves_out(entry.url)
        if rule is None:
            return crawled
        entry = replace(entry, status=PageStatus.SKIPPED, reason=Reason.EXCLUDED, detail=rule)
        return replace(crawled, entry=entry)

    # ---- the end

    async def _close(self) -> None:
        """What still waits when a limit ended the crawl. What was known of it stays, unless the limit is of pages."""
        limit = self._limit(0)
        refused = self._pace.refused
        if limit is None:
            return
        known = self._stores.known
        left = False
        if refused is not None:
            for waiting in self._frontier.rest():
                left = True
                entry = LedgerEntry(waiting.url, PageStatus.FAILED, refused.reason, depth=waiting.depth)
                entry = replace(entry, detail=refused.detail)
                await self._tell_one(Crawled(entry, known=known.get(waiting.url), keep=True))
        else:
            keep = self._pages < self._plan.max_pages
            for entry in self._frontier.left_out(limit):
                left = keep
                await self._tell_one(Crawled(entry, known=known.get(entry.url) if keep else None, keep=keep))
        if left and self._plan.only is None:
            for url in [url for url in known if url not in self._frontier.seen]:
                entry = LedgerEntry(url, PageStatus.SKIPPED, Reason.PAGE_LIMIT, detail=limit)
                await self._tell_one(Crawled(entry, known=known[url], keep=True))

    async def _look_around(self) -> None:
        """A preview: a few pages more, then what would become of all that was met."""
        looked = 0
        while looked < _PREVIEW_PAGES and (waiting := await self._next(0)) is not None:
            await self._admit(waiting, await self._visit(waiting.url, asyncio.Semaphore(1)), park=False)
            looked += 1
        room = self._plan.max_pages - self._pages
        for waiting in self._frontier.rest():
            if self._is_closed(waiting.url):
                await self._tell_closed(waiting)
                continue
            reason = Reason.WOULD_BE_READ if room > 0 else Reason.PAGE_LIMIT
            detail = None if room > 0 else f"{self._plan.max_pages} pages"
            room -= 1
            entry = LedgerEntry(waiting.url, PageStatus.SKIPPED, reason, depth=waiting.depth, detail=detail)
            await self._tell_one(Crawled(entry))

    # ---- telling

    async def _meet(self, link: str, depth: int, *, listed: bool = False) -> None:
        left_out = self._frontier.meet(link, depth, listed=listed)
        if left_out is not None:
            await self._tell_one(Crawled(left_out))

    async def _tell_one(self, crawled: Crawled) -> None:
        self._told += 1
        await self._tell(crawled, self._told, max(self._told, len(self._frontier.seen)))


def _entry(home: str, waiting: Waiting, seen: Visit) -> LedgerEntry:
    document = seen.document
    return LedgerEntry(
        home,
        seen.status,
        seen.reason,
        seen.http,
        seen.bytes,
        words=document.words if document else 0,
        depth=waiting.depth,
        detail=seen.detail,
        language=document.language if document else None,
    )
