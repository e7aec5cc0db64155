"""Whether the business's text says what was asked. A search and its best quote in, a verdict out.

No cosine threshold decides: whether each word of the question has an echo in what would be quoted, whether the kind of
figure stands there, and how far the best find stands out among the business's own passages. Between yes and no the
closest find is shown, and called that. Called by answer.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from statistics import median

import numpy as np

from retrieval.answer_types import holds
from retrieval.model import Passage
from retrieval.question import Question
from retrieval.quote import Quoted
from retrieval.quoting.features import UNMEASURED, Column, Matrix

LIKE_A_TYPO = 0.34  # of the question's n-grams; a word with one wrong letter keeps about half of them
SIGNALS = (
    "always", "own_words", "context_words", "grams", "context_concepts", "cosine", "fit", "spread", "stands_out",
    "coverage", "farthest_word", "figure", "yes_no", "number", "foreign", "words", "day", "age", "ahead",
)  # fmt: skip
# Fitted by `python -m tests.eval.fit_evidence` on our own sites, on squad and xquad with and without the passage that
# holds the answer, and on a support desk's messages. Odds do not carry over between kinds of sites, and ours are
# smaller than most: the lines are drawn where 2 % of what ours answer would be called the closest, and 0.4 % nothing.
WEIGHTS = np.array(
    [-4.16, -0.424, 0.619, 0.426, 0.689, 4.296, -0.349, -1.427, 4.755, -0.131, 2.419, 0.181, -0.91, 0.315, 3.705, 1.032,
     0.436, 3.258, 1.544],
    np.float32,
)  # fmt: skip
NOTHING_BELOW = -3.2
SURE_FROM = -2.0


class Verdict(StrEnum):
    ANSWERS = "answers"
    CLOSEST = "closest"
    NOTHING = "nothing"


def judge(asked: Question, passages: Sequence[Passage], quoted: Quoted | None, rarity: dict[str, float]) -> Verdict:
    """`quoted` None: there was nothing to quote."""
    if quoted is None or not passages or not quoted.sentences:
        return Verdict.NOTHING
    unheard = not asked.groups and unknown_words(asked, rarity) == 1 and float(quoted.features[2]) < LIKE_A_TYPO
    if unheard and asked.language == asked.languages[0]:
        return Verdict.NOTHING  # in the pages' own language, and not one word of it, nor any like it, stands there
    strength = strength_of(asked, passages, quoted)
    if strength < NOTHING_BELOW:
        return Verdict.NOTHING
    return Verdict.ANSWERS if strength >= SURE_FROM else Verdict.CLOSEST


def strength_of(asked: Question, passages: Sequence[Passage], quoted: Quoted) -> float:
    """The log of the odds that the quote answers, as fitted."""
    return float(signals(asked, passages, quoted) @ WEIGHTS)


def signals(asked: Question, passages: Sequence[Passage], quoted: Quoted) -> Matrix:
    """One value for each of SIGNALS."""
    unit, echo = quoted.features, quoted.echo
    quotes = " ".join(citation.quote for sentence in quoted.sentences for citation in sentence.citations)
    dense = [passage.dense for passage in passages] or [UNMEASURED]
    scores = sorted((passage.score for passage in passages), reverse=True)
    values = [
        1.0,
        unit[Column.OWN],
        unit[Column.AROUND],
        unit[Column.GRAMS],
        unit[Column.CONCEPTS_AROUND],
        unit[Column.COSINE],
        quoted.score / 8,
        quoted.spread / 2,
        max(dense) - median(dense),
        echo.coverage,
        min(echo.nearest, default=1.0),
        float(np.mean([holds(kind, quotes) for kind in asked.kinds])) if asked.kinds else 0.0,
        asked.yes_no,
        any(any(sign.isdigit() for sign in word) for word in echo.unheard),
        asked.language != asked.languages[0],
        min(echo.words, 8) / 8,
        unit[Column.DAY],
        unit[Column.AGE],
        scores[0] - scores[min(3, len(scores) - 1)] if scores else 0.0,
    ]
    return np.array(values, np.float32)


def unknown_words(asked: Question, rarity: dict[str, float]) -> float:
    """The share of the question's words that the business never writes."""
    if not asked.terms:
        return 0.0
    return sum(not any(word in rarity for word in term) for term in asked.terms) / len(asked.terms)
