"""Whether words that follow each other in a question stand together in a passage. Text and stems in, a share out.

BM25 counts words wherever they stand in 300 of them. Called by features.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

NEAR_CHARACTERS = 40
MOST_PLACES = 12  # of one word in one passage
_WHOLE_BELOW = 4  # a short stem counts only where a word begins


def pairs_held(text: str, stems: Sequence[str]) -> float:
    """The share of neighbouring `stems`, from 0 to 1, that stand near each other somewhere in `text`."""
    if len(stems) < 2:
        return 0.0
    places = [_places(text, stem) for stem in stems]
    near = sum(any(abs(a - b) <= NEAR_CHARACTERS for a in one for b in other) for one, other in pairwise(places))
    return near / (len(stems) - 1)


def _places(text: str, stem: str) -> list[int]:
    looked = stem[:-1] if len(stem) > _WHOLE_BELOW and stem[-1] in "iy" else stem  # party, parties: parti
    found: list[int] = []
    at = text.find(looked)
    while at >= 0 and len(found) < MOST_PLACES:
        if len(looked) >= _WHOLE_BELOW or at == 0 or not text[at - 1].isalnum() or not looked.isascii():
            found.append(at)
        at = text.find(looked, at + 1)
    return found
