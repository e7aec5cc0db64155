"""Stops asking a model that keeps failing, so that visitors get their quotes at once.

After five failures in a row nothing is asked for 30 s; then one request in five seconds may try. Held
per model and process by the chat models.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from retrieval.ports import ModelFailed

FAILURES = 5
OPEN_SECONDS = 30.0
TRIAL_SECONDS = 5.0


class CircuitBreaker:
    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0  # nothing is asked before this moment
        self._last: ModelFailed | None = None

    def enter(self) -> None:
        """Called before a request. Raises ModelFailed with the last reason while nothing may be asked."""
        if self._last is None or self._failures == 0:
            return
        now = self._clock()
        if now < self._closed_until:
            seconds = max(1, round(self._closed_until - now))
            raise ModelFailed(self._last.reason, f"{self._last.detail or ''} Not asked again for {seconds} s.".strip())
        if self._failures >= FAILURES:
            # This one may try; whoever comes in the meantime is refused until it succeeds or time passes.
            self._closed_until = now + TRIAL_SECONDS

    def succeeded(self) -> None:
        self._failures = 0
        self._last = None

    def failed(self, failure: ModelFailed, retry_after: float | None = None) -> None:
        """`retry_after`: the server's own wish, obeyed from the first time, for 30 s at most."""
        self._failures += 1
        self._last = failure
        now = self._clock()
        if self._failures >= FAILURES:
            self._closed_until = now + OPEN_SECONDS
        elif retry_after:
            self._closed_until = now + min(retry_after, OPEN_SECONDS)
