"""Sitemaps in, addresses out. Tolerant on purpose: small sites' sitemaps are often not quite XML.

Linear, piece by piece and without an XML parser: 50 MB never stand in memory as text or as a tree, and
entities are never expanded. What the limits or a damage cut off is said in `cut`. Called by directions.py.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

MAX_BYTES = 50 * 1024 * 1024  # unpacked, as the standard says
MAX_URLS = 50_000  # a file, as the standard says
MAX_FILES = 20
MAX_DEPTH = 2
_PIECE = 1024 * 1024
_LONGEST = 4_500  # of one <loc> with its address
_LONGEST_ADDRESS = 4_000
# Each repetition stops at "<", so nothing is ever looked at twice.
_LOC = re.compile(
    r"<(image:|video:|\w{1,20}:)?loc\b[^<>]{0,200}>\s{0,200}(?:<!\[CDATA\[([^<>\]]{1,4000})|([^<>]{1,4000}))", re.I
)
_INDEX = re.compile(r"<(?:\w{1,20}:)?sitemapindex\b", re.I)
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """`cut`: what keeps this from being the whole sitemap, in words; None where all was read."""

    urls: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    cut: str | None = None


class _Cut(Exception):
    """Nothing more can be had of this file; the words say why."""


def parse_sitemap(body: bytes) -> Sitemap:
    """An index, a list of addresses in XML, or one address a line. HTML and the like give nothing."""
    found: dict[str, None] = {}
    is_index = False
    lines: bool | None = None
    cut: str | None = None
    rest = ""
    decoder = codecs.getincrementaldecoder(_encoding(body))("replace")
    try:
        for number, piece in enumerate(_limited(body)):
            text = rest + decoder.decode(piece)
            if number == 0:
                is_index = _INDEX.search(text[:5000]) is not None
                lines = text.lstrip("\ufeff \r\n\t")[:8].lower().startswith(("http://", "https://"))
            end = _take_lines(text, found) if lines else _take_tags(text, found)
            rest = text[max(end, len(text) - _LONGEST) :]
            if len(found) > MAX_URLS:
                raise _Cut(f"more than {MAX_URLS:,} addresses")
    except _Cut as error:
        cut = str(error)
    if lines and rest:
        _take_lines(rest + "\n", found)
    addresses = tuple(found)[:MAX_URLS]
    return Sitemap(sitemaps=addresses, cut=cut) if is_index else Sitemap(urls=addresses, cut=cut)


def _take_tags(text: str, found: dict[str, None]) -> int:
    """Where the last whole entry ended: one that the end of the piece cuts in two waits for the next piece."""
    end = 0
    for match in _LOC.finditer(text):
        if match.end() == len(text):
            return match.start()
        end = match.end()
        if (match.group(1) or "").lower() not in ("image:", "video:"):
            address = unescape(match.group(2) or match.group(3)).strip()
            if 0 < len(address) < _LONGEST_ADDRESS:
                found[address] = None
    return end


def _take_lines(text: str, found: dict[str, None]) -> int:
    end = text.rfind("\n") + 1
    for line in text[:end].splitlines():
        address = line.strip()
        if address.lower().startswith(("http://", "https://")) and len(address) < _LONGEST_ADDRESS:
            found[address] = None
    return end


def _encoding(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    declared = re.search(rb"""<\?xml[^>]{0,100}encoding=["']([\w-]{1,30})""", body[:200])
    if declared is None:
        return "utf-8-sig"
    try:
        return codecs.lookup(declared.group(1).decode("ascii", "replace")).name
    except LookupError:
        return "utf-8-sig"


def _limited(body: bytes) -> Iterator[bytes]:
    """The bytes piece by piece, unpacked. Raises _Cut where they end before their end."""
    pieces: Iterator[bytes] = (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))
    if body.startswith(_GZIP):
        pieces = _unpacked(pieces)
        first = next(pieces, b"")
        if first.startswith(_GZIP):
            raise _Cut("packed twice")
        yield first
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > MAX_BYTES:
            raise _Cut(f"more than {MAX_BYTES // 2**20} MB")
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """gzip, also of several members; never more than one piece of it unpacked at a time."""
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for packed in pieces:
            data = packed
            while data:
                if stream.eof:
                    if not data.startswith(_GZIP):
                        return  # padding after the end
                    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
                piece = stream.decompress(data, _PIECE)
                data = stream.unconsumed_tail or stream.unused_data
                if piece:
                    yield piece
    except zlib.error as error:
        raise _Cut("damaged") from error
    if not stream.eof:
        raise _Cut("cut off")
