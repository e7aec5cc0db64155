"""The spans of a page in, its lines in reading order out: columns one after the other, tables row by row.

Called by pdf_blocks.py. Rows of spans are scanned for gaps that stay free from row to row. A gap between
two columns of sentences splits the page there, and each side is arranged by itself; any other gap that
lasts is the border of a table's cells (pdf_tables.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingestion.extract.pdf_page import Box, Line, PageText, Span
from ingestion.extract.pdf_rows import Gap, Row, free_of, gaps_of, make_rows, meet
from ingestion.extract.pdf_tables import table_lines

_DEPTH = 8
_SENTENCE_WORDS = 3.4
_SENTENCE_LETTERS = 17
_WIDE_GAP = 2.2  # of the size, within one single row: a name and its value, not a word and the next
_LEADERS = re.compile(r"^(.*?\S)\s?(?:\.{4,}|(?: \.){4,}|…{2,}|_{4,}|·{4,})\s?(\S.*)?$")


def arrange(page: PageText) -> list[Line]:
    """Text that stands at other angles comes after the rest. Tables are numbered through the page."""
    lines = _Arranger(page.rules).region(_split_leaders(page.spans), 0)
    size = min((line.size for line in lines), default=1.0)
    for spans in page.turned:
        # A stamp or a mark at the edge is no heading, however large.
        turned = _Arranger([]).region(_split_leaders(spans), 0)
        lines.extend(replace(line, size=size, bold=False) for line in turned)
    return lines


class _Arranger:
    def __init__(self, rules: Sequence[Box]):
        self._rules = rules
        self._uprights = [rule for rule in rules if rule.width <= 3 and rule.height > rule.width]
        self._tables = 0

    def region(self, spans: Sequence[Span], depth: int) -> list[Line]:
        rows = make_rows(spans, self._uprights)
        lines: list[Line] = []
        plain: list[Row] = []
        at = 0
        while at < len(rows):
            band = self._band(rows, at)
            if band is None:
                plain.append(rows[at])
                at += 1
                continue
            begin, end, gutters = band
            while begin < at and plain and plain[-1] is rows[at - 1]:  # the band reaches up over rows already passed
                plain.pop()
                at -= 1
                if at == begin:
                    break
            inner = rows[at:end]
            columns = _columns(inner, gutters, self._rules) if depth < _DEPTH else []
            lines.extend(_plain_lines(plain, rows))
            plain = []
            if columns:
                for column in columns:
                    lines.extend(self.region(column, depth + 1))
                at = end
                continue
            end = _table_end(rows, at, end)
            if end - at < 2 or _is_justified(rows[at:end], gutters):
                plain.append(rows[at])
                at += 1
                continue
            self._tables += 1
            lines.extend(replace(line, table=self._tables) for line in table_lines(rows[at:end], self._rules))
            at = end
        lines.extend(_plain_lines(plain, rows))
        return lines

    def _band(self, rows: list[Row], at: int) -> tuple[int, int, list[Gap]] | None:
        """The rows around `at` that leave a common gap free; None when no second row has text on both sides."""
        gutters = gaps_of(_thick(rows, at))
        if not gutters:
            return None
        end, both = at + 1, 1
        while end < len(rows):
            row = rows[end]
            kept = meet(gutters, free_of(row), least=0.4 * row.size)
            if not kept or _is_new_part(rows, end, kept):
                break
            thick = _thick(rows, end)
            if any(thick.left < gap.left and gap.right < thick.right for gap in kept):
                both += 1
            gutters = kept
            end += 1
        if both < 2:
            return None
        begin = at
        while begin > 0 and meet(gutters, free_of(rows[begin - 1]), least=0.4 * rows[begin - 1].size):
            above = rows[begin - 1]
            kept = meet(gutters, free_of(above), least=0.4 * above.size)
            if len(kept) < len(gutters) or above.left < kept[0].right or above.bottom_gap(rows[begin]) > 3 * above.size:
                break  # only what stands beside, in a column further right, belongs to the band
            begin -= 1
        return begin, end, gutters


def _thick(rows: list[Row], at: int) -> Row:
    """The row with those that begin before it ends: two columns need not stand on the same lines."""
    row = rows[at]
    following = at + 1
    while following < len(rows) and row.baseline - rows[following].baseline < 0.85 * row.size:
        following += 1
    if following == at + 1:
        return row
    spans = [span for each in rows[at:following] for span in each.spans]
    return Row(sorted(spans, key=lambda span: span.left), row.baseline, row.size)


def _is_new_part(rows: list[Row], at: int, gutters: list[Gap]) -> bool:
    """A heading of its own between two pairs of columns: alone, larger or bold, with nothing beside it for a while."""
    row = rows[at]
    if len(row.spans) > 1 or row.left > gutters[0].right or at + 1 >= len(rows):
        return False
    above, below = rows[at - 1], rows[at + 1]
    for near in rows[max(0, at - 4) : at + 5]:
        if abs(near.baseline - row.baseline) < 2 * row.size and near.right > gutters[0].right:
            return False  # the other column goes on beside it
    marked = row.size > 1.08 * above.size or (row.bold and not above.bold)
    apart = above.baseline - row.baseline > 1.6 * row.size
    return marked and apart and above.right > gutters[0].right and below.right > gutters[0].right


def _columns(rows: list[Row], gutters: list[Gap], rules: Sequence[Box]) -> list[list[Span]]:
    """The spans of each column of sentences; empty when the gaps are those of a table."""
    borders: list[Gap] = []
    for number, gap in enumerate(gutters):
        before = gutters[number - 1].right if number else float("-inf")
        after = gutters[number + 1].left if number + 1 < len(gutters) else float("inf")
        left = [span for row in rows for span in row.spans if before <= span.left and span.right <= gap.right]
        right = [span for row in rows for span in row.spans if gap.left <= span.left and span.right <= after]
        if _parts_sentences(left, right) and not _is_ruled(rows, gap, rules):
            borders.append(gap)
    if not borders:
        return []
    edges = [float("-inf"), *((gap.left + gap.right) / 2 for gap in borders), float("inf")]
    columns = [
        [span for row in rows for span in row.spans if low <= (span.left + span.right) / 2 < high]
        for low, high in pairwise(edges)
    ]
    return [column for column in columns if column]


def _parts_sentences(left: list[Span], right: list[Span]) -> bool:
    ours, theirs = make_rows(left), make_rows(right)
    if len(ours) < 2 or len(theirs) < 2:
        return False
    if _is_counted(ours) or _is_counted(theirs):
        return True
    prose = _is_prose(ours), _is_prose(theirs)
    if all(prose) and min(len(ours), len(theirs)) >= 3:
        return True
    fewer, more = sorted((ours, theirs), key=len)
    heights = [row.baseline for row in more]
    aligned = sum(any(abs(row.baseline - height) < 0.15 * row.size for height in heights) for row in fewer)
    return any(prose) and aligned < 0.5 * len(fewer)


def _is_prose(rows: list[Row]) -> bool:
    words = sum(len(row.text.split()) for row in rows) / len(rows)
    letters = sum(len(row.text) for row in rows) / len(rows)
    return words >= _SENTENCE_WORDS and letters >= _SENTENCE_LETTERS


def _is_counted(rows: list[Row]) -> bool:
    """The numbers beside the lines of a transcript."""
    if len(rows) < 10:
        return False
    numbers = [int(row.text) if row.text.isdecimal() and len(row.text) < 5 else -1 for row in rows]
    return -1 not in numbers and all(later - number == 1 for number, later in pairwise(numbers))


def _is_ruled(rows: list[Row], gap: Gap, rules: Sequence[Box]) -> bool:
    """Lines that cross the gap between the rows are those of a table."""
    top, bottom = rows[0].baseline, rows[-1].baseline
    crossing = {
        round(rule.bottom / 3)
        for rule in rules
        if bottom < rule.bottom < top and rule.left < gap.left - 8 and rule.right > gap.right + 8
    }
    return len(crossing) >= 2


def _table_end(rows: list[Row], begin: int, end: int) -> int:
    """Where the table that begins here is over: behind its last row of several cells, or before a wide space."""
    last = begin
    pitch = 0.0
    kept = gaps_of(rows[begin])
    for number in range(begin, end):
        if number > begin:
            space = rows[number - 1].baseline - rows[number].baseline
            if pitch and space > 2.6 * max(pitch, rows[number].size):
                break
            if pitch and space > 1.6 * pitch and _other_columns(rows[number:end], kept):
                break
            pitch = max(pitch, min(space, 3 * rows[number].size))
        if len(rows[number].spans) > 1:
            last = number
            kept = meet(kept, free_of(rows[number]), least=0.4 * rows[number].size) or kept
        elif number - last > 3:
            break
    following = last + 1
    while following < end and len(rows[following].spans) == 1:
        # What a cell further right goes on with, close below.
        row, above = rows[following], rows[following - 1]
        if row.left <= rows[last].spans[0].right or above.baseline - row.baseline > 1.5 * row.size:
            break
        following += 1
    return following


def _other_columns(rows: list[Row], gutters: list[Gap]) -> bool:
    """Whether what follows a space is cut up in another way: a table of its own."""
    following = next((row for row in rows if len(row.spans) > 1), None)
    if following is None:
        return False
    common = meet(gutters, free_of(following), least=0.4 * following.size)
    return len(common) < len(gutters) and len(gaps_of(following)) != len(gutters)


def _is_justified(rows: list[Row], gutters: list[Gap]) -> bool:
    """A few lines of sentences, drawn out to the column's width, whose wide spaces happen to meet."""
    narrow = all(gap.width < 1.5 * rows[0].size for gap in gutters)
    words = sum(len(row.text.split()) for row in rows)
    return narrow and len(rows) <= 4 and words >= 5 * len(rows) and words >= 2.3 * sum(len(row.spans) for row in rows)


def _plain_lines(rows: list[Row], region: list[Row]) -> list[Line]:
    """Rows without columns. A single row of two parts far from each other is a pair."""
    if not rows:
        return []
    column = Box(min(row.left for row in region), rows[-1].baseline, max(row.right for row in region), rows[0].baseline)
    reached = column.right - max(0.08 * column.width, 2 * rows[0].size)
    wraps = sum(row.right >= reached for row in region) >= 2
    lines: list[Line] = []
    for row in rows:
        wide = [
            later.left - span.right > _WIDE_GAP * row.size
            for span, later in zip(row.spans, row.spans[1:], strict=False)
        ]
        cells: list[str] = [row.spans[0].text]
        for apart, span in zip(wide, row.spans[1:], strict=False):
            if apart:
                cells.append(span.text)
            else:
                cells[-1] = f"{cells[-1]} {span.text}"
        lines.append(
            Line(
                " ".join(cells),
                row.left,
                row.right,
                row.baseline,
                row.size,
                row.bold,
                cells=tuple(cells) if len(cells) > 1 else (),
                column=column,
                wraps=wraps,
            )
        )
    return lines


def _split_leaders(spans: Sequence[Span]) -> list[Span]:
    """`Adults ..... 12 EUR` is two parts with a border between them."""
    parts: list[Span] = []
    for span in spans:
        match = _LEADERS.match(span.text)
        if match is None:
            parts.append(span)
            continue
        share = span.width / max(len(span.text), 1)
        name, value = match.group(1), match.group(2)
        parts.append(replace(span, text=name, right=span.left + share * len(name)))
        if value:
            parts.append(replace(span, text=value, left=span.right - share * len(value)))
    return parts
