"""SQL of conversations and messages. Texts stay sealed here; flows open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from app.conversations.model import ConversationRow, MessageRow
from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class ExchangeIds:
    """Of a question and its answer: made before the rows, because a text is sealed to the row it stands in. In order
    within one session."""

    conversation_id: UUID
    question_id: UUID
    answer_id: UUID


async def begin_conversation(
    conn: Connection, business_id: UUID, person_id: UUID, *, channel: str, at: datetime
) -> ExchangeIds:
    async with conn.cursor(row_factory=class_row(ExchangeIds)) as cursor:
        await cursor.execute(
            """
            INSERT INTO conversations (business_id, person_id, channel, started_at, last_message_at)
            VALUES (%(b)s, %(p)s, %(channel)s, %(at)s, %(at)s)
            RETURNING conversation_id, uuidv7() AS question_id, uuidv7() AS answer_id
            """,
            {"b": business_id, "p": person_id, "channel": channel, "at": at},
        )
        ids = await cursor.fetchone()
    assert ids is not None
    return ids


async def continue_conversation(
    conn: Connection, business_id: UUID, conversation_id: UUID, at: datetime
) -> ExchangeIds:
    async with conn.cursor(row_factory=class_row(ExchangeIds)) as cursor:
        await cursor.execute(
            """
            UPDATE conversations SET last_message_at = greatest(last_message_at, %(at)s)
            WHERE business_id = %(b)s AND conversation_id = %(c)s
            RETURNING conversation_id, uuidv7() AS question_id, uuidv7() AS answer_id
            """,
            {"b": business_id, "c": conversation_id, "at": at},
        )
        ids = await cursor.fetchone()
    assert ids is not None
    return ids


async def insert_conversation(
    conn: Connection, business_id: UUID, person_id: UUID, *, channel: str, at: datetime
) -> UUID:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO conversations (business_id, person_id, channel, started_at, last_message_at)
            VALUES (%(b)s, %(p)s, %(channel)s, %(at)s, %(at)s) RETURNING conversation_id
            """,
            {"b": business_id, "p": person_id, "channel": channel, "at": at},
        )
        conversation_id = await cursor.fetchone()
    assert conversation_id is not None
    return conversation_id


async def read_conversation_row(conn: Connection, business_id: UUID, conversation_id: UUID) -> ConversationRow | None:
    async with conn.cursor(row_factory=class_row(ConversationRow)) as cursor:
        await cursor.execute(
            """
            SELECT conversation_id, person_id, started_at, last_message_at, channel, language, unanswered, seen_at,
                handled_by, handler_id, handler_name, handled_since, person_asked_at
            FROM conversations WHERE business_id = %(b)s AND conversation_id = %(c)s
            """,
            {"b": business_id, "c": conversation_id},
        )
        return await cursor.fetchone()


async def latest_conversation_of(
    conn: Connection, business_id: UUID, person_id: UUID, since: datetime | None
) -> ConversationRow | None:
    async with conn.cursor(row_factory=class_row(ConversationRow)) as cursor:
        await cursor.execute(
            """
            SELECT conversation_id, person_id, started_at, last_message_at, channel, language, unanswered, seen_at,
                handled_by, handler_id, handler_name, handled_since, person_asked_at
            FROM conversations
            WHERE business_id = %(b)s AND person_id = %(p)s
                AND (%(since)s::timestamptz IS NULL OR started_at >= %(since)s)
            ORDER BY last_message_at DESC LIMIT 1
            """,
            {"b": business_id, "p": person_id, "since": since},
        )
        return await cursor.fetchone()


async def find_question(
    conn: Connection, business_id: UUID, person_id: UUID, client_message_id: str, since: datetime | None
) -> MessageRow | None:
    """A visitor's message by the visitor's own number for it, in any conversation that is open to the visitor."""
    async with conn.cursor(row_factory=class_row(MessageRow)) as cursor:
        await cursor.execute(
            """
            SELECT m.message_id, m.conversation_id, m.in_reply_to, m.created_at, m.finished_at, m.author, m.state,
                m.outcome, m.client_message_id, m.text_sealed, m.citations, m.details
            FROM conversations AS c JOIN messages AS m
                ON m.business_id = c.business_id AND m.conversation_id = c.conversation_id
            WHERE c.business_id = %(b)s AND c.person_id = %(p)s AND m.client_message_id = %(id)s
                AND (%(since)s::timestamptz IS NULL OR c.started_at >= %(since)s)
            ORDER BY m.message_id DESC LIMIT 1
            """,
            {"b": business_id, "p": person_id, "id": client_message_id, "since": since},
        )
        return await cursor.fetchone()


async def insert_question(
    conn: Connection, business_id: UUID, ids: ExchangeIds, *, client_message_id: str, text_sealed: bytes
) -> None:
    await conn.execute(
        """
        INSERT INTO messages (business_id, message_id, conversation_id, author, state, client_message_id, text_sealed,
            finished_at)
        VALUES (%(b)s, %(m)s, %(c)s, 'visitor', 'complete', %(client)s, %(text)s, now())
        """,
        {
            "b": business_id,
            "m": ids.question_id,
            "c": ids.conversation_id,
            "client": client_message_id,
            "text": text_sealed,
        },
    )


async def insert_exchange(
    conn: Connection, business_id: UUID, ids: ExchangeIds, *, client_message_id: str, text_sealed: bytes, instance: str
) -> None:
    """The question, and the row that says: an answer is on its way, and which process gives it."""
    await conn.execute(
        """
        INSERT INTO messages (business_id, message_id, conversation_id, in_reply_to, author, state, client_message_id,
            text_sealed, finished_at, details)
        VALUES (%(b)s, %(q)s, %(c)s, NULL, 'visitor', 'complete', %(client)s, %(text)s, now(), '{}'),
            (%(b)s, %(a)s, %(c)s, %(q)s, 'assistant', 'answering', NULL, NULL, NULL, %(details)s)
        """,
        {
            "b": business_id,
            "q": ids.question_id,
            "a": ids.answer_id,
            "c": ids.conversation_id,
            "client": client_message_id,
            "text": text_sealed,
            "details": Jsonb({"instance": instance}),
        },
    )


async def touch_conversation(conn: Connection, business_id: UUID, conversation_id: UUID, at: datetime) -> None:
    await conn.execute(
        "UPDATE conversations SET last_message_at = greatest(last_message_at, %(at)s)"
        " WHERE business_id = %(b)s AND conversation_id = %(c)s",
        {"b": business_id, "c": conversation_id, "at": at},
    )


async def read_messages(
    conn: Connection, business_id: UUID, conversation_id: UUID, *, before: UUID | None = None, limit: int = 200
) -> list[MessageRow]:
    """The latest ones (before `before`), oldest first."""
    async with conn.cursor(row_factory=class_row(MessageRow)) as cursor:
        await cursor.execute(
            """
            SELECT m.message_id, m.conversation_id, m.in_reply_to, m.created_at, m.finished_at, m.author, m.state,
                m.outcome, m.client_message_id, m.text_sealed, m.citations, m.details
            FROM messages AS m
            WHERE m.business_id = %(b)s AND m.conversation_id = %(c)s
                AND (%(before)s::uuid IS NULL OR m.message_id < %(before)s)
            ORDER BY m.message_id DESC LIMIT %(limit)s
            """,
            {"b": business_id, "c": conversation_id, "before": before, "limit": limit},
        )
        rows = await cursor.fetchall()
    return rows[::-1]


async def read_message(conn: Connection, business_id: UUID, message_id: UUID) -> MessageRow | None:
    async with conn.cursor(row_factory=class_row(MessageRow)) as cursor:
        await cursor.execute(
            """
            SELECT m.message_id, m.conversation_id, m.in_reply_to, m.created_at, m.finished_at, m.author, m.state,
                m.outcome, m.client_message_id, m.text_sealed, m.citations, m.details
            FROM messages AS m WHERE m.business_id = %(b)s AND m.message_id = %(m)s
            """,
            {"b": business_id, "m": message_id},
        )
        return await cursor.fetchone()


async def find_answer(conn: Connection, business_id: UUID, question_id: UUID) -> MessageRow | None:
    async with conn.cursor(row_factory=class_row(MessageRow)) as cursor:
        await cursor.execute(
            """
            SELECT m.message_id, m.conversation_id, m.in_reply_to, m.created_at, m.finished_at, m.author, m.state,
                m.outcome, m.client_message_id, m.text_sealed, m.citations, m.details
            FROM messages AS m
            WHERE m.business_id = %(b)s AND m.in_reply_to = %(q)s AND m.author = 'assistant'
            ORDER BY m.message_id LIMIT 1
            """,
            {"b": business_id, "q": question_id},
        )
        return await cursor.fetchone()


async def finish_answer(
    conn: Connection,
    business_id: UUID,
    message_id: UUID,
    *,
    state: str,
    outcome: str | None,
    text_sealed: bytes,
    citations: list[dict[str, Any]],
    details: dict[str, Any],
    why_sealed: bytes | None = None,
) -> bool:
    """And what its conversation shows of it. Also over `interrupted`: whoever gave the answer knows better than the
    reader who gave it up. False: erased."""
    cursor = await conn.execute(
        """
        WITH finished AS (
            UPDATE messages SET state = %(state)s, outcome = %(outcome)s, text_sealed = %(text)s,
                citations = %(citations)s, details = %(details)s, why_sealed = %(why)s, finished_at = now()
            WHERE business_id = %(b)s AND message_id = %(m)s AND state IN ('answering', 'interrupted')
            RETURNING conversation_id)
        UPDATE conversations AS c SET last_message_at = greatest(last_message_at, now()),
            language = coalesce(%(language)s, language),
            unanswered = unanswered + CASE WHEN %(unanswered)s THEN 1 ELSE 0 END
        FROM finished WHERE c.business_id = %(b)s AND c.conversation_id = finished.conversation_id
        """,
        {
            "b": business_id,
            "m": message_id,
            "state": state,
            "outcome": outcome,
            "text": text_sealed,
            "citations": Jsonb(citations),
            "details": Jsonb(details),
            "why": why_sealed,
            "language": details["language"],
            "unanswered": outcome == "no_answer",
        },
    )
    return cursor.rowcount == 1


async def give_up_answer(conn: Connection, business_id: UUID, message_id: UUID) -> None:
    """The process that gave this answer is gone."""
    await conn.execute(
        "UPDATE messages SET state = 'interrupted', finished_at = now()"
        " WHERE business_id = %(b)s AND message_id = %(m)s AND state = 'answering'",
        {"b": business_id, "m": message_id},
    )


async def give_up_stale_answers(conn: Connection, business_id: UUID, seconds: float) -> int:
    """Every answer that began longer ago than any answer lasts. Its process is gone."""
    cursor = await conn.execute(
        """
        UPDATE messages SET state = 'interrupted', finished_at = now()
        WHERE business_id = %(b)s AND state = 'answering' AND created_at < now() - make_interval(secs => %(s)s)
        """,
        {"b": business_id, "s": seconds},
    )
    return cursor.rowcount
