"""Days of the year. A text in; spans with (day, month) and the year where it is told out. Called by figures.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.verify.folded import fold
from retrieval.words.calendar import MONTHS

Told = tuple[int, int, frozenset[tuple[int, int]], str | None]
_NUMERIC = re.compile(r"(?<![\d.,/])(\d{1,2})([./-])\s?(\d{1,2})\2(?:\s?(\d{4}|\d{2})(?!\d))?(?!\d|,\d)")
_SLASHED = re.compile(r"(?<![\d./])(\d{1,2})/(\d{1,2})(?![\d/])")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WORD = re.compile(r"[^\W\d_]+")
# English "may", "mar" and the like are also other words: a month where a day or a year stands beside them.
_NOT_ONLY_MONTHS = frozenset({"may", "mar", "mai", "mars", "mei", "march", "set", "dic", "ago", "mag", "gen"})
_SMALL = frozenset({"mai", "mars", "mei", "mar"})  # months are written small in these languages
_DAY_BEFORE = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?:\.|st|nd|rd|th|er|°|º|ª|o)?(?:-|\s*)(?:of\s+|de\s+|d['’])?$", re.IGNORECASE
)
_DAY_AFTER = re.compile(
    r"\.?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?(?![\d:.,]\d|\d|\s?(?:[ap]\.?m|uhr|h)\b)", re.IGNORECASE
)
_YEAR_AFTER = re.compile(r"\.?,?\s+(?:de\s+|del\s+)?((?:1[5-9]|20|21)\d\d)(?!\d)", re.IGNORECASE)


def dates_of(text: str) -> Iterator[Told]:
    """A month alone is told as day 0 of it."""
    taken: list[tuple[int, int]] = []
    for match in _ISO.finditer(text):
        taken.append(match.span())
        yield *match.span(), frozenset({(int(match[3]), int(match[2]))}), match[1]
    for match in _NUMERIC.finditer(text):
        told = _pairs(int(match[1]), int(match[3]), either=match[2] == "/")
        if told and not _within(match.start(), taken) and (match[4] or match[2] == "."):
            taken.append(match.span())
            year = match[4] and (match[4] if len(match[4]) == 4 else "20" + match[4])
            yield *match.span(), told, year
    for match in _WORD.finditer(text):
        month = MONTHS.get(fold(match.group()))
        if month is None or _within(match.start(), taken):
            continue
        start, end = match.span()
        before, after = _DAY_BEFORE.search(text, max(0, start - 12), start), _DAY_AFTER.match(text, end)
        year = _YEAR_AFTER.match(text, end)
        short = fold(match.group()) in _NOT_ONLY_MONTHS
        if before and 1 <= int(before[1]) <= 31:
            start, end = before.start(), year.end() if year else end
            yield start, end, frozenset({(int(before[1]), month)}), year[1] if year else None
        elif after and not year and 1 <= int(after[1]) <= 31:
            year = _YEAR_AFTER.match(text, after.end())
            end = year.end() if year else after.end()
            yield start, end, frozenset({(int(after[1]), month)}), year[1] if year else None
        elif (
            year or not short or ((match.group()[0].isupper() or fold(match.group()) in _SMALL) and _alone(text, match))
        ):
            yield start, year.end() if year else end, frozenset({(0, month)}), year[1] if year else None


def _alone(text: str, match: re.Match[str]) -> bool:
    """ "From May to September", "im Mai": after a word that goes before months."""
    return (
        re.search(
            r"\b(?:in|from|to|until|of|since|and|et|og|und|y|oder|ou|och|by|"
            r"fin|début|mi|ende|anfang|mitte|eind|begin|finales de|fine|im|bis"
            r"|von|ab|seit|i|fra|til|en|de|à|a|desde|hasta|da|dal"
            r"|al|vanaf|tot"
            r"|between|mid|through|-)\s*$",
            text[: match.start()],
            re.IGNORECASE,
        )
        is not None
        or re.match(r"\s*(?:to|bis|til|à|a|al|tot|-|–|and)\s", text[match.end() :]) is not None
    )


def _pairs(one: int, two: int, *, either: bool) -> frozenset[tuple[int, int]]:
    """5.6. is June; 5/6 may be May in America."""
    pairs = {(one, two), (two, one)} if either else {(one, two)}
    return frozenset((day, month) for day, month in pairs if 1 <= month <= 12 and 1 <= day <= 31)


def _within(at: int, taken: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in taken)
