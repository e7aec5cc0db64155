"""The owner says it otherwise than a page: the statement and what holds instead in, the owner's word out."""

from __future__ import annotations

from uuid import UUID

from app.knowledge.facts.board import read_board
from app.knowledge.facts.check import check
from app.knowledge.facts.model import Chosen, NewFact, State
from app.knowledge.facts.slots import cut
from app.knowledge.facts.write import write_decision
from app.knowledge.model import Timed
from app.knowledge.owner import Ground, say
from ingestion.facts.model import subject_key_of


async def correct_fact(parts: Timed, business_id: UUID, chosen: Chosen, new: NewFact, *, actor: str) -> list[UUID]:
    """The decisions' ids. Raises BadInput, and Conflict when the page changed meanwhile."""
    now = parts.clock()
    checked = check(new, now)

    async def change(ground: Ground) -> list[UUID]:
        board = await read_board(ground.conn, business_id, now)
        _, wrong = board.statement(chosen)
        made: list[UUID] = []
        slots = list(cut(checked.kind, subject_key_of(checked.subject), checked.value))
        if wrong.slot not in {slot for slot, _ in slots}:
            # Another date or number: what the page says of its own one is refused, or both would stand.
            made.append(
                await write_decision(
                    ground, board, State.REJECTED, wrong.slot, wrong.subject, wrong.value, now, of=wrong
                )
            )
        for slot, value in slots:
            made.append(
                await write_decision(
                    ground, board, State.CORRECTED, slot, checked.subject, value, now,
                    expires_at=checked.expires_at, of=wrong,
                )
            )  # fmt: skip
        return made

    return await say(parts, business_id, change, actor=actor, action="fact.correct")
