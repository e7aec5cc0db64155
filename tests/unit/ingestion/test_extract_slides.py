"""PPTX, ODP and ODT as people see them; what a file is, is decided by what is in it."""

from __future__ import annotations

import io

import pptx as python_pptx
import pytest
from pptx.shapes.placeholder import SlidePlaceholder
from pptx.util import Inches

from ingestion.extract.kinds import DOCX, ODP, ODT, PPTX, XLSX
from ingestion.extract.read import read_document
from ingestion.model import BlockKind, ExtractedDocument, Reason
from tests.unit.ingestion.office_files import docx, odf, p, pptx, pptx_parts, rows, shape, xlsx, zipped


def read(body: bytes, media_type: str = PPTX) -> ExtractedDocument:
    return read_document(body, "file:unser-kurs.pptx", media_type, None)


def told(found: ExtractedDocument) -> list[tuple[int | None, str, str]]:
    assert found.reason is None, found.detail
    return [(block.page, block.kind.value, block.text) for block in found.blocks]


def test_slides_are_read_in_the_order_of_the_show_with_their_numbers():
    second = shape("Punkt eins", "Punkt zwei", place="body") + shape("Zwei", place="title") + shape("5", place="sldNum")
    found = read(pptx([second, shape("Eins", place="ctrTitle") + shape("frei")], order=(2, 1), title="Segelkurs"))
    assert told(found) == [
        (1, "heading", "Eins"), (1, "paragraph", "frei"), (2, "heading", "Zwei"), (2, "list_item", "Punkt eins"),
        (2, "list_item", "Punkt zwei"),
    ]  # fmt: skip
    assert (found.title, found.language, found.pages) == ("Segelkurs", "de", 2)


def test_hidden_slides_and_shapes_are_not_read_and_counted():
    found = read(pptx(["<!--hidden-->" + shape("weg", place="title"), shape("da") + shape("fort", hidden=True)]))
    assert told(found) == [(2, "paragraph", "da")]
    assert found.removed == len("wegfort")


def test_a_missing_slide_is_told_and_the_others_are_kept():
    parts = pptx_parts([shape("eins"), shape("zwei")])
    del parts["ppt/slides/slide1.xml"]
    found = read(zipped(parts))
    assert [block.text for block in found.blocks] == ["zwei"]
    assert (found.reason, found.detail) == (
        Reason.PARSE_INCOMPLETE, "slide 1: ppt/slides/slide1.xml: missing",
    )  # fmt: skip


def test_what_another_library_writes_is_read_without_its_notes():
    show = python_pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    title, frame, notes = slide.shapes.title, slide.placeholders[1], slide.notes_slide.notes_text_frame
    assert title is not None and isinstance(frame, SlidePlaceholder) and notes is not None
    title.text = "Kurse"
    frame.text_frame.text = "Anfänger: 3 Tage"
    frame.text_frame.add_paragraph().text = "Fortgeschrittene"
    notes.text = "nicht vorlesen"
    wide = Inches(1)
    table = slide.shapes.add_table(2, 2, wide, wide, wide, wide).table
    for row, line in enumerate((("Kurs", "Preis"), ("Jolle", "120 €"))):
        for column, text in enumerate(line):
            table.cell(row, column).text = text
    slide.shapes.add_group_shape().shapes.add_textbox(wide, wide, wide, wide).text_frame.text = "Im Hafen"
    out = io.BytesIO()
    show.save(out)
    found = read(out.getvalue())
    assert told(found) == [
        (1, "heading", "Kurse"), (1, "list_item", "Anfänger: 3 Tage"), (1, "list_item", "Fortgeschrittene"),
        (1, "table_row", "Kurs | Preis"), (1, "table_row", "Jolle | 120 €"), (1, "paragraph", "Im Hafen"),
    ]  # fmt: skip
    assert found.blocks[4].header == "Kurs | Preis"


def test_an_odp_is_read_slide_by_slide():
    frame = '<draw:frame presentation:class="{}"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    hidden = (
        '<style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    body = f"<draw:page>{frame.format('title', 'Yoga')}{frame.format('', 'Montags 18 Uhr')}"
    body += f"{frame.format('date-time', '1.1.2030')}<presentation:notes><text:p>Notiz</text:p></presentation:notes>"
    body += f'</draw:page><draw:page draw:style-name="dp2">{frame.format("title", "weg")}</draw:page>'
    body += f"<draw:page>{frame.format('title', 'Preise')}</draw:page>"
    found = read(odf("presentation", body, automatic=hidden), ODP)
    assert told(found) == [(1, "heading", "Yoga"), (1, "paragraph", "Montags 18 Uhr"), (3, "heading", "Preise")]
    assert (found.pages, found.removed) == (3, 3)


def test_an_odt_is_read_as_it_is_shown():
    automatic = (
        '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"'
        ' style:num-suffix="."/></text:list-style>'
    )
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Außer montags.</text:p>"
    note += "</text:note-body></text:note>"
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gelöscht</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><text:h text:outline-level="1">Gasthof</text:h>'
        f'<text:p>Warme Küche<text:s text:c="2"/>bis 21 Uhr<text:span text:style-name="H">geheim</text:span>{note}.'
        "<office:annotation><text:p>Kommentar</text:p></office:annotation></text:p>"
        '<text:list text:style-name="L"><text:list-item><text:p>Suppe</text:p></text:list-item><text:list-item>'
        "<text:p>Salat</text:p></text:list-item></text:list>"
        '<text:section text:display="none"><text:p>versteckt</text:p></text:section>'
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Gericht</text:p>"
        "</table:table-cell><table:table-cell><text:p>Preis</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows><table:table-row><table:table-cell><text:p>Gulasch</text:p></table:table-cell>"
        "<table:table-cell><text:p>9,80 €</text:p></table:table-cell></table:table-row></table:table>"
        '<text:p text:style-name="B">Anfahrt</text:p><text:p>Mit dem Bus,<text:line-break/>Linie 3.</text:p>'
    )
    masters = "<style:master-page><style:footer><text:p>Gasthof zur Post · 0123</text:p>"
    masters += "<text:p>Seite <text:page-number>1</text:page-number></text:p></style:footer></style:master-page>"
    meta = "<dc:title>Unser Gasthof</dc:title><dc:language>de-DE</dc:language>"
    found = read(odf("text", body, automatic=automatic, masters=masters, meta=meta), ODT)
    assert [(kind, text) for _, kind, text in told(found)] == [
        ("paragraph", "Gasthof zur Post · 0123"), ("heading", "Gasthof"), ("paragraph", "Warme Küche bis 21 Uhr."),
        ("paragraph", "Außer montags."), ("list_item", "1. Suppe"), ("list_item", "2. Salat"),
        ("table_row", "Gericht | Preis"), ("table_row", "Gulasch | 9,80 €"), ("heading", "Anfahrt"),
        ("paragraph", "Mit dem Bus,"), ("paragraph", "Linie 3."),
    ]  # fmt: skip
    assert (found.title, found.language, found.removed) == ("Unser Gasthof", "de", len("geheimversteckt"))


@pytest.mark.parametrize("media_type", [DOCX, XLSX, ODT, "text/plain", "application/msword"])
def test_what_is_in_a_package_decides_and_not_what_it_is_called(media_type: str):
    assert read(docx(p("Ein Brief.")), media_type).blocks[0].text == "Ein Brief."
    assert read(xlsx({"A": rows(("x", 1.0))}), media_type).blocks[0].kind is BlockKind.HEADING


@pytest.mark.parametrize(
    ("parts", "detail"),
    [
        ({"mimetype": "application/epub+zip"}, "an e-book, .epub"),
        ({"mimetype": "application/vnd.oasis.opendocument.graphics"}, "an OpenDocument file of another kind"),
        ({"a.txt": "x"}, "a zip file"),
    ],
)
def test_packages_of_other_kinds_are_named(parts: dict[str, str | bytes], detail: str):
    found = read(zipped(parts))
    assert (found.reason, found.detail) == (Reason.UNSUPPORTED, detail)
