"""Stores an answer as the visitor was shown it: complete, or interrupted with what there is of it.

Comes in: the events of an answer, then the row it belongs to. Goes out: the row, closed, with what follows from it in
the same transaction. Called by reply.py, shielded from cancellation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.conversations.events import Started
from app.conversations.person.ask import Told, ask_for_person
from app.conversations.person.queries import drop_empty_answer, read_ending
from app.conversations.queries import finish_answer
from app.conversations.record import record_of
from app.conversations.why import sealed_why
from app.db.pool import Connection, Database
from app.jobs.model import CollectGap, JobRef
from app.jobs.queue import enqueue
from app.usage.prices import Prices
from app.vault.keys import BusinessKeys
from retrieval.model import (
    Answer,
    AnswerEnded,
    AnswerEvent,
    AnswerStarted,
    Knowledge,
    OfferContact,
    PersonWished,
    Sentence,
    SentenceEnded,
    TextShown,
)

SAVE_TRIES = (0.2, 1.0, 3.0)  # seconds before each further try: a database that restarts
log = structlog.get_logger(__name__)


class Shown:
    """What the visitor has been shown so far; a sentence in the making counts as far as it got."""

    def __init__(self) -> None:
        self.whole: list[Sentence] = []
        self.part = ""
        self.offered = False
        self.language: str | None = None
        self.answer: Answer | None = None
        self.person_wished = False

    def take(self, event: AnswerEvent) -> None:
        match event:
            case AnswerStarted(language):
                self.language = language
            case TextShown(text):
                self.part += text
            case SentenceEnded(sentence):
                self.whole.append(sentence)
                self.part = ""
            case PersonWished():
                self.person_wished = True
            case OfferContact():
                self.offered = True
            case AnswerEnded(answer):
                self.answer = answer

    @property
    def sentences(self) -> list[Sentence]:
        return [*self.whole, Sentence(self.part)] if self.part else self.whole

    @property
    def complete(self) -> bool:
        return self.answer is not None and not self.answer.interrupted

    @property
    def status(self) -> str:
        return self.answer.status.value if self.answer is not None and self.complete else "interrupted"


@dataclass(frozen=True, slots=True)
class SavePorts:
    database: Database
    told: Told
    prices: Prices
    clock: Callable[[], datetime]


async def save(ports: SavePorts, keys: BusinessKeys, knowledge: Knowledge, started: Started, shown: Shown) -> Saved:
    """Tries again while the database is away: until then the text is only in memory."""
    for pause in (*SAVE_TRIES, None):
        try:
            async with ports.database.business_transaction(knowledge.business_id) as conn:
                return await _save(conn, ports, keys, knowledge, started, shown)
        except Exception:  # any database trouble: again
            log.exception("answer.save_failed", message_id=str(started.message_id))
            if pause is not None:
                await asyncio.sleep(pause)
    return Saved(kept=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """`kept` False: the row is gone (erased), or the database stays away."""

    kept: bool
    refs: tuple[JobRef, ...] = ()


async def _save(
    conn: Connection, ports: SavePorts, keys: BusinessKeys, knowledge: Knowledge, started: Started, shown: Shown
) -> Saved:
    business_id = knowledge.business_id
    if not shown.sentences and await read_ending(conn, business_id, started.message_id) == "person":
        await drop_empty_answer(conn, business_id, started.message_id)
        return Saved(kept=True)
    record = record_of(
        shown.sentences,
        generation=knowledge.generation,
        answer=shown.answer,
        offered=shown.offered,
        wished=shown.person_wished,
        cost=ports.prices.cost(shown.answer.usage) if shown.answer is not None and shown.answer.usage else None,
        language=shown.language,
    )
    outcome = shown.answer.status.value if shown.answer is not None and shown.complete else None
    kept = await finish_answer(
        conn,
        business_id,
        started.message_id,
        state="complete" if shown.complete else "interrupted",
        outcome=outcome,
        text_sealed=keys.seal("messages", "text", started.message_id, record.text),
        citations=record.citations,
        details=record.details,
        why_sealed=sealed_why(keys, started.message_id, shown.answer),
    )
    if not kept:
        return Saved(kept=False)
    refs: list[JobRef] = []
    if outcome == "no_answer":
        refs.append(await enqueue(conn, business_id, CollectGap(started.message_id), key=str(started.message_id)))
    if shown.person_wished:
        asked = await ask_for_person(conn, keys, business_id, ports.told, started.conversation_id, ports.clock())
        refs += [asked] if asked is not None else []
    return Saved(True, tuple(refs))
