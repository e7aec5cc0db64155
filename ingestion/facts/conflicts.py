"""Facts of a generation in, the pairs of documents that state different values of the same out. Pure.

Precise rather than complete: a conflict that is none annoys the owner. So of hours only the business's own are looked
at, and of prices, numbers and addresses only what a document states once under that name. Called before a generation
is published (generations/changes.py), for the sentences about what disagrees since; the dashboard, which shows each
day of all that is found beside what the owner decided, weighs by itself (app/knowledge/facts/slots.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from ingestion.facts.model import Conflict, FactKind, FoundFact, subject_key_of
from ingestion.facts.told import day_told, path_of, price_told, spans_told

_GENERIC_NUMBERS = frozenset({"", "fax", "mobil", "mobile", "handy", "cell", "mobile phone", "mobiltelefon"})
_SEASONS = 40  # of one day; no business has more
_OF_HOURS = (FactKind.HOURS, FactKind.SPECIAL_HOURS, FactKind.HOLIDAY_RULE)


def find_conflicts(facts: Sequence[FoundFact]) -> list[Conflict]:
    """One for each day or name that is stated differently, in the order of the week, then as the facts come."""
    own = [fact for fact in facts if fact.kind in _OF_HOURS and not fact.subject_key]
    conflicts = list(_of_days([fact for fact in own if fact.kind is FactKind.HOURS]))
    conflicts += _of_single(
        [fact for fact in own if fact.kind is FactKind.SPECIAL_HOURS],
        lambda fact: f"{fact.value['from']}/{fact.value['until']}",
        lambda fact: str(fact.value["spans"]),
        lambda fact: f"{fact.value['from']} {spans_told(fact.value['spans'])}",
    )
    conflicts += _of_single(
        [fact for fact in own if fact.kind is FactKind.HOLIDAY_RULE],
        lambda fact: "public holidays",
        lambda fact: fact.value["public_holidays"] if fact.value["public_holidays"] != "as_sunday" else "open",
        lambda fact: f"public holidays {fact.value['public_holidays'].replace('_', ' ')}",
    )
    conflicts += _of_single(
        [fact for fact in facts if fact.kind is FactKind.PRICE and fact.subject_key and _is_fixed(fact)],
        lambda fact: f"{fact.subject_key} {fact.value.get('per', '')} {fact.value['currency']}",
        lambda fact: fact.value["amount"],
        lambda fact: f"{fact.subject} {price_told(fact.value)}",
    )
    conflicts += _of_single(
        [fact for fact in facts if fact.kind is FactKind.PHONE and fact.subject_key not in _GENERIC_NUMBERS],
        lambda fact: fact.subject_key,
        lambda fact: fact.value["e164"],
        lambda fact: f"{fact.subject} {fact.value['e164']}",
    )
    conflicts += _of_single(
        [fact for fact in facts if fact.kind is FactKind.ADDRESS and "postcode" in fact.value],
        lambda fact: fact.subject_key,
        lambda fact: subject_key_of(fact.value["postcode"]),
        lambda fact: f"{fact.subject or 'the address'} {fact.value['postcode']} {fact.value.get('city', '')}".strip(),
    )
    return conflicts


def _is_fixed(fact: FoundFact) -> bool:
    return "to" not in fact.value and "from" not in fact.value


# ---------------------------------------------------------------- weekly hours


_Season = tuple[str, str] | None


def _of_days(facts: Sequence[FoundFact]) -> Iterator[Conflict]:
    """Day by day: what two documents say of it in the same or an overlapping season.

    A season beside the year's hours is no conflict: the season rules while it lasts.
    """
    told: dict[tuple[int, _Season], list[FoundFact]] = {}
    for fact in facts:
        season = (fact.value["from"], fact.value["until"]) if "from" in fact.value else None
        for day in fact.value["days"]:
            told.setdefault((day, season), []).append(fact)
    seen: set[frozenset[tuple[UUID, str]]] = set()
    for day in range(1, 8):
        of_day = dict(islice(((at[1], some) for at, some in told.items() if at[0] == day), _SEASONS))
        for season, some in of_day.items():
            differing = _differing(some)
            for other, more in of_day.items():
                if not differing and other is not season and season and other and _overlap(season, other):
                    differing = _differing([*some, *more])
            if not differing:
                continue
            one, two = differing[:2]
            # The same two lines about Monday to Friday are one conflict, not five.
            key = frozenset({(one.document_id, one.value_key), (two.document_id, two.value_key)})
            if key in seen:
                continue
            seen.add(key)
            days = sorted(set(one.value["days"]) & set(two.value["days"]))
            sentence = (
                f"{day_told(days)} {spans_told(one.value['spans'])} on {path_of(one.url)}, but "
                f"{spans_told(two.value['spans'])} on {path_of(two.url)}"
            )
            yield Conflict(FactKind.HOURS, "", "", tuple(differing), sentence)


def _differing(facts: Sequence[FoundFact]) -> list[FoundFact]:
    """One fact of each value, of different documents; empty when all agree.

    A document that says both, as one page does that repeats another's footer, speaks for neither alone.
    """
    by_document: dict[UUID, dict[str, FoundFact]] = {}
    for fact in facts:
        by_document.setdefault(fact.document_id, {}).setdefault(str(fact.value["spans"]), fact)
    values: dict[str, FoundFact] = {}
    for said in sorted(by_document.values(), key=len):
        new = next((key for key in said if key not in values), None)
        if new is not None:
            values[new] = said[new]
    return list(values.values()) if len(values) > 1 else []


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Seasons; with and without years are compared by their days of the year."""
    return any(a <= d and c <= b for a, b in _halves(one) for c, d in _halves(other))


def _halves(season: tuple[str, str]) -> list[tuple[str, str]]:
    since, until = season
    if since.startswith("--") != until.startswith("--"):
        return []
    if not since.startswith("--"):
        return [(since, until)]
    return [(since, until)] if since <= until else [(since, "--12-31"), ("--01-01", until)]


# ---------------------------------------------------------------- all else


def _of_single(
    facts: Sequence[FoundFact],
    name: Callable[[FoundFact], str],
    value: Callable[[FoundFact], str],
    told: Callable[[FoundFact], str],
) -> list[Conflict]:
    """Where two documents each state one value under a name, and not the same."""
    by_name: dict[str, dict[UUID, dict[str, FoundFact]]] = {}
    for fact in facts:
        by_name.setdefault(name(fact), {}).setdefault(fact.document_id, {}).setdefault(value(fact), fact)
    conflicts: list[Conflict] = []
    for documents in by_name.values():
        values: dict[str, FoundFact] = {}
        for said in documents.values():
            if len(said) == 1:
                values.setdefault(*next(iter(said.items())))
        if len(values) > 1:
            one, two = list(values.values())[:2]
            if one.language != two.language and one.kind is FactKind.PRICE:
                continue  # the same word in two languages may name two things
            sentence = f"{told(one)} on {path_of(one.url)}, but {told(two)} on {path_of(two.url)}"
            sentence = sentence[:1].upper() + sentence[1:]
            conflicts.append(Conflict(one.kind, one.subject, one.subject_key, tuple(values.values()), sentence))
    return conflicts
