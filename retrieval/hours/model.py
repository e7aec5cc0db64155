"""The nouns of this room: what a fact says of a day, what was asked, and what is known of the day asked for.

Times are minutes from midnight in the business's own clock; a span that ends after 1440 goes over midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

DAY = 24 * 60
HOURS, SPECIAL, RULE, NOTICE = "hours", "special_hours", "holiday_rule", "notice"
KINDS = (HOURS, SPECIAL, RULE, NOTICE)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    start: int
    end: int  # over DAY: after midnight


Spans = tuple[Span, ...]  # in order; none: closed


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact stands. Found ones name their version and, unless only machines are told, the span in its text."""

    shown: str
    document_id: UUID | None = None
    version_id: UUID | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class HoursFact:
    """One fact of opening hours. `first` and `last`: a season, or the dates of special hours, as stored."""

    kind: str
    subject: str
    subject_key: str
    origin: Origin
    days: frozenset[int] = frozenset()  # ISO weekdays
    spans: Spans = ()
    first: str | None = None
    last: str | None = None
    rule: str | None = None  # closed | open | as_sunday
    says: str = ""  # of a notice
    decided_at: datetime | None = None  # by the owner; None: found

    @property
    def owned(self) -> bool:
        return self.decided_at is not None


class HolidayKind(StrEnum):
    PUBLIC = "public"
    REGIONAL = "regional"  # in parts of the country
    CUSTOMARY = "customary"  # no public holiday, but a day on which many close early


@dataclass(frozen=True, slots=True)
class Holiday:
    kind: HolidayKind
    name: str


class Known(StrEnum):
    """What the facts say of one day."""

    SAID = "said"
    HOLIDAY = "holiday"  # usual hours, on a day that is a holiday of which nothing is said
    CONFLICT = "conflict"
    NOTICED = "noticed"  # hours, and words beside them that say closed or otherwise
    UNNAMED = "unnamed"  # hours are given, for other days only
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """`facts`: those the plan rests on; at a conflict one of each opinion, for an unnamed day those of other days,
    where something is noticed that first."""

    day: date
    known: Known
    spans: Spans = ()
    facts: tuple[HoursFact, ...] = ()
    holiday: Holiday | None = None


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A date; `weekly`: the weekday in general ("on Sundays"), of which `day` is the next."""

    day: date
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class AskedHours:
    """A question that hours alone can answer. `rest`: words that must name the part of the business it is about."""

    language: str
    now: bool  # asks for this moment
    days: tuple[AskedDay, ...]  # today when `now`
    minutes: tuple[int, ...] = ()  # the time asked for, in every way it may be read
    yes_no: bool = False  # "are you open …?"
    rest: tuple[str, ...] = ()
    shop: bool = False  # says "the shop", which may be the business or a part of it
    vague: bool = False  # "is it open?": what was spoken of before counts
    week: bool = False  # asks for the hours as a whole
