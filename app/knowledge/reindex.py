"""The job that reads a source: `IngestSource` in, a published generation (or a reason) out.

The job's id names the crawl, so a job that another worker takes over goes on with the same crawl. When
a site's run ends, in whatever way, the next one of its schedule waits.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from app.businesses.queries import read_business
from app.jobs.model import ClaimedJob, IngestSource, JobRef, Lease, LeaseLost, RetryLater
from app.jobs.queue import enqueue
from app.jobs.schedule import next_reading
from app.knowledge.model import Reads
from app.knowledge.prepare import prepare_reading
from app.knowledge.queries import read_schedule
from ingestion.embed import StagingLost
from ingestion.pipeline import NoSuchSource, ingest
from ingestion.ports import IngestPorts
from ingestion.queries import fail_crawl
from ingestion.sentences import STOPPED

log = structlog.get_logger(__name__)


async def reindex(parts: Reads, claimed: ClaimedJob, lease: Lease) -> None:
    job = claimed.job
    assert isinstance(job, IngestSource)
    transaction = parts.database.bound(claimed.business_id)
    async with transaction() as conn:
        business = await read_business(conn, claimed.business_id)
    if business is None:
        return  # erased while its job waited
    await prepare_reading(parts, claimed.business_id, job.source_id)
    ports = IngestPorts(
        fetcher=parts.fetcher,
        extractor=parts.extractor,
        embedder=parts.embedder_for(business.allowed_processors),
        tokenizer=parts.tokenizer,
        analyser=parts.analyser,
        fault=parts.fault,
    )
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
            await _plan_next(parts, claimed.business_id, job)  # one bad day does not end the daily readings
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
    await _plan_next(parts, claimed.business_id, job)


async def _plan_next(parts: Reads, business_id: UUID, job: IngestSource) -> JobRef | None:
    """Exactly one waiting job a site: the queue brings a second one of the same key together with the first."""
    async with parts.database.business_transaction(business_id) as conn:
        planned = await read_schedule(conn, business_id, job.source_id)
        if planned is None:
            return None
        at = next_reading(job.source_id, parts.clock(), planned)
        return None if at is None else await enqueue(conn, business_id, job, run_after=at, key=str(job.source_id))
