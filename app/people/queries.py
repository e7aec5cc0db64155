"""SQL of people and their identities."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import scalar_row

from app.db.pool import Connection


async def find_person(conn: Connection, business_id: UUID, kind: str, blind_index: bytes) -> UUID | None:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT person_id FROM identities"
            " WHERE business_id = %(b)s AND kind = %(kind)s AND blind_index = %(blind)s",
            {"b": business_id, "kind": kind, "blind": blind_index},
        )
        return await cursor.fetchone()


async def lock_person(conn: Connection, business_id: UUID, kind: str, blind_index: bytes) -> UUID | None:
    """As find_person. One writer a person: two copies of a message, or a message and an erasure, go one after the
    other; who was erased meanwhile is nobody."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT p.person_id FROM identities AS i JOIN people AS p
                ON p.business_id = i.business_id AND p.person_id = i.person_id
            WHERE i.business_id = %(b)s AND i.kind = %(kind)s AND i.blind_index = %(blind)s
            FOR UPDATE OF p
            """,
            {"b": business_id, "kind": kind, "blind": blind_index},
        )
        return await cursor.fetchone()


async def insert_person(conn: Connection, business_id: UUID, person_id: UUID) -> None:
    await conn.execute(
        "INSERT INTO people (business_id, person_id) VALUES (%(b)s, %(p)s)", {"b": business_id, "p": person_id}
    )


async def insert_identity(
    conn: Connection,
    business_id: UUID,
    person_id: UUID,
    identity_id: UUID,
    *,
    kind: str,
    blind_index: bytes,
    value_sealed: bytes,
) -> bool:
    """False when somebody has this identity already; waits for a transaction that is about to."""
    cursor = await conn.execute(
        """
        INSERT INTO identities (business_id, identity_id, person_id, kind, blind_index, value_sealed)
        VALUES (%(b)s, %(i)s, %(p)s, %(kind)s, %(blind)s, %(sealed)s)
        ON CONFLICT (business_id, kind, blind_index) DO NOTHING
        """,
        {
            "b": business_id,
            "i": identity_id,
            "p": person_id,
            "kind": kind,
            "blind": blind_index,
            "sealed": value_sealed,
        },
    )
    return cursor.rowcount == 1


async def delete_person(conn: Connection, business_id: UUID, person_id: UUID) -> bool:
    """Everything personal hangs on this row and goes with it; then gaps that nobody's question is left of."""
    cursor = await conn.execute(
        "DELETE FROM people WHERE business_id = %(b)s AND person_id = %(p)s", {"b": business_id, "p": person_id}
    )
    await conn.execute(
        "DELETE FROM gaps g WHERE g.business_id = %(b)s AND NOT EXISTS (SELECT FROM gap_questions q"
        " WHERE q.business_id = g.business_id AND q.gap_id = g.gap_id)",
        {"b": business_id},
    )
    return cursor.rowcount == 1
