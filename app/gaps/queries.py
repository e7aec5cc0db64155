"""SQL of gaps and their questions. Texts stay sealed here; flows open them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector  # pyright: ignore[reportMissingTypeStubs]
from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.gaps.model import GapRow, Near, QuestionRow


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An answer that was none, with the question it was to."""

    question_message_id: UUID
    text_sealed: bytes
    why_sealed: bytes | None
    asked_at: datetime
    conversation_id: UUID
    person_id: UUID
    channel: str
    language: str | None


async def read_unanswered(conn: Connection, business_id: UUID, message_id: UUID) -> Unanswered | None:
    """None for an answer that was one after all, or is gone."""
    async with conn.cursor(row_factory=class_row(Unanswered)) as cursor:
        await cursor.execute(
            """
            SELECT q.message_id AS question_message_id, q.text_sealed, a.why_sealed, q.created_at AS asked_at,
                c.conversation_id, c.person_id, c.channel, a.details ->> 'language' AS language
            FROM messages a
            JOIN messages q ON q.business_id = a.business_id AND q.message_id = a.in_reply_to
            JOIN conversations c ON c.business_id = a.business_id AND c.conversation_id = a.conversation_id
            WHERE a.business_id = %(b)s AND a.message_id = %(m)s AND a.outcome = 'no_answer'
                AND q.text_sealed IS NOT NULL AND c.channel <> 'try'
            """,
            {"b": business_id, "m": message_id},
        )
        return await cursor.fetchone()


async def lock_gaps(conn: Connection, business_id: UUID) -> None:
    """Two workers with the same question one after the other: the second one finds the first's gap."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('gaps:' || %(b)s, 0))", {"b": str(business_id)})


async def is_collected(conn: Connection, business_id: UUID, message_id: UUID) -> bool:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT EXISTS (SELECT FROM gap_questions WHERE business_id = %(b)s AND message_id = %(m)s)",
            {"b": business_id, "m": message_id},
        )
        return bool(await cursor.fetchone())


async def list_near(
    conn: Connection, business_id: UUID, model: str, vector: NDArray[np.float32], *, limit: int
) -> list[Near]:
    """The most alike first, whatever became of their gaps. An exact look at all of the business's own."""
    async with conn.cursor(row_factory=class_row(Near)) as cursor:
        await cursor.execute(
            """
            SELECT question_id, gap_id, language, (1 - (vector <=> %(v)s::halfvec))::float8 AS likeness, text_sealed
            FROM gap_questions WHERE business_id = %(b)s AND model = %(model)s
            ORDER BY vector <=> %(v)s::halfvec, question_id LIMIT %(limit)s
            """,
            {"b": business_id, "model": model, "v": _halfvec(vector), "limit": limit},
        )
        return await cursor.fetchall()


async def list_of_other_models(conn: Connection, business_id: UUID, model: str, *, limit: int) -> list[QuestionRow]:
    """Questions whose vectors cannot be compared with those of today's model."""
    async with conn.cursor(row_factory=class_row(QuestionRow)) as cursor:
        await cursor.execute(
            """
            SELECT question_id, gap_id, asked_at, language, channel, conversation_id, left_contact, text_sealed
            FROM gap_questions WHERE business_id = %(b)s AND model IS DISTINCT FROM %(model)s
            ORDER BY asked_at DESC LIMIT %(limit)s
            """,
            {"b": business_id, "model": model, "limit": limit},
        )
        return await cursor.fetchall()


async def put_vector(
    conn: Connection, business_id: UUID, question_id: UUID, model: str, vector: NDArray[np.float32]
) -> None:
    await conn.execute(
        "UPDATE gap_questions SET model = %(model)s, vector = %(v)s::halfvec"
        " WHERE business_id = %(b)s AND question_id = %(q)s",
        {"b": business_id, "q": question_id, "model": model, "v": _halfvec(vector)},
    )


async def insert_gap(conn: Connection, business_id: UUID, at: datetime) -> UUID:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "INSERT INTO gaps (business_id, created_at, last_asked_at) VALUES (%(b)s, %(at)s, %(at)s) RETURNING gap_id",
            {"b": business_id, "at": at},
        )
        made = await cursor.fetchone()
    assert isinstance(made, UUID)  # RETURNING gives the row
    return made


async def new_question_id(conn: Connection) -> UUID:
    """Needed before the row: the seal names it."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT uuidv7()")
        made = await cursor.fetchone()
    assert isinstance(made, UUID)
    return made


async def insert_question(
    conn: Connection,
    business_id: UUID,
    gap_id: UUID,
    question_id: UUID,
    asked: Unanswered,
    *,
    language: str,
    model: str,
    vector: NDArray[np.float32],
    text_sealed: bytes,
) -> None:
    """Once a visitor and gap: asking the same again is no second visitor, and only the time moves."""
    await conn.execute(
        """
        INSERT INTO gap_questions (business_id, question_id, gap_id, asked_at, message_id, conversation_id, person_id,
            language, channel, model, vector, text_sealed)
        VALUES (%(b)s, %(q)s, %(gap)s, %(at)s, %(message)s, %(conversation)s, %(person)s, %(language)s, %(channel)s,
            %(model)s, %(v)s::halfvec, %(text)s)
        ON CONFLICT (business_id, person_id, gap_id) WHERE person_id IS NOT NULL
        DO UPDATE SET asked_at = greatest(gap_questions.asked_at, excluded.asked_at)
        """,
        {
            "b": business_id, "q": question_id, "gap": gap_id, "at": asked.asked_at,
            "message": asked.question_message_id, "conversation": asked.conversation_id, "person": asked.person_id,
            "language": language, "channel": asked.channel, "model": model, "v": _halfvec(vector),
            "text": text_sealed,
        },
    )  # fmt: skip


async def note_asked(conn: Connection, business_id: UUID, gap_id: UUID, at: datetime) -> None:
    """An answered one that is asked in vain again is open again; two minutes are left to the answer to become known."""
    await conn.execute(
        """
        UPDATE gaps SET last_asked_at = greatest(last_asked_at, %(at)s),
            state = CASE WHEN state = 'answered' AND %(at)s > settled_at + interval '2 minutes' THEN 'open'
                ELSE state END
        WHERE business_id = %(b)s AND gap_id = %(gap)s
        """,
        {"b": business_id, "gap": gap_id, "at": at},
    )


async def list_gaps(
    conn: Connection,
    business_id: UUID,
    state: str | None,
    *,
    gap_ids: Sequence[UUID] | None = None,
    limit: int = 5000,
) -> list[GapRow]:
    """The most visitors first. The label is the first question in the business's language, else the first.

    Who left a name, a phone number or a mail address about when it was asked was not lost.
    """
    async with conn.cursor(row_factory=class_row(GapRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.gap_id, g.state, g.created_at, g.last_asked_at, g.settled_at, g.faq_id, g.golden_id,
                figures.visitors, figures.lost, figures.languages, label.question_id AS label_id,
                label.text_sealed AS label_sealed
            FROM gaps g
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS visitors,
                    count(*) FILTER (WHERE NOT (q.left_contact OR EXISTS (
                        SELECT FROM leads l WHERE l.business_id = q.business_id AND l.person_id = q.person_id
                            AND l.created_at > q.asked_at - interval '1 day')))::int AS lost,
                    coalesce(array_agg(DISTINCT q.language) FILTER (WHERE q.language IS NOT NULL), '{}') AS languages
                FROM gap_questions q WHERE q.business_id = g.business_id AND q.gap_id = g.gap_id) AS figures
            CROSS JOIN LATERAL (
                SELECT q.question_id, q.text_sealed FROM gap_questions q
                JOIN businesses b ON b.business_id = q.business_id
                WHERE q.business_id = g.business_id AND q.gap_id = g.gap_id
                ORDER BY q.language IS NOT DISTINCT FROM b.language DESC, q.question_id LIMIT 1) AS label
            WHERE g.business_id = %(b)s AND (%(state)s::text IS NULL OR g.state = %(state)s)
                AND (%(ids)s::uuid[] IS NULL OR g.gap_id = ANY(%(ids)s))
            ORDER BY figures.visitors DESC, g.last_asked_at DESC, g.gap_id LIMIT %(limit)s
            """,
            {"b": business_id, "state": state, "ids": list(gap_ids) if gap_ids is not None else None, "limit": limit},
        )
        return await cursor.fetchall()


async def count_states(conn: Connection, business_id: UUID) -> dict[str, int]:
    cursor = await conn.execute(
        "SELECT state, count(*)::int FROM gaps WHERE business_id = %(b)s GROUP BY state", {"b": business_id}
    )
    return {str(state): int(count) for state, count in await cursor.fetchall()}


async def list_questions(
    conn: Connection, business_id: UUID, gap_ids: Sequence[UUID], *, each: int
) -> list[QuestionRow]:
    """The latest `each` of every gap."""
    async with conn.cursor(row_factory=class_row(QuestionRow)) as cursor:
        await cursor.execute(
            """
            SELECT newest.* FROM unnest(%(ids)s::uuid[]) AS wanted (gap_id)
            CROSS JOIN LATERAL (
                SELECT q.question_id, q.gap_id, q.asked_at, q.language, q.channel, q.conversation_id,
                    (q.left_contact OR EXISTS (
                        SELECT FROM leads l WHERE l.business_id = q.business_id AND l.person_id = q.person_id
                            AND l.created_at > q.asked_at - interval '1 day')) AS left_contact, q.text_sealed
                FROM gap_questions q WHERE q.business_id = %(b)s AND q.gap_id = wanted.gap_id
                ORDER BY q.asked_at DESC, q.question_id DESC LIMIT %(each)s) AS newest
            """,
            {"b": business_id, "ids": list(gap_ids), "each": each},
        )
        return await cursor.fetchall()


async def lock_gap(conn: Connection, business_id: UUID, gap_id: UUID) -> GapRow | None:
    """None when it is gone. Two who decide about it at once do it one after the other."""
    await conn.execute(
        "SELECT FROM gaps WHERE business_id = %(b)s AND gap_id = %(gap)s FOR UPDATE", {"b": business_id, "gap": gap_id}
    )
    found = await list_gaps(conn, business_id, None, gap_ids=[gap_id])
    return found[0] if found else None


async def settle_gap(
    conn: Connection,
    business_id: UUID,
    gap_id: UUID,
    state: str,
    *,
    at: datetime | None,
    faq_id: UUID | None = None,
    golden_id: UUID | None = None,
) -> None:
    await conn.execute(
        "UPDATE gaps SET state = %(state)s, settled_at = %(at)s, faq_id = %(faq)s, golden_id = %(golden)s"
        " WHERE business_id = %(b)s AND gap_id = %(gap)s",
        {"b": business_id, "gap": gap_id, "state": state, "at": at, "faq": faq_id, "golden": golden_id},
    )


async def move_questions(
    conn: Connection, business_id: UUID, to: UUID, *, gap_id: UUID | None = None, question_id: UUID | None = None
) -> int:
    """Of a whole gap or one. A visitor who is there already stays once, with the later time."""
    await conn.execute(
        """
        WITH doubled AS (
            DELETE FROM gap_questions q USING gap_questions there
            WHERE q.business_id = %(b)s AND there.business_id = %(b)s AND there.gap_id = %(to)s
                AND q.person_id = there.person_id AND q.gap_id <> there.gap_id
                AND (q.gap_id = %(gap)s OR q.question_id = %(question)s)
            RETURNING there.question_id, q.asked_at)
        UPDATE gap_questions q SET asked_at = greatest(q.asked_at, doubled.asked_at) FROM doubled
        WHERE q.business_id = %(b)s AND q.question_id = doubled.question_id
        """,
        {"b": business_id, "to": to, "gap": gap_id, "question": question_id},
    )
    cursor = await conn.execute(
        "UPDATE gap_questions SET gap_id = %(to)s WHERE business_id = %(b)s"
        " AND (gap_id = %(gap)s OR question_id = %(question)s)",
        {"b": business_id, "to": to, "gap": gap_id, "question": question_id},
    )
    return cursor.rowcount


async def settle_times(conn: Connection, business_id: UUID, gap_ids: Sequence[UUID]) -> None:
    """First and last asked as the questions say, after some were moved."""
    await conn.execute(
        """
        UPDATE gaps g SET created_at = q.first, last_asked_at = q.last
        FROM (SELECT gap_id, min(asked_at) AS first, max(asked_at) AS last FROM gap_questions
            WHERE business_id = %(b)s AND gap_id = ANY(%(ids)s) GROUP BY gap_id) AS q
        WHERE g.business_id = %(b)s AND g.gap_id = q.gap_id
        """,
        {"b": business_id, "ids": list(gap_ids)},
    )


async def read_question(conn: Connection, business_id: UUID, question_id: UUID) -> QuestionRow | None:
    async with conn.cursor(row_factory=class_row(QuestionRow)) as cursor:
        await cursor.execute(
            """
            SELECT question_id, gap_id, asked_at, language, channel, conversation_id, left_contact, text_sealed
            FROM gap_questions WHERE business_id = %(b)s AND question_id = %(q)s
            """,
            {"b": business_id, "q": question_id},
        )
        return await cursor.fetchone()


async def delete_empty(conn: Connection, business_id: UUID) -> int:
    """Gaps that nobody's question is left of. What the owner answered stays among the questions and answers."""
    cursor = await conn.execute(
        "DELETE FROM gaps g WHERE g.business_id = %(b)s AND NOT EXISTS (SELECT FROM gap_questions q"
        " WHERE q.business_id = g.business_id AND q.gap_id = g.gap_id)",
        {"b": business_id},
    )
    return cursor.rowcount


def _halfvec(vector: NDArray[np.float32]) -> str:
    return str(HalfVector(vector).to_text())
