"""The site a crawl is on: where it is, whose it is, what its robots.txt says, and the ledger of what is met there.

Made by crawl.py, one a crawl; arrivals.py asks it about addresses. A start that leads elsewhere moves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from ingestion.addresses import Scope, bare_host
from ingestion.directions import read_robots, read_sitemaps
from ingestion.frontier import Frontier, Waiting
from ingestion.judge import Crawled
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.pace import Pace
from ingestion.plan import PREVIEW_REQUESTS, PREVIEW_SECONDS, CrawlPlan, Stores
from ingestion.ports import Fetcher, FetchFailed
from ingestion.robots import Robots
from ingestion.rules import Rules, target_of
from ingestion.traps import Makings

OnCrawled = Callable[[Crawled, int, int], Awaitable[None]]  # with: answered so far, met so far
_PREVIEW_SITEMAPS = 5


class Site:
    """`blind`: what led to known pages could not be read, so that they are asked themselves."""

    def __init__(self, plan: CrawlPlan, start: str, stores: Stores, fetcher: Fetcher, tell: OnCrawled):
        self.start = start
        self.plan = plan
        self.robots = Robots()
        self.blind = False
        requests, seconds = plan.max_requests, plan.max_seconds
        if plan.preview:
            requests, seconds = min(requests, PREVIEW_REQUESTS), min(seconds, PREVIEW_SECONDS)
        self.pace = Pace(fetcher, max_requests=requests, max_seconds=seconds, delay=plan.delay, backoff=plan.backoff)
        rules = Rules.of(plan.include, plan.exclude)
        self.frontier = Frontier(Scope.of(start), plan.max_depth, rules, Makings(set(plan.closed)), stores.known)
        self._stores = stores
        self._tell = tell
        self._told = 0
        self._settle_owner(start)

    @property
    def overrides(self) -> bool:
        """Whether robots.txt has no say: the owner asked for it, on a host that is proved."""
        return self.plan.ignore_robots and self.pace.owned

    def is_start(self, waiting: Waiting) -> bool:
        return self.plan.only is None and waiting.url == self.start

    def is_forbidden(self, url: str) -> bool:
        return not self.robots.allows(target_of(url))

    def is_closed(self, url: str) -> bool:
        return self.is_forbidden(url) and not self.overrides

    async def read_robots(self) -> None:
        """Raises FetchFailed. A file that cannot be had is told here: it closes the whole site."""
        book = await read_robots(self.frontier.scope.origin, self.pace)
        self.robots = book.robots
        if book.moved is not None:
            # The whole site lives at www. or under https: robots.txt has led us there.
            home = Scope.of(book.moved)
            if home.home(self.start) is not None:
                self.frontier.scope = home
                self.start = home.home(self.start) or self.start
                self._settle_owner(self.start)
        if book.robots.closed and self.overrides:
            self.robots = Robots()
        elif book.robots.closed:
            await self.tell_refused(Reason.ROBOTS_UNREACHABLE, book.http, book.detail)
        self.pace.crawl_delay = self.robots.crawl_delay or 0.0

    async def read_sitemaps(self) -> None:
        files = {"files": _PREVIEW_SITEMAPS} if self.plan.preview else {}
        async for sitemap, entry in read_sitemaps(self.frontier.scope, self.robots, self.pace, **files):
            if entry is not None:
                self.frontier.seen.add(entry.url)
                await self.tell(Crawled(entry))
            self.blind = self.blind or sitemap.cut == "failed"
            for number, url in enumerate(sitemap.urls):
                await self.meet(url, 1, listed=True)
                if number % 500 == 0:
                    await asyncio.sleep(0)  # 50,000 addresses take a while, and others wait for the loop

    async def move_to(self, final: str) -> None:
        """The start leads elsewhere: to https, to www., or to another host, which is the site then."""
        moved = Scope.of(final)
        same_site = self.frontier.scope.home(final) is not None
        if moved == self.frontier.scope or (self.plan.only is not None and not same_site):
            return
        self.frontier.scope = moved
        self._settle_owner(final)
        if same_site:
            return
        try:
            await self.read_robots()
        except FetchFailed:
            self.robots = Robots(closed=True)  # a host that answered a moment ago: nothing more is asked of it
            return
        if not self.robots.closed:
            await self.read_sitemaps()

    async def meet(self, link: str, depth: int, *, listed: bool = False) -> None:
        left_out = self.frontier.meet(link, depth, listed=listed)
        if left_out is not None:
            await self.tell(Crawled(left_out))

    async def leave(self, url: str, reason: Reason, kind: str, *, depth: int, detail: str | None = None) -> None:
        entry = self.frontier.leave(url, reason, kind, depth=depth, detail=detail)
        if entry is not None:
            await self.tell(Crawled(entry))

    async def leave_closed(self, waiting: Waiting) -> None:
        """What robots.txt keeps us from. Where it is the file that could not be had, what is known stays."""
        if self.robots.closed:
            entry = LedgerEntry(waiting.url, PageStatus.FAILED, Reason.ROBOTS_UNREACHABLE, depth=waiting.depth)
            await self.tell(Crawled(entry, known=self._stores.known.get(waiting.url), keep=True))
        elif self.plan.only is not None:
            # Of pages that are asked again each is told, and what is known of it leaves.
            entry = LedgerEntry(waiting.url, PageStatus.SKIPPED, Reason.ROBOTS_DISALLOWED, depth=waiting.depth)
            await self.tell(Crawled(entry, known=self._stores.known.get(waiting.url)))
        else:
            await self.leave(waiting.url, Reason.ROBOTS_DISALLOWED, "", depth=waiting.depth)

    async def tell_refused(self, reason: Reason, http: int | None, detail: str | None) -> None:
        """One entry for the whole site."""
        entry = LedgerEntry(self.start, PageStatus.FAILED, reason, http, detail=detail)
        await self.tell(Crawled(entry, known=self._stores.known.get(self.start), keep=True))

    async def tell(self, crawled: Crawled) -> None:
        self._told += 1
        await self._tell(crawled, self._told, max(self._told, len(self.frontier.seen)))

    def _settle_owner(self, url: str) -> None:
        self.pace.owned = bare_host(urlsplit(url).netloc) in self.plan.owned or self.pace.is_owned(url)
