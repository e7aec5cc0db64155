"""SQL of the owner's questions and answers."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.knowledge.faq.model import Entry, NewEntry


async def list_entries(
    conn: Connection, business_id: UUID, *, match: str = "", offset: int = 0, limit: int = 50
) -> list[Entry]:
    """The newest first, those that hold `match` in question or answer."""
    async with conn.cursor(row_factory=class_row(Entry)) as cursor:
        await cursor.execute(
            """
            SELECT f.faq_id, f.question, f.answer, f.created_at, f.updated_at, coalesce(live.newest, false) AS live
            FROM faq_entries f
            LEFT JOIN LATERAL (
                SELECT d.last_checked_at >= f.updated_at AND g.version_id = (
                    SELECT v.version_id FROM document_versions v
                    WHERE v.business_id = d.business_id AND v.document_id = d.document_id
                    ORDER BY v.fetched_at DESC, v.version_id DESC LIMIT 1) AS newest
                FROM businesses b
                JOIN documents d ON d.business_id = b.business_id AND d.source_id = f.source_id
                    AND d.url = 'faq:' || f.faq_id
                JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
                    AND g.document_id = d.document_id
                WHERE b.business_id = f.business_id) AS live ON true
            WHERE f.business_id = %(b)s
                AND (%(match)s = '' OR strpos(lower(f.question || ' ' || f.answer), lower(%(match)s)) > 0)
            ORDER BY f.faq_id DESC OFFSET %(offset)s LIMIT %(limit)s
            """,
            {"b": business_id, "match": match, "offset": offset, "limit": limit},
        )
        return await cursor.fetchall()


async def read_entry(conn: Connection, business_id: UUID, faq_id: UUID) -> NewEntry | None:
    async with conn.cursor(row_factory=class_row(NewEntry)) as cursor:
        await cursor.execute(
            "SELECT question, answer FROM faq_entries WHERE business_id = %(b)s AND faq_id = %(faq)s",
            {"b": business_id, "faq": faq_id},
        )
        return await cursor.fetchone()


async def count_entries(conn: Connection, business_id: UUID) -> int:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT count(*) FROM faq_entries WHERE business_id = %(b)s", {"b": business_id})
        return await cursor.fetchone() or 0


async def insert_entry(
    conn: Connection, business_id: UUID, source_id: UUID, entry: NewEntry, *, actor: str, faq_id: UUID | None = None
) -> UUID:
    """`faq_id`: of an entry that comes back; there it is again only once."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO faq_entries (business_id, faq_id, source_id, updated_by, question, answer)
            VALUES (%(b)s, coalesce(%(faq)s, uuidv7()), %(source)s, %(by)s, %(question)s, %(answer)s)
            ON CONFLICT (business_id, faq_id) DO UPDATE SET faq_id = excluded.faq_id
            RETURNING faq_id
            """,
            {
                "b": business_id, "faq": faq_id, "source": source_id, "by": actor, "question": entry.question,
                "answer": entry.answer,
            },
        )  # fmt: skip
        made = await cursor.fetchone()
    assert isinstance(made, UUID)  # RETURNING gives the row in both cases
    return made


async def update_entry(conn: Connection, business_id: UUID, faq_id: UUID, entry: NewEntry, *, actor: str) -> bool:
    """False when there is none."""
    cursor = await conn.execute(
        "UPDATE faq_entries SET question = %(question)s, answer = %(answer)s, updated_at = now(), updated_by = %(by)s"
        " WHERE business_id = %(b)s AND faq_id = %(faq)s",
        {"b": business_id, "faq": faq_id, "question": entry.question, "answer": entry.answer, "by": actor},
    )
    return cursor.rowcount == 1


async def delete_entry(conn: Connection, business_id: UUID, faq_id: UUID) -> NewEntry | None:
    """What was deleted."""
    async with conn.cursor(row_factory=class_row(NewEntry)) as cursor:
        await cursor.execute(
            "DELETE FROM faq_entries WHERE business_id = %(b)s AND faq_id = %(faq)s RETURNING question, answer",
            {"b": business_id, "faq": faq_id},
        )
        return await cursor.fetchone()
