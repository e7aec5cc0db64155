"""SQL of generations: staging, what differs from what is live, passages, vectors and postings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector import HalfVector
from pgvector.psycopg.halfvec import register_halfvec_info
from psycopg.rows import class_row, dict_row, scalar_row, tuple_row
from psycopg.types import TypeInfo
from psycopg.types.json import Json

from ingestion.facts.model import ConfirmedFact, FactKind
from ingestion.model import Chunk
from ingestion.ports import Connection


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A document of the live generation. `mine`: of the source that is being read."""

    document_id: UUID
    version_id: UUID
    url: str
    mine: bool


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A document that two generations do not show alike. `mine`: of the source that is being read."""

    url: str
    what: str  # gone | new | changed
    mine: bool
    text_hash: bytes  # of the one that shows it


async def list_differences(
    conn: Connection, business_id: UUID, source_id: UUID, *, over: int | None, generation: int
) -> list[DifferenceRow]:
    """By address. Another version that says the same (read by a newer extractor) is no difference."""
    async with conn.cursor(row_factory=class_row(DifferenceRow)) as cursor:
        await cursor.execute(
            """
            WITH before AS (
                SELECT document_id, version_id FROM generation_documents
                WHERE business_id = %(b)s AND generation = %(over)s),
            after AS (
                SELECT document_id, version_id FROM generation_documents
                WHERE business_id = %(b)s AND generation = %(g)s),
            pair AS (
                SELECT document_id, before.version_id AS was, after.version_id AS became
                FROM before FULL JOIN after USING (document_id)
                WHERE before.version_id IS DISTINCT FROM after.version_id)
            SELECT d.url, d.source_id = %(source)s AS mine,
                CASE WHEN pair.was IS NULL THEN 'new' WHEN pair.became IS NULL THEN 'gone' ELSE 'changed' END AS what,
                sha256(convert_to(v.text, 'UTF8')) AS text_hash
            FROM pair
            JOIN documents d ON d.business_id = %(b)s AND d.document_id = pair.document_id
            JOIN document_versions v ON v.business_id = %(b)s AND v.version_id = coalesce(pair.became, pair.was)
            LEFT JOIN document_versions old
                ON old.business_id = %(b)s AND old.version_id = pair.was AND pair.became IS NOT NULL
            WHERE old.version_id IS NULL
                OR (old.title, old.text, old.structured) IS DISTINCT FROM (v.title, v.text, v.structured)
            ORDER BY d.url
            """,
            {"b": business_id, "source": source_id, "over": over, "g": generation},
        )
        return await cursor.fetchall()


async def list_confirmed(conn: Connection, business_id: UUID) -> list[ConfirmedFact]:
    """What the owner confirmed as a page said it, and what has not expired."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT fact_id, kind, subject, subject_key, value, value_key, found_url, found_key FROM facts"
            " WHERE business_id = %(b)s AND state = 'confirmed' AND found_url IS NOT NULL"
            " AND coalesce(expires_at > now(), true) ORDER BY fact_id",
            {"b": business_id},
        )
        return [ConfirmedFact(kind=FactKind(row.pop("kind")), **row) for row in await cursor.fetchall()]


async def live_documents(conn: Connection, business_id: UUID, source_id: UUID) -> list[LiveRow]:
    async with conn.cursor(row_factory=class_row(LiveRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.document_id, g.version_id, d.url, d.source_id = %(source)s AS mine
            FROM businesses b
            JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
            JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
            WHERE b.business_id = %(b)s ORDER BY g.document_id
            """,
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchall()


async def documents_of(conn: Connection, business_id: UUID, generation: int) -> list[tuple[UUID, UUID]]:
    """(document, version)."""
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            "SELECT document_id, version_id FROM generation_documents"
            " WHERE business_id = %(b)s AND generation = %(g)s ORDER BY document_id",
            {"b": business_id, "g": generation},
        )
        return await cursor.fetchall()


async def begin_generation(
    conn: Connection,
    business_id: UUID,
    crawl_id: UUID | None,
    *,
    model: str,
    analyser: str,
    fingerprint: bytes | None,
) -> int:
    """The next number. What a worker that died left in staging is given up; its vectors are still copied from."""
    await conn.execute(
        "UPDATE generations SET state = 'failed', reason = 'interrupted'"
        " WHERE business_id = %(b)s AND state = 'staging'",
        {"b": business_id},
    )
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH next AS (
                UPDATE businesses SET last_generation = last_generation + 1 WHERE business_id = %(b)s
                RETURNING last_generation)
            INSERT INTO generations (business_id, generation, state, crawl_id, embedding_model, analyser, fingerprint)
            SELECT %(b)s, last_generation, 'staging', %(crawl)s, %(model)s, %(analyser)s, %(fingerprint)s FROM next
            RETURNING generation
            """,
            {"b": business_id, "crawl": crawl_id, "model": model, "analyser": analyser, "fingerprint": fingerprint},
        )
        return await cursor.fetchone() or 0


async def still_staging(conn: Connection, business_id: UUID, generation: int) -> bool:
    """Locks the row, so that nobody gives the generation up while its rows are written."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            "SELECT FROM generations WHERE business_id = %(b)s AND generation = %(g)s AND state = 'staging' FOR SHARE",
            {"b": business_id, "g": generation},
        )
        return cursor.rowcount == 1


async def insert_generation_documents(
    conn: Connection, business_id: UUID, generation: int, documents: Sequence[tuple[UUID, UUID]]
) -> None:
    await conn.execute(
        """
        INSERT INTO generation_documents (business_id, generation, document_id, version_id)
        SELECT %(b)s, %(g)s, document_id, version_id FROM unnest(%(documents)s::uuid[], %(versions)s::uuid[])
            AS pair (document_id, version_id)
        """,
        {
            "b": business_id, "g": generation, "documents": [document for document, _ in documents],
            "versions": [version for _, version in documents],
        },
    )  # fmt: skip


async def insert_chunks(
    conn: Connection, business_id: UUID, generation: int, chunks: Sequence[tuple[int, bytes, Chunk]]
) -> None:
    """(number, hash of what is embedded for the whole passage, passage)."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, page, kind,
                language, text_hash, spans, title, heading_path, text)
            VALUES (%(b)s, %(g)s, %(no)s, %(document)s, %(version)s, %(tokens)s, %(page)s, %(kind)s, %(language)s,
                %(hash)s, %(spans)s, %(title)s, %(path)s, %(text)s)
            """,
            [
                {
                    "b": business_id, "g": generation, "no": number, "document": chunk.document_id,
                    "version": chunk.version_id, "tokens": chunk.tokens, "page": chunk.page, "kind": chunk.kind,
                    "language": chunk.language, "hash": text_hash, "title": chunk.title,
                    "spans": [edge for span in chunk.spans for edge in span], "path": list(chunk.heading_path),
                    "text": chunk.text,
                }
                for number, text_hash, chunk in chunks
            ],
        )  # fmt: skip


async def embedded_already(conn: Connection, business_id: UUID, model: str, hashes: Sequence[bytes]) -> set[bytes]:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT hash FROM unnest(%(hashes)s::bytea[]) AS wanted (hash) WHERE EXISTS (
                SELECT FROM chunk_windows w
                WHERE w.business_id = %(b)s AND w.model = %(model)s AND w.embedding_hash = wanted.hash)
            """,
            {"b": business_id, "model": model, "hashes": list(hashes)},
        )
        return set(await cursor.fetchall())


async def copy_windows(
    conn: Connection, business_id: UUID, generation: int, model: str, windows: Sequence[tuple[int, int, bytes]]
) -> int:
    """(chunk, window, hash): the vector of the same text and model, from whichever generation holds one."""
    cursor = await conn.execute(
        """
        INSERT INTO chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)
        SELECT %(b)s, %(g)s, wanted.window_no, wanted.chunk_no, %(model)s, wanted.hash, held.embedding
        FROM unnest(%(chunks)s::int[], %(windows)s::int[], %(hashes)s::bytea[]) AS wanted (chunk_no, window_no, hash)
        CROSS JOIN LATERAL (
            SELECT w.embedding FROM chunk_windows w
            WHERE w.business_id = %(b)s AND w.model = %(model)s AND w.embedding_hash = wanted.hash LIMIT 1) AS held
        """,
        {
            "b": business_id, "g": generation, "model": model, "chunks": [chunk for chunk, _, _ in windows],
            "windows": [window for _, window, _ in windows], "hashes": [text_hash for _, _, text_hash in windows],
        },
    )  # fmt: skip
    return cursor.rowcount


async def insert_windows(
    conn: Connection,
    business_id: UUID,
    generation: int,
    model: str,
    windows: Sequence[tuple[int, int, bytes, HalfVector]],
) -> None:
    """(chunk, window, hash, vector)."""
    info = await TypeInfo.fetch(conn, "halfvec")
    if info is None:
        raise LookupError("the extension vector is missing in this database")
    register_halfvec_info(conn, info)
    await conn.execute(
        """
        INSERT INTO chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)
        SELECT %(b)s, %(g)s, window_no, chunk_no, %(model)s, hash, embedding
        FROM unnest(%(chunks)s::int[], %(windows)s::int[], %(hashes)s::bytea[], %(vectors)b::halfvec[])
            AS made (chunk_no, window_no, hash, embedding)
        """,
        {
            "b": business_id, "g": generation, "model": model, "chunks": [row[0] for row in windows],
            "windows": [row[1] for row in windows], "hashes": [row[2] for row in windows],
            "vectors": [row[3] for row in windows],
        },
    )  # fmt: skip


async def insert_postings(
    conn: Connection, business_id: UUID, generation: int, field: str, postings: Sequence[tuple[str, bytes]]
) -> None:
    await conn.execute(
        """
        INSERT INTO postings (business_id, generation, field, term, packed)
        SELECT %(b)s, %(g)s, %(field)s::"char", term, packed FROM unnest(%(terms)s::text[], %(packed)s::bytea[])
            AS posting (term, packed)
        """,
        {
            "b": business_id, "g": generation, "field": field, "terms": [term for term, _ in postings],
            "packed": [packed for _, packed in postings],
        },
    )  # fmt: skip


async def insert_posting_lengths(
    conn: Connection, business_id: UUID, generation: int, field: str, count: int, lengths: bytes
) -> None:
    await conn.execute(
        "INSERT INTO posting_lengths (business_id, generation, field, chunk_count, lengths)"
        ' VALUES (%(b)s, %(g)s, %(field)s::"char", %(count)s, %(lengths)s)',
        {"b": business_id, "g": generation, "field": field, "count": count, "lengths": lengths},
    )


async def set_figures(
    conn: Connection, business_id: UUID, generation: int, *, documents: int, chunks: int, reused: int
) -> None:
    await conn.execute(
        "UPDATE generations SET documents = %(documents)s, chunks = %(chunks)s, reused = %(reused)s"
        " WHERE business_id = %(b)s AND generation = %(g)s",
        {"b": business_id, "g": generation, "documents": documents, "chunks": chunks, "reused": reused},
    )


async def set_changes(conn: Connection, business_id: UUID, generation: int, changes: list[dict[str, Any]]) -> None:
    await conn.execute(
        "UPDATE generations SET changes = %(changes)s WHERE business_id = %(b)s AND generation = %(g)s",
        {"b": business_id, "g": generation, "changes": Json(changes)},
    )


async def set_done(conn: Connection, business_id: UUID, generation: int, done: int, total: int) -> None:
    await conn.execute(
        "UPDATE generations SET done = %(done)s, total = %(total)s WHERE business_id = %(b)s AND generation = %(g)s",
        {"b": business_id, "g": generation, "done": done, "total": total},
    )
