"""The job that asks a few addresses of a site again: `RecheckPages` in, a published generation (or a reason) out.

Everything else of the source stays as it is, but for what its rules leave out by now. The addresses wait in
`sources.recheck`; what was asked is taken off that list in the transaction that publishes.
"""

from __future__ import annotations

import structlog

from app.jobs.model import ClaimedJob, Lease, LeaseLost, RecheckPages, RetryLater
from app.knowledge.equip import equip
from app.knowledge.model import Reads
from app.knowledge.prepare import prepare_reading
from app.knowledge.queries import read_schedule
from ingestion.embed import StagingLost
from ingestion.pipeline import NoSuchSource, ingest
from ingestion.queries import fail_crawl
from ingestion.sentences import STOPPED

log = structlog.get_logger(__name__)


async def recheck_pages(parts: Reads, claimed: ClaimedJob, lease: Lease) -> None:
    job = claimed.job
    assert isinstance(job, RecheckPages)
    transaction = parts.database.bound(claimed.business_id)
    ports = await equip(parts, claimed.business_id)
    if ports is None:
        return  # erased while its job waited
    await prepare_reading(parts, claimed.business_id, job.source_id)
    try:
        report = await ingest(
            transaction, claimed.business_id, job.source_id, claimed.job_id, ports, lease.extend, recheck=True
        )
    except NoSuchSource:
        return  # removed while its job waited
    except StagingLost as error:
        raise RetryLater(5, "another reading of this business was published meanwhile") from error
    except LeaseLost:
        raise  # another worker goes on with this very crawl
    except Exception:
        async with transaction() as conn:
            if await read_schedule(conn, claimed.business_id, job.source_id) is None:
                return  # removed while it was read
            if claimed.attempts >= claimed.max_attempts:
                await fail_crawl(conn, claimed.business_id, claimed.job_id, STOPPED)
        raise
    log.info(
        "recheck.ended",
        business=str(claimed.business_id),
        source=str(job.source_id),
        status=report.status,
        generation=report.generation,
        seconds=report.seconds,
    )
