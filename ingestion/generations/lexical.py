"""Passages in, packed postings out: the words and character n-grams that retrieval/search.py scores by BM25.

Titles and headings count like text. Packing as the migration says: little-endian uint32 numbers of the
passages, then one uint8 frequency each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ingestion.model import Chunk
from ingestion.ports import Analyser

FIELDS = ("w", "g")
_TERM_CHARACTERS = 200  # a term is a key of an index; nothing a visitor types is longer


@dataclass(slots=True)
class LexicalIndex:
    postings: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict[str, list[tuple[str, bytes]]])
    lengths: dict[str, bytes] = field(default_factory=dict[str, bytes])


def index_words(
    chunks: Sequence[Chunk], analyser: Analyser, language: str, tick: Callable[[], None] = lambda: None
) -> LexicalIndex:
    """`language` is the business's, for passages whose page declares none. Takes 1-2 ms a passage.

    `tick` is called as each passage is done in each field.
    """
    index = LexicalIndex()
    texts = ["\n".join((chunk.title, *chunk.heading_path, chunk.text)) for chunk in chunks]
    languages = [chunk.language or language for chunk in chunks]
    index.postings["w"], index.lengths["w"] = _pack(
        len(chunks), lambda at: analyser.words(texts[at], languages[at]), tick
    )
    index.postings["g"], index.lengths["g"] = _pack(len(chunks), lambda at: analyser.grams(texts[at]), tick)
    return index


def _pack(
    count: int, terms_of: Callable[[int], list[str]], tick: Callable[[], None]
) -> tuple[list[tuple[str, bytes]], bytes]:
    found: dict[str, tuple[list[int], list[int]]] = {}
    lengths = np.zeros(count, dtype="<u4")
    for number in range(count):
        terms = terms_of(number)
        lengths[number] = len(terms)
        for term, frequency in Counter(terms).items():
            if len(term) <= _TERM_CHARACTERS:
                numbers, frequencies = found.setdefault(term, ([], []))
                numbers.append(number)
                frequencies.append(min(frequency, 255))
        tick()
    packed = [
        (term, np.array(numbers, dtype="<u4").tobytes() + bytes(frequencies))
        for term, (numbers, frequencies) in sorted(found.items())
    ]
    return packed, lengths.tobytes()
