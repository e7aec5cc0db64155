"""A source, or one file of it, in; a live generation without it out, and no row that still holds its text.

What stays is copied beside what is live (nothing is embedded), then one transaction publishes the copy and
deletes the source's rows with every generation that shows them. Readers have the one or the other. Called by
app/knowledge/remove.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ingestion.embed import StagingLost
from ingestion.facts.queries import copy_found
from ingestion.generations.queries import (
    begin_generation,
    insert_generation_documents,
    insert_posting_lengths,
    insert_postings,
    set_figures,
    still_staging,
)
from ingestion.model import ChunkKind
from ingestion.ports import Connection, Transaction
from ingestion.publishing.queries import lock_live, publish_generation
from ingestion.removal.queries import (
    LengthsRow,
    PassageRow,
    PostingRow,
    copy_passages,
    delete_file,
    delete_showing,
    delete_source,
    end_live,
    list_passages,
    list_shown,
    lock_source,
    read_lengths,
    read_made,
    read_some_postings,
)

ATTEMPTS = 5  # something else was published while the copy was made
_ROWS = 500
_TERMS = 5_000


@dataclass(frozen=True, slots=True)
class Removed:
    """`generation`: what is live now, None when nothing is. `pages`, `passages`: of what was live, gone."""

    generation: int | None
    pages: int
    passages: int
    files_left: int
    # What stood on most files was kept once, with the one that went: the others must be cut into passages anew.
    shared_lost: bool


@dataclass(frozen=True, slots=True)
class _Copy:
    over: int | None
    generation: int | None  # None: no copy was needed
    pages: int = 0
    passages: int = 0
    shared_lost: bool = False
    empties: bool = False  # nothing would be left


class AlreadyRemoved(LookupError):
    """Somebody else removed it meanwhile."""


async def remove(
    transaction: Transaction,
    business_id: UUID,
    source_id: UUID,
    name: str | None,
    also: Callable[[Connection, Removed], Awaitable[None]],
) -> Removed:
    """`name`: of the one file that goes, None for the whole source. `also` writes in the deciding transaction.

    Raises AlreadyRemoved, and StagingLost when something else was published at each attempt.
    """
    url = None if name is None else f"file:{name}"
    for _ in range(ATTEMPTS):
        try:
            copy = await _stage(transaction, business_id, source_id, url)
        except StagingLost:
            continue
        async with transaction() as conn:
            if await lock_live(conn, business_id) != copy.over:
                continue
            if not await lock_source(conn, business_id, source_id):
                raise AlreadyRemoved(str(source_id))
            if copy.generation is not None and not await publish_generation(conn, business_id, copy.generation):
                continue
            if copy.empties:
                await end_live(conn, business_id)
            await delete_showing(conn, business_id, source_id, url)
            left = 0
            if name is not None and url is not None:
                left = await delete_file(conn, business_id, source_id, name, url)
            if not left:
                await delete_source(conn, business_id, source_id)
            live = copy.generation if copy.generation is not None else None if copy.empties else copy.over
            removed = Removed(live, copy.pages, copy.passages, left, copy.shared_lost)
            await also(conn, removed)
            return removed
    raise StagingLost


async def _stage(transaction: Transaction, business_id: UUID, source_id: UUID, url: str | None) -> _Copy:
    async with transaction() as conn:
        made = await read_made(conn, business_id)
        if made is None:
            return _Copy(None, None)
        shown = await list_shown(conn, business_id, made.generation, source_id, url)
        going = [row.document_id for row in shown if row.goes]
        if not going:
            return _Copy(made.generation, None)
        passages = await list_passages(conn, business_id, made.generation, going)
        gone = sum(row.goes for row in passages)
        if len(going) == len(shown):
            return _Copy(made.generation, None, len(going), gone, empties=True)
        # No fingerprint: the next reading of what stays makes its passages anew, whatever these were cut by.
        generation = await begin_generation(
            conn, business_id, None, model=made.embedding_model, analyser=made.analyser, fingerprint=None
        )
        kept = [(row.document_id, row.version_id) for row in shown if not row.goes]
        await insert_generation_documents(conn, business_id, generation, kept)
    numbers = [row.chunk_no for row in passages if not row.goes]
    await _copy_passages(transaction, business_id, made.generation, generation, numbers)
    await _copy_postings(transaction, business_id, made.generation, generation, passages)
    async with transaction() as conn:
        await _hold(conn, business_id, generation)
        await copy_found(conn, business_id, over=made.generation, generation=generation)
    async with transaction() as conn:
        await set_figures(conn, business_id, generation, documents=len(kept), chunks=len(numbers), reused=len(numbers))
    shared_lost = any(row.goes and row.kind == ChunkKind.RECURRING for row in passages)
    return _Copy(made.generation, generation, len(going), gone, shared_lost)


async def _copy_passages(
    transaction: Transaction, business_id: UUID, over: int, generation: int, numbers: Sequence[int]
) -> None:
    for start in range(0, len(numbers), _ROWS):
        async with transaction() as conn:
            await _hold(conn, business_id, generation)
            part = numbers[start : start + _ROWS]
            await copy_passages(conn, business_id, over=over, generation=generation, numbers=part, first=start)


async def _copy_postings(
    transaction: Transaction, business_id: UUID, over: int, generation: int, passages: Sequence[PassageRow]
) -> None:
    """Numbers of passages that go are left out, the others become their new ones."""
    renumbered = np.full(passages[-1].chunk_no + 1 if passages else 0, -1, dtype=np.int64)
    numbers = [row.chunk_no for row in passages if not row.goes]
    renumbered[numbers] = np.arange(len(numbers))
    async with transaction() as conn:
        lengths = await read_lengths(conn, business_id, over)
    for row in lengths:
        after = ""
        while True:
            async with transaction() as conn:
                await _hold(conn, business_id, generation)
                some = await read_some_postings(conn, business_id, over, row.field, after, _TERMS)
                kept = await asyncio.to_thread(_without, some, renumbered)
                if kept:
                    await insert_postings(conn, business_id, generation, row.field, kept)
            if len(some) < _TERMS:
                break
            after = some[-1].term
        async with transaction() as conn:
            await _hold(conn, business_id, generation)
            await insert_posting_lengths(
                conn, business_id, generation, row.field, len(numbers), _lengths_of(row, numbers)
            )


async def _hold(conn: Connection, business_id: UUID, generation: int) -> None:
    if not await still_staging(conn, business_id, generation):
        raise StagingLost


def _without(rows: Sequence[PostingRow], renumbered: NDArray[np.int64]) -> list[tuple[str, bytes]]:
    kept: list[tuple[str, bytes]] = []
    for row in rows:
        count = len(row.packed) // 5
        numbers = renumbered[np.frombuffer(row.packed, dtype="<u4", count=count)]
        stays = numbers >= 0
        if stays.any():
            frequencies = np.frombuffer(row.packed, dtype=np.uint8, offset=4 * count)[stays]
            kept.append((row.term, numbers[stays].astype("<u4").tobytes() + frequencies.tobytes()))
    return kept


def _lengths_of(row: LengthsRow, numbers: Sequence[int]) -> bytes:
    return np.frombuffer(row.lengths, dtype="<u4")[list(numbers)].tobytes()
