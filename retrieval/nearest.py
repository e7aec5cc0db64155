"""How near each passage of a business is to a question. A vector in, cosines by passage out; called by search.py.

From memory where the business's vectors are held there, else in the database.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.fuse import Scores
from retrieval.memory import Known, Vectors
from retrieval.model import Knowledge
from retrieval.ports import Connection
from retrieval.queries import read_best_windows, read_whole_cosines, vector_text


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of one question over one generation. `vector` None: there is none, and nothing is near."""

    conn: Connection
    knowledge: Knowledge
    generation: int
    known: Known
    vector: NDArray[np.float32] | None
    model: str

    async def whole(self) -> Scores:
        """Of all passages, by their whole text; -1 where one was not compared."""
        if self.vector is None:
            return np.zeros(self.known.count, np.float32)
        if self.known.vectors is not None:
            return self.known.vectors.whole @ self.vector
        found = await read_whole_cosines(
            self.conn, self.knowledge.business_id, self.generation, self.model, vector_text(self.vector)
        )
        whole = np.full(self.known.count, -1.0, np.float32)
        whole[found.chunks] = found.values
        return whole

    async def windows(self, candidates: NDArray[np.int64], whole: Scores) -> Scores:
        """The best small window of each candidate; of one that has none, the whole."""
        if self.vector is None:
            return whole[candidates]
        if self.known.vectors is not None:
            return _best_windows(self.known.vectors, candidates, whole, self.vector)
        numbers = [int(number) for number in candidates]
        found = await read_best_windows(
            self.conn, self.knowledge.business_id, self.generation, self.model, vector_text(self.vector), numbers
        )
        best = whole.copy()
        best[found.chunks] = found.values
        return best[candidates]


def _best_windows(vectors: Vectors, candidates: NDArray[np.int64], whole: Scores, query: NDArray[np.float32]) -> Scores:
    counts = vectors.starts[candidates + 1] - vectors.starts[candidates]
    firsts = np.cumsum(counts) - counts
    rows = np.arange(int(counts.sum())) + np.repeat(vectors.starts[candidates] - firsts, counts)
    best = whole[candidates]
    some = counts > 0
    if some.any():
        best[some] = np.maximum.reduceat(vectors.windows[rows].astype(np.float32) @ query, firsts[some])
    return best
