"""Puts passages that say the same behind all others, so that they do not fill the few places. Called by search.py."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

from retrieval.memory import Known
from retrieval.queries import PassageRow

SAME_WORDS = 0.8  # passages that share so many of their words in a row are one
_MEASURED = re.compile(
    r"[€$£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[€$£%]|euros?\b|eur\b|usd\b|chf\b|kr\b|uhr\b|am\b|pm\b)|\d{1,2}:\d\d|\d+[.,]\d\d\b",
    re.I,
)


def apart(ranked: Sequence[int], texts: Mapping[int, PassageRow], known: Known, k: int) -> list[int]:
    """The first k, near-duplicates behind all others. The same words with another price are no duplicate."""
    chosen: list[int] = []
    doubles: list[int] = []
    for number in ranked:
        if number in texts:
            alike = any(
                _alike(_sketch_of(number, texts, known), _sketch_of(other, texts, known))
                and _figures(texts[number].text) <= _figures(texts[other].text)
                for other in chosen
            )
            (doubles if alike else chosen).append(number)
        if len(chosen) == k:
            break
    return [*chosen, *doubles][:k]


def _sketch_of(number: int, texts: Mapping[int, PassageRow], known: Known) -> frozenset[int]:
    sketch = known.sketches.get(number)
    if sketch is None:
        sketch = known.sketches[number] = _sketch(texts[number].text)
    return sketch


def _sketch(text: str) -> frozenset[int]:
    """The smallest hashes of its word triples: two sketches share as much as their texts do."""
    words = re.findall(r"\w+", text.casefold())
    triples = {zlib.crc32(" ".join(words[at : at + 3]).encode()) for at in range(max(1, len(words) - 2))}
    return frozenset(sorted(triples)[:24])


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    smallest = sorted(one | other)[:24]
    return bool(smallest) and sum(value in one and value in other for value in smallest) >= SAME_WORDS * len(smallest)


def _figures(text: str) -> frozenset[str]:
    return frozenset(match.group().replace(" ", "").lower() for match in _MEASURED.finditer(text))
