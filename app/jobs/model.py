"""The kinds of work and what a handler may say of its outcome.

A job's payload holds ids only. A new kind is a dataclass here, a handler in a feature, and a line in
`app/worker.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class IngestSource:
    """Read a source anew and publish what it says."""

    kind: ClassVar[str] = "ingest_source"
    source_id: UUID


@dataclass(frozen=True, slots=True)
class PreviewSource:
    """Look at a site that is not added yet: what would be read, and what not, and why."""

    kind: ClassVar[str] = "preview_source"
    source_id: UUID


@dataclass(frozen=True, slots=True)
class RecheckPages:
    """Ask a source's `recheck` addresses again, and nothing else of it."""

    kind: ClassVar[str] = "recheck_pages"
    source_id: UUID


@dataclass(frozen=True, slots=True)
class RenderSource:
    """Read a source whose pages need a browser. Only workers that have one take it."""

    kind: ClassVar[str] = "render_source"
    source_id: UUID


@dataclass(frozen=True, slots=True)
class Reembed:
    """Make what is live anew with the embedding model that is configured now, and switch when it is complete."""

    kind: ClassVar[str] = "reembed"


@dataclass(frozen=True, slots=True)
class AskGolden:
    """Ask what is live the questions that must stay right, and other kept generations what they were not asked yet."""

    kind: ClassVar[str] = "ask_golden"


@dataclass(frozen=True, slots=True)
class KeepVectorIndex:
    """Make, keep or drop the vector index of a very large business; as the house's, drop what was left behind."""

    kind: ClassVar[str] = "keep_vector_index"


@dataclass(frozen=True, slots=True)
class SendMail:
    kind: ClassVar[str] = "send_mail"
    outbox_id: UUID


@dataclass(frozen=True, slots=True)
class CollectGap:
    """Take in the question that this answer did not answer."""

    kind: ClassVar[str] = "collect_gap"
    message_id: UUID


@dataclass(frozen=True, slots=True)
class MailGaps:
    """A business's weekly mail about what nobody could answer."""

    kind: ClassVar[str] = "mail_gaps"


@dataclass(frozen=True, slots=True)
class TakeReply:
    """Take in what an owner wrote back to such a mail."""

    kind: ClassVar[str] = "take_reply"
    reply_id: UUID


@dataclass(frozen=True, slots=True)
class PurgeExpired:
    """The house's daily sweep of what is past its time."""

    kind: ClassVar[str] = "purge_expired"


Job = (
    IngestSource | PreviewSource | RecheckPages | RenderSource | Reembed | AskGolden | SendMail | CollectGap | MailGaps
    | TakeReply | KeepVectorIndex | PurgeExpired
)  # fmt: skip
KINDS: Mapping[str, type[Job]] = {
    job.kind: job
    for job in (
        IngestSource, PreviewSource, RecheckPages, RenderSource, Reembed, AskGolden, SendMail, CollectGap, MailGaps,
        TakeReply, KeepVectorIndex, PurgeExpired,
    )
}  # fmt: skip
# Kinds that stage a generation: one at a time in a business, a few at a time in a worker.
STAGING = (IngestSource.kind, RecheckPages.kind, RenderSource.kind, Reembed.kind)


@dataclass(frozen=True, slots=True)
class JobRef:
    """Enough to ring the bell; says nothing of what the job is about."""

    business_id: UUID
    job_id: UUID
    kind: str
    run_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    business_id: UUID
    job_id: UUID
    job: Job
    attempts: int
    max_attempts: int


class RetryLater(Exception):
    """Raised by a handler: not now, and it does not count as a failure."""

    def __init__(self, seconds: float, reason: str):
        super().__init__(reason)
        self.seconds = seconds
        self.reason = reason


class GiveUp(Exception):
    """Raised by a handler: no retry will help. `reason` is a sentence for the owner."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Lease(Protocol):
    """The handler's hold on its job. Another worker takes over when it is not renewed for 20 s."""

    @property
    def job_id(self) -> UUID: ...

    async def extend(self) -> None:
        """Raises LeaseLost when another worker holds the job; the runner does this every 5 s anyway."""
        ...


class LeaseLost(Exception):
    """Another worker took the job over; whatever this one still does must not be published."""


Handler = Callable[[ClaimedJob, Lease], Awaitable[None]]


def payload_of(job: Job) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(job).items()}


def job_from(kind: str, payload: Mapping[str, str]) -> Job:
    """Every payload value is a uuid. Raises KeyError or TypeError for a kind or shape this version lacks."""
    return KINDS[kind](**{name: UUID(value) for name, value in payload.items()})
