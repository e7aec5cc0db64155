"""From an address to a published generation on a real database, and what stays live when it goes wrong."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.errors import BadInput, Conflict, NotFound, TooLarge, Unprocessable
from app.jobs.model import RetryLater
from app.knowledge.manage import add_files, add_site, discard_held, publish_held, update_now
from app.security import KeyRing
from app.vault.keys import Vault
from ingestion.extract.child import ChildExtractor
from ingestion.ports import no_fault
from tests.integration.ingestion.shop import ACTOR, File, Shop
from tests.integration.ingestion.site import CountingEmbedder, Site
from tests.unit.ingestion import documents


async def test_a_first_reading_publishes_what_the_site_says(shop: Shop, site: Site):
    site.fill()
    async with ChildExtractor() as shop.extractor:
        outcome = await shop.read(site.base)
    assert outcome.status == "published"
    assert (outcome.pages.fetched, outcome.pages.failed) == (7, 0)
    assert outcome.generation == await shop.live() == 1
    assert outcome.chunks["total"] == outcome.chunks["new"] == len(await shop.live_texts())
    for row in await shop.rows(
        "SELECT c.text, c.spans, v.text AS whole FROM chunks c JOIN document_versions v USING (version_id)"
    ):
        edges = row["spans"]
        assert row["text"] == "\n".join(row["whole"][s:e] for s, e in zip(edges[::2], edges[1::2], strict=True))
    hashes = await shop.rows(
        "SELECT count(*) AS n, count(DISTINCT chunk_no) AS chunks FROM chunk_windows WHERE window_no = 0"
    )
    assert hashes[0]["n"] == hashes[0]["chunks"] == outcome.chunks["total"]


async def test_postings_say_which_passage_holds_which_word_how_often(shop: Shop, site: Site):
    site.put("/", "Ships", "Ship, ship and anchor.", "/b")
    site.put("/b", "Anchors", "An anchor alone.")
    await shop.read(site.base)
    (posting,) = await shop.rows("SELECT packed FROM postings WHERE field = 'w' AND term = 'anchor'")
    packed: bytes = posting["packed"]
    count = len(packed) // 5
    numbers = struct.unpack(f"<{count}I", packed[: 4 * count])
    texts = await shop.live_texts()
    assert [texts[number] for number in numbers] == texts
    (lengths,) = await shop.rows("SELECT chunk_count, lengths FROM posting_lengths WHERE field = 'w'")
    assert lengths["chunk_count"] == len(texts)
    assert len(lengths["lengths"]) == 4 * len(texts)
    assert await shop.rows("SELECT 1 FROM postings WHERE field = 'g' AND term = '_shi'") != []


async def test_reading_an_unchanged_site_stages_nothing_and_embeds_nothing(shop: Shop, site: Site):
    site.fill()
    await shop.read(site.base)
    shop.embedder.texts.clear()
    site.asked.clear()
    again = await shop.read(site.base)
    assert again.status == "published"
    assert again.generation == await shop.live() == 1
    assert (again.pages.unchanged, again.pages.fetched) == (7, 0)
    assert again.chunks == {"total": again.chunks["total"], "new": 0, "reused": again.chunks["total"]}
    assert shop.embedder.texts == []
    assert len(await shop.rows("SELECT FROM generations")) == 1


async def test_only_new_text_is_embedded_and_the_former_generation_is_kept_once(shop: Shop, site: Site):
    site.fill()
    for year in (1900, 1901, 1902):
        site.put("/page-a", "Room 0", f"Since {year} this room is closed.", "/")
        shop.embedder.texts.clear()
        outcome = await shop.read(site.base)
    assert outcome.pages.fetched == 1
    assert outcome.chunks["new"] == 1
    assert shop.embedder.texts and all("1902" in text for text in shop.embedder.texts)
    states = await shop.rows("SELECT generation, state FROM generations ORDER BY 1")
    assert states == [{"generation": 2, "state": "superseded"}, {"generation": 3, "state": "published"}]
    assert any("1902" in text for text in await shop.live_texts())
    assert not any("1900" in row["text"] for row in await shop.rows("SELECT text FROM document_versions"))


async def test_half_of_the_pages_gone_is_held_and_the_owner_decides(shop: Shop, site: Site):
    site.fill(7)
    await shop.read(site.base)
    before = await shop.live_texts()
    site.put("/", "Harbour Museum", "We show ships of all times.", "/page-a")
    for letter in "bcdefg":
        del site.pages[f"/page-{letter}"]
    held = await shop.read(site.base)
    assert held.status == "held"
    assert held.reason is not None and "6 of 8 pages" in held.reason
    assert await shop.live_texts() == before
    assert held.generation is not None
    await publish_held(shop, shop.business_id, held.generation, actor=ACTOR)
    assert await shop.live() == held.generation
    assert len(await shop.live_texts()) < len(before)
    with pytest.raises(Conflict):
        await publish_held(shop, shop.business_id, held.generation, actor=ACTOR)


async def test_a_held_reading_can_be_discarded(shop: Shop, site: Site):
    site.fill(7)
    await shop.read(site.base)
    site.put("/", "Harbour Museum", "Closed for ever.")
    held = await shop.read(site.base)
    assert held.status == "held" and held.generation is not None
    await discard_held(shop, shop.business_id, held.generation, actor=ACTOR)
    assert await shop.live() == 1
    assert await shop.rows("SELECT FROM chunks WHERE generation = %s", held.generation) == []
    with pytest.raises(Conflict):
        await discard_held(shop, shop.business_id, held.generation, actor=ACTOR)


async def test_a_page_that_fails_keeps_its_last_good_text_and_one_that_is_gone_leaves(shop: Shop, site: Site):
    site.fill()
    await shop.read(site.base)
    site.pages["/page-a"] = (500, "text/html", b"fault")
    site.pages["/page-b"] = (404, "text/html", b"gone")
    site.pages["/page-c"] = (403, "text/html", b"<title>Just a moment...</title>")
    outcome = await shop.read(site.base)
    assert outcome.status == "published"
    texts = " ".join(await shop.live_texts())
    assert "year 1800" in texts and "year 1802" in texts
    assert "year 1801" in texts, "one reading may find a slip of the site"
    failing = "SELECT url FROM documents WHERE failing_since IS NOT NULL ORDER BY url"
    assert [row["url"][-1] for row in await shop.rows(failing)] == ["a", "b", "c"]
    reasons = {entry.url.rpartition("/")[2]: entry.reason for entry in outcome.ledger}
    assert (reasons["page-a"], reasons["page-b"], reasons["page-c"]) == ("server_error", "not_found", "challenge")
    site.put("/page-a", "Room 0", "Room number 0 holds the ship of the year 1800.", "/")
    await shop.read(site.base)
    texts = " ".join(await shop.live_texts())
    assert "year 1801" not in texts and "year 1802" in texts
    assert [row["url"][-1] for row in await shop.rows(failing)] == ["c"]


@pytest.mark.parametrize(
    ("address", "page", "words"),
    [
        ("http://no-such-host.invalid", None, "There is no website at no-such-host.invalid"),
        ("http://10.0.0.1/", None, "private network"),
        ("http://127.0.0.1:1/", None, "private network"),
        (None, (403, "text/html", b"no"), "refused to let Milo read"),
        (None, (403, "text/html", b"<title>Just a moment...</title>"), "prove that they are people"),
        (None, (200, "text/html", b"<div id=root></div><script src=x></script>"), "built by JavaScript"),
        (None, (200, "text/html", b"<html></html>"), "There is no text in"),
        (None, (200, "image/png", b"\x89PNG"), "no page, document or text"),
        (None, (500, "text/html", b""), "a fault of its own"),
        (None, (404, "text/html", b""), "no page at"),
        (None, (200, "application/pdf", documents.encrypted(documents.pdf(["x"]), "pw")), "protected by a password"),
        (None, (200, "application/pdf", documents.pdf([], image_only=True)), "If it is a scan"),
        (None, (200, "application/pdf", b"%PDF-1.4 broken"), "damaged"),
        (None, (200, "text/html", b"x" * (6 * 2**20)), "larger than the limit of 5 MB"),
        (None, (200, "application/pdf", b"x" * (40 * 2**20)), "larger than the limit of 20 MB"),
    ],
)
async def test_a_site_that_cannot_be_read_fails_with_one_sentence_and_changes_nothing(
    shop: Shop, site: Site, address: str | None, page: tuple[int, str, bytes] | None, words: str
):
    site.fill()
    await shop.read(site.base)
    before = await shop.end_state()
    if page is not None:
        site.pages = {"/": page}
    outcome = await shop.read(address or site.base)
    assert outcome.status == "failed"
    assert outcome.reason is not None and words in outcome.reason
    assert outcome.reason.startswith("Not one page of")
    assert outcome.generation is None
    assert await shop.end_state() == before
    assert [entry.reason for entry in outcome.ledger if entry.reason] != []


async def test_files_and_a_site_are_known_together_and_each_is_read_by_itself(shop: Shop, site: Site):
    site.fill()
    await shop.read(site.base)
    files = [
        File("prices.pdf", documents.pdf(["A ticket costs 12 EUR."], title="Prices of 2030")),
        File("notes/rules.md", b"# Rules\n\nNo dogs in the boats."),
        File("page.html", b"<title>Old page</title><p>The old page.</p>"),
    ]
    added = await add_files(shop, shop.business_id, files, actor=ACTOR)
    outcome = await shop.run(added)
    assert outcome.status == "published"
    assert outcome.pages.fetched == 3
    texts = " ".join(await shop.live_texts())
    assert "12 EUR" in texts and "No dogs" in texts and "year 1803" in texts
    (row,) = await shop.rows("SELECT page, title FROM chunks c WHERE text LIKE '%%12 EUR%%' AND generation = 2")
    assert row == {"page": 1, "title": "Prices of 2030"}
    again = await shop.run(await update_now(shop, shop.business_id, added.source_id, actor=ACTOR))
    assert (again.pages.unchanged, again.generation) == (3, outcome.generation)
    replaced = await add_files(shop, shop.business_id, [File("notes/rules.md", b"Dogs may come.")], actor=ACTOR)
    assert replaced.source_id == added.source_id
    assert (await shop.run(replaced)).pages.fetched == 1
    texts = " ".join(await shop.live_texts())
    assert "Dogs may come" in texts and "No dogs" not in texts


async def test_files_that_cannot_be_read_are_told_one_by_one(shop: Shop):
    files = [
        File("locked.pdf", documents.encrypted(documents.pdf(["x"]), "pw")),
        File("broken.pdf", b"%PDF-1.4"),
        File("scan.pdf", documents.pdf([], image_only=True)),
        File("empty.txt", b""),
        File("good.txt", b"We open at ten."),
    ]
    outcome = await shop.run(await add_files(shop, shop.business_id, files, actor=ACTOR))
    assert outcome.status == "published"
    assert {entry.url: (str(entry.status), entry.reason and str(entry.reason)) for entry in outcome.ledger} == {
        "file:locked.pdf": ("failed", "encrypted"),
        "file:broken.pdf": ("failed", "broken"),
        "file:scan.pdf": ("failed", "empty"),
        "file:empty.txt": ("failed", "empty"),
        "file:good.txt": ("fetched", None),
    }
    alone = await shop.rows("SELECT count(*) AS n FROM documents")
    assert alone[0]["n"] == 1


async def test_files_over_the_limit_or_of_other_kinds_are_refused_before_anything_is_stored(shop: Shop):
    for file, error in (
        (File("big.pdf", b"%PDF-" + b"x" * (40 * 2**20)), TooLarge),
        (File("song.mp3", b"ID3"), Unprocessable),
        (File("..", b"x"), BadInput),
    ):
        with pytest.raises(error) as caught:
            await add_files(shop, shop.business_id, [File("good.txt", b"fine"), file], actor=ACTOR)
        assert len(caught.value.sentence) > 10
    assert await shop.rows("SELECT FROM files") == []
    with pytest.raises(BadInput):
        await add_files(shop, shop.business_id, [], actor=ACTOR)


@pytest.mark.parametrize(
    "typed", ["", "not an address", "ftp://a.example", "http://user@a.example/", "localhost", "http://"]
)
async def test_an_address_that_is_none_is_refused_at_once(shop: Shop, typed: str):
    with pytest.raises(BadInput, match="not a web address"):
        await add_site(shop, shop.business_id, typed, actor=ACTOR)
    assert await shop.rows("SELECT FROM sources") == []


async def test_an_address_without_a_scheme_is_asked_over_https(shop: Shop):
    await add_site(shop, shop.business_id, " WWW.Example.com/Shop ", actor=ACTOR)
    assert await shop.rows("SELECT url, kind, schedule FROM sources") == [
        {"url": "https://www.example.com/Shop", "kind": "site", "schedule": "daily"}
    ]


async def test_another_address_of_a_known_site_is_no_second_source(shop: Shop, site: Site):
    site.fill()
    first = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    await shop.run(first)
    again = await add_site(shop, shop.business_id, site.base + "/page-b", actor=ACTOR)
    assert again.source_id == first.source_id
    assert (await shop.run(again)).pages.unchanged == 7
    elsewhere = await add_site(shop, shop.business_id, "https://other.example/", actor=ACTOR)
    assert elsewhere.source_id != first.source_id


class Killed(BaseException):
    """Stands for kill -9: no `except Exception` softens it."""


@pytest.mark.parametrize("point", ["parsed", "fetched", "staged", "embedded", "before_publish", "after_publish"])
@pytest.mark.parametrize("first_time", [True, False])
async def test_whenever_the_worker_dies_the_end_state_is_that_of_an_undisturbed_run(
    shop: Shop, site: Site, point: str, first_time: bool
):
    site.fill()
    if not first_time:
        await shop.read(site.base)
        site.put("/page-b", "Room 1", "A new ship came in.", "/", "/page-z")
        site.put("/page-z", "Room Z", "The last room.")
    live = await shop.live()
    before = await shop.live_texts()

    def kill(passed: str) -> None:
        if passed == point:
            raise Killed

    shop.fault = kill
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    with pytest.raises(Killed):
        await shop.run(added)
    if point != "after_publish":
        assert await shop.live() == live
        assert await shop.live_texts() == before
    shop.fault = no_fault
    assert (await shop.run(added, attempts=2)).status == "published"
    disturbed = await shop.end_state()
    assert len(await shop.rows("SELECT FROM generations WHERE state NOT IN ('published', 'superseded')")) == 0
    orphans = await shop.rows(
        "SELECT FROM document_versions v WHERE NOT EXISTS"
        " (SELECT FROM generation_documents g WHERE g.version_id = v.version_id)"
    )
    assert orphans == []
    other = await create_business(
        shop.database, Vault(KeyRing((await _key(shop),))), NewBusiness("Twin", "twin"), actor=ACTOR
    )
    twin = replace(shop, business_id=other.business_id)
    await twin.read(site.base)
    assert json.dumps(await twin.end_state(), default=str) == json.dumps(disturbed, default=str)


async def _key(_shop: Shop) -> Any:
    from app.security import KEY_BYTES, SecretKey

    return SecretKey("twin", b"k" * KEY_BYTES)


async def test_what_a_dead_worker_left_staging_is_taken_over_and_its_vectors_are_used(shop: Shop, site: Site):
    site.fill()

    def kill(passed: str) -> None:
        if passed == "before_publish":
            raise Killed

    shop.fault = kill
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    with pytest.raises(Killed):
        await shop.run(added)
    assert [row["state"] for row in await shop.rows("SELECT state FROM generations")] == ["staging"]
    shop.fault = no_fault
    shop.embedder.texts.clear()
    outcome = await shop.run(added, attempts=2)
    assert shop.embedder.texts == []
    assert outcome.chunks["new"] == 0
    assert [row["state"] for row in await shop.rows("SELECT state FROM generations")] == ["published"]


async def test_a_worker_whose_work_was_taken_over_publishes_nothing(shop: Shop, site: Site):
    site.fill()

    async def taken(_texts: Any) -> Any:
        await shop.execute("UPDATE generations SET state = 'failed' WHERE state = 'staging'")
        return await CountingEmbedder().embed(_texts)

    shop.embedder.embed = taken  # type: ignore[method-assign]
    with pytest.raises(RetryLater):
        await shop.read(site.base)
    assert await shop.live() is None


async def test_a_reading_never_undoes_what_was_published_while_it_ran(shop: Shop, site: Site):
    site.fill(7)
    await shop.read(site.base)
    for letter in "bcdefg":
        del site.pages[f"/page-{letter}"]
    site.put("/", "Harbour Museum", "We show ships of all times.", "/page-a")
    held = await shop.read(site.base)
    assert held.status == "held" and held.generation is not None
    embed = shop.embedder.embed

    async def owner_decides(texts: Any) -> Any:
        if await shop.live() != held.generation:
            await publish_held(shop, shop.business_id, held.generation or 0, actor=ACTOR)
        return await embed(texts)

    shop.embedder.embed = owner_decides  # type: ignore[method-assign]
    added = await add_files(shop, shop.business_id, [File("a.txt", b"Dogs are welcome on deck.")], actor=ACTOR)
    with pytest.raises(RetryLater):
        await shop.run(added)
    assert await shop.live() == held.generation
    await shop.run(added)
    texts = "\n".join(await shop.live_texts())
    assert "Dogs are welcome" in texts and "ships of all times" in texts
    assert len(await shop.rows("SELECT FROM generation_documents WHERE generation = %s", await shop.live())) == 3


async def test_tomorrows_reading_waits_exactly_once_whatever_came_of_todays(shop: Shop, site: Site):
    site.fill()
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    await shop.execute("UPDATE jobs SET state = 'running' WHERE job_id = %s", added.job.job_id)
    await shop.run(added)
    waiting = "SELECT run_after, payload ->> 'source_id' AS source FROM jobs WHERE state = 'queued'"
    (first,) = await shop.rows(waiting)
    assert first["source"] == str(added.source_id)
    assert timedelta(hours=12) <= first["run_after"] - shop.clock() <= timedelta(hours=36)
    await shop.run(added)
    assert await shop.rows(waiting) == [first]
    site.pages = {}
    await shop.execute("DELETE FROM jobs WHERE state = 'queued'")
    await shop.run(added)
    assert await shop.rows(waiting) == [first], "a reading that failed is followed by tomorrow's all the same"
    files = await add_files(shop, shop.business_id, [File("a.txt", b"text here")], actor=ACTOR)
    await shop.execute("UPDATE jobs SET state = 'running' WHERE job_id = %s", files.job.job_id)
    await shop.run(files)
    assert await shop.rows(waiting) == [first], "files are read when they are added"


async def test_a_job_that_fails_for_the_last_time_plans_tomorrows(shop: Shop, site: Site):
    site.fill()

    async def broken(_texts: Any) -> Any:
        raise RuntimeError("no model")

    shop.embedder.embed = broken  # type: ignore[method-assign]
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    await shop.execute("UPDATE jobs SET state = 'running' WHERE job_id = %s", added.job.job_id)
    with pytest.raises(RuntimeError):
        await shop.run(added, attempts=1)
    assert await shop.rows("SELECT FROM jobs WHERE state = 'queued'") == []
    with pytest.raises(RuntimeError):
        await shop.run(added, attempts=5)
    assert len(await shop.rows("SELECT FROM jobs WHERE state = 'queued'")) == 1
    (crawl,) = await shop.rows("SELECT state, reason FROM crawls")
    assert crawl["state"] == "failed"
    assert "still answers" in crawl["reason"]


async def test_a_removed_source_ends_its_job_quietly(shop: Shop, site: Site):
    site.fill()
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    await shop.execute("DELETE FROM sources")
    assert (await shop.run(added)).status == "failed"
    assert await shop.rows("SELECT FROM generations") == []
    with pytest.raises(NotFound):
        await update_now(shop, shop.business_id, added.source_id, actor=ACTOR)


async def test_progress_and_ledger_can_be_followed_while_it_runs(shop: Shop, site: Site):
    site.fill(12)
    seen: list[dict[str, Any]] = []
    real = shop.embedder.embed

    async def watched(texts: Any) -> Any:
        seen.extend(
            await shop.rows("SELECT phase, done, total, (SELECT count(*) FROM crawl_pages) AS pages FROM crawls")
        )
        return await real(texts)

    shop.embedder.embed = watched  # type: ignore[method-assign]
    await shop.read(site.base)
    assert seen[0]["phase"] == "embed"
    assert seen[0]["pages"] == 13
    (ended,) = await shop.rows("SELECT state, phase, report FROM crawls")
    assert (ended["state"], ended["phase"]) == ("published", "done")
    assert ended["report"]["pages"]["fetched"] == 13
