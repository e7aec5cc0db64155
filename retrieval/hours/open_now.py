"""Answers "are you open now?" from the facts. Question in, quoted sentences out, or None: the usual path answers.

Called by retrieval/answer.py before anything is searched and before any model. None whenever the facts do not decide,
or a sentence would have no quote: a guess about opening hours sends somebody to a closed door.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from retrieval.analyse import fold
from retrieval.hours.asked import read_question
from retrieval.hours.cite import Quote, find_quotes, narrowed
from retrieval.hours.facts import NotUnderstood, make_fact, moment, open_at, plan_day, plan_weekday, without_rejected
from retrieval.hours.model import HOURS, NOTICE, AskedDay, AskedHours, DayPlan, HoursFact, Known, Origin, Spans
from retrieval.hours.overruled import is_overruled
from retrieval.hours.public_holidays import holiday_on
from retrieval.hours.queries import DecidedRow, FoundRow, read_decided, read_found
from retrieval.hours.tell import Teller
from retrieval.model import Citation, Knowledge, Passage, Sentence
from retrieval.ports import Connection, Transaction
from retrieval.queries import read_passages

NAMED = 5  # days of a week that are named, or something was not recognised: then the page is quoted
AHEAD = 14  # days in which what differs is told with the week
DIFFERING = 3  # so many of them
QUOTED = 4  # lines of hours that are shown where they do not decide
OPINIONS = 3
NOTICES = 2


@dataclass(frozen=True, slots=True)
class HoursAnswer:
    language: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence before its quotes; with `quoted` the facts' own words follow it."""

    text: str
    facts: tuple[HoursFact, ...]
    quoted: bool = False
    each: bool = False  # every fact is cited, and has to be


async def answer_hours(
    knowledge: Knowledge, question: str, language: str, earlier: str, now: datetime, transaction: Transaction
) -> HoursAnswer | None:
    """`now`: aware. `earlier`: the visitor's question before, or ''."""
    if knowledge.generation is None:
        return None
    local = now.astimezone(ZoneInfo(knowledge.time_zone))
    asked = read_question(question, language, knowledge.country, local.date(), earlier)
    if asked is None:
        return None
    async with transaction() as conn:
        found = await read_found(conn, knowledge.business_id, knowledge.generation)
        decided = await read_decided(conn, knowledge.business_id, now.astimezone(UTC))
        facts = _of_subject(_in_force(found, decided), asked, knowledge)
        if facts is None:
            return None
        told = _tell(asked, facts, knowledge.country, local)
        if not told:
            return None
        quotes = await find_quotes(
            conn, knowledge.business_id, knowledge.generation, (fact for one in told for fact in one.facts)
        )
        never = [row.shown for row in found if is_overruled(row, decided)]
        return await _quoted(conn, knowledge, asked.language, told, narrowed(quotes, never))


def _in_force(found: Sequence[FoundRow], decided: Sequence[DecidedRow]) -> list[HoursFact] | None:
    """None when a row is of a shape that this version does not know: then nothing is said of hours."""
    try:
        pages = [
            make_fact(
                row.kind, row.subject, row.subject_key, row.value,
                Origin(row.shown, row.document_id, row.version_id, row.start_at, row.end_at),
            )
            for row in found
        ]  # fmt: skip
        own = [
            (row.state, make_fact(row.kind, row.subject, row.subject_key, row.value, Origin(row.shown), row.updated_at))
            for row in decided
        ]
    except (NotUnderstood, TypeError, AttributeError):
        return None
    rejected = [fact for state, fact in own if state == "rejected"]
    return [*without_rejected(pages, rejected), *(fact for state, fact in own if state != "rejected")]


def _of_subject(facts: list[HoursFact] | None, asked: AskedHours, knowledge: Knowledge) -> list[HoursFact] | None:
    """Facts of what the question names, or of the business. None when it names what no fact is about."""
    if not facts:
        return None
    rest = [word for word in asked.rest if word not in _words(knowledge.business_name)]
    if rest:
        named = {fact.subject_key for fact in facts if fact.subject and _words(fact.subject) == set(rest)}
        if len(named) != 1:
            return None
        # What counts for the whole (public holidays, special dates) is not said of its part; that it is closed may be.
        return [fact for fact in facts if fact.subject_key in named or fact.kind == NOTICE]
    if asked.shop and any(fact.subject for fact in facts):
        return None  # "the shop" may be the business, or the shop that its other hours are about
    return [fact for fact in facts if not fact.subject] or None


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", fold(text)))


def _tell(asked: AskedHours, facts: Sequence[HoursFact], country: str | None, local: datetime) -> list[_Told]:
    """Empty when nothing can be said."""
    teller = Teller(asked.language, country, local)
    if asked.week:
        return _tell_week(facts, country, local, teller)

    def plan_of(day: date) -> DayPlan:
        return plan_day(day, facts, holiday_on(country, day, teller.language))

    if asked.now:
        at = moment(local, plan_of)
        if at is not None and at.open:
            return [_Told(teller.now_open(at.until), at.plan.facts)]
        if at is not None:
            told = [_Told(teller.now_closed(), at.plan.facts)]
            if at.opens is not None:
                plan, start = at.opens
                told.append(_Told(teller.next_opening(plan, start), plan.facts))
            return told
        if plan_of(local.date()).known is Known.SAID:
            return []  # yesterday's hours may go on after midnight, and nobody can say which they were
    told = [_tell_day(day, asked, facts, teller, plan_of(day.day)) for day in asked.days]
    return [one for one in told if one is not None] if all(told) else []


def _tell_week(facts: Sequence[HoursFact], country: str | None, local: datetime, teller: Teller) -> list[_Told]:
    """All that is said of a week, and what differs in the next two. Empty where seasons or pages disagree: then the
    pages themselves are quoted."""
    if any(fact.first is not None for fact in facts if fact.kind == HOURS):
        return []
    monday = local.date() - timedelta(days=local.isoweekday() - 1)
    weekly = [fact for fact in facts if fact.kind == HOURS]
    plans = [plan_weekday(monday + timedelta(days=ahead), weekly) for ahead in range(7)]
    if any(plan.known not in (Known.SAID, Known.UNNAMED) for plan in plans):
        return []
    said = [plan for plan in plans if plan.known is Known.SAID]
    if len(said) < NAMED:
        return []
    told = [_Told(teller.week(said), tuple(dict.fromkeys(fact for plan in said for fact in plan.facts)), each=True)]
    for ahead in range(AHEAD):
        day = local.date() + timedelta(days=ahead)
        plan = plan_day(day, facts, holiday_on(country, day, teller.language))
        weekday = plans[day.isoweekday() - 1]
        if plan.known in (Known.CONFLICT, Known.NOTICED):
            return []
        if plan.known is Known.SAID and plan.spans != weekday.spans and len(told) <= DIFFERING:
            told.append(_Told(teller.day_is(plan), plan.facts))
    return told


def _tell_day(
    asked_day: AskedDay, asked: AskedHours, facts: Sequence[HoursFact], teller: Teller, plan: DayPlan
) -> _Told | None:
    weekly, day = asked_day.weekly, asked_day.day
    plan = plan_weekday(day, facts) if weekly else plan
    match plan.known:
        case Known.SAID:
            return _Told(teller.day_is(plan, weekly=weekly, yes=_yes(asked, plan)), plan.facts)
        case Known.HOLIDAY:
            assert plan.holiday is not None
            return _Told(teller.holiday(plan, plan.holiday), plan.facts)
        case Known.CONFLICT:
            return _Told(teller.conflict(day, weekly=weekly), plan.facts[:OPINIONS], quoted=True)
        case Known.NOTICED:
            notices = [fact for fact in plan.facts if fact.kind == NOTICE][:NOTICES]
            hours = [fact for fact in plan.facts if fact.kind != NOTICE][: QUOTED - len(notices)]
            return _Told(teller.noticed(day, weekly=weekly), (*notices, *hours), quoted=True)
        case Known.UNNAMED:
            return _Told(teller.unnamed(day, weekly=weekly), plan.facts, quoted=True)
        case Known.NOTHING:
            return None


def _yes(asked: AskedHours, plan: DayPlan) -> bool | None:
    """None where the question wants no yes, or a time may be read in two ways that differ."""
    if not asked.yes_no:
        return None
    if not asked.minutes:
        return bool(plan.spans)
    answers = {open_at(plan, minute) for minute in asked.minutes}
    return answers.pop() if len(answers) == 1 else None


async def _quoted(
    conn: Connection, knowledge: Knowledge, language: str, told: Sequence[_Told], quotes: dict[HoursFact, Quote]
) -> HoursAnswer | None:
    """None when a sentence has no quote, or one opinion of several has none."""
    chosen: list[tuple[_Told, list[Quote]]] = []
    for one in told:
        each = [quotes[fact] for fact in one.facts if fact in quotes]
        distinct = list(dict.fromkeys(each))
        if not distinct or (one.quoted and len(each) < len(one.facts)):
            return None
        if one.each:
            cited = _one_of_each_value(one, quotes)
            if cited is None:
                return None
            chosen.append((one, cited))
        else:
            chosen.append((one, distinct[:QUOTED] if one.quoted else _enough(one, quotes)))
    numbers = list(dict.fromkeys(quote.chunk_no for _, cited in chosen for quote in cited))
    assert knowledge.generation is not None
    rows = {
        row.chunk_no: row for row in await read_passages(conn, knowledge.business_id, knowledge.generation, numbers)
    }
    passages = [
        Passage(
            row.chunk_no, row.url, row.title, tuple(row.heading_path), row.text, row.tokens, 1.0, row.page,
            row.checked_at,
        )
        for row in (rows[number] for number in numbers)
    ]  # fmt: skip
    at = {number: place for place, number in enumerate(numbers)}
    sentences = [
        Sentence(
            _text(one, cited), tuple(_cite(passages[at[quote.chunk_no]], at[quote.chunk_no], quote) for quote in cited)
        )
        for one, cited in chosen
    ]
    return HoursAnswer(language, tuple(sentences), tuple(passages))


def _enough(told: _Told, quotes: dict[HoursFact, Quote]) -> list[Quote]:
    """One quote for each thing the sentence rests on: several pages say the same, a rule and a weekday do not."""
    first: dict[tuple[str, bool], Quote] = {}
    for fact in told.facts:
        if fact in quotes:
            first.setdefault((fact.kind, fact.owned), quotes[fact])
    return list(first.values())


def _one_of_each_value(told: _Told, quotes: dict[HoursFact, Quote]) -> list[Quote] | None:
    """None when one of the lines that the week rests on has no quote."""
    first: dict[tuple[frozenset[int], Spans], Quote | None] = {}
    for fact in told.facts:
        key = (fact.days, fact.spans)
        first[key] = first.get(key) or quotes.get(fact)
    if any(quote is None for quote in first.values()):
        return None
    return list(dict.fromkeys(quote for quote in first.values() if quote is not None))


def _text(told: _Told, cited: Sequence[Quote]) -> str:
    if not told.quoted:
        return told.text
    return " ".join([told.text, *(f"“{quote.words}”" for quote in cited)])


def _cite(passage: Passage, number: int, quote: Quote) -> Citation:
    return Citation(
        passage=number + 1, quote=quote.words, url=passage.url, title=passage.title, chunk_no=passage.chunk_no,
        page=passage.page, checked_at=passage.checked_at,
    )  # fmt: skip
