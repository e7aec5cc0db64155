"""The nouns of a conversation: who asks, what is stored of a message, what the inbox shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from retrieval.model import Sentence


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody behind a browser. `since`: conversations that began before it stay closed to this visitor."""

    visitor_id: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a visitor. The same `client_message_id` again is the same message."""

    text: str
    client_message_id: str
    conversation_id: UUID | None = None  # None: a new conversation
    channel: str = "web"  # of a new conversation; "try": somebody of the business


@dataclass(frozen=True, slots=True)
class MessageRow:
    message_id: UUID
    conversation_id: UUID
    in_reply_to: UUID | None
    created_at: datetime
    finished_at: datetime | None
    author: str  # visitor | assistant | owner | system
    state: str  # complete | answering | interrupted
    outcome: str | None  # answered | no_answer | refused
    client_message_id: str | None
    text_sealed: bytes | None
    citations: list[dict[str, Any]]
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its text opened."""

    message_id: UUID
    created_at: datetime
    author: str
    state: str
    outcome: str | None
    text: str
    sentences: tuple[Sentence, ...]  # of the assistant; with the quotes they rest on
    client_message_id: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConversationRow:
    conversation_id: UUID
    person_id: UUID
    started_at: datetime
    last_message_at: datetime
    channel: str
    language: str | None
    unanswered: int  # questions that nothing answered
    seen_at: datetime | None
    handled_by: str  # assistant | person
    handler_id: UUID | None
    handler_name: str | None
    handled_since: datetime | None
    person_asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, opened for the business or for the visitor whose it is."""

    row: ConversationRow
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A line of the inbox. The first question is sealed under `first_message_id`."""

    conversation_id: UUID
    started_at: datetime
    last_message_at: datetime
    channel: str
    language: str | None
    unanswered: int
    seen_at: datetime | None
    handled_by: str
    handler_name: str | None
    person_asked_at: datetime | None
    questions: int
    leads: int
    first_message_id: UUID | None
    first_text_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class InboxLine:
    conversation_id: UUID
    started_at: datetime
    last_message_at: datetime
    channel: str
    language: str | None
    unanswered: int
    unseen: bool
    handled_by: str
    handler_name: str | None
    person_asked: bool
    questions: int
    leads: int
    first_question: str
