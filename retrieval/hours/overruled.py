"""Which facts of pages the owner's word sets aside. Found and decided rows in, what still holds out; pure.

A day, a date, a priced thing can be said one way only: the owner's word stands over another of a page. Of numbers and
addresses a business may have several: there only what the owner refused is set aside. Called by open_now.py
and retrieval/facts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from retrieval.analyse import fold
from retrieval.hours.model import HOURS, RULE, SPECIAL
from retrieval.hours.queries import DecidedRow, FoundRow

REJECTED = "rejected"
ARTICLES = frozenset(
    "a an the our ein eine einen der die das den dem en et ett det le la les un une el los las una il lo i gli uno de"
    " het een o os as um uma".split()
)


def is_overruled(row: FoundRow, decided: Sequence[DecidedRow]) -> bool:
    """`decided`: in force. What the owner confirmed of this very value is never set aside by an older refusal."""
    same = [one for one in decided if one.kind == row.kind and _is_of_the_same(one, row)]
    if row.kind == HOURS:
        return any(_another_day(one, row.value) for one in same)
    if any(one.state != REJECTED and one.value_key == row.value_key for one in same):
        return False
    return any(_sets_aside(one, row) for one in same)


def _is_of_the_same(one: DecidedRow, row: FoundRow) -> bool:
    if one.subject_key == row.subject_key:
        return True
    # A sentence has it with its article: "a day ticket costs", "the day ticket for".
    return row.kind == "price" and bool(one.subject_key) and _bare(one.subject) == _bare(row.subject)


def _bare(subject: str) -> list[str]:
    parts = [re.findall(r"[^\W_]+", fold(part)) for part in subject.split(" · ")]
    return ["".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words) for words in parts]


def _another_day(one: DecidedRow, said: dict[str, Any]) -> bool:
    """Decided of a day that the page's line names too, otherwise or as refused."""
    if not _shares_days(one.value, said) or _season(one.value) != _season(said):
        return False
    equal = one.value.get("spans", []) == said.get("spans", [])
    return equal if one.state == REJECTED else not equal


def _sets_aside(one: DecidedRow, row: FoundRow) -> bool:
    if one.state == REJECTED:
        return one.value_key == row.value_key
    if row.kind == SPECIAL:
        return _season(one.value) == _season(row.value)
    if row.kind == RULE:
        return True
    if row.kind == "price":
        return one.value.get("per") == row.value.get("per")
    # A corrected number may stand under the same name as the wrong one.
    return one.state == "corrected" and one.found_key == row.value_key and json.loads(row.value_key) != one.value


def _shares_days(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(set(one.get("days", ())) & set(other.get("days", ())))


def _season(value: dict[str, Any]) -> tuple[Any, Any]:
    return value.get("from"), value.get("until") or value.get("from")
