"""Entries of a page's groups in, entries that do not speak against each other out, and their facts. For hours.py.

A fact states all the spans of its days. So two halves of a day become one, and where a page says two things of a day
of the business itself, it is believed in neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingestion.facts.atoms import Date
from ingestion.facts.drafts import Draft
from ingestion.facts.model import FactKind
from ingestion.facts.phrases import When
from ingestion.facts.sentences import DAY, Clause, Span, in_order

# Dates that are the same every year wherever they are named without one.
_YEARLY = frozenset({(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (1, 6), (5, 1), (10, 3), (11, 1), (7, 4), (7, 14)})
_CHRISTMAS_FROM, _CHRISTMAS_UNTIL = (12, 15), (1, 10)


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause with its subject."""

    clause: Clause
    subject: str
    page: int | None


_About = tuple[str, tuple[Date, Date] | None]


def reconcile(groups: Sequence[tuple[bool, list[Entry]]]) -> list[Entry]:
    """`groups`: whether it stands on many pages, its entries."""
    merged = [(repeats, _merge(entries)) for repeats, entries in groups]
    said: dict[tuple[_About, int], set[tuple[Span, ...]]] = {}
    for repeats, entries in merged:
        for entry in entries:
            if not repeats and not entry.subject:
                for day in entry.clause.when.days:
                    said.setdefault((_about(entry), day), set()).add(entry.clause.spans)
    doubtful = {about for (about, _), spans in said.items() if len(spans) > 1}
    return [
        entry
        for repeats, entries in merged
        for entry in entries
        if repeats or entry.subject or not entry.clause.when.days or _about(entry) not in doubtful
    ]


def _about(entry: Entry) -> _About:
    return entry.subject, entry.clause.period


def _merge(entries: Sequence[Entry]) -> list[Entry]:
    """Within a group: 8-12 and 14-18 of the same day are its hours; "daily, closed on Mondays" is six days."""
    kept: list[Entry] = []
    by_about: dict[_About, list[Entry]] = {}
    for entry in entries:
        if entry.clause.when.days:
            by_about.setdefault(_about(entry), []).append(entry)
        else:
            kept.append(entry)
    for some in by_about.values():
        closed = frozenset(day for one in some if not one.clause.spans for day in one.clause.when.days)
        some = [_without(one, closed) if one.clause.spans and len(one.clause.when.days) == 7 else one for one in some]
        days = [day for one in some for day in one.clause.when.days]
        if len(days) == len(set(days)):
            kept += [one for one in some if one.clause.when.days or one.clause.when.holidays]
        else:
            kept += _halves(some)
    return kept


def _without(entry: Entry, closed: frozenset[int]) -> Entry:
    when = replace(entry.clause.when, days=entry.clause.when.days - closed)
    return replace(entry, clause=replace(entry.clause, when=when))


def _halves(some: Sequence[Entry]) -> list[Entry]:
    """Several entries for a day: joined where they are parts of it, left out where they are not."""
    of_day: dict[int, list[Clause]] = {}
    for entry in some:
        for day in entry.clause.when.days:
            of_day.setdefault(day, []).append(entry.clause)
    by_spans: dict[tuple[Span, ...], list[int]] = {}
    for day, clauses in of_day.items():
        distinct = {clause.spans for clause in clauses}
        spans = in_order(sorted(span for told in distinct for span in told))
        if spans is None or (len(distinct) > 1 and () in distinct):
            return []
        by_spans.setdefault(spans, []).append(day)
    start, end = min(one.clause.start for one in some), max(one.clause.end for one in some)
    first = some[0]
    holidays = any(one.clause.when.holidays for one in some)
    made: list[Entry] = []
    for spans, days in by_spans.items():
        when = When(frozenset(days), holidays and 7 in days)
        clause = replace(first.clause, when=when, spans=spans, start=start, end=end)
        made.append(replace(first, clause=clause))
    return made


# ---------------------------------------------------------------- facts


def facts_of(entry: Entry) -> Iterator[Draft]:
    clause = entry.clause
    spans = [[clock(start), clock(end)] for start, end in clause.spans]
    if clause.when.days:
        value: dict[str, Any] = {"days": sorted(clause.when.days), "spans": spans}
        if clause.period is not None:
            value |= {"from": clause.period[0].told(), "until": clause.period[1].told()}
        yield _draft(entry, FactKind.HOURS, value)
    if clause.when.holidays and clause.period is None:
        if clause.like_sunday:
            yield _draft(entry, FactKind.HOLIDAY_RULE, {"public_holidays": "as_sunday"})
        elif spans:
            yield _draft(entry, FactKind.HOLIDAY_RULE, {"public_holidays": "open", "spans": spans})
        else:
            yield _draft(entry, FactKind.HOLIDAY_RULE, {"public_holidays": "closed"})
    for since, until in clause.when.dates:
        if since.year or _is_yearly(since, until):
            value = {"from": since.told(), "until": until.told(), "spans": spans}
            yield _draft(entry, FactKind.SPECIAL_HOURS, value)


def _draft(entry: Entry, kind: FactKind, value: dict[str, Any]) -> Draft:
    return Draft(kind, entry.subject, value, entry.clause.start, entry.clause.end, entry.page)


def _is_yearly(since: Date, until: Date) -> bool:
    """Without a year: a feast, or days around Christmas. "1.8.-15.8. closed" was said of one year only."""
    first, last = (since.month, since.day), (until.month, until.day)
    if first == last:
        return first in _YEARLY
    return (first >= _CHRISTMAS_FROM or first <= _CHRISTMAS_UNTIL) and (
        last <= _CHRISTMAS_UNTIL or last >= _CHRISTMAS_FROM
    )


def clock(minutes: int) -> str:
    """ "24:00" is the end of the day."""
    return "24:00" if minutes == DAY else f"{minutes // 60:02d}:{minutes % 60:02d}"
