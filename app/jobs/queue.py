"""Puts work into the `jobs` table, inside the transaction of its cause. Rings nobody.

The caller rings the doorbell with the returned reference after its commit; a worker's sweep finds
the job within seconds anyway, so a lost ring costs time and never work.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.db.pool import Connection
from app.jobs.model import Job, JobRef, payload_of
from app.jobs.queries import insert_job, ring_bell


async def enqueue(
    conn: Connection,
    business_id: UUID,
    job: Job,
    *,
    run_after: datetime | None = None,
    key: str | None = None,
    max_attempts: int = 5,
) -> JobRef:
    """With a `key`, one job of that kind waits at most: enqueueing again brings it forward."""
    job_id = await insert_job(
        conn,
        business_id,
        kind=job.kind,
        payload=payload_of(job),
        key=key,
        run_after=run_after,
        max_attempts=max_attempts,
    )
    await ring_bell(conn, business_id, run_after)
    return JobRef(business_id, job_id, job.kind, run_after)
