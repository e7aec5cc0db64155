"""A look at a site keeps nothing; asking a few pages again changes these and no others; the owner's rules hold."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import BadInput, NotAllowed
from app.jobs.model import ClaimedJob, PreviewSource, RecheckPages
from app.knowledge.choices.ask_again import ask_again
from app.knowledge.choices.leave_out import leave_out
from app.knowledge.follow import read_outcome
from app.knowledge.manage import add_site
from app.knowledge.model import Added, Outcome, Wishes
from app.knowledge.preview import add_draft, preview_source
from app.knowledge.recheck import recheck_pages
from app.knowledge.wishes import wish
from app.outbound import OutboundFetcher
from app.settings import Settings
from ingestion.ports import no_fault
from tests.integration.ingestion.shop import ACTOR, Held, Shop
from tests.integration.ingestion.site import Site


async def look(shop: Shop, address: str) -> tuple[Added, Outcome]:
    added = await add_draft(shop, shop.business_id, address, actor=ACTOR)
    claimed = ClaimedJob(shop.business_id, added.job.job_id, PreviewSource(added.source_id), 1, 5)
    await preview_source(shop, claimed, Held())
    return added, await read_outcome(shop.database, shop.business_id, added.job.job_id)


async def recheck(shop: Shop, added: Added) -> Outcome:
    claimed = ClaimedJob(shop.business_id, added.job.job_id, RecheckPages(added.source_id), 1, 5)
    await recheck_pages(shop, claimed, Held())
    return await read_outcome(shop.database, shop.business_id, added.job.job_id)


async def source(shop: Shop) -> dict[str, Any]:
    (row,) = await shop.rows("SELECT * FROM sources WHERE kind = 'site'")
    return row


async def test_a_look_at_a_site_asks_little_keeps_nothing_and_tells_all_it_met(shop: Shop, site: Site):
    names = [f"/page-{chr(97 + n)}{chr(97 + m)}" for n in range(5) for m in range(20)]
    site.put("/", "Harbour", "All our rooms.", *names, "/secret/x", "/gone", "/old/a", "/film.mp4")
    for name in names:
        site.put(name, f"Room {name}", f"This is room {name}.", "/")
    site.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /secret/")
    await wish(shop, shop.business_id, site.base, Wishes(exclude=("/old/",)), actor=ACTOR)
    _, outcome = await look(shop, site.base)
    assert (outcome.status, outcome.generation, outcome.reason) == ("previewed", None, None)
    assert len(site.asked) <= 20
    told = {entry.url.removeprefix(site.base): entry.reason for entry in outcome.ledger}
    assert set(names) <= told.keys()
    would = [url for url, reason in told.items() if reason == "would_be_read"]
    assert len(would) >= 100
    assert (told["/secret/x"], told["/old/a"], told["/film.mp4"]) == ("robots_disallowed", "excluded", "not_text")
    for table in ("documents", "generations", "chunks"):
        assert await shop.rows(f"SELECT FROM {table}") == []
    assert (await source(shop))["draft"] is True


async def test_a_draft_that_is_added_is_a_site_like_any_other(shop: Shop, site: Site):
    site.fill()
    added, _ = await look(shop, site.base)
    assert (await add_site(shop, shop.business_id, site.base, actor=ACTOR)).source_id == added.source_id
    assert (await source(shop))["draft"] is False
    assert (await shop.read(site.base)).pages.fetched == 7
    again, outcome = await look(shop, site.base)
    assert again.source_id == added.source_id and outcome.status == "previewed"
    assert (await source(shop))["draft"] is False, "a look at a site in use changes nothing about it"
    assert await shop.live() == 1


async def test_a_look_at_a_site_that_cannot_be_read_says_why(shop: Shop, site: Site):
    site.pages = {"/": (403, "text/html", b"no")}
    _, outcome = await look(shop, site.base)
    assert outcome.status == "failed"
    assert outcome.reason is not None and "refused to let Milo read" in outcome.reason


async def test_asking_again_changes_the_named_pages_and_no_others(shop: Shop, site: Site):
    site.fill()
    first = await shop.read(site.base)
    (row,) = await shop.rows("SELECT source_id FROM sources")
    site.put("/page-a", "Room 0", "A new ship came in.", "/")
    site.put("/page-b", "Room 1", "This must not be noticed yet.", "/")
    site.put("/page-z", "Room Z", "The room that no page links to.", "/")
    asked = [site.base + "/page-a", site.base + "/page-z"]
    added = await ask_again(shop, shop.business_id, row["source_id"], asked, actor=ACTOR)
    site.asked.clear()
    outcome = await recheck(shop, added)
    assert outcome.status == "published" and outcome.generation == (first.generation or 0) + 1
    assert sorted(site.asked) == ["/page-a", "/page-z", "/robots.txt"]
    texts = " ".join(await shop.live_texts())
    assert "A new ship" in texts and "no page links to" in texts
    assert "year 1801" in texts and "year 1805" in texts and "not be noticed" not in texts
    assert (await source(shop))["recheck"] == []
    assert len(outcome.ledger) == 2


async def test_a_page_that_is_gone_twice_leaves_by_asking_again(shop: Shop, site: Site):
    site.fill()
    await shop.read(site.base)
    (row,) = await shop.rows("SELECT source_id FROM sources")
    del site.pages["/page-a"]
    for expected in (True, False):
        added = await ask_again(shop, shop.business_id, row["source_id"], [site.base + "/page-a"], actor=ACTOR)
        assert (await recheck(shop, added)).status == "published"
        assert ("year 1800" in " ".join(await shop.live_texts())) is expected
        await shop.execute("DELETE FROM jobs")


async def test_what_the_owner_leaves_out_leaves_without_a_request_and_stays_out(shop: Shop, site: Site):
    site.fill()
    await shop.read(site.base)
    (row,) = await shop.rows("SELECT source_id FROM sources")
    assert await leave_out(shop, shop.business_id, row["source_id"], site.base + "/page-a", actor=ACTOR) == "/page-a$"
    (job,) = await shop.rows("SELECT job_id, kind FROM jobs WHERE kind = 'recheck_pages'")
    site.asked.clear()
    claimed = ClaimedJob(shop.business_id, job["job_id"], RecheckPages(row["source_id"]), 1, 5)
    await recheck_pages(shop, claimed, Held())
    assert site.asked == []
    texts = " ".join(await shop.live_texts())
    assert "year 1800" not in texts and "year 1801" in texts
    await shop.execute("DELETE FROM jobs")
    outcome = await shop.read(site.base)
    assert "/page-a" not in site.asked
    (entry,) = [entry for entry in outcome.ledger if entry.url.endswith("/page-a")]
    assert (entry.reason, entry.detail) == ("excluded", "/page-a$")


async def test_rules_on_the_command_line_are_kept_and_wrong_ones_refused(shop: Shop, site: Site):
    site.fill()
    site.put("/shop/tea", "Tea", "Tea costs five.", "/")
    site.put("/", "Harbour", "All.", "/page-a", "/shop/tea")
    wishes = Wishes(include=("/shop/",), max_pages=9)
    await wish(shop, shop.business_id, site.base, wishes, actor=ACTOR)
    outcome = await shop.read(site.base)
    told = {entry.url.removeprefix(site.base): entry.reason for entry in outcome.ledger}
    assert told == {"/": "excluded", "/page-a": "excluded", "/shop/tea": None}
    kept = await source(shop)
    assert (kept["include"], kept["max_pages"], kept["draft"]) == (["/shop/"], 9, False)
    with pytest.raises(BadInput, match="no rule"):
        await wish(shop, shop.business_id, site.base, Wishes(exclude=("/a b",)), actor=ACTOR)


async def test_robots_may_be_ignored_only_where_the_host_is_proved(shop: Shop, site: Site, settings: Settings):
    site.fill(2)
    site.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /page-a")
    assert (await shop.read(site.base)).pages.fetched == 2
    wishes = Wishes(ignore_robots=True)
    await wish(shop, shop.business_id, site.base, wishes, actor=ACTOR)
    outcome = await shop.read(site.base)
    (entry,) = [entry for entry in outcome.ledger if entry.url.endswith("/page-a")]
    assert (str(entry.status), entry.reason) == ("fetched", "robots_overridden")
    assert "year 1800" in " ".join(await shop.live_texts())
    again = await shop.read(site.base)
    (entry,) = [entry for entry in again.ledger if entry.url.endswith("/page-a")]
    assert (str(entry.status), entry.reason) == ("unchanged", "robots_overridden")
    allowed, shop.fetcher = shop.fetcher, OutboundFetcher(settings)
    try:
        with pytest.raises(NotAllowed, match="not proved to be yours"):
            await wish(shop, shop.business_id, "http://stranger.example", wishes, actor=ACTOR)
    finally:
        await shop.fetcher.close()
        shop.fetcher = allowed
    assert len(await shop.rows("SELECT FROM sources")) == 1


async def test_a_site_that_is_empty_without_javascript_is_marked_until_it_is_not(shop: Shop, site: Site):
    site.fill(2)
    site.pages["/page-a"] = (200, "text/html", b"<div id=root></div><script src=x></script>")
    outcome = await shop.read(site.base)
    assert {entry.reason for entry in outcome.ledger} == {None, "script_shell"}
    assert (await source(shop))["needs_browser"] is True
    site.put("/page-a", "Room 0", "Sent as HTML by now.", "/")
    await shop.read(site.base)
    assert (await source(shop))["needs_browser"] is False


class Killed(BaseException):
    """Stands for kill -9."""


async def test_one_reading_that_is_begun_again_after_a_crash_counts_a_missing_page_once(shop: Shop, site: Site):
    site.fill(3)
    await shop.read(site.base)
    del site.pages["/page-a"]

    def kill(passed: str) -> None:
        if passed == "after_publish":
            raise Killed

    site.put("/page-b", "Room 1", "Something new, so that a generation is made.", "/")
    shop.fault = kill
    added = await add_site(shop, shop.business_id, site.base, actor=ACTOR)
    with pytest.raises(Killed):
        await shop.run(added)
    shop.fault = no_fault
    await shop.run(added, attempts=2)
    assert "year 1800" in " ".join(await shop.live_texts())
    await shop.read(site.base)
    assert "year 1800" not in " ".join(await shop.live_texts())
