"""What a business is to the rest of the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# Milo itself: owns sign-in mails and the service's own jobs. Never listed, has no sources or visitors.
HOUSE_BUSINESS_ID = UUID("00000000-0000-7000-8000-000000000001")
HOUSE_SLUG = "milo-house"


@dataclass(frozen=True, slots=True)
class Business:
    business_id: UUID
    slug: str
    name: str
    website: str | None
    industry: str | None
    country: str | None  # ISO 3166, two letters
    time_zone: str  # IANA name
    language: str  # two letters
    controller_name: str | None
    controller_contact: str | None
    allowed_processors: list[str]
    allowed_origins: list[str]
    accent: str | None
    monthly_token_cap: int
    month_tokens: int  # of this month, used or reserved
    visitor_daily_token_cap: int
    chat_model: str | None  # asked before the others of MILO_CHAT
    economy_model: str | None  # asked alone from economy_percent of the cap on
    economy_percent: int
    temperature: float | None  # None: 0
    max_answer_tokens: int | None  # None: retrieval's own limit
    live_generation: int | None
    live_model: str | None  # what is live was embedded with
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answering:
    """What an owner decides about the models and their tokens; the names are those of Business."""

    chat_model: str | None
    economy_model: str | None
    economy_percent: int
    temperature: float | None
    max_answer_tokens: int | None
    monthly_token_cap: int
    visitor_daily_token_cap: int


@dataclass(frozen=True, slots=True)
class NewBusiness:
    name: str
    slug: str
    time_zone: str = "UTC"
    language: str = "en"
    website: str | None = None
    country: str | None = None
    industry: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedBusiness:
    business_id: UUID
    slug: str
    widget_key: str
