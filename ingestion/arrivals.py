"""What arrives, in the order of asking: redirects followed up, compared with the rest, told, its links taken up.

Made by crawl.py, one a crawl. A page that names another address as its own waits until that one has been read.
"""

from __future__ import annotations

from dataclasses import replace

from ingestion.addresses import canonical, is_readable_ending
from ingestion.frontier import Waiting
from ingestion.judge import Crawled, Judge
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.plan import Stores
from ingestion.site import Site
from ingestion.visit import Visit


class Arrivals:
    """`pages`: read so far. `start_reason`: why the start was not."""

    def __init__(self, site: Site, stores: Stores):
        self.judge = Judge(site.frontier.makings, stores.recall)
        self.pages = 0
        self.start_reason: Reason | None = None
        self._site = site
        self._stores = stores
        self._done: set[str] = set()
        self._parked: dict[str, list[tuple[Waiting, Visit]]] = {}  # canonical address → pages that wait for it

    async def admit(self, waiting: Waiting, seen: Visit, *, park: bool = True) -> None:
        site = self._site
        final = canonical(seen.url) or waiting.url
        is_start = site.is_start(waiting)
        if seen.redirected and (is_start or site.plan.only is not None):
            await site.move_to(final)
        home = site.frontier.scope.home(final)
        self._done |= {waiting.url, home or waiting.url}
        if home is None and is_start and seen.status is PageStatus.FAILED:
            # The start leads to another host, and that one cannot be read: of it the owner must hear.
            self.start_reason = seen.reason
            entry = LedgerEntry(final, seen.status, seen.reason, seen.http, depth=waiting.depth, detail=seen.detail)
            await site.tell(Crawled(entry, known=self._stores.known.get(waiting.url), keep=True))
            return
        if home is None:
            entry = LedgerEntry(
                waiting.url, PageStatus.SKIPPED, Reason.OUT_OF_SCOPE, seen.http, seen.bytes, depth=waiting.depth,
                detail=final,
            )  # fmt: skip
            await site.tell(Crawled(entry, known=self._stores.known.get(waiting.url)))
            return
        if home != waiting.url and not await self._follow(waiting, home):
            await self._release(waiting.url)
            return
        original = self._original_of(seen, home)
        if park and not is_start and original is not None and original not in self._done and home not in self._parked:
            self._parked.setdefault(original, []).append((waiting, seen))
            if original not in site.frontier.answered:
                site.frontier.hurry(original, waiting.depth)
            return
        crawled = await self.judge.judge(
            _entry(home, waiting, seen), seen, self._stores.known.get(home),
            owned=site.pace.owned, canonical=original, start=is_start,
        )  # fmt: skip
        if is_start and not crawled.taken:
            self.start_reason = crawled.entry.reason
        self.pages += crawled.taken
        await site.tell(self._marked(crawled))
        if site.plan.only is None and (site.pace.owned or seen.document is None or not seen.document.nofollow):
            for link in crawled.links:
                await site.meet(link, waiting.depth + 1)
        for address in {waiting.url: None, home: None}:
            await self._release(address)

    async def release_one(self) -> bool:
        """Lets a page go on whose own address never came. False when none waits."""
        if not self._parked:
            return False
        await self._release(next(iter(self._parked)))
        return True

    async def _follow(self, waiting: Waiting, home: str) -> bool:
        """Tells the redirect; whether where it arrived is to be read."""
        site = self._site
        moved = LedgerEntry(
            waiting.url, PageStatus.SKIPPED, Reason.DUPLICATE, depth=waiting.depth, detail=f"redirects to {home}"
        )
        await site.tell(Crawled(moved, known=self._stores.known.get(waiting.url)))
        if home in site.frontier.answered:
            # Only this says nothing new: short addresses that lead to pages nobody names otherwise do.
            site.frontier.makings.note(waiting.url, copy=True, new=False)
            return False
        site.frontier.seen.add(home)
        site.frontier.answered.add(home)
        rule = site.frontier.rules.leaves_out(home) if not site.is_start(waiting) else None
        if rule is not None:
            await site.leave(home, Reason.EXCLUDED, rule, depth=waiting.depth, detail=rule)
        elif site.is_closed(home):
            await site.leave_closed(Waiting(home, waiting.depth))
        else:
            return True
        return False

    def _original_of(self, seen: Visit, home: str) -> str | None:
        """The address the page names as its own, where that is another one that may be read."""
        site = self._site
        named = canonical(seen.document.canonical) if seen.document is not None and seen.document.canonical else None
        original = site.frontier.scope.home(named) if named is not None else None
        if original is None or original == home or site.plan.only is not None:
            return None
        if site.is_closed(original) or site.frontier.rules.leaves_out(original) or not is_readable_ending(original):
            return None
        return original

    async def _release(self, address: str) -> None:
        """Pages that waited for what this address says."""
        for waiting, seen in self._parked.pop(address, []):
            await self.admit(waiting, seen, park=False)

    def _marked(self, crawled: Crawled) -> Crawled:
        """With what the owner should know of a page that was wholly taken, and with their own rule on the start."""
        entry = crawled.entry
        if not crawled.taken:
            return crawled
        if entry.reason is None and self._site.overrides and self._site.is_forbidden(entry.url):
            return replace(crawled, entry=replace(entry, reason=Reason.ROBOTS_OVERRIDDEN))
        rule = self._site.frontier.rules.leaves_out(entry.url)
        if rule is None:
            return crawled
        return replace(crawled, entry=replace(entry, status=PageStatus.SKIPPED, reason=Reason.EXCLUDED, detail=rule))


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
