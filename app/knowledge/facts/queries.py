"""SQL of facts: what the live generation found, and what the owner decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Json

from app.db.pool import Connection

EACH = 3  # pages named for one and the same fact


@dataclass(frozen=True, slots=True)
class FoundRow:
    kind: str
    subject: str
    subject_key: str
    value: dict[str, Any]
    value_key: str
    shown: str
    language: str | None
    page: int | None
    document_id: UUID
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class DecidedRow:
    fact_id: UUID
    state: str
    kind: str
    subject: str
    subject_key: str
    value: dict[str, Any]
    shown: str
    decided_as: str
    updated_at: datetime
    expires_at: datetime | None
    found_url: str | None
    found_key: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """A decision as it is stored."""

    state: str
    kind: str
    subject: str
    subject_key: str
    value: dict[str, Any]
    value_key: str
    shown: str
    decided_as: str
    decided_by: str
    language: str
    expires_at: datetime | None = None
    found_url: str | None = None
    found_key: str | None = None


async def list_found(conn: Connection, business_id: UUID, kinds: Sequence[str]) -> list[FoundRow]:
    """Of the live generation, not those found in what the owner says; the first EACH pages of each."""
    async with conn.cursor(row_factory=class_row(FoundRow)) as cursor:
        await cursor.execute(
            """
            SELECT kind, subject, subject_key, value, value_key, shown, language, page, document_id, url, title FROM (
                SELECT f.*, d.url, v.title, row_number() OVER (PARTITION BY f.kind, f.subject_key, f.value_key
                    ORDER BY f.start_at IS NULL, f.fact_no) AS nth
                FROM businesses b
                JOIN found_facts f ON f.business_id = b.business_id AND f.generation = b.live_generation
                JOIN documents d ON d.business_id = f.business_id AND d.document_id = f.document_id
                JOIN document_versions v ON v.business_id = f.business_id AND v.version_id = f.version_id
                WHERE b.business_id = %(b)s AND f.kind = ANY(%(kinds)s) AND d.url NOT LIKE 'fact:%%') AS ranked
            WHERE nth <= %(each)s ORDER BY fact_no
            """,
            {"b": business_id, "kinds": list(kinds), "each": EACH},
        )
        return await cursor.fetchall()


async def list_decided(conn: Connection, business_id: UUID) -> list[DecidedRow]:
    async with conn.cursor(row_factory=class_row(DecidedRow)) as cursor:
        await cursor.execute(
            """
            SELECT fact_id, state, kind, subject, subject_key, value, shown, decided_as, updated_at, expires_at,
                found_url, found_key
            FROM facts WHERE business_id = %(b)s ORDER BY fact_id
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def insert_decision(conn: Connection, business_id: UUID, written: Written) -> UUID:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO facts (business_id, state, kind, subject, subject_key, value, value_key, shown, decided_as,
                decided_by, language, expires_at, found_url, found_key)
            VALUES (%(b)s, %(state)s, %(kind)s, %(subject)s, %(subject_key)s, %(value)s, %(value_key)s, %(shown)s,
                %(decided_as)s, %(by)s, %(language)s, %(expires)s, %(url)s, %(found_key)s)
            RETURNING fact_id
            """,
            {
                "b": business_id, "state": written.state, "kind": written.kind, "subject": written.subject,
                "subject_key": written.subject_key, "value": Json(written.value), "value_key": written.value_key,
                "shown": written.shown, "decided_as": written.decided_as, "by": written.decided_by,
                "language": written.language, "expires": written.expires_at, "url": written.found_url,
                "found_key": written.found_key,
            },
        )  # fmt: skip
        made = await cursor.fetchone()
    assert isinstance(made, UUID)  # RETURNING gives the row
    return made


async def delete_decisions(conn: Connection, business_id: UUID, fact_ids: Sequence[UUID]) -> int:
    cursor = await conn.execute(
        "DELETE FROM facts WHERE business_id = %(b)s AND fact_id = ANY(%(facts)s)",
        {"b": business_id, "facts": list(fact_ids)},
    )
    return cursor.rowcount
