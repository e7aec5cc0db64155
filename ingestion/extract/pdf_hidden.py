"""Which glyphs of a PDF page nobody sees. Called by pdf_glyphs.py for each text object and glyph.

Without size, off the page, drawn in no ink: told from the object. White, pale, layered or under a filled
box: the page is rendered once, and a glyph whose place shows one even colour is not there for a reader.
Invisible text (render mode 3) over a picture of the page is what a text recognition laid there: it stays.
"""

from __future__ import annotations

import ctypes
import math
import re
from typing import Any

from ingestion.extract.pdf_page import Drawn
from ingestion.extract.pdf_shapes import Shapes
from ingestion.extract.pdfium import pdfium

_SMALLEST = 1.0  # points
_PALE = 215  # of 255, the darkest of the three colours
_FAINT = 40  # of 255, opacity
_EVEN = 10  # of 255: less difference than this between lightest and darkest is one colour
_PIXELS = 4_000_000
_SCALE = 1.5
_COVER_CHECKS = 2_000_000
_INVISIBLE = 3
_FILL_AND_STROKE = 2
_BOLD_NAME = re.compile(rb"bold|black|heavy|semibd|demi", re.I)
_BOLD_WEIGHT = 650
_FORCE_BOLD = 1 << 18
_MARKS = 16


class Sight:
    """Answers for one page; holds nothing of PDFium's after the page is closed."""

    def __init__(self, page: Any, text: Any, shapes: Shapes, *, on_scan: bool):
        self._page, self._text, self._shapes, self._on_scan = page, text, shapes, on_scan
        self._bold: dict[int, bool] = {}
        self._pixels: _Pixels | None = None
        self._checks = 0
        self._later = sorted(shapes.fills, key=lambda fill: -fill.order)
        area = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(area))
        self._area = (area.bottom, area.top)
        self.edges = (area.left, area.right)
        self._matrix, self._x, self._y = pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
        self._colour = [ctypes.c_uint() for _ in range(4)]

    def drawn(self, address: int, index: int) -> Drawn:
        """How the text object at `address` is drawn; `index` is its first glyph."""
        owner = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
        pdfium.FPDFText_GetMatrix(self._text, index, ctypes.byref(self._matrix))
        a, b, c, d = self._matrix.a, self._matrix.b, self._matrix.c, self._matrix.d
        size = abs(pdfium.FPDFText_GetFontSize(self._text, index)) * math.hypot(c, d)
        angle = _snapped(math.degrees(math.atan2(b, a)))
        pdfium.FPDFText_GetCharOrigin(self._text, index, ctypes.byref(self._x), ctypes.byref(self._y))
        x, y = self._x.value, self._y.value
        baseline = y
        if angle:
            turn = math.radians(angle)
            baseline = y * math.cos(turn) - x * math.sin(turn)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(owner)
        hidden = size < _SMALLEST or (mode == _INVISIBLE and not self._on_scan) or not self._on_page(y, size, angle)
        bold = self._is_bold(owner) or mode == _FILL_AND_STROKE
        doubtful = not hidden and mode != _INVISIBLE and self._is_doubtful(owner, address, x, y + 0.3 * size)
        return Drawn(baseline, size, angle, bold, hidden, doubtful)

    def shows(self, box: Any) -> bool:
        """Whether the rendered page has more than one colour where the glyph stands."""
        if self._pixels is None:
            self._pixels = _Pixels(self._page)
        return self._pixels.differ(box)

    def _on_page(self, y: float, size: float, angle: int) -> bool:
        """Whether the baseline lies between the page's upper and lower edge; text on its side is not judged."""
        return angle % 180 != 0 or self._area[0] - size < y < self._area[1] + size

    def _is_doubtful(self, owner: Any, address: int, x: float, y: float) -> bool:
        red, green, blue, alpha = self._colour
        if pdfium.FPDFPageObj_GetFillColor(owner, red, green, blue, alpha) and (
            alpha.value < _FAINT or min(red.value, green.value, blue.value) >= _PALE
        ):
            return True
        count = pdfium.FPDFPageObj_CountMarks(owner)
        if count > 0 and any(self._is_layer(owner, number) for number in range(min(count, _MARKS))):
            return True
        order = self._shapes.texts.get(address)
        if order is None:
            return self._shapes.objects > len(self._shapes.texts)  # beyond what was looked at
        for fill in self._later:
            if fill.order < order:
                return False
            self._checks += 1
            box = fill.box
            if self._checks > _COVER_CHECKS or (box.bottom <= y <= box.top and box.right > x):
                return True
        return False

    def _is_layer(self, owner: Any, number: int) -> bool:
        """Whether a mark puts the text on a layer, which may be switched off."""
        mark = pdfium.FPDFPageObj_GetMark(owner, number)
        name, length = (pdfium.FPDF_WCHAR * 8)(), ctypes.c_ulong()
        if not pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), ctypes.byref(length)):
            return False
        return bytes(name)[:6] == "OC\0".encode("utf-16-le")

    def _is_bold(self, owner: Any) -> bool:
        font = pdfium.FPDFTextObj_GetFont(owner)
        if not font:
            return False
        key = ctypes.addressof(font.contents)
        known = self._bold.get(key)
        if known is None:
            name = ctypes.create_string_buffer(256)
            pdfium.FPDFFont_GetBaseFontName(font, name, 256)
            known = bool(
                _BOLD_NAME.search(name.value)
                or pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
                or (max(pdfium.FPDFFont_GetFlags(font), 0) & _FORCE_BOLD)
            )
            self._bold[key] = known
        return known


class _Pixels:
    """The page as it looks, in greys."""

    def __init__(self, page: Any):
        wide, high = max(pdfium.FPDF_GetPageWidthF(page), 1.0), max(pdfium.FPDF_GetPageHeightF(page), 1.0)
        scale = min(_SCALE, math.sqrt(_PIXELS / (wide * high)))
        self._page = page
        self._width, self._height = max(1, int(wide * scale)), max(1, int(high * scale))
        self._x, self._y = ctypes.c_int(), ctypes.c_int()
        bitmap = pdfium.FPDFBitmap_CreateEx(self._width, self._height, pdfium.FPDFBitmap_Gray, None, 0)
        if not bitmap:
            raise MemoryError
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, self._width, self._height, 0xFFFFFFFF)
            pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, self._width, self._height, 0, pdfium.FPDF_GRAYSCALE)
            self._stride = pdfium.FPDFBitmap_GetStride(bitmap)
            self._bytes = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), self._stride * self._height)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)

    def differ(self, box: Any) -> bool:
        one, other = self._place(box.left, box.bottom), self._place(box.right, box.top)
        left, right = sorted((one[0], other[0]))
        upper, lower = sorted((one[1], other[1]))
        lightest, darkest = 0, 255
        for row in range(upper, lower + 1):
            pixels = self._bytes[row * self._stride + left : row * self._stride + right + 1]
            lightest, darkest = max(lightest, *pixels, 0), min(darkest, *pixels, 255)
            if lightest - darkest > _EVEN:
                return True
        return False

    def _place(self, along: float, across: float) -> tuple[int, int]:
        x, y = self._x, self._y
        pdfium.FPDF_PageToDevice(
            self._page, 0, 0, self._width, self._height, 0, along, across, ctypes.byref(x), ctypes.byref(y)
        )
        return min(max(x.value, 0), self._width - 1), min(max(y.value, 0), self._height - 1)


def _snapped(degrees: float) -> int:
    """Whole degrees from 0 to 359; what is nearly upright or nearly on its side is so: scans lie askew."""
    nearest = round(degrees / 90) * 90
    return int(nearest if abs(degrees - nearest) <= 3 else round(degrees)) % 360
