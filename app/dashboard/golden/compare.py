"""Two versions, answer by answer. Stored results in, what the page shows out; the words that differ are marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from uuid import UUID

from app.dashboard.formats import laid_out
from app.golden.model import Golden, Result

COMPARED = 400  # words; a longer answer is shown unmarked


class Change(StrEnum):
    """In the order of how much it matters."""

    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"
    SAME = "same"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool  # does not stand in the other answer


@dataclass(frozen=True, slots=True)
class Side:
    result: Result
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """`before`, `after`: None where it was not asked."""

    golden: Golden
    change: Change
    before: Side | None
    after: Side | None


def compare(questions: Sequence[Golden], before: Mapping[UUID, Result], after: Mapping[UUID, Result]) -> list[Compared]:
    compared = [_compared(one, before.get(one.golden_id), after.get(one.golden_id)) for one in questions]
    order = list(Change)
    return sorted(compared, key=lambda one: order.index(one.change))


def _compared(golden: Golden, before: Result | None, after: Result | None) -> Compared:
    if before is None or after is None:
        alone = [Side(one, (Piece(laid_out(one.text), False),)) if one else None for one in (before, after)]
        return Compared(golden, Change.UNASKED, alone[0], alone[1])
    pieces = _marked(laid_out(before.text), laid_out(after.text))
    return Compared(golden, _change(before, after), Side(before, pieces[0]), Side(after, pieces[1]))


def _change(before: Result, after: Result) -> Change:
    """Also worse: an answer that was not right, and whose facts cannot even be found any more."""
    was, became = (before.passed, before.found), (after.passed, after.found)
    if was[0] != became[0]:
        return Change.BETTER if became[0] else Change.WORSE
    if not was[0] and was[1] != became[1]:
        return Change.BETTER if became[1] else Change.WORSE
    return Change.SAME if _bare(before.text) == _bare(after.text) else Change.CHANGED


def _bare(text: str) -> list[str]:
    """Its words without the marks at their ends: a comma is no other answer."""
    return [word.strip(".,;:!?–-") for word in text.split()]


def _marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Word by word. Spaces belong to the word before them, so that the pieces join to the text."""
    one, other = (re.findall(r"\S+\s*", text.lstrip()) for text in (before, after))
    if len(one) + len(other) > COMPARED:
        return (Piece(before, False),), (Piece(after, False),)
    matcher = SequenceMatcher(a=_bare(before), b=_bare(after), autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        left += _pieces(one[a:b], tag != "equal")
        right += _pieces(other[c:d], tag != "equal")
    return tuple(left), tuple(right)


def _pieces(words: Sequence[str], marked: bool) -> list[Piece]:
    """A mark ends with its word."""
    text = "".join(words)
    bare = text.rstrip()
    return [piece for piece in (Piece(bare, marked), Piece(text[len(bare) :], False)) if piece.text]
