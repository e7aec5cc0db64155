"""What must stay right is asked of every reading before it goes out; where an answer is lost, the owner is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.dashboard.changes_view import view_changes
from app.dashboard.golden.queries import count_checks, list_checks
from app.dashboard.owner.queries import read_owner_run
from app.golden import check
from app.golden.change import change_golden, pause_golden
from app.golden.entries import keep_entry
from app.golden.model import Expects, NewGolden
from app.golden.queries import list_active, put_results
from app.knowledge.faq.add import add_entry
from app.knowledge.faq.change import change_entry
from app.knowledge.faq.model import NewEntry
from app.knowledge.faq.remove import remove_entry
from app.knowledge.manage import add_files, discard_held, go_back, publish_held, update_now
from app.knowledge.remove import find_target, remove_knowledge
from ingestion.ports import no_fault
from retrieval.ports import EmbeddingFailed
from tests.integration.golden.conftest import MENU, TERMS, Keeper, Words, embed_anew
from tests.integration.ingestion.shop import ACTOR, File
from tests.integration.ingestion.site import Site

TICKET = "What does a day ticket for the sauna cost?"
DOGS = "Are dogs welcome on the terrace?"


async def told(shop: Keeper, generation: int | None) -> dict[str, tuple[int, list[str]]]:
    (row,) = await shop.rows("SELECT changes FROM generations WHERE generation = %s", generation)
    return {one["what"]: (one["count"], one["first"]) for one in row["changes"]}


async def test_a_reading_that_loses_an_answer_waits_and_says_which(shop: Keeper, site: Site):
    first = await shop.read(site.base)
    ticket, dogs = await shop.keep(TICKET, "19 EUR"), await shop.keep(DOGS, "welcome")
    await shop.ask()
    before = await shop.results(first.generation)
    assert before[ticket].passed and before[dogs].passed and before[ticket].found
    site.put("/menu", "Prices", MENU.replace("19 EUR", "24 EUR"), "/")
    held = await shop.read(site.base)
    assert held.status == "held" and held.reason is not None and await shop.live() == first.generation
    assert TICKET in held.reason and "19 EUR" in held.reason and "24 EUR" in held.reason and DOGS not in held.reason
    after = await shop.results(held.generation)
    assert not after[ticket].passed and after[ticket].missing == ["19 EUR"] and after[dogs].passed
    changes = await told(shop, held.generation)
    assert changes["answers_lost"][0] == 1 and changes["answers_lost"][1][0] in held.reason
    view = view_changes([{"what": "answers_lost", "count": 1, "first": changes["answers_lost"][1]}])
    assert view[0].title == "One answer is not right any more"
    # What the owner publishes all the same is what counts from then on.
    assert held.generation is not None
    await publish_held(shop, shop.business_id, held.generation, actor=ACTOR)
    site.put("/", "Harbour sauna", "Welcome to the sauna on the quay.", "/menu", "/terms")
    again = await shop.read(site.base)
    assert again.status == "published" and not (await shop.results(again.generation))[ticket].passed
    site.put("/menu", "Prices", MENU, "/")
    won = await shop.read(site.base)
    assert won.status == "published" and (await told(shop, won.generation))["answers_won"][0] == 1


async def test_what_was_not_right_before_and_what_is_paused_hold_nothing(shop: Keeper, site: Site):
    first = await shop.read(site.base)
    wrong, paused = await shop.keep(TICKET, "99 EUR"), await shop.keep(DOGS, "terrace")
    await shop.ask()
    await pause_golden(shop, shop.business_id, paused, True, actor=ACTOR)
    site.put("/terms", "Terms", "All terms are gone.", "/")
    read = await shop.read(site.base)
    assert read.status == "published" and read.generation != first.generation
    assert set(await shop.results(read.generation)) == {wrong}


async def test_what_should_stay_unanswered_is_asked_about_when_it_is_answered(shop: Keeper, site: Site):
    await shop.read(site.base)
    question = "Do you rent out bicycles?"
    one = await shop.keep(question, expects=Expects.NO_ANSWER)
    await shop.ask()
    assert (await shop.results(await shop.live()))[one].passed
    site.put("/terms", "Bicycles", "We rent out bicycles for 12 EUR a day.", "/")
    held = await shop.read(site.base)
    assert held.status == "held" and held.reason is not None and "should stay unanswered" in held.reason


async def test_a_live_answer_that_was_never_asked_is_asked_beside_the_new_one(shop: Keeper, site: Site):
    await shop.read(site.base)
    ticket = await shop.keep(TICKET, "19 EUR")  # and no worker has come round to it
    site.put("/menu", "Prices", "Ask at the counter.", "/")
    held = await shop.read(site.base)
    assert held.status == "held" and (await shop.results(await shop.live()))[ticket].passed


async def test_a_reading_is_not_blamed_for_what_is_wrong_by_now_on_what_is_live_too(shop: Keeper, site: Site):
    await shop.read(site.base)
    await shop.keep(TICKET, "99 EUR")
    await shop.ask()
    await shop.execute("UPDATE golden_results SET passed = true")  # as it was when the clock or a fact was another
    site.put("/terms", "Terms", TERMS + " Cats too.", "/")
    assert (await shop.read(site.base)).status == "published"


async def test_without_such_questions_nothing_is_asked_and_nothing_embedded(shop: Keeper, site: Site):
    await shop.read(site.base)
    site.put("/terms", "Terms", TERMS + " Cats too.", "/")
    shop.embedder.texts.clear()
    read = await shop.read(site.base)
    assert await shop.results(read.generation) == {}
    assert all("Cats" in text or "Terms" in text for text in shop.embedder.texts)


async def test_the_owners_own_removal_waits_too_and_the_page_of_questions_says_so(shop: Keeper, site: Site):
    await shop.read(site.base)
    entry = NewEntry("Is there a towel for rent?", "A towel for rent costs 3 EUR.")
    faq = await add_entry(shop, shop.business_id, entry, actor=ACTOR)
    await shop.read_own_words()
    await shop.keep("What does a towel for rent cost?", "3 EUR")
    await shop.ask()
    await remove_entry(shop, shop.business_id, faq, actor=ACTOR)
    held = await shop.read_own_words()
    assert held.status == "held" and held.generation is not None
    async with shop.database.business_transaction(shop.business_id) as conn:
        run = await read_owner_run(conn, shop.business_id)
    assert run is not None and run.held and run.reason == held.reason
    await publish_held(shop, shop.business_id, held.generation, actor=ACTOR)
    async with shop.database.business_transaction(shop.business_id) as conn:
        run = await read_owner_run(conn, shop.business_id)
    assert run is not None and not run.held


async def test_an_answer_of_the_owners_is_never_held_by_the_question_made_of_it(shop: Keeper, site: Site):
    await shop.read(site.base)
    towel = NewEntry("Is there a towel for rent?", "A towel for rent costs 3 EUR.")
    faq = await add_entry(shop, shop.business_id, towel, actor=ACTOR)
    async with shop.database.business_transaction(shop.business_id) as conn:
        kept = await keep_entry(
            conn, shop.business_id, faq, towel.question, towel.answer, language="en", actor=ACTOR
        )  # fmt: skip
    assert kept is not None
    first = await shop.read_own_words()
    assert (await shop.results(first.generation))[kept].passed
    # Other words: what they say now is expected from now on.
    dearer = NewEntry("Is there a towel or a robe for rent?", "A towel for rent costs 4 EUR, a robe 9 EUR.")
    await change_entry(shop, shop.business_id, faq, dearer, actor=ACTOR)
    second = await shop.read_own_words()
    assert second.status == "published" and (await shop.results(second.generation))[kept].passed
    async with shop.database.business_transaction(shop.business_id) as conn:
        (golden,) = await list_active(conn, shop.business_id)
    assert (golden.question, golden.facts) == (dearer.question, ["4 EUR", "9 EUR"])
    # Removed, it is not asked; brought back, it is again.
    await remove_entry(shop, shop.business_id, faq, actor=ACTOR)
    third = await shop.read_own_words()
    assert third.status == "published" and await shop.results(third.generation) == {}
    async with shop.database.business_transaction(shop.business_id) as conn:
        (shown,) = await list_checks(conn, shop.business_id, show="paused", match="", offset=0, limit=9)
        assert shown.gone and await count_checks(conn, shop.business_id, "") == {"paused": 1}
    await add_entry(shop, shop.business_id, dearer, actor=ACTOR, faq_id=faq)
    back = await shop.read_own_words()
    assert back.status == "published" and (await shop.results(back.generation))[kept].passed


@dataclass
class Blind(Words):
    """Another model."""

    model: str = "blind"


async def test_another_model_that_loses_an_answer_waits_once(shop: Keeper, site: Site, monkeypatch: pytest.MonkeyPatch):
    await shop.read(site.base)
    ticket = await shop.keep(TICKET, "19 EUR")
    await shop.ask()
    before = await shop.live()
    shop.embedder = Blind()
    judged = check.ask_generation

    async def worse(*values: Any, **named: Any) -> Any:
        """As the other model would find it."""
        results = await judged(*values, **named)
        if values[2].model == "blind":
            return [replace(one, passed=False, text="I do not know.", missing=["19 EUR"]) for one in results]
        return [replace(one, passed=True) for one in results]

    monkeypatch.setattr(check, "ask_generation", worse)
    for turn in range(2):
        await embed_anew(shop)
        rows = await shop.rows("SELECT generation, reason FROM generations WHERE state = 'held'")
        assert len(rows) == 1 and TICKET in rows[0]["reason"], f"turn {turn}: the daily plan asks no second time"
    assert await shop.live() == before
    assert not (await shop.results(rows[0]["generation"]))[ticket].passed
    await publish_held(shop, shop.business_id, rows[0]["generation"], actor=ACTOR)
    assert await shop.live() == rows[0]["generation"]


class Down(Words):
    async def embed(self, texts: Any) -> Any:
        if TICKET in texts:
            raise EmbeddingFailed("the server is away")
        return await super().embed(texts)


@pytest.mark.parametrize("cause", ["no vectors", "no time", "a fault"])
async def test_a_check_that_cannot_be_made_keeps_no_reading_back_and_is_told(
    shop: Keeper, site: Site, monkeypatch: pytest.MonkeyPatch, cause: str
):
    await shop.read(site.base)
    await shop.keep(TICKET, "19 EUR")
    await shop.ask()
    reasons = {"no vectors": check.NO_VECTORS, "no time": check.NO_TIME, "a fault": check.FAULT}
    if cause == "no vectors":
        shop.embedder = Down()
    elif cause == "no time":
        monkeypatch.setattr(check, "SECONDS", 0.0)
    else:

        async def broken(*_values: Any, **_named: Any) -> Any:
            raise LookupError("a defect")

        monkeypatch.setattr(check, "ask_generation", broken)
    site.put("/menu", "Prices", "Ask at the counter.", "/")
    read = await shop.read(site.base)
    assert read.status == "published" and await shop.live() == read.generation
    assert (await told(shop, read.generation))["answers_unasked"] == (1, [reasons[cause]])
    assert await shop.results(read.generation) == {}


async def test_a_worker_that_dies_beside_the_check_leaves_nothing_and_the_next_one_holds(shop: Keeper, site: Site):
    await shop.read(site.base)
    await shop.keep(TICKET, "19 EUR")
    await shop.ask()
    before = await shop.live()
    site.put("/menu", "Prices", "Ask at the counter.", "/")

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "checked":
            raise Killed

    shop.fault = kill
    with pytest.raises(Killed):
        await shop.read(site.base)
    assert await shop.live() == before
    shop.fault = no_fault
    held = await shop.read(site.base)
    assert held.status == "held" and await shop.live() == before
    kept = await shop.rows("SELECT DISTINCT generation FROM golden_results ORDER BY 1")
    assert [row["generation"] for row in kept] == [before, held.generation]


async def test_going_back_asks_nothing_and_brings_the_former_results(shop: Keeper, site: Site):
    first = await shop.read(site.base)
    ticket = await shop.keep(TICKET, "19 EUR")
    await shop.ask()
    site.put("/menu", "Prices", MENU.replace("19 EUR", "24 EUR"), "/")
    held = await shop.read(site.base)
    assert held.generation is not None
    await publish_held(shop, shop.business_id, held.generation, actor=ACTOR)
    assert await go_back(shop, shop.business_id, actor=ACTOR) == first.generation
    assert (await shop.results(await shop.live()))[ticket].passed


async def test_what_was_changed_or_removed_while_it_was_asked_keeps_no_result(shop: Keeper, site: Site):
    read = await shop.read(site.base)
    ticket = await shop.keep(TICKET, "19 EUR")
    await shop.ask()
    results = list((await shop.results(read.generation)).values())
    assert read.generation is not None
    async with shop.database.business_transaction(shop.business_id) as conn:
        asked = await list_active(conn, shop.business_id)
    await change_golden(shop, shop.business_id, ticket, NewGolden(DOGS, ("welcome",)), actor=ACTOR)
    async with shop.database.business_transaction(shop.business_id) as conn:
        await put_results(conn, shop.business_id, read.generation, asked, results)
        await put_results(conn, shop.business_id, 99, asked, results)
    assert await shop.results(read.generation) == {}
    await shop.ask()
    assert (await shop.results(read.generation))[ticket].passed


async def test_asking_in_between_fills_what_former_versions_were_not_asked(shop: Keeper, site: Site):
    first = await shop.read(site.base)
    site.put("/menu", "Prices", MENU.replace("19 EUR", "24 EUR"), "/")
    second = await shop.read(site.base)
    ticket = await shop.keep(TICKET, "24 EUR")
    await shop.ask()
    assert not (await shop.results(first.generation))[ticket].passed
    assert (await shop.results(second.generation))[ticket].passed


async def test_what_the_owner_said_waits_beside_what_the_site_says_and_neither_is_lost(shop: Keeper, site: Site):
    await shop.read(site.base)
    entry = NewEntry("Is there a towel for rent?", "A towel for rent costs 3 EUR.")
    faq = await add_entry(shop, shop.business_id, entry, actor=ACTOR)
    await shop.read_own_words()
    await shop.keep("What does a towel for rent cost?", "3 EUR")
    await shop.keep(TICKET, "19 EUR")
    await shop.ask()
    await remove_entry(shop, shop.business_id, faq, actor=ACTOR)
    own = await shop.read_own_words()
    site.put("/menu", "Prices", "Ask at the counter.", "/")
    pages = await shop.read(site.base)
    assert (own.status, pages.status) == ("held", "held")
    waiting = await shop.rows("SELECT generation FROM generations WHERE state = 'held' ORDER BY 1")
    assert [row["generation"] for row in waiting] == [own.generation, pages.generation]
    assert pages.generation is not None
    await publish_held(shop, shop.business_id, pages.generation, actor=ACTOR)
    again = await shop.read_own_words()  # planned by publishing: it was put together without what is live now
    assert again.status == "held" and again.reason is not None and "towel" in again.reason
    assert again.generation is not None
    await discard_held(shop, shop.business_id, again.generation, actor=ACTOR)
    async with shop.database.business_transaction(shop.business_id) as conn:
        run = await read_owner_run(conn, shop.business_id)
    assert run is not None and run.discarded and not run.held
    await update_now(shop, shop.business_id, run.source_id, actor=ACTOR)
    assert (await shop.read_own_words()).status == "held"


async def test_a_removal_waits_for_nobody_and_is_asked_about_after(shop: Keeper, site: Site):
    await shop.read(site.base)
    note = File("note.txt", b"A key for the locker costs 8 EUR.")
    await shop.run(await add_files(shop, shop.business_id, [note], actor=ACTOR))
    key = await shop.keep("What does a key for the locker cost?", "8 EUR")
    await shop.ask()
    assert (await shop.results(await shop.live()))[key].passed
    target = await find_target(shop, shop.business_id, "note.txt")
    removal = await remove_knowledge(shop, shop.business_id, target, actor=ACTOR)
    assert removal.generation == await shop.live() and await shop.results(removal.generation) == {}
    assert await shop.rows("SELECT FROM golden_results WHERE strpos(text || citations::text, 'locker') > 0") == []
    await shop.ask()
    assert not (await shop.results(removal.generation))[key].passed
