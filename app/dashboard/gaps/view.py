"""One unanswered question as its card and its page show it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.dashboard.choices import LANGUAGES
from app.gaps.model import Gap, Question

SHOWN = 4  # other wordings on a card; the page of the question has all


@dataclass(frozen=True, slots=True)
class Card:
    gap: Gap
    languages: str  # "English, German"
    others: tuple[Question, ...]  # wordings that differ from the label, each once
    more: int  # of them, those that are not shown


def card_of(gap: Gap, questions: Sequence[Question], shown: int = SHOWN) -> Card:
    distinct = {one.text.casefold(): one for one in reversed(questions) if one.text != gap.label}
    others = tuple(reversed(distinct.values()))
    words = ", ".join(LANGUAGES.get(code, code) for code in gap.languages)
    return Card(gap, words, others[:shown], max(0, len(others) - shown))
