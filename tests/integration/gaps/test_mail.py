"""A mail a week tells the owner what nobody could answer, and a plain reply to it is what visitors are told."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.di import Provide
from redis.asyncio import Redis

from app.channels.mail.routes import ROUTES
from app.errors import MiloError
from app.gaps.answer import take_answer_back
from app.gaps.mail.model import Received
from app.gaps.mail.queries import set_mail
from app.gaps.mail.receive import Outcome, receive_reply
from app.gaps.mail.take_reply import take_reply
from app.gaps.mail.weekly import mail_gaps, next_monday
from app.jobs.model import GiveUp, MailGaps, RetryLater, TakeReply
from app.limits import Limiter
from app.mail.model import StoredMail, open_mail
from app.mail.queries import read_outbox
from app.providers.mail_url import read_mail_url
from app.providers.received_mail import Fetched, ResendReceived
from app.settings import Secret
from app.web import _plain_error  # pyright: ignore[reportPrivateUsage]
from tests.fakes.loopback import LoopbackServer, Wire
from tests.fakes.loopback import Received as Asked
from tests.integration.gaps.conftest import Bakery
from tests.integration.ingestion.shop import Held

DOMAIN = "reply.example.com"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLGA = "Olga Smith <olga@example.com>"


@pytest.fixture
def office(bakery: Bakery) -> Bakery:
    """The bakery where mail comes in."""
    bakery.settings = replace(
        bakery.settings,
        reply_domain=DOMAIN,
        resend_inbound_secret=Secret(SECRET),
        sendgrid_inbound_path=Secret("a-secret-path-of-24-letters"),
        public_url="https://milo.example.com",
    )
    return bakery


async def asked(bakery: Bakery) -> None:
    for visitor in "abc":
        await bakery.ask("Can I bring my dog?", visitor)
    await bakery.ask("Do you have gluten-free bread?", "a")


async def weekly(bakery: Bakery) -> None:
    await mail_gaps(bakery, bakery.claimed(MailGaps()), Held())


async def mails(bakery: Bakery, purpose: str = "gaps") -> list[StoredMail]:
    found = await bakery.rows("SELECT outbox_id FROM outbox WHERE purpose = %s ORDER BY outbox_id", purpose)
    async with bakery.database.business_transaction(bakery.business_id) as conn:
        keys = await bakery.vault.keys(conn, bakery.business_id)
        rows = [await read_outbox(conn, bakery.business_id, row["outbox_id"]) for row in found]
    return [open_mail(keys, row) for row in rows if row is not None]


def token_of(mail: StoredMail) -> str:
    assert mail.reply_to is not None
    return mail.reply_to.partition("+")[2].partition("@")[0]


def reply(mail: StoredMail, text: str | None, **changes: Any) -> Received:
    made = Received("sendgrid", str(uuid4()), token_of(mail), "olga@example.com", True, False, text)
    return replace(made, **changes)


async def take_all(bakery: Bakery, inbox: Any = None) -> None:
    for row in await bakery.rows("SELECT reply_id FROM mail_replies WHERE state = 'received'"):
        await take_reply(bakery, inbox, bakery.claimed(TakeReply(row["reply_id"])), Held())


async def faq(bakery: Bakery) -> list[tuple[str, str]]:
    rows = await bakery.rows("SELECT question, answer FROM faq_entries ORDER BY faq_id")
    return [(row["question"], row["answer"]) for row in rows]


async def test_owner_gets_one_mail_a_week_however_many_workers_write_it(office: Bakery) -> None:
    await asked(office)
    await asyncio.gather(*(weekly(office) for _ in range(4)))
    [mail] = await mails(office)
    assert mail.to == ("olga@example.com",)
    assert mail.subject == "2 questions nobody could answer at Corner Bakery"
    assert "1. Can I bring my dog?\n   asked by 3 visitors, 3 left no way to reach them" in mail.text
    assert "2. Do you have gluten-free bread?\n   asked by one visitor, who left no way to reach them" in mail.text
    assert mail.reply_to is not None and mail.reply_to.endswith(f"@{DOMAIN}")
    waiting = await office.rows("SELECT run_after FROM jobs WHERE kind = 'mail_gaps' AND state = 'queued'")
    assert len(waiting) == 1  # the next turn, once


async def test_turn_is_monday_morning_where_the_business_is() -> None:
    for now in (datetime(2026, 11, 21, 17, tzinfo=UTC), datetime(2026, 11, 23, 7, 59, tzinfo=UTC)):
        at = next_monday(uuid4(), "Europe/Copenhagen", now).astimezone(ZoneInfo("Europe/Copenhagen"))
        assert (at.isoweekday(), at.hour) == (1, 7)
        assert at > now


async def test_week_with_nothing_new_has_no_mail_and_one_that_is_asked_again_has(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    office.later(days=7)
    await weekly(office)
    assert len(await mails(office)) == 1
    office.later(days=1)
    await office.ask("can i bring my dog", "d")
    office.later(days=6)
    await weekly(office)
    assert len(await mails(office)) == 2


async def test_owner_who_wants_no_mail_gets_none(office: Bakery) -> None:
    await asked(office)
    async with office.database.business_transaction(office.business_id) as conn:
        await set_mail(conn, office.business_id, False)
    await weekly(office)
    assert await mails(office) == []


async def test_without_a_reply_domain_each_question_has_a_link(bakery: Bakery) -> None:
    await asked(bakery)
    await weekly(bakery)
    [mail] = await mails(bakery)
    [gap, _] = await bakery.board()
    assert mail.reply_to is None
    assert f"/dashboard/corner/knowledge/gaps/{gap.gap_id}" in mail.text
    assert "reply to this mail" not in mail.text


async def test_plain_reply_is_what_visitors_are_told_and_can_be_taken_back(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    begins = "On Mon, 23 Nov 2026, Milo <m@x.example> wrote:"
    own = "Hi,\n\n1: Yes, dogs are welcome on the terrace.\n2) On Fridays, from 7:00.\n\nRegards,\nOlga"
    text = f"{own}\n\n{begins}\n{quoted}"
    assert await receive_reply(office, reply(mail, text)) is Outcome.TAKEN
    [row] = await office.rows("SELECT text_sealed FROM mail_replies")
    assert b"welcome" not in bytes(row["text_sealed"])
    await take_all(office)
    assert await faq(office) == [
        ("Can I bring my dog?", "Yes, dogs are welcome on the terrace."),
        ("Do you have gluten-free bread?", "On Fridays, from 7:00."),
    ]
    golden = await office.rows("SELECT question, facts, origin FROM golden_questions ORDER BY golden_id")
    assert [(row["origin"], row["facts"]) for row in golden] == [
        ("gap", ["Yes, dogs are welcome on the terrace"]), ("gap", ["7:00"]),
    ]  # fmt: skip
    assert await office.labels() == []
    assert [row["kind"] for row in await office.rows("SELECT kind FROM jobs WHERE kind = 'ingest_source'")]
    [told] = await mails(office, "gap_reply")
    gaps = await office.board("answered")
    assert told.subject == "Corner Bakery: visitors are told what you wrote"
    assert "    Yes, dogs are welcome on the terrace." in told.text
    assert all(f"https://milo.example.com/dashboard/corner/knowledge/gaps/{gap.gap_id}" in told.text for gap in gaps)
    [settled] = await office.rows("SELECT state, text_sealed FROM mail_replies")
    assert (settled["state"], settled["text_sealed"]) == ("understood", None)
    await take_answer_back(office, office.business_id, gaps[0].gap_id, actor="operator")
    assert len(await faq(office)) == 1 and len(await office.rows("SELECT golden_id FROM golden_questions")) == 1
    assert await office.labels() == [("Can I bring my dog?", 3)]


async def test_reply_that_is_not_understood_is_mailed_back_whole_and_can_be_sent_again(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(office, reply(mail, "Yes of course!"))
    await take_all(office)
    [told] = await mails(office, "gap_reply")
    assert await faq(office) == []
    assert "I could not tell which question these words answer" in told.text and "    Yes of course!" in told.text
    await receive_reply(office, reply(told, "2: Yes of course!"))
    await take_all(office)
    assert await faq(office) == [("Do you have gluten-free bread?", "Yes of course!")]


async def test_job_that_runs_twice_answers_once_and_mails_once(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(office, reply(mail, "1: Yes"))
    [row] = await office.rows("SELECT reply_id FROM mail_replies")
    await asyncio.gather(*(take_reply(office, None, office.claimed(TakeReply(row["reply_id"])), Held()) for _ in "ab"))
    assert len(await faq(office)) == 1
    assert len(await mails(office, "gap_reply")) == 1


async def test_only_the_owner_whose_mail_it_was_is_believed(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    outcomes = [
        await receive_reply(office, one)
        for one in (
            reply(mail, "1: Free beer", sender="mallory@evil.example"),
            reply(mail, "1: Free beer", authentic=False),
            reply(mail, "1: Free beer", token="a" * 32),
            reply(mail, "1: I am away until Monday", automatic=True),
        )
    ]
    assert outcomes == [Outcome.REFUSED, Outcome.REFUSED, Outcome.IGNORED, Outcome.IGNORED]
    [told] = await mails(office, "gap_reply")  # once, and to Olga alone
    assert told.to == ("olga@example.com",) and "another mail address" in told.text
    office.later(days=29)
    assert await receive_reply(office, reply(mail, "1: Too late")) is Outcome.IGNORED
    assert await office.rows("SELECT reply_id FROM mail_replies") == []


async def test_owner_who_left_changes_nothing_any_more(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(office, reply(mail, "1: Yes"))
    async with office.database.directory_transaction() as conn:
        await conn.execute("DELETE FROM memberships")
    await take_all(office)
    assert await faq(office) == []
    assert [row["state"] for row in await office.rows("SELECT state FROM mail_replies")] == ["refused"]


async def test_answer_to_a_question_that_is_gone_is_told_and_the_others_count(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(office, reply(mail, "1: Yes\n2: On Fridays"))
    await office.rows("DELETE FROM gap_questions WHERE gap_id = (SELECT gap_id FROM gap_mail_lines WHERE line = 1)")
    await take_all(office)
    assert await faq(office) == [("Do you have gluten-free bread?", "On Fridays")]
    [told] = await mails(office, "gap_reply")
    assert "This did not count: the question is not there any more" in told.text


class Resend(LoopbackServer):
    """Keeps received mails as Resend does: told by a notice, read by their id."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, dict[str, Any]] = {}
        self.failing = 0

    async def handle(self, request: Asked, wire: Wire) -> None:
        mail_id = request.path.removeprefix("/emails/receiving/")
        if request.headers.get("authorization") != "Bearer re_key":
            await wire.answer(401, {"name": "invalid_api_key"}, {})
        elif self.failing:
            self.failing -= 1
            await wire.answer(503, {"name": "down"}, {})
        elif mail_id not in self.kept:
            await wire.answer(404, {"name": "not_found"}, {})
        else:
            await wire.answer(200, {"object": "email", "id": mail_id, **self.kept[mail_id]}, {})


@pytest.fixture
async def resend() -> AsyncIterator[Resend]:
    server = Resend()
    async with server:
        yield server


@pytest.fixture
async def client(office: Bakery) -> AsyncIterator[AsyncClient]:
    assert office.settings.redis_url is not None
    async with Redis.from_url(office.settings.redis_url.reveal()) as redis:
        services = SimpleNamespace(
            database=office.database, vault=office.vault, doorbell=office.doorbell, settings=office.settings,
            clock=office.clock, limiter=Limiter(redis),
        )  # fmt: skip
        app = Litestar(
            ROUTES,
            dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
            exception_handlers={MiloError: _plain_error},
        )
        transport = ASGITransport(cast(Any, app), client=("192.0.2.7", 5000))
        async with AsyncClient(transport=transport, base_url="https://milo.example.com") as opened:
            yield opened


def signed(body: bytes, at: datetime, notice: str = "msg_1") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    made = base64.b64encode(hmac.digest(key, f"{notice}.{stamp}.".encode() + body, "sha256")).decode()
    return {"svix-id": notice, "svix-timestamp": stamp, "svix-signature": f"v1,{made}"}


async def test_reply_over_resend_counts_once_and_is_read_when_resend_is_back(
    office: Bakery, client: AsyncClient, resend: Resend
) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    mail_id = str(uuid4())
    resend.kept[mail_id] = {"text": None, "html": "<p>1: Yes, outside.</p>", "headers": {"Message-ID": "<a@b>"}}
    data = {"email_id": mail_id, "from": OLGA, "to": [mail.reply_to], "cc": [], "subject": "Re"}
    body = json.dumps({"type": "email.received", "created_at": "2026-11-18T12:00:00Z", "data": data}).encode()
    assert (await client.post("/inbound/resend", content=body)).status_code == 403
    for _ in range(3):  # the provider repeats what it is not sure of
        sent = await client.post("/inbound/resend", content=body, headers=signed(body, office.now))
        assert (sent.status_code, sent.content) == (200, b"")
    assert len(await office.rows("SELECT reply_id FROM mail_replies")) == 1
    inbox = ResendReceived(read_mail_url(f"resend://re_key?from=m@x.example&api={resend.url}", ""))
    resend.failing = 1
    with pytest.raises(RetryLater):
        await take_all(office, inbox)
    await take_all(office, inbox)
    await inbox.close()
    assert await faq(office) == [("Can I bring my dog?", "Yes, outside.")]


async def test_reply_that_cannot_be_read_is_told_to_the_owner(office: Bakery, resend: Resend) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(office, reply(mail, None, provider="resend", provider_id="gone"))
    inbox = ResendReceived(read_mail_url(f"resend://re_key?from=m@x.example&api={resend.url}", ""))
    with pytest.raises(GiveUp):
        await take_all(office, inbox)
    await inbox.close()
    [told] = await mails(office, "gap_reply")
    assert "could not be read" in told.text


@pytest.mark.parametrize(
    "headers", [{"auto-submitted": "auto-replied"}, {"authentication-results": "mx; spf=fail; dkim=fail; dmarc=fail"}]
)
async def test_machines_and_liars_whose_mail_was_fetched_get_no_answer(office: Bakery, headers: dict[str, str]) -> None:
    class Inbox:
        async def fetch(self, mail_id: str) -> Fetched:
            return Fetched("1: Free beer", headers)

        async def close(self) -> None:
            return None

    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(office, reply(mail, None, provider="resend", provider_id="x"))
    await take_all(office, Inbox())
    assert (await faq(office), await mails(office, "gap_reply")) == ([], [])


async def test_reply_over_sendgrid_comes_by_the_secret_path_only(office: Bakery, client: AsyncClient) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    fields = {
        "headers": f"From: {OLGA}\nMessage-ID: <1@example.com>", "from": OLGA, "to": mail.reply_to or "",
        "text": "2: On Fridays.", "dkim": "{@example.com : pass}", "SPF": "pass",
        "envelope": json.dumps({"to": [mail.reply_to], "from": "olga@example.com"}), "charsets": "{}",
    }  # fmt: skip
    sent = {name: (None, value) for name, value in fields.items()}
    for path in ("/inbound/sendgrid", "/inbound/sendgrid/another-path-of-24-letter"):
        assert (await client.post(path, files=sent)).status_code == 404
    for _ in range(2):
        assert (await client.post("/inbound/sendgrid/a-secret-path-of-24-letters", files=sent)).status_code == 200
    await take_all(office)
    assert await faq(office) == [("Do you have gluten-free bread?", "On Fridays.")]
    assert len(await mails(office, "gap_reply")) == 1


async def test_flood_of_replies_ends(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    outcomes = [await receive_reply(office, reply(mail, "I am away")) for _ in range(32)]
    assert outcomes.count(Outcome.TAKEN) == 30


async def test_reply_with_bytes_that_no_text_can_hold_is_read_without_them(office: Bakery) -> None:
    await asked(office)
    await weekly(office)
    [mail] = await mails(office)
    await receive_reply(
        office, reply(mail, "1: Yes,\x00 on a\u202e lead\U000e0041.\r\n2: =cmd() <b>only</b> on Fridays.")
    )
    await take_all(office)
    assert await faq(office) == [
        ("Can I bring my dog?", "Yes, on a lead."),
        ("Do you have gluten-free bread?", "=cmd() <b>only</b> on Fridays."),
    ]
