"""Whether a row is for the age that was asked: 10 lies in "3-15 years", not in "under 3". Called by quoting."""

from __future__ import annotations

import re
from functools import lru_cache

_YEARS = r"\s*(?:years?|yrs?|jahren?|år|ans|años|anni|jaar|lat|anos|måneder|months?|monate)?"
_SPAN = re.compile(rf"(?<![\d.,:])(\d{{1,2}})\s*(?:-|–|to|bis|til|à|a|tot|do)\s*(\d{{1,2}}){_YEARS}(?![\d.,:])", re.I)
_UNDER = re.compile(
    r"\b(?:under|below|unter|bis|up to|op til|til|moins de|jusqu'à|jusqu’à|menos de|hasta|fino a|tot"
    r"|do)\s+(?:zu\s+)?(\d{1,2})(?![\d.,:])",
    re.I,
)
_FROM = re.compile(
    r"\b(?:from|over|ab|über|fra|från|dès|à partir de|plus de|desde|más de|da|vanaf|od)\s+(\d{1,2})(?![\d.,:])"
    r"|\b(\d{1,2})\s?\+",
    re.I,
)
_AGED = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?=[\s-]?(?:years?|yrs?|year-old|jähr|jahre|år\b|årig|ans\b|años|anni|jaar|lat\b|anos\b))"
    r"|\b(?:aged?|is|alder|på|sur|von|de|âge|ist|bin|er)\s+(\d{1,2})\b(?![.:,]\d)",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def asked_age(question: str) -> int | None:
    found = next(_AGED.finditer(question), None)
    return int(found.group(1) or found.group(2)) if found else None


def fits(age: int | None, text: str) -> float:
    """1: a span of ages that holds it, -1: only spans that do not, 0: none is named."""
    if age is None:
        return 0.0
    judged = [int(low) <= age <= int(high) for low, high in _SPAN.findall(text)]
    if not judged:
        judged = [age <= int(match.group(1)) for match in _UNDER.finditer(text)]
        judged += [age >= int(match.group(1) or match.group(2)) for match in _FROM.finditer(text)]
    return 0.0 if not judged else (1.0 if any(judged) else -1.0)
