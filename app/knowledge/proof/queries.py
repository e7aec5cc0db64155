"""SQL of host proofs."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.knowledge.proof.model import Method, ProofRow


async def proved_hosts(conn: Connection, business_id: UUID) -> list[str]:
    """The hosts that count as the business's own just now: `proved_at` is set."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT host FROM host_proofs WHERE business_id = %(b)s AND proved_at IS NOT NULL ORDER BY host",
            {"b": business_id},
        )
        return await cursor.fetchall()


async def find_proof(conn: Connection, business_id: UUID, host: str) -> ProofRow | None:
    async with conn.cursor(row_factory=class_row(ProofRow)) as cursor:
        await cursor.execute(
            "SELECT host, token, checked_at, proved_at, method, reason FROM host_proofs"
            " WHERE business_id = %(b)s AND host = %(host)s",
            {"b": business_id, "host": host},
        )
        return await cursor.fetchone()


async def insert_proof(conn: Connection, business_id: UUID, host: str, token: str, *, most: int) -> bool:
    """False where it is known already, or where the business has `most` of them."""
    cursor = await conn.execute(
        """
        INSERT INTO host_proofs (business_id, host, token)
        SELECT %(b)s, %(host)s, %(token)s
        WHERE (SELECT count(*) FROM host_proofs WHERE business_id = %(b)s) < %(most)s
        ON CONFLICT (business_id, host) DO NOTHING
        """,
        {"b": business_id, "host": host, "token": token, "most": most},
    )
    return cursor.rowcount == 1


async def is_due(conn: Connection, business_id: UUID, host: str, *, seconds: float) -> bool:
    """Whether there is a proof of this host, begun or made, that nobody looked at for that long."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT 1 FROM host_proofs WHERE business_id = %(b)s AND host = %(host)s
                AND coalesce(checked_at < now() - make_interval(secs => %(seconds)s), true)
            """,
            {"b": business_id, "host": host, "seconds": seconds},
        )
        return await cursor.fetchone() is not None


async def has_lapsed(conn: Connection, business_id: UUID, host: str, *, days: int) -> bool:
    """Whether a proof that could not be looked at is too old to be taken on trust any longer."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT proved_at < now() - make_interval(days => %(days)s) FROM host_proofs"
            " WHERE business_id = %(b)s AND host = %(host)s",
            {"b": business_id, "host": host, "days": days},
        )
        return bool(await cursor.fetchone())


async def set_proved(conn: Connection, business_id: UUID, host: str, method: Method) -> None:
    await conn.execute(
        "UPDATE host_proofs SET proved_at = now(), checked_at = now(), method = %(method)s, reason = NULL"
        " WHERE business_id = %(b)s AND host = %(host)s",
        {"b": business_id, "host": host, "method": method},
    )


async def set_not_seen(conn: Connection, business_id: UUID, host: str, reason: str, *, withdrawn: bool) -> None:
    """`withdrawn`: it does not count any more. Otherwise only the look is noted."""
    await conn.execute(
        """
        UPDATE host_proofs SET checked_at = now(), reason = %(reason)s,
            proved_at = CASE WHEN %(withdrawn)s THEN NULL ELSE proved_at END,
            method = CASE WHEN %(withdrawn)s THEN NULL ELSE method END
        WHERE business_id = %(b)s AND host = %(host)s
        """,
        {"b": business_id, "host": host, "reason": reason, "withdrawn": withdrawn},
    )
