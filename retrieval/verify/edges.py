"""What stands right beside a figure and limits it: under or over, at least or at most, before or after what.

A text and the place of a figure in it in, the limits out; `against` compares those of a sentence with those of a page.
Called by bind.py.
"""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.verify.figures import Figure, Kind

REACH = 22  # letters before or behind a figure
_DATED = frozenset({Kind.DATE, Kind.NUMBER})
_ON = re.compile(r"\b(?:on(?: the)?|am|den|le|el|il|op(?: de)?)\s+$", re.IGNORECASE)
_BEFORE: tuple[tuple[str, str, str], ...] = (
    (
        "age",
        "under",
        r"under|below|younger than|less than|unter|jünger als|yngre end|moins de|menores de|menos de|sotto (?:i|gli)"
        r"|meno di|onder(?: de)?|jonger dan",
    ),
    (
        "age",
        "over",
        r"over|above|older than|more than|über|älter als|ældre end|plus de|mayores de|más de|oltre|sopra i|più di"
        r"|boven(?: de)?|ouder dan",
    ),
    (
        "bound",
        "most",
        r"at most|no more than|up to|maximum(?: of)?|höchstens|maximal|bis zu|højst|maksimalt|op til|au (?:plus"
        r"|maximum)"
        r"|jusqu['’]à|como máximo|hasta|al massimo|fino a|hoogstens|maximaal|hooguit",
    ),
    (
        "bound",
        "least",
        r"at least|minimum(?: of)?|no less than|mindestens|mindst|au moins|minimum de|al menos|como mínimo|almeno"
        r"|minstens|minimaal|ten minste",
    ),
)
# Of a day of the month or an hour: "after the 10th" is not "on the 10th".
_SINCE: tuple[tuple[str, str], ...] = (
    (
        "before",
        r"before(?: the)?|vor(?: dem)?|før(?: den)?|inden(?: den)?|avant(?: le)?|antes del?|prima del?|voor(?: de)?",
    ),
    ("after", r"after(?: the)?|nach(?: dem)?|efter(?: den)?|après(?: le)?|después del?|dopo(?: il)?|na(?: de)?"),
)
_BEHIND: tuple[tuple[str, str], ...] = (
    (
        "before",
        r"before|ahead|in advance|prior|vor(?:her)?|før|inden|forinden|avant|à l['’]avance|antes|prima|voor"
        r"|van tevoren",
    ),
    ("after", r"after(?:wards)?|later|nach(?:her)?|efter|senere|après|plus tard|después|dopo|na|later"),
)
_AHEAD = tuple((name, pole, re.compile(rf"\b(?:{words})\s+\W{{0,2}}$", re.IGNORECASE)) for name, pole, words in _BEFORE)
_FOLLOW = tuple((pole, re.compile(rf"[^.;,\d]{{0,{REACH}}}?\b(?:{words})\b", re.IGNORECASE)) for pole, words in _BEHIND)


_SIDES = tuple((pole, re.compile(rf"\b(?:{words})\s+$", re.IGNORECASE)) for pole, words in _SINCE)


def _side(text: str, start: int) -> str | None:
    ahead = text[max(0, start - REACH) : start]
    return next((pole for pole, pattern in _SIDES if pattern.search(ahead)), None)


@lru_cache(maxsize=8192)
def limits_of(text: str, start: int, end: int, *, spans: bool) -> tuple[tuple[str, str], ...]:
    """`spans`: the figure is a span of time, of which something is before or after."""
    ahead = text[max(0, start - REACH) : start]
    found = {name: pole for name, pole, pattern in reversed(_AHEAD) if pattern.search(ahead)}
    if spans:
        behind = [(match.end(), pole) for pole, pattern in _FOLLOW if (match := pattern.match(text, end))]
        if behind:
            found["order"] = min(behind)[1]
    return tuple(found.items())


def against(said: Figure, text: str, held: Figure, page: str) -> bool:
    """The page limits it the other way."""
    spans = said.unit in ("time", "month", "workday", "night") and held.unit == said.unit
    mine = limits_of(text, said.start, said.end, spans=spans)
    theirs = dict(limits_of(page, held.start, held.end, spans=spans))
    if any(theirs.get(name, pole) != pole for name, pole in mine):
        return True
    dated = said.kind in _DATED and held.kind in _DATED and not said.ranged
    side = _side(page, held.start) if dated else None
    return side is not None and _side(text, said.start) is None and _ON.search(text[: said.start]) is not None
