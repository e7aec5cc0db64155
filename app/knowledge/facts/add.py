"""A fact that no page says, or other words for one the owner gave before, checked and written."""

from __future__ import annotations

from uuid import UUID

from app.errors import NotFound
from app.knowledge.facts.board import Board, read_board
from app.knowledge.facts.check import check
from app.knowledge.facts.model import Decision, NewFact, State
from app.knowledge.facts.queries import delete_decisions
from app.knowledge.facts.slots import cut
from app.knowledge.facts.write import write_decision
from app.knowledge.model import Timed
from app.knowledge.owner import Ground, say
from ingestion.facts.model import subject_key_of

GONE = "This was taken back meanwhile."


async def add_fact(
    parts: Timed, business_id: UUID, new: NewFact, *, actor: str, instead_of: UUID | None = None
) -> list[UUID]:
    """The decisions' ids, one for each day of weekly hours. `instead_of`: the owner's older word.

    Raises BadInput and NotFound.
    """
    now = parts.clock()
    checked = check(new, now)

    async def change(ground: Ground) -> list[UUID]:
        board = await read_board(ground.conn, business_id, now)
        older = _older(board, instead_of) if instead_of is not None else None
        if instead_of is not None:
            await delete_decisions(ground.conn, business_id, [instead_of])
        # A correction stays one where it still is about what was corrected.
        state = State.CORRECTED if older is not None and older.found_key is not None else State.ADDED
        return [
            await write_decision(ground, board, state, slot, checked.subject, value, now, expires_at=checked.expires_at)
            for slot, value in cut(checked.kind, subject_key_of(checked.subject), checked.value)
        ]

    return await say(parts, business_id, change, actor=actor, action="fact.add")


def _older(board: Board, fact_id: UUID) -> Decision:
    for decision in (*(fact.decision for fact in board.facts), *board.expired):
        if decision is not None and decision.fact_id == fact_id:
            return decision
    raise NotFound(GONE)
