"""SQL of jobs and of the bells that say where work waits. A lease is 20 seconds, renewed by the runner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Json

from app.db.pool import Connection
from app.jobs.model import STAGING


@dataclass(frozen=True, slots=True)
class JobRow:
    job_id: UUID
    kind: str
    payload: dict[str, str]
    attempts: int
    max_attempts: int


async def insert_job(
    conn: Connection,
    business_id: UUID,
    *,
    kind: str,
    payload: dict[str, str],
    key: str | None,
    run_after: datetime | None,
    max_attempts: int,
) -> UUID:
    """A waiting job of the same kind and key is brought forward instead of doubled."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            INSERT INTO jobs (business_id, kind, payload, key, run_after, max_attempts, state)
            VALUES (%(b)s, %(kind)s, %(payload)s, %(key)s, coalesce(%(after)s, now()), %(max)s, 'queued')
            ON CONFLICT (business_id, kind, key) WHERE state = 'queued'
            DO UPDATE SET run_after = least(jobs.run_after, excluded.run_after), payload = excluded.payload
            RETURNING job_id
            """,
            {
                "b": business_id,
                "kind": kind,
                "payload": Json(payload),
                "key": key,
                "after": run_after,
                "max": max_attempts,
            },
        )
        job_id = await cursor.fetchone()
    assert job_id is not None
    return job_id


async def ring_bell(conn: Connection, business_id: UUID, run_after: datetime | None) -> None:
    await conn.execute(
        """
        INSERT INTO job_bells (business_id, run_after) VALUES (%(b)s, coalesce(%(after)s, now()))
        ON CONFLICT (business_id) DO UPDATE SET run_after = least(job_bells.run_after, excluded.run_after)
        """,
        {"b": business_id, "after": run_after},
    )


async def due_businesses(conn: Connection, limit: int) -> list[UUID]:
    """Whose last job was begun longest ago comes first: no business starves behind one with a long queue."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT business_id FROM job_bells WHERE run_after <= now()"
            " ORDER BY served_at NULLS FIRST, run_after LIMIT %(limit)s",
            {"limit": limit},
        )
        return await cursor.fetchall()


async def claim(
    conn: Connection, business_id: UUID, owner: UUID, kinds: list[str], job_id: UUID | None
) -> JobRow | None:
    """One due job whose worker is not alive, or None. An ingest waits while another of its business runs.

    Claims of one business go one after the other: two workers that each lock another ingest do not see one
    another's, and both would run. The lock is a statement of its own, so that the claim sees what was committed.
    """
    await conn.execute("SELECT FROM job_bells WHERE business_id = %(b)s FOR UPDATE", {"b": business_id})
    async with conn.cursor(row_factory=class_row(JobRow)) as cursor:
        await cursor.execute(
            """
            UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_owner = %(owner)s,
                lease_until = now() + interval '20 seconds'
            WHERE business_id = %(b)s AND job_id = (
                SELECT job_id FROM jobs AS waiting
                WHERE business_id = %(b)s AND kind = ANY(%(kinds)s)
                    AND (%(job)s::uuid IS NULL OR job_id = %(job)s)
                    AND (state = 'queued' AND run_after <= now() OR state = 'running' AND lease_until < now())
                    AND NOT (kind = ANY(%(staging)s) AND EXISTS (
                        SELECT FROM jobs AS busy
                        WHERE busy.business_id = %(b)s AND busy.kind = ANY(%(staging)s) AND busy.state = 'running'
                            AND busy.lease_until >= now() AND busy.job_id <> waiting.job_id))
                ORDER BY run_after, job_id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING job_id, kind, payload, attempts, max_attempts
            """,
            {"b": business_id, "owner": owner, "kinds": kinds, "staging": list(STAGING), "job": job_id},
        )
        row = await cursor.fetchone()
    if row is not None:
        await conn.execute("UPDATE job_bells SET served_at = now() WHERE business_id = %(b)s", {"b": business_id})
    return row


async def settle_bell(conn: Connection, business_id: UUID, *, pause: float = 0.0) -> None:
    """Sets the bell to when this business next has something to do, or takes it down.

    `pause`: seconds before a due job is looked at again, for a caller that could take none of them.
    Locks the bell's row before it looks: whoever enqueues meanwhile waits and rings after us. A bell that is
    down is put up for that: a row that is not there locks nobody out, and the bell of a job committed between
    our look and our DELETE would be taken down with nothing to ring it again.
    """
    await conn.execute(
        "INSERT INTO job_bells (business_id, run_after) VALUES (%(b)s, now())"
        " ON CONFLICT (business_id) DO UPDATE SET run_after = job_bells.run_after",
        {"b": business_id},
    )
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT min(greatest(coalesce(lease_until, run_after), now() + make_interval(secs => %(pause)s)))
            FROM jobs WHERE business_id = %(b)s AND state IN ('queued', 'running')
            """,
            {"b": business_id, "pause": pause},
        )
        upcoming = await cursor.fetchone()
    if upcoming is None:
        await conn.execute("DELETE FROM job_bells WHERE business_id = %(b)s", {"b": business_id})
    else:
        await conn.execute(
            "UPDATE job_bells SET run_after = %(at)s WHERE business_id = %(b)s", {"b": business_id, "at": upcoming}
        )


async def extend_lease(conn: Connection, business_id: UUID, job_id: UUID, owner: UUID) -> bool:
    cursor = await conn.execute(
        """
        UPDATE jobs SET lease_until = now() + interval '20 seconds'
        WHERE business_id = %(b)s AND job_id = %(job)s AND lease_owner = %(owner)s AND state = 'running'
        """,
        {"b": business_id, "job": job_id, "owner": owner},
    )
    return cursor.rowcount == 1


async def finish(
    conn: Connection, business_id: UUID, job_id: UUID, owner: UUID, *, state: str, error: str | None = None
) -> bool:
    """done or failed; False when another worker holds the job by now."""
    cursor = await conn.execute(
        """
        UPDATE jobs SET state = %(state)s, last_error = %(error)s, finished_at = now(), lease_until = NULL
        WHERE business_id = %(b)s AND job_id = %(job)s AND lease_owner = %(owner)s AND state = 'running'
        """,
        {"b": business_id, "job": job_id, "owner": owner, "state": state, "error": error},
    )
    return cursor.rowcount == 1


async def put_back(
    conn: Connection, business_id: UUID, job_id: UUID, owner: UUID, *, seconds: float, error: str, counted: bool
) -> bool:
    """Waits again. A job of the same kind and key that was enqueued meanwhile takes its place."""
    cursor = await conn.execute(
        """
        UPDATE jobs SET
            state = CASE WHEN EXISTS (
                SELECT FROM jobs AS twin WHERE twin.business_id = %(b)s AND twin.kind = jobs.kind
                    AND twin.key = jobs.key AND twin.state = 'queued') THEN 'done' ELSE 'queued' END,
            finished_at = CASE WHEN EXISTS (
                SELECT FROM jobs AS twin WHERE twin.business_id = %(b)s AND twin.kind = jobs.kind
                    AND twin.key = jobs.key AND twin.state = 'queued') THEN now() END,
            lease_until = NULL, lease_owner = NULL, last_error = %(error)s,
            run_after = now() + make_interval(secs => %(seconds)s),
            attempts = attempts - CASE WHEN %(counted)s THEN 0 ELSE 1 END
        WHERE business_id = %(b)s AND job_id = %(job)s AND lease_owner = %(owner)s AND state = 'running'
        """,
        {"b": business_id, "job": job_id, "owner": owner, "seconds": seconds, "error": error, "counted": counted},
    )
    return cursor.rowcount == 1


async def beat(conn: Connection, worker_id: UUID, *, renders: bool) -> None:
    await conn.execute(
        "INSERT INTO worker_beats (worker_id, seen_at, renders) VALUES (%(w)s, now(), %(renders)s)"
        " ON CONFLICT (worker_id) DO UPDATE SET seen_at = now()",
        {"w": worker_id, "renders": renders},
    )
    await conn.execute("DELETE FROM worker_beats WHERE seen_at < now() - interval '1 day'")


async def end_beat(conn: Connection, worker_id: UUID) -> None:
    await conn.execute("DELETE FROM worker_beats WHERE worker_id = %(w)s", {"w": worker_id})


async def worker_seen(conn: Connection, seconds: int) -> bool:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT EXISTS (SELECT FROM worker_beats WHERE seen_at > now() - make_interval(secs => %(s)s))",
            {"s": seconds},
        )
        return bool(await cursor.fetchone())


async def renderer_seen(conn: Connection, seconds: int) -> bool:
    """Whether a worker with a browser is alive: a job that only it may take would else wait for nobody."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT EXISTS (SELECT FROM worker_beats WHERE renders AND seen_at > now() - make_interval(secs => %(s)s))",
            {"s": seconds},
        )
        return bool(await cursor.fetchone())


async def delete_finished(conn: Connection, business_id: UUID, days: int) -> int:
    cursor = await conn.execute(
        "DELETE FROM jobs WHERE business_id = %(b)s AND state IN ('done', 'failed')"
        " AND finished_at < now() - make_interval(days => %(days)s)",
        {"b": business_id, "days": days},
    )
    return cursor.rowcount
