"""Token buckets of one process, and whose bucket an address takes from. Redis: tests/integration/test_limits.py."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from app.errors import TooMany, Unavailable
from app.limits import LOCAL_BUCKETS, Limiter, Rule, Take

RULE = Rule("chat", burst=3, per_minute=60)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_burst_then_one_a_second() -> None:
    clock = Clock()
    limiter = Limiter(None, clock=clock)
    take = Take(RULE, "business", "anna")
    for _ in range(3):
        await limiter.take(take)
    with pytest.raises(TooMany) as refused:
        await limiter.take(take)
    assert refused.value.retry_after == 1
    clock.now = 1.01
    await limiter.take(take)
    with pytest.raises(TooMany):
        await limiter.take(take)


async def test_an_empty_bucket_costs_nothing_in_the_others() -> None:
    limiter = Limiter(None, clock=Clock())
    small, large = Take(Rule("a", 1, 1), "b", "x"), Take(RULE, "b", "x")
    await limiter.take(small)
    for _ in range(5):
        with pytest.raises(TooMany):
            await limiter.take(large, small)
    for _ in range(3):
        await limiter.take(large)


async def test_businesses_do_not_share_buckets() -> None:
    limiter = Limiter(None, clock=Clock())
    for scope in ("one", "two"):
        for _ in range(3):
            await limiter.take(Take(RULE, scope, "anna"))


async def test_sign_in_is_closed_without_redis() -> None:
    with pytest.raises(Unavailable):
        await Limiter(None).take(Take(RULE, "sign-in", "x"), redis_only=True)


async def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    limiter = Limiter(None, clock=Clock())
    for number in range(LOCAL_BUCKETS + 100):
        await limiter.take(Take(RULE, "b", str(number)))
    assert len(limiter._local) == LOCAL_BUCKETS


@pytest.mark.parametrize(
    ("peer", "forwarded", "subject"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),  # not a listed proxy: its header counts for nothing
        ("10.0.0.5", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.5", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what the visitor wrote in front is ignored
        ("10.0.0.5", "1.2.3.4, 10.0.0.6", "1.2.3.4"),
        ("10.0.0.5", "nonsense", "nonsense"),
        ("2001:db8:1:2:3::4", None, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", None, "203.0.113.9"),
        (None, None, "local"),
    ],
)
def test_address_is_believed_only_from_listed_proxies(peer: str | None, forwarded: str | None, subject: str) -> None:
    assert Limiter(None, [ip_network("10.0.0.0/8")]).subject(peer, forwarded) == subject
