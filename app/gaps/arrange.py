"""Puts gaps in order: set one aside and take that back, join two, part one question from the others.

Called by the dashboard. Each is one transaction with a line in the audit log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from app.audit.queries import insert_audit
from app.db.pool import Connection
from app.errors import BadInput, NotFound
from app.gaps.answer import GONE
from app.gaps.model import Keeps, State
from app.gaps.queries import (
    delete_empty,
    insert_gap,
    lock_gap,
    lock_gaps,
    move_questions,
    read_question,
    settle_gap,
    settle_times,
)


async def dismiss(parts: Keeps, business_id: UUID, gap_id: UUID, *, actor: str) -> None:
    """It is counted on, and neither shown among the open ones nor mailed. Raises NotFound."""

    async def change(conn: Connection) -> None:
        gap = await lock_gap(conn, business_id, gap_id)
        if gap is None:
            raise NotFound(GONE)
        await settle_gap(
            conn, business_id, gap_id, State.DISMISSED, at=parts.clock(), faq_id=gap.faq_id, golden_id=gap.golden_id
        )  # fmt: skip

    await _change(parts, business_id, change, actor=actor, action="gap.dismiss", target=gap_id)


async def reopen(parts: Keeps, business_id: UUID, gap_id: UUID, *, actor: str) -> None:
    """The undo of setting aside. What was answered stays answered: that is taken back in answer.py."""

    async def change(conn: Connection) -> None:
        gap = await lock_gap(conn, business_id, gap_id)
        if gap is None:
            raise NotFound(GONE)
        if gap.state == State.DISMISSED:
            await settle_gap(
                conn, business_id, gap_id, State.OPEN, at=gap.settled_at, faq_id=gap.faq_id, golden_id=gap.golden_id
            )  # fmt: skip

    await _change(parts, business_id, change, actor=actor, action="gap.reopen", target=gap_id)


async def merge(parts: Keeps, business_id: UUID, gap_id: UUID, into: UUID, *, actor: str) -> None:
    """All questions of the first go to the second, whose state and answer hold. Raises BadInput and NotFound."""
    if gap_id == into:
        raise BadInput("Choose another question to join this one with.", code="same_gap")

    async def change(conn: Connection) -> None:
        gap, target = await lock_gap(conn, business_id, gap_id), await lock_gap(conn, business_id, into)
        if gap is None or target is None:
            raise NotFound(GONE)
        if gap.faq_id is not None and gap.faq_id != target.faq_id:
            raise BadInput(
                "This question has an answer of its own. Take that back first, or join the other one with it.",
                code="answered",
            )
        await move_questions(conn, business_id, into, gap_id=gap_id)
        await delete_empty(conn, business_id)
        await settle_times(conn, business_id, [into])

    await _change(parts, business_id, change, actor=actor, action="gap.merge", target=into)


async def split(parts: Keeps, business_id: UUID, question_id: UUID, *, actor: str) -> UUID:
    """The question becomes an open gap of its own, its id. Raises BadInput when it is alone, and NotFound."""
    made: list[UUID] = []

    async def change(conn: Connection) -> None:
        question = await read_question(conn, business_id, question_id)
        gap = await lock_gap(conn, business_id, question.gap_id) if question is not None else None
        if question is None or gap is None:
            raise NotFound(GONE)
        if gap.visitors < 2:
            raise BadInput("This is the only question here, so there is nothing to part it from.", code="alone")
        made.append(await insert_gap(conn, business_id, question.asked_at))
        await move_questions(conn, business_id, made[0], question_id=question_id)
        await settle_times(conn, business_id, [made[0], gap.gap_id])

    await _change(parts, business_id, change, actor=actor, action="gap.split", target=question_id)
    return made[0]


async def _change(
    parts: Keeps,
    business_id: UUID,
    change: Callable[[Connection], Awaitable[None]],
    *,
    actor: str,
    action: str,
    target: UUID,
) -> None:
    """After questions that are being taken in, so that none comes into a gap that is just going."""
    async with parts.database.business_transaction(business_id) as conn:
        await lock_gaps(conn, business_id)
        await change(conn)
        await insert_audit(conn, business_id, actor=actor, action=action, target=str(target))
