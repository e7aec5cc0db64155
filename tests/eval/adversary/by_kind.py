"""The sentences of by_kind.txt, each an answer of its own: price tables, hours by season and branch, courses, contact
cards, rules with exceptions, ages, deposits, terms, allergens. The command and the tests judge them like all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from retrieval.model import Passage
from tests.eval.adversary.faithful import Answered, Lie, Said
from tests.eval.adversary.pages import Site

DATA = Path(__file__).with_name("by_kind.txt")
_SENTENCE = re.compile(r"(?P<told>[TFtf]) (?P<kind>\w+) (?:(?P<language>en|de|es) (?=[A-ZÄÖÜ]))?(?P<text>.+)")


def by_kind(*, true: bool, known: bool = False) -> Iterator[Answered]:
    """`known`: also those that the verifier is known to judge wrongly."""
    wanted = ("T" if true else "F") + (("t" if true else "f") if known else "")
    for block in re.split(r"^== ", DATA.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, language = block.split("\n", 1)[0].split()
        lines = block.split("\n")[1:]
        sentences = [match for line in lines if (match := _SENTENCE.fullmatch(line))]
        site = Site(name, language, tuple(_passages(lines)))
        for match in sentences:
            if match["told"] not in wanted:
                continue
            text = re.sub(r"[{}]", "", match["text"])
            tells = re.findall(r"\{(.+?)\}", match["text"])
            lies = () if true else (Lie(text, tells[0], match["kind"]),)
            said = (Said(text, -1, match["kind"]),)
            yield Answered(site, match["language"] or language, site.passages, said, lies)


def _passages(lines: list[str]) -> Iterator[Passage]:
    page = "\n".join(line for line in lines if not _SENTENCE.fullmatch(line))
    for number, part in enumerate(re.split(r"^# ", page, flags=re.MULTILINE)[1:]):
        head, text = part.split("\n", 1)
        title, _, heading = head.partition(" > ")
        text = text.strip()
        yield Passage(
            number, f"https://site.example/{number}", title, (heading,), text, len(text.split()) * 2, 1.0, dense=0.6
        )
