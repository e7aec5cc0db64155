"""The nouns of a conversation that a person takes part in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# A person who has not written for so long has gone: the next question is the assistant's again.
HANDLER_IDLE = timedelta(minutes=30)
LONGEST_NAME = 60
LONGEST_MESSAGE = 4000


class HandledBy(StrEnum):
    ASSISTANT = "assistant"
    PERSON = "person"


class Note(StrEnum):
    """What a system message in a transcript says. Pages and widget put it into words."""

    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    LEFT = "left"  # handed back by itself, because the person was idle
    ASKED = "asked_for_person"
    ASSISTANT_WANTED = "assistant_wanted"  # the visitor went back to the assistant


@dataclass(frozen=True, slots=True)
class Handler:
    """Who of the business answers. `name` is what the visitor sees."""

    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class HandlingRow:
    """`active_at`: when the person last did something, with `handled_by` person."""

    person_id: UUID
    started_at: datetime
    channel: str
    language: str | None
    handled_by: str
    handler_id: UUID | None
    handler_name: str | None
    handled_since: datetime | None
    person_asked_at: datetime | None
    active_at: datetime | None

    def with_person(self, now: datetime) -> bool:
        """Whether the assistant must be silent."""
        if self.handled_by != HandledBy.PERSON:
            return False
        return self.active_at is None or now - self.active_at < HANDLER_IDLE
