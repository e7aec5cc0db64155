"""A PDF opened by PDFium: its pages, title, language and links. Used by pdf.py, pdf_unlock.py and ocr_pages.py."""

from __future__ import annotations

import ctypes
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from ingestion.extract.pdfium import pdfium

MAX_LINKS = 2_000


class Locked(Exception):
    """A password is needed, or another one."""


class Unreadable(Exception):
    """PDFium finds no document in these bytes."""


class OpenPdf:
    def __init__(self, document: Any):
        self.raw = document
        self.pages: int = max(pdfium.FPDF_GetPageCount(document), 0)

    @property
    def has_form(self) -> bool:
        return pdfium.FPDF_GetFormType(self.raw) != pdfium.FORMTYPE_NONE

    @property
    def is_xfa(self) -> bool:
        """A form that only Adobe's own reader can show; its pages say no more than that."""
        return pdfium.FPDF_GetFormType(self.raw) == pdfium.FORMTYPE_XFA_FULL

    def title(self) -> str:
        length = pdfium.FPDF_GetMetaText(self.raw, b"Title", None, 0)
        if not 2 < length <= 4096:
            return ""
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDF_GetMetaText(self.raw, b"Title", buffer, length)
        return buffer.raw[: length - 2].decode("utf-16-le", "ignore")

    def language(self) -> str:
        length = pdfium.FPDFCatalog_GetLanguage(self.raw, None, 0)
        if not 2 < length <= 200:
            return ""
        buffer = (pdfium.FPDF_WCHAR * (length // 2))()
        pdfium.FPDFCatalog_GetLanguage(self.raw, buffer, length)
        return bytes(buffer)[: length - 2].decode("utf-16-le", "ignore")

    def links(self, number: int) -> list[str]:
        """Web addresses that the page (from 1) leads to."""
        page = pdfium.FPDF_LoadPage(self.raw, number - 1)
        if not page:
            return []
        found: list[str] = []
        try:
            position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
            for _ in range(MAX_LINKS):
                if not pdfium.FPDFLink_Enumerate(page, ctypes.byref(position), ctypes.byref(link)):
                    break
                action = pdfium.FPDFLink_GetAction(link)
                length = pdfium.FPDFAction_GetURIPath(self.raw, action, None, 0) if action else 0
                if 8 < length <= 2048:
                    buffer = ctypes.create_string_buffer(length)
                    pdfium.FPDFAction_GetURIPath(self.raw, action, buffer, length)
                    found.append(buffer.value.decode("utf-8", "ignore").strip())
        finally:
            pdfium.FPDF_ClosePage(page)
        return found


@contextmanager
def open_pdf(body: bytes, password: str = "") -> Generator[OpenPdf]:
    """Raises Locked or Unreadable. `body` must live as long as the document."""
    document = pdfium.FPDF_LoadMemDocument64(body, len(body), password.encode() or None)
    if not document:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise Locked
        raise Unreadable
    try:
        yield OpenPdf(document)
    finally:
        pdfium.FPDF_CloseDocument(document)
