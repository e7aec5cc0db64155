"""SQL of the token budgets, of a business by month and of a visitor by day, and of the ledger below them.

Locks are taken in one order everywhere: ledger, days, month. Months and days begin at midnight UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.usage.compose import Spending


@dataclass(frozen=True, slots=True)
class MonthUsage:
    """Tokens of one month. `cap` and `percent` are the business's of today; cost in millionths of a dollar, of the
    models whose price is known."""

    month: date
    reserved: int
    used: int
    cap: int
    cost_micros: int
    percent: int


@dataclass(frozen=True, slots=True)
class Unpriced:
    model: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """`entry_id` None: no room. `day_had_room` tells whose: the visitor's day had some, so it is the month's."""

    entry_id: UUID | None
    day_had_room: bool


async def open_month(conn: Connection, business_id: UUID) -> None:
    await conn.execute(
        """
        INSERT INTO usage_months (business_id, month) VALUES (%(b)s, date_trunc('month', now())::date)
        ON CONFLICT DO NOTHING
        """,
        {"b": business_id},
    )


async def open_day(conn: Connection, business_id: UUID, person_id: UUID) -> None:
    """Makes none for a person who was forgotten meanwhile."""
    await conn.execute(
        """
        INSERT INTO usage_days (business_id, person_id, day)
        SELECT business_id, person_id, now()::date FROM people WHERE business_id = %(b)s AND person_id = %(p)s
        ON CONFLICT DO NOTHING
        """,
        {"b": business_id, "p": person_id},
    )


async def reserve_tokens(
    conn: Connection,
    business_id: UUID,
    person_id: UUID | None,
    *,
    model: str,
    purpose: str,
    tokens: int,
    cost: int | None,
) -> Attempt:
    """The ledger entry. Where the month has no room but the day had, the day keeps what `give_day_back` must return.

    The rows are locked by the UPDATEs, and after a wait their conditions are checked anew against what the others
    left: however many ask at once, no cap is passed.

    Commits without waiting for the disk, because a visitor waits: a crash of the database itself, not of our
    processes, may forget the reservations of its last half second. Settling waits.
    """
    async with conn.cursor(row_factory=class_row(Attempt)) as cursor:
        await cursor.execute(
            """
            WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true)),
            day AS (
                UPDATE usage_days SET reserved = reserved + %(tokens)s
                WHERE business_id = %(b)s AND person_id = %(p)s AND day = now()::date
                    AND used + reserved + %(tokens)s
                        <= (SELECT visitor_daily_token_cap FROM businesses WHERE business_id = %(b)s)
                RETURNING true),
            room AS (
                UPDATE usage_months SET reserved = reserved + %(tokens)s
                WHERE business_id = %(b)s AND month = date_trunc('month', now())::date
                    AND used + reserved + %(tokens)s
                        <= (SELECT monthly_token_cap FROM businesses WHERE business_id = %(b)s)
                    AND (%(p)s::uuid IS NULL OR EXISTS (SELECT FROM day))
                RETURNING month),
            entry AS (
                INSERT INTO usage_ledger (business_id, month, reserved, model, purpose, person_id, cost_micros)
                SELECT %(b)s, month, %(tokens)s, %(model)s, %(purpose)s, %(p)s, %(cost)s FROM room, unhurried
                RETURNING entry_id)
            SELECT (SELECT entry_id FROM entry), %(p)s::uuid IS NULL OR EXISTS (SELECT FROM day) AS day_had_room
            """,
            {
                "b": business_id,
                "p": person_id,
                "tokens": tokens,
                "model": model,
                "purpose": purpose,
                "cost": cost,
            },
        )
        row = await cursor.fetchone()
    assert row is not None
    return row


async def find_room(conn: Connection, business_id: UUID, person_id: UUID | None, seconds: float) -> bool:
    """Whether a second attempt is worth its while: a row was not made yet, or reservations of the dead lie about."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT NOT EXISTS (SELECT FROM usage_months WHERE business_id = %(b)s
                    AND month = date_trunc('month', now())::date)
                OR (%(p)s::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM usage_days WHERE business_id = %(b)s
                    AND person_id = %(p)s AND day = now()::date))
                OR EXISTS (SELECT FROM usage_ledger WHERE business_id = %(b)s AND settled_at IS NULL
                    AND at < now() - make_interval(secs => %(seconds)s))
            """,
            {"b": business_id, "p": person_id, "seconds": seconds},
        )
        return await cursor.fetchone() is True


async def give_day_back(conn: Connection, business_id: UUID, person_id: UUID, tokens: int) -> None:
    await conn.execute(
        """
        UPDATE usage_days SET reserved = reserved - %(tokens)s
        WHERE business_id = %(b)s AND person_id = %(p)s AND day = now()::date
        """,
        {"b": business_id, "p": person_id, "tokens": tokens},
    )


async def settle_entry(
    conn: Connection, business_id: UUID, entry_id: UUID, *, prompt_tokens: int, answer_tokens: int, cost: int | None
) -> bool:
    """What was reserved goes, what was used stays; whose question it was is forgotten, the day has it. A second time
    changes nothing. True when the owner is to be told that the month comes to its end."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH settled AS (
                UPDATE usage_ledger SET prompt_tokens = %(prompt)s, answer_tokens = %(answer)s, settled_at = now(),
                    cost_micros = %(cost)s, person_id = NULL
                WHERE business_id = %(b)s AND entry_id = %(entry)s AND settled_at IS NULL
                RETURNING month, reserved, old.person_id AS person_id, at::date AS day),
            days AS (
                UPDATE usage_days SET reserved = usage_days.reserved - settled.reserved,
                    used = used + %(prompt)s + %(answer)s
                FROM settled
                WHERE usage_days.business_id = %(b)s AND usage_days.person_id = settled.person_id
                    AND usage_days.day = settled.day
                RETURNING true)
            UPDATE usage_months SET reserved = usage_months.reserved - settled.reserved,
                used = used + %(prompt)s + %(answer)s, cost_micros = cost_micros + coalesce(%(cost)s::bigint, 0)
            FROM settled
            WHERE usage_months.business_id = %(b)s AND usage_months.month = settled.month
                AND (SELECT count(*) FROM days) >= 0 -- the day's row is locked before the month's
            RETURNING usage_months.month = date_trunc('month', now())::date AND told_near_at IS NULL
                AND used >= (SELECT monthly_token_cap * economy_percent / 100.0 FROM businesses
                    WHERE business_id = %(b)s)
            """,
            {
                "b": business_id,
                "entry": entry_id,
                "prompt": prompt_tokens,
                "answer": answer_tokens,
                "cost": cost,
            },
        )
        return await cursor.fetchone() is True


async def settle_stale(conn: Connection, business_id: UUID, seconds: float) -> int:
    """Entries nobody settled (a killed process) count as used in full: the provider may have written it all."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH stale AS (
                UPDATE usage_ledger SET prompt_tokens = reserved, answer_tokens = 0, settled_at = now(),
                    person_id = NULL
                WHERE business_id = %(b)s AND settled_at IS NULL AND at < now() - make_interval(secs => %(seconds)s)
                RETURNING month, reserved, cost_micros, old.person_id AS person_id, at::date AS day),
            of_days AS (
                SELECT person_id, day, sum(reserved)::bigint AS tokens FROM stale
                WHERE person_id IS NOT NULL GROUP BY person_id, day ORDER BY person_id, day),
            days AS (
                UPDATE usage_days SET reserved = usage_days.reserved - of_days.tokens, used = used + of_days.tokens
                FROM of_days
                WHERE usage_days.business_id = %(b)s AND usage_days.person_id = of_days.person_id
                    AND usage_days.day = of_days.day
                RETURNING true),
            months AS (
                SELECT month, sum(reserved)::bigint AS tokens, coalesce(sum(cost_micros), 0)::bigint AS cost,
                    count(*) AS entries
                FROM stale GROUP BY month),
            moved AS (
                UPDATE usage_months SET reserved = usage_months.reserved - months.tokens, used = used + months.tokens,
                    cost_micros = cost_micros + months.cost
                FROM months
                WHERE usage_months.business_id = %(b)s AND usage_months.month = months.month
                    AND (SELECT count(*) FROM days) >= 0
                RETURNING months.entries)
            SELECT coalesce(sum(entries), 0)::int FROM moved
            """,
            {"b": business_id, "seconds": seconds},
        )
        return await cursor.fetchone() or 0


async def forget_days(conn: Connection, business_id: UUID) -> None:
    """Yesterday's may still be settled; of what is older nothing can be open."""
    await conn.execute("DELETE FROM usage_days WHERE business_id = %(b)s AND day < now()::date - 1", {"b": business_id})


async def note_near(conn: Connection, business_id: UUID) -> Spending | None:
    """None when it was told before, by this or by another."""
    return await _note(
        conn,
        """
        UPDATE usage_months SET told_near_at = now() FROM businesses
        WHERE usage_months.business_id = %(b)s AND businesses.business_id = %(b)s
            AND month = date_trunc('month', now())::date AND told_near_at IS NULL AND monthly_token_cap > 0
        """,
        {"b": business_id},
    )


async def note_full(conn: Connection, business_id: UUID, tokens: int) -> Spending | None:
    """None when it was told before, when what is used leaves room for `tokens`, or when the cap allows nothing
    anyway: who set it to nothing needs no mail."""
    return await _note(
        conn,
        """
        UPDATE usage_months SET told_full_at = now(), told_near_at = coalesce(told_near_at, now()) FROM businesses
        WHERE usage_months.business_id = %(b)s AND businesses.business_id = %(b)s
            AND month = date_trunc('month', now())::date AND told_full_at IS NULL
            AND used + %(tokens)s > monthly_token_cap AND monthly_token_cap > 0
        """,
        {"b": business_id, "tokens": tokens},
    )


async def tell_again(conn: Connection, business_id: UUID) -> None:
    """After the owner changed the limits: what is not reached any more is told when it is reached again."""
    await conn.execute(
        """
        UPDATE usage_months SET told_full_at = CASE WHEN used >= monthly_token_cap THEN told_full_at END,
            told_near_at = CASE WHEN used >= monthly_token_cap * economy_percent / 100.0 THEN told_near_at END
        FROM businesses
        WHERE usage_months.business_id = %(b)s AND businesses.business_id = %(b)s
            AND month = date_trunc('month', now())::date
        """,
        {"b": business_id},
    )


async def read_month(conn: Connection, business_id: UUID) -> MonthUsage | None:
    """This month's figures for the dashboard; None for a business that is not there."""
    async with conn.cursor(row_factory=class_row(MonthUsage)) as cursor:
        await cursor.execute(
            """
            SELECT date_trunc('month', now())::date AS month, coalesce(reserved, 0) AS reserved,
                coalesce(used, 0) AS used, monthly_token_cap AS cap, coalesce(cost_micros, 0) AS cost_micros,
                economy_percent AS percent
            FROM businesses LEFT JOIN usage_months
                ON usage_months.business_id = businesses.business_id
                AND usage_months.month = date_trunc('month', now())::date
            WHERE businesses.business_id = %(b)s
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def list_unpriced(conn: Connection, business_id: UUID) -> list[Unpriced]:
    """This month's tokens of models whose price was not known."""
    async with conn.cursor(row_factory=class_row(Unpriced)) as cursor:
        await cursor.execute(
            """
            SELECT model, sum(prompt_tokens + answer_tokens)::bigint AS tokens FROM usage_ledger
            WHERE business_id = %(b)s AND month = date_trunc('month', now())::date AND settled_at IS NOT NULL
                AND cost_micros IS NULL AND prompt_tokens + answer_tokens > 0
            GROUP BY model ORDER BY tokens DESC, model
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def _note(conn: Connection, change: str, values: dict[str, object]) -> Spending | None:
    told = "RETURNING slug, name, language, month, used, monthly_token_cap AS cap, economy_percent AS percent,"
    async with conn.cursor(row_factory=class_row(Spending)) as cursor:
        await cursor.execute(f"{change} {told} economy_model".encode(), values)
        return await cursor.fetchone()
