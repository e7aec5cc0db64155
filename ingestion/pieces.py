"""A block in, the pieces out that a passage or a window may be built of. Called by chunk.py.

A piece is never cut again: a whole block where it fits, else its sentences, and only what is longer
than a passage at the cells of a row or at spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.model import BlockKind, StoredBlock
from ingestion.ports import Tokenizer

# Possessive, and only from the first of several signs: a line of a million dots costs a million steps.
_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+\s++(?=[\"'“‘«(\[¿¡]?[^\W\d_a-z]|[\"'“‘«(\[¿¡]?\d|[-–•])|[。！？]+[」』”’）]*\s*|[؟۔।]\s*"
)
# A full stop after these ends no sentence. Lower case, without the stop.
_SHORT = frozenset(
    """
    a abs adr al approx apr art aug av ave bd bl bldg bzw ca cf co corp dec dept dez dipl dr ed eg e.g etc ev e.v
    ext feb fig fr fri ggf gmbh hr hrs i.e ie inc incl inkl ing jan jr jul jun kl lt ltd m max mme mo mon mr mrs
    ms min mind nr no nov núm o.g oct okt p pp prof rd s sat sen sep sept sog sr st ste str stk sun tel th thu tlf
    tue u.a usw v.a vgl vs wed z.b zzgl
    """.split()
)

_AT_ONCE = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` and `end` in the version's text."""

    start: int
    end: int
    tokens: int


def split_blocks(text: str, blocks: Sequence[StoredBlock], tokenizer: Tokenizer) -> Iterator[Splitter]:
    """A splitter for each block. Many blocks are tokenized at once: for short lines the calls would be the cost."""
    at = 0
    while at < len(blocks):
        start, end = blocks[at].start, blocks[at].end
        upto = at + 1
        while upto < len(blocks) and end <= blocks[upto].start and blocks[upto].end - start <= _AT_ONCE:
            end = blocks[upto].end
            upto += 1
        starts = list(_token_starts(text, start, end, tokenizer))
        for block in blocks[at:upto]:
            first, last = bisect_left(starts, block.start), bisect_left(starts, block.end)
            yield Splitter(text, block, starts[first:last])
        at = upto


def _token_starts(text: str, start: int, end: int, tokenizer: Tokenizer) -> Iterator[int]:
    """Slice by slice, cut at spaces, where no token reaches over: a megabyte at once takes twice as long."""
    while start < end:
        cut = end
        if end - start > 2 * _AT_ONCE:
            space = text.find(" ", start + _AT_ONCE, start + 2 * _AT_ONCE)
            cut = space if space >= 0 else start + 2 * _AT_ONCE
        for first, _ in tokenizer.offsets(text[start:cut]):
            yield start + first
        start = cut


class Splitter:
    """Splits one block. `starts`: where its tokens begin in the version's text."""

    def __init__(self, text: str, block: StoredBlock, starts: list[int]):
        self._text = text
        self._block = block
        self._starts = starts
        self._small: list[Piece] | None = None

    @property
    def tokens(self) -> int:
        return len(self._starts)

    def pieces(self, limit: int) -> Iterator[Piece]:
        """Pieces of at most `limit` tokens."""
        block = self._block
        if self.tokens <= limit:
            yield Piece(block.start, block.end, self.tokens)
            return
        parts = self._cells(limit) if block.kind is BlockKind.TABLE_ROW else self._sentences()
        for start, end in parts:
            yield from self._fitting(start, end, limit)

    def within(self, piece: Piece, limit: int) -> Iterator[Piece]:
        """The sentences of one piece of this block, each cut to `limit` tokens; a row stays whole where it fits."""
        if self._block.kind is BlockKind.TABLE_ROW and piece.tokens == self.tokens <= limit:
            yield piece
            return
        if self._small is None:
            self._small = list(self.pieces(limit) if self._block.kind is BlockKind.TABLE_ROW else self._all(limit))
        small = self._small
        at = max(0, bisect_right(small, piece.start, key=lambda one: one.start) - 1)
        while at < len(small) and small[at].start < piece.end:
            start, end = max(small[at].start, piece.start), min(small[at].end, piece.end)
            if start < end:
                first, last = self._between(start, end)
                yield Piece(start, end, last - first)
            at += 1

    def _all(self, limit: int) -> Iterator[Piece]:
        for start, end in self._sentences():
            yield from self._fitting(start, end, limit)

    def _fitting(self, start: int, end: int, limit: int) -> Iterator[Piece]:
        first, last = self._between(start, end)
        while last - first > limit:
            cut = self._space_before(first + limit, first)
            at = self._starts[cut]
            yield Piece(start, self._trimmed(start, at), cut - first)
            start, first = at, cut
        yield Piece(start, end, last - first)

    def _space_before(self, token: int, least: int) -> int:
        """The last token at or before this one that begins after a space; far back, any token will do."""
        for candidate in range(token, max(least, token - 40), -1):
            if self._text[self._starts[candidate] - 1].isspace():
                return candidate
        return token

    def _sentences(self) -> Iterator[tuple[int, int]]:
        start = self._block.start
        for match in _END.finditer(self._text, start, self._block.end):
            if match.end() >= self._block.end:
                break
            word = re.search(r"(\S+)$", self._text[max(start, match.start() - 20) : match.start()])
            if word and self._text[match.start()] == "." and _is_short(word.group(1)):
                continue
            yield start, self._trimmed(start, match.end())
            start = match.end()
        yield start, self._block.end

    def _cells(self, limit: int) -> Iterator[tuple[int, int]]:
        """As many cells side by side as fit."""
        start = end = self._block.start
        while end < self._block.end:
            at = self._text.find(" | ", end + 3 if end > start else start, self._block.end)
            at = self._block.end if at < 0 else at
            first, last = self._between(start, at)
            if last - first > limit and end > start:
                yield start, end
                start = end = end + 3
                continue
            end = at
        if end > start:
            yield start, end

    def _trimmed(self, start: int, end: int) -> int:
        while end > start and self._text[end - 1].isspace():
            end -= 1
        return end

    def _between(self, start: int, end: int) -> tuple[int, int]:
        return bisect_left(self._starts, start), bisect_left(self._starts, end)


def _is_short(word: str) -> bool:
    bare = word.strip("(\"'“„[").lower()
    return bare in _SHORT or bare.isdigit() and len(bare) <= 2 or len(bare) == 1 and bare.isalpha()
