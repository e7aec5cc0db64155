"""Reads of facts: those of the live generation, what the owner decided, and the passages they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from retrieval.hours.model import KINDS
from retrieval.ports import Connection

EACH = 6  # pages looked at for one and the same fact: a footer says it on every page


@dataclass(frozen=True, slots=True)
class FoundRow:
    kind: str
    subject: str
    subject_key: str
    value: dict[str, Any]
    value_key: str
    shown: str
    document_id: UUID
    version_id: UUID
    start_at: int | None
    end_at: int | None


@dataclass(frozen=True, slots=True)
class DecidedRow:
    state: str
    kind: str
    subject: str
    subject_key: str
    value: dict[str, Any]
    value_key: str
    found_key: str | None  # the value that a page gave when the owner decided
    shown: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ChunkRow:
    chunk_no: int
    spans: list[int]
    text: str


async def read_found(
    conn: Connection, business_id: UUID, generation: int, kinds: Sequence[str] = KINDS, naming: Sequence[str] = ()
) -> list[FoundRow]:
    """Not those found in the owner's own words: they stand in `facts`. `naming`: with one of these in the subject,
    letters only; a business may have a thousand prices, and a question names one."""
    async with conn.cursor(row_factory=class_row(FoundRow)) as cursor:
        await cursor.execute(
            """
            SELECT kind, subject, subject_key, value, value_key, shown, document_id, version_id, start_at, end_at FROM (
                SELECT f.*, row_number() OVER (PARTITION BY f.kind, f.subject_key, f.value_key
                    ORDER BY f.start_at IS NULL, f.fact_no) AS nth
                FROM found_facts AS f
                JOIN documents AS d ON d.business_id = f.business_id AND d.document_id = f.document_id
                WHERE f.business_id = %(business_id)s AND f.generation = %(generation)s AND f.kind = ANY(%(kinds)s)
                  AND d.url NOT LIKE 'fact:%%'
                  AND (%(naming)s::text[] = '{}' OR EXISTS (
                      SELECT FROM unnest(%(naming)s::text[]) AS part WHERE position(part IN f.subject_key) > 0))
            ) AS ranked
            WHERE nth <= %(each)s
            ORDER BY fact_no
            """,
            {
                "business_id": business_id,
                "generation": generation,
                "kinds": list(kinds),
                "naming": list(naming),
                "each": EACH,
            },
        )
        return await cursor.fetchall()


async def read_decided(
    conn: Connection, business_id: UUID, now: datetime, kinds: Sequence[str] = KINDS
) -> list[DecidedRow]:
    async with conn.cursor(row_factory=class_row(DecidedRow)) as cursor:
        await cursor.execute(
            """
            SELECT state, kind, subject, subject_key, value, value_key, found_key, shown, updated_at
            FROM facts
            WHERE business_id = %(business_id)s AND kind = ANY(%(kinds)s)
              AND (expires_at IS NULL OR expires_at > %(now)s)
            ORDER BY fact_id
            """,
            {"business_id": business_id, "kinds": list(kinds), "now": now},
        )
        return await cursor.fetchall()


async def read_chunks_of(
    conn: Connection, business_id: UUID, generation: int, documents: Sequence[UUID], versions: Sequence[UUID]
) -> list[tuple[UUID, ChunkRow]]:
    """(version, passage) in the order of the passages."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            """
            SELECT version_id, chunk_no, spans, text
            FROM chunks
            WHERE business_id = %(business_id)s AND generation = %(generation)s
              AND document_id = ANY(%(documents)s) AND version_id = ANY(%(versions)s)
            ORDER BY chunk_no
            """,
            {
                "business_id": business_id,
                "generation": generation,
                "documents": list(documents),
                "versions": list(versions),
            },
        )
        return [(row[0], ChunkRow(row[1], row[2], row[3])) for row in await cursor.fetchall()]


async def read_chunks(
    conn: Connection, business_id: UUID, generation: int, numbers: Sequence[int]
) -> list[tuple[UUID, ChunkRow]]:
    """(version, passage) of these passages."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            """
            SELECT version_id, chunk_no, spans, text FROM chunks
            WHERE business_id = %(business_id)s AND generation = %(generation)s AND chunk_no = ANY(%(numbers)s)
            """,
            {"business_id": business_id, "generation": generation, "numbers": list(numbers)},
        )
        return [(row[0], ChunkRow(row[1], row[2], row[3])) for row in await cursor.fetchall()]


async def find_chunk_holding(
    conn: Connection, business_id: UUID, generation: int, words: str, *, owned: bool
) -> ChunkRow | None:
    """The first passage with just these words; `owned`: among the owner's facts, else among everything else.

    A scan of the business's passages, for the few facts that their version's own passages do not show.
    """
    async with conn.cursor(row_factory=class_row(ChunkRow)) as cursor:
        await cursor.execute(
            """
            SELECT c.chunk_no, c.spans, c.text
            FROM chunks AS c
            JOIN documents AS d ON d.business_id = c.business_id AND d.document_id = c.document_id
            WHERE c.business_id = %(business_id)s AND c.generation = %(generation)s
              AND (d.url LIKE 'fact:%%') = %(owned)s AND position(%(words)s IN c.text) > 0
            ORDER BY c.chunk_no LIMIT 1
            """,
            {"business_id": business_id, "generation": generation, "words": words, "owned": owned},
        )
        return await cursor.fetchone()
