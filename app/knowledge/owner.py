"""One change of what the owner says, in one transaction: the rows, a line in the audit log, the job that reads it.

Called by the flows of faq/ and facts/. The business's one source of kind "owner" is locked meanwhile, so that two
people who decide the same thing at once do it one after the other. A worker is rung for after the commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from app.audit.queries import insert_audit
from app.businesses.model import Business
from app.businesses.queries import read_business
from app.db.pool import Connection
from app.errors import NotFound
from app.jobs.model import IngestSource
from app.jobs.queue import enqueue
from app.knowledge.model import Writes
from app.knowledge.queries import put_source
from ingestion.owner.read import OWNER_URL

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a change is made. `source_id`: of what the owner says."""

    conn: Connection
    business: Business
    source_id: UUID
    actor: str


async def say(
    parts: Writes, business_id: UUID, change: Callable[[Ground], Awaitable[Result]], *, actor: str, action: str
) -> Result:
    """What `change` returns. Whatever it raises leaves everything as it was."""
    async with parts.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id)
        if business is None:
            raise NotFound
        source_id = await put_source(conn, business_id, "owner", OWNER_URL, "never")
        result = await change(Ground(conn, business, source_id, actor))
        await insert_audit(conn, business_id, actor=actor, action=action, target=OWNER_URL)
        job = await enqueue(conn, business_id, IngestSource(source_id), key=str(source_id))
    await parts.doorbell.ring(job)
    return result
