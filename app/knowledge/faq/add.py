"""A question with its answer in, answered from within seconds. For the dashboard."""

from __future__ import annotations

from uuid import UUID

from app.errors import Conflict
from app.knowledge.faq.model import NewEntry, check
from app.knowledge.faq.queries import count_entries, insert_entry
from app.knowledge.model import Writes
from app.knowledge.owner import Ground, say

MOST = 2_000  # entries of a business; every one is read anew with each change


async def add_entry(
    parts: Writes, business_id: UUID, entry: NewEntry, *, actor: str, faq_id: UUID | None = None
) -> UUID:
    """`faq_id`: of an entry that was removed a moment ago and comes back. Raises BadInput and Conflict."""
    checked = check(entry)

    async def change(ground: Ground) -> UUID:
        if await count_entries(ground.conn, business_id) >= MOST:
            raise Conflict(f"There are {MOST:,} questions already, the most that are kept. Remove one first.")
        return await insert_entry(
            ground.conn, business_id, ground.source_id, checked, actor=ground.actor, faq_id=faq_id
        )

    return await say(parts, business_id, change, actor=actor, action="faq.add")
