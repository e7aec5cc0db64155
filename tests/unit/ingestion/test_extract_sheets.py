"""XLSX, ODS and CSV as people see them: shown numbers and dates, rows with column names, nothing hidden."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
import xlsxwriter

from ingestion.extract.formats import BUILT_IN, show_number, show_text
from ingestion.extract.kinds import CSV, ODS, TSV, XLSX
from ingestion.extract.read import read_document
from ingestion.model import BlockKind, ExtractedDocument, Reason
from tests.unit.ingestion.office_files import odf, relations, rows, xlsx, xlsx_parts, zipped

EURO = "#,##0.00\\ [$€-407]"


def read(body: bytes, media_type: str = XLSX, name: str = "file:unsere_preise.xlsx") -> ExtractedDocument:
    return read_document(body, name, media_type, None)


def lines(found: ExtractedDocument) -> list[tuple[str, str | None]]:
    return [(block.text, block.header) for block in found.blocks]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.5, "0%", "50%"), (0.125, "0.0%", "12.5%"), (45000, "dd.mm.yyyy", "15.03.2023"), (3, "General", "3"),
        (0.1 + 0.2, "General", "0.3"), (1234.5, EURO, "1.234,50 €"), (1234.5, '#,##0.00 "€"', "1234.50 €"),
        (1234.5, "$#,##0.00", "$1,234.50"), (1234567.891, "#,##0.00\\ [$CHF-807]", "1’234’567.89 CHF"),
        (12.5, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-', "12.50 €"),
        (-12.5, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', "-12.50 €"), (-3, "0;(0)", "(3)"), (-3, "0", "-3"),
        (1.005, "0.00", "1.01"), (2.675, "0.00", "2.68"), (-0.001, "0.00", "0.00"), (5, "0.##", "5"),
        (0.375, "h:mm", "9:00"), (0.75, "h:mm AM/PM", "6:00 PM"), (1.5, "[h]:mm", "36:00"),
        (0.3333, 'h:mm" Uhr"', "7:59 Uhr"),
        (45000, "[$-407]dddd, d. mmmm yyyy", "Mittwoch, 15. März 2023"), (45000, "mmm-yy", "Mar-23"),
        (45000, "m/d/yyyy", "3/15/2023"), (45000, BUILT_IN[14], "2023-03-15"), (59, "d. mmm", "28. Feb"),
        (4915123456, "0000 000000", "4915 123456"), (7, '"Nr. "0', "Nr. 7"), (1.5, "# ?/?", "1 1/2"),
        (12345, "0.00E+00", "1.23E+04"), (1e20, "0.00", "1.00000E+20"), (5, ";;;", ""),
        (61, 'General" Stück"', "61 Stück"),
        (150, '[>100]"viel";0', "viel"), (50, '[>100]"viel";0', "50"), (1234567, '#,##0,"k"', "1235k"),
        (3.5, '[Red]0.0 "m²"', "3.5 m²"), (float("nan"), "0", ""), (1e308, "%" * 200, "1.00000E+308"),
    ],
)  # fmt: skip
def test_a_number_is_shown_as_its_format_shows_it(value: float, code: str, shown: str):
    assert show_number(value, code) == shown


def test_dates_may_be_counted_from_1904_and_formats_may_frame_or_hide_text():
    assert show_number(43538, "yyyy-mm-dd", from_1904=True) == "2023-03-15"
    assert (show_text("12", '"Zimmer "@'), show_text("x", ";;;"), show_text("x", "0.00")) == ("Zimmer 12", "", "x")


def test_rows_carry_the_names_of_their_columns_and_numbers_their_formats():
    sheet = rows(("Artikel", "Preis", "Rabatt", "Ab"), ("Brot", (3.5, 1), (0.5, 2), (45000, 3)), ("Torte", (1020, 1)))
    found = read(xlsx({"Preise": sheet}, formats=(EURO, "0%", "dd.mm.yyyy")))
    header = "Artikel | Preis | Rabatt | Ab"
    assert found.reason is None
    assert lines(found) == [
        ("Preise", None), (header, None), ("Brot | 3,50 € | 50% | 15.03.2023", header), ("Torte | 1.020,00 €", header),
    ]  # fmt: skip
    assert (found.blocks[0].kind, found.title) == (BlockKind.HEADING, "Preise")


def test_a_title_above_a_group_within_and_a_remark_below_are_no_rows():
    sheet = rows(("Speisekarte",), (), ("Gericht", "Preis"), ("Suppe", 4.5), (), ("Kuchen",), ("Torte", 3.5), (),
                 ("Alle Preise inkl. MwSt.",))  # fmt: skip
    found = read(xlsx({"Tabelle1": sheet}))
    assert [(block.kind.value, block.text, block.header) for block in found.blocks] == [
        ("paragraph", "Speisekarte", None), ("table_row", "Gericht | Preis", None),
        ("table_row", "Suppe | 4.5", "Gericht | Preis"), ("heading", "Kuchen", None),
        ("table_row", "Torte | 3.5", "Gericht | Preis"), ("paragraph", "Alle Preise inkl. MwSt.", None),
    ]  # fmt: skip
    assert found.title == "Speisekarte"


def test_hours_without_names_get_none():
    found = read(xlsx({"Zeiten": rows(("Montag", "geschlossen"), ("Dienstag", "8-12"), ("Mittwoch", 8.0))}))
    assert {header for _, header in lines(found)} == {None}


def test_another_table_below_does_not_take_the_names_of_the_one_above():
    sheet = rows(("Artikel", "Preis"), ("Brot", 3.5), (), ("Telefon", "0123 456"), ("Mail", "a@b.example"))
    assert lines(read(xlsx({"A": sheet})))[-1] == ("Mail | a@b.example", None)


def test_hidden_sheets_rows_and_columns_are_not_read_and_counted():
    columns = '<cols><col min="3" max="3" hidden="1"/></cols>'
    sheet = columns + rows(("Artikel", "Preis", "Einkauf"), ("Brot", 3.5, "geheim"), ("Alt", 1.0, "x"), hidden=(3,))
    found = read(
        xlsx(
            {"A": sheet, "B": rows(("Marge 40%",)), "C": rows(("ganz weg",))}, states={"B": "hidden", "C": "veryHidden"}
        )
    )
    assert [text for text, _ in lines(found)] == ["A", "Artikel | Preis", "Brot | 3.5"]
    assert found.removed == len("EinkaufgeheimAlt1xMarge40%ganzweg")


def test_merged_cells_hold_for_each_row_and_shared_strings_are_joined_from_their_runs():
    strings = "<si><r><t>Kin</t></r><r><t>der</t></r><rPh><t>x</t></rPh></si>"
    sheet = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v>'
    )
    sheet += '</c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>'
    parts = xlsx_parts({"A": sheet})
    parts["xl/sharedStrings.xml"] = str(parts["xl/sharedStrings.xml"]).replace("</sst>", strings + "</sst>")
    assert [text for text, _ in lines(read(zipped(parts)))] == ["A", "Kinder | 1", "Kinder | 2"]


def test_formulas_are_read_by_their_stored_result_and_told_where_there_is_none():
    cells = '<c r="A1" t="str"><f>A9</f><v>Summe</v></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><f>2+2</f></c>'
    cells += '<c r="D1" t="e"><v>#REF!</v></c><c r="E1" t="str"><f>""</f><v></v></c>'
    found = read(xlsx({"A": f"<sheetData><row>{cells}</row></sheetData>"}))
    assert lines(found)[-1][0] == "Summe | 2"
    assert (found.reason, found.detail) == (Reason.PARSE_INCOMPLETE, "formulas without a stored result in “A”: 1")


def test_a_missing_or_damaged_sheet_is_told_and_the_others_are_kept():
    parts = xlsx_parts({"A": rows(("erste", 1.0)), "B": rows(("zweite", 2.0)), "C": rows(("dritte", 3.0))})
    del parts["xl/worksheets/sheet2.xml"]
    parts["xl/worksheets/sheet3.xml"] = str(parts["xl/worksheets/sheet3.xml"])[:-60]
    found = read(zipped(parts))
    assert [text for text, _ in lines(found)][:2] == ["A", "erste | 1"]
    assert found.reason is Reason.PARSE_INCOMPLETE
    assert found.detail == "sheet “B”: xl/worksheets/sheet2.xml: missing; sheet “C”: damaged in line 1"


def test_text_in_a_box_on_a_sheet_is_read():
    parts = xlsx_parts({"A": rows(("a", 1.0))})
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations({"d": ("drawing", "../drawings/drawing1.xml")})
    parts["xl/drawings/drawing1.xml"] = (
        '<d xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>Frühstück inklusive</a:t>'
        "</a:r></a:p></d>"
    )
    assert lines(read(zipped(parts)))[-1][0] == "Frühstück inklusive"


def test_what_openpyxl_writes_is_read_cell_for_cell():
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Zimmer", "Preis", "Frei ab"])
    sheet.append(["Einzel", 59.5, datetime.date(2030, 1, 2)])
    sheet["B2"].number_format, sheet["C2"].number_format = EURO, "dd.mm.yyyy"
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue())
    assert lines(found)[-1] == ("Einzel | 59,50 € | 02.01.2030", "Zimmer | Preis | Frei ab")
    assert found.title == "unsere preise"


def test_what_xlsxwriter_writes_is_read_with_its_tables_and_formulas():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Kurse")
    columns = [{"header": "Kurs"}, {"header": "Leitung"}]
    sheet.add_table("B3:C5", {"columns": columns, "data": [["Yoga", "Anna"], ["Pilates", "Ben"]]})
    sheet.write_formula("B7", "=1+1", None, 42)
    book.close()
    assert lines(read(out.getvalue())) == [
        ("Kurse", None), ("Kurs | Leitung", None), ("Yoga | Anna", "Kurs | Leitung"),
        ("Pilates | Ben", "Kurs | Leitung"), ("42", None),
    ]  # fmt: skip


def cell(text: str, kind: str = "string", more: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p></table:table-cell>'


def test_an_ods_is_read_as_it_is_shown():
    body = '<table:table table:name="Zimmer"><table:table-column/><table:table-column table:visibility="collapse"/>'
    body += "<table:table-column/><table:table-header-rows><table:table-row>" + cell("Zimmer") + cell("geheim")
    body += cell("Preis") + "</table:table-row></table:table-header-rows><table:table-row>"
    body += cell("Einzel", more='table:number-rows-spanned="2"') + cell("x") + cell("59,00 €", "currency")
    body += "</table:table-row><table:table-row><table:covered-table-cell/>" + cell("y") + cell("89,00 €", "currency")
    body += '</table:table-row><table:table-row table:visibility="collapse">' + cell("versteckt") + "</table:table-row>"
    body += '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row></table:table>'
    body += '<table:table table:name="Intern" table:style-name="ta2"><table:table-row>' + cell("nein")
    body += "</table:table-row></table:table>"
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    found = read(odf("spreadsheet", body, automatic=hidden), ODS)
    assert lines(found) == [
        ("Zimmer", None), ("Zimmer | Preis", None), ("Einzel | 59,00 €", "Zimmer | Preis"),
        ("Einzel | 89,00 €", "Zimmer | Preis"),
    ]  # fmt: skip
    assert found.removed == len("geheimxyverstecktnein")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ('Artikel;Preis;Notiz\nBrot;3,50 €;"frisch; täglich\nab 6 Uhr"\nTorte;20,00 €;\n', CSV),
        ('\ufeffArtikel,Preis,Notiz\r\nBrot,"3,50 €","frisch; täglich\r\nab 6 Uhr"\r\nTorte,"20,00 €",\r\n', CSV),
        ('sep=|\nArtikel|Preis|Notiz\nBrot|3,50 €|"frisch; täglich\nab 6 Uhr"\nTorte|20,00 €|\n', CSV),
        ('Artikel\tPreis\tNotiz\nBrot\t3,50 €\t"frisch; täglich\nab 6 Uhr"\nTorte\t20,00 €\t\n', TSV),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_csv_is_read_with_its_sign_its_quotes_and_its_characters(body: str, media_type: str, encoding: str):
    if encoding == "cp1252":
        body = body.removeprefix("\ufeff")
    found = read(body.encode(encoding), media_type, "file:liste.csv")
    header = "Artikel | Preis | Notiz"
    assert found.reason is None
    assert lines(found) == [
        (header, None), ("Brot | 3,50 € | frisch; täglich ab 6 Uhr", header), ("Torte | 20,00 €", header),
    ]  # fmt: skip
    assert found.title == "liste"


def test_a_csv_without_names_has_none_and_one_column_is_text():
    assert {header for _, header in lines(read(b"Brot;3,50\nTorte;20,00\n", CSV))} == {None}
    assert lines(read(b"Eine Zeile.\nNoch eine, mit Komma.\n", CSV))[0] == ("Eine Zeile.", None)
