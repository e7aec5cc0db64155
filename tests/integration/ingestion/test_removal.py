"""What is removed is gone: by SQL, by words and by vector, at once, and nothing brings it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from psycopg import sql

from app.errors import BadInput, NotFound
from app.jobs.model import ClaimedJob, IngestSource, RetryLater
from app.knowledge.manage import add_files, add_site
from app.knowledge.model import Removal
from app.knowledge.reindex import reindex
from app.knowledge.remove import find_target, read_target, remove_knowledge
from ingestion.model import ExtractedDocument
from tests.integration.ingestion.shop import ACTOR, File, Held, InProcess, Shop
from tests.integration.ingestion.site import Site
from tests.tenancy.test_catalogue import TENANT

MARK = "zanzibarite"
FOUND_ELSEWHERE = {"audit_log"}  # says what was removed, by its name


async def removed(shop: Shop, name: str) -> Removal:
    return await remove_knowledge(shop, shop.business_id, await find_target(shop, shop.business_id, name), actor=ACTOR)


async def uploaded(shop: Shop, **files: str) -> None:
    made = [File(f"{name}.md", text.encode()) for name, text in files.items()]
    assert (await shop.run(await add_files(shop, shop.business_id, made, actor=ACTOR))).status == "published"


async def holding(shop: Shop, mark: str) -> list[str]:
    """Tables of the business with a row that holds the mark, whatever its column. bytea as text of its bytes."""
    found: list[str] = []
    for table in sorted(TENANT - FOUND_ELSEWHERE):
        rows = await shop.rows(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))  # type: ignore[arg-type]
        for row in rows:
            said = " ".join(
                value.decode("latin-1") if isinstance(value, bytes) else json.dumps(value, default=str)
                for value in row.values()
            )
            if mark in said.lower():
                found.append(table)
                break
    return found


async def found_by_words(shop: Shop, mark: str) -> list[int]:
    """Numbers of live passages under the terms that the analyser makes of the mark."""
    terms = shop.analyser.words(mark, "en")
    assert terms
    rows = await shop.rows(
        "SELECT p.packed FROM postings p JOIN businesses b ON b.live_generation = p.generation"
        " WHERE p.field = 'w' AND p.term = ANY(%s)",
        terms,
    )
    return [number for row in rows for number in np.frombuffer(row["packed"], "<u4", len(row["packed"]) // 5).tolist()]


async def found_by_vector(shop: Shop, mark: str) -> int:
    """Windows whose vector is that of a text that holds the mark, over every generation."""
    texts = [text for text in shop.embedder.texts if mark in text.lower()]
    assert texts, "nothing with the mark was ever embedded"
    vectors = await type(shop.embedder)().embed(texts)
    found = 0
    for vector in vectors:
        rows = await shop.rows(
            "SELECT 1 FROM chunk_windows WHERE embedding <=> %s::halfvec < 0.001",
            "[" + ",".join(map(str, vector)) + "]",
        )
        found += len(rows)
    return found


async def check_postings(shop: Shop) -> None:
    """What is live after copying is what indexing its passages anew would write."""
    from ingestion.generations.lexical import index_words
    from ingestion.model import Chunk, ChunkKind

    rows = await shop.rows(
        "SELECT c.* FROM chunks c JOIN businesses b ON b.live_generation = c.generation ORDER BY chunk_no"
    )
    assert [row["chunk_no"] for row in rows] == list(range(len(rows)))
    chunks = [
        Chunk(
            row["document_id"], row["version_id"], ChunkKind(row["kind"]), row["title"], tuple(row["heading_path"]),
            row["text"], (), row["tokens"], (), language=row["language"],
        )
        for row in rows
    ]  # fmt: skip
    anew = index_words(chunks, shop.analyser, "en")
    for field in ("w", "g"):
        held = await shop.rows(
            "SELECT term, packed FROM postings p JOIN businesses b ON b.live_generation = p.generation"
            " WHERE field::text = %s", field,
        )  # fmt: skip
        assert {row["term"]: bytes(row["packed"]) for row in held} == dict(anew.postings[field])
        lengths = await shop.rows(
            "SELECT chunk_count, lengths FROM posting_lengths p JOIN businesses b ON b.live_generation = p.generation"
            " WHERE field::text = %s", field,
        )  # fmt: skip
        assert [(row["chunk_count"], bytes(row["lengths"])) for row in lengths] == [(len(rows), anew.lengths[field])]


async def test_a_removed_site_is_found_no_more_by_sql_by_words_or_by_vector(shop: Shop, site: Site) -> None:
    site.fill(5)
    site.put("/page-a", "Stone room", f"The {MARK} stone is shown on Mondays.", "/")
    await uploaded(shop, hours="# Hours\n\nWe open at nine.")
    await shop.read(site.base)
    await shop.read(site.base)
    assert {"chunks", "document_versions"} <= set(await holding(shop, MARK))
    assert await found_by_words(shop, MARK) and await found_by_vector(shop, MARK)
    before, embedded = await shop.live(), len(shop.embedder.texts)

    gone = await removed(shop, site.base)

    assert (gone.pages, gone.removed) == (6, f"{site.base}/")
    assert gone.generation == await shop.live() != before
    assert await holding(shop, MARK) == []
    assert await found_by_words(shop, MARK) == [] and await found_by_vector(shop, MARK) == 0
    assert len(shop.embedder.texts) == embedded, "what stays is copied, not embedded"
    assert [text for text in await shop.live_texts() if "We open at nine" in text]
    assert [row["kind"] for row in await shop.rows("SELECT kind FROM sources")] == ["files"]
    windows = await shop.rows(
        "SELECT count(*) AS n FROM chunk_windows w JOIN businesses b ON b.live_generation = w.generation"
    )
    assert windows[0]["n"] >= 1
    await check_postings(shop)
    (line,) = await shop.rows("SELECT actor, target FROM audit_log WHERE action = 'source.remove'")
    assert line == {"actor": ACTOR, "target": f"{site.base}/"}


async def test_a_removed_file_is_gone_and_the_other_files_stay(shop: Shop, site: Site) -> None:
    site.fill(4)
    await shop.read(site.base)
    await uploaded(shop, stones=f"# Stones\n\nThe {MARK} stone is blue.", hours="# Hours\n\nWe open at nine.")
    gone = await removed(shop, "stones.md")
    assert (gone.pages, gone.removed) == (1, "stones.md")
    assert await holding(shop, MARK) == [] and await holding(shop, "stones.md") == []
    assert await found_by_words(shop, MARK) == [] and await found_by_vector(shop, MARK) == 0
    texts = await shop.live_texts()
    assert [text for text in texts if "nine" in text] and [text for text in texts if "ship of the year" in text]
    await check_postings(shop)
    # The next reading of what stays does not bring it back, and embeds nothing.
    embedded = len(shop.embedder.texts)
    await shop.read(site.base)
    assert await holding(shop, MARK) == [] and len(shop.embedder.texts) == embedded
    assert [row["name"] for row in await shop.rows("SELECT name FROM files")] == ["hours.md"]


async def test_when_the_last_source_is_removed_nothing_is_live(shop: Shop) -> None:
    await uploaded(shop, stones=f"# Stones\n\nThe {MARK} stone is blue.")
    gone = await removed(shop, "stones.md")
    assert gone.generation is None and await shop.live() is None
    for table in ("sources", "files", "documents", "document_versions", "generations", "chunks", "chunk_windows"):
        assert await shop.rows(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table))) == [], table  # type: ignore[arg-type]
    assert await holding(shop, MARK) == []
    await uploaded(shop, hours="# Hours\n\nWe open at nine.")  # and the business goes on
    assert await shop.live() is not None


async def test_a_held_reading_with_what_is_removed_goes_too(shop: Shop, site: Site) -> None:
    site.fill(6)
    await uploaded(shop, hours="# Hours\n\nWe open at nine.")
    await shop.read(site.base)
    site.put("/", "Harbour Museum", f"Closed. The {MARK} is gone.")
    for name in "abcdef":
        del site.pages[f"/page-{name}"]
    assert (await shop.read(site.base)).status == "held"
    await removed(shop, site.base)
    assert await holding(shop, MARK) == []
    assert await shop.rows("SELECT 1 FROM generations WHERE state = 'held'") == []


async def test_a_source_removed_while_it_is_read_stays_removed(shop: Shop, site: Site) -> None:
    site.fill(4)
    await uploaded(shop, hours="# Hours\n\nWe open at nine.")
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)

    class Removing(InProcess):
        done = False

        async def extract(
            self, body: bytes, *, url: str, media_type: str, charset: str | None = None
        ) -> ExtractedDocument:
            if not self.done:
                self.done = True
                await removed(shop, site.base)
            return await super().extract(body, url=url, media_type=media_type, charset=charset)

    shop.extractor = Removing()
    await reindex(shop, ClaimedJob(shop.business_id, added.job.job_id, IngestSource(added.source_id), 1, 5), Held())
    assert await holding(shop, "ship of the year") == []
    assert [row["kind"] for row in await shop.rows("SELECT kind FROM sources")] == ["files"]


async def test_a_file_removed_while_its_bytes_are_read_is_not_published(shop: Shop) -> None:
    await uploaded(shop, hours="# Hours\n\nWe open at nine.")
    stones = File("stones.md", f"# Stones\n\nThe {MARK} stone is blue.".encode())
    added = await add_files(shop, shop.business_id, [stones], actor=ACTOR)
    live = await shop.live()

    class Removing(InProcess):
        async def extract(
            self, body: bytes, *, url: str, media_type: str, charset: str | None = None
        ) -> ExtractedDocument:
            if url == "file:stones.md" and await shop.rows("SELECT 1 FROM files WHERE name = 'stones.md'"):
                await removed(shop, "stones.md")
            return await super().extract(body, url=url, media_type=media_type, charset=charset)

    shop.extractor = Removing()
    claimed = ClaimedJob(shop.business_id, added.job.job_id, IngestSource(added.source_id), 1, 5)
    with pytest.raises(RetryLater):
        await reindex(shop, claimed, Held())
    assert await shop.live() == live
    await reindex(shop, claimed, Held())
    assert await holding(shop, MARK) == []


async def test_what_stood_on_all_files_is_kept_when_the_one_it_was_kept_with_goes(shop: Shop) -> None:
    shared = "Harbour Museum Trust, 1 Quay Road, phone 555 0100"
    beside = "Registered charity of the county"
    names = [f"note{number}" for number in range(6)]
    await uploaded(shop, **{name: f"# {name}\n\nText of {name} alone.\n\n{shared}\n\n{beside}" for name in names})
    kept_with = await shop.rows(
        "SELECT d.url FROM chunks c JOIN businesses b ON b.live_generation = c.generation"
        " JOIN documents d USING (document_id) WHERE c.kind = 'recurring'"
    )
    assert kept_with, "this test needs a text that recurs"
    await removed(shop, kept_with[0]["url"])
    waiting = await shop.rows("SELECT job_id, payload FROM jobs WHERE state = 'queued' AND kind = 'ingest_source'")
    assert len(waiting) == 1
    source_id: Any = UUID(waiting[0]["payload"]["source_id"])
    await reindex(shop, ClaimedJob(shop.business_id, waiting[0]["job_id"], IngestSource(source_id), 1, 5), Held())
    assert [text for text in await shop.live_texts() if shared in text]


async def test_only_what_is_there_by_its_own_name_is_removed(shop: Shop, site: Site) -> None:
    site.fill(4)
    await shop.read(site.base)
    names: Sequence[str] = ("nothing.md", "https://elsewhere.example/", "file:None")
    for name in names:
        with pytest.raises(NotFound):
            await find_target(shop, shop.business_id, name)
    with pytest.raises(BadInput):  # a page of a site is no site
        await find_target(shop, shop.business_id, f"{site.base}/page-a")
    target = await find_target(shop, shop.business_id, f"{site.base}/")
    assert await read_target(shop, shop.business_id, target.source_id) == target
    await remove_knowledge(shop, shop.business_id, target, actor=ACTOR)
    with pytest.raises(NotFound):
        await remove_knowledge(shop, shop.business_id, target, actor=ACTOR)
