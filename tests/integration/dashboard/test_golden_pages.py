"""The pages of answers that are kept right: added, out of a conversation, changed, paused, taken back, compared."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from psycopg.rows import dict_row

from app.golden.add import add_golden
from app.golden.model import MOST, Golden, NewGolden, Result
from app.golden.queries import list_active, list_results, put_results
from tests.integration.dashboard import test_inbox_pages
from tests.integration.dashboard.conftest import SLUG, Site
from tests.integration.dashboard.test_inbox_pages import a_conversation

B = f"/dashboard/{SLUG}"
CHECKS = f"{B}/knowledge/checks"


async def kept(site: Site) -> list[Golden]:
    async with site.services.database.business_transaction(site.business_id) as conn:
        return await list_active(conn, site.business_id)


async def generation(site: Site, number: int, state: str) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, embedding_model, analyser, published_at)"
            " VALUES (%s, %s, %s, 'm', 'a', now())",
            (site.business_id, number, state),
        )
        if state == "published":
            await conn.execute(
                "UPDATE businesses SET live_generation = %s WHERE business_id = %s", (number, site.business_id)
            )


async def answered(site: Site, number: int, golden: Golden, text: str, *, passed: bool) -> None:
    cited = [{"quote": text, "url": "https://corner.example/menu", "title": "Menu", "page": None}]
    missing = [] if passed else list(golden.facts)
    result = Result(golden.golden_id, passed, passed, "answered", missing, text, cited)
    async with site.services.database.business_transaction(site.business_id) as conn:
        await put_results(conn, site.business_id, number, [golden], [result])


async def test_a_question_is_added_changed_paused_removed_and_taken_back(site: Site) -> None:
    owner = site.owner
    assert "Which answer must never be wrong?" in (await owner.get(CHECKS)).text
    typed = {"question": "What does soup cost?", "facts": "£5\r\n\r\nbread", "expects": "facts", "origin": "owner"}
    assert (await owner.post(CHECKS, typed)).status_code == 303
    (one,) = await kept(site)
    assert (one.question, one.facts, one.origin) == ("What does soup cost?", ["£5", "bread"], "owner")
    listed = (await owner.get(CHECKS)).text
    assert "not asked yet" in listed and "Milo asks itself these questions" in listed
    path = f"{CHECKS}/{one.golden_id}"
    wrong = await owner.post(path, typed | {"facts": " "})
    assert wrong.status_code == 400 and "at least one thing" in wrong.text
    await owner.post(path, typed | {"expects": "no_answer"})
    assert [(row.expects, row.facts) for row in await kept(site)] == [("no_answer", [])]
    await owner.post(f"{path}/pause")
    assert await kept(site) == [] and "Take up again" in (await owner.get(CHECKS)).text
    removed = await owner.post(f"{path}/remove")
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', removed.text.split("Undo")[0]))
    assert fields["golden_id"] == str(one.golden_id) and fields["paused"] == "yes"
    back = await owner.post(CHECKS, {name: value for name, value in fields.items() if name != "csrf"})
    assert back.headers["location"].endswith("said=check_back")
    again = (await owner.get(CHECKS)).text
    assert "paused" in again and "What does soup cost?" in again
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.cursor(row_factory=dict_row).execute(
            "SELECT action FROM audit_log WHERE action LIKE 'golden.%%' ORDER BY at, action"
        )
        told = {row["action"] for row in await cursor.fetchall()}
    assert told == {"golden.add", "golden.change", "golden.pause", "golden.remove"}


async def test_a_question_out_of_a_conversation_comes_without_who_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = iter(sorted(uuid4() for _ in range(4)))  # as the database makes them: a later message, a greater id
    monkeypatch.setattr(test_inbox_pages, "uuid4", lambda: next(ids))
    question = "Hello, my name is Anna Berg, call 0176 12345678. What does soup cost?"
    talk = await a_conversation(site, question, "Soup is £5.", "answered")
    async with site.services.database.business_transaction(site.business_id) as conn:
        cursor = await conn.execute("SELECT message_id FROM messages WHERE author = 'assistant'")
        row = await cursor.fetchone()
    assert row is not None and isinstance(row[0], UUID)
    form = (await site.member.get(f"{CHECKS}/from/{talk}/{row[0]}")).text
    assert "What does soup cost?" in form and "Anna" not in form and "12345678" not in form
    assert re.search(r"<textarea[^>]*>£5</textarea>", form), "what it said is what it should go on to say"
    assert 'name="origin" value="conversation"' in form
    assert (await site.stranger.get(f"{CHECKS}/from/{talk}/{row[0]}")).status_code == 404
    assert (await site.member.get(f"{CHECKS}/from/{talk}/{talk}")).status_code == 404


async def test_two_versions_are_compared_answer_by_answer(site: Site) -> None:
    owner, services = site.owner, site.services
    empty = (await owner.get(f"{CHECKS}/compare")).text
    assert "No question is asked yet" in empty
    for question, fact in (("What does soup cost?", "£5"), ("Are dogs welcome?", "welcome"), ("Free wifi?", "wifi")):
        await add_golden(services, site.business_id, NewGolden(question, (fact,)), actor="operator")
    soup, dogs, wifi = await kept(site)
    await generation(site, 1, "published")
    assert "There is one version only" in (await owner.get(f"{CHECKS}/compare")).text
    await generation(site, 2, "held")
    await answered(site, 1, soup, "Soup costs £5 today.", passed=True)
    await answered(site, 2, soup, "Soup costs <b>£6</b> today.", passed=False)
    await answered(site, 1, dogs, "Dogs are welcome.", passed=True)
    await answered(site, 2, dogs, "Dogs are welcome.", passed=True)
    await answered(site, 1, wifi, "Free wifi.", passed=True)
    page = (await owner.get(f"{CHECKS}/compare")).text
    assert "One answer is not right any more" in page and "This version waits for you" in page
    assert "<del>£5</del>" in page and "<ins>&lt;b&gt;£6&lt;/b&gt;</ins>" in page
    assert "What does soup cost?" in page and "Are dogs welcome?" not in page
    assert "Milo is asking them just now" in page
    async with services.database.business_transaction(site.business_id) as conn:
        await conn.execute("UPDATE jobs SET state = 'done' WHERE kind = 'ask_golden'")
    assert "1 question was not asked of both" in (await owner.get(f"{CHECKS}/compare")).text
    same = (await owner.get(f"{CHECKS}/compare?before=1&after=2&show=same")).text
    assert "Are dogs welcome?" in same and "What does soup cost?" not in same
    assert "None" in (await owner.get(f"{CHECKS}/compare?before=1&after=2&show=better")).text
    turned = (await owner.get(f"{CHECKS}/compare?before=2&after=1")).text
    assert "One answer is right that was not" in turned
    assert "says nothing new" in (await owner.get(f"{CHECKS}/compare?before=1&after=1")).text
    wrong = (await owner.get(f"{CHECKS}?show=right&match=soup")).text
    assert "What does soup cost?" in wrong and "Are dogs" not in wrong
    async with services.database.business_transaction(site.business_id) as conn:
        assert len(await list_results(conn, site.business_id, 1)) == 3


async def test_a_full_list_says_so_and_takes_no_more(site: Site) -> None:
    async with site.services.database.business_transaction(site.business_id) as conn:
        await conn.execute(
            "INSERT INTO golden_questions (business_id, origin, expects, created_by, question)"
            " SELECT %s, 'owner', 'no_answer', 'operator', 'Question ' || n FROM generate_series(1, %s) AS n",
            (site.business_id, MOST),
        )
    page = (await site.owner.get(CHECKS)).text
    assert f"There are {MOST} questions, the most that are asked" in page and "Add it" not in page
    assert "start=50" in page, "the rest is a page further, and said so"
    typed = {"question": "One more?", "expects": "no_answer"}
    refused = await site.owner.post(CHECKS, typed)
    assert refused.status_code == 409 and "Remove one first" in refused.text
