"""One story of a DOCX (its body, a header, its notes) as it is put together. Told by docx_markup.py.

Paragraphs, tables and text boxes nest in each other; each knows the list it goes into, so that nothing
is lost when a damaged document ends in the middle. What is finished outside of all of them is written
at once and held no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingestion.extract.docx_styles import Lists, Style, Styles
from ingestion.extract.flow import Budget, Cell, Paragraph, Part, Row, Table
from ingestion.extract.gather import Gather, language_of
from ingestion.model import BlockKind

Notes = dict[str, list[Part]]
_PAGE_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES")
_MOSTLY = 0.95


@dataclass(slots=True)
class Run:
    style: str = ""
    bold: bool | None = None
    hidden: bool | None = None
    white: bool = False
    shaded: bool = False
    language: str = ""
    pieces: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Field:
    """A field from its begin to its end. Its instruction is no text, and a page's number is true of one page only."""

    instruction: str = ""
    is_result: bool = False

    @property
    def is_page(self) -> bool:
        return self.instruction.strip().upper().startswith(_PAGE_FIELDS)


@dataclass(slots=True)
class Open:
    """A paragraph being read; it goes into `target`."""

    target: list[Part]
    style: str = ""
    outline: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    shaded: bool = False
    mark_deleted: bool = False
    counts_pages: bool = False
    run: Run | None = None
    pieces: list[str] = field(default_factory=list[str])
    characters: int = 0
    bold_characters: int = 0
    fields: list[Field] = field(default_factory=list[Field])
    after: list[Part] = field(default_factory=list[Part])  # text boxes anchored in it, and its notes


class Story:
    """`known` are the notes that references point to; `write` takes what is finished."""

    def __init__(
        self,
        styles: Styles,
        lists: Lists,
        gather: Gather,
        budget: Budget,
        known: Notes,
        write: Callable[[Sequence[Part]], None],
    ):
        self.gather = gather
        self.notes: Notes = {}
        self._styles, self._lists, self._budget = styles, lists, budget
        self._known, self._write = known, write
        self._flows: list[list[Part]] = [[]]
        self._paragraphs: list[Open] = []
        self._tables: list[Table] = []
        self._boxes = 0
        self._carried: tuple[list[Part], str] | None = None  # the text before a deleted paragraph mark
        self._noted: list[Part] = []  # notes of a table's cells, written after it

    def finish(self) -> None:
        """Closes what a damaged document left open. Raises Full."""
        while self._paragraphs:
            self.end_paragraph()
        self._tables.clear()
        if self._carried is not None:
            target, text = self._carried
            target.append(Paragraph(text))
        flow, self._flows = self._flows[0], [[]]
        noted, self._noted = self._noted, []
        self._write([*flow, *noted])

    @property
    def paragraph(self) -> Open | None:
        return self._paragraphs[-1] if self._paragraphs else None

    @property
    def row(self) -> Row | None:
        return self._tables[-1].rows[-1] if self._tables and self._tables[-1].rows else None

    @property
    def cell(self) -> Cell | None:
        row = self.row
        return row.cells[-1] if row is not None and row.cells else None

    @property
    def table(self) -> Table | None:
        return self._tables[-1] if self._tables else None

    def say(self, text: str) -> None:
        """Text of the open run, unless it is a field's instruction or a page number. Raises Full."""
        paragraph = self.paragraph
        if paragraph is None:
            return
        for each in paragraph.fields:
            if each.is_page:
                paragraph.counts_pages = True
            if each.is_page or not each.is_result:
                return
        self._budget.characters(len(text))
        if paragraph.run is not None:
            paragraph.run.pieces.append(text)
        else:
            paragraph.pieces.append(text)  # formulas stand outside of runs

    def start_paragraph(self) -> None:
        self._budget.part()
        paragraph = Open(self._flows[-1])
        if self._carried is not None and self._carried[0] is paragraph.target:
            paragraph.pieces.append(self._carried[1])
            self._carried = None
        self._paragraphs.append(paragraph)

    def end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        self.end_run()
        done = self._paragraphs.pop()
        text = "".join(done.pieces)
        if done.mark_deleted and text:
            self._carried = (done.target, text)
        elif (part := self._finished(done, text)) is not None:
            done.target.append(part)
        (self._noted if self._tables else done.target).extend(done.after)
        self._flush()

    def start_run(self) -> None:
        if self._paragraphs:
            self._paragraphs[-1].run = Run()

    def end_run(self) -> None:
        paragraph = self.paragraph
        run = paragraph.run if paragraph is not None else None
        if paragraph is None or run is None:
            return
        paragraph.run = None
        text = "".join(run.pieces)
        if not text:
            return
        hidden, bold = self._looks(paragraph, run)
        if hidden:
            self.gather.hide(text)
            return
        count = len(text.strip())
        paragraph.pieces.append(text)
        paragraph.characters += count
        paragraph.bold_characters += count if bold else 0
        if count and (language := language_of(run.language or self._styles.language)):
            self.gather.languages[language] = self.gather.languages.get(language, 0) + count

    def start_table(self) -> None:
        table = Table()
        self._flows[-1].append(table)
        self._tables.append(table)

    def end_table(self) -> None:
        if self._tables:
            self._tables.pop()
            self._flush()

    def start_row(self) -> None:
        self._budget.part()
        if self._tables:
            self._tables[-1].rows.append(Row())

    def drop_row(self) -> None:
        """The row was deleted, or is hidden: nothing of it is kept."""
        if self._tables and self._tables[-1].rows:
            self._tables[-1].rows[-1].dropped = True

    def end_row(self) -> None:
        row = self.row
        if row is None:
            return
        row.cells = [cell for cell in row.cells if not cell.dropped]
        if row.dropped:
            self._tables[-1].rows.pop()

    def start_cell(self) -> None:
        self._budget.part()
        cell = Cell()
        row = self.row
        if row is not None:
            row.cells.append(cell)
        self._flows.append(cell.content if row is not None else self._flows[-1])

    def end_flow(self) -> None:
        """Of a cell, a box or a note."""
        if len(self._flows) > 1:
            self._flows.pop()

    def start_box(self) -> None:
        self._boxes += 1
        self._flows.append(self._paragraphs[-1].after if self._paragraphs else self._flows[-1])

    def end_box(self) -> None:
        self._boxes -= 1
        self.end_flow()

    def start_note(self, identity: str) -> None:
        self._flows.append(self.notes.setdefault(identity, []))

    def refer(self, identity: str) -> None:
        """A note is read once, after the first paragraph that refers to it."""
        if self._paragraphs:
            self._paragraphs[-1].after.extend(self._known.pop(identity, []))

    def _finished(self, done: Open, text: str) -> Paragraph | None:
        style = self._styles.of(done.style)
        if not text.strip() or style.is_contents:
            return None
        level = min((Style(outline=done.outline) if done.outline is not None else style).heading, 6)
        number, listed = self._number(done, style)
        bold = done.characters > 0 and done.bold_characters >= done.characters * _MOSTLY
        kind = BlockKind.HEADING if level else BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH
        text = " ".join(text.split()) if level else text
        return Paragraph(f"{number} {text}" if number else text, kind, level, bold, done.counts_pages)

    def _number(self, done: Open, style: Style) -> tuple[str, bool]:
        list_id = done.list_id if done.list_id is not None else style.list_id
        if list_id is None or list_id == "0" or list_id not in self._lists:
            return "", False
        level = done.list_level if done.list_level is not None else style.list_level
        if level is None:
            level = self._lists.level_of(list_id, done.style)
        return self._lists.number(list_id, level), True

    def _looks(self, paragraph: Open, run: Run) -> tuple[bool, bool]:
        """Whether the run is hidden, and whether it is bold: its own word first, then its style's."""
        hidden, bold = run.hidden, run.bold
        for style_id in (run.style, paragraph.style):
            if style_id or style_id is paragraph.style:
                style = self._styles.of(style_id)
                hidden = style.hidden if hidden is None else hidden
                bold = style.bold if bold is None else bold
        # White on the page's own white. Cells, boxes and shaded paragraphs have grounds of their own.
        on_paper = not (self._tables or self._boxes or run.shaded or paragraph.shaded)
        return bool(hidden) or (run.white and on_paper), bool(bold)

    def _flush(self) -> None:
        """Finished parts go out as soon as nothing is open around them."""
        if len(self._flows) > 1 or self._tables or self._paragraphs:
            return
        flow, noted = self._flows[0], self._noted
        if self._carried is not None or not (flow or noted):
            return
        self._flows[0], self._noted = [], []
        self._write([*flow, *noted])
