"""What must not come back, double or block: pages that left, copies asked again, looks at one site, a poison page."""

from __future__ import annotations

import os
import signal
from typing import Any
from uuid import UUID

import pytest

import ingestion.extract.child as child
from app.jobs.model import ClaimedJob, PreviewSource, RecheckPages
from app.knowledge.choices.accept import accept_draft
from app.knowledge.choices.ask_again import ask_again
from app.knowledge.choices.leave_out import leave_out
from app.knowledge.follow import read_outcome
from app.knowledge.manage import go_back
from app.knowledge.model import Added, Outcome, Wishes
from app.knowledge.preview import add_draft, preview_source
from app.knowledge.recheck import recheck_pages
from app.knowledge.wishes import wish
from ingestion.extract.child import ChildExtractor
from tests.integration.ingestion.shop import ACTOR, Held, Shop
from tests.integration.ingestion.site import Site


async def live_pages(shop: Shop, site: Site) -> set[str]:
    rows = await shop.rows(
        "SELECT d.url FROM businesses b JOIN generation_documents g ON g.generation = b.live_generation"
        " JOIN documents d USING (document_id)"
    )
    return {row["url"].removeprefix(site.base) for row in rows}


async def source_of(shop: Shop) -> UUID:
    (row,) = await shop.rows("SELECT source_id FROM sources WHERE kind = 'site'")
    return row["source_id"]


async def recheck(shop: Shop, added: Added) -> Outcome:
    claimed = ClaimedJob(shop.business_id, added.job.job_id, RecheckPages(added.source_id), 1, 5)
    await recheck_pages(shop, claimed, Held())
    await shop.execute("DELETE FROM jobs WHERE job_id = %s", added.job.job_id)
    return await read_outcome(shop.database, shop.business_id, added.job.job_id)


async def again(shop: Shop, url: str) -> Outcome:
    return await recheck(shop, await ask_again(shop, shop.business_id, await source_of(shop), [url], actor=ACTOR))


async def look(shop: Shop, address: str) -> tuple[Added, Outcome]:
    added = await add_draft(shop, shop.business_id, address, actor=ACTOR)
    claimed = ClaimedJob(shop.business_id, added.job.job_id, PreviewSource(added.source_id), 1, 5)
    await preview_source(shop, claimed, Held())
    return added, await read_outcome(shop.database, shop.business_id, added.job.job_id)


@pytest.mark.parametrize("answer", [404, 500])
async def test_a_page_that_left_never_comes_back_by_failing(shop: Shop, site: Site, answer: int):
    site.fill(5)
    await shop.read(site.base)
    del site.pages["/page-a"]
    await shop.read(site.base)
    assert "/page-a" in await live_pages(shop, site)
    await shop.read(site.base)
    assert "/page-a" not in await live_pages(shop, site)
    site.pages["/page-a"] = (answer, "text/html", b"no")
    for _ in range(2):
        outcome = await shop.read(site.base)
        assert "/page-a" not in await live_pages(shop, site)
        (entry,) = [entry for entry in outcome.ledger if entry.url.endswith("/page-a")]
        assert "still answers" not in (entry.detail or "")
    assert await shop.rows("SELECT FROM documents WHERE url LIKE '%%/page-a' AND failing_since IS NOT NULL") == []
    site.put("/page-a", "Room 0", "Back again.", "/")
    await shop.read(site.base)
    assert "/page-a" in await live_pages(shop, site)


async def test_while_the_owner_is_asked_pages_that_are_gone_stay_gone(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    for name in ("/page-a", "/page-b", "/page-c"):
        del site.pages[name]
    assert [(await shop.read(site.base)).status for _ in range(4)] == ["published", "held", "held", "held"]


async def test_a_copy_that_is_asked_again_is_still_a_copy(shop: Shop, site: Site):
    site.fill(5)
    site.pages["/page-e"] = site.pages["/page-d"]
    await shop.read(site.base)
    (entry,) = (await again(shop, f"{site.base}/page-e")).ledger
    assert (entry.reason, entry.detail) == ("duplicate", f"same text as {site.base}/page-d")
    assert "/page-e" not in await live_pages(shop, site)


async def test_a_page_that_robots_forbids_by_now_leaves_when_it_is_asked_again(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    site.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /page-b")
    (entry,) = (await again(shop, f"{site.base}/page-b")).ledger
    assert entry.reason == "robots_disallowed"
    assert "/page-b" not in await live_pages(shop, site)


async def test_what_was_read_past_robots_leaves_unasked_when_that_is_switched_off(shop: Shop, site: Site):
    site.fill(5)
    site.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /page-")
    await wish(shop, shop.business_id, site.base, Wishes(ignore_robots=True), actor=ACTOR)
    await shop.read(site.base)
    assert len(await live_pages(shop, site)) == 6
    await wish(shop, shop.business_id, site.base, Wishes(ignore_robots=False), actor=ACTOR)
    assert (await shop.read(site.base)).status == "published"
    assert await live_pages(shop, site) == {"/"}


async def test_leaving_a_page_out_does_not_bring_back_what_the_owner_went_back_from(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    site.put("/page-a", "Room 0", "Words that were a mistake.", "/")
    await shop.read(site.base)
    await go_back(shop, shop.business_id, actor=ACTOR)
    source_id = await source_of(shop)
    await leave_out(shop, shop.business_id, source_id, f"{site.base}/page-c", actor=ACTOR)
    await shop.execute("DELETE FROM jobs")
    assert (await shop.read(site.base)).status == "held"
    assert "mistake" not in " ".join(await shop.live_texts())
    site.put("/page-b", "Room 1", "Something new.", "/")
    assert (await shop.read(site.base)).status == "published"


async def test_two_looks_at_one_site_make_one_source(shop: Shop, site: Site):
    site.fill(3)
    first, _ = await look(shop, site.base)
    second, _ = await look(shop, f"{site.base}/page-a")
    assert first.source_id != second.source_id
    one = await accept_draft(shop, shop.business_id, first.source_id, (), (), actor=ACTOR)
    other = await accept_draft(shop, shop.business_id, second.source_id, (), (), actor=ACTOR)
    assert (one.source_id, one.job.job_id) == (other.source_id, other.job.job_id)
    assert await shop.rows("SELECT url FROM sources WHERE NOT draft") == [{"url": f"{site.base}/"}]


async def test_a_look_at_a_sitemap_without_end_lists_a_thousand_and_counts_the_rest(shop: Shop, site: Site):
    site.fill(2)
    urls = "".join(f"<url><loc>{site.base}/m{number}</loc></url>" for number in range(9_000))
    site.pages["/sitemap.xml"] = (200, "application/xml", f"<urlset>{urls}</urlset>".encode())
    _, outcome = await look(shop, site.base)
    would = [entry for entry in outcome.ledger if entry.reason == "would_be_read"]
    over = [entry for entry in outcome.ledger if entry.reason == "page_limit"]
    assert len(would) <= 500 and len(over) == 1_001
    more = int((over[-1].detail or "").split("and ")[1].split()[0])
    asked = [entry for entry in outcome.ledger if entry.status == "failed"]
    assert len(would) + 1_000 + more + len(asked) >= 9_000


POISON = """
import sys; sys.path.insert(0, {root!r})
import ingestion.extract.child_main as main, os, signal
read = main._read
def poisoned(body, task):
    if b"POISON" in body:
        os.kill(os.getpid(), signal.SIGSEGV)
    return read(body, task)
main._read = poisoned
main.confine = lambda *_: main.Confinement(False, 0)
main.main()
"""


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parsing child that falls over at a word, as one does over a fault of a library."""
    monkeypatch.setattr(child, "_START", POISON.format(root=child._ROOT))  # pyright: ignore[reportPrivateUsage]


@pytest.mark.usefixtures("poisoned")
async def test_pages_that_kill_their_reader_are_told_and_all_others_published(shop: Shop, site: Site):
    site.fill(6)
    for name in ("/page-b", "/page-e"):
        site.put(name, "Bad", f"{name} is POISON.", "/")
    async with ChildExtractor() as extractor:
        shop.extractor = extractor
        outcome = await shop.read(site.base)
    told = {entry.url.removeprefix(site.base): (str(entry.status), entry.reason) for entry in outcome.ledger}
    bad = {name for name, (status, reason) in told.items() if (status, reason) == ("failed", "broken")}
    assert (outcome.status, bad, len(told)) == ("published", {"/page-b", "/page-e"}, 7)
    assert await live_pages(shop, site) == told.keys() - bad


async def test_a_page_is_not_called_broken_because_the_child_before_it_was_dying() -> None:
    async with ChildExtractor() as extractor:
        await extractor.extract(b"<p>One.</p>", url="http://a/", media_type="text/html")
        waiting: Any = extractor._waiting  # pyright: ignore[reportPrivateUsage]
        os.kill(waiting[0]._process.pid, signal.SIGKILL)
        document = await extractor.extract(b"<p>Two.</p>", url="http://a/", media_type="text/html")
    assert (document.reason, document.blocks[0].text) == (None, "Two.")


async def test_a_page_that_changes_while_it_is_asked_again_is_asked_once_more(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    source_id, url = await source_of(shop), f"{site.base}/page-a"
    site.put("/page-a", "Room 0", "Saved once.", "/")
    added = await ask_again(shop, shop.business_id, source_id, [url, url], actor=ACTOR)
    await ask_again(shop, shop.business_id, source_id, [url], actor=ACTOR)
    claimed = ClaimedJob(shop.business_id, added.job.job_id, RecheckPages(source_id), 1, 5)
    await shop.execute("UPDATE jobs SET state = 'running' WHERE job_id = %s", added.job.job_id)

    class Saves(Held):
        """The owner saves the page again, and their site tells so, after it was fetched and before it is published."""

        async def extend(self) -> None:
            if (await shop.rows("SELECT FROM jobs WHERE kind = 'recheck_pages' AND state = 'queued'")) == []:
                site.put("/page-a", "Room 0", "Saved twice.", "/")
                await ask_again(shop, shop.business_id, source_id, [url], actor=ACTOR)

    await recheck_pages(shop, claimed, Saves())
    assert (await shop.rows("SELECT recheck FROM sources"))[0]["recheck"] == [url]
    (waiting,) = await shop.rows("SELECT job_id FROM jobs WHERE kind = 'recheck_pages' AND state = 'queued'")
    claimed = ClaimedJob(shop.business_id, waiting["job_id"], RecheckPages(source_id), 1, 5)
    await recheck_pages(shop, claimed, Held())
    assert "Saved twice." in " ".join(await shop.live_texts())
    assert (await shop.rows("SELECT recheck FROM sources"))[0]["recheck"] == []
