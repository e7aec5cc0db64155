"""What search knows of a generation before a question comes: from memory, or read once. Called by search.py.

Whether a business's vectors are held in memory or searched in the database is decided here, by their number.
"""

from __future__ import annotations

from uuid import UUID

import numpy as np

from retrieval.fuse import B_GRAMS, B_WORDS, norms_of
from retrieval.memory import Known, Memory, Vectors
from retrieval.model import Knowledge
from retrieval.nearest import EXACT_UP_TO
from retrieval.ports import Connection
from retrieval.queries import read_languages, read_lengths, read_sample, read_vectors

HELD_PASSAGES = 6000  # of one business, some 35 MB; more are searched in the database
SAMPLE = 256  # vectors of a very large business that are held all the same, 0.4 MB

_memory = Memory()


async def recall(conn: Connection, knowledge: Knowledge, generation: int, model: str) -> Known:
    """Some 50 ms for 2,000 passages the first time."""
    known = remembered(knowledge, generation, model)
    if known is None:
        business_id = knowledge.business_id
        rows = {row.field: row for row in await read_lengths(conn, business_id, generation)}
        words, grams = (
            np.frombuffer(rows[field].lengths, "<u4") if field in rows else np.empty(0, np.uint32)
            for field in ("w", "g")
        )
        languages = await read_languages(conn, business_id, generation)
        known = Known(len(words), norms_of(words, B_WORDS), norms_of(grams, B_GRAMS), tuple(languages))
        if 0 < known.count <= HELD_PASSAGES:
            known.vectors = await _vectors(conn, business_id, generation, model, known.count)
        elif known.count > EXACT_UP_TO:
            spaced = [int(number) for number in np.linspace(0, known.count - 1, SAMPLE)]
            sample = await read_sample(conn, business_id, generation, model, spaced)
            known.sample = sample.astype(np.float32)
        _memory.keep(business_id, generation, known)
    return known


def remembered(knowledge: Knowledge, generation: int, model: str) -> Known | None:
    """Without a look at the database: what is known of a generation does not change."""
    known = _memory.find(knowledge.business_id, generation)
    return None if known is None or (known.vectors is not None and known.vectors.model != model) else known


async def _vectors(conn: Connection, business_id: UUID, generation: int, model: str, count: int) -> Vectors | None:
    numbers, vectors = await read_vectors(conn, business_id, generation, model, whole=True)
    if not len(numbers):
        return None
    whole = np.zeros((count, vectors.shape[1]), np.float32)
    whole[numbers] = vectors
    owners, windows = await read_vectors(conn, business_id, generation, model, whole=False)
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(count + 1))
    return Vectors(model, whole, windows[order], starts)


def memory_bytes() -> int:
    """What this process keeps of all generations, by its own count."""
    return _memory.bytes
