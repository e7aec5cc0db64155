"""SQL of the wrapped keys."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class WrappedKey:
    purpose: str
    key_no: int
    ring_key_id: str
    wrapped: bytes
    uncommitted: bool = False  # written by the very transaction that reads it


async def read_keys(conn: Connection, business_id: UUID) -> list[WrappedKey]:
    async with conn.cursor(row_factory=class_row(WrappedKey)) as cursor:
        await cursor.execute(
            "SELECT purpose, key_no, ring_key_id, wrapped,"
            " coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) AS uncommitted"
            " FROM business_keys WHERE business_id = %(b)s ORDER BY key_no",
            {"b": business_id},
        )
        return await cursor.fetchall()


async def insert_key(conn: Connection, business_id: UUID, key: WrappedKey) -> None:
    """Two first users at once: the second one's key is dropped, it reads the first's."""
    await conn.execute(
        "INSERT INTO business_keys (business_id, purpose, key_no, ring_key_id, wrapped)"
        " VALUES (%(b)s, %(purpose)s, %(no)s, %(ring)s, %(wrapped)s) ON CONFLICT DO NOTHING",
        {"b": business_id, "purpose": key.purpose, "no": key.key_no, "ring": key.ring_key_id, "wrapped": key.wrapped},
    )
