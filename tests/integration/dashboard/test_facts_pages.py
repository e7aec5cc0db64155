"""Facts and questions as an owner works with them: what disagrees first, one step to decide, and a way back."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Json

from app.dashboard.owner.form import form_of, new_fact
from ingestion.facts.model import value_key_of
from tests.integration.dashboard.conftest import SLUG, Site

FACTS = f"/dashboard/{SLUG}/knowledge/facts"
QUESTIONS = f"/dashboard/{SLUG}/knowledge/questions"


async def plant(site: Site, *found: tuple[str, str, str, dict[str, Any], str]) -> None:
    """(path, kind, subject, value, words) of each; a live generation with one document a path."""
    ids: dict[str, Any] = {"b": site.business_id, "s": uuid4()}
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute(
            "INSERT INTO sources (business_id, source_id, kind, url) VALUES (%(b)s, %(s)s, 'site', 'https://c.example/')",
            ids,
        )
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, embedding_model, analyser)"
            " VALUES (%(b)s, 1, 'published', 'm', 'x')",
            ids,
        )
        await conn.execute("UPDATE businesses SET live_generation = 1 WHERE business_id = %(b)s", ids)
        documents: dict[str, dict[str, Any]] = {}
        for number, (path, kind, subject, value, words) in enumerate(found):
            if path not in documents:
                documents[path] = ids | {"d": uuid4(), "v": uuid4(), "u": f"https://c.example{path}", "t": path}
                await conn.execute(
                    "INSERT INTO documents (business_id, document_id, source_id, url)"
                    " VALUES (%(b)s, %(d)s, %(s)s, %(u)s)",
                    documents[path],
                )
                await conn.execute(
                    "INSERT INTO document_versions (business_id, version_id, document_id, words, content_hash,"
                    " media_type, title, links, blocks, text)"
                    " VALUES (%(b)s, %(v)s, %(d)s, 1, 'h', 'text/html', %(t)s, '{}', '[]', 't')",
                    documents[path],
                )
                await conn.execute(
                    "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
                    " VALUES (%(b)s, 1, %(d)s, %(v)s)",
                    documents[path],
                )
            row = documents[path] | {
                "n": number, "k": kind, "su": subject, "val": Json(value), "key": value_key_of(value), "w": words,
            }  # fmt: skip
            await conn.execute(
                "INSERT INTO found_facts (business_id, generation, fact_no, document_id, version_id, start_at, end_at,"
                " kind, origin, subject, subject_key, value, value_key, shown) VALUES (%(b)s, 1, %(n)s, %(d)s, %(v)s,"
                " 0, 1, %(k)s, 'text', %(su)s, lower(%(su)s), %(val)s, %(key)s, %(w)s)",
                row,
            )


def hours(days: str, *spans: str) -> dict[str, Any]:
    return {"days": [int(day) for day in days.split()], "spans": [span.split("-") for span in spans]}


SATURDAY = (
    ("/contact", "hours", "", hours("6", "10:00-16:00"), "Sat 10–16"),
    ("/start", "hours", "", hours("6", "10:00-14:00"), "Sat <b>10–14</b>"),
)


def chosen(page: str, words: str = "") -> list[str]:
    found = [html.unescape(one) for one in re.findall(r'name="chosen" value="([^"]*)"', page)]
    return [one for one in dict.fromkeys(found) if words in one]


async def decided(site: Site) -> list[tuple[Any, ...]]:
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT state, kind, shown, fact_id, expires_at FROM facts ORDER BY fact_id")
        return await cursor.fetchall()


async def test_an_empty_page_teaches_what_to_do(site: Site) -> None:
    facts, questions = await site.member.get(FACTS), await site.member.get(QUESTIONS)
    assert "No facts yet" in facts.text and "Add your opening hours" in facts.text
    assert "Which question do you hear most?" in questions.text


async def test_pages_that_disagree_come_first_and_one_press_decides(site: Site) -> None:
    await plant(site, *SATURDAY)
    page = (await site.member.get(FACTS)).text
    assert "Your pages disagree" in page and page.count("This is right") == 2
    assert "Sat 10–16" in page and "https://c.example/contact" in page
    assert "Sat &lt;b&gt;10–14&lt;/b&gt;" in page  # a page's words are never markup here
    [right] = chosen(page, "14:00")
    answer = await site.member.post(f"{FACTS}/confirm", {"chosen": right})
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{FACTS}?undo=")
    after = (await site.member.get(answer.headers["location"])).text
    assert "Your pages disagree" not in after and "confirmed by you" in after and "Undo" in after
    assert "A page says 10:00–16:00" in after
    [row] = await decided(site)
    assert row[:3] == ("confirmed", "hours", "Opening hours, Saturday: 10:00–14:00")
    undone = await site.member.post(f"{FACTS}/take-back", {"fact": str(row[3])})
    assert undone.status_code == 303 and await decided(site) == []
    assert "Your pages disagree" in (await site.member.get(FACTS)).text


async def test_a_correction_is_checked_and_then_counts_until_its_last_day(site: Site) -> None:
    await plant(site, SATURDAY[0])
    [said] = chosen((await site.owner.get(FACTS)).text)
    form = await site.owner.get(f"{FACTS}/change?chosen={said}")
    assert 'value="10:00"' in form.text and 'value="6" checked' in form.text and "That is not so" in form.text
    sent = {"chosen": said, "kind": "hours", "day": "6", "opens": "10:00", "closes": "10:00"}
    wrong = await site.owner.post(f"{FACTS}/change", sent)
    assert wrong.status_code == 400 and "no time at all" in wrong.text and await decided(site) == []
    sent |= {"closes": "00:00", "expires": "2099-01-31"}
    assert (await site.owner.post(f"{FACTS}/change", sent)).status_code == 303
    [row] = await decided(site)
    assert row[:3] == ("corrected", "hours", "Opening hours, Saturday: 10:00–24:00")
    assert row[4].isoformat() == "2099-01-31T23:00:00+00:00"  # the end of that day in Copenhagen
    assert "31 January 2099" in (await site.owner.get(FACTS)).text


async def test_what_is_not_so_is_set_aside_and_can_count_again(site: Site) -> None:
    await plant(site, ("/contact", "phone", "", {"e164": "+4533123456"}, "33 12 34 56"))
    [said] = chosen((await site.owner.get(FACTS)).text)
    await site.owner.post(f"{FACTS}/reject", {"chosen": said})
    page = (await site.owner.get(FACTS)).text
    assert "1 statement that does not count" in page and "Count it again" in page and "Confirm" not in page
    [row] = await decided(site)
    await site.owner.post(f"{FACTS}/take-back", {"fact": str(row[3])})
    assert "33 12 34 56" in (await site.owner.get(FACTS)).text


async def test_a_closure_that_pages_mention_is_shown_and_set_aside_in_one_press(site: Site) -> None:
    await plant(
        site,
        ("/", "notice", "", {"says": "We are temporarily closed"}, "We are temporarily closed"),
        ("/news", "notice", "", {"says": "Closed on 3 May 2019", "from": "2019-05-03", "until": "2019-05-03"}, "x"),
    )
    page = (await site.owner.get(FACTS)).text
    assert "mention a closure" in page and "We are temporarily closed" in page and "2019" not in page
    [said] = chosen(page)
    assert (await site.owner.post(f"{FACTS}/reject", {"chosen": said})).status_code == 303
    [row] = await decided(site)
    assert row[:3] == ("rejected", "notice", "Notice: We are temporarily closed")
    assert "mention a closure" not in (await site.owner.get(FACTS)).text
    written = await site.owner.post(FACTS, {"kind": "notice", "subject": "", "says": "closed"})
    assert written.status_code == 400 and len(await decided(site)) == 1  # only pages give notice


async def test_the_week_is_a_table_of_seven_days_and_confirmed_at_once(site: Site) -> None:
    await plant(site, ("/contact", "hours", "", hours("1 2 3 4 5", "09:00-17:00"), "Mon–Fri 9–17"))
    page = (await site.owner.get(FACTS)).text
    assert page.count('scope="row"') == 7 and page.count("not named") == 2
    sent = {"chosen": chosen(page, "hours")}
    assert (await site.owner.post(f"{FACTS}/confirm", sent)).status_code == 303
    assert [row[2] for row in await decided(site)][:2] == [
        "Opening hours, Monday: 09:00–17:00", "Opening hours, Tuesday: 09:00–17:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "fields", "shown"),
    [
        ("price", {"subject": "Rye bread", "amount": "5,20", "currency": "gbp"}, "Rye bread: 5.20 GBP"),
        ("phone", {"number": "+45 33 12 34 56"}, "Phone: +4533123456"),
        ("email", {"mail": "a@b.example"}, "Mail: a@b.example"),
        ("address", {"street": "Quay 1", "city": "Hull"}, "Address: Quay 1, Hull"),
        ("holiday_rule", {"rule": "as_sunday"}, "Public holidays: as on Sunday"),
        ("special_hours", {"first": "2099-12-24", "closed": "yes"}, "Opening hours, 24 December 2099: closed"),
        ("special_hours", {"first": "2099-12-24", "yearly": "yes", "opens": "10:00", "closes": "12:00"},
         "Opening hours, 24 December: 10:00–12:00"),
        ("hours", {"day": "7", "opens": "10:00", "closes": "12:00", "subject": "Kitchen"},
         "Kitchen, opening hours, Sunday: 10:00–12:00"),
    ],
)  # fmt: skip
async def test_each_kind_is_added_by_its_own_small_form(
    site: Site, kind: str, fields: dict[str, str], shown: str
) -> None:
    assert (await site.owner.get(f"{FACTS}/new?kind={kind}")).status_code == 200
    answer = await site.owner.post(FACTS, {"kind": kind} | fields)
    assert answer.status_code == 303, answer.text
    assert [row[2] for row in await decided(site)] == [shown]
    assert "added by you" in (await site.owner.get(FACTS)).text


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("nonsense", {}, "Choose what it is"),
        ("price", {"subject": "Bread", "amount": "five", "currency": "GBP"}, "as a number"),
        ("price", {"subject": "", "amount": "5", "currency": "GBP"}, "Say what has this price"),
        ("phone", {"number": "12"}, "+45 12 34 56 78"),
        ("email", {"mail": "nobody"}, "not a mail address"),
        ("hours", {"opens": "10:00", "closes": "12:00"}, "at least one day"),
        ("hours", {"day": "1"}, "Say from when to when"),
        ("hours", {"day": "1", "closed": "yes", "opens": "10:00", "closes": "12:00"}, "Either it is closed"),
        ("hours", {"day": "1", "opens": "10:00", "closes": ""}, "its beginning and its end"),
        ("special_hours", {"closed": "yes"}, "Choose the first day"),
        ("special_hours", {"first": "2099-12-24", "last": "2099-12-23", "closed": "yes"}, "before the first"),
        ("special_hours", {"first": "2099-02-30", "closed": "yes"}, "no such day"),
        ("hours", {"day": "1", "closed": "yes", "expires": "2020-01-01"}, "has passed already"),
    ],
)
async def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_written(
    site: Site, kind: str, fields: dict[str, str], sentence: str
) -> None:
    answer = await site.owner.post(FACTS, {"kind": kind} | fields)
    assert answer.status_code == 400 and sentence in html.unescape(answer.text) and await decided(site) == []


async def test_forms_that_no_page_of_ours_sent_change_nothing(site: Site) -> None:
    await plant(site, *SATURDAY)
    for text in ("", "[]", "null", "[1,2,3,4]", "{", '["hours","","6","{}"]'):
        assert (await site.owner.post(f"{FACTS}/confirm", {"chosen": text})).status_code in (400, 409)
    assert (await site.owner.post(f"{FACTS}/take-back", {"fact": "x,y"})).status_code == 404
    assert await decided(site) == []


def test_a_form_gives_back_what_it_was_made_of() -> None:
    value = hours("1 6", "10:00-12:00", "13:00-24:00") | {"from": "--11-01", "until": "--02-29"}
    form = form_of("hours", "Kitchen", value, None, "Europe/Copenhagen")
    assert new_fact(form, "Europe/Copenhagen", "DK").value == value | {
        "spans": [("10:00", "12:00"), ("13:00", "24:00")]
    }


async def test_questions_are_added_found_edited_removed_and_brought_back(site: Site) -> None:
    added = await site.member.post(QUESTIONS, {"question": "Dogs?", "answer": "<i>Yes</i>, on the terrace."})
    assert added.status_code == 303
    page = (await site.member.get(QUESTIONS)).text
    assert "known in a moment" in page and "&lt;i&gt;Yes&lt;/i&gt;" in page and "Milo takes in what you said" in page
    assert "Nothing found" in (await site.member.get(f"{QUESTIONS}?match=cats")).text
    assert "Dogs?" in (await site.member.get(f"{QUESTIONS}?match=TERRACE")).text
    [faq_id] = set(re.findall(r"questions/([0-9a-f-]{36})", page))
    assert "Dogs?" in (await site.member.get(f"{QUESTIONS}/{faq_id}")).text
    empty = await site.member.post(f"{QUESTIONS}/{faq_id}", {"question": "Dogs?", "answer": " "})
    assert empty.status_code == 400 and "Write the answer" in empty.text
    await site.member.post(f"{QUESTIONS}/{faq_id}", {"question": "Dogs?", "answer": "No."})
    removed = (await site.member.post(f"{QUESTIONS}/{faq_id}/remove")).text
    assert "Undo" in removed and "Which question do you hear most?" in removed
    back = {"faq_id": faq_id, "question": "Dogs?", "answer": "No."}
    assert (await site.member.post(QUESTIONS, back)).status_code == 303
    assert f"questions/{faq_id}" in (await site.member.get(QUESTIONS)).text


async def test_another_businesses_question_is_not_there(site: Site) -> None:
    await site.owner.post(QUESTIONS, {"question": "Dogs?", "answer": "Yes."})
    [faq_id] = set(re.findall(r"questions/([0-9a-f-]{36})", (await site.owner.get(QUESTIONS)).text))
    theirs = "/dashboard/elsewhere/knowledge/questions"
    assert (await site.stranger.get(f"{theirs}/{faq_id}")).status_code == 404
    assert (await site.stranger.post(f"{theirs}/{faq_id}/remove")).status_code == 404
    assert UUID(faq_id) and "Dogs?" in (await site.owner.get(QUESTIONS)).text
    wrong = await site.owner.post(QUESTIONS, {"question": "A?", "answer": "B", "faq_id": "none"})
    assert wrong.status_code == 400
