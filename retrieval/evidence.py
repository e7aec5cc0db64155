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
from retrieval.quoting.features import CONTACTS, UNMEASURED, Column, Matrix

LIKE_A_TYPO = 0.34  # of the question's n-grams; a word with one wrong letter keeps about half of them
SIGNALS = (
    "always", "own_words", "context_words", "grams", "context_concepts", "cosine", "fit", "spread", "stands_out",
    "coverage", "farthest_word", "figure", "yes_no", "number", "foreign", "words", "day", "age", "ahead",
    "other_matter", "first",
)  # fmt: skip
# Fitted by `python -m tests.eval.fit_evidence` on our own sites, on squad with and without the passage that holds the
# answer, and on a support desk's messages. Odds do not carry over between kinds of sites, so there are two lines: of
# sites that were left out, 1.5 % of what they answer lies below the first and 6.7 % below the second, which holds where
# all that the business has was read.
WEIGHTS = np.array(
    [-2.746, -0.907, 0.575, 0.458, 0.791, 3.938, 0.247, -1.972, 6.173, 0.057, 2.107, -0.313, -1.413, 0.571, 3.811,
     0.462, 0.552, 4.612, 1.354, 0.414, -0.915],
    np.float32,
)  # fmt: skip
WINDOW_OVER_UNIT = 0.1  # a passage's best window is no nearer than its best sentence and this much
AMONG = 5
NEAR = 0.35  # a cosine that is no accident
NOTHING_BELOW = -3.2
SURE_FROM = -2.2
SURE_FROM_ALL = -1.2
ALL_READ = 6  # passages; a larger business gives seven at least within the tokens that are read


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
    shares = _shares_something(quoted)
    sure_from = SURE_FROM_ALL if len(passages) <= ALL_READ else SURE_FROM
    if strength >= sure_from and (shares or _may_be_meant(asked, quoted)) and not _another_contact(asked, quoted):
        return Verdict.ANSWERS
    return Verdict.CLOSEST if shares else Verdict.NOTHING


def _another_contact(asked: Question, quoted: Quoted) -> bool:
    """A phone number is no answer to who asks for a mail address, however near the two stand."""
    quotes = " ".join(citation.quote for sentence in quoted.sentences for citation in sentence.citations)
    if not asked.kinds or not asked.kinds <= CONTACTS or any(holds(kind, quotes) for kind in asked.kinds):
        return False
    return any(holds(kind, quotes) for kind in CONTACTS)


def _may_be_meant(asked: Question, quoted: Quoted) -> bool:
    """An address says nothing in words of where to find it, and another language has other words. Without either, how
    far a find stands out is no evidence: of seven passages one always does."""
    return bool(quoted.features[Column.KIND] > 0) or asked.language != asked.languages[0]


def _shares_something(quoted: Quoted) -> bool:
    """A word, a business word or its meaning: what has none of these is close to nothing."""
    unit = quoted.features
    words = unit[[Column.OWN, Column.AROUND, Column.CONCEPTS, Column.CONCEPTS_AROUND]]
    return bool(words.max() > 0 or unit[Column.COSINE] >= NEAR)


def strength_of(asked: Question, passages: Sequence[Passage], quoted: Quoted) -> float:
    """The log of the odds that the quote answers, as fitted."""
    return float(signals(asked, passages, quoted) @ WEIGHTS)


def signals(asked: Question, passages: Sequence[Passage], quoted: Quoted) -> Matrix:
    """One value for each of SIGNALS."""
    unit, echo = quoted.features, quoted.echo
    quotes = " ".join(citation.quote for sentence in quoted.sentences for citation in sentence.citations)
    # Among as many of a large business as a small one has, or a find would stand out less where more was read.
    dense = sorted((passage.dense for passage in passages), reverse=True)[:AMONG] or [UNMEASURED]
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
        # Passages that another part of the question found are near to that part, not to this one.
        min(max(dense), float(unit[Column.COSINE]) + WINDOW_OVER_UNIT) - median(dense),
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
        bool(asked.groups) and not unit[Column.CONCEPTS] and not unit[Column.CONCEPTS_AROUND],
        unit[Column.FIRST],
    ]
    return np.array(values, np.float32)


def unknown_words(asked: Question, rarity: dict[str, float]) -> float:
    """The share of the question's words that the business never writes."""
    if not asked.terms:
        return 0.0
    return sum(not any(word in rarity for word in term) for term in asked.terms) / len(asked.terms)
