"""PDF pages made for the tests by reportlab: columns, tables, forms, hidden text, scans."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, cast

import pypdfium2
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

WIDTH, HEIGHT = A4
WORDS = (
    "the boat leaves from the old harbour every morning at nine and comes back in the evening with all guests who had"
    " booked a seat before noon on the day before they wanted to travel"
).split()


def drawn(*pages: Callable[[Canvas], None], **options: object) -> bytes:
    """One function a page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)  # type: ignore[arg-type]
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def prose(first: str, lines: int, *, per_line: int = 8) -> list[str]:
    """Lines of running text that begin with their own mark."""
    return [
        " ".join([f"{first}{number}", *(WORDS[(number * 7 + each) % len(WORDS)] for each in range(per_line - 1))])
        for number in range(lines)
    ]


def column(canvas: Canvas, lines: list[str], left: float, top: float, *, step: float = 12, width: float = 0) -> None:
    """Set flush at both edges when `width` is given, as books are."""
    for number, line in enumerate(lines):
        y = top - number * step
        if not width or number == len(lines) - 1:
            canvas.drawString(left, y, line)
            continue
        words = line.split()
        free = width - sum(canvas.stringWidth(word) for word in words)
        x = left
        for word in words:
            canvas.drawString(x, y, word)
            x += canvas.stringWidth(word) + free / (len(words) - 1)


def table(rows: list[list[str]], *, ruled: bool = False, bold_header: bool = True, widths: list[float] | None = None,
          ) -> Callable[[Canvas], None]:  # fmt: skip
    def draw(canvas: Canvas) -> None:
        style: list[Any] = [("FONTSIZE", (0, 0), (-1, -1), 10)]
        if bold_header:
            style.append(("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"))
        if ruled:
            style.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
        made = Table(rows, colWidths=widths, style=TableStyle(style))
        _, high = made.wrapOn(canvas, WIDTH - 120, HEIGHT)
        made.drawOn(canvas, 60, 760 - high)

    return draw


def scanned(body: bytes, *, dots: int = 130) -> bytes:
    """The same pages as pictures, without a letter of text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pypdfium2.PdfDocument(body):
        picture = cast(Any, page).render(scale=dots / 72, grayscale=True).to_pil()
        canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture_page(canvas: Canvas) -> None:
    """A page that is one picture."""
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)


def form(canvas: Canvas) -> None:
    """Three fields with words beside them, one with a description, two boxes."""
    fields = canvas.acroForm
    canvas.drawString(60, 750, "Registration for the summer camp")
    for number, (label, name, value, said) in enumerate(
        (("Name of the child:", "f1", "Maria Okafor", ""), ("Telephone:", "f2", "030 123456", ""),
         ("Remarks:", "f3", "brings her own bike", "Remarks on the booking"))
    ):  # fmt: skip
        y = 700 - 30 * number
        canvas.drawString(60, y, label)
        fields.textfield(
            name=name, tooltip=said, value=value, x=180, y=y - 5, width=200, height=18, borderStyle="inset"
        )
    for number, (label, checked) in enumerate((("Vegetarian", True), ("Needs a bus", False))):
        y = 590 - 25 * number
        fields.checkbox(name=f"box{number}", checked=checked, x=60, y=y - 4, size=14)
        canvas.drawString(82, y, label)
