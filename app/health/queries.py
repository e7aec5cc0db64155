"""What health, metrics and doctor ask the database. States, counts and times only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class Pulse:
    server: str
    pgvector: str | None
    worker_seen_at: datetime | None
    worker_alive: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    table: str
    kind: str
    state: str
    count: int
    oldest_seconds: float


async def pulse(conn: Connection, worker_seconds: int) -> Pulse:
    """One round trip that touches the database; the worker's last beat with it."""
    async with conn.cursor(row_factory=class_row(Pulse)) as cursor:
        await cursor.execute(
            """
            SELECT current_setting('server_version') AS server,
                   (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector,
                   max(seen_at) AS worker_seen_at,
                   coalesce(max(seen_at) > now() - make_interval(secs => %(seconds)s), false) AS worker_alive
            FROM worker_beats
            """,
            {"seconds": worker_seconds},
        )
        row = await cursor.fetchone()
        assert row is not None  # an aggregate always has its row
        return row


async def waiting(conn: Connection) -> list[Waiting]:
    """Across businesses, as milo_ops: how much waits in jobs and outbox, and for how long."""
    async with conn.cursor(row_factory=class_row(Waiting)) as cursor:
        await cursor.execute(
            """
            SELECT 'jobs' AS table, kind, state, count(*) AS count,
                   coalesce(extract(epoch FROM now() - min(run_after)
                       FILTER (WHERE state = 'queued' AND run_after <= now())), 0)::float8 AS oldest_seconds
            FROM jobs GROUP BY kind, state
            UNION ALL
            SELECT 'outbox', purpose, state, count(*),
                   coalesce(extract(epoch FROM now() - min(not_before)
                       FILTER (WHERE state IN ('queued', 'sending') AND not_before <= now())), 0)::float8
            FROM outbox GROUP BY purpose, state
            """
        )
        return await cursor.fetchall()
