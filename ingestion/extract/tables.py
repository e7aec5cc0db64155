"""Tables of a page: which ones hold data, and their rows as lines of cells.

`blocks.py` asks `data_rows`; None means a table that only arranges the page and is read like divs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingestion.extract.tree import Element

CELL_LIMIT = 400  # characters; more is prose, and the table a layout
_SPAN_LIMIT = 40
_BESIDE_CHARACTERS = 60
_GROUP_CHARACTERS = 80
_ARRANGED = frozenset({"table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "nav", "form", "aside", "dl"})


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    is_header: bool
    is_group: bool = False  # one cell over all columns: a heading of the rows below it


def data_rows(table: Element, read: Callable[[Element], tuple[list[str], bool]]) -> list[Row] | None:
    """`read` gives a cell's lines and whether all of it is bold."""
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
    named: list[bool] = []
    groups: list[bool] = []
    carried: dict[int, tuple[int, str]] = {}  # column → rows still covered by a rowspan, its text
    for (_, in_head), row in zip(rows, cells, strict=True):
        read_cells = [read(cell) for cell in row]
        if not has_header_cells and any(sum(map(len, lines)) > CELL_LIMIT for lines, _ in read_cells):
            return None
        for line in _side_by_side(row, [lines for lines, _ in read_cells], carried):
            texts.append(line)
            bold.append(
                all(
                    is_bold or cell.tag == "th" or not lines
                    for cell, (lines, is_bold) in zip(row, read_cells, strict=True)
                )
            )
            named.append(in_head or all(cell.tag == "th" for cell in row))
            groups.append(len(row) == 1 and row[0].get("colspan") not in ("", "1") and bold[-1] and bool(line[0]))
    if len([line for line in texts if any(line)]) == 1 and not has_header_cells and any(len(t) > 80 for t in texts[0]):
        return None
    return _lines(named, texts, bold, groups)


def _lines(named: list[bool], texts: list[list[str]], bold: list[bool], groups: list[bool]) -> list[Row]:
    lines: list[Row] = []
    some_plain = not all(bold)
    only_groups, has_names = True, False
    for index, line in enumerate(texts):
        while line and not line[-1]:
            line.pop()
        if not line:
            continue
        if groups[index] and index + 1 < len(texts) and not groups[index + 1] and len(line[0]) <= _GROUP_CHARACTERS:
            lines.append(Row(line[0], is_header=False, is_group=True))
            continue
        header = len(line) > 1 and some_plain and (named[index] or (bold[index] and only_groups))
        # Empty cells keep their place only where names above give places a meaning.
        only_groups, has_names = False, has_names or header
        shown = line if has_names else [text for text in line if text]
        lines.append(Row(" | ".join(shown).strip(), header))
    return lines


def _side_by_side(row: list[Element], cells: list[list[str]], carried: dict[int, tuple[int, str]]) -> list[list[str]]:
    """The row's line of cells. Cells with equally many lines are as many rows, written by hand with breaks:
    `Mon<br>Tue` beside `8-12<br>8-17`."""
    counts = {len(lines) for lines in cells if lines}
    spans = any(cell.get("rowspan") or cell.get("colspan") for cell in row)
    beside = len(counts) == 1 and max(counts) > 1 and len(cells) > 1 and not spans and not carried
    if beside and all(len(text) <= _BESIDE_CHARACTERS for lines in cells for text in lines):
        return [[lines[index] if lines else "" for lines in cells] for index in range(max(counts))]
    line: list[str] = []
    for cell, lines in zip(row, cells, strict=True):
        _fill(line, carried)
        text = " ".join(lines)
        rowspan = _number(cell.get("rowspan"))
        if rowspan > 1:
            carried[len(line)] = (rowspan - 1, text)
        line.append(text)
        line.extend([""] * (_number(cell.get("colspan")) - 1))
    _fill(line, carried)
    return [line]


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
