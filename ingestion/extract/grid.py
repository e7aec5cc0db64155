"""The cells of one sheet in, blocks out: rows with the names of their columns. For xlsx, ods and CSV.

A sheet is no table: titles stand above it, groups have a line of their own, remarks stand below, and
two tables follow each other. Rows between empty rows are one region; each may have its own names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingestion.extract.format_names import WEEKDAYS
from ingestion.extract.gather import MAX_CHARACTERS, Full, Gather
from ingestion.model import BlockKind

MAX_COLUMNS = 256  # of a row; the rest is told
MAX_ROWS = 50_000
_MAX_CELLS = 400_000
_NAME_CHARACTERS = 60
_HEADING_CHARACTERS = 80
_LOOK = 20  # rows looked at to tell names from values
_FIGURES = re.compile(r"^[^\w]*(?:[^\W\d]{0,4}[^\w]*)?\d[\d\s.,:;/’'–-]*(?:[^\W\d]{0,4}\W*)?$")


@dataclass(frozen=True, slots=True)
class Value:
    """`text` as shown, never empty. `number`: a number, date or time, and not words."""

    text: str
    number: bool = False
    bold: bool = False


class Room:
    """What all sheets of a file may hold together. `row` and `cell` raise Full."""

    def __init__(self) -> None:
        self.is_full = False
        self._cells, self._rows, self._characters = _MAX_CELLS, MAX_ROWS, MAX_CHARACTERS

    def row(self) -> None:
        self._rows -= 1
        self._check()

    def cell(self, text: str) -> None:
        self._cells -= 1
        self._characters -= len(text) + 3
        self._check()

    def _check(self) -> None:
        if min(self._cells, self._rows, self._characters) < 0:
            self.is_full = True
            raise Full


Line = Mapping[int, Value]  # column → value, in the order of columns


@dataclass(slots=True)
class Sheet:
    """`rows`: row → its values, hidden rows and columns left out. `names`: rows marked as column names.

    `skipped`: rows that stand between others and are not shown, so that they make no gap.
    """

    rows: dict[int, dict[int, Value]]
    names: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    convention: bool = False  # by convention the first line names the columns (CSV)


def write_sheet(gather: Gather, sheet: Sheet) -> None:
    """Raises Full."""
    writer = _SheetWriter(gather, sheet)
    for region in _regions(sheet):
        writer.region(region)


def looks_like_figures(text: str) -> bool:
    """ "12,50 €", "08:00-12:00", "2025-03-01"; of text that carries no type."""
    return len(text) <= 30 and bool(_FIGURES.match(text))


def _regions(sheet: Sheet) -> list[list[int]]:
    regions: list[list[int]] = []
    last: int | None = None
    for row in sorted(sheet.rows):
        between = range(last + 1, row) if last is not None and row - last < 1_000 else None
        joined = between is not None and all(number in sheet.skipped for number in between)
        if joined:
            regions[-1].append(row)
        else:
            regions.append([row])
        last = row
    return regions


class _SheetWriter:
    def __init__(self, gather: Gather, sheet: Sheet):
        self._gather = gather
        self._sheet = sheet
        self._header: str | None = None
        self._columns: list[int] = []  # those that have a place in each row
        self._figures: frozenset[int] = frozenset()  # columns of figures under the names
        self._seen = False

    def region(self, rows: Sequence[int]) -> None:
        lines = [self._sheet.rows[row] for row in rows]
        wide = [index for index, line in enumerate(lines) if len(line) > 1]
        if not wide:
            for line in lines:
                self._alone(next(iter(line.values())), before_rows=False)
            return
        first = wide[0]
        marked = [index for index in wide if rows[index] in self._sheet.names]
        named = marked[0] if marked else first if self._is_names(lines, first) else None
        figures = _figure_columns(lines[first if named is None else named + 1 :])
        if named is not None or not self._goes_on(lines[first], figures):
            self._header, self._columns = None, []
        self._figures = figures if named is not None else self._figures
        for index, line in enumerate(lines):
            if index == named:
                self._names(line, lines[index + 1 :])
            elif len(line) == 1 and (self._header is None or index < first or self._heads(line, lines, index)):
                self._alone(next(iter(line.values())), before_rows=index < wide[-1])
            else:
                self._row(line)

    def _is_names(self, lines: Sequence[Line], at: int) -> bool:
        """Whether this line names the columns of those below it."""
        line, below = lines[at], [one for one in lines[at + 1 : at + 1 + _LOOK] if len(one) > 1]
        texts = [value.text.casefold() for value in line.values()]
        if not below or len(set(texts)) < len(texts):
            return False
        if any(value.number or len(value.text) > _NAME_CHARACTERS for value in line.values()):
            return False
        if any(text.strip(".:") in WEEKDAYS for text in texts[:1]):
            return False  # the first of seven lines of hours, "Monday | closed"
        if set(line) < {column for one in below for column in one} and len(line) == 1:
            return False
        if all(value.bold for value in line.values()) and not all(
            value.bold for one in below for value in one.values()
        ):
            return True
        figures = _figure_columns(below)
        if any(column in line and not any(map(str.isdigit, line[column].text)) for column in figures):
            return True
        if not self._sheet.convention or self._seen:
            return False
        return all(len(text) <= 40 and not re.search(r"\d|@|[.!?]$", text) for text in texts)

    def _goes_on(self, line: Line, figures: frozenset[int]) -> bool:
        """After an empty row the names above still hold where the figures stand in the same columns."""
        return bool(figures) and figures <= self._figures and set(line) <= set(self._columns)

    def _heads(self, line: Line, lines: Sequence[Line], index: int) -> bool:
        """A bold line of one cell among the rows of a table names a group of them."""
        value = next(iter(line.values()))
        return value.bold and not value.number and any(len(one) > 1 for one in lines[index + 1 : index + 2])

    def _names(self, line: Line, below: Sequence[Line]) -> None:
        self._columns = sorted({*line, *(column for one in below for column in one)})[:MAX_COLUMNS]
        self._header = _joined(line, self._columns)
        self._gather.add(BlockKind.TABLE_ROW, self._header)
        self._seen = True

    def _row(self, line: Line) -> None:
        self._seen = True
        if len(line) > MAX_COLUMNS:
            self._gather.limits.append(f"the first {MAX_COLUMNS} columns")
        columns = self._columns if self._header is not None else list(line)[:MAX_COLUMNS]
        self._gather.add(BlockKind.TABLE_ROW, _joined(line, columns), header=self._header)

    def _alone(self, value: Value, *, before_rows: bool) -> None:
        self._seen = True
        text = value.text
        heads = len(text) <= _HEADING_CHARACTERS and not value.number and not re.search(r"[.!?;,]$", text.strip())
        if heads and (before_rows or value.bold) and any(map(str.isalpha, text)):
            self._gather.add(BlockKind.HEADING, text, level=3)
            return
        for line in text.split("\n"):
            self._gather.add(BlockKind.PARAGRAPH, line)


def _figure_columns(lines: Sequence[Line]) -> frozenset[int]:
    """Columns in which most values are figures."""
    seen: dict[int, list[int]] = {}
    for line in lines[:_LOOK]:
        if len(line) > 1:
            for column, value in line.items():
                counts = seen.setdefault(column, [0, 0])
                counts[0] += 1
                counts[1] += value.number
    return frozenset(column for column, (all_, figures) in seen.items() if figures * 2 > all_)


def _joined(line: Line, columns: Sequence[int]) -> str:
    texts = [line[column].text if column in line else "" for column in columns]
    while texts and not texts[-1]:
        texts.pop()
    return " | ".join(texts)
