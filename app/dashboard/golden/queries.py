"""SQL of the pages of answers that must stay right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row, tuple_row

from app.db.pool import Connection

STATES = ("wrong", "right", "unasked", "paused")


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A question with what the live pages answer to it; `passed` None: not asked of them yet."""

    golden_id: UUID
    question: str
    facts: list[str]
    expects: str
    origin: str
    state: str  # of STATES
    passed: bool | None
    found: bool | None
    status: str | None
    missing: list[str] | None
    text: str | None
    citations: list[dict[str, Any]] | None
    at: datetime | None
    before: bool | None  # what it came to on the newest other version that was live; None: not asked there
    gone: bool  # the owner's answer it was made of was removed; it is paused by that


@dataclass(frozen=True, slots=True)
class AskRun:
    """`waiting`: they are asked in a moment, or are being asked; `failed`: the last time ended in a fault."""

    waiting: bool
    failed: bool


async def list_checks(
    conn: Connection, business_id: UUID, *, show: str | None, match: str, offset: int, limit: int
) -> list[CheckRow]:
    """What is wrong first, then the newest."""
    async with conn.cursor(row_factory=class_row(CheckRow)) as cursor:
        await cursor.execute(
            """
            SELECT * FROM (
                SELECT q.golden_id, q.question, q.facts, q.expects, q.origin, made.gone,
                    CASE WHEN q.paused OR made.gone THEN 'paused' WHEN r.passed IS NULL THEN 'unasked'
                        WHEN r.passed THEN 'right' ELSE 'wrong' END AS state,
                    r.passed, r.found, r.status, r.missing, r.text, r.citations, r.at,
                    (SELECT p.passed FROM golden_results p
                        JOIN generations g ON g.business_id = p.business_id AND g.generation = p.generation
                        WHERE p.business_id = q.business_id AND p.golden_id = q.golden_id AND g.state = 'superseded'
                        ORDER BY p.generation DESC LIMIT 1) AS before
                FROM golden_questions q
                JOIN businesses b ON b.business_id = q.business_id
                CROSS JOIN LATERAL (SELECT q.faq_id IS NOT NULL AND NOT EXISTS (SELECT FROM faq_entries f
                    WHERE f.business_id = q.business_id AND f.faq_id = q.faq_id) AS gone) AS made
                LEFT JOIN golden_results r ON r.business_id = q.business_id AND r.golden_id = q.golden_id
                    AND r.generation = b.live_generation
                WHERE q.business_id = %(b)s
                    AND (%(match)s = '' OR strpos(lower(q.question || ' ' || q.facts::text), lower(%(match)s)) > 0)
            ) AS checks
            WHERE %(show)s::text IS NULL OR state = %(show)s
            ORDER BY state <> 'wrong', golden_id DESC OFFSET %(offset)s LIMIT %(limit)s
            """,
            {"b": business_id, "match": match, "show": show, "offset": offset, "limit": limit},
        )
        return await cursor.fetchall()


async def count_checks(conn: Connection, business_id: UUID, match: str) -> dict[str, int]:
    """By state."""
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            """
            SELECT CASE WHEN q.paused OR made.gone THEN 'paused' WHEN r.passed IS NULL THEN 'unasked'
                WHEN r.passed THEN 'right' ELSE 'wrong' END AS state, count(*) FROM golden_questions q
            JOIN businesses b ON b.business_id = q.business_id
            CROSS JOIN LATERAL (SELECT q.faq_id IS NOT NULL AND NOT EXISTS (SELECT FROM faq_entries f
                WHERE f.business_id = q.business_id AND f.faq_id = q.faq_id) AS gone) AS made
            LEFT JOIN golden_results r ON r.business_id = q.business_id AND r.golden_id = q.golden_id
                AND r.generation = b.live_generation
            WHERE q.business_id = %(b)s
                AND (%(match)s = '' OR strpos(lower(q.question || ' ' || q.facts::text), lower(%(match)s)) > 0)
            GROUP BY 1
            """,
            {"b": business_id, "match": match},
        )
        return dict(await cursor.fetchall())


async def read_ask_run(conn: Connection, business_id: UUID) -> AskRun:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT state FROM jobs WHERE business_id = %(b)s AND kind = 'ask_golden'
                AND (state <> 'queued' OR run_after <= now() + interval '1 minute')
            ORDER BY created_at DESC LIMIT 1
            """,
            {"b": business_id},
        )
        state = await cursor.fetchone()
    return AskRun(state in ("queued", "running"), state == "failed")
