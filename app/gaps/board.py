"""Gaps as the owner reads them: opened, the most visitors first. Called by the dashboard and the weekly mail, inside a
transaction of the business."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from app.db.pool import Connection
from app.gaps.model import Gap, GapRow, Question, QuestionRow
from app.gaps.queries import list_gaps, list_questions
from app.vault.keys import BusinessKeys

EXAMPLES = 50  # wordings that are shown of one gap; its page says how many more there are
ALL = 1_000_000


async def read_board(
    conn: Connection, keys: BusinessKeys, business_id: UUID, state: str | None, *, match: str = ""
) -> list[Gap]:
    """`match`: of the label or any wording. Texts are sealed, so all are opened to be searched."""
    gaps = [_opened(keys, row) for row in await list_gaps(conn, business_id, state)]
    if not match:
        return gaps
    wanted = match.casefold()
    said = await _questions(conn, keys, business_id, [gap.gap_id for gap in gaps], each=ALL)
    return [
        gap
        for gap in gaps
        if wanted in gap.label.casefold() or any(wanted in one.text.casefold() for one in said[gap.gap_id])
    ]


async def with_examples(
    conn: Connection, keys: BusinessKeys, business_id: UUID, gaps: Sequence[Gap]
) -> list[tuple[Gap, tuple[Question, ...]]]:
    """Each with its questions, the latest first."""
    said = await _questions(conn, keys, business_id, [gap.gap_id for gap in gaps], each=EXAMPLES)
    return [(gap, tuple(said[gap.gap_id])) for gap in gaps]


async def read_gap(conn: Connection, keys: BusinessKeys, business_id: UUID, gap_id: UUID) -> Gap | None:
    rows = await list_gaps(conn, business_id, None, gap_ids=[gap_id])
    return _opened(keys, rows[0]) if rows else None


async def _questions(
    conn: Connection, keys: BusinessKeys, business_id: UUID, gap_ids: Sequence[UUID], *, each: int
) -> dict[UUID, list[Question]]:
    found: dict[UUID, list[Question]] = defaultdict(list)
    for row in await list_questions(conn, business_id, gap_ids, each=each):
        found[row.gap_id].append(_question(keys, row))
    return found


def _opened(keys: BusinessKeys, row: GapRow) -> Gap:
    return Gap(
        gap_id=row.gap_id,
        state=row.state,
        created_at=row.created_at,
        last_asked_at=row.last_asked_at,
        settled_at=row.settled_at,
        faq_id=row.faq_id,
        golden_id=row.golden_id,
        visitors=row.visitors,
        lost=row.lost,
        languages=tuple(row.languages),
        label=keys.open("gap_questions", "text", row.label_id, row.label_sealed),
    )


def _question(keys: BusinessKeys, row: QuestionRow) -> Question:
    return Question(
        question_id=row.question_id,
        asked_at=row.asked_at,
        language=row.language,
        channel=row.channel,
        conversation_id=row.conversation_id,
        left_contact=row.left_contact,
        text=keys.open("gap_questions", "text", row.question_id, row.text_sealed),
    )
