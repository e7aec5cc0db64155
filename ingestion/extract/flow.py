"""Paragraphs and tables as text documents and slides hold them, turned into blocks. For docx, pptx and odf.

A reader builds `Paragraph`s and `Table`s; `write` decides which tables hold data (rows with their column
names, as tables.py does for pages) and which only arrange the page, and which bold lines are headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingestion.extract.gather import Full, Gather
from ingestion.model import BlockKind

CELL_LIMIT = 400  # characters; more is prose, and the table a layout
MAX_SPAN = 40
_BESIDE_CHARACTERS = 60
_HEADING_CHARACTERS = 80
_PARAGRAPHS_IN_CELL = 5
_PAGE_WORDS = 4  # beside a page number, no more than "Page … of …"


@dataclass(slots=True)
class Paragraph:
    """`text` may hold newlines where its author broke the line."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    bold: bool = False
    counts_pages: bool = False  # holds the number of a page


@dataclass(slots=True)
class Cell:
    content: list[Part] = field(default_factory=list["Part"])
    span: int = 1
    covered: bool = False  # goes on from the cell above
    named: bool = False  # marked as a column's name
    dropped: bool = False  # deleted by a tracked change

    @property
    def lines(self) -> list[str]:
        return [line for part in self.paragraphs() for line in part.text.split("\n") if line.strip()]

    @property
    def bold(self) -> bool:
        return all(part.bold for part in self.paragraphs() if part.text.strip())

    def paragraphs(self) -> Iterator[Paragraph]:
        return (part for part in self.content if isinstance(part, Paragraph))


@dataclass(slots=True)
class Row:
    cells: list[Cell] = field(default_factory=list[Cell])
    named: bool = False  # marked as the row of column names
    dropped: bool = False


@dataclass(slots=True)
class Table:
    rows: list[Row] = field(default_factory=list[Row])
    style_names_first: bool = False  # its style shows the first row as one of names
    first_is_named: bool = False


Part = Paragraph | Table


class Writer:
    """Writes what is told into a `Gather`. One for each document; `end` writes what was held back."""

    def __init__(self, gather: Gather, *, bold_headings: bool = True):
        self._gather = gather
        self._bold_headings = bold_headings
        self._level = 1  # of the last heading
        self._bold: tuple[Paragraph, int | None] | None = None

    def write(self, parts: Sequence[Part], page: int | None = None) -> None:
        """Raises Full."""
        for part in parts:
            if isinstance(part, Paragraph):
                self._paragraph(part, page)
            else:
                self._table(part, page)

    def end(self) -> None:
        self._settle(before_text=False)

    def _paragraph(self, part: Paragraph, page: int | None) -> None:
        if not part.text.strip():
            return
        if part.kind is BlockKind.HEADING:
            self._settle(before_text=True)
            self._level = part.level
            self._gather.add(part.kind, part.text, level=part.level, page=page)
            return
        maybe = self._bold_headings and part.bold and part.kind is BlockKind.PARAGRAPH and _could_head(part.text)
        self._settle(before_text=not maybe)
        if maybe:
            self._bold = (part, page)
            return
        for line in part.text.split("\n"):
            self._gather.add(part.kind, line, page=page)

    def _settle(self, *, before_text: bool) -> None:
        """A short bold line heads the text that follows it; two in a row are only bold."""
        if self._bold is None:
            return
        (part, page), self._bold = self._bold, None
        kind = BlockKind.HEADING if before_text else BlockKind.PARAGRAPH
        self._gather.add(kind, part.text, level=min(self._level + 1, 6) if before_text else 0, page=page)

    def _table(self, table: Table, page: int | None) -> None:
        if not _holds_data(table):
            for row in table.rows:
                for cell in row.cells:
                    if not cell.covered:
                        self.write(cell.content, page)
            return
        self._settle(before_text=True)
        header: str | None = None
        for text, is_header in _lines(table):
            self._gather.add(BlockKind.TABLE_ROW, text, page=page, header=None if is_header else header)
            header = text if is_header else header


def _could_head(text: str) -> bool:
    return (
        len(text) <= _HEADING_CHARACTERS
        and "\n" not in text
        and not re.search(r"[.!;,]$", text.strip())
        and any(map(str.isalpha, text))
    )


def _holds_data(table: Table) -> bool:
    if not any(len(row.cells) > 1 for row in table.rows):
        return False
    named = table.first_is_named or any(row.named for row in table.rows)
    for row in table.rows:
        for cell in row.cells:
            if any(isinstance(part, Table) or part.kind is BlockKind.HEADING for part in cell.content):
                return False
            if not named and len(cell.content) > _PARAGRAPHS_IN_CELL and sum(map(len, cell.lines)) > CELL_LIMIT / 2:
                return False
            if not named and sum(map(len, cell.lines)) > CELL_LIMIT:
                return False
    return True


def _lines(table: Table) -> Iterator[tuple[str, bool]]:
    """Each row's text, and whether it holds the names of the columns."""
    some_plain = any(not _all_bold(row) for row in table.rows)
    above: list[str] = []
    has_header = False
    for index, row in enumerate(table.rows):
        marked = (
            row.named
            or (index == 0 and table.first_is_named)
            or (bool(row.cells) and all(cell.named for cell in row.cells))
        )
        for texts in _side_by_side(row, above):
            while texts and not texts[-1]:
                texts.pop()
            filled = sum(1 for text in texts if text)
            if not filled:
                continue
            first_and_bold = not has_header and not above and _all_bold(row)
            is_header = filled > 1 and some_plain and (marked or first_and_bold)
            above = texts
            has_header = has_header or is_header
            # Empty cells keep their place only where names above give places a meaning.
            yield " | ".join(texts if has_header else [text for text in texts if text]), is_header


def _all_bold(row: Row) -> bool:
    return all(cell.bold for cell in row.cells)


def _side_by_side(row: Row, above: list[str]) -> list[list[str]]:
    """The row's line of cells. Cells with equally many lines are as many rows, written by hand with breaks:
    `Mon⏎Tue` beside `8-12⏎8-17`."""
    lines = [cell.lines for cell in row.cells]
    counts = {len(cell) for cell in lines if cell}
    plain = not any(cell.covered or cell.span > 1 for cell in row.cells)
    if plain and len(counts) == 1 and max(counts) > 1 and sum(1 for cell in lines if cell) > 1:
        count = max(counts)
        if all(len(text) <= _BESIDE_CHARACTERS for cell in lines for text in cell):
            return [[cell[index] if cell else "" for cell in lines] for index in range(count)]
    texts: list[str] = []
    for cell, own in zip(row.cells, lines, strict=True):
        covered = cell.covered and len(texts) < len(above)
        texts.append(above[len(texts)] if covered else " ".join(own))
        texts.extend([""] * (min(cell.span, MAX_SPAN) - 1))
    return [texts]


def unseen(parts: Sequence[Part], seen: set[str]) -> list[Part]:
    """What stands at the edges of pages, without what was said before and without lines that only count pages."""
    kept: list[Part] = []
    for part in parts:
        if isinstance(part, Table):
            for row in part.rows:
                for cell in row.cells:
                    cell.content = unseen(cell.content, seen)
            kept.append(part)
            continue
        text = " ".join(part.text.split())
        if text in seen or (part.counts_pages and len(text.split()) <= _PAGE_WORDS):
            continue
        seen.add(text)
        kept.append(part)
    return kept


class Budget:
    """Counts what is held before it is written, so that no part can fill the memory. Raises Full."""

    def __init__(self, gather: Gather, *, characters: int, parts: int):
        self._gather = gather
        self._characters = characters
        self._parts = parts

    def characters(self, count: int) -> None:
        self._characters -= count
        if self._characters < 0:
            self._gather.limits.append("2000000 characters")
            raise Full

    def part(self) -> None:
        self._parts -= 1
        if self._parts < 0:
            self._gather.limits.append("more cells and paragraphs than can be read")
            raise Full
