"""The nouns of signing in. No visitor data: accounts are the people who run a business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

LINK_LIFE = timedelta(minutes=10)  # ASVS 6.5.5
SESSION_IDLE = timedelta(days=14)
SESSION_LIFE = timedelta(days=30)
SESSION_COOKIE = "__Host-sid"
NONCE_COOKIE = "__Host-nonce"


class Role(StrEnum):
    OWNER = "owner"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Account:
    account_id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `session_hash` is what the row holds; the id itself is only in the cookie."""

    session_hash: bytes
    account: Account
    csrf: str  # what every form of this session carries


@dataclass(frozen=True, slots=True)
class OpenedSession:
    cookie: str
    account: Account


@dataclass(frozen=True, slots=True)
class Membership:
    business_id: UUID
    slug: str
    role: Role


@dataclass(frozen=True, slots=True)
class Member:
    """One of the people of a business, for its owners."""

    account_id: UUID
    email: str
    role: Role
    created_at: datetime
    last_sign_in_at: datetime | None  # None: invited, never came
