"""The noun of this room: one fact as a page states it.

`value` by kind (all JSON; times are "HH:MM" local to the business, "24:00" is midnight at the end of a day):

- hours         {"days": [1..7], "spans": [["10:00", "16:00"], …], "from"?: DATE, "until"?: DATE}
                days are ISO weekdays (1 Monday); no spans: closed. from/until: a season.
- special_hours {"from": DATE, "until": DATE, "spans": […]}       a date or a range, over the weekly hours
- holiday_rule  {"public_holidays": "closed" | "open" | "as_sunday", "spans"?: […]}
- price         {"amount": "12.50", "currency": "EUR", "to"?: "20.00", "per"?: "hour"}
- phone         {"e164": "+4512345678"}     email {"address": "a@b.example"}
- address       {"street"?, "postcode"?, "city"?, "region"?, "country"?}

DATE is "YYYY-MM-DD", or "--MM-DD" for every year.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class FactKind(StrEnum):
    HOURS = "hours"
    SPECIAL_HOURS = "special_hours"
    HOLIDAY_RULE = "holiday_rule"
    PRICE = "price"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class FoundFact:
    """One fact of one stored version. `start` and `end` in its text; both None for what only machines are told.

    `subject` is what it is about as the source calls it ("Kitchen", "Men's haircut"), '' for the business itself.
    Equal `subject_key`s speak of the same thing, equal `value_key`s say the same of it.
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
