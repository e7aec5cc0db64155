"""Atoms of one sentence or cell in, what it says in order out: when, spans of hours, closed, seasons, other words.

Called by hours.py. What is half understood becomes UNSURE, and a sentence that holds one says nothing for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from ingestion.facts.atoms import Atom, Date, Sign, Time
from ingestion.facts.spans import read_span
from ingestion.facts.words import Word


class Part(StrEnum):
    WHEN = "when"
    SPAN = "span"
    CLOSED = "closed"
    PERIOD = "period"
    LONE = "lone"  # a time without its other end
    UNSURE = "unsure"
    WORDS = "words"
    EXCEPT = "except"
    LIKE = "like"
    BY_APPOINTMENT = "by_appointment"
    LAST_ENTRY = "last_entry"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class When:
    days: frozenset[int] = frozenset()
    holidays: bool = False
    dates: tuple[tuple[Date, Date], ...] = ()

    def joined(self, other: When) -> When:
        return When(self.days | other.days, self.holidays or other.holidays, self.dates + other.dates)

    def in_year(self, year: int) -> When:
        """Dates that name none begin in this one."""
        return replace(self, dates=tuple(pair if pair[0].year else _in_year(*pair, year) for pair in self.dates))


NO_DAYS = When()


@dataclass(frozen=True, slots=True)
class Item:
    """`apart`: a comma, bracket, colon or dash stands before it; `listed`: an "and"."""

    part: Part
    start: int
    end: int
    when: When = NO_DAYS
    span: tuple[int, int] = (0, 0)  # minutes; an end at or before the start is on the next day
    period: tuple[Date, Date] | None = None
    apart: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """`opens`: it names opening hours; `we`: it speaks of the business in the first person."""

    items: tuple[Item, ...]
    opens: bool
    we: bool
    season: bool  # a season's word without its dates stands in it
    phone: bool


_LISTED = 6
LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NEUTRAL = frozenset({Word.FILL, Word.CLOCK, Word.PART, Word.FROM, Word.AGAIN, Sign.NEUTRAL})
_PLAIN = {
    Word.CLOSED: Part.CLOSED,
    Word.EXCEPT: Part.EXCEPT,
    Word.LIKE: Part.LIKE,
    Word.BY_APPOINTMENT: Part.BY_APPOINTMENT,
    Word.LAST_ENTRY: Part.LAST_ENTRY,
    Word.ALWAYS: Part.ALWAYS,
    Sign.TIME: Part.LONE,
    Sign.NUMBER: Part.UNSURE,
    Sign.YEAR: Part.UNSURE,
    Sign.STAR: Part.UNSURE,
    Word.MONTH: Part.UNSURE,
    Word.SEASON: Part.WORDS,
    Word.GENERAL: Part.WORDS,
    Word.PHONE: Part.WORDS,
    Word.SPECIAL: Part.WORDS,
    Word.BREAK: Part.WORDS,
    Sign.UNKNOWN: Part.WORDS,
}


def _in_year(since: Date, until: Date, year: int) -> tuple[Date, Date]:
    over = (until.month, until.day) < (since.month, since.day)
    return replace(since, year=year), replace(until, year=year + over)


def split_atoms(atoms: Sequence[Atom]) -> list[list[Atom]]:
    """Sentence by sentence. A phone number with the word before it stands for a border, too."""
    parts: list[list[Atom]] = [[]]
    for atom in atoms:
        if atom.kind in (Sign.STOP, Sign.MASKED):
            while atom.kind is Sign.MASKED and parts[-1] and parts[-1][-1].kind in (Word.PHONE, Sign.NEUTRAL):
                parts[-1].pop()
            parts.append([])
        else:
            parts[-1].append(atom)
    return [part for part in parts if part]


def read_phrase(atoms: Sequence[Atom], *, twelve: bool) -> Said:
    """`twelve`: 9-5 are nine in the morning and five in the afternoon."""
    kinds = {atom.kind for atom in atoms}
    items = _Reader(atoms, twelve).read()
    has_period = any(item.part is Part.PERIOD for item in items)
    season = Word.SEASON in kinds and not has_period
    return Said(
        tuple(items),
        opens=Word.HEAD in kinds or Word.OPEN in kinds,
        we=Word.WE in kinds,
        season=season,
        phone=Word.PHONE in kinds,
    )


class _Reader:
    def __init__(self, atoms: Sequence[Atom], twelve: bool):
        self._atoms = atoms
        self._twelve = twelve
        self._items: list[Item] = []
        self._apart = False
        self._listed = False
        self._season_told = any(
            self._period(at) is not None for at in range(len(atoms)) if atoms[at].kind in _OF_PERIODS
        )

    def read(self) -> list[Item]:
        at = 0
        while at < len(self._atoms):
            at = self._step(at)
        return self._items

    def _step(self, at: int) -> int:
        atom = self._atoms[at]
        kind = atom.kind
        if kind in (Sign.COMMA, Sign.DASH, Sign.NEUTRAL):
            self._apart = True
            return at + 1
        if kind is Word.AND:
            self._listed = True
            return at + 1
        if kind in (Word.TO, Word.FROM) and self._is(at + 1, Sign.DATE, Word.MONTH) and self._period(at + 1) is None:
            return self._put(Part.UNSURE, at, at + 2)  # from a day on, or until one: who knows which year
        if kind in _NEUTRAL or kind in (Word.TO, Word.HEAD, Word.OPEN, Word.WE):
            return at + 1
        if kind is Word.SEASON and self._season_told:
            return at + 1
        if kind in _OF_PERIODS and (found := self._period(at)) is not None:
            first, last, after = found
            if first.month == last.month and first.day == last.day:
                return self._when(When(dates=((first, last),)), at, after)
            return self._put(Part.PERIOD, at, after, Item(Part.PERIOD, 0, 0, period=(first, last)))
        if kind in (Word.DAY, Word.HOLIDAYS, Word.NAMED, Sign.DATE):
            when, after = self._one_when(at)
            return self._when(when, at, after)
        if kind in (Sign.TIME, Sign.NUMBER) and (listed := self._listed_days(at)) is not None:
            return self._when(*listed)
        if kind is Sign.TIME and self._is(at + 1, Sign.DASH, Word.TO):
            return self._times(at)
        return self._put(_PLAIN.get(kind, Part.UNSURE), at, at + 1)

    def _times(self, at: int) -> int:
        other = at + 2
        while self._is(other, Word.FILL, Word.CLOCK, Word.TO) and other < at + 4:
            other += 1
        if not self._is(other, Sign.TIME):
            return self._put(Part.LONE, at, at + 1)
        span = read_span(self._atoms[at].value, self._atoms[other].value, twelve=self._twelve)
        if span is None:
            return self._put(Part.UNSURE, at, other + 1)
        return self._put(Part.SPAN, at, other + 1, Item(Part.SPAN, 0, 0, span=span))

    def _is(self, at: int, *kinds: Word | Sign) -> bool:
        return at < len(self._atoms) and self._atoms[at].kind in kinds

    def _put(self, part: Part, at: int, after: int, item: Item | None = None) -> int:
        start, end = self._atoms[at].start, self._atoms[min(after, len(self._atoms)) - 1].end
        last = self._items[-1] if self._items else None
        if part is Part.WORDS and last is not None and last.part is Part.WORDS and not self._apart:
            self._items[-1] = replace(last, end=end)
            self._listed = False
            return after
        made = item or Item(part, start, end)
        self._items.append(replace(made, part=part, start=start, end=end, apart=self._apart, listed=self._listed))
        self._apart = self._listed = False
        return after

    # ---- days

    def _one_when(self, at: int) -> tuple[When, int]:
        atom = self._atoms[at]
        if atom.kind is Word.HOLIDAYS:
            return When(holidays=True), at + 1
        if atom.kind is Sign.DATE:
            return When(dates=((atom.value, atom.value),)), at + 1
        if atom.kind is Word.NAMED:
            date = Date(*atom.value)
            return When(dates=((date, date),)), at + 1
        days: frozenset[int] = atom.value
        if len(days) == 1 and self._is(at + 1, Sign.DASH, Word.TO) and self._is(at + 2, Word.DAY):
            last: frozenset[int] = self._atoms[at + 2].value
            if len(last) == 1:
                (first_day,), (last_day,) = days, last
                count = (last_day - first_day) % 7
                return When(frozenset((first_day - 1 + step) % 7 + 1 for step in range(count + 1))), at + 3
        return When(days), at + 1

    def _when(self, when: When, at: int, after: int) -> int:
        """Joined to what it is listed with: Mon, Wed and Fri; Sat/Sun. A day before its date is that date."""
        last = self._items[-1] if self._items else None
        if last is None or last.part is not Part.WHEN:
            return self._put(Part.WHEN, at, after, Item(Part.WHEN, 0, 0, when=when))
        between = [atom.kind for atom in self._atoms[at - 1 : at]]
        dated, dates = bool(last.when.dates) and not last.when.days, bool(when.dates)
        if dates and last.when.days and not last.when.dates and not self._listed:
            joined = When(dates=when.dates) if len(last.when.days) == 1 else None
        elif dated and dates and not self._listed and between[0] not in (Sign.COMMA,):
            # Christmas Eve (24.12.2030)
            one, other = last.when.dates[-1][0], when.dates[0][0]
            same = (one.month, one.day) == (other.month, other.day)
            joined = When(dates=last.when.dates[:-1] + when.dates) if same else None
        elif dated and when.days:
            single = len(when.days) == 1 and not self._listed and between[0] is Sign.NEUTRAL
            joined = last.when if single else None
        elif bool(last.when.days or last.when.holidays) == dates:
            joined = None
        else:
            joined = last.when.joined(when)
        if joined is None:
            return self._put(Part.UNSURE, at, after)
        self._items[-1] = replace(last, end=self._atoms[after - 1].end, when=joined)
        self._apart = self._listed = False
        return after

    def _listed_days(self, at: int) -> tuple[When, int, int] | None:
        """24, 25 and 26 December."""
        days: list[int] = []
        place = at
        while len(days) < _LISTED and self._is(place + 1, Sign.COMMA, Word.AND):
            day = _plain_number(self._atoms[place])
            if day is None:
                break
            days.append(day)
            place += 2
        if not days or not self._is(place, Sign.DATE):
            return None
        last: Date = self._atoms[place].value
        dates = [replace(last, day=day) for day in days if 1 <= day < last.day] + [last]
        if len(dates) <= len(days):
            return None
        return When(dates=tuple((date, date) for date in dates)), at, place + 1

    # ---- periods

    def _period(self, at: int) -> tuple[Date, Date, int] | None:
        """Two dates or months with a dash or "to" between: 1 May - 30 Sep, April to October, 24.-26. December."""
        first, joint, last = (self._atoms[i] if i < len(self._atoms) else None for i in (at, at + 1, at + 2))
        if first is None or joint is None or last is None or joint.kind not in (Sign.DASH, Word.TO):
            return None
        until = _last_date(last)
        if until is None:
            return None
        number = _plain_number(first)
        if number is not None:
            since = Date(until.month, number, until.year) if isinstance(last.value, Date) else None
            if since is not None and not 1 <= since.day < until.day:
                since = None
        else:
            since = _first_date(first)
        if since is None or (isinstance(first.value, Time) and isinstance(last.value, Time)):
            return None
        if until.year and not since.year:
            over = (since.month, since.day) > (until.month, until.day)
            since = replace(since, year=until.year - over)
        if since.year and not until.year:
            return None
        return since, until, at + 3


_OF_PERIODS = frozenset({Sign.DATE, Sign.TIME, Sign.NUMBER, Word.MONTH, Word.NAMED})


def _plain_number(atom: Atom) -> int | None:
    if isinstance(atom.value, Time):
        time: Time = atom.value
        return time.hour if time.plain else None
    return int(atom.value) if atom.kind is Sign.NUMBER and atom.value is not None else None


def _first_date(atom: Atom) -> Date | None:
    if atom.kind is Word.MONTH:
        return Date(atom.value, 1)
    return _date_of(atom)


def _last_date(atom: Atom) -> Date | None:
    if atom.kind is Word.MONTH:
        month = int(atom.value)
        return Date(month, LAST_DAY[month - 1])
    return _date_of(atom)


def _date_of(atom: Atom) -> Date | None:
    if isinstance(atom.value, Date):
        return atom.value
    if atom.kind is Word.NAMED:
        month, day = cast(tuple[int, int], atom.value)
        return Date(month, day)
    if isinstance(atom.value, Time):
        time: Time = atom.value
        if time.dotted and 1 <= time.minute <= 12 and time.hour >= 1:
            return Date(time.minute, time.hour)  # 01.05
    return None
