"""A business, its keys, and an answer that says what the test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.conversations.events import Heard
from app.conversations.person.ask import Told
from app.conversations.reply import Reply, ReplyPorts
from app.conversations.running import AnswerTasks
from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.security import KeyRing
from app.settings import Settings
from app.usage.prices import read_prices
from app.vault.keys import Vault
from retrieval.model import (
    Answer,
    AnswerEnded,
    AnswerEvent,
    AnswerMode,
    AnswerStarted,
    AnswerStatus,
    Asked,
    Citation,
    Knowledge,
    OfferContact,
    Sentence,
    SentenceEnded,
    TextShown,
    Timings,
)

OPEN = Sentence(
    "We are open from 9 to 17.",
    (
        Citation(
            1, "Open daily 9-17", "https://shop.example/hours", "Hours", 3, checked_at=datetime(2026, 1, 2, tzinfo=UTC)
        ),
    ),
)
CLOSED = Sentence(
    "On Sunday we are closed.", (Citation(2, "Sunday: closed", "file:hours.pdf", "hours.pdf", 4, page=2),)
)


@dataclass
class Script:
    """What retrieval would say. `pause` holds the stream after the first sentence until it is set."""

    sentences: Sequence[Sentence] = (OPEN, CLOSED)
    status: AnswerStatus = AnswerStatus.ANSWERED
    offer: bool = False
    fails: Exception | None = None
    pause: asyncio.Event | None = None
    asked: list[Asked] = field(default_factory=list)
    closed: int = 0

    async def __call__(
        self, knowledge: Knowledge, asked: Asked, person_id: UUID | None = None
    ) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append(asked)
        try:
            yield AnswerStarted("en")
            for number, sentence in enumerate(self.sentences):
                half = len(sentence.text) // 2
                yield TextShown(sentence.text[:half])
                if number == 1 and self.pause is not None:
                    await self.pause.wait()
                yield TextShown(sentence.text[half:])
                yield SentenceEnded(sentence)
                if self.fails is not None:
                    raise self.fails
            if self.offer:
                yield OfferContact()
            yield AnswerEnded(
                Answer(self.status, AnswerMode.QUOTE, "en", tuple(self.sentences), (), Timings(total=1.0))
            )
        finally:
            self.closed += 1


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(KeyRing(settings.secret_keys))


@pytest.fixture
async def business_id(database: Database, vault: Vault) -> UUID:
    new = NewBusiness(name="Corner Bakery", slug="corner-bakery", country="DK")
    return (await create_business(database, vault, new, actor="operator")).business_id


@pytest.fixture
async def other_id(database: Database, vault: Vault) -> UUID:
    return (await create_business(database, vault, NewBusiness("Other", "other"), actor="operator")).business_id


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def ports(database: Database, vault: Vault, script: Script, settings: Settings) -> AsyncIterator[ReplyPorts]:
    assert settings.redis_url is not None
    answers, doorbell = AnswerTasks(grace=0.3), Doorbell(settings.redis_url)
    prices = read_prices(None, own_servers=("openai",))
    told = Told("corner-bakery", "Corner Bakery", "en", "owner@localhost", "http://127.0.0.1:8000")
    yield ReplyPorts(database, vault, answers, doorbell, prices, told, script, lambda: datetime.now(UTC))
    await answers.drain()
    await doorbell.close()


@pytest.fixture
def knowledge(business_id: UUID) -> Knowledge:
    return Knowledge(business_id, "Corner Bakery", 1, "en")


async def heard_of(reply: Reply, after: int = 0) -> list[Heard]:
    """Listens to the end, as a channel does."""
    assert reply.running is not None
    heard: list[Heard] = []
    with reply.running.attended():
        while not heard or not heard[-1].last:
            async with asyncio.timeout(10):
                heard += await reply.running.read(heard[-1].position if heard else after, 1)
    return heard
