"""The text of an OpenDocument text or presentation, read from the stream of its XML. Called by odf.py.

A `Reader` of xml.py. Deleted text stands apart from the text in this format and is skipped with it; so are
comments, indexes and notes to slides. Names are those of OpenDocument 1.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingestion.extract.flow import Budget, Cell, Paragraph, Part, Row, Table
from ingestion.extract.gather import Gather
from ingestion.extract.odf_styles import LEVELS, Numbering, Styles
from ingestion.model import BlockKind

_SKIPPED = frozenset(
    """
    text:tracked-changes office:annotation text:note-citation text:ruby-text text:page-number text:page-count
    text:table-of-content text:alphabetical-index text:illustration-index text:table-index text:user-index
    text:object-index text:bibliography presentation:notes office:forms svg:title svg:desc text:hidden-text
    text:sequence-decls text:variable-decls text:user-field-decls text:dde-connection-decls office:settings
    presentation:date-time presentation:footer-decl presentation:header-decl presentation:date-time-decl
    office:scripts office:font-face-decls office:automatic-styles office:styles
    """.split()
)
_SAID = {"text:tab": " ", "text:line-break": "\n"}
_PROMPTS = frozenset({"notes", "page-number", "date-time", "page", "handout"})
_MAX_LINKS = 1_000
_MOSTLY = 0.95
_FIELDS_OF_PAGES = frozenset({"text:page-number", "text:page-count"})


@dataclass(slots=True)
class _Open:
    target: list[Part]
    style: str
    level: int  # of a heading
    label: str = ""
    listed: bool = False
    counts_pages: bool = False
    hidden: bool = False
    pieces: list[str] = field(default_factory=list[str])
    characters: int = 0
    bold_characters: int = 0
    spans: list[str] = field(default_factory=list[str])
    after: list[Part] = field(default_factory=list[Part])  # boxes anchored in it, and its notes


@dataclass(slots=True)
class _List:
    numbering: Numbering | None
    count: int = 0
    fresh: bool = False  # the label of the open item waits for its first paragraph


class TextReader:
    """`write` takes what is finished, with the number of its slide. `inside`: the elements whose text is read."""

    def __init__(
        self,
        styles: Styles,
        gather: Gather,
        budget: Budget,
        write: Callable[[Sequence[Part], int | None], None],
        *,
        inside: frozenset[str],
    ):
        self.slides = 0
        self._styles, self._gather, self._budget, self._write, self._inside = styles, gather, budget, write, inside
        self._active = 0
        self._flows: list[list[Part]] = [[]]
        self._paragraphs: list[_Open] = []
        self._tables: list[tuple[Table, dict[int, int]]] = []  # with the rows that each column is still covered for
        self._in_names = 0
        self._lists: list[_List] = []
        self._list_style = ""
        self._last_counts: dict[str, int] = {}
        self._outline = [0] * LEVELS
        self._hidden = 0
        self._hidden_elements: list[str] = []
        self._frames: list[str] = []

    def finish(self) -> None:
        """Closes what a damaged document left open. Raises Full."""
        while self._paragraphs:
            self._end_paragraph()
        self._tables.clear()
        flow, self._flows = self._flows[0], [[]]
        self._write(flow, self.slides or None)

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name in self._inside:
            self._active += 1
            return None
        if name in _SKIPPED:
            if name in _FIELDS_OF_PAGES and self._paragraphs:
                self._paragraphs[-1].counts_pages = True
            return True
        if not self._active:
            return None
        if name in ("text:p", "text:h"):
            self._start_paragraph(name, attributes)
        elif name == "text:span":
            if self._paragraphs:
                self._paragraphs[-1].spans.append(attributes.get("text:style-name", ""))
        elif name == "text:s":
            self._say(" ")
        elif name in _SAID:
            self._say(_SAID[name])
        elif name.startswith("table:"):
            self._start_table_part(name, attributes)
        elif name.startswith(("text:list", "text:note", "text:section")):
            self._start_text_part(name, attributes)
        elif name.startswith("draw:"):
            return self._start_drawing(name, attributes)
        elif name == "text:a":
            self._link(attributes.get("xlink:href", ""))
        elif name == "text:hidden-paragraph" and attributes.get("text:is-hidden") == "true" and self._paragraphs:
            self._paragraphs[-1].hidden = True
        return None

    def end(self, name: str) -> None:
        if name in self._inside:
            self._active -= 1
        elif not self._active:
            return
        elif name in ("text:p", "text:h"):
            self._end_paragraph()
        elif name == "text:span":
            if self._paragraphs and self._paragraphs[-1].spans:
                self._paragraphs[-1].spans.pop()
        elif name == "table:table":
            if self._tables:
                self._tables.pop()
                self._flush()
        elif name == "table:table-header-rows":
            self._in_names -= 1
        elif name in ("table:table-cell", "table:covered-table-cell", "draw:text-box", "text:note-body"):
            if len(self._flows) > 1:
                self._flows.pop()
        elif name == "text:list":
            self._end_list()
        elif name == "draw:frame":
            self._frames.pop()
        elif name in ("text:section", "draw:page"):
            if name == "draw:page":
                self._flush()
            self._hidden -= self._hidden_elements.pop() == "hidden"

    def text(self, data: str) -> None:
        if self._paragraphs:
            self._say(" ".join(data.split("\n")) if "\n" in data else data)

    # Paragraphs.

    def _start_paragraph(self, name: str, attributes: dict[str, str]) -> None:
        self._budget.part()
        style = attributes.get("text:style-name", "")
        known = self._styles.of(style)
        level = 0
        if name == "text:h":
            declared = attributes.get("text:outline-level", "1")
            level = min(int(declared), LEVELS) if declared.isdecimal() and 0 < len(declared) < 4 else 1
            level = max(1, level)
        elif known.is_title or known.level:
            level = known.level or 1
        opened = _Open(self._flows[-1], style, level)
        if self._frames and self._frames[-1] in ("title", "subtitle"):
            opened.level = 2 if self._frames[-1] == "title" else 0
        elif name == "text:h":
            opened.label = self._outline_label(level)
        if self._lists and not opened.level:
            opened.listed = True
            if self._lists[-1].fresh:
                opened.label = self._list_label()
        if self._lists:
            self._lists[-1].fresh = False
        self._paragraphs.append(opened)

    def _end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        done = self._paragraphs.pop()
        text = "".join(done.pieces)
        if done.hidden:
            self._gather.hide(text)
        elif text.strip():
            bold = done.characters > 0 and done.bold_characters >= done.characters * _MOSTLY
            kind = BlockKind.HEADING if done.level else BlockKind.LIST_ITEM if done.listed else BlockKind.PARAGRAPH
            text = " ".join(text.split()) if done.level else text
            text = f"{done.label} {text}" if done.label else text
            done.target.append(Paragraph(text, kind, min(done.level, 6), bold, done.counts_pages))
        done.target.extend(done.after)
        self._flush()

    def _say(self, text: str) -> None:
        if not self._paragraphs or not text:
            return
        paragraph = self._paragraphs[-1]
        hidden = bold = language = None
        for name in (*reversed(paragraph.spans), paragraph.style):
            style = self._styles.of(name)
            hidden = style.hidden if hidden is None else hidden
            bold = style.bold if bold is None else bold
            language = style.language if language is None else language
        if hidden or self._hidden:
            self._gather.hide(text)
            return
        self._budget.characters(len(text))
        paragraph.pieces.append(text)
        count = len(text.strip())
        paragraph.characters += count
        paragraph.bold_characters += count if bold else 0
        language = language or self._styles.language
        if count and language:
            self._gather.languages[language] = self._gather.languages.get(language, 0) + count

    def _flush(self) -> None:
        """Finished parts go out as soon as nothing is open around them."""
        if len(self._flows) == 1 and not self._tables and not self._paragraphs and self._flows[0]:
            flow, self._flows[0] = self._flows[0], []
            self._write(flow, self.slides or None)

    def _link(self, address: str) -> None:
        bare = address.partition("#")[0]
        if bare.startswith(("http://", "https://")) and len(self._gather.links) < _MAX_LINKS:
            self._gather.links[bare] = None

    # Lists, notes and sections.

    def _start_text_part(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:list":
            self._start_list(attributes)
        elif name == "text:list-item" and self._lists:
            own = self._lists[-1]
            start = attributes.get("text:start-value", "")
            own.count = int(start) if start.isdecimal() and len(start) < 6 else own.count + 1
            own.fresh = True
        elif name == "text:note-body":
            self._flows.append(self._paragraphs[-1].after if self._paragraphs else self._flows[-1])
        elif name == "text:section":
            hidden = attributes.get("text:display") == "none" or attributes.get("text:is-hidden") == "true"
            self._hide("hidden" if hidden else "")

    def _start_list(self, attributes: dict[str, str]) -> None:
        style = attributes.get("text:style-name", "")
        above = self._lists[-1].numbering if self._lists else None
        own = _List(self._styles.lists.get(style, above))
        if own.numbering is not None:
            own.count = own.numbering.start(len(self._lists) + 1) - 1
        if attributes.get("text:continue-numbering") == "true" or "text:continue-list" in attributes:
            own.count = self._last_counts.get(style, own.count)
        self._lists.append(own)
        self._list_style = style

    def _end_list(self) -> None:
        if self._lists:
            done = self._lists.pop()
            if not self._lists:
                self._last_counts[self._list_style] = done.count

    def _list_label(self) -> str:
        numbering = self._lists[-1].numbering
        if numbering is None:
            return ""
        return numbering.label(len(self._lists), [max(1, each.count) for each in self._lists])

    def _outline_label(self, level: int) -> str:
        self._outline[level - 1] += 1
        self._outline[level:] = [0] * (LEVELS - level)
        return self._styles.outline.label(level, [max(1, count) for count in self._outline[:level]])

    def _hide(self, how: str) -> None:
        self._hidden_elements.append(how)
        self._hidden += how == "hidden"

    # Tables and drawings.

    def _start_table_part(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            table = Table()
            self._flows[-1].append(table)
            self._tables.append((table, {}))
        elif name == "table:table-header-rows":
            self._in_names += 1
        elif name == "table:table-row" and self._tables:
            self._budget.part()
            self._tables[-1][0].rows.append(Row(named=self._in_names > 0))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._start_cell(name, attributes)

    def _start_cell(self, name: str, attributes: dict[str, str]) -> None:
        self._budget.part()
        cell = Cell()
        if self._tables and self._tables[-1][0].rows:
            table, covered = self._tables[-1]
            column = len(table.rows[-1].cells)
            table.rows[-1].cells.append(cell)
            rows = attributes.get("table:number-rows-spanned", "1")
            if name == "table:table-cell":
                covered[column] = int(rows) - 1 if rows.isdecimal() and len(rows) < 5 else 0
            elif covered.get(column, 0) > 0:
                cell.covered = True
                covered[column] -= 1
        # What a covered cell holds is not shown.
        shown = name == "table:table-cell"
        self._flows.append((cell.content if self._tables else self._flows[-1]) if shown else [])

    def _start_drawing(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "draw:page":
            self.slides += 1
            self._hide("hidden" if attributes.get("draw:style-name", "") in self._styles.hidden_pages else "")
        elif name == "draw:frame":
            kind = attributes.get("presentation:class", "")
            if kind in _PROMPTS or attributes.get("presentation:placeholder") == "true":
                return True
            self._frames.append(kind)
        elif name == "draw:text-box":
            self._flows.append(self._paragraphs[-1].after if self._paragraphs else self._flows[-1])
        elif name == "draw:image":
            self._gather.pictures += 1
        return None
