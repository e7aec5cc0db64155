"""Inbox, leads and numbers with real, sealed rows."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from app.conversations.why import sealed_why
from retrieval.model import Answer, AnswerMode, AnswerStatus, Passage, Timings, WithheldSentence
from tests.integration.dashboard.conftest import SLUG, Person, Site

B = f"/dashboard/{SLUG}"


async def a_conversation(site: Site, question: str, answer: str, outcome: str, days_ago: int = 0) -> UUID:
    services, b = site.services, site.business_id
    async with services.database.business_transaction(b) as conn:
        keys = await services.vault.keys(conn, b)
        person, talk, asked, answered = uuid4(), uuid4(), uuid4(), uuid4()
        at = services.clock() - timedelta(days=days_ago)
        await conn.execute("INSERT INTO people (business_id, person_id) VALUES (%s, %s)", (b, person))
        await conn.execute(
            "INSERT INTO conversations (business_id, conversation_id, person_id, channel, started_at, last_message_at,"
            " unanswered) VALUES (%s, %s, %s, 'web', %s, %s, %s)",
            (b, talk, person, at, at, int(outcome == "no_answer")),
        )
        await conn.execute(
            "INSERT INTO messages (business_id, message_id, conversation_id, created_at, author, state, text_sealed)"
            " VALUES (%s, %s, %s, %s, 'visitor', 'complete', %s)",
            (b, asked, talk, at, keys.seal("messages", "text", asked, question)),
        )
        quote = {
            "passage": 1,
            "chunk": [1, 0],
            "quote": "Soup £5 <i>",
            "url": "https://corner.example/menu",
            "title": "Menu",
        }
        cited = [{"start": 0, "end": len(answer), "citations": [quote]}] if outcome == "answered" else []
        await conn.execute(
            "INSERT INTO messages (business_id, message_id, conversation_id, in_reply_to, created_at, author, state,"
            " outcome, text_sealed, citations) VALUES (%s, %s, %s, %s, %s, 'assistant', 'complete', %s, %s, %s)",
            (b, answered, talk, asked, at, outcome, keys.seal("messages", "text", answered, answer), Jsonb(cited)),
        )
    return talk


async def a_lead(site: Site, talk: UUID, name: str, phone: str) -> UUID:
    services, b = site.services, site.business_id
    async with services.database.business_transaction(b) as conn:
        keys = await services.vault.keys(conn, b)
        lead = uuid4()
        await conn.execute(
            "INSERT INTO leads (business_id, lead_id, person_id, conversation_id, idempotency_key, body_hash,"
            " name_sealed, phone_sealed)"
            " SELECT %s, %s, person_id, %s, %s, 'h', %s, %s FROM conversations WHERE conversation_id = %s",
            (
                b,
                lead,
                talk,
                lead.bytes,
                keys.seal("leads", "name", lead, name),
                keys.seal("leads", "phone", lead, phone),
                talk,
            ),
        )
    return lead


async def test_a_conversation_shows_the_words_behind_its_answers(site: Site) -> None:
    talk = await a_conversation(site, "How much is <soup>?", "It is £5.", "answered")
    inbox = await site.member.get(f"{B}/inbox")
    assert "How much is &lt;soup&gt;?" in inbox.text and "1 conversation you have not read yet" in inbox.text
    opened = await site.member.get(f"{B}/inbox/{talk}")
    assert "It is £5." in opened.text and "Soup £5 &lt;i&gt;" in opened.text
    assert 'href="https://corner.example/menu"' in opened.text
    assert "You have read everything." in (await site.member.get(f"{B}/inbox")).text
    # By its real id from another business: nothing.
    assert (await site.stranger.get(f"/dashboard/elsewhere/inbox/{talk}")).status_code == 404


async def test_unanswered_questions_are_marked_and_can_be_listed_alone(site: Site) -> None:
    await a_conversation(site, "Answered question", "Yes.", "answered")
    await a_conversation(site, "Open question", "I do not know.", "no_answer")
    alone = (await site.member.get(f"{B}/inbox?show=unanswered")).text
    assert "Open question" in alone and "Answered question" not in alone and "1 not answered" in alone


async def test_the_inbox_goes_back_page_by_page(site: Site) -> None:
    for number in range(32):
        await a_conversation(site, f"Question number {number:02d}.", "Yes.", "answered", days_ago=number)
    first = (await site.member.get(f"{B}/inbox")).text
    assert "number 29." in first and "number 30." not in first
    older = first.split('class="button" href="?')[1].split('"')[0].replace("&amp;", "&")
    second = (await site.member.get(f"{B}/inbox?{older}")).text
    assert "number 30." in second and "number 31." in second and "number 29." not in second
    assert (await site.member.get(f"{B}/inbox?before=yesterday")).status_code == 400


async def test_a_lead_is_marked_handled_and_back(site: Site) -> None:
    talk = await a_conversation(site, "Hello", "I do not know.", "no_answer")
    lead = await a_lead(site, talk, "Ada <b>", "+45 1")
    assert "1 person waits" in (await site.member.get(f"{B}/leads")).text
    part = await site.member.post(f"{B}/leads/{lead}/handled", {"handled": "yes"}, **{"hx-request": "true"})
    assert part.status_code == 200 and "handled" in part.text and "<html" not in part.text
    assert "Nobody waits" in (await site.member.get(f"{B}/leads")).text
    await site.member.post(f"{B}/leads/{lead}/handled", {"handled": "no"})
    assert "1 person waits" in (await site.member.get(f"{B}/leads")).text
    foreign = await site.stranger.post(f"/dashboard/elsewhere/leads/{lead}/handled", {"handled": "yes"})
    assert foreign.status_code == 404
    assert "1 person waits" in (await site.member.get(f"{B}/leads")).text


async def test_the_table_for_other_programs_has_every_lead_and_no_formula(site: Site) -> None:
    talk = await a_conversation(site, "Hello", "Yes.", "answered")
    await a_lead(site, talk, '=HYPERLINK("https://evil.example")', "+45 12 34 56 78")
    await a_lead(site, talk, 'Ada, "the" first\nof her name', "12345678")
    answer = await site.member.get(f"{B}/leads.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="leads-corner-cafe-')
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert {row[1] for row in rows[1:]} == {'\'=HYPERLINK("https://evil.example")', 'Ada, "the" first\nof her name'}
    assert {row[2] for row in rows[1:]} == {"'+45 12 34 56 78", "12345678"}
    assert (await site.stranger.get("/dashboard/elsewhere/leads.csv")).text.count("\n") == 1


async def test_numbers_are_the_counted_rows(site: Site) -> None:
    talk = await a_conversation(site, "a", "Yes.", "answered")
    await a_conversation(site, "b", "No.", "no_answer", days_ago=2)
    await a_conversation(site, "c", "Yes.", "answered", days_ago=40)
    await a_lead(site, talk, "Ada", "1")
    month = (await site.member.get(f"{B}/numbers")).text
    assert "1 of 2 questions answered" in month
    assert "2 of 3 questions answered" in (await site.member.get(f"{B}/numbers?days=90")).text
    assert "1 of 2 questions answered" in (await site.member.get(f"{B}/numbers?days=12345")).text
    assert "Nothing to count yet" in (await site.stranger.get("/dashboard/elsewhere/numbers")).text


async def test_a_lapsed_session_inside_a_moving_page_leads_to_the_sign_in(site: Site) -> None:
    gone = Person(site.client)
    answer = await gone.get(f"{B}/knowledge/sources/{uuid4()}/progress", **{"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


async def test_a_team_mate_takes_over_writes_and_hands_back(site: Site) -> None:
    talk = await a_conversation(site, "Is there parking?", "I could not find that.", "no_answer")
    where = f"{B}/inbox/{talk}"
    owner, mate = site.owner, site.member
    page = (await owner.get(where)).text
    assert "Answer this visitor yourself" in page and f"{where}/live?seen=" in page
    taken = await owner.post(f"{where}/take-over", data={"name": "Anna"})
    assert taken.status_code == 303
    assert "Anna is answering this conversation" in (await mate.get(where)).text
    refused = await mate.post(f"{where}/take-over", data={"name": "Bo"})
    assert refused.status_code == 409 and "Anna is answering" in refused.text
    wrong = await mate.post(f"{where}/say", data={"text": "My words", "form_id": "1"})
    assert wrong.status_code == 409 and "Anna has this conversation" in wrong.text
    assert (await owner.post(f"{where}/say", data={"text": "Behind <the> house.", "form_id": "2"})).status_code == 303
    page = (await owner.get(where)).text
    assert "Behind &lt;the&gt; house." in page and "Anna took over" in page and 'value="Anna"' not in page
    assert (await owner.post(f"{where}/hand-back")).status_code == 303
    assert "Handed back to the assistant" in (await mate.get(where)).text


async def test_the_live_part_is_sent_only_when_something_changed(site: Site) -> None:
    talk = await a_conversation(site, "Is there parking?", "Yes.", "answered")
    where = f"{B}/inbox/{talk}"
    page = (await site.owner.get(where)).text
    live = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert (await site.owner.get(live)).status_code == 204
    await site.owner.post(f"{where}/take-over", data={"name": "Anna"})
    changed = await site.owner.get(live)
    assert changed.status_code == 200 and "Anna took over" in changed.text and "<html" not in changed.text


async def test_why_an_answer_was_given_is_one_click_away(site: Site) -> None:
    talk = await a_conversation(site, "What does soup cost?", "Soup is £5.", "answered")
    services, b = site.services, site.business_id
    passage = Passage(0, "https://corner.example/menu", "Menu", ("Lunch",), "Soup £5 <i>", 5, 1.2, dense=0.61)
    answer = Answer(
        AnswerStatus.ANSWERED,
        AnswerMode.MODEL,
        "en",
        (),
        (passage,),
        Timings(),
        withheld=(WithheldSentence("Soup is £4.", "unsupported_number"),),
        searched=("price of the soup",),
    )
    async with services.database.business_transaction(b) as conn:
        keys = await services.vault.keys(conn, b)
        row = await (
            await conn.execute(
                "SELECT message_id FROM messages WHERE conversation_id = %s AND author = 'assistant'", (talk,)
            )
        ).fetchone()
        assert row is not None
        await conn.execute(
            'UPDATE messages SET why_sealed = %s, details = details || \'{"language": "en"}\' WHERE message_id = %s',
            (sealed_why(keys, row[0], answer), row[0]),
        )
    assert f"{B}/inbox/{talk}/why/{row[0]}" in (await site.owner.get(f"{B}/inbox/{talk}")).text
    page = (await site.owner.get(f"{B}/inbox/{talk}/why/{row[0]}")).text
    for told in (
        "price of the soup",
        "Soup is £4.",
        "does not stand in your pages",
        "0.61",
        "Lunch",
        "used",
        "Language: English",
    ):
        assert told in page
    elsewhere = await a_conversation(site, "Other", "Other", "answered")
    assert (await site.owner.get(f"{B}/inbox/{elsewhere}/why/{row[0]}")).status_code == 404
