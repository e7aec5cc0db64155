"""SQL of the sample alone: its pages move with the port of the web process that serves them."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import scalar_row

from app.db.pool import Connection


async def find_site(conn: Connection, business_id: UUID) -> str | None:
    """Where the sample's own pages were when they were last set up."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT url FROM sources WHERE business_id = %(b)s AND kind = 'site' AND url LIKE '%%/sample/'"
            " ORDER BY created_at LIMIT 1",
            {"b": business_id},
        )
        return await cursor.fetchone()


async def move_site(conn: Connection, business_id: UUID, url: str) -> None:
    """The source stays the same one, so what was read at the old address leaves with the next reading."""
    await conn.execute(
        "UPDATE sources SET url = %(url)s WHERE business_id = %(b)s AND kind = 'site' AND url LIKE '%%/sample/'",
        {"b": business_id, "url": url},
    )
    await conn.execute(
        "UPDATE businesses SET website = %(url)s WHERE business_id = %(b)s", {"b": business_id, "url": url}
    )


async def set_accent(conn: Connection, business_id: UUID, accent: str) -> None:
    await conn.execute(
        "UPDATE businesses SET accent = %(accent)s WHERE business_id = %(b)s", {"b": business_id, "accent": accent}
    )
