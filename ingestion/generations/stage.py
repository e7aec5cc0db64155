"""The documents a generation shall show in, the staged generation's rows out. Called by pipeline.py.

Staging never touches what is live: readers go on with generation N while N + 1 is written beside it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from ingestion.chunk import CHUNKER_VERSION, chunk_source
from ingestion.documents.queries import read_versions
from ingestion.embed import StagingLost, hash_window
from ingestion.facts.model import FoundFact, Place
from ingestion.facts.queries import insert_found
from ingestion.facts.recognise import FACTS_VERSION, OF_A_GENERATION, recognise
from ingestion.generations.lexical import FIELDS, LexicalIndex, index_words
from ingestion.generations.queries import (
    begin_generation,
    insert_chunks,
    insert_generation_documents,
    insert_posting_lengths,
    insert_postings,
    set_figures,
    still_staging,
)
from ingestion.model import Chunk, Version
from ingestion.ports import IngestPorts, Progress, Tokenizer, Transaction
from ingestion.queries import read_place

_ROWS = 500
_TERMS = 5_000
WATCH_SECONDS = 0.5

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Staged:
    generation: int
    chunks: tuple[Chunk, ...]
    facts_left_out: int = 0  # beyond the bounds of a document or a generation


def fingerprint(documents: dict[UUID, UUID], place: Place, ports: IngestPorts) -> bytes:
    """Equal fingerprints are equal generations: same versions, same rules, same model, same place.

    The business's language decides how words are cut, its country and time zone how facts are read.
    """
    parts = [CHUNKER_VERSION, FACTS_VERSION, ports.analyser.version, ports.embedder.model]
    parts += [place.language, place.country or "", place.time_zone]
    parts += [f"{document}={version}" for document, version in sorted(documents.items())]
    return hashlib.sha256("\n".join(parts).encode()).digest()


async def stage(
    transaction: Transaction, business_id: UUID, crawl_id: UUID | None, documents: dict[UUID, UUID], ports: IngestPorts
) -> Staged:
    """Writes documents, passages, postings and facts; the vectors follow (embed.py). Raises StagingLost."""
    async with transaction() as conn:
        versions = await read_versions(conn, business_id, list(documents.values()))
        place = await read_place(conn, business_id)
    await ports.on_progress(Progress("chunk", 0, len(versions)))
    # In a thread: seconds of pure computing for a large site, while leases and progress go on.
    meter = _Meter(len(versions))
    chunks = await _watched(asyncio.to_thread(_chunk_all, versions, ports.tokenizer, meter.tick), meter, ports)
    facts, left_out = await asyncio.to_thread(_recognise_all, versions, place)
    meter.begin_index(len(chunks) * len(FIELDS))
    indexing = asyncio.to_thread(index_words, chunks, ports.analyser, place.language, meter.tick)
    lexical = await _watched(indexing, meter, ports)
    async with transaction() as conn:
        generation = await begin_generation(
            conn,
            business_id,
            crawl_id,
            model=ports.embedder.model,
            analyser=ports.analyser.version,
            fingerprint=fingerprint(documents, place, ports),
        )
        await insert_generation_documents(conn, business_id, generation, list(documents.items()))
    numbered = [(number, hash_window(chunk.windows[0]), chunk) for number, chunk in enumerate(chunks)]
    for start in range(0, len(numbered), _ROWS):
        async with transaction() as conn:
            if not await still_staging(conn, business_id, generation):
                raise StagingLost
            await insert_chunks(conn, business_id, generation, numbered[start : start + _ROWS])
    await _write_postings(transaction, business_id, generation, len(chunks), lexical)
    for start in range(0, len(facts), _ROWS):
        async with transaction() as conn:
            if not await still_staging(conn, business_id, generation):
                raise StagingLost
            await insert_found(conn, business_id, generation, facts[start : start + _ROWS])
    async with transaction() as conn:
        await set_figures(conn, business_id, generation, documents=len(documents), chunks=len(chunks), reused=0)
    await ports.on_progress(Progress("chunk", len(versions), len(versions)))
    return Staged(generation, tuple(chunks), left_out)


@dataclass(slots=True)
class _Meter:
    """Told by the computing thread, read by the loop. Cutting passages is half of the way, their words the rest."""

    pages: int
    ticks: int = 0
    steps: int = 0  # of indexing; 0 while pages are cut

    def tick(self) -> None:
        self.ticks += 1

    def begin_index(self, steps: int) -> None:
        self.ticks, self.steps = 0, max(1, steps)

    @property
    def done(self) -> int:
        if not self.steps:
            return self.ticks // 2
        return (self.pages + self.pages * self.ticks // self.steps) // 2


async def _watched(work: Coroutine[Any, Any, Result], meter: _Meter, ports: IngestPorts) -> Result:
    """Tells how far it is, when that changed and at most every WATCH_SECONDS: each telling is a write."""
    task = asyncio.create_task(work)
    told = meter.done
    try:
        while not (await asyncio.wait({task}, timeout=WATCH_SECONDS))[0]:
            if meter.done != told:
                told = meter.done
                await ports.on_progress(Progress("chunk", told, meter.pages))
        return task.result()
    finally:
        task.cancel()


def _chunk_all(versions: Sequence[tuple[UUID, Version]], tokenizer: Tokenizer, tick: Callable[[], None]) -> list[Chunk]:
    """Source by source: what recurs on the pages of a site says nothing about uploaded files."""
    chunks: list[Chunk] = []
    for _, group in groupby(versions, key=lambda pair: pair[0]):
        chunks.extend(chunk_source([version for _, version in group], tokenizer, tick))
    return chunks


def _recognise_all(versions: Sequence[tuple[UUID, Version]], place: Place) -> tuple[list[tuple[int, FoundFact]], int]:
    """Source by source like the passages, numbered; and how many were too many."""
    found: list[FoundFact] = []
    left_out = 0
    for _, group in groupby(versions, key=lambda pair: pair[0]):
        # The owner's own facts stand in the table facts: found in their text they would count twice.
        pages = [version for _, version in group if not version.url.startswith("fact:")]
        some = recognise(pages, place, room=OF_A_GENERATION - len(found))
        found.extend(some.facts)
        left_out += some.left_out
    return list(enumerate(found)), left_out


async def _write_postings(
    transaction: Transaction, business_id: UUID, generation: int, count: int, lexical: LexicalIndex
) -> None:
    for field in FIELDS:
        postings = lexical.postings[field]
        for start in range(0, len(postings), _TERMS):
            async with transaction() as conn:
                if not await still_staging(conn, business_id, generation):
                    raise StagingLost
                await insert_postings(conn, business_id, generation, field, postings[start : start + _TERMS])
        async with transaction() as conn:
            await insert_posting_lengths(conn, business_id, generation, field, count, lexical.lengths[field])
