"""What a question met is kept for the next one, and changes nothing of what is found."""

from __future__ import annotations

import time

import pytest

from app.db.pool import Database
from retrieval import recall
from retrieval.memory import Memory, ReadText
from retrieval.model import Knowledge
from retrieval.passages import FRESH_SECONDS, passages_of
from retrieval.ports import Connection
from retrieval.postings import postings_of
from tests.integration.retrieval.planting import Planted, plant

PAGES = [
    Planted("Opening hours of the bakery: Monday to Friday from seven to six"),
    Planted("Bread with walnuts costs four euros, a bakery roll costs one euro"),
    Planted("The bakery delivers cakes on Saturday"),
]


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "_memory", Memory())


async def known_of(conn: Connection, knowledge: Knowledge) -> recall.Known:
    return await recall.recall(conn, knowledge, 1, "words")


async def statements(conn: Connection) -> int:
    """How often the tables of a search were looked into in this transaction."""
    cursor = await conn.execute(
        "SELECT coalesce(sum(pg_stat_get_xact_numscans(c.oid)), 0)::int FROM pg_class c"
        " WHERE c.relname IN ('postings', 'chunks', 'postings_pkey', 'chunks_pkey')"
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def test_postings_and_texts_are_read_once(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    terms = (["bakeri", "bread"], ["_ba", "bak", "xyz"])
    async with database.business_transaction(knowledge.business_id) as conn:
        known = await known_of(conn, knowledge)
        first = await postings_of(conn, knowledge, 1, known, *terms)
        texts = await passages_of(conn, knowledge, 1, known, [0, 2])
        looked = await statements(conn)
        assert await postings_of(conn, knowledge, 1, known, *terms) == first
        assert await passages_of(conn, knowledge, 1, known, [0, 2]) == texts
        assert await statements(conn) == looked
        assert {row.term for row in first} == {"bakeri", "bread", "_ba", "bak"}
        assert {row.chunk_no for row in await passages_of(conn, knowledge, 1, known, [0, 1])} == {0, 1}


async def test_frequent_n_grams_are_left_out_alike_from_memory_and_from_the_database(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    grams = ["_ba", "bak", "_wa", "wal"]  # the first two stand on all pages, the others on one
    async with database.business_transaction(knowledge.business_id) as conn:
        known = await known_of(conn, knowledge)
        cut = await postings_of(conn, knowledge, 1, known, ["bakeri"], grams, places=2)
        assert {row.term for row in cut} == {"bakeri", "_wa", "wal"}
        assert len(await postings_of(conn, knowledge, 1, known, ["bakeri"], grams)) == 5
        again = await postings_of(conn, knowledge, 1, known, ["bakeri"], grams, places=2)
        assert {row.term for row in again} == {"bakeri", "_wa", "wal"}


async def test_when_a_page_was_last_seen_is_asked_again_after_a_minute(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    async with database.business_transaction(knowledge.business_id) as conn:
        known = await known_of(conn, knowledge)
        [before] = await passages_of(conn, knowledge, 1, known, [0])
        await conn.execute("UPDATE documents SET last_checked_at = last_checked_at + interval '1 day'")
        assert await passages_of(conn, knowledge, 1, known, [0]) == [before]
        known.texts.put(0, ReadText(before, time.monotonic() - FRESH_SECONDS - 1), 1000)
        [after] = await passages_of(conn, knowledge, 1, known, [0])
    assert (after.checked_at - before.checked_at).days == 1
