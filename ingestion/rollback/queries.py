"""SQL of going back. A generation that was gone back from is `held`, with the sentence ROLLED_BACK as its mark.

So the owner sees it, may publish it again, and a reading that finds just that again does not undo the owner's word.
What the owner says is not gone back from: a version that differs in nothing else is none to go back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, tuple_row

from ingestion.ports import Connection
from ingestion.publishing.queries import former_generation, lock_live
from ingestion.sentences import ROLLED_BACK


@dataclass(frozen=True, slots=True)
class FormerRow:
    """What was live before what is live now."""

    generation: int
    documents: int
    published_at: datetime | None


async def find_former(conn: Connection, business_id: UUID) -> FormerRow | None:
    former = await former_generation(conn, business_id)
    async with conn.cursor(row_factory=class_row(FormerRow)) as cursor:
        await cursor.execute(
            "SELECT generation, documents, published_at FROM generations"
            " WHERE business_id = %(b)s AND generation = %(former)s",
            {"b": business_id, "former": former},
        )
        return await cursor.fetchone()


async def roll_back(conn: Connection, business_id: UUID) -> int | None:
    """The generation that is live now; None when none is kept from before. In the caller's transaction."""
    live = await lock_live(conn, business_id)
    former = await find_former(conn, business_id)
    if live is None or former is None:
        return None
    values = {"b": business_id, "live": live, "former": former.generation, "reason": ROLLED_BACK}
    await conn.execute(
        "UPDATE generations SET state = 'held', reason = %(reason)s"
        " WHERE business_id = %(b)s AND generation = %(live)s",
        values,
    )
    await conn.execute(
        "UPDATE generations SET state = 'published', published_at = now(), reason = NULL"
        " WHERE business_id = %(b)s AND generation = %(former)s",
        values,
    )
    await conn.execute("UPDATE businesses SET live_generation = %(former)s WHERE business_id = %(b)s", values)
    return former.generation


async def set_aside(conn: Connection, business_id: UUID, source_id: UUID) -> dict[UUID, UUID] | None:
    """Documents and versions of the source in the reading that the owner went back from last, if it is kept."""
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            """
            SELECT g.document_id, g.version_id FROM generation_documents g
            JOIN documents d USING (business_id, document_id)
            WHERE g.business_id = %(b)s AND d.source_id = %(source)s AND g.generation = (
                SELECT max(generation) FROM generations
                WHERE business_id = %(b)s AND state = 'held' AND reason = %(reason)s)
            """,
            {"b": business_id, "source": source_id, "reason": ROLLED_BACK},
        )
        return dict(await cursor.fetchall()) or None
