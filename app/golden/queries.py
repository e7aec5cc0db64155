"""SQL of golden questions and of what came of asking them."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.errors import Conflict
from app.golden.model import MOST, Golden, NewGolden, Origin, check


async def insert_golden(
    conn: Connection,
    business_id: UUID,
    golden: NewGolden,
    *,
    origin: Origin,
    actor: str,
    golden_id: UUID | None = None,
) -> UUID:
    """Its id. Raises BadInput, and Conflict when there are as many as are kept.

    The question is masked already. `golden_id`: of one that was removed and comes back; there it is again only once.
    """
    checked = check(golden)
    if await count_golden(conn, business_id) >= MOST:
        raise Conflict(
            f"There are {MOST} questions already, the most that are checked. Remove one first.", code="golden_full"
        )
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO golden_questions
                (business_id, golden_id, origin, expects, language, created_by, question, facts)
            VALUES (%(b)s, coalesce(%(id)s, uuidv7()), %(origin)s, %(expects)s, %(language)s, %(by)s, %(question)s,
                %(facts)s)
            ON CONFLICT (business_id, golden_id) DO UPDATE SET golden_id = excluded.golden_id
            RETURNING golden_id
            """,
            {
                "b": business_id, "id": golden_id, "origin": origin, "expects": checked.expects,
                "language": checked.language, "by": actor, "question": checked.question,
                "facts": list(checked.facts),
            },
        )  # fmt: skip
        made = await cursor.fetchone()
    assert isinstance(made, UUID)  # RETURNING gives the row in both cases
    return made


async def count_golden(conn: Connection, business_id: UUID) -> int:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT count(*) FROM golden_questions WHERE business_id = %(b)s", {"b": business_id})
        return await cursor.fetchone() or 0


async def read_golden(conn: Connection, business_id: UUID, golden_id: UUID) -> Golden | None:
    async with conn.cursor(row_factory=class_row(Golden)) as cursor:
        await cursor.execute(
            "SELECT golden_id, question, facts, expects, origin, language, paused, created_at, updated_at"
            " FROM golden_questions WHERE business_id = %(b)s AND golden_id = %(id)s",
            {"b": business_id, "id": golden_id},
        )
        return await cursor.fetchone()
