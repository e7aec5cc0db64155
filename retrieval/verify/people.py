"""Whether names stand in the passages, and where what is said of them stands. Names and words in, yes or no out.

Called by bind.py for each piece of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from retrieval.verify.figures import plain
from retrieval.verify.folded import fold
from retrieval.verify.lines import Line, Word, stems
from retrieval.verify.names import names_of

_TOLD, _LISTED, _ROLE = re.compile(r";(?=\s)"), re.compile(r"[,;](?=\s)"), re.compile(r"[^\W\d_]:(?=\s)")


class People:
    """Of the passages of one answer. `tokens`: every word that stands there, and the business's own names."""

    def __init__(
        self,
        lines: Sequence[Line],
        terms: Sequence[frozenset[str]],
        tokens: frozenset[str],
        languages: tuple[str, ...],
        *,
        foreign: bool,
    ):
        self._lines = lines
        self._terms = terms
        self._tokens = tokens
        self._languages = languages
        self._foreign = foreign
        self._told: dict[tuple[int, int], list[tuple[frozenset[str], bool]]] = {}

    def known(self, name: str) -> bool:
        word = fold(name)
        parts = [
            word,
            re.sub(r"['’]?s$|['’]$", "", word),
            *(part for part in re.split(r"[-'’]", word) if len(part) > 2),
        ]
        if (
            parts[0] in self._tokens
            or parts[1] in self._tokens
            or all(part in self._tokens for part in parts[2:] or [""])
        ):
            return True
        own = stems(name, self._languages)
        return bool(own) and any(own & terms for terms in self._terms)

    def together(self, names: Sequence[str], words: Sequence[Word], lines: Sequence[Line]) -> bool:
        """What is said of a name must stand where the name does, when it stands anywhere."""
        folded = [fold(name) for name in names]
        rest = [word for word in words if not word.light and fold(word.text) not in folded]
        with_name, without = frozenset[str](), list[frozenset[str]]()
        name_stems = [stems(name, self._languages) for name in names]
        if lines and all(
            not stem or any(stem & (line.terms | line.label | line.head) for line in lines) for stem in name_stems
        ):
            return True  # the line of its figures names them
        if lines and not rest and not self._foreign and all(name_stems):
            # "Mill Lake is at Quay Street 12": both must stand together somewhere.
            return any(all(stem & line.vicinity for stem in name_stems) for line in self._lines)
        for line in self._lines:
            for own, leaning in self._tellings(line):
                around = own | line.label | line.head | (line.beside if leaning else frozenset[str]())
                met = frozenset(word.text for word in rest if not word.stems.isdisjoint(own | line.asked))
                if all(not stem or stem & around for stem in name_stems):
                    with_name |= met
                else:
                    without.append(met)
        return not any(met - with_name and len(met) > len(met & with_name) for met in without)

    def _tellings(self, line: Line) -> list[tuple[frozenset[str], bool]]:
        """What a line tells, apart for each name that it tells of; whether it has no name ("He teaches French")."""
        key = (line.passage, line.at)
        if key not in self._told:
            text = plain(line.unit.text)
            named = [at for at, _ in names_of(text, self._languages[0])]
            if not named or " | " in text:
                self._told[key] = [(line.terms, not named)]
                return self._told[key]
            # "Head: Ann Bell, technique: Ben Cole" tells of each by itself; a sentence goes on speaking of one.
            listed = len(_ROLE.findall(text)) > 1
            cuts = [0, *(match.end() for match in (_LISTED if listed else _TOLD).finditer(text)), len(text)]
            pieces: list[str] = []
            had = False
            for start, end in pairwise(cuts):
                has = any(start <= at < end for at in named)
                if pieces and not (has and had):
                    pieces[-1] += text[start:end]
                else:
                    pieces.append(text[start:end])
                    had = False
                had = had or has
            self._told[key] = [(stems(piece, self._languages), False) for piece in pieces]
        return self._told[key]
