"""What visitors asked and nothing answered: the nouns of a gap, and what the flows of this room may touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.vault.keys import Vault
from ingestion.ports import Embedder


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class Keeps(Protocol):
    """What changing a gap needs. `Services` has it."""

    @property
    def database(self) -> Database: ...
    @property
    def doorbell(self) -> Doorbell: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


class Collects(Keeps, Protocol):
    """What taking in a question needs."""

    @property
    def embedder_for(self) -> Callable[[Sequence[str]], Embedder]: ...


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap with its figures; what it is called stands sealed in its first question."""

    gap_id: UUID
    state: str
    created_at: datetime  # of its first question
    last_asked_at: datetime
    settled_at: datetime | None
    faq_id: UUID | None
    golden_id: UUID | None
    visitors: int
    lost: int  # of them, those who left no contact
    languages: list[str]
    label_id: UUID
    label_sealed: bytes


@dataclass(frozen=True, slots=True)
class QuestionRow:
    question_id: UUID
    gap_id: UUID
    asked_at: datetime
    language: str | None
    channel: str
    conversation_id: UUID | None
    left_contact: bool
    text_sealed: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """One visitor's wording, opened."""

    question_id: UUID
    asked_at: datetime
    language: str | None
    channel: str
    conversation_id: UUID | None
    left_contact: bool
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that visitors asked in vain."""

    gap_id: UUID
    state: str
    created_at: datetime
    last_asked_at: datetime
    settled_at: datetime | None
    faq_id: UUID | None
    golden_id: UUID | None
    visitors: int
    lost: int
    languages: tuple[str, ...]
    label: str

    @property
    def again(self) -> bool:
        """Asked in vain again after it was answered."""
        return self.state == State.OPEN and self.faq_id is not None


@dataclass(frozen=True, slots=True)
class Near:
    """A question that is there already, with its likeness to a new one."""

    question_id: UUID
    gap_id: UUID
    language: str | None
    likeness: float
    text_sealed: bytes
