"""Puts the owner's word into the table, in place of an older one about the same. Called by the flows of this room."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.knowledge.facts.board import Board
from app.knowledge.facts.model import Decision, Slot, State, Statement, Value
from app.knowledge.facts.queries import Written, delete_decisions, insert_decision
from app.knowledge.facts.wording import decided_as, line_of
from app.knowledge.owner import Ground
from ingestion.extract.clean import clean
from ingestion.facts.model import value_key_of


async def write_decision(
    ground: Ground,
    board: Board,
    state: State,
    slot: Slot,
    subject: str,
    value: Value,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    of: Statement | None = None,
) -> UUID:
    """`of`: what a page says, where it was confirmed, corrected or rejected."""
    business = ground.business
    older = [one.fact_id for one in board.decisions(slot) if _gives_way(one, state, value)]
    await delete_decisions(ground.conn, business.business_id, older)
    line = clean(line_of(slot, subject, value, business.language))[0]
    day = now.astimezone(ZoneInfo(business.time_zone)).date()
    return await insert_decision(
        ground.conn,
        business.business_id,
        Written(
            state=state,
            kind=slot.kind,
            subject=subject,
            subject_key=slot.subject_key,
            value=dict(value),
            value_key=value_key_of(dict(value)),
            shown=line,
            decided_as=decided_as(day, business.language),
            decided_by=ground.actor,
            language=business.language,
            expires_at=expires_at,
            found_url=of.places[0].url if of is not None and of.places else None,
            found_key=of.found_key if of is not None else None,
        ),
    )


def _gives_way(older: Decision, state: State, value: Value) -> bool:
    """One word of the owner a slot; a refusal stays beside it, unless just that value is now said to be right."""
    same = older.key == value_key_of(dict(value))
    return same or (older.state != State.REJECTED and state is not State.REJECTED)
