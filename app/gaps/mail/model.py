"""The nouns of mails about gaps and of the replies to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.gaps.model import Keeps
from app.settings import Settings


class ReplyState(StrEnum):
    RECEIVED = "received"
    UNDERSTOOD = "understood"
    UNCLEAR = "unclear"  # its words were mailed back
    REFUSED = "refused"  # from somebody else, or of somebody who left


class Mails(Keeps, Protocol):
    """What writing mails needs. `Services` has it."""

    @property
    def settings(self) -> Settings: ...


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whose mail a reply address is of."""

    business_id: UUID
    outbox_id: UUID
    account_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """`text_sealed` None: it is still at the provider, under `provider_id`."""

    reply_id: UUID
    outbox_id: UUID
    account_id: UUID
    state: str
    provider: str
    provider_id: str | None
    text_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A numbered question of a mail."""

    line: int
    gap_id: UUID


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that came in for one of our addresses, as a provider tells it."""

    provider: str
    event_id: str  # the same for the same notice, however often it is sent
    token: str
    sender: str  # of its From line
    authentic: bool | None  # what the provider found of DKIM and SPF; None: it does not say
    automatic: bool  # an absence notice or a list: never answered, or two machines write to each other for ever
    text: str | None  # None: to be fetched under `provider_id`
    provider_id: str | None = None
