"""The shared strings and the cell styles of an XLSX, as readers of their XML. For xlsx.py and xlsx_sheet.py."""

from __future__ import annotations

from ingestion.extract.formats import BUILT_IN
from ingestion.extract.gather import Gather

_MAX_STRINGS = 400_000
_MAX_STRING_CHARACTERS = 6_000_000
_MAX_STYLES = 70_000  # Excel's own limit is 65,490


class SharedStrings:
    """Every text that cells refer to by its number."""

    def __init__(self, gather: Gather) -> None:
        self.texts: list[str] = []
        self.full = False
        self._gather = gather
        self._open: list[str] = []
        self._captures = False
        self._room = _MAX_STRING_CHARACTERS

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "x:t":
            self._captures = not self.full
        elif name == "x:si":
            self._open = []
        return name == "x:rPh"  # how a text is pronounced

    def end(self, name: str) -> None:
        if name == "x:t":
            self._captures = False
        elif name == "x:si" and not self.full:
            self.texts.append("".join(self._open))
            if len(self.texts) >= _MAX_STRINGS:
                self._stop()

    def text(self, data: str) -> None:
        if self._captures:
            self._room -= len(data)
            if self._room < 0:
                self._stop()
                return
            self._open.append(data)

    def _stop(self) -> None:
        self.full = True
        self._captures = False
        self._gather.limits.append(f"the first {len(self.texts)} texts")


class Styles:
    """For the number of a cell's style: its number format, and whether its font is bold."""

    def __init__(self) -> None:
        self.from_1904 = False
        self._codes: dict[int, str] = {}
        self._fonts: list[bool] = []
        self._cells: list[tuple[int, int]] = []  # format, font
        self._in_fonts = False
        self._in_cells = False

    def of(self, style: int) -> tuple[str, bool]:
        if not 0 <= style < len(self._cells):
            return "General", False
        code, font = self._cells[style]
        shown = self._codes.get(code) or BUILT_IN.get(code, "General")
        return shown, 0 <= font < len(self._fonts) and self._fonts[font]

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "x:numFmt" and not self._in_cells:
            if len(self._codes) < _MAX_STYLES:
                self._codes.setdefault(_whole(attributes.get("numFmtId")), attributes.get("formatCode", "")[:255])
        elif name == "x:fonts":
            self._in_fonts = True
        elif name == "x:font" and self._in_fonts and len(self._fonts) < _MAX_STYLES:
            self._fonts.append(False)
        elif name == "x:b" and self._in_fonts and self._fonts:
            self._fonts[-1] = attributes.get("val", "1") not in ("0", "false")
        elif name == "x:cellXfs":
            self._in_cells = True
        elif name == "x:xf" and self._in_cells and len(self._cells) < _MAX_STYLES:
            self._cells.append((_whole(attributes.get("numFmtId")), _whole(attributes.get("fontId"))))
        return name == "x:dxfs"

    def end(self, name: str) -> None:
        if name == "x:fonts":
            self._in_fonts = False
        elif name == "x:cellXfs":
            self._in_cells = False

    def text(self, data: str) -> None:
        """Styles say nothing."""


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 7 else -1
