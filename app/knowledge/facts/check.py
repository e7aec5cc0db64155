"""What a form says of a fact, checked: the same with times and numbers as they are stored, or one plain sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.errors import BadInput
from app.knowledge.facts.model import NewFact, Value
from app.knowledge.facts.slots import KINDS, NOTICE

SUBJECT, WORDS = 80, 200  # characters
MOST_SPANS = 4
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?")
_DATE = re.compile(r"(?:(\d{4})|-)-(\d{2})-(\d{2})")
_MAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.[^@\s<>\".]{2,}")


def check(new: NewFact, now: datetime) -> NewFact:
    """Raises BadInput with the first thing that is wrong."""
    if new.kind not in KINDS or new.kind == NOTICE:
        raise BadInput("Choose what it is: hours, contact or a price.")
    subject = " ".join(new.subject.split())
    if len(subject) > SUBJECT:
        raise BadInput(f"What it is about takes at most {SUBJECT} characters.")
    if new.kind == "price" and not subject:
        raise BadInput("Say what has this price, like “Men’s haircut”.", code="no_subject")
    if new.expires_at is not None and new.expires_at <= now:
        raise BadInput("The last day has passed already. Choose a later one, or leave it empty.", code="expired")
    return replace(new, subject=subject, value=_value(new.kind, new.value))


def _value(kind: str, value: Value) -> dict[str, Any]:
    match kind:
        case "hours":
            return _hours(value)
        case "special_hours":
            return {**_dates(value, needed=True), "spans": _spans(value.get("spans", []))}
        case "holiday_rule":
            return _rule(value)
        case "price":
            return _price(value)
        case "phone":
            return {"e164": _phone(str(value.get("e164", "")), str(value.get("country") or ""))}
        case "email":
            return {"address": _mail(str(value.get("address", "")))}
        case _:
            return _address(value)


def _hours(value: Value) -> dict[str, Any]:
    days = sorted(set(value.get("days", ())))
    if not days or not set(days) <= set(range(1, 8)):
        raise BadInput("Choose at least one day.", code="no_day")
    return {"days": days, "spans": _spans(value.get("spans", [])), **_dates(value, needed=False)}


def _rule(value: Value) -> dict[str, Any]:
    rule = value.get("public_holidays")
    if rule not in ("closed", "open", "as_sunday"):
        raise BadInput("Say how public holidays are: closed, as usual, or as on Sundays.")
    return {"public_holidays": rule}


def _spans(spans: Sequence[Sequence[str]]) -> list[list[str]]:
    """In order, none over another; no spans: closed."""
    read = sorted([_clock(start), _clock(end)] for start, end in spans)
    if len(read) > MOST_SPANS:
        raise BadInput(f"A day takes at most {MOST_SPANS} times.")
    for number, (start, end) in enumerate(read):
        if start == end:
            raise BadInput(
                f"{start} to {end} is no time at all. Open day and night is 00:00 to 24:00.", code="bad_time"
            )
        if start == "24:00":
            raise BadInput("A day begins at 00:00, not at 24:00.", code="bad_time")
        if number + 1 < len(read) and (end < start or end > read[number + 1][0]):
            raise BadInput(f"{start} to {end} runs into {read[number + 1][0]}. Put them into one.", code="bad_time")
    return read


def _clock(text: str) -> str:
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2] or 0) > 59 or (match[1] == "24" and int(match[2] or 0)):
        raise BadInput(f"“{text[:20]}” is not a time. Write it like 9:30 or 18:00.", code="bad_time")
    return f"{int(match[1]):02d}:{match[2] or '00'}"


def _dates(value: Value, *, needed: bool) -> dict[str, str]:
    first, last = str(value.get("from") or ""), str(value.get("until") or "")
    if not first and not last and not needed:
        return {}
    if not first:
        raise BadInput("Choose the first day.", code="no_date")
    first, last = _date(first), _date(last or first)
    if first.startswith("--") != last.startswith("--"):
        raise BadInput("Give both days with a year, or both for every year.")
    if not first.startswith("--") and last < first:
        raise BadInput("The last day is before the first.", code="bad_date")
    return {"from": first, "until": last}


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    try:
        if match is not None:
            date(int(match[1] or 2024), int(match[2]), int(match[3]))  # every year: 29 February is a day
            return text
    except ValueError as error:
        raise BadInput("There is no such day.", code="bad_date") from error
    raise BadInput("Choose a day.", code="bad_date")


def _price(value: Value) -> dict[str, Any]:
    amount = _amount(str(value.get("amount", "")))
    currency = str(value.get("currency", "")).strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadInput("Write the currency with three letters, like EUR or GBP.", code="bad_currency")
    made: dict[str, Any] = {"amount": amount, "currency": currency}
    if str(value.get("to") or "").strip():
        made["to"] = _amount(str(value["to"]))
        if Decimal(made["to"]) <= Decimal(amount):
            raise BadInput("The higher price is not higher.", code="bad_amount")
    per = " ".join(str(value.get("per") or "").split())[:WORDS]
    return {**made, "per": per} if per else made


def _amount(text: str) -> str:
    plain = text.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise BadInput("Write the price as a number, like 12.50.", code="bad_amount") from error
    if not amount.is_finite() or not 0 <= amount < 10**9 or -int(amount.as_tuple().exponent) > 3:
        raise BadInput("Write the price as a number, like 12.50.", code="bad_amount")
    return f"{amount:.2f}" if amount != amount.to_integral_value() or "." in plain else f"{amount:f}"


def _phone(text: str, country: str) -> str:
    import phonenumbers  # 0.1 s of tables: with the first number, not at the start

    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as error:
        raise BadInput("Write the number with its country, like +45 12 34 56 78.", code="bad_phone") from error
    if not phonenumbers.is_possible_number(number):
        raise BadInput("This is not a number one can call. Write it like +45 12 34 56 78.", code="bad_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mail(text: str) -> str:
    address = text.strip()
    if len(address) > WORDS or _MAIL.fullmatch(address) is None:
        raise BadInput("This is not a mail address.", code="bad_mail")
    return address.lower()


def _address(value: Value) -> dict[str, Any]:
    made = {
        part: " ".join(str(value.get(part) or "").split())[:WORDS]
        for part in ("street", "postcode", "city", "region", "country")
    }
    kept = {part: text for part, text in made.items() if text}
    if "street" not in kept and "city" not in kept:
        raise BadInput("Write at least the street or the town.", code="no_address")
    return kept
