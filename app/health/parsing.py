"""How documents are parsed on this machine: what confines the parsing child, and whether scans can be read.

Called by `milo doctor`; starts one child and asks tesseract for its languages.
"""

from __future__ import annotations

import asyncio

from app.health.model import Finding
from ingestion.extract.child import ChildExtractor
from ingestion.extract.ocr import find_engine

_OLD_KERNEL = "Milo works; for the full protection run it on Linux 5.13 or newer, where containers allow seccomp."
_INSTALL = (
    "Only needed to read scanned PDFs: apt-get install tesseract-ocr and one tesseract-ocr-LANGUAGE for each"
    " language of your documents."
)


async def parsing() -> list[Finding]:
    return [await _child(), await _ocr()]


async def _child() -> Finding:
    async with ChildExtractor(children=1) as extractor:
        try:
            confined = await extractor.confinement()
        except OSError as error:
            return Finding("parsing", "failed", str(error), "Run make up again; look at the worker's log.")
    if confined.seccomp and confined.landlock:
        return Finding("parsing", "ok", "in a child without network, programs and files")
    missing = [name for name, there in (("seccomp", confined.seccomp), ("Landlock", confined.landlock)) if not there]
    detail = f"in a child with limits; this kernel refuses {' and '.join(missing)}"
    return Finding("parsing", "warning", detail, _OLD_KERNEL)


async def _ocr() -> Finding:
    engine = await asyncio.to_thread(find_engine)
    if engine is None:
        return Finding("OCR", "ok", "none: scanned pages are reported, not read", _INSTALL)
    return Finding("OCR", "ok", f"tesseract {engine.version} ({', '.join(engine.languages)})")
