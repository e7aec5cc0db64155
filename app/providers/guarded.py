"""What every chat model does around its provider's stream: the breaker, the few retries, the patience.

In: a provider's own pieces, how to ask it, its words for what went wrong. Out: the same pieces, or ModelFailed.
Called by the chat models; no provider is known here.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from app.providers.circuit_breaker import CircuitBreaker
from retrieval.model import Usage
from retrieval.ports import ModelFailed

RETRIES = 2
RETRY_WITHIN = 1.0  # seconds from the start; later the visitor is better served by quotes
# Seconds without text after which a caller that leaves counts as a failure: a model that hangs is left by retrieval at
# the end of the time to the first text, of which understanding and search may have had a part.
SLOW = 1.2
LONGEST_TOKEN = 32  # bytes; a server that ignores the limit on tokens is cut at that many a token
# What a visitor's own words can bring about. Counted against the model, five odd questions would silence it for all.
ABOUT_THE_QUESTION = frozenset({"context_too_long", "refused"})

Response = TypeVar("Response")


class RetryableFailure(ModelFailed):
    """A failure that may pass. `retry_after`: seconds the server asked for."""

    def __init__(self, reason: str, detail: str | None = None, *, retry_after: float | None = None):
        super().__init__(reason, detail)
        self.retry_after = retry_after


async def guarded(
    breaker: CircuitBreaker, pieces: AsyncGenerator[str | Usage], *, patience: float | None, read: Usage
) -> AsyncGenerator[str | Usage]:
    """`patience`: seconds to the first text before another model is asked; None: as long as the caller waits.

    `read` is told when patience ends: the provider has the prompt by then, and may bill it.
    """
    async with aclosing(pieces):  # else it, and the request, would live until collected
        breaker.enter()
        started = time.monotonic()
        said = False
        try:
            try:
                async with asyncio.timeout(patience):
                    piece = await anext(pieces, None)
            except TimeoutError:
                yield read
                raise ModelFailed("timeout", f"{read.model} had said nothing after {patience:g} s.") from None
            while piece is not None:
                if not said and isinstance(piece, str):
                    said = True
                    breaker.succeeded()
                yield piece
                piece = await anext(pieces, None)
            if not said:
                breaker.succeeded()  # nothing to say, but alive
        except ModelFailed as failure:
            if failure.reason not in ABOUT_THE_QUESTION:
                breaker.failed(failure, failure.retry_after if isinstance(failure, RetryableFailure) else None)
            raise
        except (GeneratorExit, asyncio.CancelledError):
            if not said and time.monotonic() - started >= SLOW:
                breaker.failed(ModelFailed("timeout", "The model was too slow several times."))
            raise


def at_most_used(read: Usage, written: int, max_tokens: int) -> Usage:
    """Of a request that was taken and broke off without its count: the provider has read the prompt, and has written
    no more tokens than bytes, nor than it was allowed."""
    return Usage(read.model, read.prompt_tokens, min(written, max_tokens))


async def asked(
    ask: Callable[[], Awaitable[Response]],
    *,
    learn: Callable[[Exception], bool],
    failure_of: Callable[[Exception], ModelFailed],
    errors: type[Exception],
) -> Response:
    """The request, with the few retries that a waiting visitor has time for. `learn`: whether the refusal was about a
    parameter that is left out from now on."""
    started, retries = time.monotonic(), 0
    while True:
        try:
            return await ask()
        except errors as error:
            if learn(error):
                continue
            failure = failure_of(error)
            if not isinstance(failure, RetryableFailure) or failure.reason == "timeout" or retries >= RETRIES:
                raise failure from error
            pause = failure.retry_after or random.uniform(0.05, 0.25) * (retries + 1)
            if time.monotonic() - started + pause > RETRY_WITHIN:
                raise failure from error
        retries += 1
        await asyncio.sleep(pause)
