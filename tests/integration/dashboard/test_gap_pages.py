"""Questions nobody could answer, on their pages: answered in place, undone, set aside, joined, parted, searched."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

from httpx import ASGITransport, AsyncClient

from app.gaps.mail.take_reply import take_reply
from app.gaps.mail.weekly import mail_gaps
from app.jobs.model import ClaimedJob, MailGaps, TakeReply
from tests.integration.dashboard.conftest import BASE, SLUG, Site
from tests.integration.ingestion.shop import Held

NUMBERS = count(1)
PLACE = f"/dashboard/{SLUG}/knowledge/gaps"


async def planted(site: Site, *questions: tuple[str, ...]) -> list[UUID]:
    """A gap each, with its wordings, a visitor each."""
    made: list[UUID] = []
    async with site.services.database.business_transaction(site.business_id) as conn:
        keys = await site.services.vault.keys(conn, site.business_id)
        for wordings in questions:
            row: Any = await (
                await conn.execute("INSERT INTO gaps (business_id) VALUES (%s) RETURNING gap_id", (site.business_id,))
            ).fetchone()
            made.append(row[0])
            for text in wordings:
                question_id = UUID(int=next(NUMBERS))  # in order: the first wording names the gap
                await conn.execute(
                    "INSERT INTO gap_questions (business_id, question_id, gap_id, language, channel, text_sealed)"
                    " VALUES (%s, %s, %s, 'en', 'web', %s)",
                    (site.business_id, question_id, row[0], keys.seal("gap_questions", "text", question_id, text)),
                )
    return made


def order(page: str) -> list[str]:
    return re.findall(r'id="gap-[^>]*><a [^>]*>([^<]+)</a>', page)


async def test_most_asked_comes_first_and_is_answered_in_place_with_an_undo(site: Site) -> None:
    _, many = await planted(site, ("Do you ship abroad?",), ("Dogs?", "Dogs allowed?", "My dog?"))
    page = await site.owner.get(PLACE)
    assert len(order(page.text)) == 2 and order(page.text)[1] == "Do you ship abroad?"
    assert "4 visitors asked in vain; 4 of them left no way to reach them" in page.text
    wrong = await site.member.post(f"{PLACE}/{many}/answer", {"answer": "  "})
    assert wrong.status_code == 400 and "Write the answer." in wrong.text
    done = await site.member.post(f"{PLACE}/{many}/answer", {"answer": "Yes, <b>outside</b>."})
    assert done.status_code == 303, "an address of its own: the browser's back button works"
    done = await site.member.get(done.headers["location"])
    assert "3 visitors asked for it" in done.text
    assert order(done.text) == ["Do you ship abroad?"]
    assert f'action="{PLACE}/{many}/take-back"' in done.text
    listed = await site.owner.get(f"/dashboard/{SLUG}/knowledge/questions")
    assert "Yes, &lt;b&gt;outside&lt;/b&gt;." in listed.text
    back = await site.member.post(f"{PLACE}/{many}/take-back")
    assert "Yes, &lt;b&gt;outside&lt;/b&gt;." in back.text  # the words are still in the box
    again = await site.member.get(f"{PLACE}?settled={many}")
    assert "asked for it" not in again.text and "take-back" not in again.text, "what was undone is not told again"
    assert (await site.member.get(f"{PLACE}?settled=x")).status_code == 200
    assert len(order((await site.owner.get(PLACE)).text)) == 2


async def test_set_aside_and_back_joined_and_parted(site: Site) -> None:
    one, other = await planted(site, ("Do you ship abroad?",), ("Can you send it to Norway?",))
    done = await site.owner.post(f"{PLACE}/{one}/dismiss", {"match": "ou"})
    assert done.headers["location"] == f"{PLACE}?match=ou&settled={one}"
    aside = await site.owner.get(done.headers["location"])
    assert order(aside.text) == ["Can you send it to Norway?"] and "Set aside." in aside.text
    assert f'action="{PLACE}/{one}/reopen"' in aside.text
    assert order((await site.owner.get(f"{PLACE}?show=dismissed")).text) == ["Do you ship abroad?"]
    assert (await site.owner.post(f"{PLACE}/{one}/reopen")).status_code == 303
    joined = await site.owner.post(f"{PLACE}/{other}/merge", {"into": str(one)})
    assert joined.headers["location"] == f"{PLACE}/{one}?said=gap_merged"
    page = (await site.owner.get(f"{PLACE}/{one}")).text
    split = re.findall(rf'action="({PLACE}/questions/[^"]+/split)"', page)
    assert len(split) == 2
    parted = await site.owner.post(split[0])
    assert parted.status_code == 303
    assert len(order((await site.owner.get(PLACE)).text)) == 2


async def test_search_finds_any_wording_and_empty_states_teach(site: Site) -> None:
    assert "No open questions" in (await site.owner.get(PLACE)).text
    await planted(site, ("Do you ship abroad?", "Can you send it to Norway?"), ("Dogs?",))
    assert len(order((await site.owner.get(f"{PLACE}?match=norway")).text)) == 1
    assert "Nothing found" in (await site.owner.get(f"{PLACE}?match=zebra")).text


async def test_question_of_a_visitor_cannot_act_on_the_page(site: Site) -> None:
    [gap] = await planted(site, ("<script>alert(1)</script> dogs?",))
    for path in (PLACE, f"{PLACE}/{gap}"):
        assert "<script>alert" not in (await site.owner.get(path)).text


async def test_owner_turns_the_weekly_mail_off_and_on(site: Site) -> None:
    await planted(site, ("Dogs?",))
    await site.owner.post(f"{PLACE}/mail", {"wanted": "no"})
    assert "Nobody gets it." in (await site.owner.get(f"{PLACE}/mail")).text
    job = ClaimedJob(site.business_id, uuid4(), MailGaps(), 1, 5)
    await mail_gaps(site.services, job, Held())
    await site.owner.post(f"{PLACE}/mail", {"wanted": "yes"})
    async with site.services.database.business_transaction(site.business_id) as conn:
        none = await (await conn.execute("SELECT outbox_id FROM outbox WHERE purpose = 'gaps'")).fetchall()
    assert none == []
    await mail_gaps(site.services, job, Held())
    async with site.services.database.business_transaction(site.business_id) as conn:
        sent = await (await conn.execute("SELECT outbox_id FROM outbox WHERE purpose = 'gaps'")).fetchall()
    assert len(sent) == 1


async def test_whole_loop_works_with_nothing_configured(site: Site) -> None:
    """The weekly mail lies in the built-in mailbox, a reply typed there is taken in, and the mail that tells so too."""
    await planted(site, ("Dogs allowed?", "My dog?"))
    await mail_gaps(site.services, ClaimedJob(site.business_id, uuid4(), MailGaps(), 1, 5), Held())
    app = cast(Any, site.client)._transport.app
    async with AsyncClient(transport=ASGITransport(app, client=("127.0.0.1", 5000)), base_url=BASE) as here:
        owner = replace(site.owner, client=here)
        [address] = re.findall(r'href="(/mailbox/[^"]+)"', (await owner.get("/mailbox")).text)
        mail = (await owner.get(address)).text
        assert "1. Dogs allowed?" in mail and f'action="{address}/reply"' in mail
        assert (await replace(owner, cookie=None).post(f"{address}/reply", {"text": "1: Yes"})).status_code == 403
        assert "Sign in" in (await replace(owner, cookie=None).get(address)).text
        sent = await owner.post(f"{address}/reply", {"text": "Yes, outside."})
        assert sent.headers["location"] == "/mailbox?said=reply_sent"
        async with site.services.database.business_transaction(site.business_id) as conn:
            row: Any = await (await conn.execute("SELECT reply_id FROM mail_replies")).fetchone()
        await take_reply(site.services, None, ClaimedJob(site.business_id, uuid4(), TakeReply(row[0]), 1, 5), Held())
        inbox = (await owner.get("/mailbox?said=reply_sent")).text
        assert "Sent. What became of it" in inbox and "visitors are told what you wrote" in inbox
    assert "Yes, outside." in (await site.owner.get(f"/dashboard/{SLUG}/knowledge/questions")).text
