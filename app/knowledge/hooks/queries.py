"""SQL of the owners' notices: the directory table source_hooks, and what of a source they may touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection

MOST_RECHECKS = 500  # addresses that wait to be asked again; for more, the source is read as a whole


@dataclass(frozen=True, slots=True)
class HookRow:
    """`rung_at`: when the reading that was asked for may begin."""

    business_id: UUID
    source_id: UUID
    rung_at: datetime


async def ring(conn: Connection, token_hash: bytes, now: datetime) -> HookRow | None:
    """At once, or a minute after the last; what waits already is not put off. None for a token that is none."""
    async with conn.cursor(row_factory=class_row(HookRow)) as cursor:
        await cursor.execute(
            """
            UPDATE source_hooks SET rung_at = CASE
                WHEN rung_at > %(now)s THEN rung_at
                WHEN rung_at > %(now)s - interval '1 minute' THEN rung_at + interval '1 minute'
                ELSE %(now)s END
            WHERE token_hash = %(hash)s RETURNING business_id, source_id, rung_at
            """,
            {"hash": token_hash, "now": now},
        )
        return await cursor.fetchone()


async def put_hook(conn: Connection, business_id: UUID, source_id: UUID, token_hash: bytes) -> None:
    await conn.execute(
        """
        INSERT INTO source_hooks (token_hash, business_id, source_id) VALUES (%(hash)s, %(b)s, %(source)s)
        ON CONFLICT (source_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = now(), rung_at = NULL
        WHERE source_hooks.business_id = %(b)s
        """,
        {"b": business_id, "source": source_id, "hash": token_hash},
    )


async def drop_hook(conn: Connection, business_id: UUID, source_id: UUID) -> bool:
    cursor = await conn.execute(
        "DELETE FROM source_hooks WHERE business_id = %(b)s AND source_id = %(source)s",
        {"b": business_id, "source": source_id},
    )
    return cursor.rowcount == 1


async def hook_made_at(conn: Connection, business_id: UUID, source_id: UUID) -> tuple[datetime, datetime | None] | None:
    """(made, last rung), None where there is none."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            "SELECT created_at, rung_at FROM source_hooks WHERE business_id = %(b)s AND source_id = %(source)s",
            {"b": business_id, "source": source_id},
        )
        row = await cursor.fetchone()
        return None if row is None else (row[0], row[1])


async def read_site(conn: Connection, business_id: UUID, source_id: UUID) -> str | None:
    """The start address of a site in use."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT url FROM sources WHERE business_id = %(b)s AND source_id = %(source)s AND kind = 'site'"
            " AND NOT draft",
            {"b": business_id, "source": source_id},
        )
        return await cursor.fetchone()


async def want_recheck(conn: Connection, business_id: UUID, source_id: UUID, urls: Sequence[str]) -> bool:
    """Adds to the addresses that are asked again. False, and nothing added, when too many would wait.

    An address may stand there twice: the first may be asked for at this very moment, before what changed since.
    """
    cursor = await conn.execute(
        """
        UPDATE sources SET recheck = recheck || ARRAY(SELECT DISTINCT url FROM unnest(%(urls)s::text[]) AS url
            WHERE cardinality(array_positions(recheck, url)) < 2)
        WHERE business_id = %(b)s AND source_id = %(source)s AND cardinality(recheck) + %(count)s <= %(most)s
        """,
        {"b": business_id, "source": source_id, "urls": list(urls), "count": len(urls), "most": MOST_RECHECKS},
    )
    return cursor.rowcount == 1
