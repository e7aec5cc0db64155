"""The address that opens a page at a quote. Address, quote and page number in, a link out; called by channels.

Text fragments (WICG Scroll To Text Fragment): `#:~:text=start,end`. A browser that does not know them opens the page.
"""

from __future__ import annotations

import re
from urllib.parse import quote as encoded
from urllib.parse import urlsplit

EDGE_WORDS = 6  # of the quote's beginning and end: enough to find it, short enough to survive small edits between
SHORT_WORDS = 12
_PARTS = re.compile(r"\s*(?:\n|\s\|\s)\s*")


def link_to(url: str, quote: str, page: int | None = None) -> str | None:
    """None for what has no address that a visitor could open."""
    if urlsplit(url).scheme not in {"http", "https"}:
        return None
    plain, _, fragment = url.partition("#")
    if page is not None and urlsplit(plain).path.lower().endswith(".pdf"):
        return f"{plain}#page={page}"
    start, end = _edges(quote)
    if not start:
        return url
    text = _directive(start) + (f",{_directive(end)}" if end else "")
    return f"{plain}#{fragment}:~:text={text}"


def _edges(quote: str) -> tuple[str, str]:
    """Cells of a row and lines stand in elements of their own: a match may not run on as we join them, only reach."""
    parts = [part for part in _PARTS.split(quote.strip()) if part]
    if not parts:
        return "", ""
    first, last = parts[0].split(), parts[-1].split()
    if len(parts) == 1 and len(first) <= SHORT_WORDS:
        return " ".join(first), ""
    return " ".join(first[:EDGE_WORDS]), " ".join(last[-EDGE_WORDS:])


def _directive(text: str) -> str:
    """A hyphen and a comma have a meaning in a text directive."""
    return encoded(text, safe="").replace("-", "%2D")
