"""What an owner confirmed and what the pages of a new generation state in, what changed out. Pure.

Compared is what the page said when the owner decided (`found_key`) with what the same page says now, so that an
owner's own correction is no change. Called before a generation is published: a change holds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ingestion.facts.model import ConfirmedFact, FactChange, FactKind, FoundFact
from ingestion.facts.told import day_told, path_of, price_told, spans_told


def changed_facts(confirmed: Sequence[ConfirmedFact], found: Sequence[FoundFact]) -> list[FactChange]:
    """Facts that came from no page cannot change. `found` with their addresses (`url`), of the new generation."""
    by_subject: dict[tuple[FactKind, str], list[FoundFact]] = {}
    for fact in found:
        by_subject.setdefault((fact.kind, fact.subject_key), []).append(fact)
    changes: list[FactChange] = []
    for one in confirmed:
        if one.found_url is None or one.found_key is None:
            continue
        same = by_subject.get((one.kind, one.subject_key), [])
        changes += _changes_of(one, json.loads(one.found_key), same)
    return changes


def _changes_of(one: ConfirmedFact, before: dict[str, Any], same: Sequence[FoundFact]) -> list[FactChange]:
    here = [fact for fact in same if fact.url == one.found_url]
    if any(fact.value_key == one.found_key for fact in here):
        return []
    if one.kind is FactKind.HOURS:
        return _changed_hours(one, before, here, same)
    comparable = [fact for fact in here if _names_same(one.kind, before, fact.value)]
    if not comparable:
        if any(fact.value_key == one.found_key for fact in same):
            return []  # it moved to another page
        return [_gone(one, _told(one.kind, before))]
    after = comparable[0]
    told = _told(one.kind, after.value)
    return [FactChange(one, (after,), f"{_named(one)}{_told(one.kind, before)} is now {told} on {_place(one)}")]


def _changed_hours(
    one: ConfirmedFact, before: dict[str, Any], here: Sequence[FoundFact], same: Sequence[FoundFact]
) -> list[FactChange]:
    """Day by day: the same hours written in other lines have not changed."""
    season = (before.get("from"), before.get("until"))
    now = _by_day(here, season)
    elsewhere = _by_day([fact for fact in same if fact.url != one.found_url], season)
    moved: dict[str, list[int]] = {}
    after: dict[str, FoundFact] = {}
    gone: list[int] = []
    for day in before["days"]:
        fact = now.get(day)
        if fact is None:
            other = elsewhere.get(day)
            if other is None or other.value["spans"] != before["spans"]:
                gone.append(day)
        elif fact.value["spans"] != before["spans"]:
            told = spans_told(fact.value["spans"])
            moved.setdefault(told, []).append(day)
            after[told] = fact
    was = spans_told(before["spans"])
    changes = [
        FactChange(one, (after[told],), f"{_named(one)}{day_told(days)} {was} is now {told} on {_place(one)}")
        for told, days in moved.items()
    ]
    if gone:
        changes.append(_gone(one, f"{day_told(gone)} {was}"))
    return changes


def _by_day(facts: Sequence[FoundFact], season: tuple[Any, Any]) -> dict[int, FoundFact]:
    found: dict[int, FoundFact] = {}
    for fact in facts:
        if (fact.value.get("from"), fact.value.get("until")) == season:
            for day in fact.value["days"]:
                found.setdefault(day, fact)
    return found


def _names_same(kind: FactKind, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the new value is of the same thing: the same date, the same unit."""
    if kind is FactKind.SPECIAL_HOURS:
        return (before["from"], before["until"]) == (after["from"], after["until"])
    if kind is FactKind.NOTICE:
        return False  # other words are another notice
    if kind is FactKind.PRICE:
        return before.get("per") == after.get("per")
    return True


def _gone(one: ConfirmedFact, told: str) -> FactChange:
    return FactChange(one, (), f"{_named(one)}{told} no longer stands on {_place(one)}")


def _named(one: ConfirmedFact) -> str:
    return f"{one.subject}: " if one.subject else ""


def _place(one: ConfirmedFact) -> str:
    return path_of(one.found_url or "")


def _told(kind: FactKind, value: dict[str, Any]) -> str:
    if kind is FactKind.SPECIAL_HOURS:
        dates = value["from"] if value["from"] == value["until"] else f"{value['from']} to {value['until']}"
        return f"{dates.removeprefix('--')} {spans_told(value['spans'])}"
    if kind is FactKind.HOLIDAY_RULE:
        hours = f" {spans_told(value['spans'])}" if value.get("spans") else ""
        return f"public holidays {value['public_holidays'].replace('_', ' ')}{hours}"
    if kind is FactKind.NOTICE:
        return f"“{value['says']}”"
    if kind is FactKind.PRICE:
        return price_told(value)
    if kind is FactKind.ADDRESS:
        return ", ".join(str(value[key]) for key in ("street", "postcode", "city") if key in value)
    return str(value.get("e164") or value.get("address") or "")
