"""What tesseract says of a page (its TSV: one line a word, with place and confidence) in, a page of spans out.

Called by ocr.py; from there the words are arranged like those of any other PDF page (pdf_layout.py).
"""

from __future__ import annotations

import statistics

from ingestion.extract.pdf_page import PageText, Span

_COLUMNS = 12
_LINE, _WORD = "4", "5"
_UNSURE = 25.0  # of 100: less is dirt taken for letters
_SIZE_OF_LINE = 0.8  # a line's box reaches from ascenders to descenders
_WORD_GAP = 1.3  # of the size: more than this is no space between words
_LIKE_BULLETS = frozenset("e°¢«*®©o¢»")  # what a round dot is taken for
MAX_WORDS = 20_000


def page_of_words(table: str, number: int, dots_per_inch: float) -> PageText:
    """Places in points, upwards; sizes as the lines of each block of text have them on the whole."""
    page = PageText(number, 0, 0)
    scale = 72 / dots_per_inch
    lines: dict[tuple[str, str, str], tuple[float, float]] = {}  # block, paragraph, line → lower edge, height
    heights: dict[str, list[float]] = {}
    words: list[tuple[tuple[str, str, str], float, float, str]] = []
    for raw in table.splitlines()[: 2 * MAX_WORDS]:
        cells = raw.split("\t")
        if len(cells) < _COLUMNS or cells[0] not in (_LINE, _WORD):
            continue
        key = (cells[2], cells[3], cells[4])
        try:
            left, top, width, height, sure = (float(cell) for cell in cells[6:11])
        except ValueError:
            continue  # the names of the columns
        if cells[0] == _LINE:
            lines[key] = (-(top + height) * scale, height * scale)
            heights.setdefault(cells[2], []).append(height * scale)
        elif sure >= _UNSURE and cells[11].strip():
            words.append((key, left * scale, (left + width) * scale, cells[11].strip()))
    last: tuple[str, str, str] | None = None
    for key, left, right, text in words:
        if key not in lines:
            continue
        size = statistics.median(heights[key[0]]) * _SIZE_OF_LINE
        page.characters += len(text)
        if key == last and page.spans[-1].text in _LIKE_BULLETS and left - page.spans[-1].right > 0.6 * size:
            page.spans[-1].text = "•"
        if key == last and 0 <= left - page.spans[-1].right <= _WORD_GAP * size:
            page.spans[-1].text += f" {text}"
            page.spans[-1].right = right
        else:
            page.spans.append(Span(text, left, right, lines[key][0] + 0.2 * size, size))
        last = key
    return page
