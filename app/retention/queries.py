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


async def delete_expired_mail_keys(conn: Connection, days: int) -> int:
    """Reply addresses past their time, and notices of providers that nobody sends again any more."""
    addresses = await conn.execute("DELETE FROM reply_addresses WHERE expires_at < now()")
    events = await conn.execute(
        "DELETE FROM webhook_events WHERE received_at < now() - make_interval(days => %(d)s)", {"d": days}
    )
    return addresses.rowcount + events.rowcount


async def unlink_gap_questions(conn: Connection, business_id: UUID) -> None:
    """A transcript that went leaves of its unanswered questions what stands in them: not where, and not by whom.

    Whether the visitor had left a contact is noted first. Must come before people without conversations are deleted.
    """
    await conn.execute(
        """
        UPDATE gap_questions q SET left_contact = true
        WHERE q.business_id = %(b)s AND NOT q.left_contact AND EXISTS (
            SELECT FROM leads l WHERE l.business_id = q.business_id AND l.person_id = q.person_id
                AND l.created_at > q.asked_at - interval '1 day')
        """,
        {"b": business_id},
    )
    await conn.execute(
        """
        UPDATE gap_questions q SET message_id = NULL, conversation_id = NULL, person_id = NULL
        WHERE q.business_id = %(b)s AND q.person_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM conversations c
            WHERE c.business_id = q.business_id AND c.conversation_id = q.conversation_id)
        """,
        {"b": business_id},
    )


async def delete_old_gap_questions(conn: Connection, business_id: UUID, months: int) -> int:
    """And gaps that nobody's question is left of; what the owner answered stays among the questions and answers."""
    questions = await conn.execute(
        "DELETE FROM gap_questions WHERE business_id = %(b)s AND asked_at < now() - make_interval(months => %(m)s)",
        {"b": business_id, "m": months},
    )
    await conn.execute(
        "DELETE FROM gaps g WHERE g.business_id = %(b)s AND NOT EXISTS (SELECT FROM gap_questions q"
        " WHERE q.business_id = g.business_id AND q.gap_id = g.gap_id)",
        {"b": business_id},
    )
    return questions.rowcount


async def delete_settled_replies(conn: Connection, business_id: UUID, days: int) -> int:
    """Replies of owners that were taken in or answered; their words are gone before."""
    cursor = await conn.execute(
        "DELETE FROM mail_replies WHERE business_id = %(b)s AND settled_at < now() - make_interval(days => %(d)s)",
        {"b": business_id, "d": days},
    )
    return cursor.rowcount


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
