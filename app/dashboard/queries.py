"""SQL of the knowledge pages: sources with their runs, what waits, what is live and what was taken from it.

Every query runs in the transaction of one business and names it as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with its latest run, if there was one."""

    source_id: UUID
    kind: str
    url: str
    schedule: str
    max_pages: int
    crawl_id: UUID | None
    state: str | None
    phase: str | None
    done: int | None
    total: int | None
    started_at: datetime | None
    finished_at: datetime | None
    reason: str | None
    generation: int | None
    generation_state: str | None  # None: there is none of that number (any more)
    documents: int
    files: int
    failing: int
    needs_browser: bool


@dataclass(frozen=True, slots=True)
class DocumentRow:
    document_id: UUID
    url: str
    title: str
    words: int
    language: str | None
    media_type: str
    fetched_at: datetime
    last_checked_at: datetime
    chunks: int
    unseen: int = 0  # characters of the page that nobody sees, left out


@dataclass(frozen=True, slots=True)
class ChunkRow:
    chunk_no: int
    kind: str
    page: int | None
    tokens: int
    heading_path: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class FileRow:
    file_id: UUID
    name: str
    bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HeldRow:
    generation: int
    created_at: datetime
    documents: int
    live_documents: int
    reason: str | None
    changes: list[dict[str, Any]]  # as ingestion/generations/changes.py stores them


@dataclass(frozen=True, slots=True)
class LiveRow:
    """What is live, and what it changed when it went out."""

    generation: int
    published_at: datetime | None
    changes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """What is live is being embedded anew; total 0: it waits, or its passages are being cut."""

    done: int
    total: int
    error: str | None


async def list_sources(conn: Connection, business_id: UUID) -> list[SourceRow]:
    async with conn.cursor(row_factory=class_row(SourceRow)) as cursor:
        await cursor.execute(
            """
            SELECT s.source_id, s.kind, s.url, s.schedule, s.max_pages, s.needs_browser,
                c.crawl_id, c.state, c.phase, c.done, c.total, c.started_at, c.finished_at, c.reason, c.generation,
                (SELECT g.state FROM generations g WHERE g.business_id = s.business_id AND g.generation = c.generation)
                    AS generation_state,
                (SELECT count(*) FROM businesses b
                    JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
                    JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
                    WHERE b.business_id = s.business_id AND d.source_id = s.source_id) AS documents,
                (SELECT count(*) FROM businesses b
                    JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
                    JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
                    WHERE b.business_id = s.business_id AND d.source_id = s.source_id
                        AND d.failing_since IS NOT NULL) AS failing,
                (SELECT count(*) FROM files f
                    WHERE f.business_id = s.business_id AND f.source_id = s.source_id) AS files
            FROM sources s
            LEFT JOIN LATERAL (
                SELECT * FROM crawls c WHERE c.business_id = s.business_id AND c.source_id = s.source_id
                    AND (c.purpose = 'reading' OR (c.purpose = 'recheck' AND c.state IN ('running', 'held')))
                ORDER BY c.started_at DESC LIMIT 1) c ON true
            WHERE s.business_id = %(b)s AND s.kind IN ('site', 'files') AND NOT s.draft
            ORDER BY s.kind DESC, s.created_at
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def waiting_sources(conn: Connection, business_id: UUID) -> set[str]:
    """Ids of sources whose update is due, runs or is tried again soon; what is planned for later does not count."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT payload ->> 'source_id' FROM jobs WHERE business_id = %(b)s"
            " AND kind IN ('ingest_source', 'recheck_pages', 'render_source')"
            " AND (state = 'running' OR (state = 'queued' AND run_after <= now() + interval '1 hour'))",
            {"b": business_id},
        )
        return set(await cursor.fetchall())


async def list_documents(
    conn: Connection, business_id: UUID, *, match: str, offset: int, limit: int
) -> list[DocumentRow]:
    """What is live, by address. `match` is part of a title or address, '' for all."""
    async with conn.cursor(row_factory=class_row(DocumentRow)) as cursor:
        await cursor.execute(
            """
            SELECT d.document_id, d.url, v.title, v.words, v.language, v.media_type, v.fetched_at, d.last_checked_at,
                (SELECT count(*) FROM chunks c WHERE c.business_id = g.business_id AND c.generation = g.generation
                    AND c.document_id = g.document_id) AS chunks
            FROM businesses b
            JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
            JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
            JOIN document_versions v ON v.business_id = g.business_id AND v.version_id = g.version_id
            WHERE b.business_id = %(b)s
                AND (strpos(lower(v.title), %(match)s) > 0 OR strpos(lower(d.url), %(match)s) > 0)
            ORDER BY d.url LIMIT %(limit)s OFFSET %(offset)s
            """,
            {"b": business_id, "match": match.lower(), "limit": limit, "offset": offset},
        )
        return await cursor.fetchall()


async def read_document(conn: Connection, business_id: UUID, document_id: UUID) -> DocumentRow | None:
    """None when it is not part of what is live."""
    async with conn.cursor(row_factory=class_row(DocumentRow)) as cursor:
        await cursor.execute(
            """
            SELECT d.document_id, d.url, v.title, v.words, v.language, v.media_type, v.fetched_at, d.last_checked_at,
                0 AS chunks, v.unseen
            FROM businesses b
            JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
            JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
            JOIN document_versions v ON v.business_id = g.business_id AND v.version_id = g.version_id
            WHERE b.business_id = %(b)s AND d.document_id = %(document)s
            """,
            {"b": business_id, "document": document_id},
        )
        return await cursor.fetchone()


async def list_chunks(conn: Connection, business_id: UUID, document_id: UUID) -> list[ChunkRow]:
    """Of the live generation, in reading order."""
    async with conn.cursor(row_factory=class_row(ChunkRow)) as cursor:
        await cursor.execute(
            """
            SELECT c.chunk_no, c.kind, c.page, c.tokens, c.heading_path, c.text
            FROM businesses b JOIN chunks c ON c.business_id = b.business_id AND c.generation = b.live_generation
            WHERE b.business_id = %(b)s AND c.document_id = %(document)s ORDER BY c.chunk_no LIMIT 2000
            """,
            {"b": business_id, "document": document_id},
        )
        return await cursor.fetchall()


async def find_held(conn: Connection, business_id: UUID) -> HeldRow | None:
    """The newest generation that waits for the owner's word."""
    async with conn.cursor(row_factory=class_row(HeldRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.created_at, g.documents, coalesce(l.documents, 0) AS live_documents, g.reason,
                g.changes
            FROM generations g
            JOIN businesses b ON b.business_id = g.business_id
            LEFT JOIN generations l ON l.business_id = b.business_id AND l.generation = b.live_generation
            WHERE g.business_id = %(b)s AND g.state = 'held' AND g.generation > coalesce(b.live_generation, 0)
            ORDER BY g.generation DESC LIMIT 1
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def find_live(conn: Connection, business_id: UUID) -> LiveRow | None:
    async with conn.cursor(row_factory=class_row(LiveRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.published_at, g.changes FROM businesses b
            JOIN generations g ON g.business_id = b.business_id AND g.generation = b.live_generation
            WHERE b.business_id = %(b)s
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def find_renewal(conn: Connection, business_id: UUID) -> RenewalRow | None:
    async with conn.cursor(row_factory=class_row(RenewalRow)) as cursor:
        await cursor.execute(
            """
            SELECT coalesce(g.done, 0) AS done, coalesce(g.total, 0) AS total, j.last_error AS error FROM jobs j
            LEFT JOIN generations g ON g.business_id = j.business_id AND j.state = 'running'
                AND g.state = 'staging' AND g.crawl_id IS NULL
            WHERE j.business_id = %(b)s AND j.kind = 'reembed' AND j.state IN ('queued', 'running')
            ORDER BY j.state DESC LIMIT 1
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def list_files(conn: Connection, business_id: UUID, source_id: UUID) -> list[FileRow]:
    async with conn.cursor(row_factory=class_row(FileRow)) as cursor:
        await cursor.execute(
            "SELECT file_id, name, bytes, created_at FROM files"
            " WHERE business_id = %(b)s AND source_id = %(source)s ORDER BY name",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchall()
