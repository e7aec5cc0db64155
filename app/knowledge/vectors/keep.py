"""The job that gives a very large business's live text a vector index, and takes away those nobody asks any more.

Planned when something was published or gone back to, and once a day (app/worker.py). Until it is done, and where it
cannot be done, every passage is compared one by one: slower and never wrong. As the house's job it drops indexes whose
generation or business is gone.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg import Error as DatabaseError

from app.businesses.model import HOUSE_BUSINESS_ID
from app.db.pool import Connection
from app.jobs.model import ClaimedJob, Handler, JobRef, KeepVectorIndex, Lease, RetryLater
from app.jobs.queue import enqueue
from app.knowledge.model import Writes
from app.knowledge.vectors.queries import (
    PREFIX,
    LiveRow,
    any_index,
    create_index,
    drop_index,
    forget_others,
    index_name,
    list_indexes,
    needs_change,
    owner_of,
    put_state,
    read_live,
    still_there,
    take_lock,
)
from app.settings import Settings
from retrieval.nearest import EXACT_UP_TO

NO_OWNER = (
    "The worker has no address of the role milo_owner (MILO_DATABASE_OWNER_URL), so this business's passages are"
    " compared one by one."
)
log = structlog.get_logger(__name__)


class Indexes(Writes, Protocol):
    """What keeping indexes needs. `Services` has it."""

    @property
    def settings(self) -> Settings: ...


async def keep_vector_index(parts: Indexes, claimed: ClaimedJob, lease: Lease, *, threshold: int = EXACT_UP_TO) -> None:
    """Another attempt begins with dropping what the last one left half built."""
    urls = parts.settings.database
    live = await _large(parts, claimed.business_id, threshold)
    if urls is None or urls.owner is None:
        if live is not None:
            await _tell(parts, claimed.business_id, live, "failed", NO_OWNER)
            log.warning("vector_index.no_owner", business=str(claimed.business_id), chunks=live.chunks)
        return
    async with await AsyncConnection.connect(urls.owner.reveal(), autocommit=True) as conn:
        if claimed.business_id == HOUSE_BUSINESS_ID:
            await _drop_orphans(parts, conn)
            return
        prefix = f"{PREFIX}{claimed.business_id.hex}_"
        if not await take_lock(conn, prefix):
            raise RetryLater(30, "another worker is at this business's vector index")
        async with parts.database.business_transaction(claimed.business_id) as bound:
            await forget_others(bound, claimed.business_id, live.generation if live is not None else None)
        kept = index_name(claimed.business_id, live.generation) if live is not None else ""
        there = {row.name: row.valid for row in await list_indexes(conn, prefix)}
        for name, valid in there.items():
            if name != kept or not valid:
                await drop_index(conn, name)
        if live is not None:
            if not there.get(kept, False):
                await _build(parts, conn, claimed.business_id, live)
            await _tell(parts, claimed.business_id, live, "ready")


def with_vector_index(parts: Indexes, handler: Handler, *, threshold: int = EXACT_UP_TO) -> Handler:
    """A handler that may publish, and after it the plan that follows."""

    async def run(claimed: ClaimedJob, lease: Lease) -> None:
        await handler(claimed, lease)
        async with parts.database.business_transaction(claimed.business_id) as conn:
            job = await plan_vector_index(conn, claimed.business_id, threshold=threshold)
        if job is not None:
            await parts.doorbell.ring(job)

    return run


async def plan_vector_index(conn: Connection, business_id: UUID, *, threshold: int = EXACT_UP_TO) -> JobRef | None:
    """One waiting job a business, where there is something to make or to drop; the house's where any index is."""
    house = business_id == HOUSE_BUSINESS_ID
    if not (await any_index(conn) if house else await needs_change(conn, business_id, threshold)):
        return None
    return await enqueue(conn, business_id, KeepVectorIndex(), key="live")


async def _large(parts: Indexes, business_id: UUID, threshold: int) -> LiveRow | None:
    async with parts.database.business_transaction(business_id) as conn:
        live = await read_live(conn, business_id)
    return live if live is not None and live.chunks > threshold and live.dimensions is not None else None


async def _build(parts: Indexes, conn: AsyncConnection[tuple[object, ...]], business_id: UUID, live: LiveRow) -> None:
    await _tell(parts, business_id, live, "building")
    try:
        await create_index(conn, business_id, live)
    except DatabaseError as error:
        await _tell(parts, business_id, live, "failed", f"The database could not build it ({type(error).__name__}).")
        raise
    log.info("vector_index.built", business=str(business_id), generation=live.generation, chunks=live.chunks)


async def _tell(parts: Indexes, business_id: UUID, live: LiveRow, state: str, reason: str | None = None) -> None:
    async with parts.database.business_transaction(business_id) as conn:
        name = index_name(business_id, live.generation)
        await put_state(conn, business_id, live, name, state=state, reason=reason)


async def _drop_orphans(parts: Indexes, conn: AsyncConnection[tuple[object, ...]]) -> None:
    """A generation's row takes the row of its index with it, and cannot take the index."""
    for row in await list_indexes(conn):
        named = owner_of(row.name)
        if named is None:
            continue
        # Whoever is building it holds the lock.
        if not await take_lock(conn, f"{PREFIX}{named[0].hex}_"):
            continue
        async with parts.database.business_transaction(named[0]) as bound:
            there = await still_there(bound, *named)
        if not there:
            await drop_index(conn, row.name)
            log.info("vector_index.orphan_dropped", index=row.name)
