"""The nouns of this room: one fact in force or overruled, and what a question asks of facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retrieval.hours.model import Origin
from retrieval.model import Passage, Sentence

PHONE, EMAIL, ADDRESS, PRICE = "phone", "email", "address", "price"
CONTACT = (PHONE, EMAIL, ADDRESS)


@dataclass(frozen=True, slots=True)
class Fact:
    """As a page states it, or as the owner decided. `value_key` is its value as canonical JSON (ingestion/facts)."""

    kind: str
    subject: str
    subject_key: str
    value_key: str
    origin: Origin
    decided_at: datetime | None = None  # by the owner; None: found

    @property
    def owned(self) -> bool:
        return self.decided_at is not None

    @property
    def value(self) -> dict[str, Any]:
        return json.loads(self.value_key)


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A question that facts alone can answer. `rest`: the words that must name what it is about, folded."""

    language: str
    kinds: tuple[str, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsAnswer:
    language: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
