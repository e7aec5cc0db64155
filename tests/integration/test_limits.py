"""The bucket in Redis: exact under races, shared by processes, replaced by a local one when Redis is away."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from app.errors import TooMany
from app.limits import Limiter, Rule, Take

HUNDRED = Rule("chat", burst=100, per_minute=0.001)


async def allowed(limiters: list[Limiter], times: int) -> int:
    async def once(limiter: Limiter) -> bool:
        try:
            await limiter.take(Take(HUNDRED, "business", "anna"))
        except TooMany:
            return False
        return True

    return sum(await asyncio.gather(*(once(limiters[i % len(limiters)]) for i in range(times))))


async def test_thousand_at_once_let_exactly_hundred_through(redis_url: str) -> None:
    clients = [Redis.from_url(redis_url, socket_timeout=5) for _ in range(2)]
    assert await allowed([Limiter(client) for client in clients], 1000) == 100
    for client in clients:
        await client.aclose()


async def test_buckets_disappear_by_themselves_and_hold_no_address(redis_url: str) -> None:
    client: Redis = Redis.from_url(redis_url)
    await Limiter(client).take(Take(Rule("chat", 10, 60), "business", "203.0.113.9"))
    (key,) = await client.keys("limit:*")
    assert b"203.0.113.9" not in key
    assert 0 < await client.pttl(key) <= 11_000
    await client.aclose()


async def test_chat_stays_open_and_limited_without_redis() -> None:
    client: Redis = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    assert await allowed([Limiter(client)], 300) == 100
    await client.aclose()


async def test_retry_after_is_told(redis_url: str) -> None:
    client: Redis = Redis.from_url(redis_url)
    limiter = Limiter(client)
    take = Take(Rule("chat", 1, 6), "business", "anna")
    await limiter.take(take)
    with pytest.raises(TooMany) as refused:
        await limiter.take(take)
    assert refused.value.retry_after == 10
    await client.aclose()
