"""One sentence about hours in, its clauses out: which days, which spans, under which label. Called by hours.py.

"Mon-Fri 9-5, Sat 10-2, closed Sundays" is three clauses; what does not fit the grammar whole gives none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from ingestion.facts.atoms import Date
from ingestion.facts.phrases import NO_DAYS, Item, Part, Said, When

Span = tuple[int, int]  # minutes of the day; an end at or before the start is on the next day
DAY = 24 * 60
_EVERY_DAY = frozenset(range(1, 8))


class Shape(StrEnum):
    """What a line holds that says something only with its neighbour."""

    DAYS = "days"
    SPANS = "spans"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Clause:
    """`label` and `qualifier`: spans of words in the text before and after. No spans: closed."""

    when: When
    spans: tuple[Span, ...]
    start: int
    end: int
    label: tuple[int, int] | None = None
    qualifier: tuple[int, int] | None = None
    period: tuple[Date, Date] | None = None
    like_sunday: bool = False
    told_label: str = ""  # a column's or row's name


@dataclass(frozen=True, slots=True)
class Sentence:
    clauses: tuple[Clause, ...] = ()
    shape: Shape | None = None
    when: When = NO_DAYS  # of DAYS
    spans: tuple[Span, ...] = ()  # of SPANS


def read_sentence(said: Said, *, in_table: bool = False) -> Sentence:
    """`in_table`: `Tue | closed | 14-18` is closed in the morning."""
    items = _plain(said)
    if items is None:
        return Sentence()
    parts = [item.part for item in items]
    if not parts:
        return Sentence()
    if set(parts) == {Part.WHEN} and len(parts) == 1:
        return Sentence(shape=Shape.DAYS, when=items[0].when)
    if set(parts) == {Part.SPAN}:
        spans = in_order([item.span for item in items])
        return Sentence(shape=Shape.SPANS, spans=spans) if spans else Sentence()
    if parts == [Part.CLOSED]:
        return Sentence(shape=Shape.CLOSED)
    if parts == [Part.ALWAYS] and said.opens:
        return Sentence((Clause(When(_EVERY_DAY), ((0, DAY),), items[0].start, items[0].end),))
    if sorted(parts) == sorted([Part.PERIOD, Part.CLOSED]):
        return Sentence(_closed_period(items))
    timed = [item for item in items if item.part in _TIMED or item.part is Part.WHEN]
    if not timed:
        return Sentence()
    clauses = _days_first(items, in_table) if timed[0].part is Part.WHEN else _days_last(items)
    if clauses is None:
        return Sentence()
    return Sentence(tuple(clause for clause in _with_periods(items, clauses) if clause is not None))


_TIMED = frozenset({Part.SPAN, Part.CLOSED, Part.LONE, Part.ALWAYS})


def in_order(spans: Sequence[Span]) -> tuple[Span, ...] | None:
    """None where one begins before the other ends: then they are of two things."""
    for one, other in pairwise(spans):
        if one[1] <= one[0] or other[0] < one[1]:
            return None
    if len(spans) > 1 and spans[-1][1] <= spans[-1][0] and spans[-1][1] > spans[0][0]:
        return None
    return tuple(spans)


def _plain(said: Said) -> list[Item] | None:
    """Without what changes nothing; None where something is unsure."""
    items: list[Item] = []
    skip = 0
    for at, item in enumerate(said.items):
        following = said.items[at + 1] if at + 1 < len(said.items) else None
        if skip:
            skip -= 1
        elif item.part is Part.UNSURE:
            return None
        elif item.part is Part.BY_APPOINTMENT and item.listed:
            continue  # "and by appointment": the hours stand
        elif item.part is Part.LAST_ENTRY:
            skip = int(following is not None and following.part is Part.LONE)
            if not skip:
                return None
        elif item.part is Part.EXCEPT:
            if following is None or following.part is not Part.WHEN or following.when != When(holidays=True):
                return None
            items.append(replace(following, part=Part.EXCEPT, start=item.start))
            skip = 1
        else:
            items.append(item)
    return items


def _closed_period(items: Sequence[Item]) -> tuple[Clause, ...]:
    """1 Nov - 31 Mar closed: a season. 1 Aug 2030 - 15 Aug 2030 closed: those days."""
    found = next(item.period for item in items if item.part is Part.PERIOD)
    assert found is not None
    since, until = found
    start, end = items[0].start, items[-1].end
    if since.year:
        return (Clause(When(dates=(found,)), (), start, end),)
    length = (until.month - since.month) % 12 * 30 + until.day - since.day
    if length > 45:
        return (Clause(When(_EVERY_DAY), (), start, end, period=found),)
    return (Clause(When(dates=(found,)), (), start, end),)


@dataclass(slots=True)
class _Open:
    """A clause that is being read."""

    item: Item
    label: tuple[int, int] | None
    spans: list[Span]
    closed: bool = False
    void: bool = False  # a lone time, by appointment: its days are told, its hours are not
    like_sunday: bool = False
    qualifier: tuple[int, int] | None = None
    end: int = 0


def _days_first(items: Sequence[Item], in_table: bool) -> list[Clause | None] | None:
    """Days, then their spans. None: does not fit."""
    read: list[_Open] = []
    label: tuple[int, int] | None = None
    pending: Item | None = None
    at = 0
    while at < len(items):
        item = items[at]
        last = read[-1] if read else None
        following = [other.part for other in items[at + 1 : at + 3]]
        if item.part is Part.WORDS:
            if last is None or (item.apart and (last.spans or last.closed or last.void)):
                pending = item if pending is None else replace(pending, end=item.end)
                label = label if last is None else None
            else:
                last.qualifier = _both(last.qualifier, item)
        elif item.part is Part.WHEN:
            if pending is not None:
                label, pending = (pending.start, pending.end), None
            read.append(_Open(item, label, [], end=item.end))
        elif item.part is Part.CLOSED and (last is None or last.spans or last.closed):
            if last is not None and in_table:
                at += 1
                continue
            if following[:1] != [Part.WHEN] or (len(following) > 1 and following[1] in _TIMED):
                return None
            read.append(_Open(replace(items[at + 1], start=item.start), label, [], closed=True, end=items[at + 1].end))
            at += 1
        elif item.part is Part.EXCEPT:
            read.append(_Open(item, label, [], closed=True, end=item.end))
        elif item.part is Part.PERIOD:
            pass  # ruled by _with_periods
        elif last is None or not _take(last, item, following, in_table):
            return None
        elif item.part is Part.LIKE:
            at += 1
        at += 1
    if pending is not None:
        for one in read:
            one.qualifier = _both(one.qualifier, pending)
    return [_closed_up(one) for one in read]


def _take(last: _Open, item: Item, following: Sequence[Part], in_table: bool) -> bool:
    last.end = item.end
    if item.part is Part.SPAN:
        if last.closed and not in_table:
            return False
        last.closed = False
        last.spans.append(item.span)
    elif item.part is Part.CLOSED:
        last.closed = True
    elif item.part is Part.ALWAYS:
        last.spans.append((0, DAY))
    elif item.part is Part.BY_APPOINTMENT:
        if last.spans:
            last.qualifier = _both(last.qualifier, item)
        last.void = not last.spans
    elif item.part is Part.LONE:
        last.void = True
    elif item.part is Part.LIKE:
        last.like_sunday = following[:1] == [Part.WHEN]
        return last.like_sunday and last.item.when == When(holidays=True)
    else:
        return False
    return True


def _closed_up(one: _Open) -> Clause | None:
    if one.like_sunday:
        return Clause(one.item.when, (), one.item.start, one.end, one.label, one.qualifier, like_sunday=True)
    if one.void or (not one.closed and not one.spans):
        return None
    spans = in_order(one.spans)
    if spans is None:
        return None
    return Clause(one.item.when, spans, one.item.start, one.end, one.label, one.qualifier)


def _days_last(items: Sequence[Item]) -> list[Clause | None] | None:
    """Spans, then their days: "10am-4pm daily", "closed on Mondays". Only if all of the sentence is so."""
    clauses: list[Clause | None] = []
    label: tuple[int, int] | None = None
    qualifier: tuple[int, int] | None = None
    spans: list[Span] = []
    closed = False
    start: int | None = None
    for item in items:
        if item.part is Part.WORDS:
            if clauses or start is not None:
                qualifier = _both(qualifier, item)
            else:
                label = (label[0] if label else item.start, item.end)
        elif item.part in (Part.SPAN, Part.ALWAYS):
            spans.append(item.span if item.part is Part.SPAN else (0, DAY))
            start = item.start if start is None else start
        elif item.part is Part.CLOSED:
            closed = True
            start = item.start if start is None else start
        elif item.part is Part.WHEN:
            ordered = in_order(spans)
            if start is None or closed == bool(spans) or ordered is None:
                return None
            clauses.append(Clause(item.when, ordered, start, item.end, label))
            spans, closed, start = [], False, None
        elif item.part is Part.EXCEPT and clauses:
            clauses.append(Clause(When(holidays=True), (), item.start, item.end, label))
        elif item.part is not Part.PERIOD:
            return None
    if start is not None:
        return None
    return [replace(clause, qualifier=qualifier) if clause else None for clause in clauses]


def _with_periods(items: Sequence[Item], clauses: Sequence[Clause | None]) -> list[Clause | None]:
    """A period rules what follows it; one at the very end, all before it."""
    periods = [item for item in items if item.part is Part.PERIOD]
    if not periods:
        return list(clauses)
    done: list[Clause | None] = []
    trailing = len(periods) == 1 and all(clause is None or clause.start < periods[0].start for clause in clauses)
    for clause in clauses:
        if clause is None:
            continue
        before = [item for item in periods if item.start < clause.start]
        ruling = periods[0] if trailing else before[-1] if before else None
        done.append(replace(clause, period=ruling.period) if ruling else clause)
    return done


def _both(one: tuple[int, int] | None, item: Item) -> tuple[int, int]:
    return (one[0], item.end) if one else (item.start, item.end)
