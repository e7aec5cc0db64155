"""What a mail provider is to the rest: a Mail goes in, the provider's id comes out, or MailFailed.

A Mail cannot be made with a line break where a header goes or with an address that is none: whatever
a visitor typed, it stays inside its field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from typing import Protocol

# What every mail server takes, in ASCII: a provider that refuses an odd reply address would refuse the
# lead's mail with it. None of these characters can leave its place in a header or in JSON.
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST_SUBJECT = 200


class MailFailed(Exception):
    """The provider did not take the mail. `sentence` is for the owner; no address, no content.

    `permanent`: no retry will help. `retry_after`: seconds the provider asked for. Where it is not known
    whether the mail went out (the connection broke before the reply) it counts as not sent.
    """

    def __init__(self, sentence: str, *, permanent: bool = False, retry_after: float | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Mail:
    """One message. `key` is the same at every attempt: idempotency key and left side of the Message-ID."""

    key: str
    to: tuple[str, ...]
    subject: str
    text: str
    at: datetime  # when it was queued: the Date header, the same at every attempt
    reply_to: str | None = None

    def __post_init__(self) -> None:
        for address in (*self.to, *([self.reply_to] if self.reply_to else [])):
            if mail_address(address) != address:
                raise ValueError("not a mail address")
        if not self.to or CONTROL.search(self.subject) or not re.fullmatch(r"[A-Za-z0-9-]{1,100}", self.key):
            raise ValueError("not a mail that can be sent")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail comes from."""

    name: str
    address: str

    def __str__(self) -> str:
        local, _, domain = self.address.rpartition("@")
        return str(Address(self.name, local, domain))

    def message_id(self, key: str) -> str:
        return f"<{key}@{self.address.rpartition('@')[2]}>"


class Mailer(Protocol):
    @property
    def provider(self) -> str:
        """For the outbox row: smtp, resend, sendgrid or mailbox."""
        ...

    @property
    def processor(self) -> str | None:
        """The name a business must have in its allowed_processors; None: no third party."""
        ...

    async def send(self, mail: Mail) -> str | None:
        """The provider's own id of the message. Raises MailFailed."""
        ...

    async def close(self) -> None: ...


def mail_address(text: str) -> str | None:
    """The address as it can be sent to, its domain in ASCII; None for anything else."""
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    whole = f"{local}@{domain}"
    if len(whole) > 254 or len(local) > 64 or not LOCAL.fullmatch(local) or not DOMAIN.fullmatch(domain):
        return None
    return whole


def one_line(text: str, limit: int = LONGEST_SUBJECT) -> str:
    """Control characters and line breaks become spaces; cut at `limit` characters."""
    line = " ".join(CONTROL.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
