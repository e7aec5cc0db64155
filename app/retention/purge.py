"""The daily purge: expired links and sessions, finished jobs, old ledgers, sent mail, stale answers,
sites that were only looked at.

Runs as the house's PurgeExpired job and puts the next day's job in place before it begins, so that
a day that fails does not end the series. Businesses are taken one after the other, a short
transaction each; one that fails is logged and left to tomorrow, and keeps nobody else waiting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError

from app.businesses.model import HOUSE_BUSINESS_ID
from app.db.pool import Connection, Database
from app.jobs.model import ClaimedJob, IngestSource, Lease, PurgeExpired
from app.jobs.queries import delete_finished
from app.jobs.queue import enqueue
from app.retention.queries import (
    delete_drafts,
    delete_expired_access,
    delete_expired_mail_keys,
    delete_old_crawls,
    delete_old_gap_questions,
    delete_sent_mail,
    delete_settled_replies,
    interrupt_stale_answers,
    list_businesses,
    unlink_gap_questions,
    unplanned_sites,
)
from app.usage.budget import release_stale

JOB_DAYS = 14
CRAWLS_KEPT = 5
MAIL_DAYS = 30
GAP_MONTHS = 24  # masked questions that nobody could answer outlive their transcripts
DRAFT_HOURS = 24  # a site that was looked at and not added
log = structlog.get_logger(__name__)


# What else a business's day begins with, in its transaction: work that waits for nothing.
Plan = Callable[[Connection, UUID], Awaitable[object]]


async def purge_expired(database: Database, claimed: ClaimedJob, lease: Lease, *, plan: Plan | None = None) -> None:
    await ensure_scheduled(database, datetime.now(UTC) + timedelta(days=1))
    async with database.directory_transaction() as conn:
        access = await delete_expired_access(conn) + await delete_expired_mail_keys(conn, MAIL_DAYS)
        businesses = await list_businesses(conn)
    removed = 0
    for business_id in [HOUSE_BUSINESS_ID, *businesses]:
        try:
            removed += await _purge(database, business_id, plan)
        except DatabaseError as error:
            log.exception("purge.failed", business=str(business_id), error=type(error).__name__)
    log.info("purge.done", businesses=len(businesses), access=access, rows=removed)


async def _purge(database: Database, business_id: UUID, plan: Plan | None) -> int:
    async with database.business_transaction(business_id) as conn:
        await interrupt_stale_answers(conn, business_id)
        await release_stale(conn, business_id)
        removed = await delete_finished(conn, business_id, JOB_DAYS)
        removed += await delete_old_crawls(conn, business_id, CRAWLS_KEPT)
        removed += await delete_sent_mail(conn, business_id, MAIL_DAYS)
        removed += await delete_drafts(conn, business_id, DRAFT_HOURS)
        await unlink_gap_questions(conn, business_id)
        removed += await delete_old_gap_questions(conn, business_id, GAP_MONTHS)
        removed += await delete_settled_replies(conn, business_id, MAIL_DAYS)
        for source_id in await unplanned_sites(conn, business_id):
            tomorrow = datetime.now(UTC) + timedelta(hours=12)
            await enqueue(conn, business_id, IngestSource(source_id), key=str(source_id), run_after=tomorrow)
        if plan is not None:
            await plan(conn, business_id)
    return removed


async def ensure_scheduled(database: Database, run_after: datetime) -> None:
    """One waiting purge at most; an earlier one stays as it is."""
    async with database.business_transaction(HOUSE_BUSINESS_ID) as conn:
        await enqueue(conn, HOUSE_BUSINESS_ID, PurgeExpired(), key="daily", run_after=run_after)
