"""SQL of vector indexes: whose live text is large enough, and the only DDL that runs outside migrations.

The first half runs as milo_app, bound to its business. The second half runs as milo_owner, on a connection of its own
without a transaction (CONCURRENTLY), and reads the catalogue only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection

OwnerConnection = AsyncConnection[tuple[Any, ...]]
PREFIX = "hnsw_"


@dataclass(frozen=True, slots=True)
class LiveRow:
    """`dimensions` None: nothing of it has a vector."""

    generation: int
    model: str
    chunks: int
    dimensions: int | None


@dataclass(frozen=True, slots=True)
class IndexRow:
    """An index that is invalid was being built when its build ended."""

    name: str
    valid: bool


async def read_live(conn: Connection, business_id: UUID) -> LiveRow | None:
    async with conn.cursor(row_factory=class_row(LiveRow)) as cursor:
        await cursor.execute(
            """
            SELECT g.generation, g.embedding_model AS model, g.chunks, (
                SELECT vector_dims(w.embedding) FROM chunk_windows AS w
                WHERE w.business_id = g.business_id AND w.generation = g.generation
                    AND w.model = g.embedding_model AND w.window_no = 0
                LIMIT 1) AS dimensions
            FROM businesses AS b
            JOIN generations AS g ON g.business_id = b.business_id AND g.generation = b.live_generation
            WHERE b.business_id = %(b)s
            """,
            {"b": business_id},
        )
        return await cursor.fetchone()


async def needs_change(conn: Connection, business_id: UUID, threshold: int) -> bool:
    """Whether what is live lacks its index, or an index is there that nobody asks any more."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            WITH live AS (
                SELECT g.generation, g.chunks > %(threshold)s AS large
                FROM businesses AS b
                JOIN generations AS g ON g.business_id = b.business_id AND g.generation = b.live_generation
                WHERE b.business_id = %(b)s)
            SELECT EXISTS (
                SELECT FROM live WHERE large AND NOT EXISTS (
                    SELECT FROM vector_indexes AS v
                    WHERE v.business_id = %(b)s AND v.generation = live.generation AND v.state = 'ready')
            ) OR EXISTS (
                SELECT FROM vector_indexes AS v
                WHERE v.business_id = %(b)s
                    AND v.generation IS DISTINCT FROM (SELECT generation FROM live WHERE large))
            """,
            {"b": business_id, "threshold": threshold},
        )
        return bool(await cursor.fetchone())


async def any_index(conn: Connection) -> bool:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_class WHERE relkind = 'i' AND starts_with(relname::text, %(p)s))",
            {"p": PREFIX},
        )
        return bool(await cursor.fetchone())


async def put_state(
    conn: Connection, business_id: UUID, live: LiveRow, name: str, *, state: str, reason: str | None = None
) -> None:
    """Nothing where the generation went meanwhile."""
    await conn.execute(
        """
        INSERT INTO vector_indexes
            (business_id, generation, model, dimensions, index_name, state, chunks, reason, ready_at)
        SELECT %(b)s, generation, %(model)s, %(dimensions)s, %(name)s, %(state)s, %(chunks)s, %(reason)s,
            CASE WHEN %(state)s = 'ready' THEN now() END
        FROM generations WHERE business_id = %(b)s AND generation = %(g)s
        ON CONFLICT (business_id, generation) DO UPDATE SET
            state = excluded.state, reason = excluded.reason, ready_at = excluded.ready_at, chunks = excluded.chunks
        """,
        {
            "b": business_id,
            "g": live.generation,
            "model": live.model,
            "dimensions": live.dimensions or 0,
            "chunks": live.chunks,
            "name": name,
            "state": state,
            "reason": reason,
        },
    )


async def forget_others(conn: Connection, business_id: UUID, generation: int | None) -> None:
    """Rows of generations that are not this one: from now on nobody sets out to use their indexes."""
    await conn.execute(
        "DELETE FROM vector_indexes WHERE business_id = %(b)s AND generation IS DISTINCT FROM %(g)s",
        {"b": business_id, "g": generation},
    )


async def still_there(conn: Connection, business_id: UUID, generation: int) -> bool:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT EXISTS (SELECT FROM vector_indexes WHERE business_id = %(b)s AND generation = %(g)s)",
            {"b": business_id, "g": generation},
        )
        return bool(await cursor.fetchone())


# ---- as milo_owner


def index_name(business_id: UUID, generation: int) -> str:
    """49 bytes at most of 63."""
    return f"{PREFIX}{business_id.hex}_{generation}"


def owner_of(name: str) -> tuple[UUID, int] | None:
    """Business and generation of an index; None when we did not name it."""
    business, _, generation = name.removeprefix(PREFIX).partition("_")
    if not name.startswith(PREFIX) or not generation.isdecimal():
        return None
    try:
        return UUID(hex=business), int(generation)
    except ValueError:
        return None


async def take_lock(conn: OwnerConnection, name: str) -> bool:
    """Until the connection ends. False: another worker holds it."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%(n)s, 0))", {"n": name})
        return bool(await cursor.fetchone())


async def list_indexes(conn: OwnerConnection, prefix: str = PREFIX) -> list[IndexRow]:
    async with conn.cursor(row_factory=class_row(IndexRow)) as cursor:
        await cursor.execute(
            """
            SELECT i.relname::text AS name, x.indisvalid AS valid
            FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
            WHERE x.indrelid = 'chunk_windows'::regclass AND starts_with(i.relname::text, %(p)s)
            """,
            {"p": prefix},
        )
        return await cursor.fetchall()


async def create_index(conn: OwnerConnection, business_id: UUID, live: LiveRow) -> None:
    """Some 2 ms a passage of 384 dimensions. Visitors read and other businesses write meanwhile.

    One process: the other core answers. In memory: a graph that does not fit is built several times slower.
    """
    assert live.dimensions is not None
    await conn.execute("SET max_parallel_maintenance_workers = 0")
    await conn.execute("SET maintenance_work_mem = '256MB'")
    await conn.execute(
        sql.SQL(
            "CREATE INDEX CONCURRENTLY {name} ON chunk_windows"
            " USING hnsw ((embedding::halfvec({dimensions})) halfvec_ip_ops) WITH (m = 16, ef_construction = 64)"
            " WHERE business_id = {business} AND generation = {generation} AND model = {model} AND window_no = 0"
        ).format(
            name=sql.Identifier(index_name(business_id, live.generation)),
            dimensions=sql.Literal(live.dimensions),
            business=sql.Literal(str(business_id)),
            generation=sql.Literal(live.generation),
            model=sql.Literal(live.model),
        )
    )


async def drop_index(conn: OwnerConnection, name: str) -> None:
    await conn.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))
