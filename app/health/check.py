"""Whether this instance can do its work: database, queue, worker. Called by /readyz and by metrics."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from psycopg import Error as DatabaseError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.db.pool import Database
from app.errors import Unavailable
from app.health.queries import pulse

WORKER_SECONDS = 60
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Health:
    database: bool
    queue: bool
    worker: bool
    worker_seen_at: datetime | None

    @property
    def ready(self) -> bool:
        """Redis is only the doorbell: without it work is found a little later, so it does not decide."""
        return self.database and self.worker


async def check(database: Database, redis: Redis) -> Health:
    """Never raises; answers within a few seconds whatever is down."""
    found, queue = await asyncio.gather(_pulse(database), _pings(redis))
    alive, seen = found if found else (False, None)
    return Health(found is not None, queue, alive, seen)


async def _pulse(database: Database) -> tuple[bool, datetime | None] | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), database.directory_transaction() as conn:
            row = await pulse(conn, WORKER_SECONDS)
    except (DatabaseError, Unavailable, TimeoutError):
        return None  # that it is away is the answer
    return row.worker_alive, row.worker_seen_at


async def _pings(redis: Redis) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return bool(await redis.ping())  # pyright: ignore[reportGeneralTypeIssues, reportUnknownMemberType]
    except (RedisError, OSError, TimeoutError):
        return False
