"""The passages of a staged generation in, their vectors in the database out. Called by pipeline.py.

A window whose text was embedded before for this business and model is copied inside the database; only
new text reaches the embedder, in batches, outside of transactions, and each batch is committed: a
worker that dies repeats at most one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pgvector import HalfVector

from ingestion.generations.queries import copy_windows, embedded_already, insert_windows, still_staging
from ingestion.model import Chunk
from ingestion.ports import IngestPorts, Progress, Transaction

_BATCH_TEXTS = 256  # some two seconds of the local model: what a killed worker does again
_COPY_WINDOWS = 2_000


class StagingLost(Exception):
    """Another worker took the work over; what this one still does must not be seen."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Passages by whether any of their text had to be embedded."""

    new: int
    reused: int


def hash_window(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


async def embed_generation(
    transaction: Transaction, business_id: UUID, generation: int, chunks: Sequence[Chunk], ports: IngestPorts
) -> Embedded:
    """Raises StagingLost when the generation is no longer being staged."""
    model = ports.embedder.model
    texts: dict[bytes, str] = {}
    places: dict[bytes, list[tuple[int, int]]] = {}
    for chunk_no, chunk in enumerate(chunks):
        for window_no, window in enumerate(chunk.windows):
            text_hash = hash_window(window)
            texts[text_hash] = window
            places.setdefault(text_hash, []).append((chunk_no, window_no))
    known: set[bytes] = set()
    hashes = list(texts)
    for start in range(0, len(hashes), 10 * _COPY_WINDOWS):
        async with transaction() as conn:
            known |= await embedded_already(conn, business_id, model, hashes[start : start + 10 * _COPY_WINDOWS])
    missing = [text_hash for text_hash in hashes if text_hash not in known]
    await _copy(transaction, business_id, generation, model, [(*place, key) for key in known for place in places[key]])
    await _embed(transaction, business_id, generation, missing, texts, places, ports)
    new = {chunk_no for text_hash in missing for chunk_no, _ in places[text_hash]}
    return Embedded(new=len(new), reused=len(chunks) - len(new))


async def _copy(
    transaction: Transaction, business_id: UUID, generation: int, model: str, windows: list[tuple[int, int, bytes]]
) -> None:
    for start in range(0, len(windows), _COPY_WINDOWS):
        part = windows[start : start + _COPY_WINDOWS]
        async with transaction() as conn:
            if not await still_staging(conn, business_id, generation):
                raise StagingLost
            copied = await copy_windows(conn, business_id, generation, model, part)
            if copied != len(part):  # pruned between the two looks; the job's next attempt embeds them
                raise StagingLost


async def _embed(
    transaction: Transaction,
    business_id: UUID,
    generation: int,
    missing: list[bytes],
    texts: dict[bytes, str],
    places: dict[bytes, list[tuple[int, int]]],
    ports: IngestPorts,
) -> None:
    # Texts of like length beside each other: a batch is padded to its longest.
    ordered = sorted(missing, key=lambda text_hash: len(texts[text_hash]))
    await ports.on_progress(Progress("embed", 0, len(ordered)))
    for start in range(0, len(ordered), _BATCH_TEXTS):
        batch = ordered[start : start + _BATCH_TEXTS]
        vectors = await ports.embedder.embed([texts[text_hash] for text_hash in batch])
        rows = [
            (chunk_no, window_no, text_hash, HalfVector(vector))
            for text_hash, vector in zip(batch, vectors, strict=True)
            for chunk_no, window_no in places[text_hash]
        ]
        async with transaction() as conn:
            if not await still_staging(conn, business_id, generation):
                raise StagingLost
            await insert_windows(conn, business_id, generation, ports.embedder.model, rows)
        ports.fault("embedded")
        await ports.on_progress(Progress("embed", start + len(batch), len(ordered)))
