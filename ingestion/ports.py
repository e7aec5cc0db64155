"""What ingestion needs from outside, as protocols. `app.wiring` supplies them.

Network, parsing child, embedder and analyser come in from here, so that tests and benchmarks can
put in a scripted one, and so that this package imports nothing of `app` or `retrieval`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from ingestion.model import ExtractedDocument, Reason

Connection = AsyncConnection[tuple[Any, ...]]

# Opens a short transaction already bound to one business by row level security.
Transaction = Callable[[], AbstractAsyncContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class FetchResult:
    """One answered request, redirects followed. `body` is decoded and within the limit.

    `url` is the final address; `headers` have lower-case names; status 304 has an empty body.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[str, ...] = ()


class FetchFailed(Exception):
    """No usable answer. `reason` is the ledger's; `detail` a figure or address for the sentence."""

    def __init__(self, reason: Reason, detail: str | None = None, *, http: int | None = None, url: str | None = None):
        super().__init__(f"{reason}: {detail or ''}")
        self.reason = reason
        self.detail = detail
        self.http = http
        self.url = url


class Fetcher(Protocol):
    """The one door to other hosts (app/outbound.py)."""

    async def fetch(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchResult:
        """GET with our user agent, checked addresses, limits and a total deadline.

        Raises FetchFailed: NO_SUCH_HOST, REFUSED_ADDRESS, OWN_SERVICE, CONNECT_FAILED, TLS_FAILED, TIMEOUT,
        TOO_MANY_REDIRECTS, BAD_RESPONSE, BAD_ADDRESS or TOO_LARGE. An HTTP error status is a result.
        """
        ...

    def is_owned(self, url: str) -> bool:
        """Whether this host counts as proved for every business (MILO_CRAWL_PRIVATE_HOSTS).

        What one business proved stands in host_proofs; collect.py asks both.
        """
        ...


class Extractor(Protocol):
    """Parses in a child process that can be killed."""

    async def extract(self, body: bytes, *, url: str, media_type: str, charset: str | None = None) -> ExtractedDocument:
        """Never raises for bad input: an unreadable document has a `reason` and no blocks."""
        ...


class Unlocker(Protocol):
    """Opens files with a password, in the same child as `Extractor`."""

    async def unlock(self, body: bytes, password: str) -> tuple[str, bytes]:
        """A PDF without its password: "opened" and the bytes, or "open" (it has none), "wrong", "broken"."""
        ...


class Renderer(Protocol):
    """Opens a page in a browser that reaches other hosts through the fetcher only."""

    async def render(self, url: str) -> FetchResult:
        """The page's HTML after its scripts have run, as if a server had sent it. Raises FetchFailed."""
        ...


class Embedder(Protocol):
    """Texts in, unit vectors out. `model` names vectors that may be compared with each other."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimensions), rows of length 1. Every token of each text counts."""
        ...


class Tokenizer(Protocol):
    """WordPiece tokens of the shipped tokenizer, special tokens not counted."""

    def count(self, text: str) -> int: ...

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Start and end (characters) of each token."""
        ...


class Analyser(Protocol):
    """Makes the terms of the lexical side (retrieval/analyse.py). `version` changes with its rules."""

    @property
    def version(self) -> str: ...

    def words(self, text: str, language: str | None) -> list[str]: ...

    def grams(self, text: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: `done` of `total` in `phase`; total 0 means not known yet."""

    phase: str
    done: int
    total: int


OnProgress = Callable[[Progress], Awaitable[None]]
# Named points at which a fault test may kill the process; does nothing in production.
FaultPoint = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AnswersChecked:
    """What the questions that must stay right came to on a staged generation, beside what is live.

    Sentences are for the owner. `hold`: why the owner is asked first; `lost`: right on what is live and not on what
    is staged; `won`: the other way round; `unasked`: how many could not be asked, and why.
    """

    hold: str | None = None
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()
    unasked: int = 0
    why_unasked: str = ""


# A staged generation and what is live, if anything is. Bounded in time; that it cannot be done is an answer, no error.
CheckAnswers = Callable[[int, int | None], Awaitable[AnswersChecked]]


def no_fault(_name: str) -> None:
    """The production fault point."""


async def no_progress(_progress: Progress) -> None:
    """For callers that do not show progress."""


async def no_check(_generation: int, _over: int | None) -> AnswersChecked:
    """For callers that have no questions to ask."""
    return AnswersChecked()


@dataclass(frozen=True, slots=True)
class IngestPorts:
    fetcher: Fetcher
    extractor: Extractor
    embedder: Embedder
    tokenizer: Tokenizer
    analyser: Analyser
    renderer: Renderer | None = None  # only in workers started with a browser
    on_progress: OnProgress = field(default=no_progress)
    fault: FaultPoint = field(default=no_fault)
    check: CheckAnswers = field(default=no_check)
