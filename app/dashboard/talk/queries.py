"""SQL of the conversation page: what a colleague is called, one message's reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer with its question, as stored."""

    message_id: UUID
    question_id: UUID | None
    created_at: datetime
    state: str
    outcome: str | None
    text_sealed: bytes | None
    question_sealed: bytes | None
    why_sealed: bytes | None
    citations: list[dict[str, Any]]
    details: dict[str, Any]


async def read_answer(conn: Connection, business_id: UUID, conversation_id: UUID, message_id: UUID) -> AnswerRow | None:
    async with conn.cursor(row_factory=class_row(AnswerRow)) as cursor:
        await cursor.execute(
            """
            SELECT a.message_id, a.in_reply_to AS question_id, a.created_at, a.state, a.outcome, a.text_sealed,
                q.text_sealed AS question_sealed, a.why_sealed, a.citations, a.details
            FROM messages AS a LEFT JOIN messages AS q
                ON q.business_id = a.business_id AND q.message_id = a.in_reply_to
            WHERE a.business_id = %(b)s AND a.conversation_id = %(c)s AND a.message_id = %(m)s
                AND a.author = 'assistant'
            """,
            {"b": business_id, "c": conversation_id, "m": message_id},
        )
        return await cursor.fetchone()


async def last_name_of(conn: Connection, business_id: UUID, account_id: UUID) -> str | None:
    """What visitors were last told this colleague is called."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT details ->> 'name' FROM messages WHERE business_id = %(b)s AND sent_by = %(a)s
            ORDER BY message_id DESC LIMIT 1
            """,
            {"b": business_id, "a": account_id},
        )
        return await cursor.fetchone()
