"""A page's visible tree in, its blocks in reading order out. Called by html.py for either engine's tree."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.extract.beside import columns, pair
from ingestion.extract.clean import clean
from ingestion.extract.controls import (
    field_text,
    is_struck_price,
    link_target,
    options_text,
    picture_text,
    protected_mail,
    texts,
)
from ingestion.extract.finish import Met, finished
from ingestion.extract.inline import Inline, Line
from ingestion.extract.tables import data_rows
from ingestion.extract.tree import INLINE, Element
from ingestion.model import Block, BlockKind

_SET_APART = frozenset({"a", "button", "span", "label", "small", "time", "strong", "em", "b", "i", "input", "select"})
_BOLD = frozenset({"b", "strong", "th"})
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_SHORT_CHARACTERS = 200
_STYLE_CHARACTERS = 2_000
_SIGNS = "€$£¥%☎✆"  # lines without a letter or digit that say something all the same


def read_blocks(body: Element, *, is_article: bool = False) -> tuple[list[Block], int]:
    """The blocks, and how many unprintable characters were taken out."""
    reader = _Reader(aside=bool(body.beside))
    reader.read(body)
    reader.flush()
    return finished(reader.met, is_article=is_article), reader.inline.removed


class _Reader:
    def __init__(self, *, aside: bool):
        self.inline = Inline()
        self.met: list[Met] = []
        self._kind = BlockKind.PARAGRAPH
        self._level = 1  # of the last heading
        self._bold = 0
        self._preformatted = 0
        self._aside = aside

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
            if child.beside is None or child.beside == self._aside:
                self._element(child)
            else:
                self._across_border(child, child.beside)
            previous = child.tag if set_apart else ""

    def _across_border(self, element: Element, beside: bool) -> None:
        self.flush()
        outer, self._aside = self._aside, beside
        self._element(element)
        self.flush()
        self._aside = outer

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
        tag, role = element.tag, element.get("role")
        if tag == "br":
            self.inline.line_break()
        elif tag == "img" or role == "img" and not "".join(texts(element)).strip():
            self._picture(picture_text(element) if tag == "img" else element.get("aria-label")[:_SHORT_CHARACTERS])
        elif tag in ("wbr", "rp", "rt", "meta", "link"):
            return
        elif tag == "input":
            self._beside_text(field_text(element))
        elif tag == "select":
            self._beside_text(options_text(element))
        elif tag in _HEADINGS or role == "heading":
            self._heading(element, _HEADINGS.get(tag) or _aria_level(element))
        elif tag in INLINE:
            self._inline(element)
        elif tag == "table":
            self._table(element)
        elif role == "row":
            self.flush()
            self._row([" ".join(self._cell_lines(cell)[0]) for cell in element.children if isinstance(cell, Element)])
        elif tag == "dl":
            self._definitions(element)
        elif tag == "summary":
            self._heading(element, min(self._level + 1, 6))
        elif tag in ("div", "li", "section", "article") and self._side_by_side(element):
            return
        else:
            self._block(element)

    def _inline(self, element: Element) -> None:
        if element.tag in ("s", "del", "strike") and is_struck_price(element):
            return
        if "data-cfemail" in element.attributes and (mail := protected_mail(element)):
            self.inline.add(mail, bold=self._bold > 0)
            return
        bold = element.tag in _BOLD or bool(_BOLD_STYLE.search(element.get("style")[:_STYLE_CHARACTERS]))
        bold = bold or element.tag == "font" and _is_large(element.get("size"))
        self._bold += bold
        link = element.tag == "a" and "href" in element.attributes
        self.inline.linked += link
        self.read(element)
        self.inline.linked -= link
        if link and element.get("href")[:7].lower().startswith(("tel:", "mailto:")):
            shown = "".join(texts(element))
            if target := link_target(element, shown):
                self._beside_text(f"({target})" if shown.strip() else target)
        self._bold -= bold

    def _beside_text(self, text: str) -> None:
        if text:
            self.inline.space()
            self.inline.add(f"{text} ", bold=False)

    def _picture(self, text: str) -> None:
        if text:
            self.inline.space()
            self.inline.add(f"{text} ", bold=self._bold > 0, picture=True)

    def _block(self, element: Element) -> None:
        self.flush()
        kind, preformatted = self._kind, element.tag in ("pre", "listing", "xmp")
        bold = bool(_BOLD_STYLE.search(element.get("style")[:_STYLE_CHARACTERS]))
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
        kind = self._kind
        if element.tag == "summary":
            self._kind = BlockKind.PARAGRAPH
        before = len(self.met)
        self.read(element)
        lines = self.inline.lines()
        self._kind = kind
        if lines:
            # A heading broken over lines by hand is still one heading.
            text = " ".join(line.text for line in lines)
            if any(sign.isalnum() for sign in text):
                if element.tag != "summary" or len(self.met) == before:
                    self._level = level if element.tag != "summary" else self._level
                line = Line(text, bold=False, picture=all(line.picture for line in lines))
                self._append(Block(BlockKind.HEADING, text, level=level), line)

    # ---- rows, tables and lists of terms

    def _side_by_side(self, element: Element) -> bool:
        """Whether this was a label beside its figure, or a column of them beside a column of those."""
        if cells := pair(element):
            self.flush()
            self._row([" ".join(self._cell_lines(cell)[0]) for cell in cells])
            return True
        if rows := columns(element):
            self.flush()
            for row in rows:
                self._row(row)
            return True
        return False

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
            if row.is_group:
                level = min(self._level + 1, 6)
                self._append(Block(BlockKind.HEADING, row.text, level=level), Line(row.text, bold=False))
                continue
            block = Block(BlockKind.TABLE_ROW, row.text, header=None if row.is_header else header)
            self._append(block, Line(row.text, bold=False))
            header = row.text if row.is_header else header

    def _definitions(self, element: Element) -> None:
        """`<dt>` and `<dd>`: one row where both are short, else the term as a heading of its text."""
        self.flush()
        terms: list[str] = []
        for child in element.children:
            if isinstance(child, str):
                self._text(child)
            elif child.tag == "dt":
                terms.append(" ".join(self._cell_lines(child)[0]))
            elif child.tag == "dd" and terms and _is_short(child) and not terms[-1].endswith("?"):
                self._row([*terms, " ".join(self._cell_lines(child)[0])])
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
                level = min(self._level + 1, 6)
                self._append(Block(BlockKind.HEADING, text, level=level), Line(text, bold=False))
        terms.clear()

    def _row(self, cells: list[str]) -> None:
        shown = [cell for cell in cells if cell]
        if any(sign.isalnum() for cell in shown for sign in cell):
            text = " | ".join(shown)
            self._append(Block(BlockKind.TABLE_ROW, text), Line(text, bold=False))

    def _cell_lines(self, element: Element) -> tuple[list[str], bool]:
        """All an element says, line by line, and whether all of it is bold."""
        if all(isinstance(child, str) for child in element.children) and not self._preformatted:
            text, removed = clean("".join(texts(element)))
            self.inline.removed += removed
            says = any(sign.isalnum() for sign in text) or any(sign in _SIGNS for sign in text)
            return ([text], self._bold > 0 or element.tag in _BOLD) if says else ([], False)
        kept, self.met = self.met, []
        outer, self.inline = self.inline, Inline(linked=self.inline.linked)
        self._bold += element.tag in _BOLD
        self.read(element)
        self.flush()
        self._bold -= element.tag in _BOLD
        found, self.met = self.met, kept
        outer.removed += self.inline.removed
        self.inline = outer
        bold = bool(found) and all(line.bold or block.kind is BlockKind.HEADING for block, line in found)
        return [block.text for block, _ in found], bold

    def flush(self) -> None:
        """Ends the running text: its lines become blocks."""
        if self.inline.empty:
            return
        for line in self.inline.lines():
            if any(sign.isalnum() for sign in line.text) or any(sign in _SIGNS for sign in line.text):
                self._append(Block(self._kind, line.text), line)

    def _append(self, block: Block, line: Line) -> None:
        self.met.append((replace(block, aside=True) if self._aside else block, line))


def _is_large(size: str) -> bool:
    return size.lstrip("+") in ("4", "5", "6", "7", "1", "2", "3") and (size.startswith("+") or size > "3")


def _long_enough(element: Element) -> bool:
    """More than one sign: letters that are animated one by one stay a word."""
    if element.tag in ("input", "select"):
        return True
    return sum(len(child.strip()) if isinstance(child, str) else 2 for child in element.children) > 1


def _is_short(element: Element) -> bool:
    """One value: no structure of several parts in it."""
    inner = [child for child in element.children if isinstance(child, Element)]
    stack = list(inner)
    while stack:
        node = stack.pop()
        if node.tag in ("ul", "ol", "table", "dl") or (node.tag in ("p", "div") and len(inner) > 1):
            return False
        stack.extend(child for child in node.children if isinstance(child, Element))
    return sum(len(text) for text in texts(element)) <= _SHORT_CHARACTERS


def _aria_level(element: Element) -> int:
    level = element.get("aria-level")
    return int(level) if level in ("1", "2", "3", "4", "5", "6") else 2
