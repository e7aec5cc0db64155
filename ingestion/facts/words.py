"""What words of a page's language mean in lists of hours: days, months, "to", "closed", names of such lists.

`lexicon(languages)` gives a mapping from the first word of a phrase to (further words, kind, value), longest first.
Called by atoms.py. Short words count only in the page's own language: "so" is Sunday in German and nothing in English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from ingestion.facts.notice_words import NOTICES
from ingestion.facts.vocabulary import DAYS, MONTHS, NAMED_DAYS, WORDS


class Word(StrEnum):
    DAY = "day"  # value: frozenset of ISO weekdays
    MONTH = "month"  # value: 1-12
    NAMED = "named"  # a day of a fixed date; value: (month, day)
    HOLIDAYS = "holidays"  # public holidays, all of them
    TO = "to"
    AND = "and"
    FROM = "from"
    CLOSED = "closed"
    OPEN = "open"
    HEAD = "head"  # names a list of opening hours
    SPECIAL = "special"  # names a list of days that are unlike others
    WE = "we"
    FILL = "fill"  # changes nothing
    CLOCK = "clock"
    AM = "am"
    PM = "pm"
    NOON = "noon"
    MIDNIGHT = "midnight"
    PART = "part"  # of the day: names a column, or stands before a span
    PHONE = "phone"
    SEASON = "season"
    EXCEPT = "except"
    LIKE = "like"
    BY_APPOINTMENT = "by_appointment"
    LAST_ENTRY = "last_entry"
    BREAK = "break"  # closed over noon: what is said beside it is not the whole
    ALWAYS = "always"  # 24/7
    NOTICE = "notice"  # closed or otherwise for a time
    FOR_GOOD = "for_good"
    AGAIN = "again"  # opens once more
    VALID = "valid"
    GENERAL = "general"  # names a page or section about the business as a whole


@dataclass(frozen=True, slots=True)
class Phrase:
    further: tuple[str, ...]  # after the first word
    kind: Word
    value: Any = None


Lexicon = dict[str, tuple[Phrase, ...]]

TOKENS = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]|_")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−➔→", "-") | {"’": "'", "：": ":"})
_LAST = {"clock": -1, "break": -1, "part": 1, "general": 1, "fill": 2}
_LONG = 5  # letters from which a word of any language counts on every page
_KNOWN = 3  # letters from which a word of the business's language counts on a page of another


def folded(token: str) -> str:
    return token.casefold().translate(_DASHES)


@lru_cache(maxsize=64)
def lexicon(page: str, business: str) -> Lexicon:
    """`page`, `business`: two letters. What the page's own language says comes first."""
    found: dict[tuple[str, ...], Phrase] = {}
    for language, least in ((page, 1), (business, _KNOWN), *((every, _LONG) for every in DAYS)):
        for words, kind, value in _entries(language):
            if len("".join(words)) >= least:
                found.setdefault(words, Phrase(words[1:], kind, value))
    by_first: dict[str, list[Phrase]] = {}
    for words, phrase in found.items():
        by_first.setdefault(words[0], []).append(phrase)
    return {first: tuple(sorted(some, key=lambda one: -len(one.further))) for first, some in by_first.items()}


@lru_cache(maxsize=32)
def _entries(language: str) -> tuple[tuple[tuple[str, ...], Word, Any], ...]:
    entries: list[tuple[tuple[str, ...], Word, Any]] = []
    for number, names in enumerate(DAYS.get(language, "").split("|"), 1):
        entries += [(_words(name), Word.DAY, frozenset({number})) for name in _phrases(names)]
    for number, names in enumerate(MONTHS.get(language, "").split("|"), 1):
        entries += [(_words(name), Word.MONTH, number) for name in _phrases(names)]
    for date, names in NAMED_DAYS.get(language, {}).items():
        entries += [(_words(name), Word.NAMED, date) for name in _phrases(names)]
    # "h" after a number is a clock's before it is anything else; what fills a line comes last.
    told = (*NOTICES.get(language, {}).items(), *WORDS.get(language, {}).items())
    for kind, names in sorted(told, key=lambda one: _LAST.get(one[0], 0)):
        entries += [(_words(name), *_meaning(kind)) for name in _phrases(names)]
    return tuple(entry for entry in entries if entry[0])


def _meaning(kind: str) -> tuple[Word, Any]:
    """`day 1-5` is a word for several days."""
    if not kind.startswith("day "):
        return Word(kind), None
    first, last = kind[4:].split("-")
    return Word.DAY, frozenset(range(int(first), int(last) + 1))


def _phrases(names: str) -> list[str]:
    return [name.strip() for name in names.replace("\n", ",").split(",") if name.strip()]


def _words(name: str) -> tuple[str, ...]:
    return tuple(folded(token) for token in TOKENS.findall(name))
