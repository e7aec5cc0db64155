"""One office file read by ours or by a library, in a process of its own. Started by office_readers.py.

    .venv/bin/python -m tests.bench.office_reader ours FILE

Prints JSON: words, how often `secret` was read, CPU seconds and peak memory in MB.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from pathlib import Path

LIMIT = 3 * 2**30


def with_ours(body: bytes) -> list[str]:
    from ingestion.extract.office import read_office

    found = read_office(body, "x")
    return [*(block.text for block in found.blocks), f"[{found.reason}]"]


def with_python_docx(body: bytes) -> list[str]:
    import docx as library

    document = library.Document(io.BytesIO(body))
    texts = [paragraph.text for paragraph in document.paragraphs]
    return texts + [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]


def with_openpyxl(body: bytes) -> list[str]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    texts: list[str] = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            texts.append(" | ".join(str(value) for value in row if value is not None))
    return texts


def with_python_pptx(body: bytes) -> list[str]:
    import pptx as library

    slides = library.Presentation(io.BytesIO(body)).slides
    # Its base class does not name what the flag promises.
    return [getattr(each, "text_frame").text for slide in slides for each in slide.shapes if each.has_text_frame]  # noqa: B009


READERS = {"ours": with_ours, "docx": with_python_docx, "xlsx": with_openpyxl, "pptx": with_python_pptx}


def read_one(reader: str, path: str) -> None:
    """In a process of its own: prints seconds, peak memory, words, and how often `secret` was read."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    body = Path(path).read_bytes()
    begun = time.process_time()
    try:
        texts = READERS[reader](body)
        said = " ".join(texts)
        told = texts[-1] if reader == "ours" else ""
        figures = {"words": len(said.split()), "secret": said.count("secret"), "told": told}
    except Exception as error:  # noqa: BLE001 - what a library does with a hostile file is what is measured
        figures = {"words": 0, "secret": 0, "told": type(error).__name__}
    seconds = time.process_time() - begun
    print(json.dumps(figures | {"s": seconds, "mb": _peak()}))


def _peak() -> float:
    """MB; the kernel's other figure, ru_maxrss, begins with that of the process that started this one."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    read_one(sys.argv[1], sys.argv[2])
