"""One page of an open PDF in, its spans, rules and pictures out, by PDFium. Called by pdf.py for each page.

PDFium gives glyphs with boxes and the object that drew them; what is drawn in no colour, outside of the
page, in no size or under something else is asked of pdf_hidden.py and left out.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ingestion.extract.pdf_hidden import Sight
from ingestion.extract.pdf_page import Box, Drawn, PageText, Span
from ingestion.extract.pdf_shapes import read_shapes
from ingestion.extract.pdfium import pdfium

MAX_GLYPHS = 200_000  # of one page
_WORD_GAP = 0.16  # of the size: more than this between two glyphs is a space
_SPAN_GAP = 0.42  # of the size: more than this may be a border
_SCAN_SHARE = 0.5
_STRIDE = 12
_MAX_UNICODE = 0x10FFFF
_HYPHENS = (0x02, 0xFFFE)  # PDFium's marks for a hyphen at the end of a line
_SPACES = frozenset({0xA0, 0x1680, 0x3000, *range(0x2000, 0x200B)})
_UNMAPPED = frozenset({0, 0xFFFD})


def _plain(function: Any, result: Any) -> Any:
    """The same C function with bare addresses for pointers: called for each word, that halves the time."""
    prototype = ctypes.CFUNCTYPE(
        result, ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * (len(function.argtypes) - 2)
    )
    return prototype(ctypes.cast(function, ctypes.c_void_p).value or 0)  # pyright: ignore[reportCallIssue, reportArgumentType]


_owner = _plain(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
_unicode = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
_all_text = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium.FPDFText_GetText, ctypes.c_void_p).value or 0  # pyright: ignore[reportCallIssue, reportArgumentType]
)
_loose_box = _plain(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)


def read_page(document: Any, number: int, *, limit: int) -> PageText:
    """`number` from 1; `limit` bounds the glyphs read. A page that cannot be opened is `broken`."""
    page = pdfium.FPDF_LoadPage(document, number - 1)
    if not page:
        return PageText(number, 0, 0, broken=True)
    try:
        width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
        found = PageText(number, width, height)
        shapes = read_shapes(page)
        found.rules, found.drawings = shapes.rules, shapes.drawings
        found.picture_share = min(shapes.picture_area / max(width * height, 1.0), 1.0)
        text = pdfium.FPDFText_LoadPage(page)
        if not text:
            found.broken = True
            return found
        try:
            _read_glyphs(found, text, Sight(page, text, shapes, on_scan=found.picture_share >= _SCAN_SHARE), limit)
        finally:
            pdfium.FPDFText_ClosePage(text)
        return found
    finally:
        pdfium.FPDF_ClosePage(page)


def _read_glyphs(found: PageText, text: Any, sight: Sight, limit: int) -> None:
    """Word after word in the order of the file; a span ends where the next word does not join it."""
    angles: dict[int, list[Span]] = {}
    count = pdfium.FPDFText_CountChars(text)
    if count > min(limit, MAX_GLYPHS):
        found.cut = True
        count = min(limit, MAX_GLYPHS)
    measure = _Measure(text, sight)
    span: Span | None = None
    angle, before = 0, float("nan")
    for first, end, codes, drawn, spaced in _words(measure.page, count, sight):
        found.characters += end - first
        word, unmapped = _word(codes)
        found.unmapped += unmapped
        if not word:
            continue
        place = None if drawn.hidden else measure.place(first, end, drawn)
        if place is None:
            found.hidden += len(word)
            continue
        left, right = place
        if span is None or drawn.angle != angle:
            joins = False
        elif not spaced and left == before and right == span.right and drawn.baseline == span.tip:
            span.text += word  # one glyph that stands for several letters
            continue
        else:
            joins = _joins(span, left, right, drawn, "\u0590" <= word[0] <= "\u08ff")
        before = left
        if span is not None and joins:
            _join(span, word, left, right, drawn, spaced=spaced)
            continue
        span = Span(word, left, right, drawn.baseline, drawn.size, drawn.bold, drawn.baseline)
        angle = drawn.angle
        angles.setdefault(angle, []).append(span)
    _main_first(found, angles)


def _words(page: Any, count: int, sight: Sight) -> Iterator[tuple[int, int, Sequence[int], Drawn, bool]]:
    """First glyph, end, characters, how they are drawn, and whether a space came before.

    A word is of one text object. Glyph by glyph goes only what may be hidden.
    """
    codes = _codes(page, count)
    objects: dict[int, Drawn] = {}
    spaced = False
    index = owner = same_until = 0
    while index < count:
        if _is_space(codes[index]):
            spaced = True
            index += 1
            continue
        if index >= same_until:
            owner, same_until = _owner_from(page, index, count)
        if not owner:  # made by PDFium
            spaced = True
            index += 1
            continue
        drawn = objects.get(owner)
        if drawn is None:
            drawn = objects[owner] = sight.drawn(owner, index)
        end = index + 1
        while end < count and not drawn.doubtful and not _is_space(codes[end]):
            if end >= same_until:
                another, until = _owner_from(page, end, count)
                if another != owner:
                    break
                same_until = until
            end += 1
        yield index, end, codes[index:end], drawn, spaced
        index, spaced = end, False


def _is_space(code: int) -> bool:
    return (code <= 0x20 and code != 2) or code in _SPACES


class _Measure:
    """Where words stand. Asking the library costs more than all the rest, so only their ends are asked for."""

    def __init__(self, text: Any, sight: Sight):
        self.page = ctypes.cast(text, ctypes.c_void_p)
        self._sight = sight
        self._leftmost, self._rightmost = sight.edges
        self._box = pdfium.FS_RECTF()
        self._reference = ctypes.cast(ctypes.pointer(self._box), ctypes.c_void_p)

    def place(self, first: int, end: int, drawn: Drawn) -> tuple[float, float] | None:
        """Left and right along the text's own direction; None for what is not on the page or not to be seen."""
        if not _loose_box(self.page, first, self._reference):
            return None
        if drawn.doubtful and not self._sight.shows(self._box):
            return None
        seen, left, right = self._ends(drawn.angle)
        if end - first > 1 and _loose_box(self.page, end - 1, self._reference):
            last_seen, last_left, last_right = self._ends(drawn.angle)
            seen, left, right = seen or last_seen, min(left, last_left), max(right, last_right)
        return (left, right) if seen else None

    def _ends(self, angle: int) -> tuple[bool, float, float]:
        box = self._box
        seen = bool(box.right >= self._leftmost and box.left <= self._rightmost)
        left, right = _turned(box, angle) if angle else (box.left, box.right)
        return seen, left, right


def _codes(page: Any, count: int) -> Sequence[int]:
    """The characters by number: all in one call where each is one unit of UTF-16, else one by one."""
    units = (ctypes.c_ushort * (count + 1))()
    if _all_text(page, 0, count, ctypes.cast(units, ctypes.c_void_p)) == count + 1:
        return units[:count]
    return [_unicode(page, index) for index in range(count)]


def _owner_from(page: Any, index: int, count: int) -> tuple[int, int]:
    """The text object of a glyph, and up to where it is surely the same: an object's glyphs stand together."""
    owner = _owner(page, index) or 0
    if owner and index + _STRIDE < count and _owner(page, index + _STRIDE) == owner:
        return owner, index + _STRIDE + 1
    return owner, index + 1


def _word(codes: Sequence[int]) -> tuple[str, int]:
    """The letters, and how many of them have no meaning that the file would tell."""
    word = "".join(map(chr, codes)) if max(codes) <= _MAX_UNICODE else ""
    if word.isascii() and "\x02" not in word:
        return word, 0
    letters: list[str] = []
    unmapped = high = 0
    for code in codes:
        code, high = _character(code, high)
        if not high:
            unmapped += code in _UNMAPPED or 0xE000 <= code <= 0xF8FF
            if code:
                letters.append(chr(code))
    return "".join(letters), unmapped


def _character(code: int, high: int) -> tuple[int, int]:
    """The character, 0 while there is none yet, and the first half of a pair that waits for its second."""
    if code in _HYPHENS:
        return 0x2D, 0
    if 0x80 <= code < 0xA0:
        return ord(bytes([code]).decode("cp1252", "replace")), 0  # what a careless file means by these
    if 0xD800 <= code <= 0xDBFF:
        return 0, code
    if 0xDC00 <= code <= 0xDFFF:
        return (0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0), 0
    return (code if code <= 0x10FFFF else 0), 0


def _turned(box: Any, angle: int) -> tuple[float, float]:
    """Left and right of a glyph along its own direction."""
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    along = [x * cos + y * sin for x in (box.left, box.right) for y in (box.bottom, box.top)]
    return min(along), max(along)


def _joins(span: Span, left: float, right: float, drawn: Drawn, leftwards: bool) -> bool:
    larger = drawn.size if drawn.size > span.size else span.size
    drop = abs(drawn.baseline - span.baseline)
    onwards = left - span.right
    if drop > 0.12 * larger and (drop > 0.45 * larger or drawn.size > 0.9 * span.size or onwards > 0.3 * larger):
        return False  # neither one line nor a raised mark right behind its word
    if -0.35 * larger <= onwards <= _SPAN_GAP * larger:
        return True
    return leftwards and -0.35 * larger <= span.left - right <= _SPAN_GAP * larger


def _join(span: Span, word: str, left: float, right: float, drawn: Drawn, *, spaced: bool) -> None:
    size = drawn.size
    gap = span.left - right if left < span.left else left - span.right
    raised = abs(drawn.baseline - span.baseline) > 0.12 * span.size
    leaps = abs(drawn.baseline - span.tip) > 0.12 * span.size
    figures = leaps and word[0].isdigit() and span.text[-1].isdigit()  # 12 with a small 50: never 1250
    if (spaced and gap > 0.05 * size) or gap > _WORD_GAP * size or figures:
        span.text += " "
    span.text += word
    span.tip = drawn.baseline
    if left < span.left:
        span.left = left
    if right > span.right:
        span.right = right
    if not drawn.bold:
        span.bold = False
    if not raised and size > span.size:
        span.size = size


def _main_first(found: PageText, angles: dict[int, list[Span]]) -> None:
    """The direction in which most of the page is written is the page's; the others follow it."""
    letters = Counter({angle: sum(len(span.text) for span in spans) for angle, spans in angles.items()})
    for index, (angle, _) in enumerate(letters.most_common()):
        if index == 0:
            found.spans = angles[angle]
            if angle:
                found.rules = [_turned_box(rule, angle) for rule in found.rules]
        else:
            found.turned.append(angles[angle])


def _turned_box(rule: Box, angle: int) -> Box:
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    corners = [(x * cos + y * sin, y * cos - x * sin) for x in (rule.left, rule.right) for y in (rule.bottom, rule.top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))
