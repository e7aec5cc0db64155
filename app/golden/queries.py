"""SQL of golden questions and of what came of asking them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Json

from app.db.pool import Connection
from app.errors import Conflict
from app.golden.model import MOST, Generation, Golden, NewGolden, Origin, Result, check


async def insert_golden(
    conn: Connection,
    business_id: UUID,
    golden: NewGolden,
    *,
    origin: Origin,
    actor: str,
    golden_id: UUID | None = None,
    faq_id: UUID | None = None,
) -> UUID:
    """Its id. Raises BadInput, and Conflict when there are as many as are kept.

    The question is masked already. `golden_id`: of one that was removed and comes back; there it is again only once.
    `faq_id`: the owner's answer that it is made of.
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
                (business_id, golden_id, origin, expects, language, created_by, question, facts, faq_id)
            VALUES (%(b)s, coalesce(%(id)s, uuidv7()), %(origin)s, %(expects)s, %(language)s, %(by)s, %(question)s,
                %(facts)s, %(faq)s)
            ON CONFLICT (business_id, golden_id) DO UPDATE SET golden_id = excluded.golden_id
            RETURNING golden_id
            """,
            {
                "b": business_id, "id": golden_id, "origin": origin, "expects": checked.expects,
                "language": checked.language, "by": actor, "question": checked.question,
                "facts": list(checked.facts), "faq": faq_id,
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


async def list_active(conn: Connection, business_id: UUID) -> list[Golden]:
    """Those that are asked, the oldest first. Of an answer that the owner took away nothing is expected."""
    async with conn.cursor(row_factory=class_row(Golden)) as cursor:
        await cursor.execute(
            """
            SELECT golden_id, question, facts, expects, origin, language, paused, created_at, updated_at
            FROM golden_questions q WHERE business_id = %(b)s AND NOT paused
                AND (faq_id IS NULL OR EXISTS (
                    SELECT FROM faq_entries f WHERE f.business_id = q.business_id AND f.faq_id = q.faq_id))
            ORDER BY golden_id
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def list_of_entry(conn: Connection, business_id: UUID, faq_id: UUID) -> list[Golden]:
    """Those made of this answer of the owner's, paused or not."""
    async with conn.cursor(row_factory=class_row(Golden)) as cursor:
        await cursor.execute(
            "SELECT golden_id, question, facts, expects, origin, language, paused, created_at, updated_at"
            " FROM golden_questions WHERE business_id = %(b)s AND faq_id = %(faq)s ORDER BY golden_id FOR UPDATE",
            {"b": business_id, "faq": faq_id},
        )
        return await cursor.fetchall()


async def update_golden(conn: Connection, business_id: UUID, golden_id: UUID, golden: NewGolden) -> bool:
    """False when there is none. What was answered so far was answered to another question, or measured otherwise."""
    cursor = await conn.execute(
        """
        UPDATE golden_questions SET question = %(question)s, facts = %(facts)s, expects = %(expects)s,
            updated_at = now()
        WHERE business_id = %(b)s AND golden_id = %(id)s
        """,
        {
            "b": business_id, "id": golden_id, "question": golden.question, "facts": list(golden.facts),
            "expects": golden.expects,
        },
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM golden_results WHERE business_id = %(b)s AND golden_id = %(id)s",
        {"b": business_id, "id": golden_id},
    )
    return cursor.rowcount == 1


async def set_paused(conn: Connection, business_id: UUID, golden_id: UUID, paused: bool) -> bool:
    """Taken up again after its answer was removed, it is a question of its own."""
    cursor = await conn.execute(
        """
        UPDATE golden_questions q SET paused = %(paused)s, faq_id = CASE WHEN %(paused)s OR EXISTS (
            SELECT FROM faq_entries f WHERE f.business_id = q.business_id AND f.faq_id = q.faq_id) THEN faq_id END
        WHERE business_id = %(b)s AND golden_id = %(id)s
        """,
        {"b": business_id, "id": golden_id, "paused": paused},
    )
    return cursor.rowcount == 1


async def delete_golden(conn: Connection, business_id: UUID, golden_id: UUID) -> Golden | None:
    """What was deleted, for the undo."""
    async with conn.cursor(row_factory=class_row(Golden)) as cursor:
        await cursor.execute(
            "DELETE FROM golden_questions WHERE business_id = %(b)s AND golden_id = %(id)s"
            " RETURNING golden_id, question, facts, expects, origin, language, paused, created_at, updated_at",
            {"b": business_id, "id": golden_id},
        )
        return await cursor.fetchone()


async def list_generations(conn: Connection, business_id: UUID) -> list[Generation]:
    """Those that can be asked, the newest first: what is live, what was before it, what waits for the owner."""
    async with conn.cursor(row_factory=class_row(Generation)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.state, g.embedding_model AS model, g.created_at, g.published_at,
                coalesce(g.generation = b.live_generation, false) AS live
            FROM generations g JOIN businesses b ON b.business_id = g.business_id
            WHERE g.business_id = %(b)s AND g.state IN ('published', 'superseded', 'held')
            ORDER BY g.generation DESC
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()


async def read_generation(conn: Connection, business_id: UUID, generation: int) -> Generation | None:
    """Also one that is being staged."""
    async with conn.cursor(row_factory=class_row(Generation)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.state, g.embedding_model AS model, g.created_at, g.published_at,
                coalesce(g.generation = b.live_generation, false) AS live
            FROM generations g JOIN businesses b ON b.business_id = g.business_id
            WHERE g.business_id = %(b)s AND g.generation = %(g)s AND g.state <> 'failed'
            """,
            {"b": business_id, "g": generation},
        )
        return await cursor.fetchone()


async def list_results(conn: Connection, business_id: UUID, generation: int) -> list[Result]:
    async with conn.cursor(row_factory=class_row(Result)) as cursor:
        await cursor.execute(
            "SELECT golden_id, passed, found, status, missing, text, citations, at FROM golden_results"
            " WHERE business_id = %(b)s AND generation = %(g)s ORDER BY golden_id",
            {"b": business_id, "g": generation},
        )
        return await cursor.fetchall()


async def put_results(
    conn: Connection, business_id: UUID, generation: int, asked: Sequence[Golden], results: Sequence[Result]
) -> None:
    """Of what is still there: a question that was removed or changed meanwhile and a generation that is gone are
    passed over, and nobody takes either away before the caller's transaction ends."""
    changed = {golden.golden_id: golden.updated_at for golden in asked}
    await conn.execute(
        """
        WITH made AS (
            SELECT * FROM unnest(%(ids)s::uuid[], %(asked)s::timestamptz[], %(passed)s::bool[], %(found)s::bool[],
                %(status)s::text[], %(missing)s::jsonb[], %(text)s::text[], %(citations)s::jsonb[])
                AS made (golden_id, asked, passed, found, status, missing, text, citations)),
        kept AS (
            SELECT q.golden_id FROM golden_questions q JOIN made USING (golden_id)
            WHERE q.business_id = %(b)s AND q.updated_at = made.asked ORDER BY q.golden_id FOR SHARE OF q),
        generation AS (
            SELECT generation FROM generations
            WHERE business_id = %(b)s AND generation = %(g)s AND state <> 'failed' FOR KEY SHARE)
        INSERT INTO golden_results
            (business_id, generation, golden_id, passed, found, status, missing, text, citations)
        SELECT %(b)s, generation.generation, made.golden_id, made.passed, made.found, made.status,
            ARRAY(SELECT jsonb_array_elements_text(made.missing)), made.text, made.citations
        FROM made JOIN kept USING (golden_id) CROSS JOIN generation
        ON CONFLICT (business_id, generation, golden_id) DO UPDATE SET at = now(), passed = excluded.passed,
            found = excluded.found, status = excluded.status, missing = excluded.missing, text = excluded.text,
            citations = excluded.citations
        """,
        {
            "b": business_id, "g": generation, "ids": [one.golden_id for one in results],
            "asked": [changed[one.golden_id] for one in results], "passed": [one.passed for one in results],
            "found": [one.found for one in results], "status": [one.status for one in results],
            "missing": [Json(one.missing) for one in results], "text": [one.text for one in results],
            "citations": [Json(one.citations) for one in results],
        },
    )  # fmt: skip
