"""One page of a PDF as a picture for text recognition, by PDFium. Runs in the parsing child; ocr.py asks for it."""

from __future__ import annotations

import ctypes
import math

from ingestion.extract.pdf_dots import DOTS_PER_INCH
from ingestion.extract.pdf_open import Locked, Unreadable, open_pdf
from ingestion.extract.pdfium import pdfium

_PIXELS = 9_000_000


def draw_page(body: bytes, number: int) -> bytes:
    """A PGM file in greys; empty for a page that cannot be drawn."""
    try:
        with open_pdf(body) as opened:
            page = pdfium.FPDF_LoadPage(opened.raw, number - 1)
            if not page:
                return b""
            try:
                return _draw(page)
            finally:
                pdfium.FPDF_ClosePage(page)
    except (Locked, Unreadable):
        return b""


def _draw(page: object) -> bytes:
    wide, high = max(pdfium.FPDF_GetPageWidthF(page), 1.0), max(pdfium.FPDF_GetPageHeightF(page), 1.0)
    scale = min(DOTS_PER_INCH / 72, math.sqrt(_PIXELS / (wide * high)))
    width, height = max(1, int(wide * scale)), max(1, int(high * scale))
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        raise MemoryError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_GRAYSCALE)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    rows = pixels if stride == width else b"".join(pixels[y * stride : y * stride + width] for y in range(height))
    return b"P5\n%d %d\n255\n" % (width, height) + rows
