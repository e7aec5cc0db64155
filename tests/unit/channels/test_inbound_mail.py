"""Notices of mail that came in are taken only from the provider that signed them just now, and read as they come."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.channels.mail.resend import read_notice
from app.channels.mail.sendgrid import read_post
from app.channels.mail.signatures import signed_by_resend, signed_by_sendgrid
from app.gaps.mail.reply_address import new_reply_token, reply_address, token_in
from app.providers.html_text import text_of_html

# Vectors that the providers publish with their own libraries.
SVIX = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
SVIX_SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SENDGRID_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eN"
    "Ec6wEA3F+g=="
)
DOMAIN = "reply.example.com"
TOKEN = "a2" * 16


def svix(**changes: str) -> dict[str, str]:
    return {"svix-id": SVIX[1], "svix-timestamp": str(SVIX[2]), "svix-signature": SVIX_SIGNED} | changes


def test_what_resend_signed_is_known_by_its_id_and_nothing_else_is() -> None:
    secret, notice, at, body = SVIX
    now = datetime.fromtimestamp(at, UTC)
    assert signed_by_resend(secret, svix(), body, now) == notice
    webhook = {name.replace("svix", "webhook"): value for name, value in svix().items()}
    assert signed_by_resend(secret, webhook, body, now) == notice
    changed_secret = svix(**{"svix-signature": f"v1,AAAA {SVIX_SIGNED}"})
    assert signed_by_resend(secret, changed_secret, body, now) == notice
    wrong: list[tuple[str, dict[str, str], bytes, datetime]] = [
        (secret, svix(), body + b" ", now),
        (secret, svix(**{"svix-id": "msg_other"}), body, now),
        (secret, svix(**{"svix-timestamp": str(at + 1)}), body, now),
        (secret, svix(**{"svix-signature": SVIX_SIGNED.replace("v1,", "v1a,")}), body, now),
        (secret, svix(**{"svix-signature": ""}), body, now),
        ("whsec_AAAA", svix(), body, now),
        ("whsec_not base64!", svix(), body, now),
        (secret, {}, body, now),
    ]
    assert [signed_by_resend(*case) for case in wrong] == [None] * len(wrong)


@pytest.mark.parametrize(("seconds", "taken"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_signed_notice_is_good_for_five_minutes(seconds: int, taken: bool) -> None:
    secret, _, at, body = SVIX
    now = datetime.fromtimestamp(at, UTC) + timedelta(seconds=seconds)
    assert (signed_by_resend(secret, svix(), body, now) is not None) is taken


def test_what_sendgrid_signed_is_known_and_nothing_else_is() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = base64.b64encode(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    at, body = str(int(now.timestamp())), b"--xYzZY\r\nraw bytes \xff\r\n--xYzZY--\r\n"
    signed = base64.b64encode(private.sign(at.encode() + body, ec.ECDSA(SHA256()))).decode()
    headers = {
        "x-twilio-email-event-webhook-timestamp": at,
        "x-twilio-email-event-webhook-signature": signed,
    }
    assert signed_by_sendgrid(public.decode(), headers, body, now)
    assert not signed_by_sendgrid(public.decode(), headers, body + b"\r\n", now)
    assert not signed_by_sendgrid(public.decode(), headers, body, now + timedelta(minutes=6))
    assert not signed_by_sendgrid(SENDGRID_KEY, headers, body, now)
    assert not signed_by_sendgrid("no key", headers, body, now)
    assert not signed_by_sendgrid(public.decode(), {}, body, now)


def notice(**data: Any) -> bytes:
    received = {
        "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "created_at": "2026-11-23T08:41:11.894719+00:00",
        "from": "Olga Smith <olga@example.com>",
        "to": [reply_address(TOKEN, DOMAIN)],
        "bcc": [],
        "cc": [],
        "message_id": "<example+123>",
        "subject": "Re: 3 questions nobody could answer",
        "attachments": [],
    }
    event = {"type": "email.received", "created_at": "2026-11-23T08:41:12.126Z", "data": received | data}
    return json.dumps(event).encode()


def test_notice_of_resend_names_the_mail_whose_text_is_fetched() -> None:
    found = read_notice(notice(), "msg_1", DOMAIN)
    assert found is not None
    assert (found.token, found.sender, found.text) == (TOKEN, "olga@example.com", None)
    assert found.provider_id == "56761188-7520-42d8-8898-ff6fc54ce618"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"type": "email.received"}',
        notice().replace(b"email.received", b"email.opened"),
        notice(to=["info@reply.example.com"]),
        notice(to=[reply_address(TOKEN, "elsewhere.example")]),
        notice(email_id="../emails"),
        notice(email_id=None),
        b"[" * 100_000,
    ],
)
def test_other_notices_are_nothing_to_us(body: bytes) -> None:
    assert read_notice(body, "msg_1", DOMAIN) is None


def form(**fields: str | bytes) -> bytes:
    parts = [
        f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value if isinstance(value, bytes) else value.encode())
        + b"\r\n"
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--xYzZY--\r\n"


HEADERS = "\n".join(
    (
        "Received: by mx0031p1mdw1.sendgrid.net with SMTP id 6WCVv7KAWn Mon, 23 Nov 2026 08:41:11 +0000 (UTC)",
        "From: Olga Smith <olga@example.com>",
        "Message-ID: <E6000B59@mail.example.com>",
        f"To: {reply_address(TOKEN, DOMAIN)}",
        "Subject: Re: 3 questions",
    )
)
POSTED: dict[str, str | bytes] = {
    "headers": HEADERS,
    "dkim": "{@example.com : pass}",
    "to": reply_address(TOKEN, DOMAIN),
    "from": "Olga Smith <olga@example.com>",
    "text": "1: Ja, gerne – draußen.\n",
    "sender_ip": "192.0.2.7",
    "envelope": json.dumps({"to": [reply_address(TOKEN, DOMAIN)], "from": "olga@example.com"}),
    "attachments": "0",
    "subject": "Re: 3 questions",
    "charsets": '{"to":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"UTF-8"}',
    "SPF": "pass",
}
TYPE = "multipart/form-data; boundary=xYzZY"


def test_post_of_sendgrid_is_read_in_the_charset_it_names() -> None:
    found = read_post(TYPE, form(**POSTED), DOMAIN)
    assert found is not None and found.text is not None
    assert (found.token, found.sender, found.authentic, found.automatic) == (TOKEN, "olga@example.com", True, False)
    assert found.text.strip() == "1: Ja, gerne – draußen."
    latin = {"text": "1: draußen".encode("latin-1"), "charsets": '{"text":"iso-8859-1"}'}
    latin_read = read_post(TYPE, form(**(POSTED | latin)), DOMAIN)
    assert latin_read is not None and latin_read.text == "1: draußen"
    assert latin_read.event_id == found.event_id  # the same mail, posted again


def test_raw_post_of_sendgrid_is_read_too() -> None:
    raw = HEADERS.replace("\n", "\r\n") + (
        "\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
        "\r\n\r\n<div>1: Yes, <b>outside</b>=2E</div><blockquote>1. Can I bring my dog?</blockquote>"
    )
    fields = {name: value for name, value in POSTED.items() if name not in {"headers", "text", "charsets"}}
    found = read_post(TYPE, form(**fields, email=raw), DOMAIN)
    assert found is not None
    assert found.text == "1: Yes, outside.\n> 1. Can I bring my dog?"


@pytest.mark.parametrize(
    ("changed", "authentic"),
    [
        ({"dkim": "{@example.com : pass}", "SPF": "softfail"}, True),
        ({"dkim": "{@mailer.example.com : pass}", "SPF": "fail"}, False),
        ({"dkim": "{@gmail.example : pass}", "SPF": "none"}, False),
        ({"dkim": "none", "SPF": "pass"}, True),
        ({"dkim": "none", "SPF": "pass", "envelope": json.dumps({"from": "x@evil.example"})}, False),
        ({"dkim": "{@example.com : fail}", "SPF": "fail"}, False),
        ({"dkim": "", "SPF": ""}, None),
    ],
)  # fmt: skip
def test_sender_is_believed_when_the_domain_signed_or_sent_it(changed: dict[str, str], authentic: bool | None) -> None:
    found = read_post(TYPE, form(**(POSTED | changed)), DOMAIN)
    assert found is not None and found.authentic is authentic


@pytest.mark.parametrize("line", ["Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes"])
def test_absence_notices_are_told_from_people(line: str) -> None:
    found = read_post(TYPE, form(**(POSTED | {"headers": f"{HEADERS}\n{line}"})), DOMAIN)
    assert found is not None and found.automatic


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        (TYPE, b""),
        (TYPE, b"--xYzZY"),
        (TYPE, form(to="x@y.example")),
        ("multipart/form-data", b"x"),
    ],
)
def test_other_posts_are_nothing_to_us(content_type: str, body: bytes) -> None:
    assert read_post(content_type, body, DOMAIN) is None


def test_address_survives_what_mail_programs_do_to_it() -> None:
    token = new_reply_token()
    assert token_in([f"Milo <{reply_address(token, DOMAIN).upper()}>"], DOMAIN) == token
    assert token_in(["a@b.example", f'"x, y" <{reply_address(token, DOMAIN)}>'], DOMAIN) == token
    assert token_in([reply_address(token[:-1], DOMAIN), reply_address(token, f"{DOMAIN}.evil.example")], DOMAIN) is None


def test_text_of_a_mail_in_html_keeps_its_lines_and_marks_what_is_quoted() -> None:
    html = (
        "<html><head><style>p {}</style></head><body><p>1: Yes &amp; no</p><p>2: Later<br>perhaps</p>"
        "<blockquote type=cite><div>1. Dogs?</div><blockquote>older</blockquote></blockquote><script>x</script></body>"
    )
    assert text_of_html(html) == "1: Yes & no\n2: Later\nperhaps\n> 1. Dogs?\n> > older"
