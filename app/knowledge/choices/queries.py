"""SQL of an owner's choices about a site."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.rows import scalar_row

from app.db.pool import Connection
from app.knowledge.choices.model import Choices, Site


async def read_choices(conn: Connection, business_id: UUID, source_id: UUID) -> Site | None:
    """None where there is no such site."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            "SELECT url, draft, needs_browser, created_at, schedule, max_pages, max_depth, include, exclude,"
            " ignore_robots FROM sources WHERE business_id = %(b)s AND source_id = %(source)s AND kind = 'site'",
            {"b": business_id, "source": source_id},
        )
        row = await cursor.fetchone()
    if row is None:
        return None
    url, draft, needs_browser, created_at, *chosen = row
    return Site(url, draft, needs_browser, Choices(*chosen), created_at)


async def set_choices(conn: Connection, business_id: UUID, source_id: UUID, chosen: Choices) -> None:
    await conn.execute(
        """
        UPDATE sources SET schedule = %(schedule)s, max_pages = %(pages)s, max_depth = %(depth)s,
            include = %(include)s, exclude = %(exclude)s, ignore_robots = %(ignore)s, draft = false
        WHERE business_id = %(b)s AND source_id = %(source)s
        """,
        {
            "b": business_id, "source": source_id, "schedule": chosen.schedule, "pages": chosen.max_pages,
            "depth": chosen.max_depth, "include": list(chosen.include), "exclude": list(chosen.exclude),
            "ignore": chosen.ignore_robots,
        },
    )  # fmt: skip


async def add_exclude(conn: Connection, business_id: UUID, source_id: UUID, pattern: str, most: int) -> bool:
    """False where there are `most` rules already. One that stands there already stays as it is."""
    cursor = await conn.execute(
        """
        UPDATE sources SET exclude = CASE WHEN %(pattern)s = ANY(exclude) THEN exclude ELSE exclude || %(pattern)s END
        WHERE business_id = %(b)s AND source_id = %(source)s AND kind = 'site'
            AND (cardinality(exclude) < %(most)s OR %(pattern)s = ANY(exclude))
        """,
        {"b": business_id, "source": source_id, "pattern": pattern, "most": most},
    )
    return cursor.rowcount == 1


async def drop_exclude(conn: Connection, business_id: UUID, source_id: UUID, pattern: str) -> bool:
    """False where there is no such rule (any more)."""
    cursor = await conn.execute(
        "UPDATE sources SET exclude = array_remove(exclude, %(pattern)s)"
        " WHERE business_id = %(b)s AND source_id = %(source)s AND %(pattern)s = ANY(exclude)",
        {"b": business_id, "source": source_id, "pattern": pattern},
    )
    return cursor.rowcount == 1


async def drop_planned(conn: Connection, business_id: UUID, source_id: UUID) -> None:
    """The waiting reading that nobody asked for: what is due within the hour stays."""
    await conn.execute(
        "DELETE FROM jobs WHERE business_id = %(b)s AND key = %(key)s AND state = 'queued'"
        " AND kind IN ('ingest_source', 'render_source') AND run_after > now() + interval '1 hour'",
        {"b": business_id, "key": str(source_id)},
    )


async def known_addresses(conn: Connection, business_id: UUID, source_id: UUID, limit: int) -> Sequence[str]:
    """What the latest run over this source met, and what is known of it: to try rules on."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT url FROM (
                SELECT p.url FROM crawl_pages p WHERE p.business_id = %(b)s AND p.crawl_id = (
                    SELECT crawl_id FROM crawls WHERE business_id = %(b)s AND source_id = %(source)s
                        AND purpose = 'reading' ORDER BY started_at DESC LIMIT 1)
                    AND p.reason IS DISTINCT FROM 'out_of_scope'
                UNION
                SELECT d.url FROM documents d WHERE d.business_id = %(b)s AND d.source_id = %(source)s) AS known
            ORDER BY url LIMIT %(limit)s
            """,
            {"b": business_id, "source": source_id, "limit": limit},
        )
        return await cursor.fetchall()
