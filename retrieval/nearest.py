"""How near each passage of a business is to a question. A vector in, cosines by passage out; called by ranking.py.

From memory where the business's vectors are held there, else in the database: all of them one by one, or the nearest by
a vector index of the generation's own where there are very many (docs/decisions/0032).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.fuse import Scores
from retrieval.memory import Known, Vectors
from retrieval.model import Knowledge
from retrieval.ports import Connection
from retrieval.queries import Cosines, prepare_index, read_best_windows, read_nearest, read_whole_cosines, vector_text

EXACT_UP_TO = 20_000  # passages: their exact scan takes some 16 ms; above, the application makes an index
BY_INDEX = 128  # so many of the nearest come from it
LOOK_AT = 200  # candidates it keeps on the way (hnsw.ef_search)


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
        """Of all passages, by their whole text.

        With an index, those that are not among the nearest get what the least alike of a sample has: `windows`
        puts in the right figure for those that come into question.
        """
        if self.vector is None:
            return np.zeros(self.known.count, np.float32)
        if self.known.vectors is not None:
            return dots(self.known.vectors.whole, self.vector)
        text = vector_text(self.vector)
        found = await self._by_index(text)
        if found is None:
            found = await read_whole_cosines(self.conn, self.knowledge.business_id, self.generation, self.model, text)
        whole = np.full(self.known.count, self._least(found), np.float32)
        whole[found.chunks] = found.values
        return whole

    async def windows(self, candidates: NDArray[np.int64], whole: Scores) -> Scores:
        """The best small window of each candidate; of one that has none, the whole. Completes `whole` for them."""
        if self.vector is None:
            return whole[candidates]
        if self.known.vectors is not None:
            return _best_windows(self.known.vectors, candidates, whole, self.vector)
        numbers = [int(number) for number in candidates]
        found, wholes = await read_best_windows(
            self.conn, self.knowledge.business_id, self.generation, self.model, vector_text(self.vector), numbers
        )
        there = ~np.isnan(wholes.values)
        whole[wholes.chunks[there]] = np.maximum(whole[wholes.chunks[there]], wholes.values[there])
        best = whole.copy()
        best[found.chunks] = found.values
        return best[candidates]

    async def _by_index(self, query: str) -> Cosines | None:
        """None: there is no index, or it did not give what is there. Then all are compared, whatever it takes."""
        if self.vector is None or self.known.sample is None:
            return None
        if not await prepare_index(self.conn, self.knowledge.business_id, self.generation, LOOK_AT):
            return None
        found = await read_nearest(
            self.conn, self.knowledge.business_id, self.generation, self.model, query, len(self.vector), BY_INDEX
        )
        return found if len(found.chunks) == min(BY_INDEX, self.known.count) else None

    def _least(self, found: Cosines) -> float:
        if self.known.sample is None or self.vector is None:
            return -1.0
        return float(min(dots(self.known.sample, self.vector).min(initial=1.0), found.values.min(initial=1.0)))


def dots(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> Scores:
    """einsum and not @: for so little, the threads of the algebra library cost more than they do (0.4 ms of processor
    time against 1.1 for 5,000 rows), and ten times that on two busy cores."""
    return np.einsum("ij,j->i", rows, vector)


def _best_windows(vectors: Vectors, candidates: NDArray[np.int64], whole: Scores, query: NDArray[np.float32]) -> Scores:
    counts = vectors.starts[candidates + 1] - vectors.starts[candidates]
    firsts = np.cumsum(counts) - counts
    rows = np.arange(int(counts.sum())) + np.repeat(vectors.starts[candidates] - firsts, counts)
    best = whole[candidates]
    some = counts > 0
    if some.any():
        best[some] = np.maximum.reduceat(dots(vectors.windows[rows].astype(np.float32), query), firsts[some])
    return best
