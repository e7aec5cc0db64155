"""What stands in the fields of a PDF form, by pypdf. Called by pdf_second.py; pdf.py makes rows of it.

A field is named by what the file says of it for screen readers, by the text beside it on the page (pdf.py
knows that), or by its own name. Hidden fields, buttons, signatures and passwords say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from ingestion.extract.pdf_page import Box, Span

MAX_FIELDS = 2_000
_VALUE_CHARACTERS = 4_000
_HIDDEN = 0b100010  # hidden, not viewed
_PASSWORD = 1 << 13
_PUSH_BUTTON = 1 << 16
_RADIO = 1 << 15
_PARENTS = 20


@dataclass(frozen=True, slots=True)
class Field:
    """`value` is "on" or "off" for a box to tick."""

    page: int
    name: str
    said: str  # its description, if the file has one
    value: str
    is_box: bool
    place: Box


def read_fields(reader: PdfReader) -> list[Field]:
    fields: list[Field] = []
    form: Any = reader.root_object.get("/AcroForm")
    if form is None:
        return fields
    for number, page in enumerate(reader.pages, 1):
        for reference in page.get("/Annots", None) or ():
            widget: Any = reference.get_object()
            if not isinstance(widget, DictionaryObject) or widget.get("/Subtype") != "/Widget":
                continue
            field = _field(widget, number)
            if field is not None:
                fields.append(field)
            if len(fields) >= MAX_FIELDS:
                return fields
    return fields


def label_of(field: Field, spans: Sequence[Span]) -> str:
    """What a reader takes for the field's name. Boxes have it on their right, fields on their left or above."""
    if field.said:
        return field.said
    place, middle = field.place, (field.place.bottom + field.place.top) / 2
    beside = [
        span for span in spans if abs(span.baseline + 0.3 * span.size - middle) < max(place.height, span.size) * 0.6
    ]
    left = [span for span in beside if 0 <= place.left - span.right + 2 < 150]
    right = [span for span in beside if 0 <= span.left - place.right + 2 < 150]
    above = [
        span
        for span in spans
        if -2 < span.baseline - place.top < 2 * span.size and span.left < place.right and span.right > place.left
    ]
    sides = (right, left) if field.is_box else (left, above)
    for side in sides:
        if side:
            nearest = min(side, key=lambda span: min(abs(place.left - span.right), abs(span.left - place.right)))
            return nearest.text.strip().rstrip(":").strip()
    return field.name


def _field(widget: DictionaryObject, page: int) -> Field | None:
    kind, flags = _inherited(widget, "/FT"), _number(_inherited(widget, "/Ff"))
    if _number(widget.get("/F")) & _HIDDEN or flags & _PASSWORD:
        return None
    value: Any = _inherited(widget, "/V")
    is_box = False
    if kind == "/Btn":
        if flags & _PUSH_BUTTON:
            return None
        state = str(widget.get("/AS") or value or "/Off").lstrip("/")
        if flags & _RADIO:
            if state == "Off":
                return None
            shown = state
        else:
            shown, is_box = ("off" if state == "Off" else "on"), True
    elif kind in ("/Tx", "/Ch"):
        parts = cast(list[object], value) if isinstance(value, list) else [value]
        shown = ", ".join(str(part) for part in parts if part is not None)[:_VALUE_CHARACTERS]
    else:
        return None
    if not shown.strip():
        return None
    corners: Any = widget.get("/Rect") or (0, 0, 0, 0)
    x1, y1, x2, y2 = (float(corner) for corner in corners)
    place = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    said: Any = _inherited(widget, "/TU")
    return Field(page, _name(widget), str(said or "").strip(), shown, is_box, place)


def _inherited(widget: DictionaryObject, key: str) -> object:
    """A field's own entry or that of the field it is a part of."""
    node: Any = widget
    for _ in range(_PARENTS):
        if not isinstance(node, DictionaryObject):
            return None
        if key in node:
            return node[key]
        parent: Any = node.get("/Parent")
        node = parent.get_object() if parent is not None else None
    return None


def _name(widget: DictionaryObject) -> str:
    name = _inherited(widget, "/T")
    return str(name or "").strip()


def _number(value: object) -> int:
    return int(value) if isinstance(value, int) else 0
