"""From the lead's transaction to the mail server: never lost, and doubled only where nobody can know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Connection, Database
from app.errors import BadInput
from app.jobs.model import ClaimedJob, RetryLater, SendMail
from app.jobs.runner import Runner
from app.mail.model import Composed, Mailer, OutboxRow, Purpose, Queued, open_mail
from app.mail.queries import read_outbox
from app.mail.queue import queue_mail, requeue_mail
from app.mail.send import LEAD_PAUSES, send_mail
from app.providers.mail_url import read_mail_url
from app.providers.mailbox_mail import Mailbox
from app.providers.resend_mail import ResendMailer
from app.providers.smtp_mail import SmtpMailer
from app.security import KeyRing, SecretKey
from app.vault.keys import Vault
from tests.fakes.resend_server import KEY, Refusal, ResendServer
from tests.fakes.smtp_server import SmtpServer, Turn

LETTER = Composed("A visitor left a message", "Grüße\n", "zoe@visitor.example")


class Killed(BaseException):
    """Stands for SIGKILL at a fault point: nothing after it runs."""


class Held:
    """A lease that holds."""

    job_id = uuid4()

    async def extend(self) -> None:
        return


@dataclass
class House:
    database: Database
    vault: Vault
    business: UUID

    async def queue(self, dedup_key: str = "lead-1", to: str = "owner@shop.example", **options) -> Queued:
        async with self.database.business_transaction(self.business) as conn:
            return await self.queue_in(conn, dedup_key, to, **options)

    async def queue_in(self, conn: Connection, dedup_key: str, to: str = "owner@shop.example", **options) -> Queued:
        keys = await self.vault.keys(conn, self.business)
        options = {"purpose": Purpose.LEAD, "mail": LETTER, **options}
        return await queue_mail(conn, keys, self.business, dedup_key=dedup_key, to=to, **options)

    async def send(self, queued: Queued, mailer: Mailer, dies_at: str = "") -> None:
        def fault(point: str) -> None:
            if point == dies_at:
                raise Killed

        claimed = ClaimedJob(self.business, uuid4(), SendMail(queued.outbox_id), 1, 1000)
        await send_mail(self.database, self.vault, mailer, claimed, Held(), fault=fault)

    async def row(self, queued: Queued) -> OutboxRow:
        async with self.database.business_transaction(self.business) as conn:
            row = await read_outbox(conn, self.business, queued.outbox_id)
        assert row is not None
        return row

    async def execute(self, sql: str) -> int:
        async with self.database.business_transaction(self.business) as conn:
            return (await conn.execute(sql.encode())).rowcount


@pytest.fixture
async def house(database: Database) -> House:
    vault = Vault(KeyRing([SecretKey("k1", bytes(range(32)))]))
    created = await create_business(database, vault, NewBusiness("Shop", "shop"), actor="operator")
    return House(database, vault, created.business_id)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as server:
        yield server


@pytest.fixture
def mailer(smtp: SmtpServer) -> SmtpMailer:
    return SmtpMailer(read_mail_url(f"smtp://127.0.0.1:{smtp.port}?from=milo@shop.example", ""))


async def test_a_queued_mail_is_sealed_and_opens_again(house: House):
    queued = await house.queue()
    row = await house.row(queued)
    assert b"owner@" not in bytes(row.recipient_sealed) + bytes(row.payload_sealed)
    assert "Grüße".encode() not in bytes(row.payload_sealed)
    async with house.database.business_transaction(house.business) as conn:
        opened = open_mail(await house.vault.keys(conn, house.business), row)
    assert (opened.to, opened.subject, opened.text) == (("owner@shop.example",), LETTER.subject, LETTER.text)


async def test_the_same_cause_twice_is_one_mail_and_one_job(house: House):
    first, second = await house.queue(), await house.queue()
    assert first.outbox_id == second.outbox_id
    assert second.ref is None
    again = await asyncio.gather(*(house.queue("lead-2") for _ in range(10)))
    assert len({queued.outbox_id for queued in again}) == 1
    assert sum(queued.ref is not None for queued in again) == 1
    assert await house.execute("SELECT FROM jobs") == 2


async def test_a_cause_that_is_rolled_back_sends_nothing(house: House):
    with pytest.raises(Killed):
        async with house.database.business_transaction(house.business) as conn:
            await house.queue_in(conn, "lead-1")
            raise Killed
    assert await house.execute("SELECT FROM outbox") == 0
    assert await house.execute("SELECT FROM jobs") == 0


async def test_a_recipient_that_is_no_address_is_refused_and_a_bad_reply_address_left_out(house: House):
    with pytest.raises(BadInput, match="not a mail address"):
        await house.queue(to="a@b.example\r\nBcc: c@d.example")
    for refused in ("not an address", "zoë@visitor.example", "a@b..example", '"a b"@c.example'):
        queued = await house.queue(f"odd {refused}", mail=Composed("S", "T", refused))
        assert await reply_address(house, queued) is None, "a mail server could refuse the whole mail for it"
    queued = await house.queue("idn", mail=Composed("S", "T", "zoe@bücher.example"))
    assert await reply_address(house, queued) == "zoe@xn--bcher-kva.example"
    queued = await house.queue(mail=Composed("S\r\nBcc: x@y.example", "T", "not an address"))
    async with house.database.business_transaction(house.business) as conn:
        opened = open_mail(await house.vault.keys(conn, house.business), await house.row(queued))
    assert opened.subject == "S Bcc: x@y.example"
    assert opened.reply_to is None


async def reply_address(house: House, queued: Queued) -> str | None:
    async with house.database.business_transaction(house.business) as conn:
        return open_mail(await house.vault.keys(conn, house.business), await house.row(queued)).reply_to


async def test_a_mail_goes_out_once(house: House, smtp: SmtpServer, mailer: SmtpMailer):
    queued = await house.queue()
    await house.send(queued, mailer)
    await house.send(queued, mailer)  # the job came twice
    row = await house.row(queued)
    assert (row.state, row.provider, row.attempts, row.last_error) == ("sent", "smtp", 1, None)
    assert row.sent_at is not None
    assert [delivered.message["message-id"] for delivered in smtp.box] == [f"<{queued.outbox_id}@shop.example>"]


@pytest.mark.parametrize(("dies_at", "copies"), [("mail_taken", 1), ("mail_sent", 2)])
async def test_a_worker_killed_in_the_middle_loses_nothing(house, smtp, mailer, dies_at: str, copies: int):
    queued = await house.queue()
    with pytest.raises(Killed):
        await house.send(queued, mailer, dies_at=dies_at)
    assert (await house.row(queued)).state == "sending"
    await house.send(queued, mailer)
    assert (await house.row(queued)).state == "sent"
    assert len(smtp.box) == copies  # SMTP leaves no way to know
    assert len({delivered.message["message-id"] for delivered in smtp.box}) == 1


async def test_a_kill_after_sending_is_no_double_with_resend(house: House):
    async with ResendServer() as resend:
        mailer = ResendMailer(read_mail_url(f"resend://{KEY}?from=milo@shop.example&api={resend.url}", ""))
        queued = await house.queue()
        with pytest.raises(Killed):
            await house.send(queued, mailer, dies_at="mail_sent")
        await house.send(queued, mailer)
        assert len(resend.sent) == 1
        assert (await house.row(queued)).state == "sent"
        assert {r.headers["idempotency-key"] for r in resend.history} == {str(queued.outbox_id)}
        await mailer.close()


async def test_a_reply_that_never_came_is_tried_again_with_the_same_message_id(house, smtp, mailer):
    smtp.script(Turn(drop_before_reply=True))
    queued = await house.queue()
    with pytest.raises(RetryLater) as later:
        await house.send(queued, mailer)
    assert later.value.seconds == LEAD_PAUSES[0]
    row = await house.row(queued)
    assert row.state == "queued"
    assert "connection" in (row.last_error or "").lower()
    assert timedelta(seconds=20) < row.not_before - row.created_at < timedelta(seconds=60)
    await house.send(queued, mailer)
    assert (await house.row(queued)).last_error is None
    assert len({delivered.message["message-id"] for delivered in smtp.box}) == 1


async def test_a_refused_recipient_is_told_to_the_owner_and_can_be_sent_again(house, smtp, mailer):
    smtp.script(Turn(recipient="550 no such user"))
    queued = await house.queue()
    await house.send(queued, mailer)
    row = await house.row(queued)
    assert row.state == "failed"
    assert "refused the recipient (550)" in (row.last_error or "")
    assert "owner@" not in (row.last_error or "")
    async with house.database.business_transaction(house.business) as conn:
        assert await requeue_mail(conn, house.business, queued.outbox_id) is not None
        assert await requeue_mail(conn, house.business, queued.outbox_id) is None
    await house.send(queued, mailer)
    assert (await house.row(queued)).state == "sent"


async def test_it_is_given_up_in_the_end_and_the_owner_is_told(house: House, smtp: SmtpServer, mailer: SmtpMailer):
    queued = await house.queue()
    smtp.script(*[Turn(banner="421 busy")] * 20)
    pauses = []
    for _ in LEAD_PAUSES:
        with pytest.raises(RetryLater) as later:
            await house.send(queued, mailer)
        pauses.append(later.value.seconds)
    await house.send(queued, mailer)
    assert tuple(pauses) == LEAD_PAUSES
    assert sum(pauses) < 24 * 3600, "Resend forgets an idempotency key after a day"
    row = await house.row(queued)
    assert row.state == "failed"
    assert "Given up after 10 attempts" in (row.last_error or "")


async def test_a_providers_wish_to_wait_is_granted(house: House):
    async with ResendServer() as resend:
        mailer = ResendMailer(read_mail_url(f"resend://{KEY}?from=milo@shop.example&api={resend.url}", ""))
        resend.script(Refusal(429, "rate_limit_exceeded", retry_after=120))
        with pytest.raises(RetryLater) as later:
            await house.send(await house.queue(), mailer)
        assert later.value.seconds == 120
        await mailer.close()


async def test_a_provider_the_business_does_not_allow_sees_nothing(house: House):
    await house.execute("UPDATE businesses SET allowed_processors = '{openai}'")
    async with ResendServer() as resend:
        mailer = ResendMailer(read_mail_url(f"resend://{KEY}?from=milo@shop.example&api={resend.url}", ""))
        queued = await house.queue()
        await house.send(queued, mailer)
        assert not resend.history
        row = await house.row(queued)
        assert row.state == "failed"
        assert "does not allow resend" in (row.last_error or "")
        await mailer.close()


async def test_a_sign_in_link_is_not_sent_after_it_expired(house: House, smtp: SmtpServer, mailer: SmtpMailer):
    queued = await house.queue(purpose=Purpose.SIGN_IN)
    await house.execute("UPDATE outbox SET created_at = created_at - interval '11 minutes'")
    await house.send(queued, mailer)
    assert not smtp.box
    assert "expired" in ((await house.row(queued)).last_error or "")


async def test_a_changed_row_is_not_sent(house: House, smtp: SmtpServer, mailer: SmtpMailer):
    queued, other = await house.queue(), await house.queue("lead-2", to="other@shop.example")
    await house.execute(
        f"UPDATE outbox SET recipient_sealed = (SELECT recipient_sealed FROM outbox"
        f" WHERE outbox_id = '{other.outbox_id}') WHERE outbox_id = '{queued.outbox_id}'"
    )
    await house.send(queued, mailer)
    assert not smtp.box
    assert (await house.row(queued)).state == "failed"


async def test_without_a_mail_setting_the_mailbox_keeps_it(house: House):
    queued = await house.queue()
    await house.send(queued, Mailbox())
    row = await house.row(queued)
    assert (row.state, row.provider) == ("sent", "mailbox")


async def test_an_erased_lead_sends_nothing(house: House, smtp: SmtpServer, mailer: SmtpMailer):
    queued = await house.queue()
    await house.execute("DELETE FROM outbox")
    await house.send(queued, mailer)
    assert not smtp.box


async def test_the_worker_sends_what_was_queued(house: House, smtp: SmtpServer, mailer: SmtpMailer):
    smtp.script(Turn(banner="421 busy"))

    async def handler(claimed, lease) -> None:
        await send_mail(house.database, house.vault, mailer, claimed, lease)

    runner = Runner(house.database, {SendMail.kind: handler})
    queued = await house.queue()
    assert queued.ref is not None
    assert await runner.run_job(house.business, queued.ref.job_id)
    assert (await house.row(queued)).state == "queued"
    assert await house.execute("SELECT FROM jobs WHERE state = 'queued' AND run_after > now()") == 1
    await house.execute("UPDATE jobs SET run_after = now()")
    assert await runner.run_job(house.business, queued.ref.job_id)
    assert (await house.row(queued)).state == "sent"
    assert len(smtp.box) == 1
    assert await house.execute("SELECT FROM jobs WHERE state = 'done'") == 1
