"""A question that must stay right in, asked of what is live within seconds. For the dashboard."""

from __future__ import annotations

from uuid import UUID

from app.audit.queries import insert_audit
from app.golden.model import Keeps, NewGolden, Origin
from app.golden.queries import insert_golden
from app.golden.refresh import plan_refresh


async def add_golden(
    parts: Keeps,
    business_id: UUID,
    golden: NewGolden,
    *,
    actor: str,
    origin: Origin = Origin.OWNER,
    golden_id: UUID | None = None,
) -> UUID:
    """`golden_id`: of one that was removed a moment ago and comes back. Raises BadInput and Conflict."""
    async with parts.database.business_transaction(business_id) as conn:
        made = await insert_golden(conn, business_id, golden, origin=origin, actor=actor, golden_id=golden_id)
        await insert_audit(conn, business_id, actor=actor, action="golden.add", target=str(made))
        job = await plan_refresh(conn, business_id)
    await parts.doorbell.ring(job)
    return made
