"""The second opinion on a PDF, by pypdf: pages that PDFium could not read, and the values of forms. Used by pdf.py.

Opened only when asked. pypdf leaves it to its caller to catch what broken files raise (its
docs/user/security.md), and here to stop it too: a file may not spend the time of the first engine's reading.
"""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import TypeVar

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingestion.extract.pdf_forms import Field, read_fields

SECONDS = 6.0
_T = TypeVar("_T")
_BROKEN = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NotImplementedError, OSError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip


class _Late(BaseException):
    """Not an Exception: pypdf would take it for a fault of the file and go on."""


class SecondOpinion:
    """Has no opinion (None, nothing found) on what pypdf cannot read within the time."""

    def __init__(self, body: bytes, password: str = ""):
        self._body, self._password = body, password
        self._reader: PdfReader | None = None
        self._left = SECONDS

    def page_count(self) -> int | None:
        """None for a file that pypdf cannot open."""
        return self._ask(lambda: len(self._open().pages), None)

    def is_locked(self) -> bool:
        def ask() -> bool:
            reader = PdfReader(io.BytesIO(self._body), strict=False)
            return bool(reader.is_encrypted and not reader.decrypt(self._password))

        return self._ask(ask, False)

    def texts(self, numbers: Sequence[int]) -> dict[int, str]:
        """Of the pages (from 1) that could be read in time."""
        found: dict[int, str] = {}

        def ask() -> None:
            pages = self._open().pages
            for number in numbers:
                with suppress(*_BROKEN):  # pdf.py tells of the pages that nobody could read
                    found[number] = pages[number - 1].extract_text()

        self._ask(ask, None)
        return found

    def fields(self) -> list[Field]:
        return self._ask(lambda: read_fields(self._open()), [])

    def title(self) -> str:
        def ask() -> str:
            metadata = self._open().metadata
            return str((metadata and metadata.title) or "")

        return self._ask(ask, "")

    def _open(self) -> PdfReader:
        if self._reader is None:
            self._reader = PdfReader(io.BytesIO(self._body), strict=False)
            if self._reader.is_encrypted:
                self._reader.decrypt(self._password)
        return self._reader

    def _ask(self, ask: Callable[[], _T], otherwise: _T) -> _T:
        if self._left <= 0:
            return otherwise
        clocked = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGVTALRM, _stop) if clocked else None
        try:
            if clocked:
                signal.setitimer(signal.ITIMER_VIRTUAL, self._left)
            return ask()
        except _Late:
            return otherwise
        except _BROKEN:
            return otherwise
        finally:
            if clocked:
                self._left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                signal.signal(signal.SIGVTALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Late
