"""What a new reading says otherwise than what is live: written down, and asked about where it is much."""

from __future__ import annotations

import pytest

from app.dashboard.changes_view import view_changes
from app.jobs.model import IngestSource, JobRef
from app.knowledge.facts.board import read_board
from app.knowledge.facts.confirm import confirm_facts
from app.knowledge.facts.model import Chosen
from app.knowledge.manage import add_files, publish_held
from app.knowledge.model import Added
from app.knowledge.publish import publish_and_follow
from ingestion.facts.recognise import OF_A_DOCUMENT
from ingestion.sentences import FACTS_LEFT_OUT
from tests.integration.ingestion.shop import ACTOR, File, Shop
from tests.integration.ingestion.site import Site

Told = dict[str, tuple[int, list[str]]]


async def changes(shop: Shop, generation: int | None) -> Told:
    (row,) = await shop.rows("SELECT changes FROM generations WHERE generation = %s", generation)
    return {one["what"]: (one["count"], one["first"]) for one in row["changes"]}


def letters(count: int) -> list[str]:
    return [f"/page-{chr(97 + number)}" for number in range(count)]


@pytest.mark.parametrize(("gone", "status"), [(3, "published"), (4, "held")])
async def test_a_loss_of_over_thirty_percent_is_held_and_no_less(shop: Shop, site: Site, gone: int, status: str):
    site.fill(9)  # ten pages
    await shop.read(site.base)
    kept = letters(9)[gone:]
    site.put("/", "Harbour Museum", "We show ships of all times.", *kept)
    outcome = await shop.read(site.base)
    assert outcome.status == status
    told = await changes(shop, outcome.generation)
    assert told["gone"] == (gone, [site.base + path for path in letters(gone)])
    if status == "held":
        assert outcome.reason is not None and outcome.reason.startswith(f"{gone} of 10 pages are gone")


async def test_new_pages_do_not_hide_those_that_are_gone(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    for number in range(8):
        site.put(f"/casino-{number}", f"Offer {number}", f"Bonus number {number} for you.", "/")
    site.put("/", "Casino", "Play here.", *(f"/casino-{number}" for number in range(8)))
    outcome = await shop.read(site.base)
    assert outcome.status == "held" and outcome.reason is not None and "5 of 6 pages are gone" in outcome.reason


async def test_a_page_with_another_address_is_moved_and_not_lost(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    for number, old in enumerate(letters(5)):
        site.pages[f"/rooms/{number}"] = site.pages.pop(old)
    site.put("/", "Harbour Museum", "We show ships of all times.", *(f"/rooms/{number}" for number in range(5)))
    outcome = await shop.read(site.base)
    assert outcome.status == "published"
    told = await changes(shop, outcome.generation)
    count, first = told["moved"]
    assert count == 5 and f"{site.base}/page-a → {site.base}/rooms/0" in first
    assert "gone" not in told and "new" not in told


async def test_a_small_source_may_change_wholly(shop: Shop, site: Site):
    site.fill(2)
    await shop.read(site.base)
    site.put("/", "Harbour Museum", "We moved.")
    assert (await shop.read(site.base)).status == "published"


async def test_what_is_published_says_shortly_what_changed(shop: Shop, site: Site):
    site.fill(20)
    first = await shop.read(site.base)
    count, told = (await changes(shop, first.generation))["new"]
    assert (count, len(told)) == (21, 10)
    site.put("/page-a", "Room 0", "Closed for repairs.", "/")
    site.put("/page-zz", "Late", "A late room.", "/")
    site.put("/page-b", "Room 1", "Room number 1 holds the ship of the year 1801.", "/", "/page-zz")
    second = await shop.read(site.base)
    after = await changes(shop, second.generation)
    assert after["new"] == (1, [f"{site.base}/page-zz"])
    assert f"{site.base}/page-a" in after["changed"][1] and "gone" not in after


async def test_what_is_held_names_fifty_and_counts_the_rest(shop: Shop, site: Site):
    site.put("/", "Rooms", "All rooms.", *(f"/room-{number:03}" for number in range(70)))
    syllables = [first + last for first in "bdfgklmnprstv" for last in "aeiou"]
    for number in range(70):
        word = syllables[number % 65] + syllables[(7 * number + number // 65) % 65]
        text = f"The {word} came from {word}land with {word}ers and was called {word[::-1]}."
        site.put(f"/room-{number:03}", f"{word} {number}", text, "/")
    await shop.read(site.base)
    site.put("/", "Rooms", "No rooms.")
    held = await shop.read(site.base)
    count, told = (await changes(shop, held.generation))["gone"]
    assert held.status == "held" and (count, len(told)) == (70, 50)


async def test_facts_that_were_too_many_are_counted_and_the_owner_is_told(shop: Shop, site: Site):
    prices = "".join(f"<li>Cut number {number}: {number}.50 EUR</li>" for number in range(1, OF_A_DOCUMENT + 12))
    body = f"<html lang=en><title>Prices</title><h1>Prices</h1><ul>{prices}</ul></html>"
    site.pages["/"] = (200, "text/html; charset=utf-8", body.encode())
    read = await shop.read(site.base)
    (row,) = await shop.rows("SELECT changes FROM generations WHERE generation = %s", read.generation)
    told = next(one for one in view_changes(row["changes"]) if "kept" in one.title)
    assert (told.title, told.more) == ("11 facts were not kept", 0)
    assert told.lines == (FACTS_LEFT_OUT,)


async def test_another_source_does_not_count_in_the_loss_of_one(shop: Shop, site: Site):
    site.fill(5)
    await shop.read(site.base)
    files = [File(f"note-{number}.txt", f"Note number {number}.".encode()) for number in range(30)]
    await shop.run(await add_files(shop, shop.business_id, files, actor=ACTOR))
    site.put("/", "Harbour Museum", "Closed.")
    held = await shop.read(site.base)
    assert held.status == "held" and held.generation is not None
    await publish_held(shop, shop.business_id, held.generation, actor=ACTOR)
    assert "Note number 3." in "\n".join(await shop.live_texts())


async def test_another_language_country_or_zone_makes_the_passages_anew(shop: Shop, site: Site):
    site.fill(2)
    await shop.read(site.base)
    for column, value in (("language", "da"), ("country", "DK"), ("time_zone", "Europe/Copenhagen")):
        before = await shop.live()
        await shop.execute(f"UPDATE businesses SET {column} = %s", value)
        shop.embedder.texts.clear()
        await shop.read(site.base)
        assert await shop.live() != before and shop.embedder.texts == [], column
        assert await changes(shop, await shop.live()) == {}
    before = await shop.live()
    await shop.read(site.base)
    assert await shop.live() == before


def contact(site: Site, saturday: str, *more: str) -> None:
    rows = f"Monday-Friday 9:00-17:00<br>Saturday {saturday}" if saturday else "Please call us."
    body = f"<html lang=en><title>Contact</title><h1>Opening hours</h1><p>{rows}</p>{''.join(more)}</html>"
    site.pages["/contact"] = (200, "text/html; charset=utf-8", body.encode())


async def confirm(shop: Shop, kind: str) -> None:
    """As the owner does in the dashboard, for everything of that kind that was found; and the owner's word is read."""
    async with shop.database.business_transaction(shop.business_id) as conn:
        board = await read_board(conn, shop.business_id, shop.clock())
    chosen = [Chosen(fact.slot, fact.statements[0].key) for fact in board.facts if fact.slot.kind == kind]
    await confirm_facts(shop, shop.business_id, chosen, actor=ACTOR)
    await read_own_words(shop)


async def read_own_words(shop: Shop) -> None:
    (waiting,) = await shop.rows(
        "SELECT job_id, source_id FROM jobs JOIN sources ON sources.source_id::text = jobs.key"
        " WHERE state = 'queued' AND sources.kind = 'owner'"
    )
    added = Added(waiting["source_id"], JobRef(shop.business_id, waiting["job_id"], IngestSource.kind))
    assert (await shop.run(added)).status == "published"


async def hours_of(shop: Shop, day: int) -> list[list[str]]:
    async with shop.database.business_transaction(shop.business_id) as conn:
        board = await read_board(conn, shop.business_id, shop.clock())
    (fact,) = [one for one in board.facts if one.slot.kind == "hours" and one.slot.part == str(day)]
    assert fact.value is not None
    return fact.value["spans"]


async def test_a_confirmed_fact_that_changes_waits_for_the_owner(shop: Shop, site: Site):
    site.put("/", "Museum", "Ships of all times.", "/contact")
    contact(site, "10:00-16:00")
    await shop.read(site.base)
    await confirm(shop, "hours")
    first = await shop.live()
    contact(site, "10:00-14:00")
    held = await shop.read(site.base)
    assert held.status == "held" and held.reason is not None and await shop.live() == first
    count, told = (await changes(shop, held.generation))["facts"]
    assert count == 1 and "16" in told[0] and "14" in told[0] and told[0].endswith("on /contact"), told
    assert told[0] in held.reason
    assert held.generation is not None
    assert await hours_of(shop, 6) == [["10:00", "16:00"]]
    assert await publish_and_follow(shop, shop.business_id, held.generation, actor=ACTOR) == 1
    assert await hours_of(shop, 6) == [["10:00", "14:00"]], "what was confirmed follows the page"
    assert await hours_of(shop, 1) == [["09:00", "17:00"]]
    await read_own_words(shop)
    # The owner has decided: the same page does not ask again, whatever else is new.
    site.put("/", "Museum", "Ships and anchors of all times.", "/contact")
    assert (await shop.read(site.base)).status == "published"


async def test_a_fact_that_nobody_confirmed_changes_without_asking(shop: Shop, site: Site):
    site.put("/", "Museum", "Ships of all times.", "/contact")
    contact(site, "10:00-16:00")
    await shop.read(site.base)
    contact(site, "10:00-14:00")
    assert (await shop.read(site.base)).status == "published"


async def test_a_confirmed_fact_that_a_page_says_no_more_is_told_and_not_held(shop: Shop, site: Site):
    site.put("/", "Museum", "Ships of all times.", "/contact")
    contact(site, "10:00-16:00")
    await shop.read(site.base)
    await confirm(shop, "hours")
    contact(site, "")
    outcome = await shop.read(site.base)
    assert outcome.status == "published"
    assert (await changes(shop, outcome.generation))["facts_gone"][0] >= 1


async def test_pages_that_begin_to_disagree_are_told(shop: Shop, site: Site):
    site.put("/", "Museum", "Ships of all times.", "/contact", "/visit")
    site.put("/visit", "Visit", "Come and see us.")
    contact(site, "10:00-16:00")
    await shop.read(site.base)
    site.put("/visit", "Opening hours", "Saturday 10:00-13:00")
    outcome = await shop.read(site.base)
    assert outcome.status == "published"
    count, told = (await changes(shop, outcome.generation))["conflicts"]
    assert count >= 1 and "13" in told[0] and "16" in told[0]
