"""Our readers of office files beside python-docx, openpyxl and python-pptx: words, what must not be read, time, memory.

    .venv/bin/python -m tests.bench.office_readers

Prints the table of docs/decisions/0022-office-files.md. Each reading has a process of its own (office_reader.py).
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pptx as library
from pptx.shapes.placeholder import SlidePlaceholder

from tests.bench.html_engines import WORDS
from tests.unit.ingestion import hostile_files
from tests.unit.ingestion.office_files import docx, p, r, rows, tbl, xlsx

PATIENCE = 60


def prose(seed: int, count: int = 60) -> str:
    return " ".join(WORDS[(seed * 7 + n * 3 + n // 5) % len(WORDS)] for n in range(count))


def letter() -> bytes:
    """200 paragraphs, 10 tables, a box and a note on each page; deleted and hidden words are called `secret`."""
    deleted = '<w:del w:id="1" w:author="x"><w:r><w:delText>secret</w:delText></w:r></w:del>'
    notes = "".join(f'<w:footnote w:id="{n}">{p(f"footnote {n}")}</w:footnote>' for n in range(20))
    body = ""
    for n in range(200):
        inserted = f'<w:ins w:id="2" w:author="x">{r(" inserted")}</w:ins>'
        body += p(prose(n), deleted, inserted, r(" secret", "<w:vanish/>"))
        if n % 10 == 0:
            box = f"<w:r><w:pict><v:textbox><w:txbxContent>{p(f'boxed {n}')}</w:txbxContent></v:textbox></w:pict></w:r>"
            body += p("anchor", box, f'<w:r><w:footnoteReference w:id="{n // 10}"/></w:r>')
        if n % 20 == 0:
            body += tbl(("name", "price"), *((f"ware {k}", f"{k},50 €") for k in range(20)), named=1)
    return docx(body, footnotes=notes)


def price_list() -> bytes:
    """20,000 rows of 6 columns with formats; every fifth row and a second sheet are hidden and called `secret`."""
    lines = [("ware", "price", "share", "from", "note", "code")]
    lines += [
        (f"ware {n}", (n + 0.5, 1), (0.5, 2), (45_000 + n % 300, 3), "secret" if n % 5 == 0 else "fresh", float(n))
        for n in range(20_000)
    ]
    hidden = [n + 2 for n in range(20_000) if n % 5 == 0]
    sheets = {"Prices": rows(*lines, hidden=hidden), "Costs": rows(("secret",))}
    return xlsx(sheets, formats=("#,##0.00 [$€-407]", "0%", "dd.mm.yyyy"), states={"Costs": "hidden"})


def show() -> bytes:
    """200 slides with six lines each; the last one is hidden."""
    slides = library.Presentation()
    for n in range(201):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        title, frame = slide.shapes.title, slide.placeholders[1]
        assert title is not None and isinstance(frame, SlidePlaceholder)
        title.text = f"Slide {n}" if n < 200 else "secret"
        frame.text_frame.text = "\n".join(prose(k, 12) for k in range(6)) if n < 200 else "secret"
        if n == 200:
            slide._element.set("show", "0")
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "letter.docx": letter,
    "prices.xlsx": price_list,
    "show.pptx": show,
    "50 MB of text.docx": hostile_files.long_text,
    "100,000 paragraphs.docx": hostile_files.many_paragraphs,
    "1,500,000 paragraphs.docx": lambda: hostile_files.many_paragraphs(1_500_000),
    "300 MB of zeros.docx": hostile_files.flat_bomb,
    "billion laughs.docx": hostile_files.billion_laughs,
    "XFD1048576.xlsx": hostile_files.lying_dimension,
    "120,000 rows.xlsx": hostile_files.many_rows,
}


def main() -> None:
    print("| file | reader | words | hidden words read | CPU s | peak MB | ends in |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in FILES.items():
            path = Path(folder) / "file"
            path.write_bytes(make())
            for reader in ("ours", name.rpartition(".")[2]):
                command = [sys.executable, "-m", "tests.bench.office_reader", reader, str(path)]
                try:
                    out = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True, text=True).stdout
                except subprocess.TimeoutExpired:
                    print(f"| {name} | {reader} | | | > {PATIENCE} | | stopped |")
                    continue
                found = json.loads(out)
                read = f"{found['words']:,} | {found['secret']:,} | {found['s']:.2f} | {found['mb']:.0f}"
                print(f"| {name} ({path.stat().st_size / 2**20:.1f} MB) | {reader} | {read} | {found['told']} |")


if __name__ == "__main__":
    main()
