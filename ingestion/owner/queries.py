"""SQL of what the owner says: FAQ entries of a source, and the facts that are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from ingestion.ports import Connection


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
