"""Weekdays a text speaks of, as numbers from Monday 0; "Tuesday to Friday" is four of them. Called by quoting."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.analyse import fold, tokens
from retrieval.words.calendar import DAY_GROUPS, WEEKDAYS

SHORTEST = 4  # letters of a name that means nothing else; shorter ones count beside a time or another day
_TO = re.compile(r"^\s*\.?,?\s*(?:-|–|—|to|till|through|bis|til|à|au|al|a|tot|t/m|do|até|ate)\s*$")
_PART = re.compile(r"[^\W\d_]+\.?")
ALL = frozenset(range(7))
_DAILY = re.compile(r"\b(?:daily|every day|täglich|dagligt|hver dag|alle dage|tous les jours|diariamente"
                    r"|ogni giorno|dagelijks"
                    r"|dagligen|codziennie)\b", re.IGNORECASE)  # fmt: skip


@lru_cache(maxsize=4096)
def days_in(text: str) -> frozenset[int]:
    """Empty when no weekday is named."""
    if _DAILY.search(text):
        return ALL
    found: list[tuple[int, int, frozenset[int], bool]] = []
    for match in _PART.finditer(text):
        word = fold(match.group().rstrip("."))
        days = _named(word)
        if days:
            found.append((match.start(), match.end(), days, len(word) >= SHORTEST))
    sure = any(long for *_, long in found)
    figures = any(sign.isdigit() for sign in text)
    kept = [entry for entry in found if entry[3] or sure or (figures and text[entry[0]].isupper())]
    together: set[int] = set()
    for at, (start, _, named, _) in enumerate(kept):
        if at and _TO.match(text[kept[at - 1][1] : start].casefold()):
            first, last = min(kept[at - 1][2]), max(named)
            together |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
        together |= named
    return frozenset(together)


def asked_days(question: str) -> frozenset[int]:
    """Only names that mean nothing else: "do" and "so" are words."""
    names = [fold(token) for _, token in tokens(question)]
    return frozenset(day for name in names if len(name) > SHORTEST for day in _named(name))


@lru_cache(maxsize=4096)
def _named(word: str) -> frozenset[int]:
    """Of one folded word, in its forms: onsdagen, Mittwochnachmittag."""
    for name in (word, word.removesuffix("en"), word.removesuffix("ene"), word.removesuffix("erne")):
        if name in WEEKDAYS:
            return frozenset({WEEKDAYS[name]})
        if name in DAY_GROUPS:
            return DAY_GROUPS[name]
    for part in ("vormittag", "nachmittag", "mittag", "abend", "morgen", "formiddag", "eftermiddag", "aften"):
        head = word.removesuffix("s").removesuffix(part)
        if head != word.removesuffix("s") and len(head) > SHORTEST and head in WEEKDAYS:
            return frozenset({WEEKDAYS[head]})
    return frozenset()
