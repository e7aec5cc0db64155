"""A question goes, and within seconds nothing answers from it. For the dashboard, which offers to bring it back."""

from __future__ import annotations

from uuid import UUID

from app.errors import NotFound
from app.knowledge.faq.change import GONE
from app.knowledge.faq.model import NewEntry
from app.knowledge.faq.queries import delete_entry
from app.knowledge.model import Writes
from app.knowledge.owner import Ground, say


async def remove_entry(parts: Writes, business_id: UUID, faq_id: UUID, *, actor: str) -> NewEntry:
    """What was removed, for the undo. Raises NotFound."""

    async def change(ground: Ground) -> NewEntry:
        removed = await delete_entry(ground.conn, business_id, faq_id)
        if removed is None:
            raise NotFound(GONE)
        return removed

    return await say(parts, business_id, change, actor=actor, action="faq.remove")
