"""A PDF under a password in, the same file without one out, by PDFium. Runs in the parsing child.

The password comes over the pipe, is used once and lies nowhere: not in a log, an argument or a file.
"""

from __future__ import annotations

import ctypes
from enum import StrEnum
from typing import Any

from ingestion.extract.pdf_open import Locked, Unreadable, open_pdf
from ingestion.extract.pdfium import pdfium

MAX_BYTES = 40 * 1024 * 1024


class Unlocked(StrEnum):
    OPEN = "open"  # it needs no password
    OPENED = "opened"
    WRONG = "wrong"
    BROKEN = "broken"


def unlock_pdf(body: bytes, password: str) -> tuple[Unlocked, bytes]:
    """The bytes are empty unless OPENED."""
    try:
        with open_pdf(body):
            return Unlocked.OPEN, b""
    except Unreadable:
        return Unlocked.BROKEN, b""
    except Locked:
        pass_on = _forms_of(password)
    for form in pass_on:
        try:
            with open_pdf(body, form) as opened:
                return Unlocked.OPENED, _saved(opened.raw)
        except Locked:
            continue
        except Unreadable:
            return Unlocked.BROKEN, b""
    return Unlocked.WRONG, b""


def _forms_of(password: str) -> list[str]:
    """As typed, and without the spaces that copying brings along."""
    return list(dict.fromkeys((password, password.strip())))


def _saved(document: Any) -> bytes:
    parts: list[bytes] = []
    size = 0

    def write(_file: Any, data: Any, length: int) -> int:
        nonlocal size
        size += length
        if size > MAX_BYTES:
            return 0
        parts.append(ctypes.string_at(data, length))
        return 1

    sink = pdfium.FPDF_FILEWRITE(version=1)
    sink.WriteBlock = type(sink.WriteBlock)(write)
    if not pdfium.FPDF_SaveAsCopy(document, ctypes.byref(sink), pdfium.FPDF_REMOVE_SECURITY):
        raise ValueError("not saved")
    return b"".join(parts)
