"""Another embedding model: what is live is embedded with it in the background and takes the place of the former."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.businesses.queries import read_business
from app.channels.web.asking import knowledge_of
from app.jobs.model import ClaimedJob, Reembed, RetryLater
from app.jobs.queries import claim
from app.knowledge.manage import add_files, go_back
from app.knowledge.reembed import plan_reembedding, reembed
from ingestion.ports import no_fault
from retrieval.analyse import SnowballAnalyser
from retrieval.model import Knowledge, SearchResult
from retrieval.ports import EmbeddingFailed
from retrieval.search import search
from tests.integration.ingestion.shop import ACTOR, File, Held, Shop
from tests.integration.ingestion.site import CountingEmbedder, Site


@dataclass
class Wider(CountingEmbedder):
    """Another model, with other dimensions."""

    model: str = "wider-2"
    dimensions: int = 32

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        half = await super().embed(texts)
        return np.concatenate([half, half[:, ::-1]], axis=1) / np.float32(np.sqrt(2))


class Down(CountingEmbedder):
    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise EmbeddingFailed("the server is away")


async def plan(shop: Shop) -> ClaimedJob | None:
    async with shop.database.business_transaction(shop.business_id) as conn:
        ref = await plan_reembedding(shop, conn, shop.business_id)
    return None if ref is None else ClaimedJob(shop.business_id, ref.job_id, Reembed(), 1, 5)


async def knowledge(shop: Shop) -> Knowledge:
    async with shop.database.business_transaction(shop.business_id) as conn:
        business = await read_business(conn, shop.business_id)
    assert business is not None
    return knowledge_of(business)


async def found(shop: Shop, question: str, embedder: Any) -> SearchResult:
    transaction = shop.database.bound(shop.business_id)
    return await search(question, await knowledge(shop), transaction=transaction, embedder=embedder, k=3)


async def models(shop: Shop) -> list[str]:
    rows = await shop.rows(
        "SELECT DISTINCT w.model FROM chunk_windows w JOIN businesses b ON b.live_generation = w.generation ORDER BY 1"
    )
    return [row["model"] for row in rows]


async def test_another_model_takes_over_when_it_is_complete_and_asks_the_site_nothing(shop: Shop, site: Site):
    site.fill(6)
    await shop.read(site.base)
    before, texts = await shop.live(), await shop.live_texts()
    assert await plan(shop) is None, "the same model: nothing to do"
    old, shop.embedder = shop.embedder, Wider()
    site.asked.clear()
    job = await plan(shop)
    assert job is not None and (await plan(shop)) == job, "one waits at most"
    seen: list[tuple[list[str], int]] = []
    embed = shop.embedder.embed

    async def watched(given: Sequence[str]) -> NDArray[np.float32]:
        # Meanwhile visitors are answered from the former vectors, asked in their own model.
        result = await found(shop, "Which ship is in room number 3?", old)
        seen.append((await models(shop), len(result.passages)))
        assert result.by_words is None
        return await embed(given)

    shop.embedder.embed = watched  # type: ignore[method-assign]
    await reembed(shop, job, Held())
    assert seen and all(one == (["counting-1"], 3) for one in seen)
    assert await shop.live() != before and await models(shop) == ["wider-2"]
    assert await shop.live_texts() == texts and site.asked == []
    assert (await knowledge(shop)).model == "wider-2"
    (width,) = await shop.rows(
        "SELECT DISTINCT vector_dims(embedding) AS n FROM chunk_windows WHERE generation = %s", await shop.live()
    )
    assert width["n"] == 32
    assert (await found(shop, "Which ship is in room number 3?", Wider())).passages
    assert await plan(shop) is None
    (progress,) = await shop.rows("SELECT done, total FROM generations WHERE generation = %s", await shop.live())
    assert progress["done"] == progress["total"] > 0


@pytest.mark.parametrize("other", [lambda: None, Wider, Down])
async def test_without_the_model_of_what_is_live_words_alone_find_it(
    shop: Shop, site: Site, other: Callable[[], CountingEmbedder | None]
):
    site.fill(6)
    await shop.read(site.base)
    result = await found(shop, "ship of the year 1804", other())
    assert "1804" in result.passages[0].text and result.passages[0].dense == 0.0
    assert result.by_words


async def test_a_worker_that_dies_goes_on_where_it_was(shop: Shop, site: Site):
    site.put("/", "Rooms", "All rooms.", *(f"/room-{number:03}" for number in range(110)))
    for number in range(110):
        site.put(f"/room-{number:03}", f"Room {number}", f"This room holds ship number {number}.", "/")
    await shop.read(site.base)
    shop.embedder = Wider()

    class Killed(BaseException):
        pass

    def kill(passed: str) -> None:
        if passed == "embedded":
            raise Killed

    shop.fault = kill
    job = await plan(shop)
    assert job is not None
    with pytest.raises(Killed):
        await reembed(shop, job, Held())
    assert await models(shop) == ["counting-1"]
    once = len(shop.embedder.texts)
    shop.fault = no_fault
    await reembed(shop, job, Held())
    assert await models(shop) == ["wider-2"]
    assert len(shop.embedder.texts) == len(set(shop.embedder.texts)) >= once > 0, "nothing was embedded twice"


async def test_a_reading_published_meanwhile_is_never_undone(shop: Shop, site: Site):
    site.fill(4)
    await shop.read(site.base)
    shop.embedder = Wider()
    job = await plan(shop)
    embed = shop.embedder.embed

    async def and_a_reading(given: Sequence[str]) -> NDArray[np.float32]:
        shop.embedder.embed = embed  # type: ignore[method-assign]
        await shop.execute("UPDATE generations SET state = 'superseded' WHERE state = 'published'")
        await shop.execute("UPDATE businesses SET live_generation = NULL")
        return await embed(given)

    shop.embedder.embed = and_a_reading  # type: ignore[method-assign]
    assert job is not None
    with pytest.raises(RetryLater):
        await reembed(shop, job, Held())
    assert await shop.live() is None


async def test_going_back_still_leads_to_the_former_text_and_then_to_its_model(shop: Shop, site: Site):
    site.fill(4)
    await shop.read(site.base)
    site.put("/page-a", "Room", "A wrong price: 1 cent.", "/")
    await shop.read(site.base)
    shop.embedder = Wider()
    job = await plan(shop)
    assert job is not None
    await reembed(shop, job, Held())
    assert "1 cent" in "\n".join(await shop.live_texts())
    await go_back(shop, shop.business_id, actor=ACTOR)
    assert "1 cent" not in "\n".join(await shop.live_texts())
    assert await models(shop) == ["counting-1"]
    waiting = await shop.rows("SELECT job_id FROM jobs WHERE kind = 'reembed' AND state = 'queued'")
    assert len(waiting) == 1
    await reembed(shop, ClaimedJob(shop.business_id, waiting[0]["job_id"], Reembed(), 1, 5), Held())
    assert await models(shop) == ["wider-2"] and "1 cent" not in "\n".join(await shop.live_texts())


async def test_re_embedding_waits_while_a_reading_of_the_business_runs(shop: Shop, site: Site):
    site.fill(2)
    await shop.read(site.base)
    shop.embedder = Wider()
    assert await plan(shop) is not None
    await shop.execute(
        "INSERT INTO jobs (business_id, kind, state, lease_until, lease_owner)"
        " VALUES (%s, 'ingest_source', 'running', now() + interval '1 minute', uuidv7())",
        shop.business_id,
    )
    async with shop.database.business_transaction(shop.business_id) as conn:
        assert await claim(conn, shop.business_id, shop.business_id, ["reembed"], None) is None


class Newer(SnowballAnalyser):
    """Other rules of words, as of a later version."""

    @property
    def version(self) -> str:
        return "2-newer"


async def test_other_rules_of_words_make_anew_also_what_is_never_read_by_itself_and_embed_nothing(shop: Shop):
    note = File("prices.txt", b"A day ticket costs 19 EUR.")
    await shop.run(await add_files(shop, shop.business_id, [note], actor=ACTOR))
    before, texts = await shop.live(), await shop.live_texts()
    shop.analyser = Newer()
    shop.embedder.texts.clear()
    claimed = await plan(shop)
    assert claimed is not None
    await reembed(shop, claimed, Held())
    assert await shop.live() != before and await shop.live_texts() == texts and not shop.embedder.texts
    assert await plan(shop) is None, "once"
