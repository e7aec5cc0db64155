"""SQL of reading: sources and their wishes, crawls and their ledger, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Json

from ingestion.facts.model import Place
from ingestion.model import LedgerEntry
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


# ---------------------------------------------------------------- wishes, proofs and files


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
