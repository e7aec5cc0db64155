"""Days of the week. A text in; the days it speaks of out, ranges filled and exceptions taken away."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.verify.folded import fold
from retrieval.words.calendar import DAY_GROUPS, WEEKDAYS

EVERY_DAY = frozenset(range(7))
_WORD = re.compile(r"[^\W\d_]+")
_DAILY = re.compile(
    r"\b(?:daily|every day|each day|all week|any day|seven days a week|7 days a week|täglich|jeden tag|dagligt?"
    r"|hver dag"
    r"|alle ugens dage|tous les jours|chaque jour|quotidien\w*|todos los días|cada día|diario|a diario|tutti i giorni"
    r"|ogni giorno|dagelijks|elke dag|iedere dag|diariamente|todos os dias|alla dagar|varje dag|codziennie|24/7)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\s*(?:-|–|—|to|bis|til|à|au|a|al|do|till|tot(?: en met)?|t/m|through|thru|bis zum|bis einschließlich)\s*\.?\s*",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\b(?:except(?: for| on)?|other than|but not|apart from|not on|außer|ausgenommen|bis auf|nicht|undtagen"
    r"|bortset fra|men ikke"
    r"|ikke|sauf|excepté|hors|excepto|salvo|menos|eccetto|tranne|behalve|uitgezonderd|utom|unntatt|every day but)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def weekdays(text: str) -> frozenset[int]:
    """0 is Monday. A range names all days in it; "daily except Monday" all but one."""
    cut = _EXCEPT.search(text)
    if cut:
        kept, less = _named(text[: cut.start()]), _named(text[cut.end() :])
        if less and kept:
            return kept - less
        return kept | less
    return _named(text)


@lru_cache(maxsize=8192)
def excepted(text: str) -> frozenset[int]:
    """The days that are left out: "daily except Monday"."""
    cut = _EXCEPT.search(text)
    return _named(text[cut.end() :]) if cut and _named(text[: cut.start()]) else frozenset()


def daily(text: str) -> bool:
    return _DAILY.search(text) is not None


@lru_cache(maxsize=8192)
def _named(text: str) -> frozenset[int]:
    found: set[int] = set(EVERY_DAY) if daily(text) else set()
    last: tuple[int, int] | None = None
    for match in _WORD.finditer(text):
        word = fold(match.group())
        found |= DAY_GROUPS.get(word, frozenset())
        day = WEEKDAYS.get(word)
        # "so", "do", "mi", "di", "sat", "sun" are also words: short ones count when written like a day's name.
        if day is None or (len(word) <= 3 and not match.group()[0].isupper()):
            continue
        if last is not None and _RANGE.fullmatch(text[last[1] : match.start()]):
            step = last[0]
            while step != day:
                step = (step + 1) % 7
                found.add(step)
        found.add(day)
        last = (day, match.end())
    return frozenset(found)
