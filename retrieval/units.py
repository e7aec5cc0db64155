"""Cuts a passage into what can be quoted: sentences, and rows of tables and lists. Passage text in, spans out.

Spans point into the passage, so that a quote is always an exact part of what is stored. Called by quote.py and
verify.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A sentence ends at these when something like a beginning follows. Digits before a full stop are dates (1. Mai).
_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[¿¡]?[A-ZÀ-ÞŁŚŻ0-9*–-])|(?<=[。！？])")
_SHORT = frozenset(
    [
        "abs",
        "adr",
        "al",
        "approx",
        "art",
        "av",
        "ave",
        "bd",
        "bl",
        "bzw",
        "ca",
        "cf",
        "co",
        "corp",
        "dept",
        "dipl",
        "dr",
        "ed",
        "eg",
        "etc",
        "ev",
        "exkl",
        "ext",
        "fam",
        "ff",
        "fig",
        "fr",
        "ggf",
        "gmbh",
        "hr",
        "hrs",
        "ie",
        "inc",
        "incl",
        "inkl",
        "ing",
        "jr",
        "kl",
        "lt",
        "ltd",
        "m",
        "max",
        "med",
        "min",
        "mme",
        "mr",
        "mrs",
        "ms",
        "nr",
        "no",
        "núm",
        "op",
        "p",
        "pp",
        "prof",
        "rd",
        "sa",
        "sat",
        "sog",
        "sr",
        "st",
        "str",
        "stk",
        "tel",
        "tlf",
        "usw",
        "v",
        "vgl",
        "vs",
        "zb",
        "zzgl",
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "g",
        "h",
        "i",
        "u",
        "z",
    ]
)
LABEL_WORDS = 14
ASKED_WORDS = 10


@dataclass(frozen=True, slots=True)
class Unit:
    """`start` and `end` in the passage's text. `row`: a table or list row, or any other line on its own."""

    start: int
    end: int
    row: bool
    text: str

    @property
    def label(self) -> bool:
        """Looks like a heading or the name of what follows: short, no sentence, no figure."""
        short = self.row and " | " not in self.text and len(self.text.split()) <= LABEL_WORDS
        return short and self.text[-1] not in ".!" and not any(sign.isdigit() for sign in self.text)


def cut(text: str) -> list[Unit]:
    """In order, without gaps but for white space."""
    units: list[Unit] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        whole = " | " in line or _asks_in_two(line)
        spans = [(start, end)] if whole else list(_sentences(text, start, end))
        for begin, stop in spans:
            part = text[begin:stop]
            if part.strip():
                begin += len(part) - len(part.lstrip())
                stop -= len(part) - len(part.rstrip())
                units.append(Unit(begin, stop, len(spans) == 1, text[begin:stop]))
        start = end + 1
    return units


def _asks_in_two(line: str) -> bool:
    """ "I left something behind. What now?": one question of a list of questions, the heading of its answer."""
    return line.rstrip().endswith("?") and len(line.split()) <= ASKED_WORDS


def is_abbreviation(before: str, after: str) -> bool:
    """Whether a full stop between them ends no sentence: "Dr. Wu", "z. B. so", "am 1. Mai"."""
    last = re.split(r"[\s(.]", before.rstrip("\"'”’»)]").rstrip("."))[-1].casefold()
    return last in _SHORT or (last.isdigit() and len(last) <= 2) or after[:1].islower()


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() >= end:
            break
        if text[match.start() - 1] == "." and is_abbreviation(text[begin : match.start()], text[match.end() :]):
            continue
        yield begin, match.start()
        begin = match.end()
    yield begin, end
