"""An XLSX in, an `ExtractedDocument` out: what each sheet shows, as rows with their columns' names. Runs in the child.

Numbers and dates are shown as their formats show them, formulas by the result that Excel stored. Hidden
sheets, rows and columns are not shown and not read.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from ingestion.extract.archive import Archive
from ingestion.extract.drawing import drawn_text
from ingestion.extract.flow import Writer
from ingestion.extract.gather import Full, Gather, Unread
from ingestion.extract.grid import MAX_COLUMNS, Room, Sheet, write_sheet
from ingestion.extract.opc import Package, Relation
from ingestion.extract.xlsx_sheet import SheetReader
from ingestion.extract.xlsx_styles import SharedStrings, Styles
from ingestion.extract.xml import Reader, read_xml
from ingestion.model import BlockKind, ExtractedDocument

_MAX_SHEETS = 500
_PLAIN_NAME = re.compile(
    r"^(?:sheet|tabelle|feuil|hoja|foglio|blad|ark|arkusz|planilha|folha|taulukko|list)\s*\d*$", re.I
)
_ROW = re.compile(rb"<(?:\w{1,20}:)?row[\s/>]")


def read_xlsx(archive: Archive, name: str) -> ExtractedDocument:
    """`name` titles a file without a title of its own. Raises Unread."""
    return _Xlsx(Package(archive)).read(name)


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    relation: str
    hidden: bool


class _Xlsx:
    def __init__(self, package: Package):
        self._package = package
        self._gather = Gather()
        self._strings = SharedStrings(self._gather)
        self._styles = Styles()
        self._room = Room()

    def read(self, name: str) -> ExtractedDocument:
        main = self._package.main()
        relations = self._package.relations(main)
        workbook = _Workbook()
        self._read(main, workbook)
        for kind, reader in (("styles", self._styles), ("sharedStrings", self._strings)):
            part = next((one.target for one in relations.values() if one.kind == kind and not one.external), None)
            if part is not None:
                self._read(part, reader)
        self._styles.from_1904 = workbook.from_1904
        shown = [listed for listed in workbook.sheets if not listed.hidden]
        with suppress(Full):
            for number, listed in enumerate(shown):
                self._sheet(listed, relations, headed=len(shown) > 1 or not _PLAIN_NAME.match(listed.name))
                if self._room.is_full:
                    self._more_sheets(len(shown) - number - 1)
                    break
        for listed in workbook.sheets:
            if listed.hidden:
                self._hide(listed, relations)
        title, language = self._package.properties(self._gather)
        return self._gather.close(title=title, name=name, language=language)

    def _sheet(self, listed: _Listed, relations: dict[str, Relation], *, headed: bool) -> None:
        relation = relations.get(listed.relation)
        if relation is None or relation.external:
            self._gather.faults.append(f"sheet “{listed.name}” is missing")
            return
        if relation.kind != "worksheet":
            return  # a chart or a macro on a sheet of its own has no cells
        part = relation.target
        own = self._relations(part)
        reader = SheetReader(self._strings, self._styles, self._room)
        self._read(part, reader, f"sheet “{listed.name}”")
        if headed:
            self._gather.add(BlockKind.HEADING, listed.name, level=2)
        names = reader.names | self._table_names(own)
        rows = reader.rows()
        write_sheet(self._gather, Sheet(rows, frozenset(names), frozenset(reader.hidden_rows)))
        self._tell(listed.name, part, reader)
        self._drawings(own)

    def _tell(self, name: str, part: str, reader: SheetReader) -> None:
        gather = self._gather
        gather.removed += reader.hidden_characters
        if reader.full:
            total = self._count_rows(part)
            gather.limits.append(f"{reader.row_count} of {max(total, reader.row_count)} rows of “{name}”")
        if reader.cut_columns:
            gather.limits.append(f"the first {MAX_COLUMNS} columns of “{name}”")
        if reader.uncounted:
            gather.faults.append(f"formulas without a stored result in “{name}”: {reader.uncounted}")
        if reader.missing_strings:
            gather.faults.append(f"missing texts in “{name}”: {reader.missing_strings}")

    def _table_names(self, relations: dict[str, Relation]) -> set[int]:
        """The rows of names of the tables that were made on this sheet."""
        found: set[int] = set()
        for relation in list(relations.values())[:100]:
            if relation.kind == "table" and not relation.external:
                table = _Table()
                self._read(relation.target, table)
                if table.row is not None:
                    found.add(table.row)
        return found

    def _drawings(self, relations: dict[str, Relation]) -> None:
        writer = Writer(self._gather)
        for relation in list(relations.values())[:20]:
            if relation.kind == "drawing" and not relation.external:
                writer.write(drawn_text(self._package.archive, relation.target, self._gather))
        writer.end()

    def _hide(self, listed: _Listed, relations: dict[str, Relation]) -> None:
        """Counts what a hidden sheet says, so that the owner can be told how much was left out."""
        relation = relations.get(listed.relation)
        if relation is None or relation.external or relation.kind != "worksheet":
            return
        reader = SheetReader(self._strings, self._styles, Room())
        with suppress(Unread, Full):  # damage in what nobody is shown is no loss
            read_xml(self._package.archive.pieces(relation.target), reader)
        self._gather.removed += reader.hidden_characters
        for row in reader.rows().values():
            for value in row.values():
                self._gather.hide(value.text)

    def _more_sheets(self, count: int) -> None:
        if count:
            self._gather.limits.append(f"{count} more sheet{'s' if count > 1 else ''}")

    def _count_rows(self, part: str) -> int:
        count, tail = 0, b""
        for piece in self._package.archive.pieces(part):
            held = tail + piece
            count += len(_ROW.findall(held))
            tail = held[-25:]
            count -= len(_ROW.findall(tail))
        return count + len(_ROW.findall(tail))

    def _relations(self, part: str) -> dict[str, Relation]:
        try:
            return self._package.relations(part)
        except Unread as error:
            self._gather.note(part, error)
            return {}

    def _read(self, part: str, reader: Reader, called: str = "") -> None:
        """What a damaged part said before its damage is kept, and the damage is told."""
        try:
            read_xml(self._package.archive.pieces(part), reader)
        except Unread as error:
            self._gather.note(called or part, error)
        except Full:
            return  # the reader knows; its sheet is told with the rows that it has


class _Workbook:
    """Sheets in the order of their tabs."""

    def __init__(self) -> None:
        self.sheets: list[_Listed] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "x:sheet" and len(self.sheets) < _MAX_SHEETS:
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append(_Listed(attributes.get("name", "")[:100], attributes.get("r:id", ""), hidden))
        elif name == "x:workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        return None

    def end(self, name: str) -> None:
        """Nothing is open."""

    def text(self, data: str) -> None:
        """The workbook says nothing itself."""


class _Table:
    def __init__(self) -> None:
        self.row: int | None = None

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "x:table" and attributes.get("headerRowCount", "1") != "0":
            match = re.match(r"\$?[A-Z]{1,3}\$?(\d{1,7})", attributes.get("ref", ""))
            self.row = int(match.group(1)) if match else None
        return True if name != "x:table" else None

    def end(self, name: str) -> None:
        """Nothing is open."""

    def text(self, data: str) -> None:
        """A table says nothing itself."""
