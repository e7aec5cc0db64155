"""SQL of the other pages: figures for Numbers, what Settings writes, the list of the built-in mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class MailId:
    business_id: UUID
    outbox_id: UUID


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    questions: int
    answered: int
    unanswered: int
    leads: int


async def list_recent_mail(conn: Connection, limit: int = 50) -> list[MailId]:
    """Across businesses, through the operations role: ids only. For the built-in mailbox of one machine."""
    async with conn.cursor(row_factory=class_row(MailId)) as cursor:
        await cursor.execute(
            "SELECT business_id, outbox_id FROM outbox WHERE channel = 'mail'"
            " ORDER BY created_at DESC, outbox_id DESC LIMIT %(limit)s",
            {"limit": limit},
        )
        return await cursor.fetchall()


async def count_days(conn: Connection, business_id: UUID, *, zone: str, first: date, last: date) -> list[DayRow]:
    """One row a day of the business's calendar, days without a question included."""
    async with conn.cursor(row_factory=class_row(DayRow)) as cursor:
        await cursor.execute(
            """
            WITH days AS (SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, '1 day') day),
            -- One window of time for the indexes; the day is then counted in the business's zone.
            asked AS (
                SELECT (q.created_at AT TIME ZONE %(zone)s)::date AS day, a.outcome
                FROM messages q
                JOIN conversations c ON c.business_id = q.business_id AND c.conversation_id = q.conversation_id
                    AND c.channel <> 'try'
                LEFT JOIN messages a ON a.business_id = q.business_id AND a.in_reply_to = q.message_id
                WHERE q.business_id = %(b)s AND q.author = 'visitor'
                    AND q.created_at >= (%(first)s::date)::timestamp AT TIME ZONE %(zone)s),
            left_behind AS (
                SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS leads FROM leads
                WHERE business_id = %(b)s AND created_at >= (%(first)s::date)::timestamp AT TIME ZONE %(zone)s
                GROUP BY 1)
            SELECT days.day, count(asked.day) AS questions,
                count(*) FILTER (WHERE asked.outcome = 'answered') AS answered,
                count(*) FILTER (WHERE asked.outcome = 'no_answer') AS unanswered,
                coalesce(max(left_behind.leads), 0) AS leads
            FROM days LEFT JOIN asked USING (day) LEFT JOIN left_behind USING (day)
            GROUP BY days.day ORDER BY days.day
            """,
            {"b": business_id, "zone": zone, "first": first, "last": last},
        )
        return await cursor.fetchall()


async def update_business(conn: Connection, business_id: UUID, values: dict[str, Any]) -> None:
    """`values` has exactly the columns named here."""
    await conn.execute(
        """
        UPDATE businesses SET name = %(name)s, website = %(website)s, industry = %(industry)s, country = %(country)s,
            time_zone = %(time_zone)s, language = %(language)s, controller_name = %(controller_name)s,
            controller_contact = %(controller_contact)s, allowed_processors = %(allowed_processors)s,
            accent = %(accent)s
        WHERE business_id = %(b)s
        """,
        {"b": business_id, **values},
    )


async def update_origins(conn: Connection, business_id: UUID, origins: list[str]) -> None:
    await conn.execute(
        "UPDATE businesses SET allowed_origins = %(origins)s WHERE business_id = %(b)s",
        {"b": business_id, "origins": origins},
    )
