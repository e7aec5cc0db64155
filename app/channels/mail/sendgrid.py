"""A post of SendGrid's Inbound Parse to what a reply is to the rest. Pure.

A multipart form: either the parsed mail (headers, text, html, envelope, dkim, SPF, and the charset of each field), or
with "send raw" the whole message in one field. Read with the mail parser of the standard library, which keeps bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import Any, cast

from app.gaps.mail.headers import is_automatic
from app.gaps.mail.model import Received
from app.gaps.mail.reply_address import token_in
from app.providers.html_text import text_of_html

PROVIDER = "sendgrid"
_DKIM = re.compile(r"@([\w.-]+)\s*:\s*(\w+)")


def read_post(content_type: str, body: bytes, domain: str) -> Received | None:
    """None for a body that is no such form, and for a mail that is to none of our addresses."""
    fields = _fields(content_type, body)
    if not fields:
        return None
    charsets = _object(fields.get("charsets", b""))
    told = {name: _decoded(value, str(charsets.get(name, "utf-8"))) for name, value in fields.items()}
    whole = _parsed(fields["email"]) if "email" in fields else None
    headers: Message = whole if whole is not None else message_from_string(told.get("headers", ""))
    envelope = _object(told.get("envelope", "").encode())
    recipients = [*_texts(envelope.get("to")), told.get("to", ""), told.get("cc", "")]
    token = token_in(recipients, domain)
    if token is None:
        return None
    sender = parseaddr(told.get("from") or str(headers.get("From", "")))[1]
    message_id = str(headers.get("Message-ID", "")).strip()
    text = _text_of(whole) if whole is not None else told.get("text") or text_of_html(told.get("html", ""))
    return Received(
        provider=PROVIDER,
        # A post that is repeated has the same mail in it, in another boundary perhaps.
        event_id=hashlib.sha256(message_id.encode() or body).hexdigest(),
        token=token,
        sender=sender,
        authentic=_authentic(sender, told),
        automatic=is_automatic({name.lower(): str(value) for name, value in headers.items()}),
        text=text,
    )


def _fields(content_type: str, body: bytes) -> dict[str, bytes]:
    if not content_type.lower().startswith("multipart/form-data"):
        return {}
    form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    found: dict[str, bytes] = {}
    for part in cast(list[Message], form.get_payload()) if form.is_multipart() else []:
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and part.get_filename() is None:
            payload = part.get_payload(decode=True)
            found[name] = payload if isinstance(payload, bytes) else b""
    return found


def _decoded(value: bytes, charset: str) -> str:
    try:
        return value.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return value.decode("utf-8", "replace")


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _text_of(mail: EmailMessage) -> str:
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        if body is not None:
            try:
                content = str(body.get_content())
            except (LookupError, UnicodeError):
                continue  # a charset nobody knows: the other form of it perhaps
            return content if kind == "plain" else text_of_html(content)
    return ""


def _authentic(sender: str, told: dict[str, str]) -> bool | None:
    """Signed by the sender's own domain, or sent by a machine that may send for it. None: SendGrid did not say."""
    spf, dkim = told.get("SPF", "").strip().lower(), told.get("dkim", "").strip()
    if not spf and not dkim:
        return None
    host = sender.rpartition("@")[2].lower()
    for signer, result in _DKIM.findall(dkim):
        signer = signer.lower()
        if result.lower() == "pass" and (host == signer or host.endswith(f".{signer}")):
            return True
    # SPF is of the envelope's sender, which must then be of the same domain.
    envelope = str(_object(told.get("envelope", "").encode()).get("from", "")).rpartition("@")[2].lower()
    return spf.startswith("pass") and envelope == host


def _object(value: bytes) -> dict[str, Any]:
    try:
        read: Any = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], read) if isinstance(read, dict) else {}


def _texts(value: object) -> list[str]:
    return [str(one) for one in cast(list[object], value)] if isinstance(value, list) else []
