"""SQL of reading: sources, crawls and their ledger, files, documents and versions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    """The newest version of a document; `current`: read by this extractor, so a 304 may stand for it.

    `left`: it was live once and is not, nor waits to be: it stays only for going back.
    """

    url: str
    document_id: UUID
    version_id: UUID
    content_hash: bytes
    text_hash: bytes
    links: list[str]
    words: int
    etag: str | None
    last_modified: str | None
    language: str | None
    missed: int
    current: bool
    cut: str | None
    cut_detail: str | None
    left: bool


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
    conn: Connection, business_id: UUID, source_id: UUID, crawl_id: UUID, *, interrupted: str, purpose: str = "reading"
) -> None:
    """Begins or, after a worker died, begins again. Whatever else still calls itself running was cut off: readings
    and rechecks come one at a time in a business; a preview goes on beside them."""
    await conn.execute(
        "UPDATE crawls SET state = 'failed', finished_at = now(), reason = %(reason)s"
        " WHERE business_id = %(b)s AND state = 'running' AND crawl_id <> %(crawl)s"
        " AND (purpose = 'preview') = (%(purpose)s = 'preview')"
        " AND (%(purpose)s <> 'preview' OR source_id = %(source)s)",
        {"b": business_id, "crawl": crawl_id, "reason": interrupted, "purpose": purpose, "source": source_id},
    )
    await conn.execute(
        """
        INSERT INTO crawls (business_id, crawl_id, source_id, state, purpose)
        VALUES (%(b)s, %(crawl)s, %(source)s, 'running', %(purpose)s)
        ON CONFLICT (business_id, crawl_id) DO UPDATE SET state = 'running', phase = 'crawl', done = 0, total = 0,
            generation = NULL, finished_at = NULL, reason = NULL, report = NULL
        """,
        {"b": business_id, "crawl": crawl_id, "source": source_id, "purpose": purpose},
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


async def known_pages(conn: Connection, business_id: UUID, source_id: UUID, crawl_id: UUID) -> list[KnownRow]:
    """The hash of the text is computed as ingestion/visit.py does. What this very crawl missed, before its worker
    died, is not missed twice."""
    async with conn.cursor(row_factory=class_row(KnownRow)) as cursor:
        await cursor.execute(
            """
            SELECT DISTINCT ON (d.document_id) d.url, d.document_id, v.version_id, v.content_hash,
                sha256(convert_to(v.text, 'UTF8')) AS text_hash, v.links, v.words, v.etag, v.last_modified,
                v.language, v.extractor = %(extractor)s AS current, v.cut, v.cut_detail,
                coalesce((SELECT bool_or(g.state = 'superseded') AND NOT bool_or(g.state IN ('held', 'published'))
                    FROM generation_documents s JOIN generations g USING (business_id, generation)
                    WHERE s.business_id = d.business_id AND s.document_id = d.document_id), false) AS left,
                CASE WHEN d.failing_since < c.started_at THEN d.missed ELSE 0 END AS missed
            FROM documents d JOIN document_versions v USING (business_id, document_id)
            JOIN crawls c ON c.business_id = d.business_id AND c.crawl_id = %(crawl)s
            WHERE d.business_id = %(b)s AND d.source_id = %(source)s
            ORDER BY d.document_id, v.fetched_at DESC, v.version_id DESC
            """,
            {"b": business_id, "source": source_id, "crawl": crawl_id, "extractor": EXTRACTOR_VERSION},
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
    cut: str | None,
    cut_detail: str | None,
) -> UUID:
    """The same text met again only renews how it was fetched (conditions, links, time). `cut`: read only in part."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO document_versions (business_id, document_id, content_hash, title, text, language, words, links,
                blocks, structured, extractor, media_type, etag, last_modified, cut, cut_detail)
            VALUES (%(b)s, %(document)s, %(hash)s, %(title)s, %(text)s, %(language)s, %(words)s, %(links)s, %(blocks)s,
                %(structured)s, %(extractor)s, %(media)s, %(etag)s, %(modified)s, %(cut)s, %(cut_detail)s)
            ON CONFLICT (business_id, document_id, content_hash) DO UPDATE SET etag = excluded.etag,
                last_modified = excluded.last_modified, links = excluded.links, extractor = excluded.extractor,
                cut = excluded.cut, cut_detail = excluded.cut_detail, fetched_at = now()
            RETURNING version_id
            """,
            {
                "b": business_id, "document": document_id, "hash": content_hash, "title": title, "text": text,
                "language": language, "words": words, "links": list(links), "blocks": Json(list(blocks)),
                "structured": Json(list(structured)),
                "extractor": EXTRACTOR_VERSION,
                "media": media_type, "etag": etag, "modified": last_modified, "cut": cut, "cut_detail": cut_detail,
            },
        )  # fmt: skip
        version_id = await cursor.fetchone()
    assert isinstance(version_id, UUID)
    return version_id


async def touch_documents(conn: Connection, business_id: UUID, document_ids: Sequence[UUID]) -> None:
    await conn.execute(
        "UPDATE documents SET last_checked_at = now() WHERE business_id = %(b)s AND document_id = ANY(%(documents)s)",
        {"b": business_id, "documents": list(document_ids)},
    )


async def settle_documents(
    conn: Connection, business_id: UUID, *, settled: Sequence[UUID], kept: Sequence[UUID], missed: Sequence[UUID]
) -> None:
    """At the end of a reading, once: since when only the last good text is known, and how often it was gone.

    `settled`: read, or gone for good. `missed` are some of `kept`.
    """
    await conn.execute(
        """
        UPDATE documents SET missed = CASE WHEN document_id = ANY(%(missed)s) THEN missed + 1
                WHEN document_id = ANY(%(kept)s) THEN missed ELSE 0 END,
            failing_since = CASE WHEN document_id = ANY(%(kept)s) THEN coalesce(failing_since, now()) END
        WHERE business_id = %(b)s AND (document_id = ANY(%(kept)s)
            OR (document_id = ANY(%(settled)s) AND (missed > 0 OR failing_since IS NOT NULL)))
        """,
        {"b": business_id, "settled": list(settled), "kept": list(kept), "missed": list(missed)},
    )


async def fail_documents(
    conn: Connection, business_id: UUID, source_id: UUID | None, document_ids: Collection[UUID]
) -> None:
    """Of these, and of a whole source where it is named, only the last good text is known from now on."""
    await conn.execute(
        "UPDATE documents SET failing_since = now() WHERE business_id = %(b)s AND failing_since IS NULL"
        " AND (source_id = %(source)s OR document_id = ANY(%(documents)s))",
        {"b": business_id, "source": source_id, "documents": list(document_ids)},
    )


async def read_text(conn: Connection, business_id: UUID, version_id: UUID) -> str:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT text FROM document_versions WHERE business_id = %(b)s AND version_id = %(version)s",
            {"b": business_id, "version": version_id},
        )
        return await cursor.fetchone() or ""


async def proved_hosts(conn: Connection, business_id: UUID) -> list[str]:
    """host[:port], lower case, without www."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT host FROM host_proofs WHERE business_id = %(b)s AND proved_at IS NOT NULL", {"b": business_id}
        )
        return await cursor.fetchall()


async def seen_traps(conn: Connection, business_id: UUID, source_id: UUID) -> list[str]:
    """The makings of addresses that the last whole reading of this source closed (ingestion/traps.py)."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT DISTINCT p.detail FROM crawl_pages p
            WHERE p.business_id = %(b)s AND p.reason = 'trap' AND p.detail IS NOT NULL AND p.crawl_id = (
                SELECT c.crawl_id FROM crawls c WHERE c.business_id = %(b)s AND c.source_id = %(source)s
                    AND c.purpose = 'reading' AND c.state IN ('published', 'held')
                ORDER BY c.started_at DESC LIMIT 1)
            """,
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchall()


async def overridden_pages(conn: Connection, business_id: UUID, source_id: UUID) -> list[str]:
    """Addresses that were read although robots.txt forbids them, in any reading that is kept."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT DISTINCT p.url FROM crawl_pages p JOIN crawls c USING (business_id, crawl_id)
            WHERE p.business_id = %(b)s AND c.source_id = %(source)s AND p.reason = 'robots_overridden'
            """,
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchall()


async def begin_recheck(conn: Connection, business_id: UUID, source_id: UUID) -> None:
    """Each address once: one that is added from now on, even if it stands there, is asked once more after this."""
    await conn.execute(
        """
        UPDATE sources SET recheck = ARRAY(SELECT address FROM unnest(recheck) WITH ORDINALITY AS r(address, n)
            GROUP BY address ORDER BY min(n))
        WHERE business_id = %(b)s AND source_id = %(source)s AND recheck <> '{}'
        """,
        {"b": business_id, "source": source_id},
    )


async def end_recheck(conn: Connection, business_id: UUID, source_id: UUID, asked: Sequence[str]) -> None:
    """Takes what was asked off the list; what was added meanwhile (at its end) stays on it, also the same again."""
    await conn.execute(
        """
        UPDATE sources SET recheck = recheck[cardinality(%(asked)s::text[]) + 1:]
        WHERE business_id = %(b)s AND source_id = %(source)s
            AND recheck[:cardinality(%(asked)s::text[])] = %(asked)s::text[]
        """,
        {"b": business_id, "source": source_id, "asked": list(asked)},
    )


async def note_browser(conn: Connection, business_id: UUID, source_id: UUID, needs: bool) -> None:
    await conn.execute(
        "UPDATE sources SET needs_browser = %(needs)s"
        " WHERE business_id = %(b)s AND source_id = %(source)s AND needs_browser <> %(needs)s",
        {"b": business_id, "source": source_id, "needs": needs},
    )


async def list_files(conn: Connection, business_id: UUID, source_id: UUID) -> list[FileRow]:
    """In the order in which they were added; those that could not be read last time after all others."""
    async with conn.cursor(row_factory=class_row(FileRow)) as cursor:
        await cursor.execute(
            """
            SELECT f.file_id, f.name, f.media_type, f.sha256, f.bytes FROM files f
            WHERE f.business_id = %(b)s AND f.source_id = %(source)s
            ORDER BY coalesce((SELECT p.status = 'failed' FROM crawl_pages p JOIN crawls c USING (business_id, crawl_id)
                WHERE p.business_id = %(b)s AND c.source_id = %(source)s AND p.url = 'file:' || f.name
                    AND p.status <> 'skipped'
                ORDER BY c.started_at DESC LIMIT 1), false), f.file_id
            """,
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
