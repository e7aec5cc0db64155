"""What could be read only in part: told at every reading, never kept over what the owner gave, and replaced."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.knowledge.manage import add_files, update_now
from app.knowledge.model import Outcome
from ingestion import collect
from ingestion.extract.read import read_document
from ingestion.model import ExtractedDocument, Reason
from tests.integration.ingestion.shop import ACTOR, File, InProcess, Shop
from tests.integration.ingestion.site import Site


class CutShort:
    """Reads like the child, and calls every text with `MORE` in it a part of what stands there."""

    async def extract(self, body: bytes, *, url: str, media_type: str, charset: str | None = None) -> ExtractedDocument:
        document = await asyncio.to_thread(read_document, body, url, media_type, charset)
        if b"MORE" in body:
            return replace(document, reason=Reason.PARSE_LIMIT, detail="500 pages")
        return document


class Broken:
    """Reads like the child, and calls every text with `BROKEN` in it damaged."""

    async def extract(self, body: bytes, *, url: str, media_type: str, charset: str | None = None) -> ExtractedDocument:
        if b"BROKEN" in body:
            return ExtractedDocument(title="", blocks=(), reason=Reason.BROKEN)
        return await asyncio.to_thread(read_document, body, url, media_type, charset)


async def upload(shop: Shop, text: str) -> Outcome:
    return await shop.run(await add_files(shop, shop.business_id, [File("list.txt", text.encode())], actor=ACTOR))


async def test_a_file_that_is_given_again_counts_even_where_less_of_it_can_be_read(shop: Shop):
    shop.extractor = CutShort()
    await upload(shop, "The old price is nine. " * 20)
    outcome = await upload(shop, "The new price is ten. MORE")
    (entry,) = outcome.ledger
    assert (str(entry.status), entry.reason, entry.detail) == ("fetched", "parse_limit", "500 pages")
    texts = " ".join(await shop.live_texts())
    assert "new price" in texts and "old price" not in texts


async def test_that_only_a_part_was_read_is_told_at_every_reading(shop: Shop, site: Site):
    shop.extractor = CutShort()
    site.fill(2)
    site.put("/page-a", "Room 0", "Here begins a long story. MORE", "/")
    for status in ("fetched", "unchanged"):
        entries = {entry.url: entry for entry in (await shop.read(site.base)).ledger}
        entry = entries[f"{site.base}/page-a"]
        assert (str(entry.status), entry.reason, entry.detail) == (status, "parse_limit", "500 pages")
    await upload(shop, "A long list. MORE")
    await upload(shop, "A long list. MORE")
    [entry] = (await upload(shop, "A long list. MORE")).ledger
    assert (str(entry.status), entry.reason, entry.detail) == ("unchanged", "parse_limit", "500 pages")


async def test_a_page_known_in_part_is_replaced_by_a_newer_part_and_one_known_wholly_is_not(shop: Shop, site: Site):
    shop.extractor = CutShort()
    site.fill(2)
    site.put("/page-a", "Room 0", "The first part of it, with many words and MORE", "/")
    site.put("/page-b", "Room 1", "This was read wholly, with all of its many words.", "/")
    await shop.read(site.base)
    site.put("/page-a", "Room 0", "Anew. MORE", "/")
    site.put("/page-b", "Room 1", "Less. MORE", "/")
    outcome = await shop.read(site.base)
    texts = " ".join(await shop.live_texts())
    assert "Anew" in texts and "first part" not in texts
    assert "read wholly" in texts and "Less" not in texts
    reasons = {entry.url.removeprefix(site.base): entry.reason for entry in outcome.ledger}
    assert reasons == {"/": None, "/page-a": "parse_limit", "/page-b": "parse_limit"}
    site.put("/page-a", "Room 0", "Anew, and wholly.", "/")
    entries = {entry.url: entry for entry in (await shop.read(site.base)).ledger}
    assert entries[f"{site.base}/page-a"].reason is None


async def test_the_same_words_read_wholly_at_last_are_no_part_any_more(shop: Shop):
    shop.extractor = CutShort()
    await upload(shop, "A list. MORE")
    await shop.execute("UPDATE document_versions SET etag = NULL")
    shop.extractor = InProcess()
    [entry] = (await upload(shop, "A list. MORE")).ledger
    assert entry.reason is None
    [entry] = (await upload(shop, "A list. MORE")).ledger
    assert (str(entry.status), entry.reason) == ("unchanged", None)


async def test_files_beyond_the_time_of_a_reading_are_told_and_come_first_the_next_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    shop.extractor = Broken()
    first = [File(f"{name}.txt", f"{name} is BROKEN".encode()) for name in ("bad", "worse")]
    await shop.run(await add_files(shop, shop.business_id, [*first, File("z.txt", b"A good one.")], actor=ACTOR))
    source_id = (await shop.rows("SELECT source_id FROM sources"))[0]["source_id"]
    await shop.execute("DELETE FROM jobs")
    add = await add_files(shop, shop.business_id, [File("zz.txt", b"Another good one.")], actor=ACTOR)
    monkeypatch.setattr(collect, "_LONGEST_FILES", -1.0)
    outcome = await shop.run(add)
    told = {entry.url: (str(entry.status), entry.reason) for entry in outcome.ledger}
    assert told["file:zz.txt"] == ("skipped", "parse_timeout") and told["file:z.txt"] == ("unchanged", None)
    assert "A good one." in " ".join(await shop.live_texts())
    monkeypatch.undo()
    outcome = await shop.run(await update_now(shop, shop.business_id, source_id, actor=ACTOR))
    urls = [entry.url.removeprefix("file:") for entry in outcome.ledger]
    assert urls == ["z.txt", "zz.txt", "bad.txt", "worse.txt"]
