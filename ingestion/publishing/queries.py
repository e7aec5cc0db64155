"""SQL of publishing: the number that is live, generations that wait or are past, and those that go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from ingestion.ports import Connection
from ingestion.sentences import ROLLED_BACK


@dataclass(frozen=True, slots=True)
class GenerationRow:
    generation: int
    fingerprint: bytes | None
    chunks: int
    model: str
    analyser: str


async def live_generation(conn: Connection, business_id: UUID) -> GenerationRow | None:
    async with conn.cursor(row_factory=class_row(GenerationRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.fingerprint, g.chunks, g.embedding_model AS model, g.analyser
            FROM businesses b
            JOIN generations g ON g.business_id = b.business_id AND g.generation = b.live_generation
            WHERE b.business_id = %(b)s
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def lock_live(conn: Connection, business_id: UUID) -> int | None:
    """The number of what is live, which stays so until the caller's transaction ends.

    NO KEY: rows that refer to the business (a visitor's first message) are written meanwhile.
    """
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT live_generation FROM businesses WHERE business_id = %(b)s FOR NO KEY UPDATE", {"b": business_id}
        )
        return await cursor.fetchone()


async def retire_generation(conn: Connection, business_id: UUID, generation: int, reason: str) -> None:
    """Not what one goes back to: the next pruning takes it. Whoever reads it just now may end."""
    await conn.execute(
        "UPDATE generations SET state = 'failed', reason = %(reason)s"
        " WHERE business_id = %(b)s AND generation = %(g)s AND state = 'superseded'",
        {"b": business_id, "g": generation, "reason": reason},
    )


async def publish_generation(conn: Connection, business_id: UUID, generation: int, *, held: bool = False) -> bool:
    """Makes a staged (or `held`) generation live, in the caller's transaction. False when it is that no more."""
    await conn.execute("SELECT FROM businesses WHERE business_id = %(b)s FOR NO KEY UPDATE", {"b": business_id})
    cursor = await conn.execute(
        "UPDATE generations SET state = 'published', published_at = now(), reason = NULL"
        " WHERE business_id = %(b)s AND generation = %(g)s AND state = %(state)s AND generation > coalesce("
        "(SELECT live_generation FROM businesses WHERE business_id = %(b)s), 0)",
        {"b": business_id, "g": generation, "state": "held" if held else "staging"},
    )
    if cursor.rowcount != 1:
        return False
    await conn.execute(
        "UPDATE generations SET state = 'superseded'"
        " WHERE business_id = %(b)s AND state = 'published' AND generation <> %(g)s",
        {"b": business_id, "g": generation},
    )
    await conn.execute(
        "UPDATE businesses SET live_generation = %(g)s WHERE business_id = %(b)s", {"b": business_id, "g": generation}
    )
    return True


async def end_staging(conn: Connection, business_id: UUID, generation: int, *, state: str, reason: str) -> bool:
    """held or failed. False when it is not staged any more."""
    cursor = await conn.execute(
        "UPDATE generations SET state = %(state)s, reason = %(reason)s"
        " WHERE business_id = %(b)s AND generation = %(g)s AND state = 'staging'",
        {"b": business_id, "g": generation, "state": state, "reason": reason},
    )
    return cursor.rowcount == 1


async def waits_alike(conn: Connection, business_id: UUID, fingerprint: bytes) -> bool:
    """Whether the owner is being asked about just this: the same versions, rules and model."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            """
            SELECT FROM generations g JOIN businesses b ON b.business_id = g.business_id
            WHERE g.business_id = %(b)s AND g.state = 'held' AND g.fingerprint = %(fingerprint)s
                AND g.generation > coalesce(b.live_generation, 0)
            """,
            {"b": business_id, "fingerprint": fingerprint},
        )
        return cursor.rowcount > 0


async def discard_generation(conn: Connection, business_id: UUID, generation: int) -> bool:
    """A held generation goes, with all that hangs on it. False when it is not held."""
    cursor = await conn.execute(
        "DELETE FROM generations WHERE business_id = %(b)s AND generation = %(g)s AND state = 'held'",
        {"b": business_id, "g": generation},
    )
    return cursor.rowcount == 1


async def former_generation(conn: Connection, business_id: UUID) -> int | None:
    """The newest that was live before what is, and shows other pages or files.

    The owner's own words make no difference: else a question saved today would take away the way back from what
    a bad reading did yesterday.
    """
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH shown AS (
                SELECT g.generation, g.document_id, g.version_id FROM generation_documents g
                JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id
                JOIN sources s ON s.business_id = d.business_id AND s.source_id = d.source_id
                WHERE g.business_id = %(b)s AND s.kind <> 'owner')
            SELECT g.generation FROM generations g JOIN businesses b ON b.business_id = g.business_id
            WHERE g.business_id = %(b)s AND g.state = 'superseded' AND g.generation < b.live_generation
                AND (EXISTS (
                    SELECT document_id, version_id FROM shown WHERE shown.generation = g.generation
                    EXCEPT SELECT document_id, version_id FROM shown WHERE shown.generation = b.live_generation)
                OR EXISTS (
                    SELECT document_id, version_id FROM shown WHERE shown.generation = b.live_generation
                    EXCEPT SELECT document_id, version_id FROM shown WHERE shown.generation = g.generation))
            ORDER BY g.generation DESC LIMIT 1
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def retire_past(conn: Connection, business_id: UUID) -> None:
    """All but what is live, what was live before it, the newest held one of each source, the newest that the owner
    went back from and what is being staged. Nobody can publish them or go back to them any more; `drop_failed`
    deletes them.

    Under the lock that publishing takes: else a generation could go live between the look and the deletion.
    """
    await lock_live(conn, business_id)
    former = await former_generation(conn, business_id)
    await conn.execute(
        """
        UPDATE generations g SET state = 'failed', reason = 'past' FROM businesses b
        WHERE g.business_id = %(b)s AND b.business_id = %(b)s AND g.state NOT IN ('staging', 'failed')
            AND g.generation IS DISTINCT FROM b.live_generation
            AND g.generation IS DISTINCT FROM %(former)s
            AND g.generation IS DISTINCT FROM (
                SELECT max(generation) FROM generations WHERE business_id = %(b)s AND state = 'held'
                    AND generation > coalesce(b.live_generation, 0))
            AND g.generation IS DISTINCT FROM (
                SELECT max(generation) FROM generations
                WHERE business_id = %(b)s AND state = 'held' AND reason = %(rolled_back)s)
            AND g.generation NOT IN (
                -- What the owner said is read once: another source's reading must not take it away.
                SELECT max(h.generation) FROM generations h
                JOIN crawls c ON c.business_id = h.business_id AND c.crawl_id = h.crawl_id
                WHERE h.business_id = %(b)s AND h.state = 'held' AND h.generation > coalesce(b.live_generation, 0)
                GROUP BY c.source_id)
        """,
        {"b": business_id, "rolled_back": ROLLED_BACK, "former": former},
    )


async def drop_failed(conn: Connection, business_id: UUID) -> int:
    """With all that hangs on them. Vectors first: one range of their key, not one look for each passage."""
    await conn.execute(
        """
        DELETE FROM chunk_windows WHERE business_id = %(b)s AND generation IN (
            SELECT generation FROM generations WHERE business_id = %(b)s AND state = 'failed')
        """,
        {"b": business_id},
    )
    cursor = await conn.execute(
        "DELETE FROM generations WHERE business_id = %(b)s AND state = 'failed'", {"b": business_id}
    )
    return cursor.rowcount
