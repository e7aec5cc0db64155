"""Many businesses over a small pool, with cancelled, failed and killed transactions in between.

What must never happen is a row of another business. 50 businesses, 5 connections, 3,000 requests.
"""

from __future__ import annotations

import asyncio
import random
from uuid import UUID, uuid4

import psycopg
import pytest

from app.db.pool import Database
from app.errors import Unavailable
from app.settings import DatabaseUrls

BUSINESSES = 50
REQUESTS = 3_000


class Aborted(Exception):
    """Raised in the middle of a transaction, on purpose."""


async def plant(database: Database) -> list[UUID]:
    businesses = [uuid4() for _ in range(BUSINESSES)]
    for number, business_id in enumerate(businesses):
        async with database.business_transaction(business_id) as conn:
            await conn.execute(
                "INSERT INTO businesses (business_id, slug, name) VALUES (%s, %s, %s)",
                (business_id, f"b{number}", f"canary-{business_id}"),
            )
    return businesses


async def ask(database: Database, business_id: UUID, fate: str) -> None:
    async with database.business_transaction(business_id) as conn:
        rows = await (await conn.execute("SELECT business_id, name FROM businesses")).fetchall()
        assert rows == [(business_id, f"canary-{business_id}")]
        if fate == "abort":
            raise Aborted
        if fate == "slow":
            await conn.execute("SELECT pg_sleep(0.05)")
        if fate == "broken":
            await conn.execute("SELECT 1 / 0")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_no_foreign_row_is_ever_seen_under_cancel_error_and_kill(
    database_urls: DatabaseUrls, superuser_url: str
) -> None:
    database = await Database.open(database_urls, max_size=5)
    chance = random.Random(7)
    outcomes: dict[str, int] = {}

    async def one(business_id: UUID, fate: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                if fate == "cancel":
                    await asyncio.wait_for(ask(database, business_id, "slow"), chance.random() / 40)
                else:
                    await ask(database, business_id, fate)
                outcome = "seen"
            except (Aborted, TimeoutError, psycopg.Error, Unavailable) as error:
                outcome = type(error).__name__
            outcomes[outcome] = outcomes.get(outcome, 0) + 1

    async def kill_backends() -> None:
        async with await psycopg.AsyncConnection.connect(superuser_url, autocommit=True) as conn:
            while True:
                await asyncio.sleep(0.3)
                await conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'milo_app'"
                    " AND datname = current_database() ORDER BY random() LIMIT 2"
                )

    businesses = await plant(database)
    killer = asyncio.create_task(kill_backends())
    try:
        gate = asyncio.Semaphore(50)
        fates = ("plain", "plain", "plain", "abort", "broken", "cancel")
        await asyncio.gather(*(one(chance.choice(businesses), chance.choice(fates), gate) for _ in range(REQUESTS)))
    finally:
        killer.cancel()
        await asyncio.gather(killer, return_exceptions=True)
        await database.close()
    assert sum(outcomes.values()) == REQUESTS
    # The faults really happened, and most requests still saw their own row.
    assert outcomes["seen"] > REQUESTS * 0.4
    assert outcomes["Aborted"] and outcomes["DivisionByZero"] and outcomes["TimeoutError"]


async def test_setting_that_survives_on_a_connection_takes_the_connection_out(database: Database) -> None:
    """Even a plain SET, which survives COMMIT, does not reach the next user of the pool."""
    business_id = uuid4()
    async with database.directory_transaction() as conn:
        await conn.execute("SELECT set_config('app.business_id', %s, false)", (str(business_id),))
    for _ in range(10):
        async with database.directory_transaction() as conn:
            row = await (await conn.execute("SELECT nullif(current_setting('app.business_id', true), '')")).fetchone()
            assert row == (None,)
