"""SQL of what the owner says: FAQ entries of a source, and the facts that are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from ingestion.ports import Connection
from ingestion.removal.queries import delete_showing


@dataclass(frozen=True, slots=True)
class FaqRow:
    faq_id: UUID
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class OwnedRow:
    kind: str
    shown: str
    decided_as: str
    language: str | None


async def list_faq(conn: Connection, business_id: UUID, source_id: UUID) -> list[FaqRow]:
    async with conn.cursor(row_factory=class_row(FaqRow)) as cursor:
        await cursor.execute(
            "SELECT faq_id, question, answer FROM faq_entries"
            " WHERE business_id = %(b)s AND source_id = %(source)s ORDER BY faq_id",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchall()


async def list_owned(conn: Connection, business_id: UUID) -> list[OwnedRow]:
    """Facts the owner confirmed, corrected or added, until they expire: by kind, subject and day."""
    async with conn.cursor(row_factory=class_row(OwnedRow)) as cursor:
        await cursor.execute(
            """
            SELECT kind, shown, decided_as, language FROM facts
            WHERE business_id = %(b)s AND state <> 'rejected' AND (expires_at IS NULL OR expires_at > now())
            ORDER BY kind, subject_key, value -> 'from' NULLS FIRST, value -> 'days', fact_id
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def next_expiry(conn: Connection, business_id: UUID, source_id: UUID) -> datetime | None:
    """When the next of the owner's facts ends; None also for a source that is not the owner's."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT min(f.expires_at) FROM facts f JOIN sources s USING (business_id)"
            " WHERE f.business_id = %(b)s AND s.source_id = %(source)s AND s.kind = 'owner'"
            " AND f.state <> 'rejected' AND f.expires_at > now()",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchone()


async def drop_removed_entries(conn: Connection, business_id: UUID, source_id: UUID) -> None:
    """What still holds a question that was removed: the generations that show it, and its document."""
    values = {"b": business_id, "source": source_id}
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT d.url FROM documents d WHERE d.business_id = %(b)s AND d.source_id = %(source)s
                AND d.url LIKE 'faq:%%' AND NOT EXISTS (
                    SELECT FROM faq_entries f WHERE f.business_id = %(b)s AND 'faq:' || f.faq_id = d.url)
                AND NOT EXISTS (
                    SELECT FROM businesses b JOIN generation_documents g ON g.business_id = b.business_id
                        AND g.generation = b.live_generation AND g.document_id = d.document_id
                    WHERE b.business_id = %(b)s)
            """,
            values,
        )
        urls = await cursor.fetchall()
    for url in urls:
        await delete_showing(conn, business_id, source_id, url)
        await conn.execute(
            "DELETE FROM documents WHERE business_id = %(b)s AND source_id = %(source)s AND url = %(url)s",
            values | {"url": url},
        )
