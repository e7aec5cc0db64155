"""SQL of reading: sources, crawls and their ledger, files, documents and versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row, tuple_row
from psycopg.types.json import Json

from ingestion.extract.read import EXTRACTOR_VERSION
from ingestion.facts.model import Place
from ingestion.model import BlockKind, LedgerEntry, StoredBlock, StructuredItem, Version
from ingestion.ports import Connection


@dataclass(frozen=True, slots=True)
class SourceRow:
    source_id: UUID
    kind: str
    url: str
    schedule: str
    max_pages: int
    max_depth: int
    draft: bool = False
    ignore_robots: bool = False
    needs_browser: bool = False
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    recheck: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class KnownRow:
    """The newest version of a document; `current`: read by this extractor, so a 304 may stand for it."""

    url: str
    document_id: UUID
    version_id: UUID
    content_hash: bytes
    text_hash: bytes
    links: list[str]
    words: int
    etag: str | None
    last_modified: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    file_id: UUID
    name: str
    media_type: str
    sha256: bytes
    bytes: int


# ---------------------------------------------------------------- sources, crawls and the ledger


async def read_source(conn: Connection, business_id: UUID, source_id: UUID) -> SourceRow | None:
    async with conn.cursor(row_factory=class_row(SourceRow)) as cursor:
        await cursor.execute(
            "SELECT source_id, kind, url, schedule, max_pages, max_depth, draft, ignore_robots, needs_browser,"
            " include, exclude, recheck FROM sources WHERE business_id = %(b)s AND source_id = %(source)s",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchone()


async def read_place(conn: Connection, business_id: UUID) -> Place:
    async with conn.cursor(row_factory=class_row(Place)) as cursor:
        await cursor.execute(
            "SELECT language, country, time_zone FROM businesses WHERE business_id = %(b)s", {"b": business_id}
        )
        return await cursor.fetchone() or Place("en", None, "UTC")


async def begin_crawl(
    conn: Connection, business_id: UUID, source_id: UUID, crawl_id: UUID, *, interrupted: str
) -> None:
    """Begins or, after a worker died, begins again. Whatever else still calls itself running was cut off."""
    await conn.execute(
        "UPDATE crawls SET state = 'failed', finished_at = now(), reason = %(reason)s"
        " WHERE business_id = %(b)s AND state = 'running' AND crawl_id <> %(crawl)s",
        {"b": business_id, "crawl": crawl_id, "reason": interrupted},
    )
    await conn.execute(
        """
        INSERT INTO crawls (business_id, crawl_id, source_id, state) VALUES (%(b)s, %(crawl)s, %(source)s, 'running')
        ON CONFLICT (business_id, crawl_id) DO UPDATE SET state = 'running', phase = 'crawl', done = 0, total = 0,
            generation = NULL, finished_at = NULL, reason = NULL, report = NULL
        """,
        {"b": business_id, "crawl": crawl_id, "source": source_id},
    )
    await conn.execute(
        "DELETE FROM crawl_pages WHERE business_id = %(b)s AND crawl_id = %(crawl)s",
        {"b": business_id, "crawl": crawl_id},
    )


async def set_progress(conn: Connection, business_id: UUID, crawl_id: UUID, phase: str, done: int, total: int) -> None:
    await conn.execute(
        "UPDATE crawls SET phase = %(phase)s, done = %(done)s, total = %(total)s"
        " WHERE business_id = %(b)s AND crawl_id = %(crawl)s",
        {"b": business_id, "crawl": crawl_id, "phase": phase, "done": done, "total": total},
    )


async def insert_pages(
    conn: Connection, business_id: UUID, crawl_id: UUID, entries: Sequence[tuple[int, LedgerEntry, UUID | None]]
) -> None:
    """(position, entry, document) of each address; their order is the order of the ledger."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO crawl_pages (business_id, crawl_id, position, depth, http, bytes, words, document_id, status,
                reason, detail, language, url)
            VALUES (%(b)s, %(crawl)s, %(at)s, %(depth)s, %(http)s, %(bytes)s, %(words)s, %(document)s, %(status)s,
                %(reason)s, %(detail)s, %(language)s, %(url)s)
            """,
            [
                {
                    "b": business_id, "crawl": crawl_id, "at": position, "depth": entry.depth, "http": entry.http,
                    "bytes": entry.bytes, "words": entry.words, "document": document_id, "status": entry.status,
                    "reason": entry.reason, "detail": entry.detail, "language": entry.language, "url": entry.url,
                }
                for position, entry, document_id in entries
            ],
        )  # fmt: skip


async def finish_crawl(
    conn: Connection,
    business_id: UUID,
    crawl_id: UUID,
    *,
    state: str,
    generation: int | None,
    reason: str | None,
    report: dict[str, Any],
) -> None:
    await conn.execute(
        "UPDATE crawls SET state = %(state)s, phase = 'done', generation = %(generation)s, reason = %(reason)s,"
        " report = %(report)s, finished_at = now() WHERE business_id = %(b)s AND crawl_id = %(crawl)s",
        {
            "b": business_id, "crawl": crawl_id, "state": state, "generation": generation, "reason": reason,
            "report": Json(report),
        },
    )  # fmt: skip


async def fail_crawl(conn: Connection, business_id: UUID, crawl_id: UUID, reason: str) -> None:
    """For a run that a fault of our own ended; what is live stays."""
    await conn.execute(
        "UPDATE crawls SET state = 'failed', phase = 'done', reason = %(reason)s, finished_at = now()"
        " WHERE business_id = %(b)s AND crawl_id = %(crawl)s AND state = 'running'",
        {"b": business_id, "crawl": crawl_id, "reason": reason},
    )


# ---------------------------------------------------------------- documents and versions


async def known_pages(conn: Connection, business_id: UUID, source_id: UUID) -> list[KnownRow]:
    """The hash of the text is computed as ingestion/visit.py does."""
    async with conn.cursor(row_factory=class_row(KnownRow)) as cursor:
        await cursor.execute(
            """
            SELECT DISTINCT ON (d.document_id) d.url, d.document_id, v.version_id, v.content_hash,
                sha256(convert_to(v.text, 'UTF8')) AS text_hash, v.links, v.words, v.etag, v.last_modified,
                v.extractor = %(extractor)s AS current
            FROM documents d JOIN document_versions v USING (business_id, document_id)
            WHERE d.business_id = %(b)s AND d.source_id = %(source)s
            ORDER BY d.document_id, v.fetched_at DESC, v.version_id DESC
            """,
            {"b": business_id, "source": source_id, "extractor": EXTRACTOR_VERSION},
        )
        return await cursor.fetchall()


async def put_document(conn: Connection, business_id: UUID, source_id: UUID, url: str) -> UUID:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO documents (business_id, source_id, url) VALUES (%(b)s, %(source)s, %(url)s)
            ON CONFLICT (business_id, source_id, url) DO UPDATE SET last_checked_at = now()
            RETURNING document_id
            """,
            {"b": business_id, "source": source_id, "url": url},
        )
        document_id = await cursor.fetchone()
    assert isinstance(document_id, UUID)  # RETURNING gives the row in both cases
    return document_id


async def put_version(
    conn: Connection,
    business_id: UUID,
    document_id: UUID,
    *,
    content_hash: bytes,
    title: str,
    text: str,
    language: str | None,
    words: int,
    links: Sequence[str],
    blocks: Sequence[dict[str, Any]],
    structured: Sequence[dict[str, Any]],
    media_type: str,
    etag: str | None,
    last_modified: str | None,
) -> UUID:
    """The same text met again only renews how it was fetched (conditions, links, time)."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO document_versions (business_id, document_id, content_hash, title, text, language, words, links,
                blocks, structured, extractor, media_type, etag, last_modified)
            VALUES (%(b)s, %(document)s, %(hash)s, %(title)s, %(text)s, %(language)s, %(words)s, %(links)s, %(blocks)s,
                %(structured)s, %(extractor)s, %(media)s, %(etag)s, %(modified)s)
            ON CONFLICT (business_id, document_id, content_hash) DO UPDATE SET etag = excluded.etag,
                last_modified = excluded.last_modified, links = excluded.links, extractor = excluded.extractor,
                fetched_at = now()
            RETURNING version_id
            """,
            {
                "b": business_id, "document": document_id, "hash": content_hash, "title": title, "text": text,
                "language": language, "words": words, "links": list(links), "blocks": Json(list(blocks)),
                "structured": Json(list(structured)),
                "extractor": EXTRACTOR_VERSION,
                "media": media_type, "etag": etag, "modified": last_modified,
            },
        )  # fmt: skip
        version_id = await cursor.fetchone()
    assert isinstance(version_id, UUID)
    return version_id


async def touch_document(conn: Connection, business_id: UUID, document_id: UUID) -> None:
    await conn.execute(
        "UPDATE documents SET last_checked_at = now() WHERE business_id = %(b)s AND document_id = %(document)s",
        {"b": business_id, "document": document_id},
    )


async def list_files(conn: Connection, business_id: UUID, source_id: UUID) -> list[FileRow]:
    async with conn.cursor(row_factory=class_row(FileRow)) as cursor:
        await cursor.execute(
            "SELECT file_id, name, media_type, sha256, bytes FROM files"
            " WHERE business_id = %(b)s AND source_id = %(source)s ORDER BY file_id",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchall()


async def read_file(conn: Connection, business_id: UUID, file_id: UUID) -> bytes:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT content FROM files WHERE business_id = %(b)s AND file_id = %(file)s",
            {"b": business_id, "file": file_id},
        )
        return await cursor.fetchone() or b""


async def read_versions(conn: Connection, business_id: UUID, version_ids: Sequence[UUID]) -> list[tuple[UUID, Version]]:
    """(source, version) in the order in which the documents were first met."""
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            """
            SELECT d.source_id, d.document_id, v.version_id, d.url, v.title, v.language, v.text, v.blocks,
                v.structured
            FROM document_versions v JOIN documents d USING (business_id, document_id)
            WHERE v.business_id = %(b)s AND v.version_id = ANY(%(versions)s) ORDER BY d.source_id, d.document_id
            """,
            {"b": business_id, "versions": list(version_ids)},
        )
        return [
            (
                row[0],
                Version(
                    row[1],
                    row[2],
                    row[3],
                    row[4],
                    row[5],
                    row[6],
                    tuple(_stored_block(each) for each in row[7]),
                    tuple(_structured(each) for each in row[8]),
                ),
            )
            async for row in cursor
        ]


def _structured(fields: dict[str, Any]) -> StructuredItem:
    return StructuredItem(fields["origin"], tuple(fields["types"]), fields["properties"])


def _stored_block(fields: dict[str, Any]) -> StoredBlock:
    return StoredBlock(
        BlockKind(fields["kind"]), fields["start"], fields["end"], fields.get("level", 0), fields.get("page"),
        fields.get("header"), fields.get("aside", False),
    )  # fmt: skip


async def prune_documents(conn: Connection, business_id: UUID, source_id: UUID, kept: Sequence[UUID]) -> None:
    """Versions that no generation shows, except the newest of what this crawl met; then documents without any."""
    await conn.execute(
        """
        DELETE FROM document_versions v USING documents d
        WHERE v.business_id = %(b)s AND d.business_id = %(b)s AND d.document_id = v.document_id
            AND d.source_id = %(source)s
            AND NOT EXISTS (SELECT FROM generation_documents g
                WHERE g.business_id = %(b)s AND g.version_id = v.version_id)
            AND v.version_id <> ALL(%(kept)s)
        """,
        {"b": business_id, "source": source_id, "kept": list(kept)},
    )
    await conn.execute(
        """
        DELETE FROM documents d WHERE d.business_id = %(b)s AND d.source_id = %(source)s AND NOT EXISTS (
            SELECT FROM document_versions v WHERE v.business_id = %(b)s AND v.document_id = d.document_id)
        """,
        {"b": business_id, "source": source_id},
    )


async def prune_crawls(conn: Connection, business_id: UUID, source_id: UUID, keep: int) -> None:
    await conn.execute(
        """
        DELETE FROM crawls WHERE business_id = %(b)s AND source_id = %(source)s AND crawl_id IN (
            SELECT crawl_id FROM (
                SELECT crawl_id, row_number() OVER (PARTITION BY purpose ORDER BY started_at DESC) AS age FROM crawls
                WHERE business_id = %(b)s AND source_id = %(source)s AND state <> 'running') AS ranked
            WHERE age > %(keep)s)
        """,
        {"b": business_id, "source": source_id, "keep": keep},
    )
