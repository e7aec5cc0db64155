"""The job that follows another embedding model or analyser: `Reembed` in, what is live made anew by those of now out.

Planned by the daily purge (which also runs when a worker starts), when the owner changes who may help, and when a
version of another model is published. Until it is done, questions go on in the former model or by words alone.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from app.businesses.queries import read_business
from app.db.pool import Connection
from app.jobs.model import ClaimedJob, JobRef, Lease, Reembed, RetryLater
from app.jobs.queue import enqueue
from app.knowledge.equip import equip
from app.knowledge.model import Embeds, Reads
from ingestion.embed import StagingLost
from ingestion.generations.renew import is_of_now, renew
from ingestion.publishing.queries import live_generation

log = structlog.get_logger(__name__)


async def reembed(parts: Reads, claimed: ClaimedJob, lease: Lease) -> None:
    """Another attempt goes on with the vectors that are there."""
    transaction = parts.database.bound(claimed.business_id)
    ports = await equip(parts, claimed.business_id)
    if ports is None:
        return  # erased while its job waited
    try:
        renewed = await renew(transaction, claimed.business_id, ports, lease.extend)
    except StagingLost as error:
        raise RetryLater(5, "a reading of this business was published meanwhile") from error
    if renewed is not None:
        log.info(
            "reembed.ended",
            business=str(claimed.business_id),
            generation=renewed.generation,
            former=renewed.former,
            model=ports.embedder.model,
            chunks=renewed.chunks,
            new=renewed.new,
            held=renewed.held is not None,
        )


async def plan_reembedding(parts: Embeds, conn: Connection, business_id: UUID) -> JobRef | None:
    """One waiting job a business, where what is live is of another model or other rules of words; else nothing."""
    business, live = await read_business(conn, business_id), await live_generation(conn, business_id)
    if business is None or live is None:
        return None
    if is_of_now(live, parts.embedder_for(business.allowed_processors).model, parts.analyser.version):
        return None
    return await enqueue(conn, business_id, Reembed(), key="live")
