"""SQL of the scheme of a source's address."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import tuple_row

from app.db.pool import Connection


async def read_address(conn: Connection, business_id: UUID, source_id: UUID) -> tuple[str, str, bool] | None:
    """(kind, url, whether its scheme is a guess)."""
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            "SELECT kind, url, scheme_guessed FROM sources WHERE business_id = %(b)s AND source_id = %(source)s",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchone()


async def set_scheme_guessed(conn: Connection, business_id: UUID, source_id: UUID) -> None:
    """For a source that was just made of an address typed without a scheme."""
    await conn.execute(
        "UPDATE sources SET scheme_guessed = true WHERE business_id = %(b)s AND source_id = %(source)s",
        {"b": business_id, "source": source_id},
    )


async def set_address(conn: Connection, business_id: UUID, source_id: UUID, url: str) -> bool:
    """The address with the scheme that holds. False where another source of the business has it already."""
    cursor = await conn.execute(
        """
        UPDATE sources SET url = %(url)s, scheme_guessed = false
        WHERE business_id = %(b)s AND source_id = %(source)s AND NOT EXISTS (
            SELECT 1 FROM sources other
            WHERE other.business_id = %(b)s AND other.url = %(url)s AND other.source_id <> %(source)s)
        """,
        {"b": business_id, "source": source_id, "url": url},
    )
    return cursor.rowcount == 1
