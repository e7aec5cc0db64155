"""Makes app/sample/site/catering-prices.pdf anew: `python tests/sample/make_catering_pdf.py`.

reportlab is needed to make it and not to serve it, so the result is committed. `invariant` leaves
the date out: the same text gives the same bytes. The bakery's number is one of those that Ofcom keeps for
drama, of a place that exists: 01632 is nobody's, so no list of numbers knows it, and it would be no phone fact.
"""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

TARGET = Path(__file__).parents[2] / "app" / "sample" / "site" / "catering-prices.pdf"
CRUST = HexColor("#8a4b1f")
TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=24, leading=30, textColor=CRUST)
HEADING = ParagraphStyle("heading", fontName="Times-Bold", fontSize=14, leading=20, spaceBefore=12)
TEXT = ParagraphStyle("text", fontName="Times-Roman", fontSize=11, leading=16)

SAVOURY = [
    ("Tray", "For 6 people", "For 12 people", "For 24 people"),
    ("Small sandwiches, mixed", "£39", "£76", "£148"),
    ("Open sandwiches on rye", "£46", "£89", "£174"),
    ("Vegan sandwiches", "£41", "£79", "£154"),
    ("Quiche, leek or mushroom", "£34", "£66", "£128"),
    ("Soup in a flask with bread", "£36", "£68", "£130"),
]
SWEET = [
    ("Tray", "For 6 people", "For 12 people", "For 24 people"),
    ("Croissants and knots, mixed", "£18", "£35", "£68"),
    ("Small cakes, three kinds", "£22", "£42", "£82"),
    ("Fruit, cut", "£16", "£30", "£58"),
]
DRINKS = [
    ("Drink", "Amount", "Price"),
    ("Filter coffee in a flask", "8 cups", "£18"),
    ("Tea in a flask", "8 cups", "£14"),
    ("Apple juice from the orchard", "1 litre", "£4.50"),
]


def main() -> None:
    document = SimpleDocTemplate(
        str(TARGET),
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title="Catering price list: Fern Street Bakery",
        author="Fern Street Bakery",
        invariant=1,
    )
    document.build(
        [
            Paragraph("Catering price list", TITLE),
            Paragraph(
                "For meetings, birthdays and wakes, from 6 to 60 people. Order by noon for the next morning; "
                "for more than 30 people we need two working days. Prices include VAT, plates and napkins.",
                TEXT,
            ),
            Paragraph("Savoury trays", HEADING),
            ruled(SAVOURY),
            Paragraph("Sweet trays", HEADING),
            ruled(SWEET),
            Paragraph("Drinks", HEADING),
            ruled(DRINKS),
            Paragraph("Good to know", HEADING),
            Paragraph("We lend cups and jugs at no charge; a broken cup costs £3.", TEXT),
            Paragraph("Delivery by cargo bike within three miles costs £4.50 and is free over £60.", TEXT),
            Paragraph(
                "You may change numbers until noon of the day before. If you cancel later than that, we charge half.",
                TEXT,
            ),
            Spacer(1, 8 * mm),
            Paragraph(
                "Fern Street Bakery, 14 Fern Street, Aldermouth AM3 5QZ. 0117 496 0132, hello@fernstreet.example", TEXT
            ),
        ]
    )


def ruled(rows: list[tuple[str, ...]]) -> Table:
    first = 70 * mm
    rest = (166 * mm - first) / (len(rows[0]) - 1)
    return Table(
        rows,
        colWidths=[first] + [rest] * (len(rows[0]) - 1),
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "Times-Roman", 11),
                ("FONT", (0, 0), (-1, 0), "Times-Bold", 10),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#e6d5bd")),
            ]
        ),
    )


if __name__ == "__main__":
    main()
