"""SQL of the inbox: its lines, what was seen, what is new. Texts stay sealed here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.conversations.model import InboxRow
from app.db.pool import Connection


async def read_inbox(
    conn: Connection,
    business_id: UUID,
    *,
    before: datetime | None,
    unanswered_only: bool,
    person_only: bool,
    tries: bool,
    limit: int,
) -> list[InboxRow]:
    async with conn.cursor(row_factory=class_row(InboxRow)) as cursor:
        await cursor.execute(
            """
            WITH latest AS (
                SELECT * FROM conversations
                WHERE business_id = %(b)s AND (%(before)s::timestamptz IS NULL OR last_message_at < %(before)s)
                    AND (channel = 'try') = %(tries)s
                    AND (NOT %(open)s OR unanswered > 0)
                    AND (NOT %(person)s OR handled_by = 'person' OR person_asked_at IS NOT NULL)
                ORDER BY last_message_at DESC LIMIT %(limit)s)
            SELECT c.conversation_id, c.started_at, c.last_message_at, c.channel, c.language, c.unanswered, c.seen_at,
                c.handled_by, c.handler_name, c.person_asked_at,
                (SELECT count(*) FROM messages AS m WHERE m.business_id = c.business_id
                    AND m.conversation_id = c.conversation_id AND m.author = 'visitor')::int AS questions,
                (SELECT count(*) FROM leads AS l WHERE l.business_id = c.business_id
                    AND l.conversation_id = c.conversation_id)::int AS leads,
                first.message_id AS first_message_id, first.text_sealed AS first_text_sealed
            FROM latest AS c LEFT JOIN LATERAL (
                SELECT m.message_id, m.text_sealed FROM messages AS m
                WHERE m.business_id = c.business_id AND m.conversation_id = c.conversation_id AND m.author = 'visitor'
                ORDER BY m.message_id LIMIT 1) AS first ON true
            ORDER BY c.last_message_at DESC
            """,
            {
                "b": business_id,
                "before": before,
                "open": unanswered_only,
                "person": person_only,
                "tries": tries,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def mark_seen(conn: Connection, business_id: UUID, conversation_id: UUID) -> None:
    await conn.execute(
        "UPDATE conversations SET seen_at = now() WHERE business_id = %(b)s AND conversation_id = %(c)s",
        {"b": business_id, "c": conversation_id},
    )


async def count_unseen(conn: Connection, business_id: UUID) -> int:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT count(*) FROM conversations WHERE business_id = %(b)s AND channel <> 'try'"
            " AND (seen_at IS NULL OR seen_at < last_message_at)",
            {"b": business_id},
        )
        return int(await cursor.fetchone() or 0)
