"""SQL of who answers a conversation. `lock_handling` comes first: whoever holds the row decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from app.conversations.person.model import Handler, HandlingRow, Note
from app.db.pool import Connection


async def lock_handling(conn: Connection, business_id: UUID, conversation_id: UUID) -> HandlingRow | None:
    """A visitor's message and a take-over of the same moment go one after the other."""
    async with conn.cursor(row_factory=class_row(HandlingRow)) as cursor:
        await cursor.execute(
            """
            SELECT c.person_id, c.started_at, c.channel, c.language, c.handled_by, c.handler_id, c.handler_name,
                c.handled_since, c.person_asked_at,
                greatest(c.handled_since, (SELECT max(m.created_at) FROM messages AS m
                    WHERE m.business_id = c.business_id AND m.conversation_id = c.conversation_id
                        AND m.author = 'owner')) AS active_at
            FROM conversations AS c WHERE c.business_id = %(b)s AND c.conversation_id = %(c)s FOR UPDATE
            """,
            {"b": business_id, "c": conversation_id},
        )
        return await cursor.fetchone()


async def give_to_person(
    conn: Connection, business_id: UUID, conversation_id: UUID, handler: Handler, at: datetime
) -> None:
    await conn.execute(
        """
        UPDATE conversations SET handled_by = 'person', handler_id = %(who)s, handler_name = %(name)s,
            handled_since = %(at)s, person_asked_at = NULL, seen_at = %(at)s,
            last_message_at = greatest(last_message_at, %(at)s)
        WHERE business_id = %(b)s AND conversation_id = %(c)s
        """,
        {"b": business_id, "c": conversation_id, "who": handler.account_id, "name": handler.name, "at": at},
    )


async def give_to_assistant(conn: Connection, business_id: UUID, conversation_id: UUID) -> None:
    await conn.execute(
        """
        UPDATE conversations SET handled_by = 'assistant', handler_id = NULL, handler_name = NULL,
            handled_since = NULL, person_asked_at = NULL
        WHERE business_id = %(b)s AND conversation_id = %(c)s
        """,
        {"b": business_id, "c": conversation_id},
    )


async def note_person_asked(conn: Connection, business_id: UUID, conversation_id: UUID, at: datetime) -> bool:
    """False when it is known already, or a person answers."""
    cursor = await conn.execute(
        """
        UPDATE conversations SET person_asked_at = %(at)s, last_message_at = greatest(last_message_at, %(at)s)
        WHERE business_id = %(b)s AND conversation_id = %(c)s AND person_asked_at IS NULL AND handled_by = 'assistant'
        """,
        {"b": business_id, "c": conversation_id, "at": at},
    )
    return cursor.rowcount == 1


async def insert_note(
    conn: Connection, business_id: UUID, conversation_id: UUID, note: Note, *, name: str | None = None
) -> None:
    """A line of the transcript that nobody wrote."""
    await conn.execute(
        """
        INSERT INTO messages (business_id, conversation_id, author, state, details, finished_at)
        VALUES (%(b)s, %(c)s, 'system', 'complete', %(details)s, now())
        """,
        {"b": business_id, "c": conversation_id, "details": Jsonb({"note": note.value, "name": name})},
    )


async def insert_said(
    conn: Connection,
    business_id: UUID,
    conversation_id: UUID,
    message_id: UUID,
    *,
    handler: Handler,
    text_sealed: bytes,
    client_message_id: str,
) -> bool:
    """What a person of the business wrote. False: this form was sent before."""
    cursor = await conn.execute(
        """
        INSERT INTO messages (business_id, message_id, conversation_id, author, state, text_sealed, sent_by, details,
            client_message_id, finished_at)
        VALUES (%(b)s, %(m)s, %(c)s, 'owner', 'complete', %(text)s, %(by)s, %(details)s, %(client)s, now())
        ON CONFLICT (business_id, conversation_id, client_message_id) DO NOTHING
        """,
        {
            "b": business_id,
            "m": message_id,
            "c": conversation_id,
            "text": text_sealed,
            "by": handler.account_id,
            "details": Jsonb({"name": handler.name}),
            "client": client_message_id,
        },
    )
    return cursor.rowcount == 1


async def new_message_id(conn: Connection) -> UUID:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT uuidv7()")
        found = await cursor.fetchone()
    assert found is not None
    return found


async def end_answers(conn: Connection, business_id: UUID, conversation_id: UUID) -> list[UUID]:
    """Answers that are on their way; whichever process gives them reads the mark within a second."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            UPDATE messages SET details = details || '{"end": "person"}'::jsonb
            WHERE business_id = %(b)s AND conversation_id = %(c)s AND state = 'answering' RETURNING message_id
            """,
            {"b": business_id, "c": conversation_id},
        )
        return await cursor.fetchall()


async def end_answer_of(conn: Connection, business_id: UUID, message_id: UUID, person_id: UUID) -> bool:
    """A visitor's stop of an answer that another process gives. False: it is over, or somebody else's."""
    cursor = await conn.execute(
        """
        UPDATE messages AS m SET details = m.details || '{"end": "stop"}'::jsonb FROM conversations AS c
        WHERE m.business_id = %(b)s AND m.message_id = %(m)s AND m.state = 'answering'
            AND c.business_id = m.business_id AND c.conversation_id = m.conversation_id AND c.person_id = %(p)s
        """,
        {"b": business_id, "m": message_id, "p": person_id},
    )
    return cursor.rowcount == 1


async def read_ending(conn: Connection, business_id: UUID, message_id: UUID) -> str | None:
    """Why an answer must end: person, stop, or gone when its row is not open any more. None: it may go on."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT CASE WHEN state <> 'answering' THEN 'gone' ELSE coalesce(details ->> 'end', '') END FROM messages"
            " WHERE business_id = %(b)s AND message_id = %(m)s",
            {"b": business_id, "m": message_id},
        )
        found = await cursor.fetchone()
    return "gone" if found is None else (found or None)


async def find_ended(conn: Connection, business_id: UUID, message_ids: list[UUID]) -> list[UUID]:
    """Which of these answers must end: marked so, closed by another, or erased."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT given.message_id FROM unnest(%(given)s::uuid[]) AS given (message_id)
            WHERE NOT EXISTS (SELECT FROM messages AS m WHERE m.business_id = %(b)s
                AND m.message_id = given.message_id AND m.state = 'answering' AND m.details ->> 'end' IS NULL)
            """,
            {"b": business_id, "given": message_ids},
        )
        return await cursor.fetchall()


async def drop_empty_answer(conn: Connection, business_id: UUID, message_id: UUID) -> None:
    """An answer of which nothing was shown because a person took over: as if it had not begun."""
    await conn.execute(
        "DELETE FROM messages WHERE business_id = %(b)s AND message_id = %(m)s AND author = 'assistant'"
        " AND state = 'answering'",
        {"b": business_id, "m": message_id},
    )


async def count_waiting(conn: Connection, business_id: UUID) -> int:
    """Visitors who asked for a person and have none yet."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT count(*) FROM conversations WHERE business_id = %(b)s AND person_asked_at IS NOT NULL",
            {"b": business_id},
        )
        return int(await cursor.fetchone() or 0)
