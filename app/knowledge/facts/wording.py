"""A fact as a line that can be quoted: "Opening hours, Saturday: 10:00–14:00". A value and a language in; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.knowledge.facts.model import Slot, Value
from retrieval.hours.words import MONTHS, WEEKDAYS, sections


def line_of(slot: Slot, subject: str, value: Value, language: str) -> str:
    """The whole statement, so that nothing has to be read beside it."""
    words = _words(language)
    if slot.kind == "price":
        return f"{subject}: {say_value(slot.kind, value, language)}"
    if slot.kind in ("hours", "special_hours"):
        label = f"{words['hours']}, {say_day(slot, language)}"
    else:
        label = words["holidays" if slot.kind == "holiday_rule" else slot.kind]
    label = f"{subject}, {label[0].lower() if language != 'de' else label[0]}{label[1:]}" if subject else label
    return f"{label}: {say_value(slot.kind, value, language)}"


def decided_as(day: date, language: str) -> str:
    """ "The owner, 21 November 2026": how the source is named."""
    return _words(language)["owner"].format(date=_date(day.isoformat(), language))


def say_day(slot: Slot, language: str) -> str:
    """ "Saturday", "24 December", "Saturday (1 June – 31 August)"."""
    if slot.kind == "special_hours":
        first, _, last = slot.part.partition("/")
        return _range(first, last, language)
    day, _, season = slot.part.partition("/")
    name = WEEKDAYS[_known(language)].split()[int(day) - 1]
    if not season:
        return name
    first, _, last = season.partition("/")
    return f"{name} ({_range(first, last, language)})"


def say_value(kind: str, value: Value, language: str) -> str:
    words = _words(language)
    match kind:
        case "hours" | "special_hours":
            return say_spans(value.get("spans", []), language)
        case "holiday_rule":
            spans: Sequence[Sequence[str]] = value.get("spans") or []
            return say_spans(spans, language) if spans else words[f"rule_{value['public_holidays']}"]
        case "notice":
            return str(value["says"])
        case "price":
            return _price(value)
        case "phone":
            return str(value["e164"])
        case "email":
            return str(value["address"])
        case _:
            town = " ".join(str(value[part]) for part in ("postcode", "city") if value.get(part))
            parts = (value.get("street"), town, value.get("region"), value.get("country"))
            return ", ".join(str(part) for part in parts if part)


def say_spans(spans: Sequence[Sequence[str]], language: str) -> str:
    words = _words(language)
    if not spans:
        return words["closed"]
    if [list(span) for span in spans] == [["00:00", "24:00"]]:
        return words["all_day"]
    return ", ".join(f"{start}–{end}" for start, end in spans)


def _price(value: Value) -> str:
    amount = f"{value['amount']}–{value['to']}" if value.get("to") else str(value["amount"])
    told = f"{amount} {value['currency']}"
    told = f"≥ {told}" if value.get("from") else told
    return f"{told} / {value['per']}" if value.get("per") else told


def _range(first: str, last: str, language: str) -> str:
    if first == last:
        return _date(first, language)
    return "–".join(_date(edge, language) if edge else "" for edge in (first, last))


def _date(text: str, language: str) -> str:
    year, month, number = ("", *text[2:].split("-")) if text.startswith("--") else text.split("-")
    name = MONTHS[_known(language)].split()[int(month) - 1]
    pattern = _words(language)["date" if year else "yearly"]
    return pattern.format(n=int(number), month=name, year=year)


def _known(language: str) -> str:
    return language if language in WEEKDAYS else "en"


@lru_cache(maxsize=16)
def _words(language: str) -> dict[str, str]:
    return sections("words.txt", Path(__file__).parent)[_known(language)]
