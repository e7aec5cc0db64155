"""The nouns of this room: one fact as a page states it, what two pages disagree about, what changed since confirmed.

`value` by kind (all JSON; times are "HH:MM" local to the business, "24:00" is midnight at the end of a day, and a span
whose end is before its start ends on the next day: ["18:00", "02:00"]):

- hours         {"days": [1..7], "spans": [["10:00", "16:00"], …], "from"?: DATE, "until"?: DATE}
                days are ISO weekdays (1 Monday); no spans: closed. from/until: a season, both ends included; a season
                without years may go over New Year ("--10-01" to "--03-31").
- special_hours {"from": DATE, "until": DATE, "spans": […]}       a date or a range, over the weekly hours
- holiday_rule  {"public_holidays": "closed" | "open" | "as_sunday", "spans"?: […]}
                open without spans: as the weekly hours of that day say.
- notice        {"says": WORDS, "days"?: [1..7], "from"?: DATE, "until"?: DATE}
                that it is closed or otherwise, in words no other kind holds; it decides nothing, and while it lasts
                the hours alone decide nothing. One end alone: open at the other, and then with a year.
- price         {"amount": "12.50", "currency": "EUR", "to"?: "20.00", "per"?: "hour", "from"?: true}   from: "ab 12 €"
- phone         {"e164": "+4512345678"}     email {"address": "a@b.example"}
- address       {"street"?, "postcode"?, "city"?, "region"?, "country"?}   country: two letters

DATE is "YYYY-MM-DD", or "--MM-DD" for every year.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class FactKind(StrEnum):
    HOURS = "hours"
    SPECIAL_HOURS = "special_hours"
    HOLIDAY_RULE = "holiday_rule"
    NOTICE = "notice"
    PRICE = "price"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the business is, for reading numbers and dates as people there write them."""

    language: str  # two letters
    country: str | None = None  # ISO 3166, two capital letters
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class FoundFact:
    """One fact of one stored version. `start` and `end` in its text; both None for what only machines are told.

    `subject` is what it is about as the source calls it ("Kitchen", "Men's haircut"), '' for the business itself.
    Equal `subject_key`s speak of the same thing, equal `value_key`s say the same of it. `shown` is
    `text[start:end]` for what stands in the text; it may be several lines.
    """

    document_id: UUID
    version_id: UUID
    kind: FactKind
    origin: str  # json_ld | microdata | text
    subject: str
    subject_key: str
    value: dict[str, Any]
    value_key: str
    shown: str
    start: int | None = None
    end: int | None = None
    page: int | None = None
    language: str | None = None
    url: str = ""  # of the document


@dataclass(frozen=True, slots=True)
class Recognised:
    """`left_out`: facts beyond the bounds of a document or a generation."""

    facts: tuple[FoundFact, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Documents that state different values of the same. `sentence` is for the owner."""

    kind: FactKind
    subject: str
    subject_key: str
    facts: tuple[FoundFact, ...]  # one of each value, of at least two documents
    sentence: str


@dataclass(frozen=True, slots=True)
class ConfirmedFact:
    """What the owner decided on (table facts). `found_key`: the value_key the page stated when they did."""

    fact_id: UUID
    kind: FactKind
    subject: str
    subject_key: str
    value: dict[str, Any]
    value_key: str
    found_url: str | None
    found_key: str | None


@dataclass(frozen=True, slots=True)
class FactChange:
    """A page says something else than when the owner decided. `after` is empty where it says nothing of it now."""

    confirmed: ConfirmedFact
    after: tuple[FoundFact, ...]
    sentence: str  # "Saturday 10-16 is now 10-14 on /contact"


def subject_key_of(subject: str) -> str:
    """Letters and digits, case folded: "Men's haircut:" and "MENS HAIRCUT" are one subject."""
    return "".join(sign for sign in subject.casefold() if sign.isalnum())


def value_key_of(value: dict[str, Any]) -> str:
    """Canonical JSON: value == json.loads(value_key)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
