"""SQL of the daily purge."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import scalar_row

from app.db.pool import Connection


async def list_businesses(conn: Connection) -> list[UUID]:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT business_id FROM business_slugs ORDER BY business_id")
        return await cursor.fetchall()


async def delete_expired_access(conn: Connection) -> int:
    """Sign-in links a day after they expired, sessions at once."""
    links = await conn.execute("DELETE FROM sign_in_links WHERE expires_at < now() - interval '1 day'")
    sessions = await conn.execute("DELETE FROM sessions WHERE expires_at < now()")
    return links.rowcount + sessions.rowcount


async def interrupt_stale_answers(conn: Connection, business_id: UUID) -> int:
    """An answer that nobody has been writing for ten minutes was cut off with its process."""
    cursor = await conn.execute(
        "UPDATE messages SET state = 'interrupted', finished_at = now()"
        " WHERE business_id = %(b)s AND state = 'answering' AND created_at < now() - interval '10 minutes'",
        {"b": business_id},
    )
    return cursor.rowcount


async def delete_old_crawls(conn: Connection, business_id: UUID, keep: int) -> int:
    """All but the newest runs of each source and purpose, with their ledgers."""
    cursor = await conn.execute(
        """
        DELETE FROM crawls WHERE business_id = %(b)s AND crawl_id IN (
            SELECT crawl_id FROM (
                SELECT crawl_id, row_number() OVER (PARTITION BY source_id, purpose ORDER BY started_at DESC) AS age
                FROM crawls WHERE business_id = %(b)s) AS ranked
            WHERE age > %(keep)s)
        """,
        {"b": business_id, "keep": keep},
    )
    return cursor.rowcount


async def delete_sent_mail(conn: Connection, business_id: UUID, days: int) -> int:
    cursor = await conn.execute(
        "DELETE FROM outbox WHERE business_id = %(b)s AND state = 'sent'"
        " AND sent_at < now() - make_interval(days => %(d)s)",
        {"b": business_id, "d": days},
    )
    return cursor.rowcount


async def delete_drafts(conn: Connection, business_id: UUID, hours: int) -> int:
    """Sites that were looked at and not added, with what was found of them."""
    cursor = await conn.execute(
        "DELETE FROM sources WHERE business_id = %(b)s AND draft"
        " AND created_at < now() - make_interval(hours => %(hours)s)",
        {"b": business_id, "hours": hours},
    )
    return cursor.rowcount


async def unplanned_sites(conn: Connection, business_id: UUID) -> list[UUID]:
    """Sites that should be read by themselves and for which no reading waits or runs: it stopped its worker."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT source_id FROM sources
            WHERE business_id = %(b)s AND kind = 'site' AND schedule <> 'never' AND NOT draft
                AND NOT EXISTS (
                    SELECT FROM jobs
                    WHERE jobs.business_id = %(b)s AND jobs.kind IN ('ingest_source', 'render_source')
                        AND jobs.state IN ('queued', 'running')
                        AND jobs.payload ->> 'source_id' = sources.source_id::text)
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()
