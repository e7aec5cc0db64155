"""What the facts say of one day, and of this moment. Facts in, plans out; pure. Also read by app/knowledge/facts.

Special dates stand over public holidays, those over the weekly hours, a season over the rest of the year; what the
owner decided stands over what pages say. Where pages disagree and the owner has not decided, nothing is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from retrieval.hours.model import (
    DAY,
    HOURS,
    NOTICE,
    RULE,
    SPECIAL,
    DayPlan,
    Holiday,
    HolidayKind,
    HoursFact,
    Known,
    Origin,
    Span,
    Spans,
)

_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_DATE = re.compile(r"(?:\d{4}|-)-\d{2}-\d{2}")
# "When we are closed, call …": what to do at such times, and no word on which these are. A comma ends the condition:
# "when the lake is frozen, we are closed" has its "closed" behind it and counts.
_WHEN_CLOSED = re.compile(
    r"\b(?:when|whenever|while|if|outside|wenn|falls|während|außerhalb|når|hvis|mens|uden for|quand|lorsque|si|hors"
    r"|cuando|fuera|quando|se|fuori|als|wanneer|buiten|när|om|medan|utanför|utenfor)\s(?:[^\s,.;:!?]+\s){0,4}"
    r"(?:closed|geschlossen|zu|lukket|fermée?s?|cerrados?|chiusi?|gesloten|stängt|stengt|fechados?)"
    r"(?:\s[^\s,.;:!?]+){0,2},",
    re.IGNORECASE,
)
_AHEAD = 8  # days in which the next opening is looked for

PlanOf = Callable[[date], DayPlan]


class NotUnderstood(ValueError):
    """A stored value is not of the shape that ingestion/facts/model.py describes."""


@dataclass(frozen=True, slots=True)
class Moment:
    """This moment. `until`: when it closes, in minutes of today, None: never; `opens`: the next opening, if known."""

    open: bool
    plan: DayPlan  # the day whose hours decide: yesterday's, after midnight
    until: int | None = None
    opens: tuple[DayPlan, int] | None = None


def make_fact(
    kind: str, subject: str, subject_key: str, value: dict[str, Any], origin: Origin, decided_at: datetime | None = None
) -> HoursFact:
    """Raises NotUnderstood."""
    fact = HoursFact(kind, subject, subject_key, origin, decided_at=decided_at)
    spans = _spans(value.get("spans", []))
    if kind == HOURS:
        days = frozenset(value.get("days", ()))
        if not days or not days <= set(range(1, 8)):
            raise NotUnderstood("days")
        first, last = _dates(value, needed=False)
        return replace(fact, days=days, spans=spans, first=first, last=last)
    if kind == NOTICE:
        first, last = _dates(value, needed=False)
        days = frozenset(value.get("days", ()))
        return replace(fact, days=days, first=first, last=last, says=str(value["says"]))
    if kind == SPECIAL:
        first, last = _dates(value, needed=True)
        return replace(fact, spans=spans, first=first, last=last)
    rule = value.get("public_holidays")
    if kind != RULE or rule not in ("closed", "open", "as_sunday"):
        raise NotUnderstood(kind)
    return replace(fact, rule=rule, spans=spans)


def without_rejected(found: Iterable[HoursFact], rejected: Sequence[HoursFact]) -> list[HoursFact]:
    """What the owner said is not so goes, day by day."""
    kept: list[HoursFact] = []
    for fact in found:
        alike = [one for one in rejected if _same_claim(one, fact)]
        days = fact.days.difference(*(one.days for one in alike)) if fact.kind == HOURS else fact.days
        if not alike or (fact.kind == HOURS and days):
            kept.append(replace(fact, days=days))
    return kept


def plan_day(day: date, facts: Sequence[HoursFact], holiday: Holiday | None) -> DayPlan:
    """`facts`: of one subject, in force."""
    return _noticed(_plan_date(day, facts, holiday), facts)


def plan_weekday(day: date, facts: Sequence[HoursFact]) -> DayPlan:
    """As on every such weekday: no special dates, no holidays."""
    weekly = weekly_facts(day.isoweekday(), day, facts)
    return _noticed(_plan(day, weekly, None) if weekly else _unnamed(day, facts, None), facts)


def _plan_date(day: date, facts: Sequence[HoursFact], holiday: Holiday | None) -> DayPlan:
    special = _chosen([fact for fact in facts if fact.kind == SPECIAL and _covers(fact, day)])
    if special:
        return _plan(day, special, holiday)
    if holiday is not None and holiday.kind is HolidayKind.PUBLIC:
        rules = _chosen([fact for fact in facts if fact.kind == RULE])
        if rules:
            return _by_rule(day, rules, facts, holiday)
    weekly = weekly_facts(day.isoweekday(), day, facts)
    if not weekly:
        return _unnamed(day, facts, holiday)
    plan = _plan(day, weekly, holiday)
    if holiday is not None and plan.known is Known.SAID:
        return replace(plan, known=Known.HOLIDAY)
    return plan


def _unnamed(day: date, facts: Sequence[HoursFact], holiday: Holiday | None) -> DayPlan:
    """A season's hours are not quoted for another part of the year: they would read as those of all of it. For a day
    within it they are all that is said: without them a quote might take the other season's."""
    others = tuple(fact for fact in facts if fact.kind == HOURS and not _is_over(fact, day))
    if season := tuple(fact for fact in others if fact.first is not None and _covers(fact, day)):
        return DayPlan(day, Known.UNNAMED, (), season, holiday)
    known = Known.UNNAMED if others and all(fact.first is None for fact in others) else Known.NOTHING
    return DayPlan(day, known, (), others if known is Known.UNNAMED else (), holiday)


def _noticed(plan: DayPlan, facts: Sequence[HoursFact]) -> DayPlan:
    """Whatever says "open" gives way to words of the site that say closed or otherwise. Closed stays closed.

    What the owner decided of just that date stands over them.
    """
    open_ = plan.known is Known.CONFLICT or (plan.known in (Known.SAID, Known.HOLIDAY) and bool(plan.spans))
    if not open_ or (plan.facts and all(fact.owned and fact.kind == SPECIAL for fact in plan.facts)):
        return plan
    named = [fact for fact in facts if fact.kind == NOTICE and _covers(fact, plan.day) and not _is_condition(fact)]
    named = [fact for fact in named if not fact.days or plan.day.isoweekday() in fact.days]
    words = {fact.says: fact for fact in sorted(named, key=lambda fact: fact.owned)}
    if not words:
        return plan
    return replace(plan, known=Known.NOTICED, facts=(*words.values(), *_one_of_each(plan.facts)))


def _is_condition(notice: HoursFact) -> bool:
    return not notice.owned and notice.first is None and _WHEN_CLOSED.search(notice.says) is not None


def weekly_facts(weekday: int, day: date, facts: Sequence[HoursFact]) -> list[HoursFact]:
    """Those that decide; more than one opinion where pages disagree."""
    named = [fact for fact in facts if fact.kind == HOURS and weekday in fact.days and _covers(fact, day)]
    owned = [fact for fact in named if fact.owned]
    pool = owned or named
    return _chosen([fact for fact in pool if fact.first is not None] or pool)


def moment(now: datetime, plan_of: PlanOf) -> Moment | None:
    """`now`: local to the business. None where the facts do not decide whether it is open."""
    today, minute = now.date(), now.hour * 60 + now.minute
    before, plan = plan_of(today - timedelta(days=1)), plan_of(today)
    for span in _may_run_on(before):
        if minute < span.end - DAY:
            return Moment(True, before, span.end - DAY) if before.known is Known.SAID else None
    if plan.known is not Known.SAID:
        return None
    for span in plan.spans:
        if span.start <= minute < span.end:
            return Moment(True, plan, _until(span.end, today, plan_of))
    return Moment(False, plan, opens=_next_opening(today, minute, plan_of))


def open_at(plan: DayPlan, minute: int) -> bool:
    return any(span.start <= minute < span.end for span in plan.spans)


def _may_run_on(plan: DayPlan) -> Spans:
    """Spans of that day which may go on after midnight: all that anybody claims, where it is not decided."""
    if plan.known is Known.SAID:
        claimed = plan.spans
    elif plan.known in (Known.CONFLICT, Known.HOLIDAY, Known.NOTICED):
        claimed = tuple(span for fact in plan.facts for span in fact.spans)
    else:
        claimed = ()
    return tuple(span for span in claimed if span.end > DAY)


def _until(end: int, today: date, plan_of: PlanOf) -> int | None:
    """Open to midnight and from midnight on is open through it. None: the whole coming week."""
    if end != DAY:
        return end
    for ahead in range(1, _AHEAD):
        plan = plan_of(today + timedelta(days=ahead))
        first = plan.spans[0] if plan.spans and plan.known is Known.SAID else None
        if first is None or first.start != 0:
            return DAY if ahead == 1 else ahead * DAY
        if first.end != DAY:
            return ahead * DAY + first.end
    return None


def _next_opening(today: date, minute: int, plan_of: PlanOf) -> tuple[DayPlan, int] | None:
    for ahead in range(_AHEAD):
        plan = plan_of(today + timedelta(days=ahead))
        if plan.known is not Known.SAID:
            return None
        start = next((span.start for span in plan.spans if ahead or span.start > minute), None)
        if start is not None:
            return plan, start
    return None


def _by_rule(day: date, rules: Sequence[HoursFact], facts: Sequence[HoursFact], holiday: Holiday) -> DayPlan:
    if len({(fact.rule, fact.spans) for fact in rules}) > 1:
        return DayPlan(day, Known.CONFLICT, (), _one_of_each(rules), holiday)
    rule = rules[0]
    if rule.rule == "closed" or rule.spans:
        return DayPlan(day, Known.SAID, rule.spans, tuple(rules), holiday)
    weekday = 7 if rule.rule == "as_sunday" else day.isoweekday()
    weekly = weekly_facts(weekday, day, facts)
    if not weekly:
        return DayPlan(day, Known.NOTHING, (), (), holiday)
    plan = _plan(day, weekly, holiday)
    return replace(plan, facts=(*plan.facts, *rules)) if plan.known is Known.SAID else plan


def _plan(day: date, facts: Sequence[HoursFact], holiday: Holiday | None) -> DayPlan:
    if len({fact.spans for fact in facts}) > 1:
        return DayPlan(day, Known.CONFLICT, (), _one_of_each(facts), holiday)
    return DayPlan(day, Known.SAID, facts[0].spans, tuple(facts), holiday)


def _chosen(facts: Sequence[HoursFact]) -> list[HoursFact]:
    """The owner's newest word, else all that pages say."""
    owned = [fact for fact in facts if fact.decided_at is not None]
    if not owned:
        return list(facts)
    return [max(owned, key=lambda fact: fact.decided_at.timestamp() if fact.decided_at else 0.0)]


def _one_of_each(facts: Sequence[HoursFact]) -> tuple[HoursFact, ...]:
    first: dict[tuple[str | None, Spans], HoursFact] = {}
    for fact in facts:
        first.setdefault((fact.rule, fact.spans), fact)
    return tuple(first.values())


def _same_claim(one: HoursFact, other: HoursFact) -> bool:
    return (one.kind, one.subject_key, one.spans, one.first, one.last, one.rule, one.says) == (
        other.kind, other.subject_key, other.spans, other.first, other.last, other.rule, other.says
    )  # fmt: skip


def _is_over(fact: HoursFact, day: date) -> bool:
    return fact.last is not None and not fact.last.startswith("--") and fact.last < day.isoformat()


def _covers(fact: HoursFact, day: date) -> bool:
    """Whole dates compare as they stand; dates of every year go around its end ("--11-01" to "--02-28")."""
    if fact.first is None or fact.last is None:
        return True
    if fact.first.startswith("--") or fact.last.startswith("--"):
        first, last, shown = fact.first[-5:], fact.last[-5:], f"{day:%m-%d}"
        return first <= shown <= last if first <= last else shown >= first or shown <= last
    return fact.first <= day.isoformat() <= fact.last


def _dates(value: dict[str, Any], *, needed: bool) -> tuple[str | None, str | None]:
    first, last = value.get("from"), value.get("until")
    if first is None and last is None and not needed:
        return None, None
    if needed and last is None:
        last = first
    # A season of which only one end is named goes on to the other end of time.
    first, last = first or "0001-01-01", last or "9999-12-31"
    if not _DATE.fullmatch(first) or not _DATE.fullmatch(last):
        raise NotUnderstood("dates")
    return first, last


def _spans(value: Sequence[Sequence[str]]) -> Spans:
    return tuple(sorted(_span(*pair) for pair in value))


def _span(start: str, end: str) -> Span:
    begins, ends = _minutes(start), _minutes(end)
    return Span(begins, ends if ends > begins else ends + DAY)


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise NotUnderstood(text)
    minutes = int(match[1]) * 60 + int(match[2])
    if minutes > DAY:
        raise NotUnderstood(text)
    return minutes
