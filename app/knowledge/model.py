"""The nouns of knowledge, and the parts of the service its flows may touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.jobs.model import JobRef
from ingestion.model import LedgerEntry, PageCounts
from ingestion.ports import Analyser, Embedder, Extractor, FaultPoint, Fetcher, Renderer, Tokenizer

FILES_URL = "files:"


class Writes(Protocol):
    """What adding and changing sources needs. `Services` has it."""

    @property
    def database(self) -> Database: ...
    @property
    def doorbell(self) -> Doorbell: ...


class Timed(Writes, Protocol):
    """What also needs to know how late it is."""

    @property
    def clock(self) -> Callable[[], datetime]: ...


class Embeds(Writes, Protocol):
    """What knowing the embedding model and the rules of words of now needs."""

    @property
    def embedder_for(self) -> Callable[[Sequence[str]], Embedder]: ...
    @property
    def analyser(self) -> Analyser: ...


class Reads(Embeds, Protocol):
    """What reading a source needs, and asking what was read before it goes out."""

    @property
    def embedder_of(self) -> Callable[[str | None, Sequence[str]], Embedder | None]: ...
    @property
    def comparer(self) -> Embedder: ...
    @property
    def fetcher(self) -> Fetcher: ...
    @property
    def extractor(self) -> Extractor: ...
    @property
    def renderer(self) -> Renderer | None: ...
    @property
    def tokenizer(self) -> Tokenizer: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def fault(self) -> FaultPoint: ...


class NewFile(Protocol):
    """A file as it was handed over; its declared type is not trusted."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Added:
    """A source and the job that reads it. The job's id is the id of its crawl."""

    source_id: UUID
    job: JobRef


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a command line asks of a site. None: as it is stored."""

    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    ignore_robots: bool | None = None
    max_pages: int | None = None

    @property
    def any(self) -> bool:
        return self != Wishes()


@dataclass(frozen=True, slots=True)
class Run:
    """Where one reading stands. `state` of the crawl, or None while it waits; `job_error` when no crawl came of it."""

    state: str | None
    phase: str | None
    done: int
    total: int
    generation: int | None
    reason: str | None
    report: dict[str, Any] | None  # seconds, pages and chunks, as pipeline.py writes them
    finished_at: datetime | None
    job_state: str | None
    job_error: str | None

    @property
    def ended(self) -> bool:
        return (self.finished_at is not None and self.job_state != "running") or self.job_state in (
            None,
            "failed",
            "done",
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished reading, with what became of every address."""

    generation: int | None
    status: str  # published | held | failed
    reason: str | None
    seconds: float
    pages: PageCounts
    chunks: dict[str, int]
    ledger: tuple[LedgerEntry, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What may be removed: a source with all that came of it, or one uploaded file."""

    source_id: UUID
    file_id: UUID | None
    url: str  # of the source
    file_name: str | None
    pages: int  # of what is live

    @property
    def shown(self) -> str:
        return self.url if self.file_name is None else self.file_name


@dataclass(frozen=True, slots=True)
class Removal:
    """`generation`: what is live now, None when nothing is left to answer from."""

    removed: str
    generation: int | None
    pages: int
    passages: int
