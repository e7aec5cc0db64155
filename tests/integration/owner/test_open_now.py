"""Open now, from facts to what a visitor reads: each sentence quotes the page, or the owner, word for word."""

from __future__ import annotations

import pytest

from app.knowledge.facts.add import add_fact
from app.knowledge.facts.board import read_board
from app.knowledge.facts.confirm import confirm_facts
from app.knowledge.facts.model import Chosen, NewFact
from app.knowledge.facts.reject import reject_fact
from retrieval.model import Answer, AnswerMode, AnswerStatus
from tests.integration.ingestion.shop import ACTOR
from tests.integration.ingestion.site import Site
from tests.integration.owner.conftest import Cafe, hours, page
from tests.unit.retrieval.models import ScriptedModel

FRIDAY = "2026-11-20T14:32+01:00"


def quotes(answered: Answer) -> list[tuple[str, list[str]]]:
    return [(one.text, [citation.quote for citation in one.citations]) for one in answered.sentences]


async def test_open_now_and_until_when(cafe: Cafe) -> None:
    answered = await cafe.ask("Are you open now?", FRIDAY)
    assert quotes(answered) == [("Yes, open now (Friday 14:32), until 17:00.", ["Monday to Friday 9:00-17:00"])]
    assert (answered.status, answered.mode) == (AnswerStatus.ANSWERED, AnswerMode.QUOTE)
    assert answered.sentences[0].citations[0].url.endswith("/contact")


async def test_from_a_page_to_an_answer_with_what_recognising_finds(cafe: Cafe, site: Site) -> None:
    """Nothing planted: the page is read, its hours are recognised, the question is answered."""
    listed = "<h2>Opening hours</h2><ul><li>Monday-Friday: 8:00-16:00</li><li>Sunday: closed</li></ul>"
    site.pages["/contact"] = page("Contact us", listed, "/")
    site.pages["/"] = page("Welcome", "<p>Coffee and cake on the quay, with a view of the boats.</p>", "/contact")
    await cafe.read(site.base)
    [sentence] = (await cafe.ask("Are you open now?", FRIDAY)).sentences
    assert sentence.text == "Yes, open now (Friday 14:32), until 16:00."
    assert sentence.citations[0].quote == "Monday-Friday: 8:00-16:00"
    assert "closed" in (await cafe.ask("Har I åbent på søndag?", FRIDAY)).sentences[0].citations[0].quote


async def test_closed_now_and_open_next(cafe: Cafe) -> None:
    assert quotes(await cafe.ask("Har I åbent nu?", "2026-11-21T16:00+01:00")) == [
        ("Nej, der er lukket nu (lørdag 16:00).", ["Saturday 10:00-16:00"]),
        ("Åbner igen: mandag den 23. november, 09:00–17:00.", ["Monday to Friday 9:00-17:00"]),
    ]


async def test_where_the_business_is_decides_what_now_is(cafe: Cafe) -> None:
    late = "2026-11-20T23:30+00:00"
    assert "Saturday 00:30" in (await cafe.ask("Are you open now?", late)).text
    assert "Friday 18:30" in (await cafe.ask("Are you open now?", late, time_zone="America/New_York")).text


async def test_on_a_holiday_the_usual_hours_are_told_as_that(cafe: Cafe) -> None:
    assert quotes(await cafe.ask("Are you open on 25 December?", FRIDAY)) == [
        (
            "The usual Friday hours are 09:00–17:00. Friday 25 December is a public holiday (Christmas Day); the site"
            " does not say whether the hours differ.",
            ["Monday to Friday 9:00-17:00"],
        )
    ]
    assert "Juledag" in (await cafe.ask("Har I åbent 1. juledag?", FRIDAY)).text
    assert "No. Sunday 27 December: closed." in (await cafe.ask("Are you open on 27 December?", FRIDAY)).text


async def test_pages_that_disagree_are_both_quoted_until_the_owner_decides(cafe: Cafe) -> None:
    await cafe.found("Saturday 10-14", "hours", hours("6", "10:00-14:00"))
    answered = await cafe.ask("Are you open on Saturday?", FRIDAY)
    assert answered.text.startswith("The site says different things about tomorrow, Saturday 21 November: “")
    assert {citation.quote for citation in answered.sentences[0].citations} == {
        "Saturday 10:00-16:00",
        "Saturday 10-14",
    }
    assert not (await cafe.ask("Are you open now?", "2026-11-21T15:00+01:00")).text.startswith(("Yes", "No"))

    async with cafe.database.business_transaction(cafe.business_id) as conn:
        board = await read_board(conn, cafe.business_id, cafe.clock())
    [conflict] = board.conflicts
    right = next(one for one in conflict.statements if one.value["spans"] == [["10:00", "14:00"]])
    await confirm_facts(cafe, cafe.business_id, [Chosen(right.slot, right.key)], actor=ACTOR)
    # Decided, and not yet read: what would be said has no quote, so nothing of the old is said for sure either.
    assert not (await cafe.ask("Are you open on Saturday?", FRIDAY)).text.startswith(("Yes", "No"))
    await cafe.catch_up()
    await cafe.pages_say()
    await cafe.found("Saturday 10-14", "hours", hours("6", "10:00-14:00"))
    [sentence] = (await cafe.ask("Are you open on Saturday?", FRIDAY)).sentences
    assert sentence.text == "Yes. Tomorrow, Saturday 21 November: open 10:00–14:00."
    [citation] = sentence.citations
    assert citation.quote == "Opening hours, Saturday: 10:00–14:00" and citation.title == "The owner, 1 May 2030"
    assert not citation.url.startswith("http")


async def test_an_expired_word_of_the_owner_does_not_count(cafe: Cafe) -> None:
    value = hours("6", "12:00-13:00")
    await add_fact(cafe, cafe.business_id, NewFact("hours", "", value), actor=ACTOR)
    await cafe.catch_up()
    await cafe.pages_say()
    assert "12:00–13:00" in (await cafe.ask("Are you open tomorrow?", FRIDAY)).text
    await cafe.execute("UPDATE facts SET expires_at = '2026-11-20T10:00Z'")
    assert "10:00–16:00" in (await cafe.ask("Are you open tomorrow?", FRIDAY)).text


async def test_what_nothing_shown_supports_goes_the_usual_way(cafe: Cafe) -> None:
    await cafe.execute("DELETE FROM found_facts")
    await cafe.found("Coffee and cake", "hours", hours("5", "08:00-20:00"), shown=False)
    await cafe.execute("UPDATE found_facts SET shown = 'Mo-Fr 08:00-20:00'")
    answered = await cafe.ask("Are you open now?", FRIDAY)
    assert "08:00" not in answered.text and "20:00" not in answered.text


async def test_what_machines_are_told_is_quoted_where_a_page_says_it_too(cafe: Cafe) -> None:
    await cafe.execute("DELETE FROM found_facts")
    await cafe.found("Monday to Friday 9:00-17:00", "hours", hours("1 2 3 4 5", "09:00-17:00"), shown=False)
    answered = await cafe.ask("Are you open now?", FRIDAY)
    assert quotes(answered) == [("Yes, open now (Friday 14:32), until 17:00.", ["Monday to Friday 9:00-17:00"])]


async def test_a_part_has_its_own_hours(cafe: Cafe) -> None:
    await cafe.found("Kitchen 12:00-15:00 daily", "hours", hours("1 2 3 4 5 6 7", "12:00-15:00"), subject="Kitchen")
    assert "until 15:00" in (await cafe.ask("Is the kitchen open now?", FRIDAY)).text
    assert "until 17:00" in (await cafe.ask("Are you open now?", FRIDAY)).text
    assert "until 17:00" in (await cafe.ask("Is the Quay Café open now?", FRIDAY)).text
    followed = await cafe.ask("And tomorrow?", FRIDAY, earlier="Is the kitchen open now?")
    assert "open 12:00–15:00" in followed.text
    # "The shop" may be the café or a shop beside it: that is not guessed.
    assert "until" not in (await cafe.ask("Is the shop open now?", FRIDAY)).text


async def test_a_day_that_is_not_named_is_not_called_closed(cafe: Cafe) -> None:
    await cafe.execute("DELETE FROM found_facts WHERE shown = 'Sunday closed'")
    answered = await cafe.ask("Are you open on Sunday?", FRIDAY)
    assert answered.text.startswith("Sunday 22 November is not named in the hours. These are: “Monday to Friday")


async def test_the_hours_as_a_whole_are_told_from_facts(cafe: Cafe) -> None:
    [sentence] = (await cafe.ask("What are your opening hours?", FRIDAY)).sentences
    assert sentence.text == "Monday–Friday: 09:00–17:00; Saturday: 10:00–16:00; Sunday: closed."
    assert [citation.quote for citation in sentence.citations] == [
        "Monday to Friday 9:00-17:00",
        "Saturday 10:00-16:00",
        "Sunday closed",
    ]
    assert (await cafe.ask("Wann habt ihr offen?", FRIDAY)).text.startswith("Montag–Freitag: 09:00–17:00; Samstag")
    # And then of one day: what was asked before is understood as hours too.
    assert "10:00–16:00" in (await cafe.ask("And on Saturday?", FRIDAY, earlier="When are you open?")).text
    # What differs soon is told with it.
    closed = {"from": "2026-11-24", "until": "2026-11-24", "spans": []}
    await cafe.found("Kitchen 12:00-15:00 daily", "special_hours", closed)
    whole = await cafe.ask("What are your opening hours?", FRIDAY)
    assert [one.text for one in whole.sentences][1:] == ["Tuesday 24 November: closed."]
    # A season, or pages that disagree: then the pages themselves are quoted.
    await cafe.found("Saturday 10-14", "hours", hours("6", "10:00-14:00"))
    assert "Monday–Friday:" not in (await cafe.ask("What are your opening hours?", FRIDAY)).text


async def test_the_model_is_not_asked_and_its_budget_stays(cafe: Cafe) -> None:
    model = ScriptedModel(["Yes, we are open until 23:00 [1]."])
    answered = await cafe.ask("Are you open now?", FRIDAY, models=(model,))
    assert "17:00" in answered.text and answered.usage is None and not model.asked


@pytest.mark.parametrize(
    "question", ["Can I open a bank account now?", "Is the position still open?", "When are you open for groups?"]
)
async def test_other_questions_take_the_usual_path(cafe: Cafe, question: str) -> None:
    answered = await cafe.ask(question, FRIDAY)
    assert "open now" not in answered.text and answered.timings.embed > 0


async def test_a_row_of_another_shape_says_nothing(cafe: Cafe) -> None:
    await cafe.execute("""UPDATE found_facts SET value = '{"days": "daily"}'""")
    assert "open now" not in (await cafe.ask("Are you open now?", FRIDAY)).text


async def test_a_page_that_says_closed_is_quoted_and_nobody_is_told_yes(cafe: Cafe, site: Site) -> None:
    listed = "<h2>Opening hours</h2><ul><li>Monday-Friday: 8:00-16:00</li><li>Sunday: closed</li></ul>"
    site.pages["/contact"] = page("Contact us", listed, "/")
    site.pages["/"] = page(
        "Welcome", "<p>Coffee and cake on the quay. We are closed until further notice.</p>", "/contact"
    )
    await cafe.read(site.base)
    for question in ("Are you open now?", "Are you open on Monday?", "Har I åbent nu?", "When do you close today?"):
        answered = await cafe.ask(question, FRIDAY)
        assert not answered.text.startswith(("Yes", "Ja")), answered.text
        assert "Coffee and cake on the quay. We are closed until further notice." in quotes(answered)[0][1]
    assert (await cafe.ask("Are you open on Sunday?", FRIDAY)).text.startswith("No.")

    async with cafe.database.business_transaction(cafe.business_id) as conn:
        board = await read_board(conn, cafe.business_id, cafe.clock())
    [notice] = [fact for fact in board.facts if fact.slot.kind == "notice"]
    chosen = Chosen(notice.slot, notice.statements[0].key)
    await reject_fact(cafe, cafe.business_id, chosen, actor=ACTOR)
    assert (await cafe.ask("Are you open now?", FRIDAY)).text == "Yes, open now (Friday 14:32), until 16:00."
