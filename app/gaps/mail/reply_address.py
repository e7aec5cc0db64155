"""Addresses that say whose mail a reply is to: `reply+TOKEN@domain`. Made and read; only the token's hash is stored.

The token is 160 bits in letters and digits without case: mail programs write addresses as they like.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from email.utils import getaddresses

LIFE = timedelta(days=28)  # shorter than sent mails are kept, whose numbered lines tell what is meant
_TOKEN = re.compile(r"reply\+([a-z2-7]{32})")


def new_reply_token() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode().lower()


def reply_address(token: str, domain: str) -> str:
    return f"reply+{token}@{domain}"


def token_in(recipients: Iterable[str], domain: str) -> str | None:
    """The first of ours among the recipients as a mail names them."""
    for _, address in getaddresses(list(recipients)):
        local, _, host = address.strip().lower().rpartition("@")
        found = _TOKEN.fullmatch(local)
        if found is not None and host == domain:
            return found.group(1)
    return None
