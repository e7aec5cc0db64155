"""What the second look sees of each of the first passages. Scores and texts in, one row of numbers a passage out.

No database. `ranking.py` fills a `Seen`; `use.py` weighs the rows; `tests/eval/train_ranker.py` learns the weights from
the same rows. What else was looked at and did not pay on sets left out stands in docs/decisions/0030.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import fold
from retrieval.fuse import Scores, spread
from retrieval.queries import PassageRow
from retrieval.question import Question
from retrieval.rank.pairs import pairs_held

COLUMNS = ("mix", "pairs")


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one question, the passages that came first, in their order."""

    asked: Question
    numbers: NDArray[np.int64]
    texts: Mapping[int, PassageRow]
    mix: Scores  # of all searches


def features(seen: Seen) -> NDArray[np.float32]:
    """Shape (passages, len(COLUMNS)), each from 0 to 1."""
    stems = [min(term, key=len) for term in seen.asked.terms]
    rows = [seen.texts.get(number) for number in seen.numbers.tolist()]
    pairs = [pairs_held(_folded(row.text), stems) if row is not None and len(stems) > 1 else 0.0 for row in rows]
    return np.stack((spread(seen.mix), np.array(pairs, np.float32)), axis=1).astype(np.float32, copy=False)


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    """Of the passages that came first lately, some 2 MB: what visitors of one business ask leads to the same ones."""
    return fold(text)
