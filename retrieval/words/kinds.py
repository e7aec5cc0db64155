"""Phrases that ask for a kind of figure (kinds.txt). A question in, the names of the kinds it words out.

Of the phrases that begin at a word the longest decides, and goes on after it: "combien de temps" asks for no price.
Called by answer_types.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold

WORD = re.compile(r"[^\W_]+")
BEGIN, END, ANY, REST = "^", "$", "_", "*"
PLAIN = 6  # letters of a single word that is also known without its accents


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask. `words` without the marks of a beginning and an end."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    begins: bool
    ends: bool

    def at(self, said: Sequence[str], start: int) -> bool:
        stop = start + len(self.words)
        if stop > len(said) or (self.begins and start) or (self.ends and stop < len(said)):
            return False
        return all(_fits(word, said[start + number]) for number, word in enumerate(self.words))


def kinds_worded(question: str) -> tuple[tuple[str, str], ...]:
    """(the phrase's first word, kind) in order."""
    return tuple(_worded(question))


def _worded(question: str) -> Iterator[tuple[str, str]]:
    said = WORD.findall(question.casefold())
    plain = [fold(word) for word in said]
    at = 0
    while at < len(said):
        found = _longest(_askings()[0], said, at) or _longest(_askings()[1], plain, at)
        if found is not None:
            yield from ((said[at], kind) for kind in found.kinds)
        at += len(found.words) if found is not None else 1


def _longest(askings: dict[str, tuple[Asking, ...]], said: Sequence[str], at: int) -> Asking | None:
    return next((asking for asking in askings.get(said[at], ()) if asking.at(said, at)), None)


def _fits(word: str, said: str) -> bool:
    return word in (said, ANY) or (word[-1] == REST and said.startswith(word[:-1]))


@lru_cache(maxsize=1)
def _askings() -> tuple[dict[str, tuple[Asking, ...]], dict[str, tuple[Asking, ...]]]:
    """By first word, the longest first: as written, and what is also known without accents."""
    written: dict[str, list[Asking]] = {}
    plain: dict[str, list[Asking]] = {}
    kinds: tuple[str, ...] = ()
    for line in Path(__file__).with_name("kinds.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kinds = tuple(line.strip("[]").split())
        elif line and not line.startswith("#"):
            for phrase in line.partition(" ")[2].split(","):
                asking = _asking(phrase.strip(), kinds)
                first = asking.words[0]
                written.setdefault(first, []).append(asking)
                if len(asking.words) > 1 or len(first) >= PLAIN:
                    plain.setdefault(fold(first), []).append(_without_accents(asking))
    return _ordered(written), _ordered(plain)


def _asking(phrase: str, kinds: tuple[str, ...]) -> Asking:
    words = phrase.removeprefix(BEGIN).removesuffix(END).split()
    return Asking(tuple(words), kinds, phrase.startswith(BEGIN), phrase.endswith(END))


def _without_accents(asking: Asking) -> Asking:
    return Asking(tuple(fold(word) for word in asking.words), asking.kinds, asking.begins, asking.ends)


def _ordered(askings: dict[str, list[Asking]]) -> dict[str, tuple[Asking, ...]]:
    """Of two as long, the one with more letters of its own."""

    def worth(asking: Asking) -> tuple[int, int]:
        return len(asking.words), sum(len(word) for word in asking.words)

    return {first: tuple(sorted(found, key=worth, reverse=True)) for first, found in askings.items()}
