"""What stands on many pages of a site: which blocks are kept once, and which parts of titles say nothing.

Menus and footers crowd every page's text out of a search; left out altogether, the opening hours in a
footer are lost. So a block on at least max(4, 20 %) of the pages stays on the first page that holds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.model import Version

MIN_PAGES = 4
SHARE = 0.2
TITLE_SHARE = 0.4
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w]+(?=\d)")
_BESIDE_DIGITS = re.compile(r"[^\w\x1f]|_")
_SEPARATOR = re.compile(r"\s+[-–—:|»·•/]\s+|\s*[|»·•]\s*|:\s+")


@dataclass(frozen=True, slots=True)
class Recurring:
    """By index of the version: blocks that are left out of its own passages, and those kept there as recurring."""

    dropped: tuple[frozenset[int], ...]
    kept: tuple[tuple[int, ...], ...]


def find_recurring(versions: Sequence[Version]) -> Recurring:
    """Linear in the text. Fewer than four pages have nothing that recurs."""
    keys = [[_key(version.text[block.start : block.end]) for block in version.blocks] for version in versions]
    pages: Counter[str] = Counter()
    for page in keys:
        pages.update(set(page))
    least = max(MIN_PAGES, SHARE * len(versions))
    common = {key for key, count in pages.items() if count >= least}
    dropped: list[frozenset[int]] = []
    kept: list[tuple[int, ...]] = []
    told: set[str] = set()
    for page in keys:
        out = frozenset(index for index, key in enumerate(page) if key in common and not _alone(page, index, common))
        first = tuple(index for index in sorted(out) if page[index] not in told)
        told.update(page[index] for index in first)
        # The same line twice in one page's menu and footer is kept once as well.
        unique: dict[str, int] = {}
        for index in first:
            unique.setdefault(page[index], index)
        dropped.append(out)
        kept.append(tuple(sorted(unique.values())))
    return Recurring(tuple(dropped), tuple(kept))


def clean_titles(versions: Sequence[Version]) -> tuple[list[str], str]:
    """Each title without the parts common to over 40 % of them, and those common parts: the site's name."""
    split = [[part.strip() for part in _SEPARATOR.split(version.title) if part.strip()] for version in versions]
    seen: Counter[str] = Counter()
    for parts in split:
        seen.update({part.casefold() for part in parts})
    common = {part for part, count in seen.items() if count >= 3 and count > TITLE_SHARE * len(versions)}
    titles: list[str] = []
    site = ""
    for version, parts in zip(versions, split, strict=True):
        own = [part for part in parts if part.casefold() not in common]
        if not site:
            site = " ".join(part for part in parts if part.casefold() in common)
        if len(own) == len(parts):
            titles.append(version.title)  # as written, with its own signs between the parts
        else:
            titles.append(" – ".join(own) or _first_heading(version) or version.title)
    return titles, site


def _alone(page: list[str], index: int, common: set[str]) -> bool:
    """A common line between lines of the page's own (the same hour on many events' pages) belongs to its page."""
    before = index == 0 or page[index - 1] in common
    after = index == len(page) - 1 or page[index + 1] in common
    return not before and not after


def _first_heading(version: Version) -> str:
    for block in version.blocks:
        if block.level == 1:
            return version.text[block.start : block.end][:200]
    return ""


def _key(text: str) -> str:
    """Letters and digits; between digits something stays: 12,50 is not 1250."""
    return _BESIDE_DIGITS.sub("", _BETWEEN_DIGITS.sub("\x1f", text.casefold())) or text
