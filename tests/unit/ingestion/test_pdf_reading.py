"""PDFs as a reader reads them: order of columns, rows of tables, headings, forms, and nothing that nobody sees."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas

from ingestion.extract.pdf import extract_pdf
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason
from tests.unit.ingestion import documents, hostile_pdfs
from tests.unit.ingestion.pdf_pages import column, drawn, form, picture_page, prose, table


def read(body: bytes, name: str = "file") -> ExtractedDocument:
    return extract_pdf(body, name)


def rows_of(found: ExtractedDocument) -> list[tuple[str, str | None]]:
    return [(block.text, block.header) for block in found.blocks if block.kind is BlockKind.TABLE_ROW]


def marks_of(found: ExtractedDocument, letters: str) -> str:
    """The order in which the lines' marks (A0, A1, B0 …) come."""
    words = " ".join(block.text for block in found.blocks).split()
    return "".join(word[0] for word in words if word[0] in letters and word[1:].isdigit())


@pytest.mark.parametrize("shift", [0, 4], ids=["on the same lines", "on lines of their own"])
@pytest.mark.parametrize("justified", [0, 1], ids=["ragged", "justified"])
def test_two_columns_are_read_one_after_the_other(shift: int, justified: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(60, 790, "The harbour guide")
        canvas.setFont("Helvetica", 10)
        column(canvas, prose("L", 20), 60, 750, width=220 * justified)
        column(canvas, prose("R", 20), 310, 750 - shift, width=220 * justified)

    found = read(drawn(page))
    assert found.blocks[0] == Block(BlockKind.HEADING, "The harbour guide", level=1, page=1)
    assert marks_of(found, "LR") == "L" * 20 + "R" * 20
    assert rows_of(found) == []


@pytest.mark.parametrize("shift", [0, 4])
def test_three_columns_are_read_one_after_the_other(shift: int) -> None:
    def page(canvas: Canvas) -> None:
        for number, (mark, left) in enumerate((("A", 50), ("B", 220), ("C", 390))):
            column(canvas, prose(mark, 25, per_line=5), left, 750 - shift * number)

    assert marks_of(read(drawn(page)), "ABC") == "A" * 25 + "B" * 25 + "C" * 25


def test_columns_above_and_below_a_heading_stay_apart() -> None:
    def page(canvas: Canvas) -> None:
        column(canvas, prose("A", 8), 60, 780)
        column(canvas, prose("B", 8), 310, 780)
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(60, 650, "The second part of the guide, over both columns")
        canvas.setFont("Helvetica", 10)
        column(canvas, prose("C", 8), 60, 620)
        column(canvas, prose("D", 8), 310, 620)

    assert marks_of(read(drawn(page)), "ABCD") == "A" * 8 + "B" * 8 + "C" * 8 + "D" * 8


COURSES = [
    ["Course", "Day", "Time", "Price"],
    ["Yoga for beginners", "Monday", "18:00-19:30", "12 EUR"],
    ["Pilates", "Tuesday", "", "10 EUR"],
    ["Swimming", "Friday", "9:00-10:00", "8 EUR"],
]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_is_rows_with_the_names_of_its_columns(ruled: bool) -> None:
    header = "Course | Day | Time | Price"
    assert rows_of(read(drawn(table(COURSES, ruled=ruled)))) == [
        (header, None),
        ("Yoga for beginners | Monday | 18:00-19:30 | 12 EUR", header),
        ("Pilates | Tuesday |  | 10 EUR", header),
        ("Swimming | Friday | 9:00-10:00 | 8 EUR", header),
    ]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_cell_of_several_lines_is_one_cell(ruled: bool) -> None:
    rooms = [
        ["Room", "What it has", "Price"],
        ["Blue room", "Two beds, a desk\nand a balcony to\nthe gar-\nden", "90 EUR"],
        ["Green room", "One large bed,\nno balcony", "70 EUR"],
    ]
    assert [text for text, _ in rows_of(read(drawn(table(rooms, ruled=ruled))))][1:] == [
        "Blue room | Two beds, a desk and a balcony to the garden | 90 EUR",
        "Green room | One large bed, no balcony | 70 EUR",
    ]


def test_a_table_without_names_above_has_no_header() -> None:
    hours = [["Monday", "closed"], ["Tuesday", "10-12"], ["Wednesday", "10-12, 14-18"]]
    assert rows_of(read(drawn(table(hours, bold_header=False)))) == [(" | ".join(row), None) for row in hours]


def test_a_table_goes_on_over_the_page_with_its_header() -> None:
    dishes = [["Dish", "Price"], *([f"Dish number {number}", f"{number} EUR"] for number in range(40))]
    found = read(drawn(table(dishes[:31]), table(dishes[31:], bold_header=False)))
    last = found.blocks[-1]
    assert last == Block(BlockKind.TABLE_ROW, "Dish number 39 | 39 EUR", page=2, header="Dish | Price")


def test_a_name_and_its_price_joined_by_dots_are_a_row() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Adults .................................. 12 EUR")
        canvas.drawString(60, 685, "Children ............................... 6 EUR")
        canvas.drawString(60, 640, "A sentence of its own that is not about prices at all.")

    assert rows_of(read(drawn(page))) == [("Adults | 12 EUR", None), ("Children | 6 EUR", None)]


def test_small_figures_set_high_never_run_into_those_before() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Coffee 3")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(60 + canvas.stringWidth("Coffee 3", "Helvetica", 10) + 0.3, 704, "50")

    assert [block.text for block in read(drawn(page)).blocks] == ["Coffee 3 50"]


def test_headings_are_told_by_size_and_weight() -> None:
    def page(canvas: Canvas) -> None:
        y = 800.0
        for font, size, line in (
            ("Helvetica-Bold", 20, "Museum of Boats"),
            ("Helvetica-Bold", 14, "Opening hours"),
            ("Helvetica", 10, "The museum is open on all days but Monday from ten in the morning until six"),
            ("Helvetica", 10, "in the evening."),
            ("Helvetica-Bold", 14, "Prices"),
            ("Helvetica-Bold", 10, "For groups"),
            ("Helvetica", 10, "Groups of ten and more pay half, and their guide comes in without a ticket for the"),
            ("Helvetica", 10, "whole day."),
        ):
            y -= size * 1.5
            canvas.setFont(font, size)
            canvas.drawString(60, y, line)

    found = read(drawn(page))
    assert found.title == "Museum of Boats"
    assert [(block.text[:20], block.level) for block in found.blocks] == [
        ("Museum of Boats", 1),
        ("Opening hours", 2),
        ("The museum is open o", 0),
        ("Prices", 2),
        ("For groups", 3),
        ("Groups of ten and mo", 0),
    ]
    assert found.blocks[2].text.endswith("until six in the evening.")


def test_lists_keep_their_items() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Please bring:")
        canvas.drawString(60, 687, "•  a towel and a pair of shoes that may become wet on the")
        canvas.drawString(72, 674, "way back")
        canvas.drawString(60, 661, "•  something to drink")
        canvas.drawString(60, 648, "1.  First come, first served")

    assert [(block.kind, block.text) for block in read(drawn(page)).blocks] == [
        (BlockKind.PARAGRAPH, "Please bring:"),
        (BlockKind.LIST_ITEM, "a towel and a pair of shoes that may become wet on the way back"),
        (BlockKind.LIST_ITEM, "something to drink"),
        (BlockKind.LIST_ITEM, "1. First come, first served"),
    ]


def test_words_and_numbers_broken_at_the_lines_end_are_whole() -> None:
    lines = ["We are open for you on all Sonn-", "und Feiertage from nine in the mor-", "ning. Call us at 040 123-",
             "4567 or write an E-", "Mail to us."]  # fmt: skip

    def page(canvas: Canvas) -> None:
        column(canvas, lines, 60, 700)

    (block,) = read(drawn(page)).blocks
    assert block.text == (
        "We are open for you on all Sonn- und Feiertage from nine in the morning. Call us at 040 123-4567 or write an"
        " E-Mail to us."
    )


def test_what_is_set_at_an_angle_is_read_after_the_rest_and_is_no_heading() -> None:
    def page(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(500, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Read from the side")
        canvas.restoreState()
        canvas.saveState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.setFont("Helvetica", 40)
        canvas.drawString(0, 0, "DRAFT")
        canvas.restoreState()
        canvas.drawString(60, 700, "Upright text is the main text of this page.")

    assert [(block.kind, block.text) for block in read(drawn(page)).blocks] == [
        (BlockKind.PARAGRAPH, "Upright text is the main text of this page."),
        (BlockKind.PARAGRAPH, "Read from the side"),
        (BlockKind.PARAGRAPH, "DRAFT"),
    ]


def test_a_page_on_its_side_is_read_like_any_other() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        for number, (day, hours) in enumerate((("Monday", "10-12"), ("Tuesday", "14-18"))):
            canvas.drawString(60, -300 - 15 * number, day)
            canvas.drawString(200, -300 - 15 * number, hours)

    assert [text for text, _ in rows_of(read(drawn(page)))] == ["Monday | 10-12", "Tuesday | 14-18"]


def test_filled_forms_say_their_values_and_empty_ones_nothing() -> None:
    found = read(drawn(form))
    assert [text for text, _ in rows_of(found)] == [
        "Name of the child | Maria Okafor",
        "Telephone | 030 123456",
        "Remarks on the booking | brings her own bike",
        "Vegetarian | on",
        "Needs a bus | off",
    ]
    assert all(block.page == 1 for block in found.blocks)

    def unfilled(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Name:")
        canvas.acroForm.textfield(name="f", x=120, y=695, width=100, height=18)
        canvas.acroForm.checkbox(name="b", x=60, y=660, size=14)

    assert [block.text for block in read(drawn(unfilled)).blocks] == ["Name:"]


def _white(canvas: Canvas) -> None:
    canvas.setFillColor(colors.white)
    canvas.drawString(60, 600, "never said")


def _nearly_white(canvas: Canvas) -> None:
    canvas.setFillColor(colors.Color(1, 1, 0.97))
    canvas.drawString(60, 600, "never said")


def _red_on_red(canvas: Canvas) -> None:
    canvas.setFillColor(colors.red)
    canvas.drawString(60, 600, "never said")
    canvas.rect(50, 590, 200, 30, fill=1, stroke=0)


def _under_a_bar(canvas: Canvas) -> None:
    canvas.drawString(60, 600, "never said")
    canvas.rect(50, 590, 200, 30, fill=1)


def _transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0.01)
    canvas.drawString(60, 600, "never said")


def _tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.4)
    canvas.drawString(60, 600, "never said")


def _outside(canvas: Canvas) -> None:
    canvas.drawString(-300, 600, "never said")
    canvas.drawString(60, -40, "never said")
    canvas.drawString(900, 600, "never said")


def _no_ink(canvas: Canvas) -> None:
    text = canvas.beginText(60, 600)
    text.setTextRenderMode(3)
    text.textLine("never said")
    canvas.drawText(text)


@pytest.mark.parametrize(
    "hidden", [_white, _nearly_white, _red_on_red, _under_a_bar, _transparent, _tiny, _outside, _no_ink]
)
def test_what_nobody_sees_is_left_out_and_counted(hidden: Callable[[Canvas], None]) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Seen by everyone.")
        hidden(canvas)

    found = read(drawn(page))
    assert [block.text for block in found.blocks] == ["Seen by everyone."]
    assert found.removed >= len("neversaid")
    alone = read(drawn(hidden))
    assert alone.blocks == ()
    assert (alone.reason, alone.detail) == (Reason.EMPTY, "only text that nobody can see")


@pytest.mark.parametrize("shown", [True, False])
def test_a_layer_that_is_switched_off_is_not_read(shown: bool) -> None:
    state = b"" if shown else b"/OFF [10 0 R]"
    body = hostile_pdfs.one_page(
        hostile_pdfs.stream(
            b"BT /F1 12 Tf 60 700 Td (On paper.) Tj ET /OC /L1 BDC BT /F1 12 Tf 60 600 Td (On a layer.) Tj ET EMC"
        ),
        more={
            3: (hostile_pdfs.PAGE % b"").replace(b"/Font <<", b"/Properties << /L1 10 0 R >> /Font <<"),
            10: b"<< /Type /OCG /Name (Prices) >>",
        },
        catalog=b"/OCProperties << /OCGs [10 0 R] /D << /Order [10 0 R] %s >> >>" % state,
    )
    assert [block.text for block in read(body).blocks] == ["On paper.", "On a layer."][: 1 + shown]


def test_white_on_black_and_grey_are_seen() -> None:
    def page(canvas: Canvas) -> None:
        canvas.rect(55, 720, 200, 20, fill=1)
        canvas.setFillColor(colors.white)
        canvas.drawString(60, 725, "White on black.")
        canvas.setFillColor(colors.Color(0.55, 0.55, 0.55))
        canvas.drawString(60, 700, "Grey on white.")

    assert [block.text for block in read(drawn(page)).blocks] == ["White on black.", "Grey on white."]


def test_the_text_that_recognition_laid_over_a_scan_is_read() -> None:
    def page(canvas: Canvas) -> None:
        picture_page(canvas)
        text = canvas.beginText(60, 620)
        text.setTextRenderMode(3)
        text.textLine("Recognised text of a scan.")
        canvas.drawText(text)

    found = read(drawn(page))
    assert [block.text for block in found.blocks] == ["Recognised text of a scan."]
    assert found.reason is None


def test_a_scan_is_told_with_its_pages_and_never_in_silence() -> None:
    def text(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "A page with text on it.")

    whole = read(drawn(picture_page, picture_page))
    assert (whole.reason, whole.detail, whole.scans) == (Reason.SCANNED, "2 pages", (1, 2))
    mixed = read(drawn(text, picture_page, picture_page, text, picture_page))
    assert (mixed.reason, mixed.detail, mixed.scans) == (Reason.SCANNED, "pages 2-3, 5 of 5", (2, 3, 5))
    assert [block.page for block in mixed.blocks] == [1, 4]


def test_web_addresses_behind_the_text_are_links() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "See our site")
        canvas.linkURL("https://a.example/x", (60, 695, 200, 712))
        canvas.linkURL("javascript:alert(1)", (60, 695, 200, 712))

    assert read(drawn(page)).links == ("https://a.example/x",)


def test_comments_attachments_and_scripts_say_nothing() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(documents.pdf(["The text of the page."]))))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('run')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("more.txt", b"text of the attachment")
    writer.add_annotation(0, FreeText(text="a comment", rect=(50, 550, 200, 650)))
    out = io.BytesIO()
    writer.write(out)
    assert [block.text for block in read(out.getvalue()).blocks] == ["The text of the page."]


def test_text_that_a_later_update_replaced_is_gone() -> None:
    old = documents.pdf(["Old price: 5 EUR"])
    writer = PdfWriter(io.BytesIO(old), incremental=True)
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 60 700 Td (New price: 9 EUR) Tj ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    body = out.getvalue()
    assert body.startswith(old[:-10])  # the old text still lies in the file
    assert PdfReader(io.BytesIO(body)).pages
    assert [block.text for block in read(body).blocks] == ["New price: 9 EUR"]
