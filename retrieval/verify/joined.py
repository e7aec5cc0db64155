"""What is told once for two figures: "6 to 10 years", "24, 25 and 31 December", "9 - 17".

A text and its figures in, the same with what they share out. Called by figures.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

from retrieval.verify.figure import Figure, Kind

_RANGE = re.compile(
    r"\s*(?:\.|st|nd|rd|th|er)?\s*(?:-|–|—|\bto\b|\bbis\b|\btil\b|à|\bau\b|\ba(?:l|las)?\b|\balle\b|\bdo\b"
    r"|\btill?\b|\btot\b(?: en met)?"
    r"|\bthrough\b|\bthru\b|\buntil\b|\bund\b|\band\b|\bog\b|\bet\b|\by\b|\be\b|\ben\b|\boch\b|/|\bor\b"
    r"|\boder\b|\beller\b|\bou\b"
    r"|\bo\b|\bof\b|,|&)\s*(?:\bund\b|\band\b|\bog\b|\bet\b)?\s*(?:l[ae]s?\s|um\s|kl\.?\s|[€$£]\s?)?",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\s*\.?\s*(?:-|–|—|to\b|bis\b|til\b|à|au\b|al?\b|alle\b|do\b|till?\b|tot\b|through\b|thru\b|until\b)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\d{1,2}\.\d\d\s?[-–—]\s?\d{1,2}\.\d\d")
_BETWEEN = re.compile(
    r"\b(?:between|zwischen|mellem|mellan|mellom|entre|tra|fra|tussen|między)\b[^.]{0,24}$", re.IGNORECASE
)


def joined(text: str, figures: list[Figure]) -> tuple[Figure, ...]:
    """ "6 to 10 years", "24, 25 and 31 December", "9 bis 12.30 Uhr": what is told once holds for both."""
    for at in range(len(figures) - 1, 0, -1):
        one, two = figures[at - 1], figures[at]
        gap = text[one.end : two.start]
        if len(gap) > 12 or not _RANGE.fullmatch(gap):
            continue
        if one.kind is two.kind is Kind.NUMBER and _DOTTED.fullmatch(text[one.start : two.end]):
            figures[at - 1] = one = replace(one, kind=Kind.TIME, loose=one.loose or one.minutes)
            figures[at] = two = replace(two, kind=Kind.TIME, loose=two.minutes)
        elif "," in gap and two.kind is not Kind.DATE:
            continue
        elif one.kind is Kind.NUMBER and (not one.counted or _joins(one.counted)):
            figures[at - 1] = one = _like(one, two)
        elif two.kind is Kind.NUMBER and one.kind in (Kind.TIME, Kind.MONEY) and not two.counted:
            figures[at] = two = _like(two, one)
        elif two.kind is Kind.NUMBER and one.kind is Kind.DATE and text[one.start].isalpha() and not two.counted:
            figures[at] = two = _like(two, one)  # "November 24 to 28"
        if _SPAN.match(gap) or (_BETWEEN.search(text, 0, one.start) and "," not in gap):
            figures[at] = two = replace(two, ranged=True)
            if (
                one.kind is two.kind is Kind.NUMBER
                and one.minutes
                and two.minutes
                and bool(one.loose) != bool(two.loose)
            ):
                figures[at - 1] = replace(one, loose=one.loose or one.minutes)
                figures[at] = replace(two, loose=two.loose or two.minutes)
    for at in range(1, len(figures)):
        one, two = figures[at - 1], figures[at]
        if two.ranged and one.kind is Kind.TIME and two.kind is Kind.TIME and len(one.loose) > 1:
            figures[at - 1 : at + 1] = _working_day(one, two)
    return tuple(figures)


def _joins(word: str) -> bool:
    return word in ("and", "und", "bis", "til", "oder", "till", "tot", "until", "through", "eller", "alle", "och")


def _like(bare: Figure, full: Figure) -> Figure:
    """The bare number with the unit of the one it is joined to, where it can have it."""
    match full.kind:
        case Kind.MONEY | Kind.MEASURE:
            return replace(bare, kind=full.kind, unit=full.unit, factor=full.factor, rate=full.rate, counted="")
        case Kind.TIME if bare.minutes:
            loose = bare.loose or bare.minutes | frozenset(
                (minute + 720) % 1440 for minute in bare.minutes if 60 <= minute < 780
            )
            return replace(bare, kind=Kind.TIME, loose=loose, texts=frozenset(), counted="")
        case Kind.DATE:
            days = [int(text) for text in bare.texts if text.isdigit() and 1 <= int(text) <= 31]
            months = {month for _, month in full.dates}
            if days:
                dates = frozenset((day, month) for day in days for month in months)
                return replace(bare, kind=Kind.DATE, dates=dates, year=full.year, texts=frozenset(), counted="")
        case _:
            return bare
    return bare


def _working_day(one: Figure, two: Figure) -> list[Figure]:
    """ "9 - 5" ends in the afternoon, "9 to 12" before it; "2 - 4" may be either."""
    first, last = min(one.minutes, default=0), min(two.minutes, default=0)
    if len(one.minutes) > 1 or len(two.minutes) > 1 or first < 360:
        return [one, two]
    if last <= first and last < 720:
        return [one, replace(two, minutes=frozenset({last + 720}))]
    return [one, two]
