"""A parsed page in, its blocks in reading order out. Called by html.py for either engine's tree."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.extract.clean import clean
from ingestion.extract.hidden import Hiding
from ingestion.extract.inline import Inline, Line
from ingestion.extract.tables import data_rows
from ingestion.extract.tree import Element, Page
from ingestion.model import Block, BlockKind

_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font",
        "i", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output", "picture", "progress", "q", "ruby", "s",
        "samp", "slot", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img",
        "input", "rp", "rt", "rb",
    }
)  # fmt: skip
_SET_APART = frozenset({"a", "button", "span", "label", "small", "time", "strong", "em", "b", "i"})
_BOLD = frozenset({"b", "strong", "th"})
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_FILE_NAME = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|bmp|avif)\b|^(?:img|dsc|image|photo|bild|foto|screenshot)[-_ ]?\d*$", re.I
)
_BOLD_HEADING_WORDS = 12
_OPTIONS_SHOWN = 20
_PAIR_CHARACTERS = 80


def read_blocks(page: Page, *, hide: bool = True) -> tuple[list[Block], int]:
    """The blocks, and how many unprintable characters were taken out."""
    reader = _Reader(Hiding(page) if hide else None)
    reader.read(page.body)
    reader.flush()
    return reader.finished(), reader.inline.removed


class _Reader:
    def __init__(self, hiding: Hiding | None):
        self.inline = Inline()
        self._hiding = hiding
        self._blocks: list[tuple[Block, bool]] = []  # with: all of it bold
        self._kind = BlockKind.PARAGRAPH
        self._level = 1  # of the last heading
        self._bold = 0
        self._preformatted = 0

    def finished(self) -> list[Block]:
        # A picture's text and the caption below it often say the same.
        self._blocks = [
            each
            for index, each in enumerate(self._blocks)
            if index == 0 or each[0].kind is BlockKind.TABLE_ROW or each[0].text != self._blocks[index - 1][0].text
        ]
        blocks = [block for block, _ in self._blocks]
        if any(block.kind is BlockKind.HEADING and block.level > 1 for block in blocks):
            return blocks
        # A page without headings: lines that are bold from end to end stand for them, unless all are.
        bold = [self._is_bold_heading(block, is_bold) for block, is_bold in self._blocks]
        if sum(bold) * 2 > len(bold):
            return blocks
        return [
            replace(block, kind=BlockKind.HEADING, level=3) if promoted else block
            for block, promoted in zip(blocks, bold, strict=True)
        ]

    def _is_bold_heading(self, block: Block, is_bold: bool) -> bool:
        return (
            is_bold
            and block.kind is BlockKind.PARAGRAPH
            and len(block.text.split()) <= _BOLD_HEADING_WORDS
            and block.text[-1] not in ".,;"
        )

    # ---- walking

    def read(self, element: Element) -> None:
        previous = ""  # the tag of a control or span that ended just before, without a space
        for child in element.children:
            if isinstance(child, str):
                self._text(child)
                previous = "" if child else previous
                continue
            set_apart = child.tag in _SET_APART and _long_enough(child)
            if set_apart and previous:
                self.inline.space()
            self._element(child)
            previous = child.tag if set_apart else ""

    def _text(self, text: str) -> None:
        if self._preformatted and "\n" in text:
            first, *rest = text.split("\n")
            self.inline.add(first, bold=self._bold > 0)
            for line in rest:
                self.inline.line_break()
                self.inline.add(line, bold=self._bold > 0)
        else:
            self.inline.add(text, bold=self._bold > 0)

    def _element(self, element: Element) -> None:
        if self._hiding is not None and self._hiding.hides(element):
            return
        tag = element.tag
        if tag == "br":
            self.inline.line_break()
        elif tag == "img":
            self._image(element)
        elif tag == "wbr" or tag == "input" or tag in ("rp", "rt"):
            return
        elif tag in _HEADINGS or (element.get("role") == "heading"):
            self._heading(element, _HEADINGS.get(tag) or _aria_level(element))
        elif tag in _INLINE:
            self._inline(element)
        elif tag == "table":
            self._table(element)
        elif element.get("role") == "row":
            self._aria_row(element)
        elif tag == "dl":
            self._definitions(element)
        elif tag == "summary":
            self._heading(element, min(self._level + 1, 6))
        elif tag == "select":
            self._options(element)
        elif tag in ("div", "li") and (cells := _pair(element)):
            self.flush()
            self._row([self._one_line(cell)[0] for cell in cells])
        else:
            self._block(element)

    def _inline(self, element: Element) -> None:
        bold = element.tag in _BOLD or bool(_BOLD_STYLE.search(element.get("style")))
        bold = bold or (element.tag == "font" and element.get("size").lstrip("+") in ("4", "5", "6", "7", "1", "2", "3")
                        and (element.get("size").startswith("+") or element.get("size") > "3"))  # fmt: skip
        self._bold += bold
        self.read(element)
        self._bold -= bold

    def _block(self, element: Element) -> None:
        self.flush()
        kind, preformatted = self._kind, element.tag in ("pre", "listing", "xmp")
        bold = bool(_BOLD_STYLE.search(element.get("style")))
        if element.tag == "li":
            self._kind = BlockKind.LIST_ITEM
        self._preformatted += preformatted
        self._bold += bold
        self.read(element)
        self.flush()
        self._bold -= bold
        self._preformatted -= preformatted
        self._kind = kind

    def _heading(self, element: Element, level: int) -> None:
        self.flush()
        self.read(element)
        lines = self.inline.lines()
        if lines:
            # A heading broken over lines by hand is still one heading.
            text = " ".join(line.text for line in lines)
            if any(sign.isalnum() for sign in text):
                self._level = level if element.tag != "summary" else self._level
                self._blocks.append((Block(BlockKind.HEADING, text, level=level), False))

    def _image(self, element: Element) -> None:
        text, _ = clean(element.get("alt"))
        if len(text) >= 3 and any(sign.isalpha() for sign in text) and not _FILE_NAME.search(text):
            self.inline.space()
            self.inline.add(text + " ", bold=self._bold > 0)

    def _options(self, element: Element) -> None:
        options = [option for option in _descendants(element) if option.tag == "option"]
        texts = [self._one_line(option)[0] for option in options[: _OPTIONS_SHOWN + 1]]
        if len(options) <= _OPTIONS_SHOWN:
            self.inline.add(" " + ", ".join(text for text in texts if text) + " ", bold=False)

    # ---- tables and lists of terms

    def _table(self, table: Element) -> None:
        self.flush()
        rows = data_rows(table, self._cell_lines)
        if rows is None:
            self._block(table)
            return
        for child in table.children:
            if isinstance(child, Element) and child.tag == "caption":
                self._block(child)
        header: str | None = None
        for row in rows:
            if not any(sign.isalnum() for sign in row.text):
                continue
            self._blocks.append((Block(BlockKind.TABLE_ROW, row.text, header=None if row.is_header else header), False))
            header = row.text if row.is_header else header

    def _aria_row(self, element: Element) -> None:
        self.flush()
        cells = [cell for cell in element.children if isinstance(cell, Element)]
        self._row([self._one_line(cell)[0] for cell in cells])

    def _definitions(self, element: Element) -> None:
        """`<dt>` and `<dd>`: one row where both are short, else the term as a line before its text."""
        self.flush()
        terms: list[str] = []
        for child in element.children:
            if isinstance(child, str):
                self._text(child)
            elif child.tag == "dt":
                self._end_terms(terms)
                text, _ = self._one_line(child)
                terms.append(text)
            elif child.tag == "dd" and terms and _is_short(child):
                self._row([*terms, self._one_line(child)[0]])
                terms = []
            elif child.tag == "div":
                self._end_terms(terms)
                self._definitions(child)
            else:
                self._end_terms(terms)
                self._element(child)
        self._end_terms(terms)
        self.flush()

    def _end_terms(self, terms: list[str]) -> None:
        for text in terms:
            if any(sign.isalnum() for sign in text):
                self._blocks.append((Block(BlockKind.PARAGRAPH, text), True))
        terms.clear()

    def _row(self, cells: list[str]) -> None:
        shown = [cell for cell in cells if cell]
        if any(sign.isalnum() for cell in shown for sign in cell):
            self._blocks.append((Block(BlockKind.TABLE_ROW, " | ".join(shown)), False))

    def _one_line(self, element: Element) -> tuple[str, bool]:
        """All an element says, on one line, and whether all of it is bold."""
        lines, bold = self._cell_lines(element)
        return " ".join(lines), bold

    def _cell_lines(self, element: Element) -> tuple[list[str], bool]:
        if self._hiding is not None and self._hiding.hides(element):
            return [], False
        kept, self._blocks = self._blocks, []
        outer, self.inline = self.inline, Inline()
        self._bold += element.tag in _BOLD
        self.read(element)
        self.flush()
        self._bold -= element.tag in _BOLD
        found, self._blocks = self._blocks, kept
        outer.removed += self.inline.removed
        self.inline = outer
        bold = bool(found) and all(is_bold or block.kind is BlockKind.HEADING for block, is_bold in found)
        return [block.text for block, _ in found], bold

    def flush(self) -> None:
        """Ends the running text: its lines become blocks."""
        if self.inline.empty:
            return
        for line in self.inline.lines():
            if any(sign.isalnum() for sign in line.text) or _is_sign(line):
                self._blocks.append((Block(self._kind, line.text), line.bold))


def _pair(element: Element) -> list[Element]:
    """The two or three short parts of a label beside its figure, which a style sheet puts on one line.

    Price lists and opening hours are often written so; apart from each other neither part says much.
    """
    parts = [child for child in element.children if not isinstance(child, str) or child.strip()]
    if not 2 <= len(parts) <= 3:
        return []
    cells: list[Element] = []
    figures = 0
    for part in parts:
        if isinstance(part, str) or part.tag not in ("div", "p", "span", "time", "strong", "b"):
            return []
        if any(node.tag not in _INLINE and node.tag != "br" for node in _descendants(part)):
            return []
        text = "".join(_texts(part)).strip()
        if not text or len(text) > _PAIR_CHARACTERS:
            return []
        figures += any(sign.isdigit() for sign in text)
        cells.append(part)
    all_spans = all(cell.tag in _INLINE for cell in cells)
    return cells if figures and not all_spans else []


def _is_sign(line: Line) -> bool:
    return any(sign in "€$£¥%☎✆" for sign in line.text)


def _long_enough(element: Element) -> bool:
    """More than one sign: letters that are animated one by one stay a word."""
    return sum(len(child.strip()) if isinstance(child, str) else 2 for child in element.children) > 1


def _is_short(element: Element) -> bool:
    if any(node.tag in ("p", "ul", "ol", "table", "dl", "div") for node in _descendants(element)):
        inner = [child for child in element.children if isinstance(child, Element)]
        if len(inner) > 1 or any(node.tag in ("ul", "ol", "table", "dl") for node in _descendants(element)):
            return False
    return sum(len(text) for text in _texts(element)) <= 200


def _descendants(element: Element) -> list[Element]:
    found: list[Element] = []
    stack = [child for child in reversed(element.children) if isinstance(child, Element)]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(child for child in reversed(node.children) if isinstance(child, Element))
    return found


def _texts(element: Element) -> list[str]:
    own = [child for child in element.children if isinstance(child, str)]
    return own + [child for node in _descendants(element) for child in node.children if isinstance(child, str)]


def _aria_level(element: Element) -> int:
    level = element.get("aria-level")
    return int(level) if level in ("1", "2", "3", "4", "5", "6") else 2
