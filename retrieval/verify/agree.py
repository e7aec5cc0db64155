"""Whether a figure of a passage is the one that was said. Two figures and what stands near the first in, yes or no out.

A bare number in a table takes its unit from the head of its column or the row; a number that counts something else
  does
not. Called by bind.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from retrieval.verify.figures import Figure, Kind, Measured, same_phone


@dataclass(frozen=True, slots=True)
class Near:
    """What a figure without a unit of its own may take from around it."""

    currencies: frozenset[str] = frozenset()
    units: frozenset[Measured] = frozenset()
    rates: frozenset[Measured] = frozenset()  # what a price may be told for
    years: frozenset[str] = frozenset()
    ages: bool = False  # under, over, children, from: then a bare number may be years of age
    crown: str | None = None  # what "kr" is on these pages


def holds(held: Figure, said: Figure, near: Near) -> bool:
    match said.kind:
        case Kind.MAIL | Kind.CODE:
            return held.kind is said.kind and bool(said.texts & held.texts)
        case Kind.LINK:
            return held.kind is Kind.LINK and any(
                link == known or known.startswith(link + "/") for link in said.texts for known in held.texts
            )
        case Kind.PHONE:
            # Less of what is written may be said, never more: a code in front of it would be made up.
            return held.kind is Kind.PHONE and any(
                len(phone) <= len(known) and same_phone(phone, known) for phone in said.texts for known in held.texts
            )
        case Kind.TIME:
            counts = held.kind is Kind.NUMBER and held.counted and not held.loose
            return held.kind in (Kind.TIME, Kind.NUMBER) and not counts and bool(said.loose & held.minutes)
        case Kind.DATE:
            return held.kind is Kind.DATE and bool(said.dates & held.dates) and _same_year(held, said, near)
        case Kind.MONTH:
            months = {month for _, month in said.dates}
            return any(month in months for _, month in held.dates) and _same_year(held, said, near)
        case Kind.YEAR:
            return held.year in said.texts or (held.kind in (Kind.YEAR, Kind.NUMBER) and bool(said.texts & held.texts))
        case Kind.MONEY:
            return _same_price(held, said, near)
        case Kind.MEASURE:
            return _same_measure(held, said, near)
        case Kind.NUMBER:
            return _same_number(held, said)


def same_kind(one: Figure, other: Figure) -> bool:
    """Whether they could stand for one another: another price is a rival of a price, a phone number is not."""
    if Kind.NUMBER in (one.kind, other.kind):
        bare, full = (one, other) if one.kind is Kind.NUMBER else (other, one)
        if full.kind is Kind.TIME:
            return bool(bare.loose)
        return full.kind is Kind.NUMBER or (full.kind in (Kind.MONEY, Kind.MEASURE) and not bare.counted)
    dated = (Kind.DATE, Kind.MONTH)
    if one.kind is Kind.MEASURE and other.kind is Kind.MEASURE:
        spans = ("time", "month", "workday", "night")
        return one.unit == other.unit or (one.unit in spans and other.unit in spans)
    return one.kind is other.kind or (one.kind in dated and other.kind in dated)


def within(said: Figure, held: Sequence[Figure]) -> bool:
    """A day or month that is told, or lies between two that are told as a range."""
    if any(said.dates & one.dates for one in held):
        return True
    days = [(month, day) for day, month in said.dates]
    for first, last in pairwise(held):
        if not last.ranged or not first.dates or not last.dates:
            continue
        begins = min((month, day) for day, month in first.dates)
        ends = max((month, day or 31) for day, month in last.dates)
        for month, day in days:
            at = (month, day or max(1, begins[1] if month == begins[0] else 1))
            if begins <= at <= ends if begins <= ends else at >= begins or at <= ends:
                return True
    months = {month for day, month in said.dates if not day}
    return bool(months & {month for one in held for _, month in one.dates})


def _same_year(held: Figure, said: Figure, near: Near) -> bool:
    if said.year is None:
        return True
    return held.year == said.year if held.year is not None else said.year in near.years


def _same_price(held: Figure, said: Figure, near: Near) -> bool:
    if held.kind is Kind.MONEY:
        equal = bool(said.amounts & held.amounts) and _same_currency(said.unit, held.unit, near)
        if "cent" in (said.unit, held.unit) and said.unit != held.unit:
            cents, whole = (said, held) if said.unit == "cent" else (held, said)
            equal = whole.unit in ("eur", "usd") and bool(
                {amount / Decimal(100) for amount in cents.amounts} & whole.amounts
            )
        return equal and _same_rate(held, said, near)
    if held.kind is Kind.NUMBER and not held.counted:
        known = any(_same_currency(said.unit, currency, near) for currency in near.currencies)
        return known and bool(said.amounts & held.amounts) and _same_rate(held, said, near)
    return False


def _same_currency(said: str | None, held: str | None, near: Near) -> bool:
    """ "kr" is what the pages' country pays with."""
    if said == held:
        return True
    crowns = {"dkk", "sek", "nok"}
    if said == "kr":
        return held in crowns
    return held == "kr" and said in crowns and (said == near.crown or said in near.currencies)


def _same_rate(held: Figure, said: Figure, near: Near) -> bool:
    """ "£60 a month" is not "£60 an hour"; "per person" may be left unsaid by the page."""
    if said.rate is None or said.rate[0] == "person":
        return True
    if held.rate is not None and held.rate[0] != "person":
        return held.rate == said.rate
    return said.rate in (near.rates or near.units)


def _same_measure(held: Figure, said: Figure, near: Near) -> bool:
    if held.kind is Kind.MEASURE:
        if said.unit == held.unit:
            return bool(said.amounts & held.amounts) and (
                said.rate is None or held.rate is None or said.rate == held.rate
            )
        return False
    if held.kind in (Kind.NUMBER, Kind.YEAR) and said.texts & held.texts:
        if (said.unit or "", said.factor) in near.units and not held.counted:
            return True
        if said.unit == "person":
            return not held.counted or any(unit == "person" for unit, _ in near.units)
        return near.ages and (said.unit, said.factor) == ("month", 12) and not held.counted
    return False


def _same_number(held: Figure, said: Figure) -> bool:
    if said.loose:
        return held.kind in (Kind.TIME, Kind.NUMBER) and bool(said.loose & held.minutes)
    if held.kind in (Kind.NUMBER, Kind.YEAR):
        return bool(said.texts & held.texts)
    if held.kind is Kind.PHONE:
        return False
    if held.kind in (Kind.MONEY, Kind.MEASURE):
        return not said.counted and bool(said.texts & held.texts)
    if held.kind is Kind.DATE:
        return any(str(day) in said.texts for day, _ in held.dates)
    return False
