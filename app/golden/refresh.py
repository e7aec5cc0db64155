"""The job that asks the golden questions between two readings: `AskGolden` in, results out.

Planned when a question is added or changed and when the owner asks for it. What is live is asked all of them, what was
live before it and what waits for the owner only what they were not asked yet, so that they can be compared.
"""

from __future__ import annotations

import time
from uuid import UUID

import structlog

from app.businesses.model import Business
from app.businesses.queries import read_business
from app.db.pool import Connection
from app.golden.ask import ask_generation
from app.golden.model import Asks, Generation, Golden
from app.golden.queries import list_active, list_generations, list_results, put_results
from app.golden.remembered import Remembered
from app.jobs.model import AskGolden, ClaimedJob, JobRef, Lease
from app.jobs.queue import enqueue
from retrieval.ports import EmbeddingFailed

SECONDS = 120.0  # for all that is asked
log = structlog.get_logger(__name__)


async def refresh(parts: Asks, claimed: ClaimedJob, lease: Lease) -> None:
    """What there was no time for stays unasked and is shown so. Raises EmbeddingFailed: the job is tried again."""
    deadline, remembered = time.monotonic() + SECONDS, Remembered()
    async with parts.database.business_transaction(claimed.business_id) as conn:
        business = await read_business(conn, claimed.business_id)
        questions = await list_active(conn, claimed.business_id)
        kept = await list_generations(conn, claimed.business_id)
    if business is None:
        return  # erased while its job waited
    for at in sorted(kept, key=lambda one: not one.live):
        try:
            asked = await _ask(parts, business, at, questions, deadline, remembered)
        except EmbeddingFailed:
            if at.live:
                raise
            continue  # a model of former days; it stays unasked
        log.info("golden.asked", business=str(business.business_id), generation=at.generation, questions=asked)
        await lease.extend()


async def plan_refresh(conn: Connection, business_id: UUID) -> JobRef:
    """One waits at most."""
    return await enqueue(conn, business_id, AskGolden(), key="golden")


async def _ask(
    parts: Asks,
    business: Business,
    at: Generation,
    questions: list[Golden],
    deadline: float,
    remembered: Remembered,
) -> int:
    wanted = questions
    if not at.live:
        async with parts.database.business_transaction(business.business_id) as conn:
            known = {one.golden_id for one in await list_results(conn, business.business_id, at.generation)}
        wanted = [one for one in questions if one.golden_id not in known]
    results = await ask_generation(parts, business, at, wanted, deadline=deadline, remembered=remembered)
    async with parts.database.business_transaction(business.business_id) as conn:
        await put_results(conn, business.business_id, at.generation, wanted, results)
    return len(results)
