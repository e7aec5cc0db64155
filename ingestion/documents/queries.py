"""SQL of documents and their versions: what is known of a source, what was read of it, what stays and what goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row, tuple_row
from psycopg.types.json import Json

from ingestion.extract.read import EXTRACTOR_VERSION
from ingestion.model import BlockKind, StoredBlock, StructuredItem, Version
from ingestion.ports import Connection


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
    unseen: int,
) -> UUID:
    """The same text met again only renews how it was fetched (conditions, links, time). `cut`: read only in part;
    `unseen`: characters that were left out because nobody sees them."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO document_versions (business_id, document_id, content_hash, title, text, language, words, links,
                blocks, structured, extractor, media_type, etag, last_modified, cut, cut_detail,
                unseen)
            VALUES (%(b)s, %(document)s, %(hash)s, %(title)s, %(text)s, %(language)s, %(words)s, %(links)s, %(blocks)s,
                %(structured)s, %(extractor)s, %(media)s, %(etag)s, %(modified)s, %(cut)s, %(cut_detail)s,
                %(unseen)s)
            ON CONFLICT (business_id, document_id, content_hash) DO UPDATE SET etag = excluded.etag,
                last_modified = excluded.last_modified, links = excluded.links, extractor = excluded.extractor,
                cut = excluded.cut, cut_detail = excluded.cut_detail, unseen = excluded.unseen, fetched_at = now()
            RETURNING version_id
            """,
            {
                "b": business_id, "document": document_id, "hash": content_hash, "title": title, "text": text,
                "language": language, "words": words, "links": list(links), "blocks": Json(list(blocks)),
                "structured": Json(list(structured)),
                "extractor": EXTRACTOR_VERSION,
                "media": media_type, "etag": etag, "modified": last_modified, "cut": cut, "cut_detail": cut_detail,
                "unseen": unseen,
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
