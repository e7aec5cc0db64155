"""The text of shapes (DrawingML): boxes on a sheet, and the paragraphs of slides, which pptx.py reads with it."""

from __future__ import annotations

from ingestion.extract.archive import Archive
from ingestion.extract.flow import Budget, Paragraph, Part
from ingestion.extract.gather import Gather, Unread
from ingestion.extract.xml import read_xml

_MAX_CHARACTERS = 200_000
_MAX_PARAGRAPHS = 20_000


def drawn_text(archive: Archive, part: str, gather: Gather) -> list[Part]:
    """The paragraphs of all shapes of a part, in its order. Raises Full."""
    reader = _Shapes(Budget(gather, characters=_MAX_CHARACTERS, parts=_MAX_PARAGRAPHS))
    try:
        read_xml(archive.pieces(part), reader)
    except Unread as error:
        gather.note(part, error)
    return reader.found


class _Shapes:
    def __init__(self, budget: Budget):
        self.found: list[Part] = []
        self._budget = budget
        self._open: list[str] | None = None
        self._captures = False

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "a:p":
            self._budget.part()
            self._open = []
        elif name == "a:t":
            self._captures = True
        elif name == "a:br" and self._open is not None:
            self._open.append("\n")
        # A shape that is switched off says nothing; nor does a field such as the slide's number.
        return name == "a:fld" or (name.endswith(":sp") and attributes.get("hidden") == "1")

    def end(self, name: str) -> None:
        if name == "a:t":
            self._captures = False
        elif name == "a:p" and self._open is not None:
            self.found.append(Paragraph("".join(self._open)))
            self._open = None

    def text(self, data: str) -> None:
        if self._captures and self._open is not None:
            self._budget.characters(len(data))
            self._open.append(data)
