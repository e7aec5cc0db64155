"""Runs of inline text in, lines out: what stands between two block borders of a page.

A line remembers whether all of it is bold, because old pages write their headings so. `<br>` ends a
line unless it only breaks a sentence, which pages made by hand are full of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingestion.extract.clean import clean

_BREAK = "\n"
# A line that ends in one of these has not ended, whatever follows: in German every noun is capital.
_JOINING = frozenset(
    """
    and or the a an of to in with for from by at our your und oder der die das den dem des ein eine einen einem einer
    von mit für zu zum zur im am auf aus bei nach sowie et ou de du la le les un une pour avec og eller på til med af
    y el los las del con para por
    """.split()
)
_SPACE_END = re.compile(r"\s$")


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    bold: bool


@dataclass(slots=True)
class Inline:
    """Collects pieces; `lines()` empties it."""

    removed: int = 0
    _pieces: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])

    def add(self, text: str, *, bold: bool) -> None:
        if text:
            self._pieces.append((text.replace("\n", " "), bold))

    def line_break(self) -> None:
        self._pieces.append((_BREAK, False))

    def space(self) -> None:
        """Between two controls that a style sheet sets apart (`<a>One</a><a>Two</a>`)."""
        if self._pieces and not _SPACE_END.search(self._pieces[-1][0]):
            self._pieces.append((" ", False))

    @property
    def empty(self) -> bool:
        return not self._pieces

    def lines(self) -> list[Line]:
        pieces, self._pieces = self._pieces, []
        lines: list[Line] = []
        gap = True  # nothing to join with
        for text, bold in self._rows(pieces):
            if not text:
                gap = True
                continue
            if not gap and not bold and not lines[-1].bold and _continues(lines[-1].text, text):
                lines[-1] = Line(f"{lines[-1].text} {text}", bold=False)
            else:
                lines.append(Line(text, bold))
            gap = False
        return lines

    def _rows(self, pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
        rows: list[tuple[str, bool]] = []
        row: list[tuple[str, bool]] = []
        for piece in [*pieces, (_BREAK, False)]:
            if piece[0] != _BREAK:
                row.append(piece)
                continue
            text, removed = clean("".join(part for part, _ in row))
            self.removed += removed
            letters = [bold for part, bold in row if any(sign.isalnum() for sign in part)]
            rows.append((text, bool(letters) and all(letters)))
            row = []
        return rows


def _continues(line: str, following: str) -> bool:
    """Whether a break falls inside of a sentence: no end before it, a small letter after it."""
    if line[-1] in ".!?:;…|•":
        return False
    if line.rpartition(" ")[2] in _JOINING:
        return True
    return following[0].islower() and (len(line) > 25 or line[-1] in ",-–(/&")
