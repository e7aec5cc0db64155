"""The owner says that a page is right: statements in, decisions out. One of several that disagree is chosen so too."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.errors import BadInput
from app.knowledge.facts.board import read_board
from app.knowledge.facts.model import Chosen, State
from app.knowledge.facts.write import write_decision
from app.knowledge.model import Timed
from app.knowledge.owner import Ground, say


async def confirm_facts(parts: Timed, business_id: UUID, chosen: Sequence[Chosen], *, actor: str) -> list[UUID]:
    """The decisions' ids, for taking them back. Raises BadInput, and Conflict when a page changed meanwhile."""
    if not chosen:
        raise BadInput("Nothing was chosen.", code="nothing_chosen")

    async def change(ground: Ground) -> list[UUID]:
        now = parts.clock()
        board = await read_board(ground.conn, business_id, now)
        made: list[UUID] = []
        for one in chosen:
            _, said = board.statement(one)
            made.append(
                await write_decision(ground, board, State.CONFIRMED, said.slot, said.subject, said.value, now, of=said)
            )
        return made

    return await say(parts, business_id, change, actor=actor, action="fact.confirm")
