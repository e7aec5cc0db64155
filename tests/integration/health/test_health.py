"""/readyz and its parts, by breaking each one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from litestar import Litestar
from litestar.di import Provide
from redis.asyncio import Redis

from app.db.pool import Database
from app.health.metrics import collect
from app.health.routes import ROUTES
from app.jobs.queries import beat
from app.settings import DatabaseUrls, Secret, Settings


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def beaten(database: Database, age: str = "0 seconds") -> None:
    async with database.directory_transaction() as conn:
        await beat(conn, uuid4(), renders=False)
        await conn.execute("UPDATE worker_beats SET seen_at = now() - %s::interval", (age,))


async def ask(database: Database, redis: Redis, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
    services = SimpleNamespace(database=database, redis=redis)
    app: Any = Litestar(ROUTES, dependencies={"services": Provide(lambda: services, sync_to_thread=False)})
    # The handler's annotation is the real bundle; the two parts that health reads are enough.
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://milo.test") as client:
        answer = await client.get(path)
        return answer.status_code, answer.json()


async def test_all_parts_there_is_ready(database: Database, redis: Redis) -> None:
    await beaten(database)
    status, body = await ask(database, redis)
    assert (status, body["status"]) == (200, "ok")
    assert (body["database"], body["queue"], body["worker"]) == ("ok", "ok", "ok")
    assert body["worker_seen_at"]


async def test_without_a_worker_it_is_not_ready(database: Database, redis: Redis) -> None:
    status, body = await ask(database, redis)
    assert (status, body["worker"], body["database"]) == (503, "unavailable", "ok")


async def test_a_worker_last_seen_over_a_minute_ago_counts_as_gone(database: Database, redis: Redis) -> None:
    await beaten(database, "61 seconds")
    assert (await ask(database, redis))[0] == 503
    await beaten(database, "55 seconds")
    assert (await ask(database, redis))[0] == 200


async def test_without_redis_it_is_ready_and_says_degraded(database: Database) -> None:
    await beaten(database)
    async with Redis.from_url("unix:///nowhere/redis.sock") as away:
        status, body = await ask(database, away)
    assert (status, body["status"], body["queue"]) == (200, "degraded", "degraded")


async def test_without_the_database_it_is_not_ready_but_alive(redis: Redis) -> None:
    away = await Database.open(DatabaseUrls(app=Secret("postgresql://milo_app:x@/milo?host=/nowhere")))
    try:
        status, body = await ask(away, redis)
        assert (status, body["database"], body["worker"]) == (503, "unavailable", "unavailable")
        assert (await ask(away, redis, "/healthz"))[0] == 200
    finally:
        await away.close()


async def test_metrics_count_what_waits_and_name_nobody(database: Database, redis: Redis, settings: Settings) -> None:
    await beaten(database)
    business = uuid4()
    async with database.business_transaction(business) as conn:
        await conn.execute(
            "INSERT INTO businesses (business_id, slug, name) VALUES (%s, 'nails', 'Nails by Anna')", (business,)
        )
        await conn.execute(
            "INSERT INTO jobs (business_id, kind, state, run_after) VALUES (%s, 'send_mail', 'queued', now() - interval"
            " '90 seconds')",
            (business,),
        )
    services: Any = SimpleNamespace(
        settings=replace(settings, metrics_port=None),
        database=database,
        redis=redis,
        doorbell=SimpleNamespace(missed=3),
    )
    text = (await collect(services)).decode()
    assert 'milo_rows{kind="send_mail",state="queued",table="jobs"} 1.0' in text
    assert 'milo_up{part="database"} 1.0' in text
    assert "milo_doorbell_missed 3.0" in text
    [oldest] = [line for line in text.splitlines() if line.startswith("milo_oldest_due_seconds{")]
    assert 89 < float(oldest.split()[-1]) < 120
    assert "nails" not in text.lower()
    assert str(business) not in text
