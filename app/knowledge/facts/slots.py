"""Values cut into slots, and slots put beside each other: what is found, disagreed on, decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.knowledge.facts.model import Decision, Fact, Slot, State, Statement, Value
from ingestion.facts.model import value_key_of

CONTACT = ("phone", "email", "address")
NOTICE = "notice"  # words of a page; an owner can set them aside and not write them
KINDS = (NOTICE, "hours", "special_hours", "holiday_rule", *CONTACT, "price")


def cut(kind: str, subject_key: str, value: Value) -> Iterator[tuple[Slot, Value]]:
    """Weekly hours come apart into days, with their season; everything else is one slot."""
    if kind != "hours":
        yield Slot(kind, subject_key, _part(kind, value)), value
        return
    season = f"/{value.get('from') or ''}/{value.get('until') or ''}" if value.get("from") or value.get("until") else ""
    for day in sorted(set(value["days"])):
        yield Slot(kind, subject_key, f"{day}{season}"), {**value, "days": [day]}


def weigh(statements: Iterable[Statement], decisions: Sequence[Decision], now: datetime) -> list[Fact]:
    """One fact a slot, in the order of kinds, subjects and days. What expired counts no more."""
    found: dict[Slot, list[Statement]] = {}
    for statement in statements:
        found.setdefault(statement.slot, []).append(statement)
    decided: dict[Slot, Decision] = {}
    rejected: dict[Slot, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda one: one.updated_at):
        if decision.expired(now):
            continue
        if decision.state == State.REJECTED:
            rejected.setdefault(decision.slot, []).append(decision)
        else:
            decided[decision.slot] = decision
    facts = [
        _weighed(slot, found.get(slot, []), decided.get(slot), rejected.get(slot, []))
        for slot in dict.fromkeys((*found, *decided, *rejected))
    ]
    return sorted(facts, key=_order)


def _weighed(
    slot: Slot, statements: Sequence[Statement], decision: Decision | None, rejected: Sequence[Decision]
) -> Fact:
    refused = {one.key for one in rejected}
    left = tuple(one for one in statements if one.key not in refused)
    subject = next((one.subject for one in (*left, *statements)), "")
    if decision is not None:
        return Fact(slot, decision.subject, State(decision.state), left, decision, tuple(rejected))
    if not left:
        return Fact(slot, subject or rejected[0].subject, State.REJECTED, (), None, tuple(rejected))
    state = State.CONFLICT if len({one.key for one in left}) > 1 and _disagree(slot, left) else State.FOUND
    return Fact(slot, subject, state, left, None, tuple(rejected))


def _disagree(slot: Slot, statements: Sequence[Statement]) -> bool:
    """A page that names a thing with two prices has two of it; on two pages it was changed on one of them."""
    if slot.kind != "price":
        return True
    pages = [place.document_id for one in statements for place in one.places]
    return len(set(pages)) == len(pages)


def _order(fact: Fact) -> tuple[object, ...]:
    slot = fact.slot
    return slot.subject_key != "", slot.subject_key, KINDS.index(slot.kind), slot.part


def _part(kind: str, value: Value) -> str:
    match kind:
        case "special_hours":
            return f"{value['from']}/{value.get('until') or value['from']}"
        case "holiday_rule":
            return ""
        case "price":
            return str(value.get("per") or "")
        case _:
            return value_key_of(dict(value))
