"""How often somebody may do something: token buckets in Redis, taken atomically by one Lua script.

Comes in: rules with a subject each (a visitor, an address, a business). Goes out: nothing, or TooMany with
the seconds to wait. Called by the channels and the sign-in. With Redis down a bucket of this process stands in
(chat stays open), unless the caller asks for Redis or nothing (sign-in).
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.errors import TooMany, Unavailable

LOCAL_BUCKETS = 50_000  # some 10 MB at most, whatever a flood of addresses does
REDIS_PAUSE = 2.0  # seconds without asking a Redis that just failed, so that no request waits for it
log = structlog.get_logger(__name__)

# Takes one token of every bucket, or of none. Redis's own clock: many web processes, one time.
TAKE = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local wait, left = 0, {}
for i = 1, #KEYS do
  local burst, rate = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local bucket = redis.call('HMGET', KEYS[i], 't', 'n')
  local tokens = burst
  if bucket[1] then
    tokens = math.min(burst, tonumber(bucket[2]) + math.max(0, now - tonumber(bucket[1])) * rate)
  end
  left[i] = tokens
  if tokens < 1 then wait = math.max(wait, math.ceil((1 - tokens) / rate)) end
end
if wait > 0 then return wait end
for i = 1, #KEYS do
  local burst, rate = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  redis.call('HSET', KEYS[i], 't', now, 'n', tostring(left[i] - 1))
  redis.call('PEXPIRE', KEYS[i], math.ceil(burst / rate) + 1000)
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """`burst` at once, and then so many a minute."""

    name: str
    burst: int
    per_minute: float

    @property
    def per_millisecond(self) -> float:
        return self.per_minute / 60_000


@dataclass(frozen=True, slots=True)
class Take:
    """One token of the bucket of `rule` that belongs to `subject`; `scope` is the business's id, or a room's name."""

    rule: Rule
    scope: str
    subject: str

    @property
    def key(self) -> str:
        # Hashed, so that no address lies in Redis in plain and no subject can be long.
        digest = hashlib.sha256(self.subject.encode()).hexdigest()[:24]
        return f"limit:{self.scope}:{self.rule.name}:{digest}"


class Limiter:
    """One a process."""

    def __init__(
        self,
        redis: Redis | None,
        trusted_proxies: Sequence[IPv4Network | IPv6Network] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._script = redis.register_script(TAKE) if redis is not None else None
        self._trusted = tuple(trusted_proxies)
        self._clock = clock
        self._down_until = -math.inf
        self._local: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, *takes: Take, redis_only: bool = False) -> None:
        """Raises TooMany when any bucket is empty (then none is touched); Unavailable without Redis if `redis_only`."""
        wait = await self._take_in_redis(takes)
        if wait is None:
            if redis_only:
                raise Unavailable("This is not possible for a moment. Please try again shortly.", retry_after=5)
            wait = self._take_locally(takes)
        if wait > 0:
            seconds = math.ceil(wait / 1000)
            raise TooMany(
                f"That was a lot at once. Please try again in {seconds} second{'s' if seconds > 1 else ''}.",
                retry_after=seconds,
            )

    def subject(self, peer: str | None, forwarded_for: str | None) -> str:
        """Whose bucket: the address, IPv6 by its /64. A header counts only when a listed proxy sent it."""
        address = peer or "local"
        if forwarded_for and self._is_trusted(address):
            # From the right: what our own proxies wrote. The first address that is not ours is the visitor.
            for hop in reversed([part.strip() for part in forwarded_for.split(",")]):
                address = hop
                if not self._is_trusted(hop):
                    break
        try:
            parsed = ip_address(address)
        except ValueError:  # a unix socket's peer has no address
            return address[:64]
        if isinstance(parsed, IPv6Address):
            if parsed.ipv4_mapped is not None:
                return str(parsed.ipv4_mapped)
            return str(IPv6Network((parsed, 64), strict=False))
        return str(parsed)

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted if network.version == parsed.version)

    async def _take_in_redis(self, takes: Sequence[Take]) -> float | None:
        """Milliseconds to wait, 0 when taken, None when Redis does not answer."""
        if self._script is None or self._clock() < self._down_until:
            return None
        arguments: list[Any] = []
        for take in takes:
            arguments += [take.rule.burst, take.rule.per_millisecond]
        try:
            return float(cast(int, await self._script(keys=[take.key for take in takes], args=arguments)))
        except (RedisError, OSError, TimeoutError) as error:
            self._down_until = self._clock() + REDIS_PAUSE
            log.warning("limits.redis_down", error=type(error).__name__)
            return None

    def _take_locally(self, takes: Sequence[Take]) -> float:
        now = self._clock() * 1000
        left: dict[str, float] = {}
        wait = 0.0
        for take in takes:
            burst, rate = take.rule.burst, take.rule.per_millisecond
            at, tokens = self._local.get(take.key, (now, float(burst)))
            tokens = min(burst, tokens + (now - at) * rate)
            left[take.key] = tokens
            if tokens < 1:
                wait = max(wait, (1 - tokens) / rate)
        if wait > 0:
            return wait
        for key, tokens in left.items():
            self._local[key] = (now, tokens - 1)
            self._local.move_to_end(key)
        while len(self._local) > LOCAL_BUCKETS:
            self._local.popitem(last=False)
        return 0
