"""The nouns of leads: what a visitor leaves, what is stored, what the owner reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.jobs.model import JobRef


@dataclass(frozen=True, slots=True)
class LeadFields:
    """As the visitor typed them, trimmed; `phone` and `email` are normalised where they can be."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    message: str | None = None
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """`ref` to ring for after the commit; None: the same lead was accepted before."""

    lead_id: UUID
    ref: JobRef | None


@dataclass(frozen=True, slots=True)
class LeadRow:
    lead_id: UUID
    person_id: UUID
    conversation_id: UUID | None
    created_at: datetime
    handled_at: datetime | None
    name_sealed: bytes | None
    email_sealed: bytes | None
    phone_sealed: bytes | None
    message_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead with its fields opened."""

    lead_id: UUID
    person_id: UUID
    conversation_id: UUID | None
    created_at: datetime
    handled_at: datetime | None
    name: str | None
    email: str | None
    phone: str | None
    message: str | None
