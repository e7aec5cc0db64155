"""What the crawl has still to ask, in which order, and what it met and will not ask.

Breadth first, and in turns between the folders of the site, so that no folder without end (a calendar, a
maze) keeps the others waiting; what looks machine-made waits behind all that does not (traps.py). What is
left out for its address alone is told: the first few of a kind one by one, the rest in one line.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingestion.addresses import Scope, canonical, ending, is_readable_ending, without_tokens
from ingestion.extract.kinds import UNREAD_ENDINGS
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.rules import Rules
from ingestion.traps import Makings, is_endless, lateness, shape, twin

# Addresses of a kind that are listed one by one before the rest is one line.
_SHOWN = {Reason.OUT_OF_SCOPE: 3, Reason.NOT_TEXT: 3, Reason.TRAP: 3}
_SHOWN_ELSE = 100
_LEFT_SHOWN = 1_000
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Waiting:
    url: str
    depth: int
    listed: bool = False  # in a sitemap, or asked for by the owner: never taken for a trap


class Turns:
    """Addresses first in, first out, in turns between folders, two levels deep."""

    def __init__(self) -> None:
        self._own: deque[Waiting] = deque()
        self._folders: OrderedDict[str, Turns] = OrderedDict()
        self._own_turn = True

    def push(self, waiting: Waiting, folders: list[str]) -> None:
        if not folders:
            self._own.append(waiting)
            return
        inner = self._folders.get(folders[0])
        if inner is None:
            inner = self._folders[folders[0]] = Turns()
        inner.push(waiting, folders[1:])

    def pop(self) -> Waiting | None:
        if self._own and (self._own_turn or not self._folders):
            self._own_turn = False
            return self._own.popleft()
        self._own_turn = True
        while self._folders:
            name, inner = self._folders.popitem(last=False)
            waiting = inner.pop()
            if waiting is not None:
                self._folders[name] = inner
                return waiting
        return self._own.popleft() if self._own else None


@dataclass(slots=True)
class Frontier:
    scope: Scope
    max_depth: int
    rules: Rules = field(default_factory=Rules)
    makings: Makings = field(default_factory=Makings)
    known: Collection[str] = ()  # addresses that were read before: never taken for a trap
    seen: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])  # asked, or arrived at by a redirect
    _turns: tuple[Turns, Turns, Turns] = field(default_factory=lambda: (Turns(), Turns(), Turns()))
    _first: deque[Waiting] = field(default_factory=deque[Waiting])
    _twins: set[str] = field(default_factory=set[str])
    _folded: dict[tuple[Reason, str], list[LedgerEntry]] = field(
        default_factory=dict[tuple[Reason, str], list[LedgerEntry]]
    )
    _folded_count: Counter[tuple[Reason, str]] = field(default_factory=Counter[tuple[Reason, str]])

    def start(self, url: str) -> None:
        """Asked in any case, whatever the rules say of it: its links lead to the rest."""
        self.seen.add(url)
        self._twins.add(twin(url))
        self._first.append(Waiting(url, 0, listed=True))

    def hurry(self, url: str, depth: int) -> None:
        """Before all others: another page waits for what it says."""
        self.seen.add(url)
        self._first.append(Waiting(url, depth))

    def meet(self, link: str, depth: int, *, listed: bool = False) -> LedgerEntry | None:
        """Takes an address up, or says why it is left out. None too for what was met before, or is told in a line."""
        address = canonical(link)
        if address is None:
            return None
        home = self.scope.home(address)
        if home is None:
            if address not in self.seen:
                self.seen.add(address)
                self.leave(address, Reason.OUT_OF_SCOPE, urlsplit(address).netloc, depth=1, tell_later=True)
            return None
        if home in self.seen:
            return None
        self.seen.add(home)
        rule = self.rules.leaves_out(home)
        if rule is not None:
            return self.leave(home, Reason.EXCLUDED, rule, depth=depth, detail=rule)
        if (unread := UNREAD_ENDINGS.get(ending(home))) is not None:
            return self.leave(home, Reason.UNSUPPORTED, ending(home), depth=depth, detail=unread)
        if not is_readable_ending(home):
            return self.leave(home, Reason.NOT_TEXT, ending(home), depth=depth, detail=ending(home))
        if depth > self.max_depth:
            return self.leave(home, Reason.DEPTH_LIMIT, "", depth=depth, detail=str(self.max_depth))
        making = shape(home)
        waiting = Waiting(home, depth, listed)
        if is_endless(home) or self._is_closed(waiting, making):
            return self.leave(home, Reason.TRAP, making, depth=depth, detail=making)
        same = twin(home)
        late = lateness(home, met=self.makings.meet(making), twin_met=same in self._twins)
        self._twins.add(same)
        self._turns[late].push(waiting, _folders(home))
        return None

    def next(self) -> Waiting | LedgerEntry | None:
        """The next address to ask; an entry to tell instead, for one that turned out to be a trap meanwhile."""
        while (waiting := self._pop()) is not None:
            if waiting.url in self.answered:
                continue
            self.answered.add(waiting.url)
            making = shape(waiting.url)
            if not self._is_closed(waiting, making):
                return waiting
            entry = self.leave(waiting.url, Reason.TRAP, making, depth=waiting.depth, detail=making)
            if entry is not None:
                return entry
        return None

    def rest(self) -> list[Waiting]:
        """What still waits, taken out of the queue."""
        waiting: list[Waiting] = []
        while (each := self._pop()) is not None:
            if each.url not in self.answered:
                self.answered.add(each.url)
                waiting.append(each)
        return waiting

    def left_out(self, detail: str) -> list[LedgerEntry]:
        """What was met and never asked, when a limit ends the crawl."""
        return self.too_many(self.rest(), detail)

    def too_many(self, waiting: Sequence[Waiting], detail: str) -> list[LedgerEntry]:
        """Addresses that a limit leaves out; a great rest of them is told in one entry."""
        entries = [
            LedgerEntry(entry.url, PageStatus.SKIPPED, Reason.PAGE_LIMIT, depth=entry.depth, detail=detail)
            for entry in waiting[:_LEFT_SHOWN]
        ]
        if len(waiting) > _LEFT_SHOWN:
            more = f"{detail}; and {len(waiting) - _LEFT_SHOWN} further addresses"
            entries.append(LedgerEntry(self.scope.origin + "/*", PageStatus.SKIPPED, Reason.PAGE_LIMIT, detail=more))
        return entries

    def leave(
        self, url: str, reason: Reason, kind: str, *, depth: int, detail: str | None = None, tell_later: bool = False
    ) -> LedgerEntry | None:
        """The entry to tell, or None once there are too many of this kind: `folded` tells how many more."""
        key = (reason, kind)
        self._folded_count[key] += 1
        shown = self._folded.setdefault(key, [])
        if len(shown) >= _SHOWN.get(reason, _SHOWN_ELSE):
            return None
        shown.append(LedgerEntry(url, PageStatus.SKIPPED, reason, depth=depth, detail=detail))
        return None if tell_later else shown[-1]

    def folded(self) -> list[LedgerEntry]:
        """At the end: addresses of other hosts, and of each kind how many more there were."""
        entries: list[LedgerEntry] = []
        for (reason, kind), shown in self._folded.items():
            if reason is Reason.OUT_OF_SCOPE:
                entries.extend(shown)
            more = self._folded_count[reason, kind] - len(shown)
            if more:
                url, what = self._told_kind(reason, kind, shown[0])
                entries.append(
                    LedgerEntry(url, PageStatus.SKIPPED, reason, depth=1, detail=f"and {more} further {what}")
                )
        return entries

    def _told_kind(self, reason: Reason, kind: str, first: LedgerEntry) -> tuple[str, str]:
        if reason is Reason.OUT_OF_SCOPE:
            return f"{urlsplit(first.url).scheme}://{kind}/*", "addresses of this host"
        if reason in (Reason.NOT_TEXT, Reason.UNSUPPORTED):
            return f"{self.scope.origin}/*.{kind}", f"{kind} files"
        if reason is Reason.TRAP:
            return f"{self.scope.origin}{kind}*", "addresses of this kind"
        return f"{self.scope.origin}/*", f"addresses ({kind})" if kind else "addresses"

    def _is_closed(self, waiting: Waiting, making: str) -> bool:
        return making in self.makings.closed and not waiting.listed and waiting.url not in self.known

    def _pop(self) -> Waiting | None:
        if self._first:
            return self._first.popleft()
        for turns in self._turns:
            waiting = turns.pop()
            if waiting is not None:
                return waiting
        return None


def _folders(url: str) -> list[str]:
    """Of the path, two at most; figures and sessions aside, or each month of a calendar had a turn of its own."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/")[1:-1] if segment]
    named = [_NUMBERS.sub("0", without_tokens(segment)) for segment in segments[:2]]
    return [*named, "?"] if parts.query else named
