"""What search keeps of a generation between questions, bounded by bytes and by nothing else.

Vectors, lengths and languages (read in some 50 ms for 2,000 passages) and, filled as they are met: postings of words
that were asked, texts that were shown, which kinds of figure passages hold and a sketch of their words. Keyed by
business and generation; a new one replaces the older.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from retrieval.answer_types import Kind
from retrieval.fuse import Scores
from retrieval.queries import PassageRow

MAX_BYTES = 96 * 1024 * 1024
POSTINGS_BYTES = 24 * 1024 * 1024  # of one business: a hundred n-grams a question, the frequent ones again and again
TEXTS_BYTES = 8 * 1024 * 1024
SKETCHES_BYTES = 4 * 1024 * 1024
SKETCH_BYTES = 3500  # of one passage: a set of 24 numbers, with Python's own
UNKNOWN = -1

Key = TypeVar("Key")
Value = TypeVar("Value")


class Shelf(Generic[Key, Value]):
    """A dictionary of so many bytes: what came in first goes first."""

    def __init__(self, most: int):
        self._most = most
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.bytes = 0

    def get(self, key: Key) -> Value | None:
        kept = self._kept.get(key)
        return kept[0] if kept is not None else None

    def put(self, key: Key, value: Value, size: int) -> None:
        former = self._kept.pop(key, None)
        self._kept[key] = (value, size)
        self.bytes += size - (former[1] if former is not None else 0)
        while self.bytes > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.bytes -= dropped

    def __len__(self) -> int:
        return len(self._kept)


class Sketches(Shelf[int, frozenset[int]]):
    def __init__(self) -> None:
        super().__init__(SKETCHES_BYTES)

    def __setitem__(self, number: int, sketch: frozenset[int]) -> None:
        self.put(number, sketch, SKETCH_BYTES)


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


@dataclass(frozen=True, slots=True)
class ReadText:
    """`at`: when, by the monotonic clock. When a page was last seen to say so changes under a generation."""

    row: PassageRow
    at: float


@dataclass(slots=True)
class Known:
    """Of one generation. Arrays are by chunk number."""

    count: int
    word_norms: Scores
    gram_norms: Scores
    languages: tuple[str, ...]
    vectors: Vectors | None = None  # None: too many to hold, they are searched in the database
    sample: NDArray[np.float32] | None = None  # of the whole passages' vectors, where there are very many
    figures: dict[Kind, NDArray[np.int8]] = field(default_factory=dict[Kind, NDArray[np.int8]])
    sketches: Sketches = field(default_factory=Sketches)
    postings: Shelf[tuple[str, str], bytes] = field(
        default_factory=lambda: Shelf[tuple[str, str], bytes](POSTINGS_BYTES)
    )
    texts: Shelf[int, ReadText] = field(default_factory=lambda: Shelf[int, ReadText](TEXTS_BYTES))

    def held(self, kind: Kind) -> NDArray[np.int8]:
        """1 holds such a figure, 0 does not, -1 was not looked at yet."""
        if kind not in self.figures:
            self.figures[kind] = np.full(self.count, UNKNOWN, np.int8)
        return self.figures[kind]

    @property
    def bytes(self) -> int:
        held = self.vectors.bytes if self.vectors is not None else 0
        held += self.sample.nbytes if self.sample is not None else 0
        met = self.postings.bytes + self.texts.bytes + self.sketches.bytes
        return 3000 + held + self.count * (8 + len(self.figures)) + met


@dataclass(slots=True)
class _Kept:
    generation: int
    known: Known
    weight: int


class Memory:
    """Least recently asked goes first. Shared by all tasks of a process; its methods never wait.

    What is kept grows between two questions by what the first of them met, so it is weighed again whenever it is
    found: the sum may be over the bound by what the questions of this moment met, and by no more.
    """

    def __init__(self, max_bytes: int = MAX_BYTES):
        self._max_bytes = max_bytes
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = 0

    def find(self, business_id: UUID, generation: int) -> Known | None:
        with self._lock:
            kept = self._kept.get(business_id)
            if kept is None or kept.generation != generation:
                return None
            self._kept.move_to_end(business_id)
            self._weigh(kept)
            return kept.known

    def keep(self, business_id: UUID, generation: int, known: Known) -> None:
        with self._lock:
            self._drop(self._kept.pop(business_id, None))
            kept = self._kept[business_id] = _Kept(generation, known, 0)
            self._weigh(kept)

    @property
    def bytes(self) -> int:
        return self._bytes

    def _weigh(self, kept: _Kept) -> None:
        weight = kept.known.bytes
        self._bytes += weight - kept.weight
        kept.weight = weight
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            self._drop(self._kept.popitem(last=False)[1])

    def _drop(self, kept: _Kept | None) -> None:
        if kept is not None:
            self._bytes -= kept.weight

    def __len__(self) -> int:
        return len(self._kept)
