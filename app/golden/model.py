"""A question whose answer must stay right, what must stand in that answer, and what came of asking it.

Used by the dashboard's pages, by `milo eval` and by what decides whether a generation is published. Questions are
masked before they come here (app/people/mask.py), so nothing of a visitor is kept in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.db.pool import Database
from app.errors import BadInput
from app.jobs.doorbell import Doorbell
from retrieval.ports import Embedder, Tokenizer

MOST = 300  # golden questions of a business: each is asked of every generation before it goes out
QUESTION, FACT, FACTS = 500, 200, 10  # characters, characters, facts of a question


class Origin(StrEnum):
    OWNER = "owner"
    CONVERSATION = "conversation"
    GAP = "gap"


class Expects(StrEnum):
    FACTS = "facts"
    NO_ANSWER = "no_answer"  # the pages do not say, and Milo should say so


@dataclass(frozen=True, slots=True)
class NewGolden:
    """`facts`: short texts that must all stand in the answer or its quotes, letters and digits compared."""

    question: str
    facts: tuple[str, ...] = ()
    expects: Expects = Expects.FACTS
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Golden:
    golden_id: UUID
    question: str
    facts: list[str]
    expects: str
    origin: str
    language: str | None
    paused: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What one generation answered. `found`: the facts stand in what a model would be given, quoted or not."""

    golden_id: UUID
    passed: bool
    found: bool
    status: str  # answered | no_answer | refused
    missing: list[str]
    text: str
    citations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])  # quote, url, title, page
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """A reading that can be asked. `model`: what it was embedded with."""

    generation: int
    state: str  # staging | held | published | superseded
    model: str
    created_at: datetime
    published_at: datetime | None
    live: bool


class Asks(Protocol):
    """What asking a generation needs. `Services` has it."""

    @property
    def database(self) -> Database: ...
    @property
    def embedder_of(self) -> Callable[[str | None, Sequence[str]], Embedder | None]: ...
    @property
    def comparer(self) -> Embedder: ...
    @property
    def tokenizer(self) -> Tokenizer: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


class Keeps(Protocol):
    """What keeping questions needs: each change is asked about again, by a worker."""

    @property
    def database(self) -> Database: ...
    @property
    def doorbell(self) -> Doorbell: ...


def check(golden: NewGolden) -> NewGolden:
    """Trimmed, each fact once. Raises BadInput with the first thing that is wrong."""
    question = " ".join(golden.question.split())
    facts = _each_once(golden.facts)
    if not question:
        raise BadInput("Write the question.", code="no_question")
    if len(question) > QUESTION:
        raise BadInput(f"A question holds at most {QUESTION} characters; this one has {len(question)}.")
    if golden.expects is Expects.NO_ANSWER:
        return NewGolden(question, (), golden.expects, golden.language)
    if not facts:
        raise BadInput("Write at least one thing the answer must say, one a line.", code="no_facts")
    if len(facts) > FACTS:
        raise BadInput(f"A question holds at most {FACTS} things the answer must say; this one has {len(facts)}.")
    for fact in facts:
        if len(fact) > FACT:
            raise BadInput(f"Keep each thing the answer must say under {FACT} characters: “{fact[:60]}…” is longer.")
        if not any(letter.isalnum() for letter in fact):
            raise BadInput(f"“{fact}” holds no letter and no digit, so there is nothing to look for.")
    return NewGolden(question, facts, golden.expects, golden.language)


def _each_once(facts: Sequence[str]) -> tuple[str, ...]:
    shown = (" ".join(fact.split()) for fact in facts)
    return tuple({fact.casefold(): fact for fact in shown if fact}.values())
