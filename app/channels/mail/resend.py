"""A notice of Resend's (`email.received`) to what a reply is to the rest. Pure.

The notice is without text and headers; the worker fetches the text. What Resend found of SPF and DKIM is not told, so
the token and the sender's address decide.
"""

from __future__ import annotations

import json
from email.utils import parseaddr
from typing import Any, cast

from app.gaps.mail.model import Received
from app.gaps.mail.reply_address import token_in

PROVIDER = "resend"


def read_notice(body: bytes, event_id: str, domain: str) -> Received | None:
    """None for another kind of notice, and for a mail that is to none of our addresses."""
    try:
        event: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    data = _object(_object(event).get("data"))
    if _object(event).get("type") != "email.received":
        return None
    recipients = [*_texts(data.get("to")), *_texts(data.get("cc")), *_texts(data.get("bcc"))]
    token, mail_id = token_in(recipients, domain), data.get("email_id")
    if token is None or not isinstance(mail_id, str) or not mail_id.replace("-", "").isalnum():
        return None
    return Received(
        provider=PROVIDER,
        event_id=event_id,
        token=token,
        sender=parseaddr(str(data.get("from") or ""))[1],
        authentic=None,
        automatic=False,
        text=None,
        provider_id=mail_id,
    )


def _object(value: object) -> dict[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [str(one) for one in cast(list[object], value)] if isinstance(value, list) else []
