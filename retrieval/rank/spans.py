"""Where a question's words stand together in a passage. Folded text and stems in, numbers from 0 to 1 out.

BM25 counts words wherever they stand; here counts whether they stand in one place. Called by features.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NEAR_CHARACTERS = 40  # between two words of the question that follow each other there
SPAN_CHARACTERS = 160  # a sentence or two, a row with its label
MOST_PLACES = 12  # of one word in one passage
_WHOLE_BELOW = 4  # a short stem counts only where a word begins


@dataclass(frozen=True, slots=True)
class Together:
    """`share` of the words' weight stands in the best span, from `start` on; `pairs` of words next to each other."""

    share: float
    pairs: float
    start: int


def together(text: str, stems: Sequence[str], weights: Sequence[float]) -> Together:
    """`stems` in the question's order."""
    places = [_places(text, stem) for stem in stems]
    total = sum(weights)
    if total <= 0:
        return Together(0.0, 0.0, 0)
    share, start = _best_span(places, weights)
    near = sum(
        any(abs(one - other) <= NEAR_CHARACTERS for one in places[at] for other in places[at + 1])
        for at in range(len(places) - 1)
    )
    return Together(share / total, near / (len(stems) - 1) if len(stems) > 1 else 0.0, start)


def _places(text: str, stem: str) -> list[int]:
    looked = stem[:-1] if len(stem) > _WHOLE_BELOW and stem[-1] in "iy" else stem  # party, parties: parti
    found: list[int] = []
    at = text.find(looked)
    while at >= 0 and len(found) < MOST_PLACES:
        if len(looked) >= _WHOLE_BELOW or at == 0 or not text[at - 1].isalnum() or not looked.isascii():
            found.append(at)
        at = text.find(looked, at + 1)
    return found


def _best_span(places: Sequence[Sequence[int]], weights: Sequence[float]) -> tuple[float, int]:
    events = sorted((at, word) for word, found in enumerate(places) for at in found)
    best, start, first, held = 0.0, 0, 0, 0.0
    counts = [0] * len(places)
    for at, word in events:
        if not counts[word]:
            held += weights[word]
        counts[word] += 1
        while at - events[first][0] > SPAN_CHARACTERS:
            left = events[first][1]
            counts[left] -= 1
            if not counts[left]:
                held -= weights[left]
            first += 1
        if held > best + 1e-9:
            best, start = held, events[first][0]
    return best, start
