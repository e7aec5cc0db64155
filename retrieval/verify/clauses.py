"""Cuts a sentence where a new figure may be said of a new thing. A text and its figures in, clauses out.

Called by lines.py for passages and by bind.py for what a model wrote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.verify.days import EVERY_DAY, daily, weekdays
from retrieval.verify.figure import Figure

JOINED_BY = {
    "en": "and or but",
    "de": "und oder aber sowie",
    "da": "og eller men samt",
    "no": "og eller men samt",
    "nb": "og eller men samt",
    "nn": "og eller men samt",
    "sv": "och eller men samt",
    "fr": "et ou mais",
    "es": "y e o u pero",
    "it": "e ed o ma",
    "pt": "e ou mas",
    "nl": "en of maar",
    "pl": "i oraz lub ale",
}
_LAST_WORD = re.compile(r"([^\W\d_]+)\.?\s*$")
_FIRST_WORD = re.compile(r"\s*([^\W\d_]+)")
_WORD3 = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence of an answer."""

    text: str
    start: int
    figures: tuple[Figure, ...]
    days: frozenset[int]


@lru_cache(maxsize=64)
def joints(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Where a clause may end. "Of" is "or" in Dutch, and no joint in English."""
    words = "|".join(dict.fromkeys(word for code in languages for word in JOINED_BY.get(code, "").split())) or "and"
    return re.compile(rf"[,;:–—](?=\s)|(?<=[.!?])\s+(?=[A-ZÀ-Þ])|\s(?:{words})\s")


def clauses(text: str, figures: Sequence[Figure], languages: tuple[str, ...]) -> list[Clause]:
    """Cut where a new figure may be said of a new thing; a clause without a day of its own keeps the one before."""
    cuts = [0]
    for joint in joints(languages).finditer(text):
        inside = any(figure.start < joint.end() and joint.start() < figure.end for figure in figures)
        if inside or _between_days(text, joint) or _between_figures(text, joint, figures):
            continue
        ahead = any(figure.start >= joint.end() for figure in figures)
        behind = any(cuts[-1] <= figure.start < joint.start() for figure in figures)
        rest = text[joint.end() :]
        if behind and ahead and (weekdays(rest) or _WORD3.search(rest)):
            cuts.append(joint.end())
    cuts.append(len(text))
    found: list[Clause] = []
    days: frozenset[int] = frozenset()
    for start, end in pairwise(cuts):
        part = text[start:end]
        own = tuple(figure for figure in figures if start <= figure.start < end)
        days = (EVERY_DAY if daily(part) and not weekdays(part) else weekdays(part)) or days
        found.append(Clause(part, start, own, days))
    return found


def _between_days(text: str, joint: re.Match[str]) -> bool:
    """ "Mon - Fri" and "Monday, Tuesday" are one thing said."""
    before = _LAST_WORD.search(text, 0, joint.start())
    after = _FIRST_WORD.match(text, joint.end())
    return bool(before and after and weekdays(before[1]) and weekdays(after[1]))


def _between_figures(text: str, joint: re.Match[str], figures: Sequence[Figure]) -> bool:
    """ "9 - 17" and "between 9 and 17"; a comma may part two things, but not "24, 25 and 31 December"."""
    before = max((figure for figure in figures if figure.end <= joint.start()), key=lambda f: f.end, default=None)
    after = min((figure for figure in figures if figure.start >= joint.end()), key=lambda f: f.start, default=None)
    if before is None or after is None:
        return False
    close = not text[before.end : joint.start()].strip(" .") and not text[joint.end() : after.start].strip()
    return close and (joint.group()[0] not in ",;:" or before.dates != frozenset())
