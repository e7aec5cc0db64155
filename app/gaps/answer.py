"""The owner's answer to what nobody could answer, and taking it back. For the dashboard and for replies to mails.

One transaction: an entry of questions and answers, known within seconds, a golden question that keeps it right, and the
gap closed. A second answer to the same gap changes the first one's entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.errors import Conflict, NotFound
from app.gaps.model import GapRow, Keeps, State
from app.gaps.queries import lock_gap, settle_gap
from app.golden.entries import keep_entry
from app.golden.queries import delete_golden
from app.knowledge.faq.add import MOST
from app.knowledge.faq.model import NewEntry, check
from app.knowledge.faq.queries import count_entries, delete_entry, insert_entry, update_entry
from app.knowledge.owner import Ground, say

GONE = "This question is not here any more: whoever asked it was forgotten, or it was joined with another."


@dataclass(frozen=True, slots=True)
class Answered:
    faq_id: UUID
    question: str
    answer: str
    visitors: int


async def answer_gap(
    parts: Keeps, business_id: UUID, gap_id: UUID, answer: str, *, actor: str, question: str = ""
) -> Answered:
    """`question`: in the owner's words; empty: as it was asked. Raises BadInput, Conflict and NotFound."""

    async def change(ground: Ground) -> Answered:
        gap = await _locked(ground, business_id, gap_id)
        keys = await parts.vault.keys(ground.conn, business_id)
        asked = question.strip() or keys.open("gap_questions", "text", gap.label_id, gap.label_sealed)
        entry = check(NewEntry(asked, answer))
        faq_id = await _written(ground, business_id, gap, entry)
        if gap.golden_id is not None:
            await delete_golden(ground.conn, business_id, gap.golden_id)
        golden_id = await keep_entry(
            ground.conn, business_id, faq_id, entry.question, entry.answer,
            language=ground.business.language, actor=ground.actor,
        )  # fmt: skip
        await settle_gap(
            ground.conn, business_id, gap_id, State.ANSWERED, at=parts.clock(), faq_id=faq_id, golden_id=golden_id
        )  # fmt: skip
        return Answered(faq_id, entry.question, entry.answer, gap.visitors)

    return await say(parts, business_id, change, actor=actor, action="gap.answer")


async def take_answer_back(parts: Keeps, business_id: UUID, gap_id: UUID, *, actor: str) -> NewEntry | None:
    """What was answered, for the form; None when it was removed before. The question is open again."""

    async def change(ground: Ground) -> NewEntry | None:
        gap = await _locked(ground, business_id, gap_id)
        removed = None
        if gap.faq_id is not None:
            removed = await delete_entry(ground.conn, business_id, gap.faq_id)
        if gap.golden_id is not None:
            await delete_golden(ground.conn, business_id, gap.golden_id)
        await settle_gap(ground.conn, business_id, gap_id, State.OPEN, at=None)
        return removed

    return await say(parts, business_id, change, actor=actor, action="gap.take_back")


async def _locked(ground: Ground, business_id: UUID, gap_id: UUID) -> GapRow:
    gap = await lock_gap(ground.conn, business_id, gap_id)
    if gap is None:
        raise NotFound(GONE)
    return gap


async def _written(ground: Ground, business_id: UUID, gap: GapRow, entry: NewEntry) -> UUID:
    if gap.faq_id is not None and await update_entry(
        ground.conn, business_id, gap.faq_id, entry, actor=ground.actor
    ):  # fmt: skip
        return gap.faq_id
    if await count_entries(ground.conn, business_id) >= MOST:
        raise Conflict(f"There are {MOST:,} questions already, the most that are kept. Remove one first.")
    return await insert_entry(ground.conn, business_id, ground.source_id, entry, actor=ground.actor)
