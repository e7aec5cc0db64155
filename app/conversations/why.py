"""Why an answer was given: what was looked for, what was found and how well, what was withheld, what it cost.

Holds words of the visitor (the question as it was searched) and sentences that nobody saw, so it is kept sealed beside
the message. Written by save.py; opened for the inbox's "Why this answer?".
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.people.plain_text import seen_text
from app.vault.keys import BusinessKeys
from retrieval.model import Answer, Passage

VERSION = 1


@dataclass(frozen=True, slots=True)
class WhyPassage:
    """One passage that the answer could rest on, with the raw scores of the searches."""

    chunk_no: int
    url: str
    title: str
    heading: str
    begins: str  # its first words: the generation it stood in may be gone later
    score: float
    dense: float
    words: float
    grams: float


@dataclass(frozen=True, slots=True)
class Why:
    searched: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]  # reason, text
    passages: tuple[WhyPassage, ...]


BEGINS = 160


def sealed_why(keys: BusinessKeys, message_id: UUID, answer: Answer | None) -> bytes | None:
    """None for an answer that broke off before it knew."""
    if answer is None:
        return None
    why = Why(
        tuple(seen_text(wording) for wording in answer.searched),
        # Nobody checked these: what turns the writing round would do so on the owner's page too.
        tuple((held.reason, seen_text(held.text)) for held in answer.withheld),
        tuple(_passage(passage) for passage in answer.passages),
    )
    return keys.seal("messages", "why", message_id, json.dumps({"version": VERSION, **asdict(why)}))


def open_why(keys: BusinessKeys, message_id: UUID, sealed: bytes) -> Why:
    """Raises as the vault does for a text that is not this message's."""
    read: dict[str, Any] = json.loads(keys.open("messages", "why", message_id, sealed))
    return Why(
        tuple(read["searched"]),
        tuple((reason, text) for reason, text in read["withheld"]),
        tuple(WhyPassage(**passage) for passage in read["passages"]),
    )


def _passage(passage: Passage) -> WhyPassage:
    text = " ".join(passage.text.split())
    return WhyPassage(
        chunk_no=passage.chunk_no,
        url=passage.url,
        title=passage.title,
        heading=passage.heading,
        begins=text if len(text) <= BEGINS else text[:BEGINS].rsplit(" ", 1)[0] + " …",
        score=passage.score,
        dense=passage.dense,
        words=passage.words,
        grams=passage.grams,
    )
