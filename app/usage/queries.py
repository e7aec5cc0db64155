"""SQL of the months' token budgets and of the ledger below them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class MonthUsage:
    """Tokens of one month. `cap` is the business's of today."""

    month: date
    reserved: int
    used: int
    cap: int


async def open_month(conn: Connection, business_id: UUID) -> None:
    """Months begin at midnight UTC."""
    await conn.execute(
        """
        INSERT INTO usage_months (business_id, month) VALUES (%(b)s, date_trunc('month', now())::date)
        ON CONFLICT DO NOTHING
        """,
        {"b": business_id},
    )


async def reserve_tokens(conn: Connection, business_id: UUID, *, model: str, purpose: str, tokens: int) -> UUID | None:
    """The ledger entry, or None without room.

    The month's row is locked by the UPDATE, and after a wait its condition is checked anew against what
    the others left: however many ask at once, the cap is never passed.

    Commits without waiting for the disk, because a visitor waits: a crash of the database itself, not of
    our processes, may forget the reservations of its last half second. Settling waits.
    """
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true)),
            room AS (
                UPDATE usage_months SET reserved = reserved + %(tokens)s
                WHERE business_id = %(b)s AND month = date_trunc('month', now())::date
                    AND used + reserved + %(tokens)s
                        <= (SELECT monthly_token_cap FROM businesses WHERE business_id = %(b)s)
                RETURNING month)
            INSERT INTO usage_ledger (business_id, month, reserved, model, purpose)
            SELECT %(b)s, month, %(tokens)s, %(model)s, %(purpose)s FROM room, unhurried
            RETURNING entry_id
            """,
            {"b": business_id, "tokens": tokens, "model": model, "purpose": purpose},
        )
        return await cursor.fetchone()


async def settle_entry(
    conn: Connection, business_id: UUID, entry_id: UUID, *, prompt_tokens: int, answer_tokens: int
) -> bool:
    """What was reserved goes, what was used stays. False when it was settled before."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH settled AS (
                UPDATE usage_ledger SET prompt_tokens = %(prompt)s, answer_tokens = %(answer)s, settled_at = now()
                WHERE business_id = %(b)s AND entry_id = %(entry)s AND settled_at IS NULL
                RETURNING month, reserved)
            UPDATE usage_months SET reserved = usage_months.reserved - settled.reserved,
                used = used + %(prompt)s + %(answer)s
            FROM settled
            WHERE usage_months.business_id = %(b)s AND usage_months.month = settled.month
            RETURNING true
            """,
            {"b": business_id, "entry": entry_id, "prompt": prompt_tokens, "answer": answer_tokens},
        )
        return await cursor.fetchone() is True


async def settle_stale(conn: Connection, business_id: UUID, seconds: float) -> int:
    """Entries nobody settled (a killed process) count as used in full: the provider may have written it all."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH stale AS (
                UPDATE usage_ledger SET prompt_tokens = reserved, answer_tokens = 0, settled_at = now()
                WHERE business_id = %(b)s AND settled_at IS NULL AND at < now() - make_interval(secs => %(seconds)s)
                RETURNING month, reserved),
            months AS (SELECT month, sum(reserved)::bigint AS tokens, count(*) AS entries FROM stale GROUP BY month),
            moved AS (
                UPDATE usage_months SET reserved = usage_months.reserved - months.tokens, used = used + months.tokens
                FROM months
                WHERE usage_months.business_id = %(b)s AND usage_months.month = months.month
                RETURNING months.entries)
            SELECT coalesce(sum(entries), 0)::int FROM moved
            """,
            {"b": business_id, "seconds": seconds},
        )
        return await cursor.fetchone() or 0


async def read_month(conn: Connection, business_id: UUID) -> MonthUsage | None:
    """This month's figures for the dashboard; None for a business that is not there."""
    async with conn.cursor(row_factory=class_row(MonthUsage)) as cursor:
        await cursor.execute(
            """
            SELECT date_trunc('month', now())::date AS month, coalesce(reserved, 0) AS reserved,
                coalesce(used, 0) AS used, monthly_token_cap AS cap
            FROM businesses LEFT JOIN usage_months
                ON usage_months.business_id = businesses.business_id
                AND usage_months.month = date_trunc('month', now())::date
            WHERE businesses.business_id = %(b)s
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()
