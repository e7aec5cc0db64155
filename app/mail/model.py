"""The nouns of mail: why one is sent, what is queued, what stands in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.jobs.model import JobRef
from app.providers.mailer import Mail, Mailer, MailFailed, mail_address, one_line
from app.vault.keys import BusinessKeys

__all__ = [
    "Composed",
    "Mail",
    "MailFailed",
    "Mailer",
    "OutboxRow",
    "OutboxState",
    "Purpose",
    "Queued",
    "StoredMail",
    "mail_address",
    "one_line",
    "open_mail",
    "seal_mail",
]


class Purpose(StrEnum):
    LEAD = "lead"
    SIGN_IN = "sign_in"
    INVITE = "invite"
    PERSON = "person"  # a visitor asks for a person
    GAPS = "gaps"  # the week's questions that nobody could answer
    GAP_REPLY = "gap_reply"  # what became of a reply to them
    BUDGET = "budget"  # the month's tokens come to their end


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Composed:
    """What a mail says, before it is queued."""

    subject: str
    text: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """`ref` to ring the doorbell with after the commit; None: this mail was queued before."""

    outbox_id: UUID
    ref: JobRef | None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A mail's row as stored; `open_mail` reads what is sealed in it."""

    outbox_id: UUID
    lead_id: UUID | None
    purpose: str
    state: str
    attempts: int
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    provider: str | None
    last_error: str | None
    recipient_sealed: bytes
    payload_sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of the outbox, opened: for the mailbox page and for sending."""

    to: tuple[str, ...]
    subject: str
    text: str
    reply_to: str | None


def seal_mail(keys: BusinessKeys, outbox_id: UUID, to: tuple[str, ...], mail: Composed) -> tuple[bytes, bytes]:
    """(recipient_sealed, payload_sealed)."""
    recipient = keys.seal("outbox", "recipient_sealed", outbox_id, "\n".join(to))
    payload = keys.seal("outbox", "payload_sealed", outbox_id, json.dumps(asdict(mail), ensure_ascii=False))
    return recipient, payload


def open_mail(keys: BusinessKeys, row: OutboxRow) -> StoredMail:
    """Raises app.vault.keys.SealBroken for a row whose values were changed or moved."""
    to = keys.open("outbox", "recipient_sealed", row.outbox_id, bytes(row.recipient_sealed))
    payload = json.loads(keys.open("outbox", "payload_sealed", row.outbox_id, bytes(row.payload_sealed)))
    return StoredMail(tuple(to.split("\n")), payload["subject"], payload["text"], payload["reply_to"])
