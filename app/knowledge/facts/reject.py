"""The owner says that a page is wrong: nothing is answered from that statement as a fact any more."""

from __future__ import annotations

from uuid import UUID

from app.knowledge.facts.board import read_board
from app.knowledge.facts.model import Chosen, State
from app.knowledge.facts.write import write_decision
from app.knowledge.model import Timed
from app.knowledge.owner import Ground, say


async def reject_fact(parts: Timed, business_id: UUID, chosen: Chosen, *, actor: str) -> list[UUID]:
    """The decision's id, for taking it back. Raises Conflict when the page changed meanwhile."""

    async def change(ground: Ground) -> list[UUID]:
        now = parts.clock()
        board = await read_board(ground.conn, business_id, now)
        _, said = board.statement(chosen)
        return [await write_decision(ground, board, State.REJECTED, said.slot, said.subject, said.value, now, of=said)]

    return await say(parts, business_id, change, actor=actor, action="fact.reject")
