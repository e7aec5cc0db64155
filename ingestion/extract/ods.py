"""An ODS in, an `ExtractedDocument` out: what each sheet shows, as rows with their columns' names. Runs in the child.

Cells hold their text as it is shown beside the value, so no format is needed. Hidden sheets, rows and
columns are not shown and not read; repeated rows and columns are declared by a number that may lie.
"""

from __future__ import annotations

import re
from contextlib import suppress

from ingestion.extract.archive import Archive
from ingestion.extract.gather import Full, Gather
from ingestion.extract.grid import MAX_COLUMNS, Room, Sheet, Value, write_sheet
from ingestion.extract.odf import declared, read_part, read_styles, refuse_locked
from ingestion.extract.odf_styles import Styles
from ingestion.model import BlockKind, ExtractedDocument

_PLAIN_NAME = re.compile(
    r"^(?:sheet|tabelle|feuille|hoja|foglio|blad|ark|arkusz|planilha|folha|taulukko|list)\s*\d*$", re.I
)
_MAX_REPEATS = 200  # of a row or a value that says something
_LONGEST_CELL = 32_767
_MAX_SHEETS = 500
_NUMBERS = frozenset({"float", "percentage", "currency", "date", "time"})


def read_ods(archive: Archive, name: str) -> ExtractedDocument:
    """`name` titles a file without a title of its own. Raises Unread."""
    refuse_locked(archive)
    gather = Gather()
    reader = _SheetsReader(read_styles(archive, gather))
    with suppress(Full):  # the reader knows; its last sheet is told with the rows that it has
        read_part(archive, gather, "content.xml", reader)
    with suppress(Full):  # gather.limits tells the owner
        shown = [sheet for sheet in reader.sheets if not sheet.hidden]
        for sheet in shown:
            if len(shown) > 1 or not _PLAIN_NAME.match(sheet.name):
                gather.add(BlockKind.HEADING, sheet.name, level=2)
            write_sheet(gather, Sheet(sheet.rows, frozenset(sheet.names), frozenset(sheet.hidden_rows)))
            if sheet.cut_columns:
                gather.limits.append(f"the first {MAX_COLUMNS} columns of “{sheet.name}”")
    gather.removed += reader.hidden_characters
    if reader.room.is_full and reader.sheets:
        gather.limits.append(f"{reader.row_count} rows, up to “{reader.sheets[-1].name}”")
    title, language = declared(archive, gather)
    return gather.close(title=title, name=name, language=language or reader.styles.language)


class _OneSheet:
    def __init__(self, name: str, *, hidden: bool):
        self.name = name
        self.hidden = hidden
        self.rows: dict[int, dict[int, Value]] = {}
        self.names: set[int] = set()
        self.hidden_rows: set[int] = set()
        self.cut_columns = False


class _SheetsReader:
    def __init__(self, styles: Styles):
        self.styles = styles
        self.room = Room()
        self.sheets: list[_OneSheet] = []
        self.hidden_characters = 0
        self.row_count = 0
        self._row = 0
        self._column = 0
        self._line: dict[int, Value] = {}
        self._row_repeats = 1
        self._row_hidden = False
        self._in_names = 0
        self._columns = 0
        self._hidden_columns: list[tuple[int, int]] = []
        self._spanned: dict[int, tuple[int, Value]] = {}  # column → rows still covered, the value above
        self._cell: dict[str, str] | None = None
        self._pieces: list[str] = []
        self._characters = 0
        self._in_paragraph = 0

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "text:p":
            if self._cell is not None and self._pieces:
                self._pieces.append("\n")
            self._in_paragraph += 1
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell = attributes
            self._pieces, self._characters = [], 0
        elif name == "text:s":
            self._say(" ")
        elif name == "table:table-row":
            self._start_row(attributes)
        elif name == "table:table":
            self._start_sheet(attributes)
        elif name == "table:table-column":
            self._start_column(attributes)
        elif name == "table:table-header-rows":
            self._in_names += 1
        return name in ("office:annotation", "table:shapes", "table:tracked-changes", "office:automatic-styles",
                        "table:content-validations", "table:named-expressions")  # fmt: skip

    def end(self, name: str) -> None:
        if name == "text:p":
            self._in_paragraph -= 1
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell(covered=name == "table:covered-table-cell")
        elif name == "table:table-row":
            self._end_row()
        elif name == "table:table-header-rows":
            self._in_names -= 1

    def text(self, data: str) -> None:
        if self._in_paragraph:
            self._say(data)

    def _say(self, text: str) -> None:
        if self._cell is not None and self._characters <= _LONGEST_CELL:
            self._pieces.append(text)
            self._characters += len(text)

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get("table:style-name", "") in self.styles.hidden_pages
        if len(self.sheets) >= _MAX_SHEETS:
            self.room.is_full = True
            raise Full
        self.sheets.append(_OneSheet(attributes.get("table:name", "")[:100], hidden=hidden))
        self._row = self._columns = 0
        self._hidden_columns, self._spanned = [], {}

    def _start_column(self, attributes: dict[str, str]) -> None:
        count = _repeats(attributes.get("table:number-columns-repeated"))
        if _is_hidden(attributes):
            self._hidden_columns.append((self._columns + 1, self._columns + count))
        self._columns += count

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row += 1
        self._column = 0
        self._line = {}
        self._row_repeats = _repeats(attributes.get("table:number-rows-repeated"))
        self._row_hidden = _is_hidden(attributes)

    def _end_row(self) -> None:
        if not self.sheets:
            return
        sheet = self.sheets[-1]
        if self._row_hidden:
            sheet.hidden_rows.update(range(self._row, self._row + min(self._row_repeats, 1_000)))
        for again in range(min(self._row_repeats, _MAX_REPEATS) if self._line else 0):
            self.room.row()
            self.row_count += 1
            sheet.rows[self._row + again] = self._line
            if self._in_names:
                sheet.names.add(self._row + again)
        self._row += self._row_repeats - 1

    def _end_cell(self, *, covered: bool) -> None:
        attributes, self._cell = self._cell or {}, None
        count = _repeats(attributes.get("table:number-columns-repeated"))
        first = self._column + 1
        self._column += count
        text = "".join(self._pieces).strip()
        if covered:
            self._cover(first)
            return
        if not text or not self.sheets or text.startswith(("#REF!", "#N/A", "#DIV/0!", "Err:")):
            return
        value = Value(text, attributes.get("office:value-type") in _NUMBERS, self._is_bold(attributes))
        rows = _repeats(attributes.get("table:number-rows-spanned"))
        for column in range(first, first + min(count, _MAX_REPEATS)):
            self._put(column, value)
        if rows > 1:
            self._spanned[first] = (rows - 1, value)

    def _cover(self, column: int) -> None:
        """What a merged cell says holds for each row that it covers."""
        left, value = self._spanned.get(column, (0, None))
        if left > 0 and value is not None:
            self._spanned[column] = (left - 1, value)
            self._put(column, value)

    def _put(self, column: int, value: Value) -> None:
        sheet = self.sheets[-1]
        hidden = sheet.hidden or self._row_hidden
        if hidden or any(first <= column <= last for first, last in self._hidden_columns):
            self.hidden_characters += len(value.text)
        elif len(self._line) >= MAX_COLUMNS:
            sheet.cut_columns = True
        else:
            self.room.cell(value.text)
            self._line[column] = value

    def _is_bold(self, attributes: dict[str, str]) -> bool:
        return bool(self.styles.of(attributes.get("table:style-name", "")).bold)


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("table:visibility") in ("collapse", "filter")


def _repeats(text: str | None) -> int:
    return max(1, int(text)) if text is not None and text.isdecimal() and len(text) < 8 else 1
