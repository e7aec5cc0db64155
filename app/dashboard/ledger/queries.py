"""SQL of the ledger: the latest reading of a source, with what was asked again since in its place; and of looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """`kept_since`: since when only the last good text is known, which was read `kept_from`. Both of what is live."""

    url: str
    status: str
    reason: str | None
    detail: str | None
    http: int | None
    bytes: int
    words: int
    language: str | None
    at: datetime
    generation: int | None
    document_id: UUID | None
    live: bool
    kept_since: datetime | None = None
    kept_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class LedgerCount:
    status: str
    reason: str | None
    pages: int


@dataclass(frozen=True, slots=True)
class Filter:
    """None and '' let everything through. `match`: a part of the address."""

    status: str | None = None
    reason: str | None = None
    match: str = ""


# One line an address: of the latest reading, or of a recheck since.
_LINES: LiteralString = """
    WITH whole AS (
        SELECT crawl_id, started_at FROM crawls
        WHERE business_id = %(b)s AND source_id = %(source)s AND purpose = 'reading'
        ORDER BY started_at DESC LIMIT 1),
    runs AS (
        SELECT c.crawl_id, c.started_at, c.generation FROM crawls c, whole
        WHERE c.business_id = %(b)s AND c.source_id = %(source)s
            AND (c.crawl_id = whole.crawl_id OR (c.purpose = 'recheck' AND c.started_at > whole.started_at))),
    lines AS (
        SELECT DISTINCT ON (p.url) p.*, runs.generation,
            first_value(p.position) OVER (PARTITION BY p.url ORDER BY runs.started_at, p.position) AS met
        FROM crawl_pages p JOIN runs USING (crawl_id)
        WHERE p.business_id = %(b)s ORDER BY p.url, runs.started_at DESC, p.position DESC)
"""
_PASSES: LiteralString = """
    (%(status)s::text IS NULL OR l.status = %(status)s) AND (%(reason)s::text IS NULL OR l.reason = %(reason)s)
    AND strpos(lower(l.url), %(match)s) > 0
"""
ORDERS: Mapping[str, LiteralString] = {
    "met": "l.met, l.url",
    "address": "l.url",
    "words": "l.words DESC, l.url",
    "size": "l.bytes DESC, l.url",
    "when": "l.at DESC, l.url",
}


async def count_lines(conn: Connection, business_id: UUID, source_id: UUID, match: str = "") -> list[LedgerCount]:
    """By state and reason, of the addresses that hold `match`."""
    async with conn.cursor(row_factory=class_row(LedgerCount)) as cursor:
        await cursor.execute(
            _LINES + " SELECT l.status, l.reason, count(*) AS pages FROM lines l"  # noqa: S608 - constants
            " WHERE strpos(lower(l.url), %(match)s) > 0 GROUP BY l.status, l.reason ORDER BY count(*) DESC, l.reason",
            {"b": business_id, "source": source_id, "match": match.lower()},
        )
        return await cursor.fetchall()


async def list_lines(
    conn: Connection, business_id: UUID, source_id: UUID, wanted: Filter, *, order: str, offset: int, limit: int
) -> list[LedgerRow]:
    """`order`: a key of ORDERS."""
    async with conn.cursor(row_factory=class_row(LedgerRow)) as cursor:
        await cursor.execute(
            _LINES  # noqa: S608 - constants
            + """
            SELECT l.url, l.status, l.reason, l.detail, l.http, l.bytes, l.words, l.language, l.at, l.generation,
                coalesce(l.document_id, d.document_id) AS document_id, g.document_id IS NOT NULL AS live,
                CASE WHEN g.document_id IS NOT NULL THEN d.failing_since END AS kept_since,
                CASE WHEN d.failing_since IS NOT NULL THEN v.fetched_at END AS kept_from
            FROM lines l
            LEFT JOIN documents d ON d.business_id = %(b)s AND d.source_id = %(source)s AND d.url = l.url
            LEFT JOIN generation_documents g ON g.business_id = %(b)s
                AND g.document_id = coalesce(l.document_id, d.document_id)
                AND g.generation = (SELECT live_generation FROM businesses WHERE business_id = %(b)s)
            LEFT JOIN document_versions v ON v.business_id = %(b)s AND v.version_id = g.version_id
            WHERE """
            + _PASSES
            + " ORDER BY "
            + ORDERS[order]
            + " LIMIT %(limit)s OFFSET %(offset)s",
            {
                "b": business_id, "source": source_id, "status": wanted.status, "reason": wanted.reason,
                "match": wanted.match.lower(), "limit": limit, "offset": offset,
            },
        )  # fmt: skip
        return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A site that is looked at. `waiting`: its job is due or runs. `state` None: it did not begin yet."""

    url: str
    draft: bool
    waiting: bool
    state: str | None
    done: int
    total: int
    reason: str | None
    finished_at: datetime | None
    job_error: str | None


@dataclass(frozen=True, slots=True)
class MetRow:
    url: str
    status: str
    reason: str | None
    detail: str | None


async def find_preview(conn: Connection, business_id: UUID, source_id: UUID) -> PreviewRow | None:
    async with conn.cursor(row_factory=class_row(PreviewRow)) as cursor:
        await cursor.execute(
            """
            SELECT s.url, s.draft, coalesce(j.state IN ('queued', 'running'), false) AS waiting, c.state,
                coalesce(c.done, 0) AS done, coalesce(c.total, 0) AS total, c.reason, c.finished_at,
                j.last_error AS job_error
            FROM sources s
            LEFT JOIN LATERAL (
                SELECT * FROM crawls c WHERE c.business_id = s.business_id AND c.source_id = s.source_id
                    AND c.purpose = 'preview' ORDER BY c.started_at DESC LIMIT 1) c ON true
            LEFT JOIN LATERAL (
                SELECT state, last_error FROM jobs j WHERE j.business_id = s.business_id
                    AND j.kind = 'preview_source' AND j.payload ->> 'source_id' = s.source_id::text
                ORDER BY j.created_at DESC LIMIT 1) j ON true
            WHERE s.business_id = %(b)s AND s.source_id = %(source)s AND s.kind = 'site'
            """,
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchone()


async def list_met(conn: Connection, business_id: UUID, source_id: UUID, limit: int) -> list[MetRow]:
    """What the latest look met, in that order."""
    async with conn.cursor(row_factory=class_row(MetRow)) as cursor:
        await cursor.execute(
            """
            SELECT url, status, reason, detail FROM crawl_pages
            WHERE business_id = %(b)s AND crawl_id = (
                SELECT crawl_id FROM crawls WHERE business_id = %(b)s AND source_id = %(source)s
                    AND purpose = 'preview' ORDER BY started_at DESC LIMIT 1)
            ORDER BY position LIMIT %(limit)s
            """,
            {"b": business_id, "source": source_id, "limit": limit},
        )
        return await cursor.fetchall()
