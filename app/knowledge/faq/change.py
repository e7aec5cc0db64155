"""Other words for a question or its answer in, answered from within seconds. For the dashboard."""

from __future__ import annotations

from uuid import UUID

from app.errors import NotFound
from app.golden.entries import follow_entry
from app.knowledge.faq.model import NewEntry, check
from app.knowledge.faq.queries import read_entry, update_entry
from app.knowledge.model import Writes
from app.knowledge.owner import Ground, say

GONE = "This question was removed meanwhile."


async def change_entry(parts: Writes, business_id: UUID, faq_id: UUID, entry: NewEntry, *, actor: str) -> None:
    """Raises BadInput and NotFound."""
    checked = check(entry)

    async def change(ground: Ground) -> None:
        former = await read_entry(ground.conn, business_id, faq_id)
        if former is None or not await update_entry(ground.conn, business_id, faq_id, checked, actor=ground.actor):
            raise NotFound(GONE)
        await follow_entry(ground.conn, business_id, faq_id, former.question, checked.question, checked.answer)

    await say(parts, business_id, change, actor=actor, action="faq.change")
