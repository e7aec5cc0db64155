"""When the next request of a crawl may go out, how many there were, and when enough is enough.

A fetcher around the one door: every request of a crawl (robots.txt, sitemaps, pages, retries, the hops of
redirects) passes here and is counted. At most one a second to a host nobody proved to own, eight at once to
one that is; slower when the server says so by `Retry-After`, 429 or 503. Made by crawl.py, one a crawl.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingestion.model import Reason
from ingestion.ports import Fetcher, FetchFailed, FetchResult

OWNED_PARALLEL = 8
MAX_CRAWL_DELAY = 10.0  # robots.txt may ask for more; then a crawl would not end
MAX_RETRY_AFTER = 3600.0  # what a server may ask for at most
LONGEST_SLEEP = 60.0  # of one crawl for one Retry-After; for more, the crawl ends and says so
_SLOWEST = 30.0  # seconds between requests when a server keeps complaining
_HOPS_OF_TOO_MANY = 5  # that the one door follows
_SILENT = 12  # requests in a row without any answer: the site went away under the crawl
_BUSY = 8  # answers in a row that say "too many requests": it means us, and not one page
_CLOSED = 3  # answers in a row with 503 and a long Retry-After
_UNANSWERED = frozenset({Reason.TIMEOUT, Reason.CONNECT_FAILED, Reason.NO_SUCH_HOST, Reason.TLS_FAILED})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the host is asked nothing more in this crawl."""

    reason: Reason
    detail: str | None


class Pace:
    """Fits the `Fetcher` port. `backoff`: the first pause in seconds after 429 without a time."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        max_requests: int,
        max_seconds: float,
        delay: float,
        backoff: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.owned = False
        self.crawl_delay = 0.0
        self.requests = 0
        self.refused: Refusal | None = None
        self._fetcher = fetcher
        self._max_requests = max_requests
        self._max_seconds = max_seconds
        self._delay = delay
        self._backoff = backoff
        self._clock = clock
        self._began = clock()
        self._next_at = 0.0
        self._held_until = 0.0
        self._slowness = 0.0  # seconds between requests, on top of what is due anyway
        self._slowed_at = 0.0
        self._most_hops = 0
        self._unanswered = 0
        self._busy = 0

    @property
    def parallel(self) -> int:
        return OWNED_PARALLEL if self.owned else 1

    def is_owned(self, url: str) -> bool:
        return self._fetcher.is_owned(url)

    def spent(self, in_flight: int = 0) -> str | None:
        """The budget that is used up, as told in the ledger. What is under way may not have been counted yet, and
        it and the next one may be redirected as often as any before."""
        if self.requests + (in_flight + 1) * (1 + self._most_hops) > self._max_requests:
            return f"{self._max_requests} requests"
        if self._clock() - self._began > self._max_seconds:
            return f"{self._max_seconds / 60:g} minutes"
        return None

    async def fetch(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchResult:
        """Waits for its turn, asks, and asks once more where the server names a time to wait for."""
        for attempt in (1, 2):
            result, sent_at = await self._ask(url, max_bytes, etag, last_modified)
            wait = self._wait_for(result, sent_at)
            if attempt == 2 or wait is None or self.refused is not None or self.spent() is not None:
                return result
            self._held_until = max(self._held_until, self._clock() + wait)
        raise AssertionError("unreachable")

    async def _ask(
        self, url: str, max_bytes: int, etag: str | None, last_modified: str | None
    ) -> tuple[FetchResult, float]:
        self.requests += 1  # before the wait: what waits for its turn will be asked
        await self._turn()
        if self.refused is not None:
            self.requests -= 1
            raise FetchFailed(self.refused.reason, self.refused.detail, url=url)
        sent_at = self._clock()
        self._next_at = max(self._next_at, sent_at + self._spacing())  # a late wake does not shorten the next pause
        try:
            result = await self._fetcher.fetch(url, max_bytes=max_bytes, etag=etag, last_modified=last_modified)
        except FetchFailed as error:
            self.requests += _HOPS_OF_TOO_MANY if error.reason is Reason.TOO_MANY_REDIRECTS else 0
            self._note_silence(error)
            raise
        self._unanswered = 0
        hops = len(result.redirects)
        self.requests += hops
        self._most_hops = max(self._most_hops, hops)
        self._next_at += hops * self._spacing()
        return result, sent_at

    async def _turn(self) -> None:
        while self.refused is None:
            now = self._clock()
            at = max(self._next_at, self._held_until, now)
            self._next_at = at + self._spacing()
            if at <= now:
                return
            await asyncio.sleep(at - now)
            if self._clock() >= self._held_until:
                return  # else another answer asked for a rest meanwhile

    def _spacing(self) -> float:
        due = 0.0 if self.owned else max(self._delay, min(self.crawl_delay, MAX_CRAWL_DELAY))
        return max(due, self._slowness)

    def _note_silence(self, error: FetchFailed) -> None:
        if error.reason not in _UNANSWERED:
            self._unanswered = 0
            return
        self._unanswered += 1
        if self._unanswered >= _SILENT:
            self.refused = Refusal(error.reason, error.detail)

    def _wait_for(self, result: FetchResult, sent_at: float) -> float | None:
        """Seconds until the same is asked again; None where it is not."""
        if result.status not in (429, 503):
            self._busy = 0
            self._slowness = self._slowness / 2 if self._slowness > self._backoff / 10 else 0.0
            return None
        if sent_at >= self._slowed_at:  # else it was under way when another one complained: that is one complaint
            self._slowness = min(_SLOWEST, max(self._backoff / 2, self._slowness) * 2)
            self._slowed_at = self._clock()
            self._busy += 1
        wait = retry_after(result)
        if wait is None:
            if result.status == 429 and self._busy >= _BUSY:
                self.refused = Refusal(Reason.RATE_LIMITED, None)
            return self._slowness if result.status == 429 else None
        if wait <= min(LONGEST_SLEEP, self._max_seconds - (self._clock() - self._began)):
            return wait
        if result.status == 429 or self._busy >= _CLOSED:
            self.refused = Refusal(Reason.RATE_LIMITED, f"for {told_time(wait)}")
        return None


def retry_after(result: FetchResult) -> float | None:
    """Seconds the server asks us to stay away, an hour at most; None where it names no time."""
    value = result.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdigit() and len(value) <= 12:
        seconds = float(value)
    else:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def told_time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else f"{seconds:.0f} seconds"
