"""The ground the other tests stand on."""

from __future__ import annotations

import redis.asyncio

from app.db.pool import Database


async def test_each_test_gets_a_migrated_database_of_its_own(database: Database, database_name: str) -> None:
    async with database.directory_transaction() as conn:
        found = await (await conn.execute("SELECT current_database(), count(*) FROM schema_migrations")).fetchone()
    assert found is not None
    assert found[0] == database_name
    assert found[1] > 0


async def test_redis_is_empty_and_takes_the_url(redis_url: str) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "behind")
