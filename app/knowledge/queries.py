"""SQL of sources and files as owners add them, and of readings as they are followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row, tuple_row

from app.db.pool import Connection
from app.knowledge.model import Run, Target
from ingestion.addresses import Scope
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.sentences import ROLLED_BACK


async def put_source(conn: Connection, business_id: UUID, kind: str, url: str, schedule: str) -> UUID:
    """The source of that address, made if there is none. One that was only looked at is in use from now on."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO sources (business_id, kind, url, schedule) VALUES (%(b)s, %(kind)s, %(url)s, %(schedule)s)
            ON CONFLICT (business_id, url) DO UPDATE SET draft = false RETURNING source_id
            """,
            {"b": business_id, "kind": kind, "url": url, "schedule": schedule},
        )
        source_id = await cursor.fetchone()
    assert isinstance(source_id, UUID)  # RETURNING gives the row in both cases
    return source_id


async def list_sites(conn: Connection, business_id: UUID) -> list[str]:
    """Start addresses of the sites in use, oldest first."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT url FROM sources WHERE business_id = %(b)s AND kind = 'site' AND NOT draft ORDER BY source_id",
            {"b": business_id},
        )
        return await cursor.fetchall()


async def put_draft(conn: Connection, business_id: UUID, url: str) -> UUID:
    """A site that is only looked at. One that is looked at once more lives on for another day."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO sources (business_id, kind, url, schedule, draft) VALUES (%(b)s, 'site', %(url)s, 'daily', true)
            ON CONFLICT (business_id, url) DO UPDATE SET created_at =
                CASE WHEN sources.draft THEN now() ELSE sources.created_at END
            RETURNING source_id
            """,
            {"b": business_id, "url": url},
        )
        source_id = await cursor.fetchone()
    assert isinstance(source_id, UUID)  # RETURNING gives the row in both cases
    return source_id


async def find_site(conn: Connection, business_id: UUID, url: str) -> UUID | None:
    """The oldest site in use that this address is of."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            "SELECT source_id, url FROM sources WHERE business_id = %(b)s AND kind = 'site' AND NOT draft"
            " ORDER BY source_id",
            {"b": business_id},
        )
        rows = await cursor.fetchall()
    return next((source_id for source_id, start in rows if Scope.of(start).home(url) is not None), None)


async def set_wishes(
    conn: Connection,
    business_id: UUID,
    source_id: UUID,
    *,
    include: Sequence[str] | None,
    exclude: Sequence[str] | None,
    ignore_robots: bool | None,
    max_pages: int | None,
) -> None:
    """None leaves what stands."""
    await conn.execute(
        """
        UPDATE sources SET include = coalesce(%(include)s::text[], include),
            exclude = coalesce(%(exclude)s::text[], exclude), max_pages = coalesce(%(pages)s, max_pages),
            ignore_robots = coalesce(%(ignore)s, ignore_robots)
        WHERE business_id = %(b)s AND source_id = %(source)s
        """,
        {
            "b": business_id, "source": source_id, "pages": max_pages, "ignore": ignore_robots,
            "include": None if include is None else list(include),
            "exclude": None if exclude is None else list(exclude),
        },
    )  # fmt: skip


async def find_owner_source(conn: Connection, business_id: UUID) -> UUID | None:
    """Of what the owner says; None when nothing was said yet."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT source_id FROM sources WHERE business_id = %(b)s AND kind = 'owner'", {"b": business_id}
        )
        return await cursor.fetchone()


async def list_targets(conn: Connection, business_id: UUID) -> list[Target]:
    """Sources and then files, oldest first, with how many live pages came of each."""
    async with conn.cursor(row_factory=class_row(Target)) as cursor:
        await cursor.execute(
            """
            WITH live AS (
                SELECT d.source_id, d.url FROM businesses b
                JOIN generation_documents g ON g.business_id = b.business_id AND g.generation = b.live_generation
                JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
                WHERE b.business_id = %(b)s)
            SELECT s.source_id, NULL::uuid AS file_id, s.url, NULL AS file_name,
                (SELECT count(*) FROM live WHERE live.source_id = s.source_id) AS pages
            FROM sources s WHERE s.business_id = %(b)s AND s.kind <> 'owner' AND NOT s.draft
            UNION ALL
            SELECT f.source_id, f.file_id, s.url, f.name,
                (SELECT count(*) FROM live WHERE live.source_id = s.source_id AND live.url = 'file:' || f.name)
            FROM files f JOIN sources s USING (business_id, source_id) WHERE f.business_id = %(b)s
            ORDER BY file_id NULLS FIRST, source_id
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def read_schedule(conn: Connection, business_id: UUID, source_id: UUID) -> str | None:
    """None when there is no such source. What is not a site in use is never read by itself, whatever is set."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT CASE WHEN kind = 'site' AND NOT draft THEN schedule ELSE 'never' END FROM sources"
            " WHERE business_id = %(b)s AND source_id = %(source)s",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchone()


async def put_file(
    conn: Connection, business_id: UUID, source_id: UUID, *, name: str, media_type: str, sha256: bytes, content: bytes
) -> None:
    """A file of the same name is replaced."""
    await conn.execute(
        """
        INSERT INTO files (business_id, source_id, name, media_type, bytes, sha256, content)
        VALUES (%(b)s, %(source)s, %(name)s, %(media)s, %(bytes)s, %(sha256)s, %(content)s)
        ON CONFLICT (business_id, source_id, name) DO UPDATE SET media_type = excluded.media_type,
            bytes = excluded.bytes, sha256 = excluded.sha256, content = excluded.content, created_at = now()
        """,
        {
            "b": business_id, "source": source_id, "name": name, "media": media_type, "bytes": len(content),
            "sha256": sha256, "content": content,
        },
    )  # fmt: skip


async def list_waiting(conn: Connection, business_id: UUID) -> list[UUID]:
    """Sources of the readings that wait for the owner to publish them. Not what the owner went back from."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT DISTINCT c.source_id FROM generations g
            JOIN businesses b ON b.business_id = g.business_id
            JOIN crawls c ON c.business_id = g.business_id AND c.crawl_id = g.crawl_id
            WHERE g.business_id = %(b)s AND g.state = 'held' AND g.reason <> %(rolled_back)s
                AND g.generation > coalesce(b.live_generation, 0)
            """,
            {"b": business_id, "rolled_back": ROLLED_BACK},
        )
        return await cursor.fetchall()


async def source_of(conn: Connection, business_id: UUID, generation: int) -> UUID | None:
    """Whose reading it is; None for one that only another embedding model made."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT c.source_id FROM generations g JOIN crawls c USING (business_id, crawl_id)"
            " WHERE g.business_id = %(b)s AND g.generation = %(g)s",
            {"b": business_id, "g": generation},
        )
        return await cursor.fetchone()


async def note_discarded(conn: Connection, business_id: UUID, source_id: UUID, generation: int, reason: str) -> None:
    await conn.execute(
        "UPDATE crawls SET reason = %(reason)s WHERE business_id = %(b)s AND source_id = %(source)s"
        " AND generation = %(g)s AND state = 'held'",
        {"b": business_id, "source": source_id, "g": generation, "reason": reason},
    )


async def read_run(conn: Connection, business_id: UUID, job_id: UUID) -> Run:
    async with conn.cursor(row_factory=class_row(Run)) as cursor:
        await cursor.execute(
            """
            SELECT c.state, c.phase, coalesce(c.done, 0) AS done, coalesce(c.total, 0) AS total, c.generation, c.reason,
                c.report, c.finished_at, j.state AS job_state, j.last_error AS job_error
            FROM (SELECT %(b)s::uuid AS business_id, %(job)s::uuid AS id) AS asked
            LEFT JOIN jobs j ON j.business_id = asked.business_id AND j.job_id = asked.id
            LEFT JOIN crawls c ON c.business_id = asked.business_id AND c.crawl_id = asked.id
            """,
            {"b": business_id, "job": job_id},
        )
        row = await cursor.fetchone()
    assert row is not None  # the first row is made of the parameters
    return row


async def list_ledger(conn: Connection, business_id: UUID, crawl_id: UUID) -> list[LedgerEntry]:
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            "SELECT url, status, reason, http, bytes, words, depth, detail, language FROM crawl_pages"
            " WHERE business_id = %(b)s AND crawl_id = %(crawl)s ORDER BY position",
            {"b": business_id, "crawl": crawl_id},
        )
        return [_entry(row) async for row in cursor]


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    url, status, reason, http, size, words, depth, detail, language = row
    known = Reason(reason) if reason else None
    return LedgerEntry(url, PageStatus(status), known, http, size, words, depth, detail, language)
