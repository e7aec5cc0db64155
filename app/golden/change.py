"""Changes, pauses, removes and asks anew questions that must stay right. For the dashboard.

Raises NotFound for one that was removed meanwhile.
"""

from __future__ import annotations

from uuid import UUID

from app.audit.queries import insert_audit
from app.errors import NotFound
from app.golden.model import Golden, Keeps, NewGolden, check
from app.golden.queries import delete_golden, set_paused, update_golden
from app.golden.refresh import plan_refresh

GONE = "This question was removed meanwhile."


async def change_golden(parts: Keeps, business_id: UUID, golden_id: UUID, golden: NewGolden, *, actor: str) -> None:
    """Raises BadInput too. What it came to so far is forgotten: it was another question."""
    checked = check(golden)
    async with parts.database.business_transaction(business_id) as conn:
        if not await update_golden(conn, business_id, golden_id, checked):
            raise NotFound(GONE)
        await insert_audit(conn, business_id, actor=actor, action="golden.change", target=str(golden_id))
        job = await plan_refresh(conn, business_id)
    await parts.doorbell.ring(job)


async def pause_golden(parts: Keeps, business_id: UUID, golden_id: UUID, paused: bool, *, actor: str) -> None:
    """A paused one is not asked and holds nothing."""
    async with parts.database.business_transaction(business_id) as conn:
        if not await set_paused(conn, business_id, golden_id, paused):
            raise NotFound(GONE)
        action = "golden.pause" if paused else "golden.resume"
        await insert_audit(conn, business_id, actor=actor, action=action, target=str(golden_id))
        job = None if paused else await plan_refresh(conn, business_id)
    if job is not None:
        await parts.doorbell.ring(job)


async def remove_golden(parts: Keeps, business_id: UUID, golden_id: UUID, *, actor: str) -> Golden:
    """What was removed, for the undo."""
    async with parts.database.business_transaction(business_id) as conn:
        removed = await delete_golden(conn, business_id, golden_id)
        if removed is None:
            raise NotFound(GONE)
        await insert_audit(conn, business_id, actor=actor, action="golden.remove", target=str(golden_id))
    return removed


async def ask_now(parts: Keeps, business_id: UUID, *, actor: str) -> None:
    async with parts.database.business_transaction(business_id) as conn:
        await insert_audit(conn, business_id, actor=actor, action="golden.ask")
        job = await plan_refresh(conn, business_id)
    await parts.doorbell.ring(job)
