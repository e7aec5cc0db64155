"""The nouns of a PDF page: read by pdf_glyphs.py, arranged by pdf_layout.py, written as blocks by pdf_blocks.py.

Coordinates are points with y upwards, turned so that the text of a page runs from left to right.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Span:
    """Neighbouring glyphs on one baseline, without a gap that could be a border between columns or cells."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    tip: float = 0.0  # height of the last glyph, which may be a raised mark

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one text object is drawn with. `angle` in whole degrees; `doubtful`: the page must be looked at."""

    baseline: float
    size: float
    angle: int
    bold: bool
    hidden: bool
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(slots=True)
class PageText:
    """What one page shows. `turned`: text at other angles than most of the page's, one list an angle."""

    number: int
    width: float
    height: float
    spans: list[Span] = field(default_factory=list[Span])
    turned: list[list[Span]] = field(default_factory=list[list[Span]])
    rules: list[Box] = field(default_factory=list[Box])  # thin lines and the edges of filled boxes
    picture_share: float = 0.0  # of the page's area under pictures
    drawings: int = 0  # filled shapes, as letters are when text was turned into outlines
    characters: int = 0  # glyphs drawn, hidden ones included
    hidden: int = 0  # characters that nobody sees
    unmapped: int = 0  # glyphs without a character
    broken: bool = False
    cut: bool = False  # more glyphs than may be read


@dataclass(slots=True)
class Line:
    """One line of running text, or one row of a table when `cells` holds more than one text."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    cells: tuple[str, ...] = ()
    header: bool = False
    table: int = 0  # the number of its table within the page, 0 outside of one
    column: Box | None = None  # the column of running text that it stands in
    wraps: bool = False  # several lines there reach its right edge, so that text goes on from line to line
