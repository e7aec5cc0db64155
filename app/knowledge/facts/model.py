"""A fact as the owner sees it: one slot ("Saturday", "24 December", "Phone"), what pages say of it, what was decided.

A found fact of several days is a statement for each: the owner decides Saturday without Friday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

Value = Mapping[str, Any]


class State(StrEnum):
    FOUND = "found"
    CONFLICT = "conflict"  # pages disagree, and nobody decided
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    ADDED = "added"
    REJECTED = "rejected"  # nothing is left of it but what the owner refused


@dataclass(frozen=True, slots=True)
class Slot:
    """What a statement is about. Equal slots cannot both be right with different values, but for contact data,
    where the value itself is the slot."""

    kind: str
    subject_key: str
    part: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands. `quote`: the words there."""

    url: str
    title: str
    document_id: UUID
    page: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One value that pages give a slot. `key` names it in forms; `found_key`: of the fact it was taken from."""

    slot: Slot
    subject: str
    value: Value
    key: str
    found_key: str
    language: str | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of `facts`, with its slot."""

    fact_id: UUID
    state: str
    slot: Slot
    subject: str
    value: Value
    key: str
    shown: str
    decided_as: str
    updated_at: datetime
    expires_at: datetime | None
    found_url: str | None
    found_key: str | None

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Fact:
    """A slot with all that is known of it. `value` in force: the owner's, or what pages agree on."""

    slot: Slot
    subject: str
    state: State
    statements: tuple[Statement, ...]  # not those the owner rejected
    decision: Decision | None
    rejected: tuple[Decision, ...]

    @property
    def value(self) -> Value | None:
        if self.decision is not None:
            return self.decision.value
        return self.statements[0].value if self.state is State.FOUND else None

    @property
    def otherwise(self) -> tuple[Statement, ...]:
        """What pages say against the owner's word."""
        decision = self.decision
        return tuple(one for one in self.statements if one.key != decision.key) if decision is not None else ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement as a form names it."""

    slot: Slot
    key: str


@dataclass(frozen=True, slots=True)
class NewFact:
    """What a form says: checked, not yet written."""

    kind: str
    subject: str
    value: Value
    expires_at: datetime | None = None
