"""The job that reads a source: `IngestSource` or `RenderSource` in, a published generation (or a reason) out.

The job's id names the crawl, so a job that another worker takes over goes on with the same crawl. When
a site's run ends, in whatever way, the next one of its schedule waits; of the owner's own words, when a fact ends.
A reading that waited for the owner, and that this one passed, is made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from app.jobs.model import ClaimedJob, IngestSource, JobRef, Lease, LeaseLost, RenderSource, RetryLater
from app.jobs.queries import renderer_seen
from app.jobs.queue import enqueue
from app.jobs.schedule import next_reading
from app.knowledge.equip import equip
from app.knowledge.model import Reads
from app.knowledge.prepare import prepare_reading
from app.knowledge.queries import list_waiting, read_schedule
from ingestion.embed import StagingLost
from ingestion.model import IngestStatus
from ingestion.owner.queries import next_expiry
from ingestion.pipeline import NoSuchSource, ingest
from ingestion.queries import fail_crawl, read_source
from ingestion.sentences import STOPPED

BEAT_SECONDS = 60  # a worker seen within this time is alive
log = structlog.get_logger(__name__)


async def reindex(parts: Reads, claimed: ClaimedJob, lease: Lease) -> None:
    job = claimed.job
    assert isinstance(job, (IngestSource, RenderSource))
    transaction = parts.database.bound(claimed.business_id)
    ports = await equip(parts, claimed.business_id)
    if ports is None:
        return  # erased while its job waited
    await prepare_reading(parts, claimed.business_id, job.source_id)
    async with transaction() as conn:
        waiting = await list_waiting(conn, claimed.business_id)
    try:
        report = await ingest(transaction, claimed.business_id, job.source_id, claimed.job_id, ports, lease.extend)
    except NoSuchSource:
        return  # removed while its job waited: nothing to read, nothing to plan
    except StagingLost as error:
        raise RetryLater(5, "another reading of this business was published meanwhile") from error
    except LeaseLost:
        raise  # another worker goes on with this very crawl
    except Exception:
        async with transaction() as conn:
            if await read_schedule(conn, claimed.business_id, job.source_id) is None:
                return  # removed while it was read: its rows went away under the reading
        if claimed.attempts >= claimed.max_attempts:
            async with transaction() as conn:
                await fail_crawl(conn, claimed.business_id, claimed.job_id, STOPPED)
            await _plan_next(parts, claimed.business_id, job.source_id)  # one bad day does not end the daily readings
        raise
    log.info(
        "ingest.ended",
        business=str(claimed.business_id),
        source=str(job.source_id),
        status=report.status,
        generation=report.generation,
        seconds=report.seconds,
        fetched=report.pages.fetched,
        unchanged=report.pages.unchanged,
        failed=report.pages.failed,
        chunks=report.chunks.total,
        new=report.chunks.new,
    )
    await _plan_next(parts, claimed.business_id, job.source_id)
    if report.status is IngestStatus.PUBLISHED:
        await _ask_again(parts, claimed.business_id, job.source_id, waiting)
    if parts.renderer is None:
        await _hand_to_browser(parts, claimed.business_id, job.source_id)


async def _ask_again(parts: Reads, business_id: UUID, source_id: UUID, waiting: Sequence[UUID]) -> None:
    """A reading that waited for the owner was made over what was live. Now that something else is, as a question
    they saved meanwhile, it can be published no more: its source is read anew, and waits with the same news.

    Only after something was published: two sites that both wait would else call each other for ever.
    """
    async with parts.database.business_transaction(business_id) as conn:
        still = await list_waiting(conn, business_id)
        passed = [one for one in waiting if one not in still and one != source_id]
        jobs = [await enqueue(conn, business_id, IngestSource(one), key=str(one)) for one in passed]
    for job in jobs:
        await parts.doorbell.ring(job)


async def _hand_to_browser(parts: Reads, business_id: UUID, source_id: UUID) -> None:
    """What this worker found empty without JavaScript, a worker with a browser reads at once, if there is one."""
    async with parts.database.directory_transaction() as conn:
        if not await renderer_seen(conn, BEAT_SECONDS):
            return  # the owner is told what to do; the next reading looks again
    async with parts.database.business_transaction(business_id) as conn:
        source = await read_source(conn, business_id, source_id)
        if source is None or not source.needs_browser:
            return
        job = await enqueue(conn, business_id, RenderSource(source_id), key=str(source_id))
    await parts.doorbell.ring(job)


async def _plan_next(parts: Reads, business_id: UUID, source_id: UUID) -> JobRef | None:
    """Exactly one waiting job a site: the queue brings a second one of the same key together with the first."""
    async with parts.database.business_transaction(business_id) as conn:
        planned = await read_schedule(conn, business_id, source_id)
        if planned is None:
            return None
        at = next_reading(source_id, parts.clock(), planned) or await next_expiry(conn, business_id, source_id)
        if at is None:
            return None
        return await enqueue(conn, business_id, IngestSource(source_id), run_after=at, key=str(source_id))
