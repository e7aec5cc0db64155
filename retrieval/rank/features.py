"""What the second look sees of each of the first passages. Scores and texts in, one row of numbers a passage out.

Pure numpy. `ranking.py` fills a `Seen`; `use.py` weighs the rows; `tests/eval/train_ranker.py` learns the weights from
the same rows. A change of the columns changes `COLUMNS`, and weights made for other columns are not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import fold
from retrieval.fuse import Scores, spread
from retrieval.queries import PassageRow
from retrieval.question import Question

SIGNALS = ("dense", "words", "grams", "whole", "figure")
GATES = ("half_read", "unread", "unknown_words", "few_words", "words_peak", "dense_peak")
OWN = (
    "mix", "place", "dense_place", "words_place", "grams_place", "whole_place",
    "coverage", "rarest_word", "near_words", "heading", "concepts", "length", "short", "neighbour", "cosine",
)  # fmt: skip
COLUMNS = (*SIGNALS, *OWN, *(f"{signal}*{gate}" for signal in SIGNALS for gate in GATES))
NEAR_CHARACTERS = 40  # between two words of the question that stand together
FEW_WORDS = 2
TYPICAL_TOKENS = 200
SHORT_TOKENS = 25


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one question, the passages that came first; arrays are in their order. Spread scores are from 0 to 1."""

    asked: Question
    rarity: Mapping[str, float]  # of the question's stems that stand anywhere
    numbers: NDArray[np.int64]
    texts: Mapping[int, PassageRow]
    mix: Scores
    signals: Mapping[str, Scores]  # by name, spread
    cosine: Scores  # of the best window, as it is
    held: NDArray[np.bool_]  # the question's words (rows, as asked.terms) by passage
    concepts: NDArray[np.bool_]  # its business words (rows, as asked.groups) by passage
    half_read: bool  # the embedder half knows the language of question or pages
    unread: bool  # or not at all
    words_peak: float  # how far the best passage stands above the tenth, from 0 to 1
    dense_peak: float


def features(seen: Seen) -> NDArray[np.float32]:
    """Shape (passages, len(COLUMNS))."""
    weights = np.array([max((seen.rarity.get(word, 0.0) for word in term), default=0.0) for term in seen.asked.terms])
    known = weights > 0
    coverage = weights @ seen.held / max(float(weights.sum()), 1e-6) if len(weights) else np.zeros(len(seen.numbers))
    rarest = seen.held[int(weights.argmax())] if known.any() else np.zeros(len(seen.numbers))
    rows = [seen.texts.get(int(number)) for number in seen.numbers]
    stems = [min(term, key=len) for term in seen.asked.terms]
    own = (
        spread(seen.mix),
        _places(seen.mix),
        *(_places(seen.signals[name]) for name in ("dense", "words", "grams", "whole")),
        coverage,
        rarest,
        [_near(row, stems) for row in rows],
        [_in_heading(row, stems, weights) for row in rows],
        seen.concepts.mean(axis=0) if len(seen.concepts) else np.zeros(len(rows)),
        [float(np.log((row.tokens if row else TYPICAL_TOKENS) / TYPICAL_TOKENS + 0.05)) for row in rows],
        [float(row is not None and row.tokens < SHORT_TOKENS) for row in rows],
        _neighbours(seen),
        seen.cosine,
    )
    gates = (
        float(seen.half_read),
        float(seen.unread),
        1 - float(known.mean()) if len(known) else 1.0,
        float(len(weights) <= FEW_WORDS),
        seen.words_peak,
        seen.dense_peak,
    )
    signals = [seen.signals[name] for name in SIGNALS]
    return np.stack([*signals, *own, *(signal * gate for signal in signals for gate in gates)], axis=1).astype(
        np.float32
    )


def peak(scores: Scores) -> float:
    """How far the best stands above the tenth: a search that is sure has a peak, one that guesses a plain."""
    if len(scores) < 2:
        return 0.0
    tenth = min(10, len(scores))
    best = np.sort(np.partition(scores, len(scores) - tenth)[-tenth:])
    return float((best[-1] - best[0]) / best[-1]) if best[-1] > 0 else 0.0


def _places(scores: Scores) -> Scores:
    places = np.empty(len(scores), np.float32)
    places[np.argsort(-scores, kind="stable")] = 1 / (1 + np.arange(len(scores), dtype=np.float32))
    return places


def _neighbours(seen: Seen) -> Scores:
    """The better mix of the passages before and after on the same page: a page that is about it."""
    mix = dict(zip((int(number) for number in seen.numbers), spread(seen.mix).tolist(), strict=True))
    page = {number: row.url for number, row in seen.texts.items()}
    return np.array(
        [
            max(
                mix[other] if other in mix and page.get(other) == page.get(number) else 0.0
                for other in (number - 1, number + 1)
            )
            for number in mix
        ],
        np.float32,
    )


def _near(row: PassageRow | None, stems: Sequence[str]) -> float:
    """The share of neighbouring words of the question that stand near each other in the text."""
    if row is None or len(stems) < 2:
        return 0.0
    text = fold(row.text)
    places = [
        [match.start() for match in re.finditer(re.escape(stem), text)] if len(stem) > 1 else [] for stem in stems
    ]
    near = 0
    for one, other in pairwise(places):
        near += any(abs(a - b) <= NEAR_CHARACTERS for a in one[:8] for b in other[:8])
    return near / (len(stems) - 1)


def _in_heading(row: PassageRow | None, stems: Sequence[str], weights: NDArray[np.float64]) -> float:
    if row is None or not weights.any():
        return 0.0
    heading = fold(" ".join((row.title, *row.heading_path)))
    return float(sum(weight for stem, weight in zip(stems, weights, strict=True) if stem in heading) / weights.sum())
