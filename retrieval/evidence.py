"""Whether the business's text says what was asked. A search and its best quote in, a verdict out.

No cosine threshold decides: the words of the question, the kind of figure asked for and whether both searches agree
do. Mild on purpose: between yes and no the closest find is shown as such. Called by answer.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from retrieval.model import Passage
from retrieval.question import Question
from retrieval.quote import UNMEASURED, Quoted

# Fitted on squad with and without the passage that holds the answer, and the same on small sites of our own
# (tests/eval); sites left out: AUROC 0.81. Odds do not carry over from one kind of site to another, so the line is
# drawn where 1 % of what can be answered there is refused, and 20-27 % of what cannot.
BIAS = -4.92
OWN_WORDS, CONTEXT_WORDS, GRAMS, CONCEPTS, CONTEXT_CONCEPTS = 1.25, 1.97, 1.86, 0.6, 1.24
COSINE, BEST_COSINE, FIGURE, NO_FIGURE, AGREEMENT = 2.14, 0.98, 0.49, -0.31, 1.13
UNKNOWN_WORDS = 1.51  # taken together with OWN_WORDS, which counts only words that the business writes
FEW_WORDS = 0.38
LIKE_A_TYPO = 0.34  # of the question's n-grams; a word with one wrong letter keeps about half of them
REFUSE_BELOW = -1.5
SURE_FROM = -0.7


class Verdict(StrEnum):
    ANSWERS = "answers"
    CLOSEST = "closest"
    NOTHING = "nothing"


def judge(asked: Question, passages: Sequence[Passage], quoted: Quoted | None, rarity: dict[str, float]) -> Verdict:
    """`quoted` None: there was nothing to quote."""
    if quoted is None or not passages:
        return Verdict.NOTHING
    unheard = not asked.groups and unknown_words(asked, rarity) == 1 and float(quoted.features[2]) < LIKE_A_TYPO
    if unheard and asked.language == asked.languages[0]:
        return Verdict.NOTHING  # in the pages' own language, and not one word of it, nor any like it, stands there
    strength = strength_of(asked, passages, quoted, rarity)
    if strength < REFUSE_BELOW:
        return Verdict.NOTHING
    return Verdict.ANSWERS if strength >= SURE_FROM else Verdict.CLOSEST


def strength_of(asked: Question, passages: Sequence[Passage], quoted: Quoted, rarity: dict[str, float]) -> float:
    """The log of the odds that the quote answers, as fitted."""
    own, context, grams, concepts, around, here, after, cosine, *_ = (float(value) for value in quoted.features)
    figure = max(here, after)
    return (
        BIAS
        + OWN_WORDS * own
        + CONTEXT_WORDS * context
        + GRAMS * grams
        + CONCEPTS * concepts
        + CONTEXT_CONCEPTS * around
        + COSINE * cosine
        + BEST_COSINE * (max(passage.dense for passage in passages) or UNMEASURED)
        + (FIGURE * figure + NO_FIGURE * (1 - figure) if asked.kinds else 0.0)
        + AGREEMENT * agreement(passages)
        + UNKNOWN_WORDS * unknown_words(asked, rarity)
        + FEW_WORDS * (len(asked.terms) <= 1)
    )


def agreement(passages: Sequence[Passage]) -> float:
    """1 when the passage that meaning puts first is also first by words or n-grams, 0 when it is far down in both."""
    if not passages:
        return 0.0
    first = max(range(len(passages)), key=lambda number: passages[number].dense)
    by_words = sum(passage.words > passages[first].words for passage in passages)
    by_grams = sum(passage.grams > passages[first].grams for passage in passages)
    return 1 / (1 + min(by_words, by_grams))


def unknown_words(asked: Question, rarity: dict[str, float]) -> float:
    """The share of the question's words that the business never writes."""
    if not asked.terms:
        return 0.0
    return sum(not any(word in rarity for word in term) for term in asked.terms) / len(asked.terms)
