"""One sheet of an XLSX read from the stream of its XML: the values that it shows, by row and column.

A `Reader` of xml.py, called by xlsx.py. Only cells that hold something are kept, so that neither a
declared size nor a cell at XFD1048576 costs anything.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingestion.extract.formats import show_number, show_text
from ingestion.extract.gather import Full
from ingestion.extract.grid import MAX_COLUMNS, MAX_ROWS, Room, Value
from ingestion.extract.xlsx_styles import SharedStrings, Styles

_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_MAX_MERGES = 20_000
_REFERENCE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")
_LONGEST_CELL = 32_767  # as Excel allows
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SheetReader:
    def __init__(self, strings: SharedStrings, styles: Styles, room: Room):
        self.names: set[int] = set()  # rows that a filter or a frozen pane marks as names
        self.hidden_rows: set[int] = set()
        self.hidden_characters = 0
        self.uncounted = 0  # formulas whose result is not stored
        self.missing_strings = 0
        self.cut_columns = False
        self.row_count = 0
        self.full = False
        self._strings, self._styles, self._room = strings, styles, room
        self._rows: dict[int, dict[int, Value]] = {}
        self._hidden_columns: set[int] = set()
        self._merges: list[tuple[int, int, int, int]] = []
        self._row = 0
        self._column = 0
        self._row_hidden = False
        self._kind = ""
        self._style = -1
        self._has_formula = False
        self._pieces: list[str] | None = None
        self._said: list[str] = []
        self._characters = 0

    def rows(self) -> dict[int, dict[int, Value]]:
        """Row → column → value. What a merged cell says holds for each row that it covers."""
        for top, left, bottom, _ in self._merges:
            value = self._rows.get(top, {}).get(left)
            if value is None or bottom == top:
                continue
            for row in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
                line = self._rows.get(row)
                if line is not None and left not in line:
                    line[left] = value
                    self._rows[row] = dict(sorted(line.items()))
        return {row: line for row, line in self._rows.items() if line}

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "x:c":
            self._start_cell(attributes)
        elif name in ("x:v", "x:t"):
            self._pieces = []
            self._characters = 0
        elif name == "x:f":
            self._has_formula = True
            return True
        elif name == "x:row":
            self._start_row(attributes)
        elif name == "x:col":
            self._hide_columns(attributes)
        elif name == "x:pane":
            self._freeze(attributes)
        elif name == "x:autoFilter":
            if (area := _area(attributes.get("ref", ""))) is not None:
                self.names.add(area[0])
        elif name == "x:mergeCell":
            area = _area(attributes.get("ref", ""))
            if area is not None and len(self._merges) < _MAX_MERGES:
                self._merges.append(area)
        # Readings of a text, and the parts of a sheet that are no cells.
        return name in ("x:rPh", "x:extLst", "x:conditionalFormatting", "x:dataValidations", "x:headerFooter")

    def end(self, name: str) -> None:
        if name == "x:c":
            self._end_cell()
        elif name in ("x:v", "x:t") and self._pieces is not None:
            self._said.extend(self._pieces)
            self._pieces = None

    def text(self, data: str) -> None:
        if self._pieces is not None and self._characters <= _LONGEST_CELL:
            self._pieces.append(data)
            self._characters += len(data)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) < 8 else self._row + 1
        self._column = 0
        self._row_hidden = attributes.get("hidden", "0") in ("1", "true") or attributes.get("ht") == "0"
        if self._row_hidden:
            self.hidden_rows.add(self._row)
        try:
            self._room.row()
        except Full:
            self.full = True
            raise
        self.row_count += 1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        reference = attributes.get("r")
        if reference is not None and (match := _REFERENCE.match(reference)):
            self._column = _column(match.group(1))
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "")
        self._style = int(style) if style.isdecimal() and len(style) < 7 else -1
        self._has_formula = False
        self._said = []

    def _end_cell(self) -> None:
        raw = "".join(self._said)
        if not raw:
            self.uncounted += self._has_formula and self._kind != "str"
            return
        value = self._value(raw)
        if value is None or self._row > _LAST_ROW or self._column > _LAST_COLUMN:
            return
        if self._row_hidden or self._column in self._hidden_columns:
            self.hidden_characters += len(value.text)
            return
        line = self._rows.setdefault(self._row, {})
        if len(line) >= MAX_COLUMNS:
            self.cut_columns = True
            return
        try:
            self._room.cell(value.text)
        except Full:
            self.full = True
            raise
        line[self._column] = value

    def _value(self, raw: str) -> Value | None:
        code, bold = self._styles.of(self._style)
        number = False
        if self._kind == "s":
            index = int(raw) if raw.isdecimal() and len(raw) < 10 else -1
            if not 0 <= index < len(self._strings.texts):
                self.missing_strings += not self._strings.full
                return None
            shown = show_text(_plain(self._strings.texts[index][:_LONGEST_CELL]), code)
        elif self._kind == "b":
            shown = "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        elif self._kind == "e":
            return None  # "#REF!" tells a visitor nothing
        elif self._kind in ("str", "inlineStr"):
            shown = show_text(_plain(raw[:_LONGEST_CELL]), code)
        elif self._kind == "d":
            shown, number = raw.strip().replace("T00:00:00", "").replace("T", " "), True
        else:
            shown, number = self._number(raw.strip(), code), True
        if not shown.strip():
            self.hidden_characters += len(raw) if not number else 0
            return None
        return Value(shown.strip(), number, bold)

    def _number(self, raw: str, code: str) -> str:
        try:
            return show_number(float(raw), code, from_1904=self._styles.from_1904)
        except (ArithmeticError, ValueError):
            return raw[:40]

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get("hidden", "0") in ("1", "true") or attributes.get("width") == "0"
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if hidden and first.isdecimal() and last.isdecimal() and len(first) < 6 and len(last) < 6:
            self._hidden_columns.update(range(int(first), min(int(last), _LAST_COLUMN) + 1))

    def _freeze(self, attributes: dict[str, str]) -> None:
        """The rows that stay in sight: the last of them names the columns."""
        rows = attributes.get("ySplit", "").partition(".")[0]
        frozen = attributes.get("state", "").startswith("frozen")
        if frozen and rows.isdecimal() and 0 < int(rows[:4]) <= 10:
            self.names.add(int(rows))


def _area(reference: str) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right of "A1:C3"."""
    first, _, last = reference.partition(":")
    begin, end = _REFERENCE.match(first), _REFERENCE.match(last or first)
    if begin is None or end is None:
        return None
    return int(begin.group(2)), _column(begin.group(1)), int(end.group(2)), _column(end.group(1))


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _plain(text: str) -> str:
    """`_x000D_` stands for a sign that XML cannot hold (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
