"""A bakery whose visitors ask in vain. `ask` plants a conversation as the channel leaves it and does its job."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from psycopg.rows import dict_row

from app.accounts.queries import ensure_account, insert_membership
from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.gaps.board import read_board
from app.gaps.collect import collect_gap
from app.gaps.model import Gap
from app.jobs.doorbell import Doorbell
from app.jobs.model import ClaimedJob, CollectGap, Job
from app.people.identify import identify
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from retrieval.analyse import SnowballAnalyser
from tests.integration.ingestion.shop import Held

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday


@dataclass
class WordEmbedder:
    """Texts that share stems and letters are alike; deterministic, and needs no model."""

    model: str = "words-1"
    dimensions: int = 128
    texts: list[str] = field(default_factory=list)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        vectors = np.full((len(texts), self.dimensions), 0.05, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term in (*SnowballAnalyser().words(text, "en"), *SnowballAnalyser().words(text, "de")):
                row[hashlib.blake2b(term.encode(), digest_size=1).digest()[0] % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@dataclass
class Bakery:
    """The parts flows are given, and what tests do with them."""

    database: Database
    vault: Vault
    doorbell: Doorbell
    business_id: UUID
    owner_id: UUID
    settings: Settings
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    now: datetime = NOON

    def clock(self) -> datetime:
        return self.now

    def embedder_for(self, _allowed: Sequence[str]) -> WordEmbedder:
        return self.embedder

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def ask(
        self, text: str, visitor: str = "a", *, outcome: str = "no_answer", collect: bool = True, language: str = "en"
    ) -> UUID:
        """The answer's message id."""
        question_id, answer_id = uuid4(), uuid4()
        async with self.database.business_transaction(self.business_id) as conn:
            keys = await self.vault.keys(conn, self.business_id)
            person_id = await identify(conn, keys, self.business_id, "web", hashlib.md5(visitor.encode()).hexdigest())
            found = await (
                await conn.execute(
                    "INSERT INTO conversations (business_id, person_id, channel, started_at) VALUES (%s, %s, 'web', %s)"
                    " RETURNING conversation_id",
                    (self.business_id, person_id, self.now),
                )
            ).fetchone()
            assert found is not None
            await conn.execute(
                "INSERT INTO messages (business_id, message_id, conversation_id, created_at, author, state,"
                " text_sealed) VALUES (%s, %s, %s, %s, 'visitor', 'complete', %s)",
                (
                    self.business_id,
                    question_id,
                    found[0],
                    self.now,
                    keys.seal("messages", "text", question_id, text),
                ),
            )
            await conn.execute(
                "INSERT INTO messages (business_id, message_id, conversation_id, in_reply_to, created_at, author,"
                " state, outcome, details) VALUES (%s, %s, %s, %s, %s, 'assistant', 'complete', %s, jsonb_build_object("
                "'language', %s::text))",
                (self.business_id, answer_id, found[0], question_id, self.now, outcome, language),
            )
        if collect:
            await self.collect(answer_id)
        return answer_id

    async def collect(self, message_id: UUID) -> None:
        await collect_gap(self, self.claimed(CollectGap(message_id)), Held())

    def claimed(self, job: Job) -> ClaimedJob:
        return ClaimedJob(self.business_id, uuid4(), job, 1, 5)

    async def board(self, state: str | None = "open", *, match: str = "") -> list[Gap]:
        async with self.database.business_transaction(self.business_id) as conn:
            keys = await self.vault.keys(conn, self.business_id)
            return await read_board(conn, keys, self.business_id, state, match=match)

    async def labels(self, state: str | None = "open") -> list[tuple[str, int]]:
        return [(gap.label, gap.visitors) for gap in await self.board(state)]

    async def rows(self, query: LiteralString, *values: Any) -> list[dict[str, Any]]:
        async with (
            self.database.business_transaction(self.business_id) as conn,
            conn.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(query, values)
            return await cursor.fetchall() if cursor.description else []

    async def person_of(self, visitor: str) -> UUID:
        async with self.database.business_transaction(self.business_id) as conn:
            keys = await self.vault.keys(conn, self.business_id)
            return await identify(conn, keys, self.business_id, "web", hashlib.md5(visitor.encode()).hexdigest())


@pytest.fixture
async def bakery(database: Database, settings: Settings) -> AsyncIterator[Bakery]:
    vault = Vault(KeyRing(settings.secret_keys))
    new = NewBusiness("Corner Bakery", "corner", "Europe/Copenhagen", "en", country="DK")
    created = await create_business(database, vault, new, actor="operator")
    async with database.directory_transaction() as conn:
        owner = await ensure_account(conn, "olga@example.com")
        await insert_membership(conn, owner.account_id, created.business_id, "owner")
    doorbell = Doorbell(settings.redis_url)
    yield Bakery(database, vault, doorbell, created.business_id, owner.account_id, settings)
    await doorbell.close()
