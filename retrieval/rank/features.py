"""What the second look sees of each of the first passages. Scores and texts in, one row of numbers a passage out.

No database. `ranking.py` fills a `Seen`; `use.py` weighs the rows; `tests/eval/train_ranker.py` learns the weights from
the same rows. A change of the columns changes `COLUMNS`, and weights made for other columns are not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import fold
from retrieval.answer_types import holds
from retrieval.fuse import Scores, spread
from retrieval.queries import PassageRow
from retrieval.question import Question
from retrieval.rank.spans import SPAN_CHARACTERS, together

COLUMNS = (
    "mix", "span", "pairs", "figure_in_span", "coverage", "rarest_word", "heading", "concepts", "neighbour",
    "dense_place", "words_place", "grams_place", "whole_place", "dense", "words", "grams", "whole",
    "span*unread", "span*half_read",
)  # fmt: skip
AROUND = 60  # characters before and after a span in which its figure may stand


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one question, the passages that came first; arrays are in their order. Spread scores are from 0 to 1."""

    asked: Question
    rarity: Mapping[str, float]  # of the question's stems that stand anywhere
    numbers: NDArray[np.int64]
    texts: Mapping[int, PassageRow]
    mix: Scores
    signals: Mapping[str, Scores]  # dense, words, grams, whole: spread
    held: NDArray[np.bool_]  # the question's words (rows, as asked.terms) by passage
    concepts: NDArray[np.bool_]  # its business words (rows, as asked.groups) by passage
    half_read: bool  # the embedder half knows the language of question or pages
    unread: bool  # or not at all


def features(seen: Seen) -> NDArray[np.float32]:
    """Shape (passages, len(COLUMNS))."""
    count = len(seen.numbers)
    none = np.zeros(count, np.float32)
    weights = np.array([max((seen.rarity.get(word, 0.0) for word in term), default=0.0) for term in seen.asked.terms])
    known = weights.any()
    signals = [seen.signals[name] for name in ("dense", "words", "grams", "whole")]
    span, pairs, figure, heading = _read(seen, weights) if known else (none, none, none, none)
    columns = (
        spread(seen.mix),
        span,
        pairs,
        figure,
        weights @ seen.held / weights.sum() if known else none,
        seen.held[int(weights.argmax())] if known else none,
        heading,
        seen.concepts.mean(axis=0) if len(seen.concepts) else none,
        _neighbours(seen),
        *(_places(signal) for signal in signals),
        *signals,
        span * seen.unread,
        span * seen.half_read,
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _read(seen: Seen, weights: NDArray[np.float64]) -> tuple[Scores, Scores, Scores, Scores]:
    """By passage: how much of the question stands in one place, in pairs, beside the figure asked for, in headings."""
    listed = weights.tolist()
    stems = [min(term, key=len) for term in seen.asked.terms]
    total = sum(listed)
    rows = np.zeros((4, len(seen.numbers)), np.float32)
    for at, number in enumerate(seen.numbers.tolist()):
        row = seen.texts.get(number)
        if row is None:
            continue
        found = together(fold(row.text), stems, listed)
        above = fold(" ".join((row.title, *row.heading_path)))
        around = row.text[max(0, found.start - AROUND) : found.start + SPAN_CHARACTERS + AROUND]
        kinds = seen.asked.kinds
        held = sum(holds(kind, around) for kind in kinds) / len(kinds) if kinds else 0.0
        in_heading = sum(weight for stem, weight in zip(stems, listed, strict=True) if stem in above) / total
        rows[:, at] = found.share, found.pairs, held * found.share, in_heading
    return rows[0], rows[1], rows[2], rows[3]


def _places(scores: Scores) -> Scores:
    places = np.empty(len(scores), np.float32)
    places[np.argsort(-scores, kind="stable")] = 1 / (1 + np.arange(len(scores), dtype=np.float32))
    return places


def _neighbours(seen: Seen) -> Scores:
    """The better mix of the passages before and after on the same page: a page that is about it."""
    mix = dict(zip(seen.numbers.tolist(), spread(seen.mix).tolist(), strict=True))
    page = {number: row.url for number, row in seen.texts.items()}
    beside = [
        max(mix.get(other, 0.0) if page.get(other) == page.get(number) else 0.0 for other in (number - 1, number + 1))
        for number in mix
    ]
    return np.array(beside, np.float32)
