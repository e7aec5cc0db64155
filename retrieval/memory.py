"""What search keeps of a generation between questions, bounded by bytes and by nothing else.

Vectors, lengths and languages (read in some 50 ms for 2,000 passages) and, filled as passages are met, which kinds of
figure they hold and a sketch of their words. Keyed by business and generation; a new one replaces the older.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from retrieval.answer_types import Kind
from retrieval.fuse import Scores

MAX_BYTES = 96 * 1024 * 1024
UNKNOWN = -1
SKETCH_BYTES = 400  # of one passage, with Python's own


@dataclass(frozen=True, slots=True)
class Vectors:
    """Of one model. `whole` float32, a row a passage; `windows` float16, those of passage n from starts[n] on."""

    model: str
    whole: NDArray[np.float32]
    windows: NDArray[np.float16]
    starts: NDArray[np.int64]

    @property
    def bytes(self) -> int:
        return self.whole.nbytes + self.windows.nbytes + self.starts.nbytes


@dataclass(slots=True)
class Known:
    """Of one generation. Arrays are by chunk number."""

    count: int
    word_norms: Scores
    gram_norms: Scores
    languages: tuple[str, ...]
    vectors: Vectors | None = None  # None: too many to hold, they are searched in the database
    figures: dict[Kind, NDArray[np.int8]] = field(default_factory=dict[Kind, NDArray[np.int8]])
    sketches: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])

    def held(self, kind: Kind) -> NDArray[np.int8]:
        """1 holds such a figure, 0 does not, -1 was not looked at yet."""
        if kind not in self.figures:
            self.figures[kind] = np.full(self.count, UNKNOWN, np.int8)
        return self.figures[kind]

    @property
    def bytes(self) -> int:
        held = self.vectors.bytes if self.vectors is not None else 0
        return 1000 + held + self.count * (8 + len(self.figures)) + SKETCH_BYTES * len(self.sketches)


class Memory:
    """Least recently asked goes first. Shared by all tasks of a process; its methods never wait."""

    def __init__(self, max_bytes: int = MAX_BYTES):
        self._max_bytes = max_bytes
        self._kept: OrderedDict[UUID, tuple[int, Known]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, business_id: UUID, generation: int) -> Known | None:
        with self._lock:
            kept = self._kept.get(business_id)
            if kept is None or kept[0] != generation:
                return None
            self._kept.move_to_end(business_id)
            return kept[1]

    def keep(self, business_id: UUID, generation: int, known: Known) -> None:
        with self._lock:
            self._kept[business_id] = (generation, known)
            self._kept.move_to_end(business_id)
            # Sketches and figures grow after they came in, so all are weighed again.
            total = sum(known.bytes for _, known in self._kept.values())
            while total > self._max_bytes and len(self._kept) > 1:
                _, (_, dropped) = self._kept.popitem(last=False)
                total -= dropped.bytes

    def __len__(self) -> int:
        return len(self._kept)
