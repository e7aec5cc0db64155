"""What the crawl has still to ask, in which order, and what it met and will not ask.

Breadth first. Addresses of one template that come in great numbers (calendars, filters, paging) wait
behind all others, so that a trap eats what is left of the budget and not its beginning.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingestion.addresses import Scope, canonical, ending, is_readable_ending, repeats_itself, shape
from ingestion.model import LedgerEntry, PageStatus, Reason

_SHAPE_LIMIT = 40  # of one template before the rest of it waits
_FOREIGN_SHOWN = 3  # addresses of another host that are listed one by one
_LEFT_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Waiting:
    url: str
    depth: int


@dataclass(slots=True)
class Frontier:
    scope: Scope
    max_depth: int
    seen: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])  # asked, or arrived at by a redirect
    _first: deque[Waiting] = field(default_factory=deque[Waiting])
    _later: deque[Waiting] = field(default_factory=deque[Waiting])
    _shapes: Counter[str] = field(default_factory=Counter[str])
    _foreign: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _foreign_count: Counter[str] = field(default_factory=Counter[str])

    def meet(self, link: str, depth: int) -> LedgerEntry | None:
        """Takes an address up, or says why it is left out. None too for what was met before."""
        address = canonical(link)
        if address is None:
            return None
        home = self.scope.home(address)
        if home is None:
            self._meet_foreign(address)
            return None
        if home in self.seen:
            return None
        self.seen.add(home)
        if not is_readable_ending(home):
            return LedgerEntry(home, PageStatus.SKIPPED, Reason.NOT_TEXT, depth=depth, detail=ending(home))
        if depth > self.max_depth:
            return LedgerEntry(home, PageStatus.SKIPPED, Reason.DEPTH_LIMIT, depth=depth, detail=str(self.max_depth))
        template = shape(home)
        self._shapes[template] += 1
        many = self._shapes[template] > _SHAPE_LIMIT and template != home.partition("//")[2]
        (self._later if many or repeats_itself(home) else self._first).append(Waiting(home, depth))
        return None

    def next(self) -> Waiting | None:
        while self._first or self._later:
            waiting = (self._first or self._later).popleft()
            if waiting.url not in self.answered:
                self.answered.add(waiting.url)
                return waiting
        return None

    def left_out(self, detail: str) -> list[LedgerEntry]:
        """What was met and never asked, when a limit ends the crawl; a great rest is told in one entry."""
        waiting = [entry for entry in (*self._first, *self._later) if entry.url not in self.answered]
        self._first.clear()
        self._later.clear()
        entries = [
            LedgerEntry(entry.url, PageStatus.SKIPPED, Reason.PAGE_LIMIT, depth=entry.depth, detail=detail)
            for entry in waiting[:_LEFT_SHOWN]
        ]
        if len(waiting) > _LEFT_SHOWN:
            more = f"{detail}; and {len(waiting) - _LEFT_SHOWN} further addresses"
            entries.append(LedgerEntry(self.scope.origin + "/", PageStatus.SKIPPED, Reason.PAGE_LIMIT, detail=more))
        return entries

    def foreign(self) -> list[LedgerEntry]:
        """Addresses of other hosts: the first few of each, and how many more."""
        entries: list[LedgerEntry] = []
        for host, shown in self._foreign.items():
            entries.extend(LedgerEntry(url, PageStatus.SKIPPED, Reason.OUT_OF_SCOPE, depth=1) for url in shown)
            more = self._foreign_count[host] - len(shown)
            if more:
                entries.append(
                    LedgerEntry(
                        f"{urlsplit(shown[0]).scheme}://{host}/", PageStatus.SKIPPED, Reason.OUT_OF_SCOPE, depth=1,
                        detail=f"and {more} further addresses of this host",
                    )
                )  # fmt: skip
        return entries

    def _meet_foreign(self, address: str) -> None:
        if address in self.seen:
            return
        self.seen.add(address)
        host = urlsplit(address).netloc
        self._foreign_count[host] += 1
        shown = self._foreign.setdefault(host, [])
        if len(shown) < _FOREIGN_SHOWN:
            shown.append(address)
