"""Scans read by an installed tesseract: a scripted one for every way it may behave, the real one where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingestion.extract import ocr
from ingestion.extract.child import ChildExtractor
from ingestion.extract.ocr import OcrEngine, find_engine
from ingestion.model import ExtractedDocument, Reason
from tests.fakes import tesseract
from tests.unit.ingestion.pdf_pages import column, drawn, picture_page, scanned, table


def text_page(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "A page with text on it.")


async def read(body: bytes, find: Callable[[], OcrEngine | None]) -> ExtractedDocument:
    async with ChildExtractor(find_ocr=find) as extractor:
        return await extractor.extract(body, url="file:scan.pdf", media_type="application/pdf")


def test_an_engine_is_found_with_its_version_and_languages(tmp_path: Path) -> None:
    path = tesseract.install(tmp_path)
    assert find_engine(str(path)) == OcrEngine(str(path), "5.3.0", ("deu", "eng"))


def test_a_program_that_does_not_run_is_no_engine(tmp_path: Path) -> None:
    broken = tmp_path / "tesseract"
    assert find_engine(str(broken)) is None
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert find_engine(str(broken)) is None


async def test_pictures_of_text_become_text_with_their_pages(tmp_path: Path) -> None:
    path = str(tesseract.install(tmp_path, "Open from nine to five", "Adults pay 12 EUR"))
    found = await read(drawn(picture_page, text_page, picture_page), lambda: find_engine(path))
    assert (found.reason, found.detail, found.scans) == (None, None, ())
    assert [(block.page, block.text) for block in found.blocks] == [
        (1, "Open from nine to five"),
        (1, "Adults pay 12 EUR"),
        (2, "A page with text on it."),
        (3, "Open from nine to five"),
        (3, "Adults pay 12 EUR"),
    ]
    assert found.words == 24


async def test_pictures_without_a_word_are_read_and_empty(tmp_path: Path) -> None:
    path = str(tesseract.install(tmp_path))
    found = await read(drawn(picture_page, picture_page), lambda: find_engine(path))
    assert (found.reason, found.detail, found.blocks) == (Reason.EMPTY, "2 pages without text", ())


async def test_without_an_engine_the_pages_are_named() -> None:
    found = await read(drawn(picture_page, text_page), lambda: None)
    assert (found.reason, found.detail, found.scans) == (Reason.SCANNED, "page 1 of 2", (1,))


@pytest.mark.parametrize("before", ["time.sleep(60)", "sys.exit(1)", "import os; os.abort()"])
async def test_pages_that_it_fails_on_stay_scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    monkeypatch.setattr(ocr, "PAGE_SECONDS", 1.5)
    path = str(tesseract.install(tmp_path, "never seen", before=before))
    found = await read(drawn(picture_page, text_page), lambda: find_engine(path))
    assert (found.reason, found.detail, found.scans) == (Reason.SCANNED, "page 1 of 2", (1,))
    assert [block.text for block in found.blocks] == ["A page with text on it."]


async def test_pages_that_the_time_does_not_reach_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "TOTAL_SECONDS", 0.0)
    path = str(tesseract.install(tmp_path, "never seen"))
    found = await read(drawn(picture_page, picture_page, text_page), lambda: find_engine(path))
    assert (found.reason, found.detail) == (Reason.SCANNED, "pages 1-2 of 3")


async def test_the_engine_has_no_network_and_writes_no_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    before = (
        "import socket, subprocess; tried = []\n"
        "    for name, do in (('socket', socket.socket), ('file', lambda: open(" + repr(str(kept)) + ", 'w')),\n"
        "                     ('child', lambda: subprocess.run(['/bin/true']))):\n"
        "        try:\n"
        "            do()\n"
        "            tried.append(name)\n"
        "        except OSError:\n"
        "            continue\n"
        "    assert not tried, tried\n"
    )
    path = str(tesseract.install(tmp_path, "Nothing else was done", before=before))
    found = await read(drawn(picture_page), lambda: find_engine(path))
    assert [block.text for block in found.blocks] == ["Nothing else was done"]
    assert not kept.exists()


def test_what_it_says_of_dirt_is_no_word() -> None:
    from ingestion.extract.ocr_words import page_of_words

    table_of_words = "\n".join(
        "\t".join(map(str, row))
        for row in (
            (4, 1, 1, 1, 1, 0, 10, 10, 500, 40, -1, ""),
            (5, 1, 1, 1, 1, 1, 10, 10, 90, 40, 95, "Harbour"),
            (5, 1, 1, 1, 1, 2, 300, 10, 20, 40, 4.5, "~|"),
            ("no", "numbers", 1, 1, 1, 1, "x", 10, 20, 40, 90, "bad"),
        )
    )
    assert [span.text for span in page_of_words(table_of_words, 1, 200).spans] == ["Harbour"]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed; the scripted one is above")
async def test_the_real_one_reads_columns_and_tables_of_a_scan() -> None:
    rows = [["Course", "Day", "Price"], ["Swimming", "Friday", "8 EUR"], ["Pilates", "Tuesday", "10 EUR"]]

    def columns(canvas: Canvas) -> None:
        column(canvas, [f"The {each} boat leaves from the pier" for each in ("first", "second", "third")], 60, 750)
        column(canvas, [f"The {each} train waits at the gate" for each in ("fourth", "fifth", "sixth")], 310, 750)

    body = scanned(drawn(columns, table(rows)), dots=200)
    found = await read(body, find_engine)
    assert found.reason is None and found.pages == 2
    text = " ".join(block.text for block in found.blocks if block.page == 1)
    assert [text.index(each) for each in ("first", "second", "third", "fourth", "fifth", "sixth")] == sorted(
        text.index(each) for each in ("first", "second", "third", "fourth", "fifth", "sixth")
    )
    assert "Swimming|Friday|8EUR" in [block.text.replace(" ", "") for block in found.blocks if block.page == 2]
