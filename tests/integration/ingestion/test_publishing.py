"""Publishing is a switch of a number: nothing of the text is touched, and nobody ever reads two versions at once."""

from __future__ import annotations

import asyncio
import re
import time

from app.businesses.queries import read_business
from app.channels.web.asking import knowledge_of
from app.knowledge.manage import go_back
from ingestion.publishing.queries import drop_failed, publish_generation, retire_past
from retrieval.search import search
from tests.integration.ingestion.shop import ACTOR, Shop
from tests.integration.ingestion.site import Site

CHUNKS = 20_000
TEXTS = ("generation_documents", "chunks", "chunk_windows", "postings", "posting_lengths", "document_versions")


async def plant(shop: Shop) -> None:
    """Two generations of 20,000 passages: the first live, the second ready."""
    for statement in (
        "INSERT INTO sources (business_id, kind, url) SELECT business_id, 'site', 'https://big.example/'"
        " FROM businesses",
        "INSERT INTO documents (business_id, source_id, url) SELECT business_id, source_id, 'https://big.example/a'"
        " FROM sources",
        "INSERT INTO document_versions (business_id, document_id, words, content_hash, media_type, title, links,"
        " blocks, text) SELECT business_id, document_id, 1, 'h', 'text/html', 't', '{}', '[]', 't' FROM documents",
        "INSERT INTO generations (business_id, generation, state, embedding_model, analyser)"
        " SELECT business_id, g, CASE g WHEN 1 THEN 'published' ELSE 'staging' END, 'm', 'a'"
        " FROM businesses, generate_series(1, 2) g",
        "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
        " SELECT v.business_id, g, document_id, version_id FROM document_versions v, generate_series(1, 2) g",
        "INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, kind, text_hash,"
        " spans, title, heading_path, text) SELECT business_id, generation, n, document_id, version_id, 9, 'page', 'h',"
        f" '{{0,1}}', 't', '{{}}', 'Passage ' || n FROM generation_documents, generate_series(0, {CHUNKS - 1}) n",
        "INSERT INTO chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)"
        " SELECT business_id, generation, 0, chunk_no, 'm', 'h', '[1,0]' FROM chunks",
        "UPDATE businesses SET live_generation = 1, last_generation = 2",
    ):
        await shop.execute(statement)


async def test_publishing_twenty_thousand_passages_touches_none_of_them(shop: Shop):
    await plant(shop)
    async with shop.database.business_transaction(shop.business_id) as conn:
        began = time.perf_counter()
        assert await publish_generation(conn, shop.business_id, 2)
        seconds = time.perf_counter() - began
        cursor = await conn.execute(
            "SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del"
            " FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
            (list(TEXTS),),
        )
        touched = {name: rows for name, rows in await cursor.fetchall() if rows}
    assert touched == {}
    assert seconds < 1, "some milliseconds on an idle machine"
    assert await shop.live() == 2
    assert len(await shop.rows("SELECT FROM chunks WHERE generation = %s", await shop.live())) == CHUNKS


async def test_a_reader_never_sees_two_versions_at_once(shop: Shop, site: Site):
    def say(edition: int) -> None:
        names = [f"/room-{number}" for number in range(8)]
        site.put("/", f"Museum, edition {edition}", f"All rooms of edition {edition}.", *names)
        for number, name in enumerate(names):
            site.put(name, f"Room {number}, edition {edition}", f"Room {number} shows ships, edition {edition}.", "/")

    say(0)
    await shop.read(site.base)
    transaction, stop = shop.database.bound(shop.business_id), asyncio.Event()
    seen: list[set[str]] = []

    async def visitor() -> None:
        while not stop.is_set():
            async with transaction() as conn:
                business = await read_business(conn, shop.business_id)
            assert business is not None
            await asyncio.sleep(0)
            found = await search(
                "Which ships are shown?", knowledge_of(business), transaction=transaction, embedder=shop.embedder, k=6
            )
            editions = {number for one in found.passages for number in re.findall(r"edition (\d+)", one.text)}
            seen.append(editions)

    visitors = [asyncio.create_task(visitor()) for _ in range(3)]
    for edition in range(1, 6):
        say(edition)
        assert (await shop.read(site.base)).status == "published"
    await go_back(shop, shop.business_id, actor=ACTOR)
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.gather(*visitors)
    mixed = [editions for editions in seen if len(editions) > 1]
    assert mixed == []
    assert set().union(*seen) == {str(number) for number in range(6)}
    assert seen[-1] == {"4"}


async def test_windows_find_their_passage_by_its_number_in_a_database_nobody_analysed(shop: Shop):
    """Else the first large site of a new installation takes minutes: every window reads all passages before it."""
    await plant(shop)
    plan = await shop.rows(
        "EXPLAIN SELECT FROM chunks WHERE business_id = %s AND generation = 1 AND chunk_no = 5", shop.business_id
    )
    told = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "chunks_pkey" in told and "chunk_no = 5" in told


async def test_what_is_past_cannot_be_published_while_it_is_deleted(shop: Shop):
    await plant(shop)
    await shop.execute("UPDATE generations SET state = 'held' WHERE generation = 2")
    await shop.execute(
        "INSERT INTO generations (business_id, generation, state, embedding_model, analyser)"
        " VALUES (%s, 3, 'held', 'm', 'a')",
        shop.business_id,
    )
    async with shop.database.business_transaction(shop.business_id) as conn:
        await retire_past(conn, shop.business_id)
    async with shop.database.business_transaction(shop.business_id) as conn:
        assert not await publish_generation(conn, shop.business_id, 2, held=True)
    async with shop.database.business_transaction(shop.business_id) as conn:
        assert await drop_failed(conn, shop.business_id) == 1
    assert await shop.rows("SELECT generation FROM generations ORDER BY 1") == [{"generation": 1}, {"generation": 3}]
    (left,) = await shop.rows("SELECT count(*) AS n FROM chunk_windows")
    assert left["n"] == CHUNKS
