"""Tables of a page: which ones hold data, and their rows as lines of cells.

`blocks.py` asks `data_rows`; None means a table that only arranges the page and is read like divs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingestion.extract.tree import Element

CELL_LIMIT = 400  # characters; more is prose, and the table a layout
_SPAN_LIMIT = 40
_ARRANGED = frozenset({"table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "nav", "form", "aside", "dl"})


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    is_header: bool


def data_rows(table: Element, read: Callable[[Element], tuple[str, bool]]) -> list[Row] | None:
    """`read` gives a cell's text on one line and whether all of it is bold."""
    if table.get("role") in ("presentation", "none"):
        return None
    rows = _rows(table)
    cells = [
        [child for child in row.children if isinstance(child, Element) and child.tag in ("td", "th")] for row, _ in rows
    ]
    if not any(len(row) > 1 for row in cells):
        return None
    has_header_cells = any(cell.tag == "th" for row in cells for cell in row)
    if any(_arranges(cell, strict=not has_header_cells) for row in cells for cell in row):
        return None
    texts: list[list[str]] = []
    bold: list[bool] = []
    carried: dict[int, tuple[int, str]] = {}  # column → rows still covered by a rowspan, its text
    for row in cells:
        line: list[str] = []
        all_bold = True
        for cell in row:
            _fill(line, carried)
            text, is_bold = read(cell)
            if len(text) > CELL_LIMIT and not has_header_cells:
                return None
            all_bold = all_bold and (is_bold or cell.tag == "th" or not text)
            rowspan = _number(cell.get("rowspan"))
            if rowspan > 1:
                carried[len(line)] = (rowspan - 1, text)
            line.append(text)
            line.extend([""] * (_number(cell.get("colspan")) - 1))
        _fill(line, carried)
        texts.append(line)
        bold.append(all_bold)
    if len([line for line in texts if any(line)]) == 1 and not has_header_cells and any(len(t) > 80 for t in texts[0]):
        return None
    named = [in_head or all(cell.tag == "th" for cell in row) for (_, in_head), row in zip(rows, cells, strict=True)]
    return _lines(named, texts, bold)


def _lines(named: list[bool], texts: list[list[str]], bold: list[bool]) -> list[Row]:
    lines: list[Row] = []
    some_plain = not all(bold)
    for index, line in enumerate(texts):
        while line and not line[-1]:
            line.pop()
        if not line:
            continue
        header = len(line) > 1 and some_plain and (named[index] or (bold[index] and not lines))
        # Empty cells keep their place only where names above give places a meaning.
        placed = header or any(row.is_header for row in lines)
        shown = line if placed else [text for text in line if text]
        lines.append(Row(" | ".join(shown).strip(), header))
    return lines


def _fill(line: list[str], carried: dict[int, tuple[int, str]]) -> None:
    while len(line) in carried:
        column = len(line)
        left, text = carried.pop(column)
        line.append(text)
        if left > 1:
            carried[column] = (left - 1, text)
            if len(line) > _SPAN_LIMIT:
                return


def _rows(table: Element) -> list[tuple[Element, bool]]:
    """The table's own rows, each with whether it stands in the table's head."""
    rows: list[tuple[Element, bool]] = []
    for child in table.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "tr":
            rows.append((child, False))
        elif child.tag in ("thead", "tbody", "tfoot"):
            inner = [row for row in child.children if isinstance(row, Element) and row.tag == "tr"]
            rows.extend((row, child.tag == "thead") for row in inner)
    return rows


def _arranges(cell: Element, *, strict: bool) -> bool:
    """Whether a cell holds page structure and not one value."""
    paragraphs = 0
    stack: list[Element | str] = list(cell.children)
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            continue
        if node.tag == "table" or (strict and node.tag in _ARRANGED):
            return True
        if node.tag in ("p", "li"):
            paragraphs += 1
        stack.extend(node.children)
    return strict and paragraphs > 5


def _number(text: str) -> int:
    return min(int(text), _SPAN_LIMIT) if text.isdecimal() and len(text) < 5 and int(text) > 0 else 1
