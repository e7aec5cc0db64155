"""Passages in, packed postings out: the words and character n-grams that retrieval/search.py scores by BM25.

Titles and headings count like text. Packing as the migration says: little-endian uint32 numbers of the
passages, then one uint8 frequency each.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingestion.model import Chunk
from ingestion.ports import Analyser

FIELDS = ("w", "g")
_TERM_CHARACTERS = 200  # a term is a key of an index; nothing a visitor types is longer
_BLOCK = 2_000  # passages counted together: some 2 million terms, 50 MB while they are sorted


@dataclass(slots=True)
class LexicalIndex:
    postings: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict[str, list[tuple[str, bytes]]])
    lengths: dict[str, bytes] = field(default_factory=dict[str, bytes])


def index_words(
    chunks: Sequence[Chunk], analyser: Analyser, language: str, tick: Callable[[], None] = lambda: None
) -> LexicalIndex:
    """`language` is the business's, for passages whose page declares none. Takes some 0.5 ms a passage.

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
    """Terms become numbers at once and are counted by sorting: a dictionary of lists takes five times as long."""
    known: dict[str, int] = {}
    lengths = np.zeros(count, dtype="<u4")
    blocks: list[tuple[NDArray[np.int64], NDArray[np.uint8]]] = []
    for start in range(0, count, _BLOCK):
        flat = array("q")
        for number in range(start, min(start + _BLOCK, count)):
            terms = terms_of(number)
            lengths[number] = len(terms)
            flat.extend([known.setdefault(term, len(known)) for term in terms])
            tick()
        blocks.append(_count(flat, lengths[start : start + _BLOCK], start))
    keys = np.concatenate([keys for keys, _ in blocks]) if blocks else np.zeros(0, dtype=np.int64)
    frequencies = np.concatenate([found for _, found in blocks]) if blocks else np.zeros(0, dtype=np.uint8)
    order = np.argsort(keys, kind="stable")  # by term and, inside of it, by passage
    keys, frequencies = keys[order], frequencies[order]
    ends = np.searchsorted(keys >> 32, np.arange(1, len(known) + 1))
    passages = (keys & 0xFFFFFFFF).astype("<u4")
    packed: list[tuple[str, bytes]] = []
    for term, number in sorted(known.items()):
        if len(term) <= _TERM_CHARACTERS:
            begin, end = ends[number - 1] if number else 0, ends[number]
            packed.append((term, passages[begin:end].tobytes() + frequencies[begin:end].tobytes()))
    return packed, lengths.tobytes()


def _count(flat: array[int], lengths: NDArray[np.uint32], first: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """(term << 32 | passage) once each, with how often it stands there, capped at 255."""
    passages = np.repeat(np.arange(first, first + len(lengths), dtype=np.int64), lengths)
    terms = np.frombuffer(flat, dtype=np.int64) if len(flat) else np.zeros(0, dtype=np.int64)
    keys, frequencies = np.unique(terms << 32 | passages, return_counts=True)
    return keys, np.minimum(frequencies, 255).astype(np.uint8)
