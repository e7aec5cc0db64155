"""What is drawn on a PDF page beside its text: lines, filled boxes, pictures. Called by pdf_glyphs.py.

Lines and the edges of shaded boxes are the borders of table rows; pictures tell a scan; filled boxes may
lie over text. Bounded: a map of a hundred thousand paths gives up its borders and not the reader's time.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

from ingestion.extract.pdf_page import Box
from ingestion.extract.pdfium import pdfium

MAX_OBJECTS = 20_000
MAX_RULES = 4_000
_MAX_DEPTH = 4
_MAX_SEGMENTS = 600
_THIN = 2.5  # points
_SHORT = 8.0
_SHADED_ROW = (5.0, 90.0)  # heights of a shaded row or cell
_NO_MATRIX = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Fill:
    box: Box
    order: int


@dataclass(slots=True)
class Shapes:
    rules: list[Box] = field(default_factory=list[Box])
    fills: list[Fill] = field(default_factory=list[Fill])
    texts: dict[int, int] = field(default_factory=dict[int, int])  # address of a text object → its place in the order
    picture_area: float = 0.0
    drawings: int = 0
    objects: int = 0


def read_shapes(page: Any) -> Shapes:
    """All objects of the page, those inside of form objects too, in the order of their drawing."""
    shapes = Shapes()
    area = Box(0, 0, pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page))
    count = pdfium.FPDFPage_CountObjects(page)
    for index in range(min(count, MAX_OBJECTS)):
        _read_object(shapes, pdfium.FPDFPage_GetObject(page, index), _NO_MATRIX, 0, area)
    return shapes


def _read_object(shapes: Shapes, shape: Any, outer: Matrix, depth: int, area: Box) -> None:
    shapes.objects += 1
    if not shape or shapes.objects > MAX_OBJECTS:
        return
    kind = pdfium.FPDFPageObj_GetType(shape)
    if kind == pdfium.FPDF_PAGEOBJ_TEXT:
        shapes.texts[ctypes.addressof(shape.contents)] = shapes.objects
    elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        box = _bounds(shape, outer)
        if box is not None:
            wide = max(0.0, min(box.width, area.width))
            shapes.picture_area += wide * max(0.0, min(box.height, area.height))
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
        inner = _times(_matrix(shape), outer)
        for index in range(pdfium.FPDFFormObj_CountObjects(shape)):
            if shapes.objects > MAX_OBJECTS:
                return
            _read_object(shapes, pdfium.FPDFFormObj_GetObject(shape, index), inner, depth + 1, area)
    elif kind == pdfium.FPDF_PAGEOBJ_PATH:
        _read_path(shapes, shape, outer)


def _read_path(shapes: Shapes, shape: Any, outer: Matrix) -> None:
    mode, stroked = ctypes.c_int(0), pdfium.FPDF_BOOL(0)
    pdfium.FPDFPath_GetDrawMode(shape, ctypes.byref(mode), ctypes.byref(stroked))
    box = _bounds(shape, outer)
    if box is None:
        return
    if min(box.width, box.height) <= _THIN:
        if max(box.width, box.height) >= _SHORT:
            _add_rule(shapes, box)
        return
    segments = pdfium.FPDFPath_CountSegments(shape)
    if mode.value:
        shapes.drawings += 1
        shapes.fills.append(Fill(box, shapes.objects))
        if segments <= 6 and _SHADED_ROW[0] <= box.height <= _SHADED_ROW[1] and box.width >= 20:
            _add_edges(shapes, box)
    elif stroked.value and segments <= _MAX_SEGMENTS:
        _add_strokes(shapes, shape, segments, _times(_matrix(shape), outer))


def _add_strokes(shapes: Shapes, shape: Any, segments: int, matrix: Matrix) -> None:
    """The straight parts of a stroked path, along the axes: a whole grid may be one path."""
    x, y = ctypes.c_float(), ctypes.c_float()
    begun = last = None
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(shape, index)
        if not pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            continue
        point = _point(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begun = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
            _add_stroke(shapes, last, point)
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment) and begun is not None:
            _add_stroke(shapes, point, begun)
            last = begun


def _add_stroke(shapes: Shapes, one: tuple[float, float], other: tuple[float, float]) -> None:
    box = Box(min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
    if min(box.width, box.height) <= _THIN and max(box.width, box.height) >= _SHORT:
        _add_rule(shapes, box)


def _add_edges(shapes: Shapes, box: Box) -> None:
    _add_rule(shapes, Box(box.left, box.bottom, box.right, box.bottom))
    _add_rule(shapes, Box(box.left, box.top, box.right, box.top))


def _add_rule(shapes: Shapes, box: Box) -> None:
    if len(shapes.rules) < MAX_RULES:
        shapes.rules.append(box)


def _bounds(shape: Any, outer: Matrix) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(
        shape, ctypes.byref(left), ctypes.byref(bottom), ctypes.byref(right), ctypes.byref(top)
    ):
        return None
    if outer is _NO_MATRIX:
        return Box(left.value, bottom.value, right.value, top.value)
    corners = [_point(outer, x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _matrix(shape: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(shape, ctypes.byref(found)):
        return _NO_MATRIX
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    ao, bo, co, do, eo, fo = outer
    return (
        a * ao + b * co, a * bo + b * do, c * ao + d * co, c * bo + d * do, e * ao + f * co + eo, e * bo + f * do + fo
    )  # fmt: skip


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
