"""The lines of all pages in, the blocks of the document out. Called by pdf.py.

Headings are told by size and weight against the size in which most of the document is set; a paragraph
goes on while the next line follows closely and its first word would not have fitted on the line before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingestion.extract.clean import clean
from ingestion.extract.lines import join_broken
from ingestion.extract.pdf_page import Line
from ingestion.model import Block, BlockKind

_BULLET = re.compile(r"^(?:[•·▪●○◦‣∙■□➢✓✔►*–—\uf0b7\uf0a7-]|o(?= [A-ZÄÖÜ]))\s*(?=[^\s–—-])")
_NUMBERED = re.compile(r"^(?:§+\s*\d+\w?|\(?\d{1,2}(?:\.\d{1,2})*[.)]|\(?[a-zA-Z]\))(?=\s)")
_SECTION = re.compile(
    r"^(?:§+\s*\d+\w?|(?:article|artikel|kapitel|chapter|section|abschnitt|teil|part)\s+[\dIVX]+)\b", re.I
)
_PAGE_NUMBER = re.compile(
    r"^(?:seite|page|p\.|s\.)?\s*[–(-]?\s*(\d{1,4})\s*(?:(?:/|von|of)\s*\d{1,4})?\s*[–)-]?$", re.I
)
_ENDS = ".!?:;…"
_HEADING_LETTERS = 140
_LARGER = 1.12
_CLOSE = 1.75  # of the size, from one baseline to the next, where the column itself says nothing
_PARAGRAPH_CHARACTERS = 3_000
_LEVELS = 5
_SPACED_OUT = re.compile(r"(?<!\S)(?:\w ){4,}\w(?!\S)")


@dataclass(slots=True)
class _Paragraph:
    kind: BlockKind
    level: int
    lines: list[Line]
    texts: list[str]
    page: int
    header: str | None = None


@dataclass(slots=True)
class _Writer:
    body: float
    sizes: list[float]  # of headings, largest first
    blocks: list[Block] = field(default_factory=list[Block])
    removed: int = 0
    open: _Paragraph | None = None
    header: str | None = None
    table: tuple[int, int] = (0, 0)
    header_cells: int = 0

    def end(self) -> None:
        if self.open is None:
            return
        current, self.open = self.open, None
        text = join_broken(current.texts)
        if current.kind is BlockKind.LIST_ITEM:
            text = _BULLET.sub("", text, count=1)
        if any(map(str.isalnum, text)):
            self.blocks.append(Block(current.kind, text, level=current.level, page=current.page))


def write_blocks(pages: Sequence[tuple[int, Sequence[Line]]]) -> tuple[list[Block], int]:
    """Blocks, and how many unprintable characters were taken out. `pages`: number and lines in reading order."""
    body = _body_size(pages)
    writer = _Writer(body, _heading_sizes(pages, body))
    for number, lines in pages:
        pitch = _pitches(lines)
        for line in lines:
            text, removed = clean(line.text)
            writer.removed += removed
            text = _SPACED_OUT.sub(lambda match: match.group().replace(" ", ""), text)
            if not any(map(str.isalnum, text)):
                continue
            if line.cells:
                writer.end()
                _write_row(writer, line, text, number)
            else:
                _write_line(writer, line, text, number, pitch)
    writer.end()
    return writer.blocks, writer.removed


def _write_row(writer: _Writer, line: Line, text: str, page: int) -> None:
    """A table that goes on over the page's end keeps its header when it has as many columns."""
    table = (page, line.table)
    if table != writer.table:
        goes_on = writer.table[0] == page - 1 and writer.header is not None and len(line.cells) == writer.header_cells
        last = writer.blocks[-1] if writer.blocks else None
        if not (goes_on and line.table == 1 and last is not None and last.kind is BlockKind.TABLE_ROW):
            writer.header = None
        writer.table = table
    cells = [clean(cell)[0] for cell in line.cells]
    shown = " | ".join(cells).strip() if line.table else " | ".join(cell for cell in cells if cell)
    if line.header:
        if shown != writer.header:
            writer.blocks.append(Block(BlockKind.TABLE_ROW, shown, page=page))
        writer.header, writer.header_cells = shown, len(cells)
        return
    writer.blocks.append(Block(BlockKind.TABLE_ROW, shown, page=page, header=writer.header if line.table else None))


def _write_line(writer: _Writer, line: Line, text: str, page: int, pitch: float) -> None:
    level = _heading_level(writer, line, text)
    current = writer.open
    if current is not None and _goes_on(current, line, text, page, pitch, level):
        current.lines.append(line)
        current.texts.append(text)
        return
    writer.end()
    kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
    if not level and (_BULLET.match(text) or _NUMBERED.match(text)):
        kind = BlockKind.LIST_ITEM
    writer.open = _Paragraph(kind, level, [line], [text], page)


def _heading_level(writer: _Writer, line: Line, text: str) -> int:
    """0 for running text. Larger than the body counts, and so does a short line that is bold as a whole."""
    if len(text) > _HEADING_LETTERS or not any(map(str.isalpha, text)) or _BULLET.match(text):
        return 0
    larger = line.size >= writer.body * _LARGER
    if larger:
        if text[-1] in ".;," and len(text.split()) > 8:
            return 0
        larger_ones = sum(size > line.size + 0.3 for size in writer.sizes)
        return min(larger_ones + 1, _LEVELS)
    if line.bold and line.size >= writer.body * 0.85 and len(text.split()) <= 14 and text[-1] not in ".;,":
        return min(len(writer.sizes) + 1, _LEVELS)
    if _SECTION.match(text) and len(text) <= 90 and len(text.split()) <= 12 and text[-1] not in ".;,:-":
        return min(len(writer.sizes) + 1, _LEVELS)
    letters = [sign for sign in text if sign.isalpha()]
    shouted = len(letters) >= 6 and all(sign.isupper() for sign in letters) and 2 <= len(text.split()) <= 10
    return min(len(writer.sizes) + 1, _LEVELS) if shouted and text[-1] not in ".;,:" else 0


def _goes_on(current: _Paragraph, line: Line, text: str, page: int, pitch: float, level: int) -> bool:
    last, before = current.lines[-1], current.texts[-1]
    if current.kind is BlockKind.HEADING or level:
        same = current.level == level and abs(last.size - line.size) < 0.6 and last.bold == line.bold
        near = 0 < last.baseline - line.baseline < 1.5 * line.size and page == current.page
        numbered = bool(_NUMBERED.match(text)) or before[-1] in ".:?!"
        return bool(same and near and not numbered and sum(map(len, current.texts)) < _HEADING_LETTERS)
    if _BULLET.match(text) or _NUMBERED.match(text) or sum(map(len, current.texts)) > _PARAGRAPH_CHARACTERS:
        return False
    if abs(last.size - line.size) > 0.2 * max(last.size, line.size):
        return False
    drop = last.baseline - line.baseline
    broken_word = before[-1] in "-\u2010" and text[0].islower()
    unfinished = before[-1] not in _ENDS and (text[0].islower() or before[-1] in ",(/&-\u2010\u2013")
    if page != current.page or drop <= 0:  # over the end of a page or column
        return broken_word or (unfinished and len(before) > 25)
    if drop > max(1.35 * pitch, 1.2 * line.size) or drop > 2.6 * line.size:
        return False
    if broken_word:
        return True
    if current.kind is BlockKind.LIST_ITEM and line.left > current.lines[0].left + 0.4 * line.size:
        return True  # hanging below the words behind the bullet
    edge = last.column.right if last.column is not None else last.right
    if len(current.lines) > 1 or last.column is not line.column:
        edge = max([each.right for each in current.lines], default=edge)
        edge = max(edge, last.column.right - 12 * line.size) if last.column is not None else edge
    first_word = (line.right - line.left) * (len(text.split(" ", 1)[0]) + 1) / max(len(text), 1)
    full = last.wraps and last.right + first_word >= edge - 0.5 * line.size
    hanging = current.lines[-1].left - current.lines[0].left > 0.7 * line.size
    if hanging and abs(line.left - current.lines[0].left) < 0.3 * line.size and before[-1] in _ENDS:
        return False
    indented = (
        line.left - last.left > 0.7 * line.size and len(current.lines) > 1 and line.left - last.left < 5 * line.size
    )
    if indented and before[-1] in _ENDS:
        return False
    return full or (unfinished and drop <= 1.25 * max(pitch, line.size))


def _body_size(pages: Sequence[tuple[int, Sequence[Line]]]) -> float:
    """The largest size in which a good part of the letters is set, in lines as long as those of sentences."""
    letters: Counter[float] = Counter()
    words: Counter[float] = Counter()
    count: Counter[float] = Counter()
    for _, lines in pages:
        for line in lines:
            size = round(line.size * 2) / 2
            letters[size] += len(line.text)
            words[size] += len(line.text.split())
            count[size] += 1
    if not letters:
        return 10.0
    most = letters.most_common(1)[0][0]
    whole = letters.total()
    running = [
        size
        for size, number in letters.items()
        if number >= 0.2 * whole and count[size] >= 4 and words[size] >= 6 * count[size]
    ]
    return max([most, *running])


def _heading_sizes(pages: Sequence[tuple[int, Sequence[Line]]], body: float) -> list[float]:
    """Largest first; sizes that hardly differ are one."""
    found = sorted(
        {
            line.size
            for _, lines in pages
            for line in lines
            if not line.cells and line.size >= body * _LARGER and len(line.text) <= _HEADING_LETTERS
        },
        reverse=True,
    )
    sizes: list[float] = []
    for size in found:
        if not sizes or sizes[-1] - size > 0.6:
            sizes.append(size)
    return sizes[:_LEVELS]


def _pitches(lines: Sequence[Line]) -> float:
    """The usual step from line to line: the middle one of those that follow each other."""
    steps = sorted(
        above.baseline - line.baseline
        for above, line in pairwise(lines)
        if not above.cells and not line.cells and 0 < above.baseline - line.baseline < 2.5 * line.size
    )
    return steps[len(steps) // 2] if steps else 0.0


_DIGITS = re.compile(r"\d+")
_EDGE_LINES = 2


def without_running_lines(pages: Sequence[tuple[int, list[Line]]]) -> list[tuple[int, list[Line]]]:
    """Headers and footers, figures aside, stay on the first page that has them; so do the pages' own numbers."""
    if len(pages) < 3:
        return [(number, _without_number(lines, number)) for number, lines in pages]
    seen: Counter[str] = Counter()
    edges: list[dict[int, str]] = []  # place among the page's lines → key
    for _, lines in pages:
        heights = sorted({round(line.baseline) for line in lines}, reverse=True)
        depth = _EDGE_LINES if len(heights) >= 4 * _EDGE_LINES else 1
        outer = {*heights[:depth], *heights[-depth:]}
        keys = {place: _edge_key(line.text) for place, line in enumerate(lines) if round(line.baseline) in outer}
        edges.append(keys)
        seen.update(set(keys.values()))
    running = {key for key, count in seen.items() if key and count >= max(3, len(pages) * 0.4)}
    kept: list[tuple[int, list[Line]]] = []
    known: set[str] = set()
    for (number, lines), keys in zip(pages, edges, strict=True):
        lines = [line for place, line in enumerate(lines) if keys.get(place) not in known]
        kept.append((number, _without_number(lines, number)))
        known |= running & set(keys.values())
    return kept


def _without_number(lines: list[Line], number: int) -> list[Line]:
    """Without the page's own number at its head or foot, which would cut a sentence that goes on."""
    if number < 2 or not lines:
        return lines
    edges = {max(line.baseline for line in lines), min(line.baseline for line in lines)}
    return [
        line
        for line in lines
        if not (
            line.baseline in edges
            and (match := _PAGE_NUMBER.match(line.text.strip())) is not None
            and int(match.group(1)) == number
        )
    ]


def _edge_key(line: str) -> str:
    return _DIGITS.sub("0", "".join(sign for sign in line if sign.isalnum()).casefold())


def merge_headings(blocks: list[Block]) -> list[Block]:
    """A document all of headings has none: slides and leaflets set whole sentences large."""
    headed = sum(len(block.text) for block in blocks if block.kind is BlockKind.HEADING)
    if headed * 2 < sum(len(block.text) for block in blocks):
        return blocks
    return [
        replace(block, kind=BlockKind.PARAGRAPH, level=0)
        if block.kind is BlockKind.HEADING and len(block.text) > 60
        else block
        for block in blocks
    ]
