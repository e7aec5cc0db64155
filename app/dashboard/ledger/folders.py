"""Addresses that would be read in, the folders they stand in out, with how many each holds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MOST = 40  # folders offered; the rest is counted


@dataclass(frozen=True, slots=True)
class Folder:
    """`rule`: what leaves it out (ingestion/rules.py)."""

    rule: str
    name: str
    pages: int


@dataclass(frozen=True, slots=True)
class Folders:
    """`loose`: pages in no folder; `more`: folders that are not listed."""

    listed: tuple[Folder, ...]
    loose: int
    more: int


def folders_of(addresses: Sequence[str]) -> Folders:
    """The first part of the path, largest first. A folder that holds everything is opened further."""
    depth = 1
    while True:
        counts = Counter(_folder(url, depth) for url in addresses)
        loose = counts.pop("", 0)
        if len(counts) != 1 or loose > len(addresses) // 2 or depth == 4:
            break
        depth += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = tuple(Folder(rule, unquote(rule), pages) for rule, pages in ordered[:MOST])
    return Folders(listed, loose, max(0, len(ordered) - MOST))


def _folder(url: str, depth: int) -> str:
    """The first `depth` folders of the path; '' for a page that lies in none."""
    parts = urlsplit(url).path.split("/")[1:-1]
    return f"/{'/'.join(parts[:depth])}/" if parts else ""
