"""What the owner says is known at once, quoted with its date, and gone when it is taken back or ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.channels.operator.ask import ask, business_by_slug
from app.errors import BadInput, Conflict, NotFound
from app.jobs.model import IngestSource, JobRef
from app.knowledge.facts.add import add_fact
from app.knowledge.facts.board import Board, read_board
from app.knowledge.facts.confirm import confirm_facts
from app.knowledge.facts.correct import correct_fact
from app.knowledge.facts.model import Chosen, Fact, NewFact, State
from app.knowledge.facts.reject import reject_fact
from app.knowledge.facts.take_back import take_back
from app.knowledge.faq.add import add_entry
from app.knowledge.faq.change import change_entry
from app.knowledge.faq.model import Entry, NewEntry
from app.knowledge.faq.queries import list_entries
from app.knowledge.faq.remove import remove_entry
from app.knowledge.manage import go_back
from app.knowledge.model import Added
from app.settings import Settings
from app.wiring import Overrides, open_services
from tests.integration.ingestion.shop import ACTOR
from tests.integration.ingestion.site import Site
from tests.integration.owner.conftest import Cafe, hours, page

DOGS = NewEntry("May I bring my dog?", "Yes, dogs are welcome on the terrace.\n\n- Inside, only guide dogs.")


async def board(cafe: Cafe) -> Board:
    async with cafe.database.business_transaction(cafe.business_id) as conn:
        return await read_board(conn, cafe.business_id, cafe.clock())


async def fact(cafe: Cafe, part: str) -> Fact:
    return next(one for one in (await board(cafe)).facts if one.slot.part == part)


async def entries(cafe: Cafe, match: str = "") -> list[Entry]:
    async with cafe.database.business_transaction(cafe.business_id) as conn:
        return await list_entries(conn, cafe.business_id, match=match)


async def owned_texts(cafe: Cafe) -> list[str]:
    rows = await cafe.rows(
        "SELECT c.text FROM chunks c JOIN businesses b ON b.live_generation = c.generation JOIN documents d"
        " USING (document_id) WHERE d.url NOT LIKE 'http%%' ORDER BY chunk_no"
    )
    return [row["text"] for row in rows]


async def test_a_question_is_answered_from_once_it_is_read(cafe: Cafe) -> None:
    faq_id = await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    assert [entry.live for entry in await entries(cafe)] == [False]
    report = await cafe.catch_up()
    assert report.status == "published" and report.pages.fetched == 1
    assert [(entry.faq_id, entry.live) for entry in await entries(cafe)] == [(faq_id, True)]
    answered = await cafe.ask("May I bring my dog?", "2026-11-20T12:00+01:00")
    assert "dogs are welcome on the terrace" in answered.text
    citation = answered.sentences[0].citations[0]
    assert citation.title == DOGS.question and citation.url == f"faq:{faq_id}"
    # The pages are as they were, and were not asked for again.
    assert any("Coffee and cake" in text for text in await cafe.live_texts())


async def test_saving_the_same_again_reads_nothing_anew_and_stays_live(cafe: Cafe) -> None:
    faq_id = await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    await cafe.catch_up()
    live = await cafe.live()
    await change_entry(cafe, cafe.business_id, faq_id, DOGS, actor=ACTOR)
    report = await cafe.catch_up()
    assert (report.pages.unchanged, await cafe.live()) == (1, live)
    assert [entry.live for entry in await entries(cafe)] == [True]


async def test_a_changed_answer_replaces_the_old_one(cafe: Cafe) -> None:
    faq_id = await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    await cafe.catch_up()
    await change_entry(cafe, cafe.business_id, faq_id, NewEntry(DOGS.question, "No dogs."), actor=ACTOR)
    assert [entry.live for entry in await entries(cafe)] == [False]
    await cafe.catch_up()
    assert await owned_texts(cafe) == [f"{DOGS.question}\nNo dogs."]


async def test_a_removed_question_is_gone_and_comes_back_by_undo(cafe: Cafe) -> None:
    faq_id = await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    await cafe.catch_up()
    removed = await remove_entry(cafe, cafe.business_id, faq_id, actor=ACTOR)
    report = await cafe.catch_up()
    assert report.status == "published" and await owned_texts(cafe) == []
    assert await add_entry(cafe, cafe.business_id, removed, actor=ACTOR, faq_id=faq_id) == faq_id
    assert await add_entry(cafe, cafe.business_id, removed, actor=ACTOR, faq_id=faq_id) == faq_id  # pressed twice
    await cafe.catch_up()
    assert len(await entries(cafe)) == len(await owned_texts(cafe)) == 1
    with pytest.raises(NotFound):
        await remove_entry(cafe, cafe.business_id, cafe.business_id, actor=ACTOR)


async def test_nothing_still_holds_a_removed_question(cafe: Cafe) -> None:
    """Not by SQL, not by words, not by vector, in no generation that is kept."""
    faq_id = await add_entry(cafe, cafe.business_id, NewEntry("Zebras?", "Zebras are welcome."), actor=ACTOR)
    await cafe.catch_up()
    await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    await cafe.catch_up()
    await remove_entry(cafe, cafe.business_id, faq_id, actor=ACTOR)
    await cafe.catch_up()
    for query in (
        "SELECT FROM chunks WHERE text ILIKE '%%zebra%%' OR title ILIKE '%%zebra%%'",
        "SELECT FROM document_versions WHERE text ILIKE '%%zebra%%'",
        "SELECT FROM documents WHERE url LIKE '%%" + str(faq_id) + "'",
        "SELECT FROM postings WHERE term LIKE '%%zebra%%'",
        "SELECT FROM chunk_windows w WHERE NOT EXISTS (SELECT FROM chunks c"
        " WHERE c.generation = w.generation AND c.chunk_no = w.chunk_no)",
    ):
        assert await cafe.rows(query) == [], query


async def test_going_back_brings_no_removed_question_back(cafe: Cafe, site: Site) -> None:
    faq_id = await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    await cafe.catch_up()
    site.pages["/"] = page("Welcome", "<p>Coffee, cake and soup on the quay.</p>", "/contact")
    await cafe.read(site.base)
    await change_entry(cafe, cafe.business_id, faq_id, NewEntry(DOGS.question, "No dogs."), actor=ACTOR)
    await cafe.catch_up()
    await go_back(cast(Any, cafe), cafe.business_id, actor=ACTOR)
    assert "welcome" in (await owned_texts(cafe))[0]  # for the seconds that the job waits
    assert (await cafe.catch_up()).status == "published"
    assert await owned_texts(cafe) == [f"{DOGS.question}\nNo dogs."]


async def test_what_the_owner_saves_does_not_take_away_the_way_back(cafe: Cafe, site: Site) -> None:
    site.pages["/"] = page("Welcome", "<p>Hacked page.</p>", "/contact")
    await cafe.read(site.base)
    for entry in (DOGS, NewEntry("Vegan cakes?", "Every day.")):
        await add_entry(cafe, cafe.business_id, entry, actor=ACTOR)
        await cafe.catch_up()
    assert any("Hacked" in text for text in await cafe.live_texts())
    await go_back(cast(Any, cafe), cafe.business_id, actor=ACTOR)
    await cafe.catch_up()
    texts = " ".join(await cafe.live_texts())
    assert "Hacked" not in texts and "welcome" in texts and "Every day." in texts

    with pytest.raises(Conflict):  # a second press of the button: nothing but the owner's own words lies between
        await go_back(cast(Any, cafe), cafe.business_id, actor=ACTOR)
    assert (await cafe.read(site.base)).status == "held"
    assert not any("Hacked" in text for text in await cafe.live_texts())


async def test_what_waits_is_asked_about_again_after_the_owner_saved_something(cafe: Cafe, site: Site) -> None:
    listed = "<h2>Opening hours</h2><p>Saturday 10-16</p>"
    site.pages["/contact"] = page("Contact us", listed, "/")
    await cafe.read(site.base)
    [said] = (await fact(cafe, "6")).statements
    await confirm_facts(cafe, cafe.business_id, [Chosen(said.slot, said.key)], actor=ACTOR)
    await cafe.catch_up()
    site.pages["/contact"] = page("Contact us", listed.replace("10-16", "10-14"), "/")
    assert (await cafe.read(site.base)).status == "held"
    await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    assert (await cafe.catch_up()).status == "published"
    source = (await cafe.rows("SELECT source_id FROM sources WHERE kind = 'site'"))[0]["source_id"]
    queued = "SELECT job_id FROM jobs WHERE state = 'queued' AND payload ->> 'source_id' = %s AND run_after <= now()"
    [job] = await cafe.rows(queued, str(source))
    again = await cafe.run(Added(source, JobRef(cafe.business_id, job["job_id"], IngestSource.kind)))
    assert again.status == "held" and "10-14" in (again.reason or "")
    assert await cafe.rows(queued, str(source)) == []  # once: it does not call itself


async def test_questions_are_searched_in_both_halves(cafe: Cafe) -> None:
    await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)
    await add_entry(cafe, cafe.business_id, NewEntry("100 % vegan cakes?", "Every day."), actor=ACTOR)
    assert [entry.question for entry in await entries(cafe, "TERRACE")] == [DOGS.question]
    assert [entry.question for entry in await entries(cafe, "100 %")] == ["100 % vegan cakes?"]
    assert len(await entries(cafe)) == 2


@pytest.mark.parametrize(("question", "answer"), [("", "a"), ("q", " \n "), ("q" * 501, "a"), ("q", "a" * 10_001)])
async def test_what_is_no_entry_is_refused_with_a_sentence(cafe: Cafe, question: str, answer: str) -> None:
    with pytest.raises(BadInput):
        await add_entry(cafe, cafe.business_id, NewEntry(question, answer), actor=ACTOR)
    assert await entries(cafe) == [] and await cafe.waiting() is None


async def test_a_confirmed_day_is_the_owners_word_and_can_be_taken_back(cafe: Cafe) -> None:
    found = await fact(cafe, "6")
    assert found.state is State.FOUND
    [said] = found.statements
    assert said.places[0].quote == "Saturday 10:00-16:00"
    made = await confirm_facts(cafe, cafe.business_id, [Chosen(said.slot, said.key)], actor=ACTOR)
    await cafe.catch_up()
    assert await owned_texts(cafe) == ["Opening hours, Saturday: 10:00–16:00"]
    rows = await cafe.rows("SELECT state, found_url, found_key, decided_by FROM facts")
    assert rows[0]["state"] == "confirmed" and rows[0]["found_url"].endswith("/contact")
    assert rows[0]["found_key"] == said.found_key and rows[0]["decided_by"] == ACTOR
    await take_back(cafe, cafe.business_id, made, actor=ACTOR)
    await cafe.catch_up()
    assert await owned_texts(cafe) == []
    with pytest.raises(NotFound):
        await take_back(cafe, cafe.business_id, made, actor=ACTOR)
    audited = await cafe.rows("SELECT action FROM audit_log WHERE action LIKE 'fact%%' ORDER BY at")
    assert [row["action"] for row in audited] == ["fact.confirm", "fact.take_back"]


async def test_the_whole_week_is_confirmed_at_once_and_reads_as_a_week(cafe: Cafe) -> None:
    chosen = [Chosen(one.slot, one.statements[0].key) for one in (await board(cafe)).facts]
    assert len(chosen) == 7
    await confirm_facts(cafe, cafe.business_id, chosen, actor=ACTOR)
    await cafe.catch_up()
    [text] = await owned_texts(cafe)
    assert text.split("\n")[4:] == [
        "Opening hours, Friday: 09:00–17:00", "Opening hours, Saturday: 10:00–16:00", "Opening hours, Sunday: closed",
    ]  # fmt: skip


async def test_a_correction_stands_over_the_page(cafe: Cafe) -> None:
    [said] = (await fact(cafe, "6")).statements
    new = NewFact("hours", "", hours("6", "10-14"))
    await correct_fact(cafe, cafe.business_id, Chosen(said.slot, said.key), new, actor=ACTOR)
    corrected = await fact(cafe, "6")
    assert corrected.state is State.CORRECTED and corrected.value == hours("6", "10:00-14:00")
    assert [one.key for one in corrected.otherwise] == [said.key]
    await cafe.catch_up()
    assert await owned_texts(cafe) == ["Opening hours, Saturday: 10:00–14:00"]


async def test_a_correction_to_another_date_refuses_the_old_one(cafe: Cafe) -> None:
    await cafe.found("Coffee and cake", "special_hours", {"from": "2030-12-24", "until": "2030-12-24", "spans": []})
    wrong = await fact(cafe, "2030-12-24/2030-12-24")
    [said] = wrong.statements
    new = NewFact("special_hours", "", {"from": "2030-12-23", "spans": []})
    made = await correct_fact(cafe, cafe.business_id, Chosen(said.slot, said.key), new, actor=ACTOR)
    assert (await fact(cafe, "2030-12-24/2030-12-24")).state is State.REJECTED
    assert (await fact(cafe, "2030-12-23/2030-12-23")).state is State.CORRECTED
    await take_back(cafe, cafe.business_id, made, actor=ACTOR)
    assert (await fact(cafe, "2030-12-24/2030-12-24")).state is State.FOUND


async def test_of_two_who_decide_the_same_at_once_one_word_is_left(cafe: Cafe) -> None:
    [said] = (await fact(cafe, "6")).statements
    chosen, until_two = Chosen(said.slot, said.key), NewFact("hours", "", hours("6", "10:00-14:00"))
    changes = [
        confirm_facts(cafe, cafe.business_id, [chosen], actor="account:1"),
        correct_fact(cafe, cafe.business_id, chosen, until_two, actor="account:2"),
        confirm_facts(cafe, cafe.business_id, [chosen], actor="account:3"),
        correct_fact(cafe, cafe.business_id, chosen, until_two, actor="account:4"),
    ]
    made = await asyncio.gather(*changes)
    [row] = await cafe.rows("SELECT fact_id, state FROM facts")
    assert [row["fact_id"]] in made and row["state"] in ("confirmed", "corrected")
    undone = [take_back(cafe, cafe.business_id, [row["fact_id"]], actor=ACTOR) for _ in range(2)]
    told = await asyncio.gather(*undone, return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["NoneType", "NotFound"]
    assert (await fact(cafe, "6")).state is State.FOUND


async def test_a_rejected_statement_counts_no_more_until_it_is_taken_back(cafe: Cafe) -> None:
    [said] = (await fact(cafe, "6")).statements
    made = await reject_fact(cafe, cafe.business_id, Chosen(said.slot, said.key), actor=ACTOR)
    assert (await fact(cafe, "6")).state is State.REJECTED
    asked = await cafe.ask("Are you open on Saturday?", "2026-11-20T12:00+01:00")
    assert "10:00–16:00" not in asked.text
    await take_back(cafe, cafe.business_id, made, actor=ACTOR)
    assert (await fact(cafe, "6")).state is State.FOUND


async def test_what_a_page_says_no_more_cannot_be_confirmed(cafe: Cafe) -> None:
    [said] = (await fact(cafe, "6")).statements
    await cafe.execute("DELETE FROM found_facts")
    with pytest.raises(Conflict):
        await confirm_facts(cafe, cafe.business_id, [Chosen(said.slot, said.key)], actor=ACTOR)
    assert await cafe.rows("SELECT FROM facts") == []


async def test_a_fact_that_ends_leaves_by_itself(cafe: Cafe) -> None:
    ends = datetime.now(UTC) + timedelta(hours=2)
    value = hours("7", "11:00-13:00")
    cafe_now = SimpleNamespace(database=cafe.database, doorbell=cafe.doorbell, clock=lambda: datetime.now(UTC))
    new = NewFact("hours", "", value, expires_at=ends)
    await add_fact(cast(Any, cafe_now), cafe.business_id, new, actor=ACTOR)
    await cafe.catch_up()
    assert await owned_texts(cafe) == ["Opening hours, Sunday: 11:00–13:00"]
    planned = await cafe.waiting()
    assert planned is not None and planned.run_after == ends
    await cafe.execute("UPDATE facts SET expires_at = now() - interval '1 second'")
    await cafe.catch_up()
    assert await owned_texts(cafe) == [] and await cafe.waiting() is None
    assert (await fact(cafe, "7")).state is State.FOUND  # the page counts again


async def test_a_change_meanwhile_does_not_lose_the_end_of_a_fact(cafe: Cafe) -> None:
    ends = datetime.now(UTC) + timedelta(days=2)
    cafe_now = SimpleNamespace(database=cafe.database, doorbell=cafe.doorbell, clock=lambda: datetime.now(UTC))
    new = NewFact("phone", "", {"e164": "+45 33 12 34 56"}, expires_at=ends)
    await add_fact(cast(Any, cafe_now), cafe.business_id, new, actor=ACTOR)
    await cafe.catch_up()
    await add_entry(cafe, cafe.business_id, DOGS, actor=ACTOR)  # brings the waiting job forward
    await cafe.catch_up()
    planned = await cafe.waiting()
    assert planned is not None and planned.run_after == ends


async def test_the_owners_word_is_published_even_when_most_of_it_goes(cafe: Cafe) -> None:
    ids = [
        await add_entry(cafe, cafe.business_id, NewEntry(f"Question {number}?", f"Answer {number}."), actor=ACTOR)
        for number in range(6)
    ]
    await cafe.catch_up()
    for faq_id in ids[:5]:
        await remove_entry(cafe, cafe.business_id, faq_id, actor=ACTOR)
    assert (await cafe.catch_up()).status == "published"
    assert await owned_texts(cafe) == ["Question 5?\nAnswer 5."]


async def test_a_fact_of_each_kind_reads_well(cafe: Cafe) -> None:
    for new in (
        NewFact("price", "Men’s haircut", {"amount": "12,50", "currency": "eur", "per": "visit"}),
        NewFact("phone", "Office", {"e164": "33 12 34 56", "country": "DK"}),
        NewFact("email", "", {"address": "Hello@Quay.example"}),
        NewFact("address", "", {"street": "Quay 1", "postcode": "2100", "city": "Copenhagen"}),
        NewFact("special_hours", "", {"from": "--12-24", "spans": [["10", "12.30"]]}),
        NewFact("holiday_rule", "", {"public_holidays": "closed"}),
    ):
        await add_fact(cafe, cafe.business_id, new, actor=ACTOR)
    await cafe.catch_up()
    lines = {line for text in await owned_texts(cafe) for line in text.split("\n")}
    assert lines == {
        "Men’s haircut: 12.50 EUR / visit", "Office, phone: +4533123456", "Mail: hello@quay.example",
        "Address: Quay 1, 2100 Copenhagen", "Opening hours, 24 December: 10:00–12:30", "Public holidays: closed",
    }  # fmt: skip


async def test_milo_ask_answers_from_facts_by_the_services_own_clock(cafe: Cafe, settings: Settings) -> None:
    at = datetime(2026, 11, 20, 13, 32, tzinfo=UTC)
    async with open_services(settings, overrides=Overrides(embedder=cafe.embedder, clock=lambda: at)) as services:
        told = await ask(services, await business_by_slug(services, "quay"), "Are you open now?")
    assert told["text"] == "Yes, open now (Friday 14:32), until 17:00." and told["mode"] == "quote"
    assert told["sentences"][0]["citations"][0]["quote"] == "Monday to Friday 9:00-17:00"
