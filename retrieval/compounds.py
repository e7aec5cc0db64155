"""Takes long words apart where a language joins them: Zahnarztpraxis is looked for as praxis too.

A question's word in, the stems of the pairs it may be made of out; search.py keeps the pair whose parts the business
really writes, so no list of words is needed and nothing stored changes. The other way round (praxis asked,
Zahnarztpraxis written) is what the n-grams find.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from retrieval.analyse import stem
from retrieval.lexicon import COMPOUNDING

SHORTEST_WORD = 8
SHORTEST_PART = 4
LINKS = {
    "de": ("es", "en", "er", "s", "n", "e"),
    "da": ("s", "e"),
    "no": ("s", "e"),
    "nb": ("s", "e"),
    "nn": ("s", "e"),
    "sv": ("s", "e"),
    "nl": ("en", "s", "e"),
}


@lru_cache(maxsize=4096)
def pairs(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """(head, tail) as stems, the longest tail first; none for short words and languages that do not join words."""
    if language not in COMPOUNDING or len(word) < SHORTEST_WORD or not word.isalpha():
        return ()
    made: dict[tuple[str, str], None] = {}
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        head, tail = word[:at], stem(word[at:], language)
        made[stem(head, language), tail] = None
        for link in LINKS.get(language, ()):
            if head.endswith(link) and len(head) - len(link) >= SHORTEST_PART:
                made[stem(head.removesuffix(link), language), tail] = None
    return tuple(made)


def parts_written(candidates: Collection[tuple[str, str]], written: Collection[str]) -> tuple[str, ...]:
    """The parts of the likeliest pair that the business writes: both, or else the longest tail of five letters."""
    for head, tail in candidates:
        if head in written and tail in written and head != tail:
            return head, tail
    return next(((tail,) for _, tail in candidates if tail in written and len(tail) > SHORTEST_PART), ())
