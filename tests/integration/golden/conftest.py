"""A shop on loopback with a model that knows words, and what it takes to keep its answers right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.golden.add import add_golden
from app.golden.model import Expects, NewGolden, Result
from app.golden.queries import list_results
from app.golden.refresh import refresh
from app.jobs.model import AskGolden, ClaimedJob, IngestSource, JobRef, Reembed
from app.knowledge.model import Added, Outcome
from app.knowledge.reembed import plan_reembedding, reembed
from app.outbound import OutboundFetcher
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from tests.integration.ingestion.shop import ACTOR, Held, Shop
from tests.integration.ingestion.site import CountingEmbedder, Site, serving
from tests.unit.retrieval.models import WordEmbedder

MENU = "A cappuccino costs 4.50 EUR. A day ticket for the sauna costs 19 EUR."
TERMS = "Dogs are welcome on the terrace. Every repair has a guarantee of 24 months."


@dataclass
class Words(CountingEmbedder):
    """Near are texts that share words; remembers what it was given."""

    model: str = "words"
    dimensions: int = 256

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return await WordEmbedder().embed(texts)


@dataclass
class Keeper(Shop):
    """A shop whose owner keeps answers right."""

    async def keep(self, question: str, *facts: str, expects: Expects = Expects.FACTS) -> UUID:
        return await add_golden(self, self.business_id, NewGolden(question, facts, expects), actor=ACTOR)

    async def ask(self) -> None:
        """As a worker does it: the job that waits, if one does."""
        for row in await self.rows("SELECT job_id FROM jobs WHERE kind = 'ask_golden' AND state = 'queued'"):
            await refresh(self, ClaimedJob(self.business_id, row["job_id"], AskGolden(), 1, 5), Held())
            await self.execute("UPDATE jobs SET state = 'done' WHERE job_id = %s", row["job_id"])

    async def results(self, generation: int | None) -> dict[UUID, Result]:
        async with self.database.business_transaction(self.business_id) as conn:
            return {row.golden_id: row for row in await list_results(conn, self.business_id, generation or 0)}

    async def read_own_words(self) -> Outcome:
        (waiting,) = await self.rows(
            "SELECT job_id, source_id FROM jobs JOIN sources ON sources.source_id::text = jobs.key"
            " WHERE state = 'queued' AND sources.kind = 'owner'"
        )
        ref = JobRef(self.business_id, waiting["job_id"], IngestSource.kind)
        return await self.run(Added(waiting["source_id"], ref))


async def embed_anew(shop: Shop) -> None:
    """What the daily plan asks for."""
    async with shop.database.business_transaction(shop.business_id) as conn:
        ref = await plan_reembedding(shop, conn, shop.business_id)
    assert ref is not None
    await reembed(shop, ClaimedJob(shop.business_id, ref.job_id, Reembed(), 1, 5), Held())


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        started.put("/", "Harbour sauna", "Welcome to the sauna at the harbour.", "/menu", "/terms")
        started.put("/menu", "Prices", MENU, "/")
        started.put("/terms", "Terms", TERMS, "/")
        yield started


@pytest.fixture
async def shop(database: Database, settings: Settings, site: Site) -> AsyncIterator[Keeper]:
    created = await create_business(
        database, Vault(KeyRing(settings.secret_keys)), NewBusiness("Harbour sauna", "sauna"), actor=ACTOR
    )
    fetcher = OutboundFetcher(replace(settings, crawl_private_hosts=frozenset({site.base.removeprefix("http://")})))
    yield Keeper(database, fetcher, created.business_id, embedder=Words())
    await fetcher.close()
