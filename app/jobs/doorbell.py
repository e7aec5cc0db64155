"""Tells a worker through Redis and arq that a job is due now. Best effort by design.

Comes in: the reference of a committed job. Goes out: an arq job that carries ids only, as JSON (arq's
default, pickle, would let whoever writes to Redis run code). Redis may be down or emptied at any time.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

from app.jobs.model import JobRef
from app.settings import Secret

QUEUE = "milo:bell"
RING_SECONDS = 0.5  # what a request may spend on a bell; the sweep needs no bell
log = structlog.get_logger(__name__)


def to_json(value: dict[str, Any]) -> bytes:
    """arq's job and result serializer. Exceptions and other objects become their names."""
    return json.dumps(value, default=lambda other: type(other).__name__).encode()


def redis_settings(url: Secret) -> RedisSettings:
    """Short waits: nobody should wait long for a doorbell."""
    settings = RedisSettings.from_dsn(url.reveal())
    settings.conn_timeout = 1
    settings.conn_retries = 0
    return settings


class Doorbell:
    """One a process. Connects at the first ring and again after a failure."""

    def __init__(self, url: Secret | None):
        self._url = url
        self._pool: ArqRedis | None = None
        self._connecting = asyncio.Lock()
        self.missed = 0

    async def ring(self, *refs: JobRef) -> None:
        """Call it after the commit. Never raises: a missed ring is counted and logged."""
        now = datetime.now(UTC)
        due = [ref for ref in refs if ref.run_after is None or ref.run_after <= now]
        if not due or self._url is None:
            return
        try:
            async with asyncio.timeout(RING_SECONDS):
                pool = await self._connected()
                for ref in due:
                    await pool.enqueue_job(ref.kind, str(ref.business_id), str(ref.job_id), _expires=60)
        except (RedisError, OSError, TimeoutError) as error:
            self.missed += len(due)
            log.warning("doorbell.missed", kinds=[ref.kind for ref in due], error=type(error).__name__)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None

    async def _connected(self) -> ArqRedis:
        async with self._connecting:
            if self._pool is None:
                assert self._url is not None
                self._pool = await create_pool(
                    redis_settings(self._url),
                    job_serializer=to_json,
                    job_deserializer=json.loads,
                    default_queue_name=QUEUE,
                )
            return self._pool
