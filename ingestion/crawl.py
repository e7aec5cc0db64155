"""One site in, one `Crawled` for each address out, in the order in which they were met.

Called by collect.py and preview.py. Breadth first over links and sitemaps inside of robots.txt, the owner's rules
and the limits. Answers may come in any order; they are compared and told in the order of asking, so that two
crawls of the same site tell the same story.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque

from ingestion.addresses import canonical
from ingestion.arrivals import Arrivals
from ingestion.extract.child import DOCUMENT_LIMIT
from ingestion.extract.read import HTML_TYPES
from ingestion.frontier import Waiting
from ingestion.judge import Crawled
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.plan import CrawlPlan, Stores
from ingestion.ports import Extractor, Fetcher, FetchFailed
from ingestion.site import OnCrawled, Site
from ingestion.visit import Visit, media_type_of, visit

_AHEAD = 3  # times as many asked as may go out at once, so that a slow answer does not hold the others up
_PREVIEW_PAGES = 8


async def crawl(
    plan: CrawlPlan, stores: Stores, fetcher: Fetcher, extractor: Extractor, tell: OnCrawled
) -> Reason | None:
    """Returns why the start could not be read, or None. Every address met is told once, or in a line of many."""
    start = canonical(plan.start)
    if start is None:
        await tell(Crawled(LedgerEntry(plan.start[:2048], PageStatus.FAILED, Reason.BAD_ADDRESS)), 1, 1)
        return Reason.BAD_ADDRESS
    site = Site(plan, start, stores, fetcher, tell)
    return await _Crawl(site, stores, extractor).run()


class _Crawl:
    def __init__(self, site: Site, stores: Stores, extractor: Extractor):
        self._site = site
        self._plan = site.plan
        self._stores = stores
        self._extractor = extractor
        self._arrivals = Arrivals(site, stores)

    async def run(self) -> Reason | None:
        refused = await self._open()
        if refused is None:
            if self._plan.only is None:
                await self._read_start()
            if self._plan.preview:
                await self._look_around()
            else:
                await self._ask_all()
                await self._close()
        for entry in self._site.frontier.folded():
            await self._site.tell(Crawled(entry))
        return refused or self._arrivals.start_reason

    # ---- before the first page

    async def _open(self) -> Reason | None:
        """Reads robots.txt and the sitemaps. A reason ends the crawl before it began."""
        site = self._site
        try:
            await site.read_robots()
        except FetchFailed as error:
            await site.tell_refused(error.reason, error.http, error.detail)
            return error.reason
        if site.robots.closed:
            return Reason.ROBOTS_UNREACHABLE
        if self._plan.only is not None:
            for address in self._plan.only:
                site.frontier.hurry(site.frontier.scope.home(canonical(address) or "") or address, 0)
            self._arrivals.judge.know(self._stores.known, site.frontier.seen)
            return None
        site.frontier.start(site.start)
        await site.read_sitemaps()
        return None

    async def _read_start(self) -> None:
        """The start alone first: it may lead to another host, and tells what stands on every page."""
        waiting = await self._next(0)
        if waiting is None:
            return
        await self._arrivals.admit(waiting, await self._visit(waiting.url, asyncio.Semaphore(1)))
        if self._arrivals.pages and self._site.pace.spent() is None:
            await self._probe()

    async def _probe(self) -> None:
        """Asks for what cannot be there: some hosts show a page that says so, and call it found."""
        url = f"{self._site.frontier.scope.origin}/milo-{secrets.token_hex(8)}"
        if self._site.is_forbidden(url):
            return
        try:
            result = await self._site.pace.fetch(url, max_bytes=DOCUMENT_LIMIT)
        except FetchFailed:
            return  # it says nothing of what this host shows for what it does not have
        media_type, charset = media_type_of(result.headers.get("content-type", ""), result.url, result.body)
        if result.status == 200 and media_type in HTML_TYPES:
            document = await self._extractor.extract(
                result.body, url=result.url, media_type=media_type, charset=charset
            )
            self._arrivals.judge.missing.know_probe(document, url)

    # ---- the pages

    async def _ask_all(self) -> None:
        parallel = self._site.pace.parallel
        free = asyncio.Semaphore(parallel)
        asked: deque[tuple[Waiting, asyncio.Task[Visit]]] = deque()
        try:
            while True:
                while len(asked) < _AHEAD * parallel and (waiting := await self._next(len(asked))) is not None:
                    asked.append((waiting, asyncio.create_task(self._visit(waiting.url, free))))
                if asked:
                    waiting, task = asked.popleft()
                    await self._arrivals.admit(waiting, await task)
                elif not await self._arrivals.release_one():
                    break
        finally:
            for _, task in asked:
                task.cancel()
            await asyncio.gather(*(task for _, task in asked), return_exceptions=True)

    async def _next(self, in_flight: int) -> Waiting | None:
        site = self._site
        while self._limit(in_flight) is None:
            waiting = site.frontier.next()
            if isinstance(waiting, LedgerEntry):
                await site.tell(Crawled(waiting))
            elif waiting is not None:
                if not site.is_closed(waiting.url):
                    return waiting
                if site.is_start(waiting):
                    self._arrivals.start_reason = Reason.ROBOTS_DISALLOWED
                await site.leave_closed(waiting)
            elif site.blind and in_flight == 0 and self._plan.only is None:
                site.blind = False
                for url in self._stores.known:
                    await site.meet(url, 1)
            else:
                return None
        return None

    def _limit(self, in_flight: int) -> str | None:
        """The limit that ends the crawl, as told in the ledger."""
        if self._site.pace.refused is not None:
            return str(self._site.pace.refused.reason)
        if self._arrivals.pages + in_flight >= self._plan.max_pages and self._plan.only is None:
            return f"{self._plan.max_pages} pages"
        return self._site.pace.spent(in_flight)

    async def _visit(self, url: str, free: asyncio.Semaphore) -> Visit:
        async with free:
            return await visit(
                url, self._stores.known.get(url), self._site.pace, self._extractor, self._stores.renderer
            )

    # ---- the end

    async def _close(self) -> None:
        """What still waits when a limit ended the crawl. What was known of it stays, unless the limit is of pages."""
        limit = self._limit(0)
        if limit is None:
            return
        site, known = self._site, self._stores.known
        refused = site.pace.refused
        keep = refused is not None or self._arrivals.pages < self._plan.max_pages
        if refused is not None:
            left = [
                LedgerEntry(waiting.url, PageStatus.FAILED, refused.reason, depth=waiting.depth, detail=refused.detail)
                for waiting in site.frontier.rest()
            ]
        else:
            left = site.frontier.left_out(limit)
        for entry in left:
            await site.tell(Crawled(entry, known=known.get(entry.url), keep=keep))
        if left and keep and self._plan.only is None:
            for url in [url for url in known if url not in site.frontier.seen and not known[url].left]:
                entry = LedgerEntry(url, PageStatus.SKIPPED, Reason.PAGE_LIMIT, detail=limit)
                await site.tell(Crawled(entry, known=known[url], keep=True))

    async def _look_around(self) -> None:
        """A preview: a few pages more, then what would become of all that was met."""
        site = self._site
        looked = 0
        while looked < _PREVIEW_PAGES and (waiting := await self._next(0)) is not None:
            await self._arrivals.admit(waiting, await self._visit(waiting.url, asyncio.Semaphore(1)), park=False)
            looked += 1
        room = max(0, self._plan.max_pages - self._arrivals.pages)
        open_: list[Waiting] = []
        for waiting in site.frontier.rest():
            if site.is_closed(waiting.url):
                await site.leave_closed(waiting)
            else:
                open_.append(waiting)
        for waiting in open_[:room]:
            entry = LedgerEntry(waiting.url, PageStatus.SKIPPED, Reason.WOULD_BE_READ, depth=waiting.depth)
            await site.tell(Crawled(entry))
        for entry in site.frontier.too_many(open_[room:], f"{self._plan.max_pages} pages"):
            await site.tell(Crawled(entry))
