"""Passages to answer from: the small sites of tests/eval/sites, and open sets where they are at hand.

A folder of Markdown in, passages as search would return them out, with the language they are written in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.model import Passage

SITES = Path(__file__).parents[1] / "sites"
LANGUAGES = {"bakery": "da", "dentist": "en", "gym": "en", "guesthouse": "fr", "museum": "de", "workshop": "de"}
OPEN = Path(__file__).parents[4] / "shared" / "data"
TOGETHER = 6  # passages of one answer


@dataclass(frozen=True)
class Site:
    name: str
    language: str
    passages: tuple[Passage, ...]


@lru_cache(maxsize=1)
def own_sites() -> tuple[Site, ...]:
    return tuple(Site(name, LANGUAGES[name], tuple(_site(SITES / name))) for name in sorted(LANGUAGES))


def open_sites(data: Path = OPEN, groups: int = 60) -> tuple[Site, ...]:
    """Articles of the open sets, six paragraphs of one article together; none where the sets are not at hand."""
    found: list[Site] = []
    sets = [("squad/passages.jsonl", "en"), *((f"xquad/{code}.passages.jsonl", code) for code in ("de", "es"))]
    for name, language in sets:
        path = data / name
        if not path.exists():
            continue
        titles: dict[str, list[Passage]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            title = str(row["title"]).replace("_", " ")
            titles.setdefault(title, []).append(_passage(title, (), row["text"], len(titles)))
        for title, passages in list(titles.items())[:groups]:
            found.append(Site(f"{name.split('/')[0]}-{language}-{title}", language, tuple(passages[:TOGETHER])))
    return tuple(found)


def _site(folder: Path) -> Iterator[Passage]:
    number = 0
    for path in sorted(folder.glob("*.md")):
        title, heading, lines = "", "", list[str]()
        for line in [*path.read_text(encoding="utf-8").splitlines(), "## "]:
            if line.startswith("## ") or (line.startswith("# ") and title):
                if text := "\n".join(lines).strip():
                    yield _passage(title, (heading,) if heading else (), text, number)
                    number += 1
                heading, lines = line.lstrip("# ").strip(), []
            elif line.startswith("# "):
                title = line[2:].strip()
            elif line.strip() and not set(line) <= set("|- "):
                lines.append(re.sub(r"\*\*", "", line.strip().removeprefix("- ")).strip("| "))
    del folder


def _passage(title: str, path: tuple[str, ...], text: str, number: int) -> Passage:
    return Passage(number, f"https://site.example/{number}", title, path, text, len(text.split()) * 2, 1.0, dense=0.6)
