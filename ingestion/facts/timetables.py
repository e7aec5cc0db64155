"""A table row below column names in, its sentences about hours out. Called by hours.py.

Days may be the columns (`| Mon | Tue`), or the rows with a column for each thing (`Day | Shop | Kitchen`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.facts.atoms import Sign, read_atoms
from ingestion.facts.phrases import When, read_phrase
from ingestion.facts.scene import Line, Page
from ingestion.facts.sentences import Clause, Sentence, Shape, in_order, read_sentence
from ingestion.facts.words import Word, folded
from ingestion.model import BlockKind

_BORDER = re.compile(r"\s*\|\s*")
_NOTHING = frozenset({"", "-", "–", "—", "/", "x", "."})
_COLUMNS = 12
# As names of columns under "opening hours" these are the two halves of a restaurant's day.
_MEALS = frozenset(
    "lunch dinner mittag abend mittags abends déjeuner dîner midi soir pranzo cena almuerzo comida frokost aften "
    "middag almoço jantar obiad kolacja".split()
)


def is_header(page: Page, index: int) -> bool:
    """The row of column names itself says nothing."""
    following = page.lines[index + 1].block if index + 1 < len(page.lines) else None
    return following is not None and following.header is not None and following.header == page.lines[index].text


def read_row(page: Page, line: Line) -> tuple[Sentence, ...] | None:
    """None: to be read as any line."""
    header = line.block.header
    if header is None or line.block.kind is not BlockKind.TABLE_ROW:
        return None
    names, cells = _BORDER.split(header), _BORDER.split(line.text)
    if len(names) > _COLUMNS or len(cells) > len(names):
        return None
    days = [_cell(page, name) for name in names]
    if sum(day.shape is Shape.DAYS for day in days) >= 2:
        return _day_columns(page, line, days, cells)
    first = _cell(page, cells[0])
    if first.shape is Shape.DAYS:
        return _named_columns(page, line, first.when, names, cells)
    return None


def _day_columns(page: Page, line: Line, days: list[Sentence], cells: list[str]) -> tuple[Sentence, ...]:
    """Days with the same spans are one clause. A cell that is not understood makes the row say nothing."""
    label = ""
    by_spans: dict[tuple[tuple[int, int], ...], When] = {}
    for day, cell in zip(days, cells, strict=False):
        if day.shape is not Shape.DAYS:
            label = label or cell
            continue
        told = _cell(page, cell)
        if told.shape in (Shape.SPANS, Shape.CLOSED):
            by_spans[told.spans] = by_spans[told.spans].joined(day.when) if told.spans in by_spans else day.when
        elif cell.strip() not in _NOTHING:
            return ()
    block = line.block
    clauses = [Clause(when, spans, block.start, block.end, told_label=label) for spans, when in by_spans.items()]
    return (Sentence(tuple(clauses)),) if clauses else ()


def _named_columns(
    page: Page, line: Line, when: When, names: list[str], cells: list[str]
) -> tuple[Sentence, ...] | None:
    told = [_cell(page, cell) for cell in cells[1:]]
    plain = [_names_time(page, name) for name in names[1 : len(cells)]]
    block = line.block
    if all(plain):
        if len(cells) == 3 and all(one.shape is None for one in told):
            # Opens | Closes
            both = _cell(page, f"{cells[1]} - {cells[2]}")
            if both.shape is Shape.SPANS:
                return (Sentence((Clause(when, both.spans, block.start, block.end),)),)
        return None
    clauses: list[Clause] = []
    for name, one, cell in zip(names[1:], told, cells[1:], strict=False):
        if one.shape in (Shape.SPANS, Shape.CLOSED) and in_order(one.spans) is not None:
            clauses.append(Clause(when, one.spans, block.start, block.end, told_label=name))
        elif cell.strip() not in _NOTHING and len(clauses) == 0:
            return None
    return (Sentence(tuple(clauses)),) if clauses else None


def _names_time(page: Page, name: str) -> bool:
    """Whether a column's name says only that times stand below it: Morning, Opens, Hours, nothing."""
    atoms = read_atoms(name, 0, len(name), page.lexicon, (), month_first=page.month_first)
    return folded(name.strip()) in _MEALS or all(atom.kind in _OF_TIMES for atom in atoms)


_OF_TIMES = frozenset(
    {Word.PART, Word.HEAD, Word.OPEN, Word.FILL, Word.CLOCK, Word.FROM, Word.TO, Word.AND, Sign.NEUTRAL, Sign.COMMA,
     Sign.DASH, Word.CLOSED}
)  # fmt: skip


def _cell(page: Page, text: str) -> Sentence:
    atoms = read_atoms(text, 0, len(text), page.lexicon, (), month_first=page.month_first)
    if any(atom.kind is Sign.STOP for atom in atoms):
        return Sentence()
    found = read_sentence(read_phrase(atoms, twelve=page.twelve))
    return replace(found, clauses=())
