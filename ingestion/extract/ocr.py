"""Text of pages that are pictures, by an installed `tesseract`. Called by child.py when a document has such pages.

A page comes as a picture out of the parsing child and goes to tesseract over standard input, in a process
of its own that has no network, no files to write and a clock (ocr_main.py). Pages that are not done in time
stay scans, and the owner is told which.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import ingestion
from ingestion.extract.clean import count_words
from ingestion.extract.ocr_words import page_of_words
from ingestion.extract.page_names import count_pages, name_scans
from ingestion.extract.pdf_blocks import write_blocks
from ingestion.extract.pdf_dots import DOTS_PER_INCH
from ingestion.extract.pdf_layout import arrange
from ingestion.model import Block, ExtractedDocument, Reason

PAGE_SECONDS = 20.0
TOTAL_SECONDS = 90.0
MAX_TABLE = 4_000_000  # bytes that it may say of one page
_LOOK_SECONDS = 10.0
_MAX_LANGUAGES = 6  # each makes a page slower
_NOT_LANGUAGES = frozenset({"osd", "equ", "snum"})
_ROOT = str(Path(ingestion.__file__).resolve().parent.parent)
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from ingestion.extract.ocr_main import main; main()"
_VERSION = re.compile(r"tesseract\s+v?(\d+(?:\.\d+)*)")

# A document's page as a PGM picture; empty when it cannot be drawn.
Draw = Callable[[int], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class OcrEngine:
    path: str
    version: str
    languages: tuple[str, ...]


def find_engine(path: str | None = None) -> OcrEngine | None:
    """The tesseract that the system finds by its name, when it runs and knows a language. Takes some 0.1 s."""
    place = path or shutil.which("tesseract")
    if place is None:
        return None
    try:
        said, listed = (_asked(place, question) for question in ("--version", "--list-langs"))
    except (OSError, subprocess.SubprocessError):
        return None  # it is there and does not run: as good as not installed, and doctor says so
    version = _VERSION.search(said)
    lines = [line.strip() for line in listed.splitlines() if not line.startswith("List of")]
    languages = [name for name in lines if re.fullmatch(r"[A-Za-z_/]{3,20}", name) and name not in _NOT_LANGUAGES]
    if version is None or not languages:
        return None
    return OcrEngine(place, version.group(1), tuple(languages[:_MAX_LANGUAGES]))


def _asked(place: str, question: str) -> str:
    done = subprocess.run([place, question], capture_output=True, timeout=_LOOK_SECONDS, check=True)  # noqa: S603
    return (done.stdout + done.stderr).decode("utf-8", "replace")


async def recognise(engine: OcrEngine, document: ExtractedDocument, draw: Draw) -> ExtractedDocument:
    """The document with the text of its scanned pages, as far as the time reached."""
    until = time.monotonic() + TOTAL_SECONDS
    found: dict[int, list[Block]] = {}
    removed = 0
    for page in document.scans:
        left = until - time.monotonic()
        if left <= 0:
            break
        picture = await draw(page)
        text = await read_picture(engine, picture, min(PAGE_SECONDS, left)) if picture else None
        if text is not None:
            lines = arrange(page_of_words(text, page, DOTS_PER_INCH))
            found[page], count = write_blocks([(page, lines)])
            removed += count
    return _joined(document, found, removed)


async def read_picture(engine: OcrEngine, picture: bytes, seconds: float) -> str | None:
    """Its words with their places (TSV); None when it failed or took too long."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _START, engine.path, "+".join(engine.languages), str(int(seconds) + 1),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            text, _ = await process.communicate(picture)
    except (TimeoutError, OSError):
        return None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):  # ended between the check and the signal
                os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(process.wait())
    if process.returncode != 0:
        return None
    return text[:MAX_TABLE].decode("utf-8", "replace")


def _joined(document: ExtractedDocument, found: dict[int, list[Block]], removed: int) -> ExtractedDocument:
    kept = [block for block in document.blocks if not found.get(block.page or 0)]
    blocks = sorted([*kept, *(block for page in found.values() for block in page)], key=lambda block: block.page or 0)
    scans = tuple(page for page in document.scans if page not in found)
    count = document.pages or len(document.scans)
    reason, detail = document.reason, document.detail
    if reason is Reason.SCANNED:
        reason, detail = (Reason.SCANNED, name_scans(scans, count)) if scans else (None, None)
    if not blocks and reason is None:
        reason, detail = Reason.EMPTY, f"{count_pages(count)} without text"
    first = next((block.text for block in blocks if any(map(str.isalpha, block.text))), "")
    return replace(
        document,
        title=document.title if document.blocks else first[:120] or document.title,
        blocks=tuple(blocks),
        words=sum(count_words(block.text) for block in blocks),
        removed=document.removed + removed,
        scans=scans,
        reason=reason,
        detail=detail,
    )
