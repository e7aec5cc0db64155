"""A reading as it goes, and its outcome once it has ended. For the CLI; the dashboard reads the same rows."""

from __future__ import annotations

from uuid import UUID

from app.db.pool import Database
from app.knowledge.model import Outcome, Run
from app.knowledge.queries import list_ledger, read_run
from ingestion.model import PageCounts


async def read_progress(database: Database, business_id: UUID, job_id: UUID) -> Run:
    async with database.business_transaction(business_id) as conn:
        return await read_run(conn, business_id, job_id)


async def read_outcome(database: Database, business_id: UUID, job_id: UUID) -> Outcome:
    """A job that ended without a crawl's outcome (it gave up, or was stopped each time) is a failed one."""
    async with database.business_transaction(business_id) as conn:
        run = await read_run(conn, business_id, job_id)
        ledger = await list_ledger(conn, business_id, job_id)
    ended = run.finished_at is not None and run.state in ("published", "held", "failed", "previewed")
    figures = (run.report or {}) if ended else {}
    seconds = figures.get("seconds", 0.0)
    return Outcome(
        generation=run.generation,
        status=run.state or "failed" if ended else "failed",
        reason=run.reason if ended else run.job_error or "The reading was stopped before it ended.",
        seconds=float(seconds) if isinstance(seconds, (int, float)) else 0.0,
        pages=PageCounts(**figures["pages"]) if "pages" in figures else PageCounts(),
        chunks=figures.get("chunks", {}),
        ledger=tuple(ledger),
    )
