"""How alike two pages are, told by their lines with the figures aside. Used by judge.py, in one process only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingestion.model import ExtractedDocument

Print = frozenset[int]
_FIGURES = re.compile(r"\d+")
_SHORT = 80  # letters of a line that a clock, a counter or a heading may take up
_LONG_PAGE = 10  # lines
_ENOUGH_SHARED = 5


def print_of(document: ExtractedDocument, url: str = "") -> Print:
    """Hashes of its lines. The page's own address, as an error page repeats it, is taken out of them."""
    own = [part for part in (url, url.partition("://")[2].partition("/")[2]) if len(part) > 3]
    found: set[int] = set()
    for block in document.blocks:
        text = block.text
        for part in own:
            text = text.replace(part, "")
        found.add(line_hash(text))
    return frozenset(found)


def print_of_text(text: str) -> Print:
    """Of a stored text: its blocks, one a line (visit.py, join_text)."""
    return frozenset(line_hash(line) for line in text.split("\n") if line)


def line_hash(text: str) -> int:
    return hash(_FIGURES.sub("0", text.casefold()).strip())


def alike(one: Print, other: Print) -> float:
    """0 for nothing in common, 1 for the same lines."""
    return len(one & other) / len(one | other) if one or other else 1.0


def is_copy(one: Print, other: Print, least: float) -> bool:
    """At least that alike, or the same but for one line: a clock, a greeting."""
    return alike(one, other) >= least or (len(one ^ other) <= 2 and len(one & other) >= _ENOUGH_SHARED)


@dataclass(slots=True)
class Novelty:
    """The lines this crawl has met."""

    _met: set[int] = field(default_factory=set[int])

    def take(self, document: ExtractedDocument) -> bool:
        """Whether the page says anything that no page before it said. One short new line on a long page does not count:
        that is the name of the month, or of the order of a list."""
        lines = {line_hash(block.text): len(block.text) for block in document.blocks}
        new = lines.keys() - self._met
        self._met |= new
        if len(new) == 1 and len(lines) >= _LONG_PAGE:
            return max(lines[line] for line in new) > _SHORT
        return bool(new)
