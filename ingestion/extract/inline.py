"""Runs of inline text in, lines out: what stands between two block borders of a page.

A line remembers whether all of it is bold, because old pages write their headings so. `<br>` ends a
line unless it only breaks a sentence, which pages made by hand are full of.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.extract.clean import clean

_JOINED_CHARACTERS = 2_000  # a sentence that is longer was not broken by hand; bounds the work, too
# A line that ends in one of these has not ended, whatever follows: in German every noun is capital.
_JOINING = frozenset(
    """
    and or the a an of to in with for from by at our your und oder der die das den dem des ein eine einen einem einer
    von mit für zu zum zur im am auf aus bei nach sowie et ou de du la le les un une pour avec og eller på til med af
    y el los las del con para por
    """.split()
)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    bold: bool
    picture: bool = False  # nothing but a picture's alternative text
    linked: bool = False  # all of it leads elsewhere


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    bold: bool = False
    picture: bool = False
    linked: bool = False


_BREAK = _Piece("\n")
_SPACE = _Piece(" ")


@dataclass(slots=True)
class Inline:
    """Collects pieces; `lines()` empties it."""

    removed: int = 0
    linked: int = 0  # links around what is added now
    _pieces: list[_Piece] = field(default_factory=list[_Piece])

    def add(self, text: str, *, bold: bool, picture: bool = False) -> None:
        if text:
            self._pieces.append(_Piece(text.replace("\n", " "), bold, picture, self.linked > 0))

    def line_break(self) -> None:
        self._pieces.append(_BREAK)

    def space(self) -> None:
        """Between two controls that a style sheet sets apart (`<a>One</a><a>Two</a>`)."""
        if self._pieces and not self._pieces[-1].text[-1:].isspace():
            self._pieces.append(_SPACE)

    @property
    def empty(self) -> bool:
        return not self._pieces

    def lines(self) -> list[Line]:
        pieces, self._pieces = self._pieces, []
        lines: list[Line] = []
        gap = True  # nothing to join with
        for line in self._rows(pieces):
            if not line.text:
                gap = True
                continue
            if not gap and not line.bold and not lines[-1].bold and _continues(lines[-1].text, line.text):
                lines[-1] = Line(f"{lines[-1].text} {line.text}", bold=False, linked=lines[-1].linked and line.linked)
            else:
                lines.append(line)
            gap = False
        return lines

    def _rows(self, pieces: list[_Piece]) -> list[Line]:
        rows: list[Line] = []
        row: list[_Piece] = []
        for piece in [*pieces, _BREAK]:
            if piece is not _BREAK:
                row.append(piece)
                continue
            if any(part.picture for part in row):
                row = _without_repeated(row)
            text, removed = clean("".join(part.text for part in row))
            self.removed += removed
            lettered = [part for part in row if any(sign.isalnum() for sign in part.text)]
            rows.append(
                Line(
                    text,
                    bold=bool(lettered) and all(part.bold for part in lettered),
                    picture=bool(lettered) and all(part.picture for part in lettered),
                    linked=bool(lettered) and all(part.linked for part in lettered),
                )
            )
            row = []
        return rows


def _without_repeated(row: list[_Piece]) -> list[_Piece]:
    """A picture beside text that says the same adds nothing."""
    said = " ".join("".join(part.text for part in row if not part.picture).casefold().split())
    return [part for part in row if not part.picture or not said or " ".join(part.text.casefold().split()) not in said]


def _continues(line: str, following: str) -> bool:
    """Whether a break falls inside of a sentence: no end before it, a small letter after it."""
    if line[-1] in ".!?:;…|•" or len(line) > _JOINED_CHARACTERS:
        return False
    if line.rpartition(" ")[2] in _JOINING:
        return True
    return following[0].islower() and (len(line) > 25 or line[-1] in ",-–(/&")
