"""The elements of WordprocessingML and what each means for the text. A `Reader` of xml.py, called by docx.py.

Names and values are those of ECMA-376 part 1, chapter 17.
"""

from __future__ import annotations

from collections.abc import Callable

from ingestion.extract.docx_story import Field, Run, Story
from ingestion.extract.docx_styles import LEVELS, Styles, is_on
from ingestion.extract.opc import Relation

_MAX_LINKS = 1_000
# Former properties, deleted and moved text, readings beside characters, data of fields: never shown.
_SKIPPED = frozenset(
    """
    w:moveFrom w:delText w:delInstrText w:pPrChange w:rPrChange w:sectPrChange w:tblPrChange w:tblPrExChange
    w:trPrChange w:tcPrChange w:tblGridChange w:numberingChange w:rt w:fldData w:binData w:ffData w:tblGrid
    """.split()
)
_SAID = {"w:tab": " ", "w:ptab": " ", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_WHITE = "FFFFFF"
_TINY = 3  # half points
_PRIVATE = range(0xE000, 0xF900)  # signs of symbol fonts, which mean nothing outside of their font


class Markup:
    def __init__(self, story: Story, styles: Styles, relations: dict[str, Relation]):
        self.edges: list[str] = []  # ids of the headers and footers, in the order of the sections
        self._story = story
        self._styles = styles
        self._relations = relations
        self._captures = False
        self._instructs = False
        self._in_paragraph_properties = False
        self._in_row_properties = False
        self._is_prompt = False
        self._starts: dict[str, Callable[[dict[str, str]], bool | None]] = {
            "w:p": self._paragraph, "w:r": self._run, "w:t": self._capture, "m:t": self._capture,
            "w:tbl": self._table, "w:tr": self._row, "w:tc": self._cell, "w:txbxContent": self._box,
            "w:pPr": self._paragraph_properties, "w:trPr": self._row_properties,
            "w:pStyle": self._paragraph_style, "w:outlineLvl": self._outline, "w:numId": self._list,
            "w:ilvl": self._list_level, "w:rStyle": self._run_style, "w:b": self._bold, "w:vanish": self._vanish,
            "w:color": self._color, "w:sz": self._size, "w:shd": self._shade, "w:highlight": self._shade,
            "w:lang": self._language, "w:sym": self._symbol, "w:del": self._deleted, "w:cellDel": self._cell_deleted,
            "w:hidden": self._row_hidden, "w:tblHeader": self._row_named, "w:gridSpan": self._span,
            "w:vMerge": self._covered, "w:tblStyle": self._table_style, "w:tblLook": self._table_look,
            "w:fldChar": self._field, "w:fldSimple": self._simple_field, "w:instrText": self._instruction,
            "w:sdtPr": self._control, "w:showingPlcHdr": self._prompt, "w:sdtContent": self._control_content,
            "w:hyperlink": self._link, "w:footnote": self._note, "w:endnote": self._note,
            "w:footnoteReference": self._refer_foot, "w:endnoteReference": self._refer_end,
            "w:headerReference": self._edge, "w:footerReference": self._edge,
            "w:altChunk": self._embedded, "w:subDoc": self._embedded, "a:blip": self._picture,
            "v:imagedata": self._picture,
        }  # fmt: skip
        self._ends: dict[str, Callable[[], None]] = {
            "w:p": story.end_paragraph, "w:r": story.end_run, "w:t": self._release, "m:t": self._release,
            "w:tbl": story.end_table, "w:tr": story.end_row, "w:tc": story.end_flow, "w:txbxContent": story.end_box,
            "w:pPr": self._end_paragraph_properties, "w:trPr": self._end_row_properties,
            "w:footnote": story.end_flow, "w:endnote": story.end_flow, "w:instrText": self._end_instruction,
            "w:fldSimple": self._end_field,
        }  # fmt: skip

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        handler = self._starts.get(name)
        if handler is not None:
            return handler(attributes)
        if name in _SAID:
            self._story.say(_SAID[name])
            return None
        return name in _SKIPPED

    def end(self, name: str) -> None:
        handler = self._ends.get(name)
        if handler is not None:
            handler()

    def text(self, data: str) -> None:
        if self._captures:
            self._story.say(data)
        elif self._instructs and (paragraph := self._story.paragraph) is not None and paragraph.fields:
            paragraph.fields[-1].instruction = (paragraph.fields[-1].instruction + data)[:80]

    # Structure.

    def _paragraph(self, _: dict[str, str]) -> None:
        self._story.start_paragraph()

    def _run(self, _: dict[str, str]) -> None:
        self._story.start_run()

    def _capture(self, _: dict[str, str]) -> None:
        self._captures = True

    def _release(self) -> None:
        self._captures = False

    def _table(self, _: dict[str, str]) -> None:
        self._story.start_table()

    def _row(self, _: dict[str, str]) -> None:
        self._story.start_row()

    def _cell(self, _: dict[str, str]) -> None:
        self._story.start_cell()

    def _box(self, _: dict[str, str]) -> None:
        self._story.start_box()

    def _note(self, attributes: dict[str, str]) -> bool | None:
        """Separators are kept among the notes."""
        if attributes.get("w:type", "normal") != "normal":
            return True
        self._story.start_note(attributes.get("w:id", ""))
        return None

    def _refer_foot(self, attributes: dict[str, str]) -> None:
        self._story.refer(f"foot{attributes.get('w:id', '')}")

    def _refer_end(self, attributes: dict[str, str]) -> None:
        self._story.refer(f"end{attributes.get('w:id', '')}")

    def _edge(self, attributes: dict[str, str]) -> None:
        identity = attributes.get("r:id", "")
        if identity not in self.edges:
            self.edges.append(identity)

    def _embedded(self, _: dict[str, str]) -> None:
        self._story.gather.faults.append("a document inside of it")

    def _picture(self, _: dict[str, str]) -> None:
        self._story.gather.pictures += 1

    def _link(self, attributes: dict[str, str]) -> None:
        relation = self._relations.get(attributes.get("r:id", ""))
        links = self._story.gather.links
        if relation is not None and relation.external and len(links) < _MAX_LINKS:
            address = relation.target.partition("#")[0]
            if address.startswith(("http://", "https://")):
                links[address] = None

    # Properties of paragraphs and runs.

    def _paragraph_properties(self, _: dict[str, str]) -> None:
        self._in_paragraph_properties = True

    def _end_paragraph_properties(self) -> None:
        self._in_paragraph_properties = False

    def _paragraph_style(self, attributes: dict[str, str]) -> None:
        if (paragraph := self._story.paragraph) is not None:
            paragraph.style = attributes.get("w:val", "")

    def _outline(self, attributes: dict[str, str]) -> None:
        value = attributes.get("w:val", "")
        if (paragraph := self._story.paragraph) is not None and value.isdecimal():
            paragraph.outline = min(int(value[:3]), LEVELS)

    def _list(self, attributes: dict[str, str]) -> None:
        if (paragraph := self._story.paragraph) is not None:
            paragraph.list_id = attributes.get("w:val", "")

    def _list_level(self, attributes: dict[str, str]) -> None:
        value = attributes.get("w:val", "")
        if (paragraph := self._story.paragraph) is not None and value.isdecimal():
            paragraph.list_level = min(int(value[:3]), LEVELS - 1)

    def _run_style(self, attributes: dict[str, str]) -> None:
        if (run := self._open_run()) is not None:
            run.style = attributes.get("w:val", "")

    def _bold(self, attributes: dict[str, str]) -> None:
        if (run := self._open_run()) is not None:
            run.bold = is_on(attributes.get("w:val", "1"))

    def _vanish(self, attributes: dict[str, str]) -> None:
        if (run := self._open_run()) is not None:
            run.hidden = is_on(attributes.get("w:val", "1"))

    def _color(self, attributes: dict[str, str]) -> None:
        if (run := self._open_run()) is not None:
            run.white = attributes.get("w:val", "").upper() == _WHITE

    def _size(self, attributes: dict[str, str]) -> None:
        value = attributes.get("w:val", "")
        if (run := self._open_run()) is not None and value.isdecimal() and int(value[:6]) <= _TINY:
            run.hidden = True

    def _shade(self, attributes: dict[str, str]) -> None:
        fill = attributes.get("w:fill", attributes.get("w:val", "")).upper()
        paragraph = self._story.paragraph
        if paragraph is None or fill in ("", "AUTO", "NONE", _WHITE, "WHITE"):
            return
        if (run := self._open_run()) is not None:
            run.shaded = True
        else:
            paragraph.shaded = True

    def _language(self, attributes: dict[str, str]) -> None:
        if (run := self._open_run()) is not None:
            run.language = attributes.get("w:val", "")

    def _symbol(self, attributes: dict[str, str]) -> None:
        try:
            code = int(attributes.get("w:char", ""), 16)
        except ValueError:
            return
        if code not in _PRIVATE and 0x20 < code < 0xD800:
            self._story.say(chr(code))

    def _open_run(self) -> Run | None:
        paragraph = self._story.paragraph
        return paragraph.run if paragraph is not None and not self._in_paragraph_properties else None

    # Changes that wait for a yes: what was deleted is gone, what was inserted stands.

    def _deleted(self, _: dict[str, str]) -> bool:
        paragraph = self._story.paragraph
        if self._in_row_properties:
            self._story.drop_row()
        elif self._in_paragraph_properties and paragraph is not None:
            paragraph.mark_deleted = True
        return True

    def _cell_deleted(self, _: dict[str, str]) -> bool:
        if (cell := self._story.cell) is not None:
            cell.dropped = True
        return True

    # Tables.

    def _row_properties(self, _: dict[str, str]) -> None:
        self._in_row_properties = True

    def _end_row_properties(self) -> None:
        self._in_row_properties = False

    def _row_hidden(self, attributes: dict[str, str]) -> None:
        if self._in_row_properties and is_on(attributes.get("w:val", "1")):
            self._story.drop_row()

    def _row_named(self, attributes: dict[str, str]) -> None:
        if (row := self._story.row) is not None:
            row.named = is_on(attributes.get("w:val", "1"))

    def _span(self, attributes: dict[str, str]) -> None:
        value = attributes.get("w:val", "")
        if (cell := self._story.cell) is not None and value.isdecimal():
            cell.span = max(1, int(value[:4]))

    def _covered(self, attributes: dict[str, str]) -> None:
        if (cell := self._story.cell) is not None:
            cell.covered = attributes.get("w:val", "continue") == "continue"

    def _table_style(self, attributes: dict[str, str]) -> None:
        if (table := self._story.table) is not None:
            table.style_names_first = bool(self._styles.of(attributes.get("w:val", "")).first_row_bold)

    def _table_look(self, attributes: dict[str, str]) -> None:
        """A style's bold first row counts where the table has it switched on. Old files say it as one bit."""
        table = self._story.table
        if table is None:
            return
        value = attributes.get("w:val", "")
        try:
            bit = bool(int(value, 16) & 0x20)
        except ValueError:
            bit = False
        table.first_is_named = table.style_names_first and is_on(attributes.get("w:firstRow", "1" if bit else "0"))

    # Fields and content controls.

    def _field(self, attributes: dict[str, str]) -> None:
        paragraph = self._story.paragraph
        if paragraph is None:
            return
        kind = attributes.get("w:fldCharType")
        if kind == "begin" and len(paragraph.fields) < 20:
            paragraph.fields.append(Field())
        elif kind == "separate" and paragraph.fields:
            paragraph.fields[-1].is_result = True
        elif kind == "end":
            self._end_field()

    def _simple_field(self, attributes: dict[str, str]) -> None:
        if (paragraph := self._story.paragraph) is not None:
            paragraph.fields.append(Field(attributes.get("w:instr", "")[:80], is_result=True))

    def _end_field(self) -> None:
        if (paragraph := self._story.paragraph) is not None and paragraph.fields:
            paragraph.fields.pop()

    def _instruction(self, _: dict[str, str]) -> None:
        self._instructs = True

    def _end_instruction(self) -> None:
        self._instructs = False

    def _control(self, _: dict[str, str]) -> None:
        self._is_prompt = False

    def _prompt(self, attributes: dict[str, str]) -> None:
        self._is_prompt = is_on(attributes.get("w:val", "1"))

    def _control_content(self, _: dict[str, str]) -> bool:
        """Nothing was filled in: “Click here to enter text”."""
        prompt, self._is_prompt = self._is_prompt, False
        return prompt
