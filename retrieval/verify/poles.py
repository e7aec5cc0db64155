"""Words of which one excludes the other: before and after, adults and children, half and whole. A text in, its poles
out, each with the name of its set. Called by lines.py for passages, by polarity.py and places.py to compare.
"""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.verify.folded import fold
from retrieval.words.polarity import POLES

_THIRDS = re.compile(r"\b(?:a|one|two|the)[ -]thirds?\b(?= of)", re.IGNORECASE)  # no rank
_PHRASES = (
    (
        ("least", "most"),
        re.compile(r"\b(?:up to|bis zu|op til|jusqu['’]à|hasta|fino a|no more than|nicht mehr als)\b", re.IGNORECASE),
    ),
    (("behind", "front"), re.compile(r"\bin front of\b", re.IGNORECASE)),
    (
        ("share", "half"),
        re.compile(
            r"\b(?:half of|die hälfte (?:der|des|von)|halvdelen af|la moitié des?|la mitad de|metà d\w+"
            r"|de helft van)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ("share", "third"),
        re.compile(
            r"\b(?:(?:a|one) third of|ein drittel|en tredjedel|un tiers|un tercio|un terzo|een derde)\b", re.IGNORECASE
        ),
    ),
    (
        ("share", "thirds"),
        re.compile(
            r"\b(?:two thirds of|zwei drittel|to tredjedele|deux tiers|dos tercios|due terzi|twee derde)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ("share", "quarter"),
        re.compile(
            r"\b(?:(?:a|one) quarter of|ein viertel(?! nach| vor)|en fjerdedel|un quart (?:des?|du)"
            r"|un cuarto de|un quarto d\w+|een kwart)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ("turn", "monthly"),
        re.compile(
            r"\b(?:(?:every|each) month|jeden monat|hver måned|chaque mois|cada mes|ogni mese|(?:elke|iedere) maand)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ("turn", "yearly"),
        re.compile(
            r"\b(?:(?:every|each) year|jedes jahr|hvert år|chaque année|cada año|ogni anno|(?:elk|ieder) jaar)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ("turn", "weekly"),
        re.compile(
            r"\b(?:(?:every|each) week|jede woche|hver uge|chaque semaine|cada semana|ogni settimana|(?:elke"
            r"|iedere) week)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ("turn", "once"),
        re.compile(
            r"\b(?:only once|one-off|nur einmal|einmalig\w*|kun én gang|engangs\w+|une seule fois|una sola vez"
            r"|una sola volta|eenmalig)\b",
            re.IGNORECASE,
        ),
    ),
    (("part", "half"), re.compile(r"\b50\s?(?:%|percent|prozent)", re.IGNORECASE)),
)


@lru_cache(maxsize=8192)
def poles_in(text: str) -> frozenset[tuple[str, str]]:
    phrased = frozenset(pole for pole, pattern in _PHRASES if pattern.search(text))
    text = _THIRDS.sub(" ", text)
    return phrased | frozenset(
        pole for match in re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)*", text) for pole in _poles_of(match.group())
    )


@lru_cache(maxsize=16384)
def _poles_of(word: str) -> tuple[tuple[str, str], ...]:
    folded = fold(word)
    if folded in POLES:
        return POLES[folded]
    return tuple(pole for part in folded.split("-") for pole in POLES.get(part, ()))
