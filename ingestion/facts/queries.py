"""SQL of found facts: those of a generation written, read, and copied beside what is live."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Json

from ingestion.facts.model import FactKind, FoundFact
from ingestion.ports import Connection


async def insert_found(
    conn: Connection, business_id: UUID, generation: int, facts: Sequence[tuple[int, FoundFact]]
) -> None:
    """(number, fact)."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO found_facts (business_id, generation, fact_no, document_id, version_id, start_at, end_at, page,
                kind, origin, language, subject, subject_key, value_key, shown, value)
            VALUES (%(b)s, %(g)s, %(no)s, %(document)s, %(version)s, %(start)s, %(end)s, %(page)s, %(kind)s, %(origin)s,
                %(language)s, %(subject)s, %(subject_key)s, %(value_key)s, %(shown)s, %(value)s)
            """,
            [
                {
                    "b": business_id, "g": generation, "no": number, "document": fact.document_id,
                    "version": fact.version_id, "start": fact.start, "end": fact.end, "page": fact.page,
                    "kind": fact.kind, "origin": fact.origin, "language": fact.language, "subject": fact.subject,
                    "subject_key": fact.subject_key, "value_key": fact.value_key, "shown": fact.shown,
                    "value": Json(fact.value),
                }
                for number, fact in facts
            ],
        )  # fmt: skip


async def list_found(
    conn: Connection, business_id: UUID, generation: int, kinds: Sequence[FactKind] | None = None
) -> list[FoundFact]:
    """In the order in which they were recognised. `kinds`: None for all."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            SELECT f.document_id, f.version_id, f.kind, f.origin, f.subject, f.subject_key, f.value, f.value_key,
                f.shown, f.start_at AS start, f.end_at AS "end", f.page, f.language, d.url
            FROM found_facts f JOIN documents d ON d.business_id = f.business_id AND d.document_id = f.document_id
            WHERE f.business_id = %(b)s AND f.generation = %(g)s
                AND (%(kinds)s::text[] IS NULL OR f.kind = ANY(%(kinds)s)) ORDER BY f.fact_no
            """,
            {"b": business_id, "g": generation, "kinds": None if kinds is None else list(kinds)},
        )
        return [FoundFact(kind=FactKind(row.pop("kind")), **row) for row in await cursor.fetchall()]


async def copy_found(conn: Connection, business_id: UUID, *, over: int, generation: int) -> None:
    """Of the documents that the copy shows; their numbers stay."""
    await conn.execute(
        """
        INSERT INTO found_facts (business_id, generation, fact_no, document_id, version_id, start_at, end_at, page,
            kind, origin, language, subject, subject_key, value_key, shown, value)
        SELECT f.business_id, %(g)s, f.fact_no, f.document_id, f.version_id, f.start_at, f.end_at, f.page, f.kind,
            f.origin, f.language, f.subject, f.subject_key, f.value_key, f.shown, f.value
        FROM found_facts f
        JOIN generation_documents g ON g.business_id = f.business_id AND g.generation = %(g)s
            AND g.document_id = f.document_id
        WHERE f.business_id = %(b)s AND f.generation = %(over)s
        """,
        {"b": business_id, "over": over, "g": generation},
    )
