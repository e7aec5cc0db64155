"""Facts as the page tells them: slots to names, values to words, states to chips. A board in, sections out; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from app.dashboard.formats import phone, place
from app.errors import BadInput
from app.knowledge.facts.board import Board
from app.knowledge.facts.model import Chosen, Decision, Fact, Slot, State, Statement, Value
from app.knowledge.facts.slots import CONTACT, NOTICE
from app.knowledge.facts.wording import say_day, say_value

STATES = {
    State.FOUND: ("found", ""),
    State.CONFLICT: ("pages disagree", "warn"),
    State.CONFIRMED: ("confirmed by you", "good"),
    State.CORRECTED: ("corrected by you", "good"),
    State.ADDED: ("added by you", "good"),
    State.REJECTED: ("not counted", ""),
}
LABELS = {
    "notice": "Notice",
    "phone": "Phone",
    "email": "Mail",
    "address": "Address",
    "holiday_rule": "Public holidays",
}


@dataclass(frozen=True, slots=True)
class SourceView:
    name: str
    link: str | None
    quote: str
    page: int | None


@dataclass(frozen=True, slots=True)
class OptionView:
    """One value that pages give."""

    text: str
    chosen: str
    sources: tuple[SourceView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class FactView:
    name: str
    subject: str
    text: str
    word: str
    tone: str
    state: str
    options: tuple[OptionView, ...]
    same: tuple[OptionView, ...]  # where pages say what the owner said
    otherwise: tuple[OptionView, ...]
    decision: UUID | None
    decided_at: datetime | None
    expires_at: datetime | None
    change: str  # the query of its form


@dataclass(frozen=True, slots=True)
class HoursView:
    subject: str
    week: tuple[FactView, ...]  # Monday to Sunday, days nobody names without text; of a part only what is named
    seasons: tuple[FactView, ...]
    special: tuple[FactView, ...]
    unconfirmed: tuple[str, ...]  # what "confirm all" chooses


@dataclass(frozen=True, slots=True)
class TakenView:
    """What does not count: refused, or ended."""

    text: str
    fact_id: UUID
    expired: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardView:
    conflicts: tuple[FactView, ...]
    notices: tuple[FactView, ...]  # words that say closed or otherwise
    hours: tuple[HoursView, ...]
    contact: tuple[FactView, ...]
    prices: tuple[FactView, ...]
    set_aside: tuple[TakenView, ...]
    count: int


def view_board(board: Board) -> BoardView:
    shown = [fact for fact in board.facts if fact.state is not State.REJECTED]
    hours = [fact for fact in shown if fact.slot.kind in ("hours", "special_hours", "holiday_rule")]
    subjects = dict.fromkeys(fact.slot.subject_key for fact in hours)
    refused = [one for fact in board.facts for one in fact.rejected]
    return BoardView(
        conflicts=tuple(view_fact(fact) for fact in board.conflicts),
        notices=tuple(view_fact(fact) for fact in shown if fact.slot.kind == NOTICE),
        hours=tuple(_hours([fact for fact in hours if fact.slot.subject_key == key]) for key in subjects),
        contact=tuple(view_fact(fact) for fact in shown if fact.slot.kind in CONTACT),
        prices=tuple(view_fact(fact) for fact in shown if fact.slot.kind == "price"),
        set_aside=tuple(_taken(one, False) for one in refused) + tuple(_taken(one, True) for one in board.expired),
        count=len(shown),
    )


def view_fact(fact: Fact) -> FactView:
    word, tone = STATES[fact.state]
    decision = fact.decision
    if decision is not None:
        change = urlencode({"fact": str(decision.fact_id)})
    else:
        change = urlencode({"chosen": encode(fact.statements[0])})
    return FactView(
        name=name_of(fact.slot, fact.subject),
        subject=fact.subject,
        text=_text(fact),
        word=word,
        tone=tone,
        state=fact.state,
        options=tuple(_option(one) for one in fact.statements),
        same=tuple(_option(one) for one in fact.statements if decision is not None and one.key == decision.key),
        otherwise=tuple(_option(one) for one in fact.otherwise),
        decision=decision.fact_id if decision is not None else None,
        decided_at=decision.updated_at if decision is not None else None,
        expires_at=_last_moment(decision),
        change=change,
    )


def _text(fact: Fact) -> str:
    """What is in force; of a thing that one page names with several prices, all of them."""
    if fact.state is State.FOUND:
        return " / ".join(text_of(fact.slot, one.value) for one in fact.statements)
    return text_of(fact.slot, fact.value) if fact.value is not None else ""


def name_of(slot: Slot, subject: str) -> str:
    if slot.kind in ("hours", "special_hours"):
        return say_day(slot, "en")
    if slot.kind == "price":
        return subject
    label = LABELS[slot.kind]
    return f"{label}, {subject}" if subject and slot.kind in CONTACT else label


def text_of(slot: Slot, value: Value) -> str:
    text = say_value(slot.kind, value, "en")
    return phone(text) if slot.kind == "phone" else text


def encode(statement: Statement) -> str:
    """A statement as forms carry it."""
    slot = statement.slot
    return json.dumps(
        [slot.kind, slot.subject_key, slot.part, statement.key], separators=(",", ":"), ensure_ascii=False
    )


def decode(text: str) -> Chosen:
    """Raises BadInput for what no page of ours sent."""
    try:
        kind, subject_key, part, key = json.loads(text)
    except (ValueError, TypeError) as error:
        raise BadInput("The page did not say which fact is meant. Reload it and try again.") from error
    if not all(isinstance(each, str) for each in (kind, subject_key, part, key)):
        raise BadInput("The page did not say which fact is meant. Reload it and try again.")
    return Chosen(Slot(kind, subject_key, part), key)


def _hours(facts: Sequence[Fact]) -> HoursView:
    weekly = {fact.slot.part: view_fact(fact) for fact in facts if fact.slot.kind == "hours"}
    named = facts[0].subject
    week = tuple(weekly.pop(str(day), None) or _empty(day, named) for day in range(1, 8))
    said = tuple(row for row in week if row.text or row.state)
    if not said or named:
        week = said  # of the whole business each day is worth a line, of a part of it only what is said
    found = [fact for fact in facts if fact.state is State.FOUND]
    return HoursView(
        named,
        week,
        tuple(weekly.values()),
        tuple(view_fact(fact) for fact in facts if fact.slot.kind != "hours"),
        tuple(encode(fact.statements[0]) for fact in found),
    )


def _empty(day: int, subject: str) -> FactView:
    """A day that nobody names. It may be closed; nobody says so."""
    change = urlencode({"kind": "hours", "day": day, "subject": subject})
    return FactView(
        say_day(Slot("hours", "", str(day)), "en"),
        subject,
        "",
        "not named",
        "",
        "",
        (),
        (),
        (),
        None,
        None,
        None,
        change,
    )


def _last_moment(decision: Decision | None) -> datetime | None:
    """It counts to the end of a day: what is told is that day, not the one that begins."""
    return decision.expires_at - timedelta(seconds=1) if decision is not None and decision.expires_at else None


def _option(statement: Statement) -> OptionView:
    sources = tuple(_sources(statement))
    return OptionView(text_of(statement.slot, statement.value), encode(statement), sources[:1], len(sources) - 1)


def _sources(statement: Statement) -> Iterable[SourceView]:
    for found in statement.places:
        link = found.url if found.url.startswith(("http://", "https://")) else None
        name = place(found.url) if link else found.title or place(found.url)
        yield SourceView(name, link, " ".join(found.quote.split()), found.page)


def _taken(decision: Decision, expired: bool) -> TakenView:
    name = name_of(decision.slot, decision.subject)
    subject = f"{decision.subject}, " if decision.subject and decision.slot.kind not in (*CONTACT, "price") else ""
    text = f"{subject}{name}: {text_of(decision.slot, decision.value)}"
    return TakenView(text, decision.fact_id, expired, _last_moment(decision))
