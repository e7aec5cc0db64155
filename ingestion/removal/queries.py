"""SQL of removing: what shows a source's documents, copies of what stays, and the rows that go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from ingestion.ports import Connection


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A document of the live generation, and whether it goes."""

    document_id: UUID
    version_id: UUID
    goes: bool


@dataclass(frozen=True, slots=True)
class MadeRow:
    """What a generation was made with."""

    generation: int
    embedding_model: str
    analyser: str


@dataclass(frozen=True, slots=True)
class PassageRow:
    chunk_no: int
    kind: str
    goes: bool


@dataclass(frozen=True, slots=True)
class PostingRow:
    term: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class LengthsRow:
    field: str
    lengths: bytes


async def read_made(conn: Connection, business_id: UUID) -> MadeRow | None:
    """Of what is live."""
    async with conn.cursor(row_factory=class_row(MadeRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.embedding_model, g.analyser FROM businesses b
            JOIN generations g ON g.business_id = b.business_id AND g.generation = b.live_generation
            WHERE b.business_id = %(b)s
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def list_shown(
    conn: Connection, business_id: UUID, generation: int, source_id: UUID, url: str | None
) -> list[ShownRow]:
    """`url`: of the one document that goes, None for all of the source."""
    async with conn.cursor(row_factory=class_row(ShownRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.document_id, g.version_id,
                d.source_id = %(source)s AND (%(url)s::text IS NULL OR d.url = %(url)s) AS goes
            FROM generation_documents g JOIN documents d USING (business_id, document_id)
            WHERE g.business_id = %(b)s AND g.generation = %(g)s ORDER BY g.document_id
            """,
            {"b": business_id, "g": generation, "source": source_id, "url": url},
        )
        return await cursor.fetchall()


async def list_passages(
    conn: Connection, business_id: UUID, generation: int, going: Sequence[UUID]
) -> list[PassageRow]:
    async with conn.cursor(row_factory=class_row(PassageRow)) as cursor:
        await cursor.execute(
            """
            SELECT chunk_no, kind, document_id = ANY(%(going)s) AS goes FROM chunks
            WHERE business_id = %(b)s AND generation = %(g)s ORDER BY chunk_no
            """,
            {"b": business_id, "g": generation, "going": list(going)},
        )
        return await cursor.fetchall()


async def copy_passages(
    conn: Connection, business_id: UUID, *, over: int, generation: int, numbers: Sequence[int], first: int
) -> None:
    """Passages `numbers` of `over` with their vectors, numbered anew from `first`."""
    values = {"b": business_id, "over": over, "g": generation, "numbers": list(numbers), "first": first - 1}
    await conn.execute(
        """
        INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, page, kind, language,
            text_hash, spans, title, heading_path, text)
        SELECT %(b)s, %(g)s, %(first)s + kept.at, c.document_id, c.version_id, c.tokens, c.page, c.kind, c.language,
            c.text_hash, c.spans, c.title, c.heading_path, c.text
        FROM unnest(%(numbers)s::int[]) WITH ORDINALITY AS kept (chunk_no, at)
        JOIN chunks c ON c.business_id = %(b)s AND c.generation = %(over)s AND c.chunk_no = kept.chunk_no
        """,
        values,
    )
    await conn.execute(
        """
        INSERT INTO chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)
        SELECT %(b)s, %(g)s, w.window_no, %(first)s + kept.at, w.model, w.embedding_hash, w.embedding
        FROM unnest(%(numbers)s::int[]) WITH ORDINALITY AS kept (chunk_no, at)
        JOIN chunk_windows w ON w.business_id = %(b)s AND w.generation = %(over)s AND w.chunk_no = kept.chunk_no
        """,
        values,
    )


async def read_some_postings(
    conn: Connection, business_id: UUID, generation: int, field: str, after: str, limit: int
) -> list[PostingRow]:
    """Terms in the order of their key, after the term `after`."""
    async with conn.cursor(row_factory=class_row(PostingRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT term, packed FROM postings
            WHERE business_id = %(b)s AND generation = %(g)s AND field = %(field)s::"char" AND term > %(after)s
            ORDER BY term LIMIT %(limit)s
            """,
            {"b": business_id, "g": generation, "field": field, "after": after, "limit": limit},
        )
        return await cursor.fetchall()


async def read_lengths(conn: Connection, business_id: UUID, generation: int) -> list[LengthsRow]:
    async with conn.cursor(row_factory=class_row(LengthsRow), binary=True) as cursor:
        await cursor.execute(
            "SELECT field::text AS field, lengths FROM posting_lengths"
            " WHERE business_id = %(b)s AND generation = %(g)s",
            {"b": business_id, "g": generation},
        )
        return await cursor.fetchall()


async def lock_source(conn: Connection, business_id: UUID, source_id: UUID) -> bool:
    """Whoever adds a file to it waits. False when it is gone already."""
    cursor = await conn.execute(
        "SELECT FROM sources WHERE business_id = %(b)s AND source_id = %(source)s FOR UPDATE",
        {"b": business_id, "source": source_id},
    )
    return cursor.rowcount == 1


async def end_live(conn: Connection, business_id: UUID) -> None:
    """Nothing is left to answer from."""
    await conn.execute("UPDATE businesses SET live_generation = NULL WHERE business_id = %(b)s", {"b": business_id})


async def delete_showing(conn: Connection, business_id: UUID, source_id: UUID, url: str | None) -> int:
    """Generations that show what goes, whatever their state, but the live one. Vectors first: one range, no cascade."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT g.generation FROM generations g JOIN businesses b USING (business_id)
            WHERE g.business_id = %(b)s AND g.generation IS DISTINCT FROM b.live_generation AND EXISTS (
                SELECT FROM generation_documents s JOIN documents d USING (business_id, document_id)
                WHERE s.business_id = g.business_id AND s.generation = g.generation AND d.source_id = %(source)s
                    AND (%(url)s::text IS NULL OR d.url = %(url)s))
            """,
            {"b": business_id, "source": source_id, "url": url},
        )
        showing = await cursor.fetchall()
    await conn.execute(
        "DELETE FROM chunk_windows WHERE business_id = %(b)s AND generation = ANY(%(showing)s)",
        {"b": business_id, "showing": showing},
    )
    await conn.execute(
        "DELETE FROM generations WHERE business_id = %(b)s AND generation = ANY(%(showing)s)",
        {"b": business_id, "showing": showing},
    )
    return len(showing)


async def delete_file(conn: Connection, business_id: UUID, source_id: UUID, name: str, url: str) -> int:
    """The file, its document with every version, its lines in the ledgers. Answers how many files are left."""
    values = {"b": business_id, "source": source_id, "name": name, "url": url}
    await conn.execute(
        "DELETE FROM files WHERE business_id = %(b)s AND source_id = %(source)s AND name = %(name)s", values
    )
    await conn.execute(
        "DELETE FROM documents WHERE business_id = %(b)s AND source_id = %(source)s AND url = %(url)s", values
    )
    await conn.execute(
        """
        DELETE FROM crawl_pages p USING crawls c
        WHERE p.business_id = %(b)s AND c.business_id = %(b)s AND c.crawl_id = p.crawl_id
            AND c.source_id = %(source)s AND p.url = %(url)s
        """,
        values,
    )
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT count(*) FROM files WHERE business_id = %(b)s AND source_id = %(source)s", values)
        return await cursor.fetchone() or 0


async def delete_source(conn: Connection, business_id: UUID, source_id: UUID) -> None:
    """With its files, documents, versions, crawls and ledgers."""
    await conn.execute(
        "DELETE FROM sources WHERE business_id = %(b)s AND source_id = %(source)s",
        {"b": business_id, "source": source_id},
    )


async def shows_removed_file(conn: Connection, business_id: UUID, generation: int) -> bool:
    """Whether a file was removed after its bytes were taken for this generation."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM generation_documents g
                JOIN documents d USING (business_id, document_id)
                JOIN sources s USING (business_id, source_id)
                WHERE g.business_id = %(b)s AND g.generation = %(g)s AND s.kind = 'files' AND NOT EXISTS (
                    SELECT FROM files f
                    WHERE f.business_id = s.business_id AND f.source_id = s.source_id AND 'file:' || f.name = d.url))
            """,
            {"b": business_id, "g": generation},
        )
        return bool(await cursor.fetchone())


async def drop_removed_files(conn: Connection, business_id: UUID, source_id: UUID) -> None:
    """What a reading stored of a file that was removed meanwhile: the generations that show it, its document."""
    values = {"b": business_id, "source": source_id}
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT d.url FROM documents d WHERE d.business_id = %(b)s AND d.source_id = %(source)s AND NOT EXISTS (
                SELECT FROM files f
                WHERE f.business_id = %(b)s AND f.source_id = d.source_id AND 'file:' || f.name = d.url)
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
