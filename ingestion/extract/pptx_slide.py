"""One slide of a PPTX read from the stream of its XML. A `Reader` of xml.py, called by pptx.py.

Shapes in the order of the file, which is the order in which a screen reader goes; groups are only their
shapes. Names are those of ECMA-376 part 1, chapters 19 and 21.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.extract.flow import Budget, Cell, Paragraph, Part, Row, Table
from ingestion.extract.gather import Gather, language_of
from ingestion.model import BlockKind

_TITLES = frozenset({"title", "ctrTitle"})
_NOT_SHOWN = frozenset({"dt", "sldNum", "hdr"})
_BODIES = frozenset({"body", "obj", "", "subTitle"})
_MOSTLY = 0.95


class SlideReader:
    """`prompts`: a layout or a master, whose placeholders hold prompts and no text."""

    def __init__(self, gather: Gather, budget: Budget, *, prompts: bool = False):
        self.title = ""
        self.parts: list[Part] = []
        self.footers: list[str] = []
        self.diagrams: list[str] = []
        self.hidden = False
        self._gather, self._budget, self._prompts = gather, budget, prompts
        self._place: str | None = None  # of the shape being read: the type of its placeholder
        self._shape: list[Paragraph] = []
        self._tables: list[Table] = []
        self._cell: Cell | None = None
        self._open: list[str] | None = None
        self._characters = self._bold_characters = 0
        self._bold = False
        self._listed: bool | None = None
        self._language = ""
        self._captures = False

    def finish(self) -> None:
        """Closes what a damaged slide left open."""
        self._end_paragraph()
        self._end_shape()
        self._tables.clear()

    def paragraphs(self) -> Iterator[Paragraph]:
        for part in self.parts:
            if isinstance(part, Paragraph):
                yield part
            else:
                for row in part.rows:
                    for cell in row.cells:
                        yield from cell.paragraphs()

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "a:t":
            self._captures = True
        elif name in ("a:rPr", "a:endParaRPr"):
            self._bold = name == "a:rPr" and attributes.get("b") in ("1", "true")
            self._language = attributes.get("lang", "")
        elif name == "a:r":
            self._bold, self._language = False, ""
        elif name == "a:p":
            self._start_paragraph()
        elif name == "a:br":
            self._say("\n")
        elif name in ("a:buNone", "a:buChar", "a:buAutoNum", "a:buBlip"):
            self._listed = name != "a:buNone"
        elif name == "p:ph":
            return self._placeholder(attributes.get("type", ""))
        elif name == "p:sp":
            self._place, self._shape = None, []
        elif name in ("p:sld", "p:cNvPr"):
            return self._look(name, attributes)
        elif name == "dgm:relIds":
            self.diagrams.append(attributes.get("r:dm", ""))
        elif name == "a:blip":
            self._gather.pictures += 1
        elif name.startswith("a:t"):
            self._start_table_part(name, attributes)
        # The number of the slide and the date of today.
        return name == "a:fld" or name == "p:notes"

    def end(self, name: str) -> None:
        if name == "a:t":
            self._captures = False
        elif name == "a:p":
            self._end_paragraph()
        elif name == "p:sp":
            self._end_shape()
        elif name == "a:tbl" and self._tables:
            self._tables.pop()
        elif name == "a:tc":
            self._cell = None

    def text(self, data: str) -> None:
        if self._captures:
            self._say(data)

    def _look(self, name: str, attributes: dict[str, str]) -> bool | None:
        """Slides and shapes can be switched off."""
        if name == "p:sld":
            self.hidden = attributes.get("show", "1") in ("0", "false")
        elif attributes.get("hidden") in ("1", "true"):
            self._place = "hidden"
        return None

    def _placeholder(self, kind: str) -> None:
        if self._place != "hidden":
            self._place = "prompt" if self._prompts else kind

    def _start_table_part(self, name: str, attributes: dict[str, str]) -> None:
        if name == "a:tbl":
            self._tables.append(Table())
            self.parts.append(self._tables[-1])
        elif not self._tables:
            return
        elif name == "a:tblPr":
            self._tables[-1].first_is_named = attributes.get("firstRow") in ("1", "true")
        elif name == "a:tr":
            self._budget.part()
            self._tables[-1].rows.append(Row())
        elif name == "a:tc" and self._tables[-1].rows:
            self._budget.part()
            self._cell = Cell(covered=attributes.get("vMerge") in ("1", "true"))
            # The cells that a wide one covers follow it, empty.
            self._tables[-1].rows[-1].cells.append(self._cell)

    def _start_paragraph(self) -> None:
        self._budget.part()
        self._open = []
        self._characters = self._bold_characters = 0
        self._listed = None

    def _say(self, text: str) -> None:
        if self._open is None:
            return
        self._budget.characters(len(text))
        self._open.append(text)
        count = len(text.strip())
        self._characters += count
        self._bold_characters += count if self._bold else 0
        if count and not self._prompts and (language := language_of(self._language)):
            self._gather.languages[language] = self._gather.languages.get(language, 0) + count

    def _end_paragraph(self) -> None:
        if self._open is None:
            return
        text = "".join(self._open)
        self._open = None
        if not text.strip():
            return
        bold = self._characters > 0 and self._bold_characters >= self._characters * _MOSTLY
        listed = self._place in _BODIES if self._listed is None else self._listed
        kind = BlockKind.LIST_ITEM if listed and self._cell is None else BlockKind.PARAGRAPH
        part = Paragraph(text, kind, 0, bold)
        if self._cell is not None:
            self._cell.content.append(part)
        else:
            self._shape.append(part)

    def _end_shape(self) -> None:
        shape, self._shape = self._shape, []
        place, self._place = self._place, None
        if place == "hidden":
            self._gather.hide(" ".join(part.text for part in shape))
        elif place == "ftr":
            self.footers.extend(part.text for part in shape)
        elif place in _TITLES and not self.title:
            self.title = " ".join(" ".join(part.text for part in shape).split())
        elif place not in _NOT_SHOWN and place != "prompt":
            if place in _BODIES and len(shape) == 1:
                shape[0].kind = BlockKind.PARAGRAPH  # a list of one is a text
            self.parts.extend(shape)
