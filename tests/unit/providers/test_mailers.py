"""Each way out of the house against a server that speaks its protocol."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import ConfigurationError
from app.providers.mail_url import read_mail_url
from app.providers.mailer import Mail, MailFailed
from app.providers.resend_mail import ResendMailer
from app.providers.sendgrid_mail import SendGridMailer
from app.providers.smtp_mail import SmtpMailer
from tests.fakes import resend_server, sendgrid_server
from tests.fakes.resend_server import Refusal, ResendServer
from tests.fakes.sendgrid_server import SendGridServer
from tests.fakes.smtp_server import SmtpServer, Turn

NOBODY = "Milo <milo@localhost>"
MAIL = Mail(
    key="0190b2d0-1111-7000-8000-000000000001",
    to=("owner@shop.example",),
    subject="Zoë hat eine Nachricht hinterlassen — 24,50 €",
    text="Grüße\n.\n.. a line of dots, and a very long one: " + "x" * 1200 + "\n",
    at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    reply_to="zoe@visitor.example",
)


async def refused(mailer: SmtpMailer | ResendMailer | SendGridMailer) -> MailFailed:
    with pytest.raises(MailFailed) as caught:
        await mailer.send(MAIL)
    for private in ("owner@", "zoe@", "Grüße", "Zoë", "secret", "KEY", "CaseMatters"):
        assert private not in caught.value.sentence
    return caught.value


# ---------------------------------------------------------------- SMTP


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as server:
        yield server


def smtp_mailer(server: SmtpServer, options: str = "", tls: ssl.SSLContext | None = None, user: str = "") -> SmtpMailer:
    url = f"smtp://{user}127.0.0.1:{server.port}?from=Caf%C3%A9+Milo+<milo@shop.example>{options}"
    return SmtpMailer(read_mail_url(url, NOBODY), tls)


async def test_smtp_carries_the_mail_as_it_was_written(smtp: SmtpServer):
    sent = await smtp_mailer(smtp).send(MAIL)
    assert sent == "<0190b2d0-1111-7000-8000-000000000001@shop.example>"
    [delivered] = smtp.box
    message = delivered.message
    assert delivered.sender == "milo@shop.example"
    assert delivered.recipients == ("owner@shop.example",)
    assert message["subject"] == MAIL.subject
    assert message["from"] == "Café Milo <milo@shop.example>"
    assert message["reply-to"] == "zoe@visitor.example"
    assert message["message-id"] == sent
    assert message["auto-submitted"] == "auto-generated"
    assert message["date"].datetime == MAIL.at
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert max(len(line) for line in delivered.raw.split(b"\r\n")) <= 998


async def test_smtp_that_drops_before_the_reply_gets_the_same_message_again(smtp: SmtpServer):
    smtp.script(Turn(drop_before_reply=True))
    assert not (await refused(smtp_mailer(smtp))).permanent
    await smtp_mailer(smtp).send(MAIL)
    first, second = smtp.box
    assert first.message["message-id"] == second.message["message-id"]
    assert first.message["date"] == second.message["date"]


@pytest.mark.parametrize(
    ("turn", "permanent", "said"),
    [
        (Turn(recipient="550 no such user"), True, "recipient (550)"),
        (Turn(recipient="451 greylisted"), False, "recipient (451)"),
        (Turn(data="554 spam"), True, "refused the mail (554)"),
        (Turn(data="452 full"), False, "refused the mail (452)"),
        (Turn(banner="421 busy"), False, "421"),
        (Turn(drop_before_data=True), False, "broke"),
    ],
)
async def test_smtp_refusals_are_final_or_not(smtp: SmtpServer, turn: Turn, permanent: bool, said: str):
    smtp.script(turn)
    failed = await refused(smtp_mailer(smtp))
    assert failed.permanent is permanent
    assert said in failed.sentence
    assert not smtp.box


async def test_smtp_nobody_there():
    url = "smtp://127.0.0.1:9?from=milo@shop.example"
    failed = await refused(SmtpMailer(read_mail_url(url, NOBODY)))
    assert "cannot be reached on port 9" in failed.sentence


async def test_smtp_wrong_password_waits_for_the_owner_to_mend_it():
    async with SmtpServer(accounts={"milo": "right"}) as server:
        failed = await refused(smtp_mailer(server, user="milo:secret@"))
        assert not failed.permanent
        assert "user name or password" in failed.sentence
        await smtp_mailer(server, user="milo:right@").send(MAIL)
        assert server.box[0].user == "milo"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(of the server, of a client that trusts it)"""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    import ipaddress

    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_smtp_encrypts_and_checks_the_certificate(certificate):
    server_tls, trusting = certificate
    async with SmtpServer(tls=server_tls) as server:
        await smtp_mailer(server, "&starttls=required", trusting).send(MAIL)
        assert server.box[0].encrypted
        failed = await refused(smtp_mailer(server, "&starttls=required"))
        assert "certificate" in failed.sentence
        assert len(server.box) == 1


async def test_smtp_sends_nothing_in_the_clear_when_encryption_is_required(smtp: SmtpServer):
    failed = await refused(smtp_mailer(smtp, "&starttls=required"))
    assert "STARTTLS" in failed.sentence
    assert not smtp.box


# ---------------------------------------------------------------- Resend


@pytest.fixture
async def resend() -> AsyncIterator[ResendServer]:
    async with ResendServer() as server:
        yield server


@pytest.fixture
async def resend_mailer(resend: ResendServer) -> AsyncIterator[ResendMailer]:
    url = f"resend://{resend_server.KEY}?from=Milo+<milo@shop.example>&api={resend.url}"
    mailer = ResendMailer(read_mail_url(url, NOBODY))
    yield mailer
    await mailer.close()


async def test_resend_sends_once_however_often_it_is_asked(resend: ResendServer, resend_mailer: ResendMailer):
    resend.drop_next()
    assert not (await refused(resend_mailer)).permanent
    assert await resend_mailer.send(MAIL) == "resend-1"
    assert len(resend.sent) == 1
    assert resend.sent[0]["subject"] == MAIL.subject
    assert resend.sent[0]["text"] == MAIL.text
    assert resend.sent[0]["to"] == ["owner@shop.example"]
    assert resend.sent[0]["reply_to"] == "zoe@visitor.example"


@pytest.mark.parametrize(
    ("refusal", "permanent", "retry_after"),
    [
        (Refusal(422, "validation_error"), True, None),
        (Refusal(403, "validation_error"), False, None),
        (Refusal(429, "rate_limit_exceeded", retry_after=7), False, 7),
        (Refusal(500, "application_error"), False, None),
        (Refusal(409, "concurrent_idempotent_requests"), False, None),
    ],
)
async def test_resend_refusals(resend: ResendServer, resend_mailer: ResendMailer, refusal, permanent, retry_after):
    resend.script(refusal)
    failed = await refused(resend_mailer)
    assert (failed.permanent, failed.retry_after) == (permanent, retry_after)


async def test_a_key_keeps_its_capitals():
    server = read_mail_url(f"resend://{resend_server.KEY}?from=milo@shop.example", NOBODY)
    assert server.key == resend_server.KEY
    assert server.api == "https://api.resend.com"
    assert resend_server.KEY not in repr(server)


# ---------------------------------------------------------------- SendGrid


async def test_sendgrid_repeats_with_the_same_message_id_and_rewrites_no_link():
    async with SendGridServer() as sendgrid:
        url = f"sendgrid://{sendgrid_server.KEY}?from=milo@shop.example&api={sendgrid.url}"
        mailer = SendGridMailer(read_mail_url(url, NOBODY))
        sendgrid.drop_next()
        assert not (await refused(mailer)).permanent
        assert await mailer.send(MAIL) == "sendgrid-2"
        first, second = sendgrid.sent
        assert first == second
        assert first["headers"]["Message-ID"] == "<0190b2d0-1111-7000-8000-000000000001@shop.example>"
        assert first["tracking_settings"]["click_tracking"] == {"enable": False, "enable_text": False}
        sendgrid.script(400)
        assert (await refused(mailer)).permanent
        sendgrid.script(503)
        assert not (await refused(mailer)).permanent
        await mailer.close()


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("resend://?from=a@b.example", "no key"),
        ("resend://KEY", "sender"),
        ("smtp://mail.shop.example", "sender"),
        ("smtp://?from=a@b.example", "names no mail server"),
        ("smtp://host:port?from=a@b.example", "not an address"),
        ("smtp://host?from=a@b.example&starttls=perhaps", "starttls"),
        ("smtp://secret:secret@host?from=not+an+address", "sender"),
    ],
)
def test_a_wrong_mail_address_is_a_sentence_without_its_secret(url: str, said: str):
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_mail_url(url, NOBODY)
    assert "secret" not in caught.value.sentence


def test_smtp_addresses_are_read():
    server = read_mail_url("smtp://me%40shop.example:p%2Fw@mail.shop.example", NOBODY)
    assert (server.user, server.password, server.port, server.starttls) == ("me@shop.example", "p/w", 587, "required")
    assert server.sender.address == "me@shop.example"
    assert read_mail_url("smtps://h?from=a@bücher.example", NOBODY).sender.address == "a@xn--bcher-kva.example"
    assert read_mail_url("smtps://h", "Shop <a@shop.example>").port == 465


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Hello\r\nBcc: all@example.com"},
        {"to": ("a@b.example\nBcc: c@d.example",)},
        {"to": ("a@b.example, c@d.example",)},
        {"to": ()},
        {"reply_to": "a@b.example>\r\nX: y"},
        {"key": "x\r\ny"},
    ],
)
def test_a_mail_with_a_line_break_in_a_header_cannot_be_made(change):
    fields = {"key": MAIL.key, "to": MAIL.to, "subject": "s", "text": "t", "at": MAIL.at, "reply_to": None}
    with pytest.raises(ValueError, match="not a mail"):
        Mail(**{**fields, **change})
