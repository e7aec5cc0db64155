"""The small form of a fact: fields in, a NewFact out, and a stored value back into its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar.datastructures import FormMultiDict

from app.dashboard import forms
from app.errors import BadInput
from app.knowledge.facts.model import NewFact, Value

TIMES = 2  # pairs of opening and closing that the form offers
KINDS = {
    "hours": "Opening hours",
    "special_hours": "A special date",
    "holiday_rule": "Public holidays",
    "phone": "Phone",
    "email": "Mail",
    "address": "Address",
    "price": "Price",
}


@dataclass(frozen=True, slots=True)
class FactForm:
    """What stands in the fields."""

    kind: str
    subject: str = ""
    days: tuple[int, ...] = ()
    closed: bool = False
    times: tuple[tuple[str, str], ...] = ()
    first: str = ""
    last: str = ""
    yearly: bool = False
    expires: str = ""
    words: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All pairs of the form, the empty ones too."""
        return [*self.times, *[("", "")] * (max(TIMES, len(self.times)) - len(self.times))]


def read_form(form: FormMultiDict) -> FactForm:
    """As typed, for showing it again. Raises BadInput only for what no person types."""
    days = [value for value in forms.ticked(form, "day") if value in set("1234567")]
    opens, closes = forms.ticked(form, "opens"), forms.ticked(form, "closes")
    pairs = zip(opens, closes, strict=False)
    words = {name: forms.field(form, name, longest=200) for name in _WORDS}
    return FactForm(
        kind=forms.field(form, "kind"),
        subject=forms.field(form, "subject", longest=200),
        days=tuple(int(day) for day in days),
        closed=bool(forms.field(form, "closed")),
        times=tuple((start.strip()[:10], end.strip()[:10]) for start, end in pairs if start.strip() or end.strip()),
        first=forms.field(form, "first"),
        last=forms.field(form, "last"),
        yearly=bool(forms.field(form, "yearly")),
        expires=forms.field(form, "expires"),
        words=words,
    )


def new_fact(form: FactForm, zone: str, country: str | None) -> NewFact:
    """Raises BadInput with the first thing that is wrong; the rest is checked with the fact itself."""
    value: dict[str, Any] = dict(form.words)
    if form.kind in ("hours", "special_hours"):
        value = {"spans": _spans(form)} | _dates(form)
        if form.kind == "hours":
            value["days"] = list(form.days)
    elif form.kind == "holiday_rule":
        value = {"public_holidays": form.words["rule"]}
    elif form.kind == "phone":
        value = {"e164": form.words["number"], "country": country or ""}
    elif form.kind == "email":
        value = {"address": form.words["mail"]}
    return NewFact(form.kind, form.subject, value, _end_of(form.expires, zone))


def form_of(kind: str, subject: str, value: Value, expires_at: datetime | None, zone: str) -> FactForm:
    """A stored value in the fields that make it."""
    spans = [(str(start), "00:00" if end == "24:00" else str(end)) for start, end in value.get("spans", [])]
    first, last = str(value.get("from") or ""), str(value.get("until") or "")
    yearly = first.startswith("--")
    year = datetime.now(ZoneInfo(zone)).year
    if yearly:
        first, last = (_in_year(text, year) for text in (first, last))
    words = {name: str(value.get(name) or "") for name in _WORDS}
    words |= {"number": str(value.get("e164") or ""), "rule": str(value.get("public_holidays") or "closed")}
    if kind == "email":
        words["mail"] = str(value.get("address") or "")
    return FactForm(
        kind=kind,
        subject=subject,
        days=tuple(value.get("days", ())),
        closed=not spans,
        times=tuple(spans),
        first=first,
        last="" if last == first else last,
        yearly=yearly,
        expires=_last_day(expires_at, zone),
        words=words,
    )


_WORDS = (
    "amount",
    "to",
    "currency",
    "per",
    "number",
    "mail",
    "street",
    "postcode",
    "city",
    "region",
    "country",
    "rule",
)


def _spans(form: FactForm) -> list[tuple[str, str]]:
    if form.closed:
        if form.times:
            raise BadInput("Either it is closed, or it has times. Take one of both away.", code="closed_and_times")
        return []
    if not form.times:
        raise BadInput("Say from when to when, or that it is closed.", code="no_times")
    for start, end in form.times:
        if not start or not end:
            raise BadInput("Each time needs its beginning and its end.", code="half_a_time")
    # A clock in a form has no 24:00; who closes at 00:00 closes at the end of the day.
    return [(start, "24:00" if end == "00:00" else end) for start, end in form.times]


def _dates(form: FactForm) -> dict[str, str]:
    first, last = form.first, form.last
    if form.kind == "hours" and bool(first) != bool(last):
        raise BadInput("A season needs its first and its last day.", code="half_a_season")
    if form.yearly:
        first, last = (f"-{text[4:]}" if len(text) == 10 else text for text in (first, last))
    return {name: text for name, text in (("from", first), ("until", last)) if text}


def _in_year(text: str, year: int) -> str:
    """A day of every year as the browser's calendar takes it; 29 February in a year that has one."""
    day = f"{year:04d}{text[1:]}"
    try:
        date.fromisoformat(day)
    except ValueError:
        return f"{year + 4 - year % 4:04d}{text[1:]}"
    return day


def _end_of(text: str, zone: str) -> datetime | None:
    """The end of that day where the business is."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    except (ValueError, OverflowError) as error:
        raise BadInput("Choose the last day from the calendar, or leave it empty.", code="bad_date") from error


def _last_day(expires_at: datetime | None, zone: str) -> str:
    if expires_at is None:
        return ""
    return (expires_at.astimezone(ZoneInfo(zone)) - timedelta(seconds=1)).date().isoformat()
