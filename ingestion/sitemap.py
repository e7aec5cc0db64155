"""Sitemaps in, addresses out. Tolerant on purpose: small sites' sitemaps are often not quite XML.

Linear and without an XML parser, so entities are never expanded and no tree is built in memory.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from html import unescape

from ingestion.extract.decode import decode

MAX_BYTES = 10 * 1024 * 1024  # unpacked; the standard's 50 MB hold 50,000 addresses of a kilobyte
MAX_URLS = 50_000
MAX_FILES = 20
MAX_DEPTH = 2
_LOC = re.compile(r"<(?:\w{1,20}:)?loc\b[^<>]{0,200}>\s*(?:<!\[CDATA\[\s*)?([^<>\]]{1,4000}?)\s*(?:\]\]>\s*)?</", re.I)
_INDEX = re.compile(r"<(?:\w{1,20}:)?sitemapindex\b", re.I)
_IMAGE_LOC = re.compile(r"<(?:image|video):loc\b", re.I)


@dataclass(frozen=True, slots=True)
class Sitemap:
    urls: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    cut: bool = False  # more than the limits allow stood there


def parse_sitemap(body: bytes) -> Sitemap:
    """An index, a list of addresses in XML, or one address a line. HTML and the like give nothing."""
    if body.startswith(b"\x1f\x8b"):
        unpacked = _unpacked(body)
        if unpacked is None:
            return Sitemap(cut=True)
        body = unpacked
    text = decode(body[:MAX_BYTES], "utf-8", is_html=False)
    cut = len(body) > MAX_BYTES
    found = [unescape(match.group(1)).strip() for match in _LOC.finditer(text) if not _IMAGE_LOC.match(match.group())]
    if not found and text[:8].lower().startswith(("http://", "https://")):
        found = [line.strip() for line in text.splitlines() if line.strip().lower().startswith(("http://", "https://"))]
    unique = tuple(dict.fromkeys(found))
    cut = cut or len(unique) > MAX_URLS
    if _INDEX.search(text[:5000]):
        return Sitemap(sitemaps=unique[:MAX_URLS], cut=cut)
    return Sitemap(urls=unique[:MAX_URLS], cut=cut)


def _unpacked(body: bytes) -> bytes | None:
    """gzip, bounded. None for what is damaged or over the limit before anything could be read."""
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        return stream.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        return None
