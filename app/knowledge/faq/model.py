"""A question with its answer, as the owner wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.errors import BadInput

QUESTION, ANSWER = 500, 10_000  # characters, as the table holds


@dataclass(frozen=True, slots=True)
class Entry:
    """`live`: what visitors are answered from at this moment is this very text."""

    faq_id: UUID
    question: str
    answer: str
    created_at: datetime
    updated_at: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class NewEntry:
    question: str
    answer: str


def check(entry: NewEntry) -> NewEntry:
    """Trimmed. Raises BadInput with the first thing that is wrong."""
    question, answer = " ".join(entry.question.split()), "\n".join(entry.answer.strip().splitlines())
    if not question:
        raise BadInput("Write the question.", code="no_question")
    if not answer:
        raise BadInput("Write the answer.", code="no_answer")
    if len(question) > QUESTION:
        raise BadInput(f"A question holds at most {QUESTION} characters; this one has {len(question)}.")
    if len(answer) > ANSWER:
        raise BadInput(f"An answer holds at most {ANSWER:,} characters; this one has {len(answer):,}. Split it.")
    return NewEntry(question, answer)
