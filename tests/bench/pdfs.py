"""How PDFs are read: speed of both engines, characters against other libraries, columns and tables, failures by reason.

    .venv/bin/python -m tests.bench.pdfs [--pdfs DIR]

Prints the tables of docs/decisions/0023; `make bench` takes its figures from here.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import json
import logging
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingestion.extract.lines import join_lines
from ingestion.extract.pdf import extract_pdf
from ingestion.extract.pdf_glyphs import read_page
from ingestion.extract.pdf_open import Locked, Unreadable, open_pdf
from ingestion.extract.pdfium import pdfium
from ingestion.model import BlockKind, ExtractedDocument
from tests.unit.ingestion.pdf_pages import WORDS, drawn, table

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "pdfs"


@dataclass(frozen=True, slots=True)
class FileFigures:
    name: str
    pages: int | None
    pages_expected: int | None
    stored: int  # characters of all blocks, a line's end counted as one
    median: int  # of three libraries' plain text, hidden text and repeated page headers included
    drawn: int  # glyphs on the pages, hidden ones included
    letters: int  # of pypdf's text, without white space
    hidden: int
    reason: str


def files(folder: Path) -> list[FileFigures]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [_figures(folder, json.loads(line)) for line in lines]


def _figures(folder: Path, entry: dict[str, Any]) -> FileFigures:
    body = (folder / entry["file"]).read_bytes()
    found = extract_pdf(body, entry["file"])
    counts = [entry[name] for name in ("pypdf", "pypdfium2", "pymupdf")]
    characters = [count["chars"] for count in counts if "chars" in count]
    drawn_glyphs = 0
    try:
        with open_pdf(body) as opened:
            for number in range(1, opened.pages + 1):
                drawn_glyphs += read_page(opened.raw, number, limit=10**9).characters
    except (Locked, Unreadable):
        drawn_glyphs = 0
    return FileFigures(
        entry["file"],
        found.pages,
        next((count["pages"] for count in counts if "pages" in count), None),
        sum(len(block.text) + 1 for block in found.blocks),
        int(statistics.median(characters)) if characters else 0,
        drawn_glyphs,
        _letters_by_pypdf(body),
        found.removed,
        str(found.reason or ""),
    )


def _letters_by_pypdf(body: bytes) -> int:
    try:
        return sum(len("".join(page.extract_text().split())) for page in PdfReader(io.BytesIO(body)).pages)
    except (PyPdfError, ImportError, NotImplementedError):
        return 0


def speeds(folder: Path, rounds: int = 3) -> dict[str, float]:
    """Pages a second over all files that open: our whole reading, and what a plain pypdf reading would give."""
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.pdf"))]
    bodies.append(_long_document(120))
    pages = dict.fromkeys(READERS, 0)
    taken = dict.fromkeys(READERS, 0.0)
    for _ in range(rounds):
        for body in bodies:
            for name, read in READERS.items():
                begun = time.process_time()
                pages[name] += read(body)
                taken[name] += time.process_time() - begun
    return {name: count / taken[name] for name, count in pages.items()}


def _ours(body: bytes) -> int:
    return extract_pdf(body, "x").pages or 0


def _by_pypdf(body: bytes) -> int:
    try:
        reader = PdfReader(io.BytesIO(body))
        for number, page in enumerate(reader.pages, 1):
            join_lines(page.extract_text(), number)
        return len(reader.pages)
    except (PyPdfError, ImportError, NotImplementedError):
        return 0


def _by_pdfium(body: bytes) -> int:
    try:
        with open_pdf(body) as opened:
            for number in range(opened.pages):
                page = pdfium.FPDF_LoadPage(opened.raw, number)
                text = pdfium.FPDFText_LoadPage(page)
                count = pdfium.FPDFText_CountChars(text)
                pdfium.FPDFText_GetText(text, 0, count, (ctypes.c_ushort * (count + 1))())
                pdfium.FPDFText_ClosePage(text)
                pdfium.FPDF_ClosePage(page)
            return opened.pages
    except (Locked, Unreadable):
        return 0


READERS: dict[str, Callable[[bytes], int]] = {
    "ours: PDFium with columns, tables, headings, hidden text": _ours,
    "pypdf, plain text joined by lines": _by_pypdf,
    "PDFium, plain text in the order of the file": _by_pdfium,
}


def layout(count: int = 60, seed: int = 3) -> dict[str, tuple[float, float]]:
    """Share of generated pages read right: by us and by pypdf's plain text."""
    rng = random.Random(seed)
    cases: dict[str, Callable[[random.Random], tuple[bytes, Callable[[str], bool]]]] = {
        "two columns in order": _columns(2),
        "three columns in order": _columns(3),
        "each table row on one line with its cells": _table,
        "each table row carries the columns' names": _named_table,
    }
    shares: dict[str, tuple[float, float]] = {}
    for name, make in cases.items():
        ours = theirs = 0
        for _ in range(count):
            body, right = make(rng)
            ours += right(_text(extract_pdf(body, "x")))
            theirs += right("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages))
        shares[name] = (ours / count, theirs / count)
    return shares


def _text(found: ExtractedDocument) -> str:
    rows = [
        f"{block.header} :: {block.text}" if block.header and block.kind is BlockKind.TABLE_ROW else block.text
        for block in found.blocks
    ]
    return "\n".join(rows)


def _columns(number: int) -> Callable[[random.Random], tuple[bytes, Callable[[str], bool]]]:
    def make(rng: random.Random) -> tuple[bytes, Callable[[str], bool]]:
        lines = rng.randint(10, 40)
        per_line = rng.randint(6, 9) if number == 2 else rng.randint(4, 6)
        width = 480 / number
        shift = rng.choice((0.0, 0.0, rng.uniform(1, 9)))
        size = rng.choice((8, 9, 10))
        # Written line by line over all columns, as some programs do; the file's own order is then of no help.
        across = rng.random() < 0.5

        def page(canvas: Canvas) -> None:
            canvas.setFont("Times-Roman", size)
            order = [(c, n) for n in range(lines) for c in range(number)] if across else [
                (c, n) for c in range(number) for n in range(lines)
            ]  # fmt: skip
            for column, line in order:
                text = " ".join([f"{'ABC'[column]}{line}", *rng.choices(WORDS, k=per_line - 1)])
                canvas.drawString(50 + column * (width + 15), 780 - line * size * 1.25 - column * shift, text)

        marks = [f"{'ABC'[column]}{line}" for column in range(number) for line in range(lines)]

        def right(text: str) -> bool:
            found = [word for word in text.split() if word in set(marks)]
            return found == marks

        return drawn(page), right

    return make


def _rows(rng: random.Random) -> list[list[str]]:
    names = rng.sample(["Course", "Day", "Time", "Price", "Room", "Guide"], rng.randint(3, 5))
    body = [
        [
            f"{rng.choice(WORDS)} {rng.choice(WORDS)} {number}",
            *(f"{rng.choice(WORDS)} {rng.randint(1, 99)}" for _ in names[1:]),
        ]
        for number in range(rng.randint(4, 20))
    ]
    return [names, *body]


def _draw_table(rng: random.Random, rows: list[list[str]]) -> bytes:
    return drawn(table(rows, ruled=rng.random() < 0.5, widths=[rng.uniform(90, 120) for _ in rows[0]]))


def _table(rng: random.Random) -> tuple[bytes, Callable[[str], bool]]:
    rows = _rows(rng)
    return _draw_table(rng, rows), lambda text: all(
        any(line.endswith(" | ".join(row)) for line in text.splitlines()) for row in rows
    )


def _named_table(rng: random.Random) -> tuple[bytes, Callable[[str], bool]]:
    rows = _rows(rng)
    names = " | ".join(rows[0])
    return _draw_table(rng, rows), lambda text: all(
        f"{names} :: {' | '.join(row)}" in text.splitlines() for row in rows[1:]
    )


def _long_document(pages: int) -> bytes:
    rng = random.Random(5)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for number in range(pages):
        canvas.setFont("Helvetica", 10)
        for line in range(55):
            canvas.drawString(60, 790 - 13 * line, " ".join(rng.choices(WORDS, k=14)))
        canvas.drawString(290, 30, f"Page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def failures(found: list[FileFigures]) -> Counter[str]:
    return Counter(figures.reason or "read" for figures in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdfs", default=str(FOLDER))
    folder = Path(parser.parse_args().pdfs)
    logging.disable(logging.CRITICAL)
    found = files(folder)
    print("| file | pages | stored | median | ratio | glyphs drawn / pypdf | hidden | reason |\n" + "|---" * 8 + "|")
    for each in found:
        ratio = f"{each.stored / each.median:.3f}" if each.median else ""
        glyphs = f"{each.drawn / each.letters:.3f}" if each.letters else ""
        pages = f"{each.pages} of {each.pages_expected}"
        cells = (each.name, pages, each.stored, each.median, ratio, glyphs, each.hidden, each.reason)
        print("| " + " | ".join(map(str, cells)) + " |")
    for name, speed in speeds(folder).items():
        print(f"| {name} | {speed:.0f} pages/s |")
    for name, (ours, theirs) in layout().items():
        print(f"| {name} | {ours:.0%} | {theirs:.0%} |")


if __name__ == "__main__":
    main()
