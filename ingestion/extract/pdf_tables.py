"""Rows of spans between common gaps in, the rows of a table out. Called by pdf_layout.py.

Columns are the places where text stands in most rows. Lines between the rows of a ruled table say which
lines of text are one row; without them a lone continuation below a cell belongs to the row above.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingestion.extract.lines import join_broken
from ingestion.extract.pdf_page import Box, Line, Span
from ingestion.extract.pdf_rows import Row, make_rows

_TIGHT = 1.5  # of the size: lines of one cell
_Cells = list[list[Span]]


def table_lines(rows: list[Row], rules: Sequence[Box]) -> list[Line]:
    """Each line is one row of cells, or a text that stands alone between them (`cells` empty)."""
    edges = _column_edges(rows)
    heights = _ruled_heights(rows, rules, edges)
    grouped = _ruled_rows(rows, heights, edges) if heights else _spaced_rows(rows, edges) or _open_rows(rows, edges)
    plain = sum(not _is_bold(cells) for cells in grouped)
    named = _header_row(grouped, plain, heights)
    return [
        _line(cells, header=number == named, placed=named is not None and number >= named)
        for number, cells in enumerate(grouped)
    ]


def _header_row(rows: list[_Cells], plain: int, heights: list[float]) -> int | None:
    """The row with the columns' names: of several at the top, such as groups above names, the fullest."""
    found: list[int] = []
    for number in range(min(3, len(rows))):
        if _is_header(rows, number, plain, heights):
            found.append(number)
        elif found:
            break
    return max(found, key=lambda number: (sum(map(bool, rows[number])), -number)) if found else None


def _column_edges(rows: list[Row]) -> list[float]:
    """The borders between columns: where hardly a row has text, between places where several have."""
    spans = [span for row in rows for span in row.spans]
    several = [row for row in rows if len(row.spans) > 1]
    marks: list[tuple[float, int]] = []
    for row in several:
        for span in row.spans:
            marks += [(span.left, 1), (span.right, -1)]
    marks.sort()
    edges: list[float] = []
    over, free_since = 0, float("-inf")
    crossed = max(0, int(len(several) * 0.12))  # a cell over several columns may cross
    open_gap = True
    for place, step in marks:
        before = over
        over += step
        if before <= crossed < over and open_gap:
            if free_since > float("-inf") and place - free_since >= 0.5:
                edges.append((free_since + place) / 2)
            open_gap = False
        elif before > crossed >= over:
            free_since, open_gap = place, True
    left, right = min(span.left for span in spans), max(span.right for span in spans)
    return [left - 1, *edges, right + 1]


def _ruled_heights(rows: list[Row], rules: Sequence[Box], edges: list[float]) -> list[float]:
    """Heights of the lines between rows, where there are enough of them to be trusted."""
    top, bottom = rows[0].baseline, rows[-1].baseline
    size = rows[0].size
    wide = edges[-1] - edges[0]
    covered: dict[int, float] = {}
    place: dict[int, float] = {}
    for rule in rules:
        middle = (rule.bottom + rule.top) / 2
        if rule.height > 3 or rule.width < 6 or not bottom - 2 * size < middle < top + 2.5 * size:
            continue
        key = round(middle / 2.5)
        covered[key] = covered.get(key, 0.0) + max(0.0, min(rule.right, edges[-1]) - max(rule.left, edges[0]))
        place.setdefault(key, middle)
    heights: list[float] = []
    for key in sorted(covered, reverse=True):
        if covered[key] >= 0.6 * wide and (not heights or heights[-1] - place[key] > 0.6 * size):
            heights.append(place[key])
    inside = [height for height in heights if bottom < height < top]
    return heights if len(inside) >= 2 and len(inside) * 3 >= len(rows) - 1 else []


def _ruled_rows(rows: list[Row], heights: list[float], edges: list[float]) -> list[_Cells]:
    """One row between two lines, unless its first column begins anew within: then its lines are rows."""
    groups: list[list[Row]] = []
    begun: int | None = None
    for row in rows:
        between = sum(height > row.baseline for height in heights)
        if between != begun:
            groups.append([])
            begun = between
        groups[-1].append(row)
    found: list[_Cells] = []
    for group in groups:
        lone = [sum(bool(cell) for cell in _cells(row, edges)) for row in group]
        if len(group) > 3 and all(count > 1 for count in lone):
            found.extend(_cells(row, edges) for row in group)
            continue
        cells: _Cells = [[] for _ in range(len(edges) - 1)]
        for row in group:
            for cell, more in zip(cells, _cells(row, edges), strict=True):
                cell.extend(more)
        found.append(cells)
    return found


def _spaced_rows(rows: list[Row], edges: list[float]) -> list[_Cells]:
    """Rows that a wider space parts, where cells have lines of their own; empty when spaces say nothing of the kind."""
    if len(rows) < 3:
        return []
    steps = [above.baseline - row.baseline for above, row in pairwise(rows)]
    narrow = min(step for step in steps if step > 0.2 * rows[0].size) if max(steps) > 0.2 * rows[0].size else 0.0
    if not narrow or max(steps) < 1.22 * narrow:
        return []
    groups: list[list[Row]] = [[rows[0]]]
    for row, step in zip(rows[1:], steps, strict=True):
        if step > 1.22 * narrow:
            groups.append([])
        groups[-1].append(row)
    found: list[_Cells] = []
    for group in groups:
        lines = [_cells(row, edges) for row in group]
        if sum(bool(line[0]) for line in lines) > 1:
            return []  # its first column begins anew within: the space parts something else
        cells: _Cells = [[] for _ in range(len(edges) - 1)]
        for line in lines:
            for cell, more in zip(cells, line, strict=True):
                cell.extend(more)
        found.append(cells)
    return found if len(found) > 1 else []


def _open_rows(rows: list[Row], edges: list[float]) -> list[_Cells]:
    found: list[_Cells] = []
    last: Row | None = None
    for row in rows:
        cells = _cells(row, edges)
        if last is not None and found and _goes_on(found[-1], cells, last, row):
            for cell, more in zip(found[-1], cells, strict=True):
                cell.extend(more)
        else:
            found.append(cells)
        last = row
    return found


def _goes_on(above: _Cells, cells: _Cells, last: Row, row: Row) -> bool:
    """Whether a lone text is the next line of the cell above it."""
    filled = [number for number, cell in enumerate(cells) if cell]
    if len(filled) != 1 or last.baseline - row.baseline > _TIGHT * row.size or row.bold != last.bold:
        return False
    (number,) = filled
    if not above[number]:
        return False
    return number > 0 or cells[0][0].text[0].islower() or above[0][-1].text[-1] in ",-–/&("


def _cells(row: Row, edges: list[float]) -> _Cells:
    cells: _Cells = [[] for _ in range(len(edges) - 1)]
    for span in row.spans:
        # By its beginning: a cell over several columns stands in the first of them.
        number = 0
        start = span.left + min(span.width / 2, span.size)
        while number + 1 < len(cells) and start >= edges[number + 1]:
            number += 1
        cells[number].append(span)
    return cells


def _is_bold(cells: _Cells) -> bool:
    return all(span.bold for cell in cells for span in cell)


def _is_header(rows: list[_Cells], number: int, plain: int, heights: list[float]) -> bool:
    """Bold above what is not, larger, or with an empty corner before the names of the columns."""
    cells = rows[number]
    texts = [_text(cell) for cell in cells]
    filled = [text for text in texts if text]
    if len(filled) < 2 or number + 1 >= len(rows) or not any(map(_has_letter, filled)):
        return False
    if _is_bold(cells) and (len(filled) >= 0.6 * len(texts) or not texts[0]):
        return plain > 0
    figures = any(sign.isdigit() for text in filled for sign in text)
    if figures or number > 0:
        return False
    corner = not texts[0] and len(filled) == len(texts) - 1 and len(texts) > 2
    below = [_text(cell) for row in rows[1:] for cell in row[1:] if cell]
    counted = sum(any(sign.isdigit() for sign in text) for text in below)
    # Names over nothing but figures, in each column but the first.
    over_figures = bool(below) and counted >= 0.9 * len(below) and len(rows) > 2 and len(filled) == len(texts)
    first_is_name = len(texts) > 2 or bool(heights)
    return corner or (over_figures and first_is_name)


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _line(cells: _Cells, *, header: bool, placed: bool) -> Line:
    spans = [span for cell in cells for span in cell]
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    shown = texts if placed else [text for text in texts if text]
    lone = sum(bool(text) for text in texts) < 2
    return Line(
        next((text for text in texts if text), "") if lone else " | ".join(shown),
        min(span.left for span in spans),
        max(span.right for span in spans),
        max(span.baseline for span in spans),
        max(span.size for span in spans),
        all(span.bold for span in spans),
        cells=() if lone else tuple(shown),
        header=header,
    )


def _text(cell: list[Span]) -> str:
    """The lines of a cell, joined."""
    if len(cell) < 2:
        return "".join(span.text for span in cell)
    return join_broken([row.text for row in make_rows(cell)])
