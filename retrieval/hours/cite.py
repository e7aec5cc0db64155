"""The words a fact stands on: facts in, exact quotes of live passages out. Called by open_now.py and retrieval/facts.

A found fact is quoted from the passage whose spans hold its own span, else, for what only machines are told or what
is kept once for many pages, from any passage with the same words. A fact without such words is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar
from uuid import UUID

from retrieval.hours.model import Origin
from retrieval.hours.queries import ChunkRow, find_chunk_holding, read_chunks_of
from retrieval.ports import Connection

LONGEST = 240  # characters of a quoted line; a longer one is quoted from the fact's first word to its last
SHORTEST = 6  # characters that are looked for in all passages: "10-16" may stand anywhere


@dataclass(frozen=True, slots=True)
class Quote:
    chunk_no: int
    words: str


class Cited(Protocol):
    """A fact, as far as its quote goes."""

    @property
    def origin(self) -> Origin: ...

    @property
    def owned(self) -> bool: ...


F = TypeVar("F", bound=Cited)


async def find_quotes(conn: Connection, business_id: UUID, generation: int, facts: Iterable[F]) -> dict[F, Quote]:
    """Facts without a quote are left out."""
    wanted = list(dict.fromkeys(facts))
    found = [fact.origin for fact in wanted if fact.origin.version_id is not None and fact.origin.start is not None]
    documents = {origin.document_id for origin in found if origin.document_id is not None}
    versions = {origin.version_id for origin in found if origin.version_id is not None}
    chunks: list[tuple[UUID, ChunkRow]] = []
    if versions:
        chunks = await read_chunks_of(conn, business_id, generation, list(documents), list(versions))
    quotes: dict[F, Quote] = {}
    for fact in wanted:
        quote = _covering(fact, chunks)
        if quote is None and (fact.owned or len(fact.origin.shown) >= SHORTEST):
            words = fact.origin.shown
            chunk = await find_chunk_holding(conn, business_id, generation, words, owned=fact.owned)
            quote = None if chunk is None else _line(chunk, chunk.text.index(words), len(words))
        if quote is not None:
            quotes[fact] = quote
    return quotes


def narrowed(quotes: dict[F, Quote], never: Sequence[str]) -> dict[F, Quote]:
    """A line that also says what the owner set aside (`never`) is quoted only as far as the fact's own words go."""
    kept: dict[F, Quote] = {}
    for fact, quote in quotes.items():
        own = fact.origin.shown
        if not any(words in quote.words and words not in own for words in never):
            kept[fact] = quote
        elif own in quote.words:
            kept[fact] = replace(quote, words=own)
    return kept


def _covering(fact: Cited, chunks: Sequence[tuple[UUID, ChunkRow]]) -> Quote | None:
    start, end = fact.origin.start, fact.origin.end
    if start is None or end is None:
        return None
    for version, chunk in chunks:
        if version != fact.origin.version_id:
            continue
        begin, stop = place_in(chunk, start), place_in(chunk, end - 1)
        if begin is not None and stop is not None and begin <= stop:
            return _line(chunk, begin, stop + 1 - begin)
    return None


def place_in(chunk: ChunkRow, at: int) -> int | None:
    """Where a place of the version's text stands in the passage, which may leave out what stands between."""
    begins = 0
    for first, last in zip(chunk.spans[::2], chunk.spans[1::2], strict=True):
        if first <= at < last:
            return begins + at - first
        begins += last - first + 1
    return None


def _line(chunk: ChunkRow, start: int, length: int) -> Quote:
    """The whole line: "Saturday: 10-16" says more than "10-16"."""
    begin = chunk.text.rfind("\n", 0, start) + 1
    end = chunk.text.find("\n", start + length)
    end = len(chunk.text) if end < 0 else end
    if end - begin > LONGEST:
        begin, end = start, start + length
    words = chunk.text[begin:end]
    return Quote(chunk.chunk_no, words.strip())
