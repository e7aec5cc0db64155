"""The owner takes a decision back: pages count again as they did. Also removes what was added."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.errors import NotFound
from app.knowledge.facts.add import GONE
from app.knowledge.facts.queries import delete_decisions
from app.knowledge.model import Timed
from app.knowledge.owner import Ground, say


async def take_back(parts: Timed, business_id: UUID, fact_ids: Sequence[UUID], *, actor: str) -> None:
    """Raises NotFound when none of them is there any more."""

    async def change(ground: Ground) -> None:
        if not await delete_decisions(ground.conn, business_id, fact_ids):
            raise NotFound(GONE)

    await say(parts, business_id, change, actor=actor, action="fact.take_back")
