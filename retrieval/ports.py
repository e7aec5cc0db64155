"""What retrieval needs from outside, as protocols. `app.wiring` supplies them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from retrieval.model import Usage

Connection = AsyncConnection[tuple[Any, ...]]

# Opens a short transaction already bound to one business by row level security.
Transaction = Callable[[], AbstractAsyncContextManager[Connection]]


class EmbeddingFailed(Exception):
    """The embedder gave no vectors this time. What is asked is then found by its words alone."""


class Embedder(Protocol):
    @property
    def model(self) -> str: ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimensions), rows of length 1. Raises EmbeddingFailed."""
        ...


class Tokenizer(Protocol):
    """WordPiece tokens of the shipped tokenizer, special tokens not counted."""

    def count(self, text: str) -> int: ...


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: str  # system | user | assistant
    content: str


class ModelFailed(Exception):
    """The model gave no (further) text. `reason` is a code for the record: wrong_key, quota, rate_limited,
    unreachable, timeout, server_error, bad_response, context_too_long, not_allowed, refused (by the provider's own
    safeguards)."""

    def __init__(self, reason: str, detail: str | None = None):
        super().__init__(f"{reason}: {detail or ''}")
        self.reason = reason
        self.detail = detail


class ChatModel(Protocol):
    """One chat model of one provider (app/providers/)."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[PromptMessage], *, max_tokens: int) -> AsyncIterator[str | Usage]:
        """Text pieces as they come and, at the end, the usage where the provider tells it.

        Raises ModelFailed, before or between pieces. Closing the iterator ends the request.
        """
        ...

    def count_tokens(self, messages: Sequence[PromptMessage]) -> int:
        """Never under what the provider will count."""
        ...


class Budget(Protocol):
    """Holds the cap: reserve before the call, settle after (app/usage/)."""

    async def reserve(self, model: str, tokens: int, purpose: str = "answer") -> Reservation | None:
        """None when the business's month, or the visitor's day, has no room for so many tokens. `purpose` stands in
        the ledger: answer, or understand for the small calls before one."""
        ...


class Reservation(Protocol):
    async def settle(self, usage: Usage | None) -> None:
        """With what was really used; None: nothing was sent."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerPorts:
    transaction: Transaction
    embedder: Embedder | None  # of the live text's model; None: found by words alone
    tokenizer: Tokenizer
    models: Sequence[ChatModel] = ()  # in the order the business allows; empty: quote mode
    budget: Budget | None = None
    clock: Callable[[], float] | None = None  # monotonic seconds; None: time.monotonic
    now: Callable[[], datetime] | None = None  # the time of day, aware; None: the system's
    # Compares the sentences of what was found with the question, any model will do; None: `embedder`.
    comparer: Embedder | None = None
