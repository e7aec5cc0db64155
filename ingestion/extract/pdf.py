"""Bytes of a PDF in, an `ExtractedDocument` with page numbers out. Runs in the parsing child (read.py).

PDFium reads first (pdf_glyphs.py), a page is arranged as a reader reads it (pdf_layout.py) and written as
blocks (pdf_blocks.py). pypdf has the second word (pdf_second.py): on a file that PDFium cannot open, on
pages that it reads as nothing or as nonsense, and on forms (docs/decisions/0023).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingestion.extract.clean import clean, count_words
from ingestion.extract.lines import join_lines
from ingestion.extract.page_names import count_pages, name_pages, name_scans
from ingestion.extract.pdf_blocks import merge_headings, without_running_lines, write_blocks
from ingestion.extract.pdf_forms import Field, label_of
from ingestion.extract.pdf_glyphs import read_page
from ingestion.extract.pdf_layout import arrange
from ingestion.extract.pdf_open import Locked, OpenPdf, Unreadable, open_pdf
from ingestion.extract.pdf_page import Line, PageText
from ingestion.extract.pdf_second import SecondOpinion
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason

MAX_PAGES = 500
MAX_CHARACTERS = 2_000_000
MAX_SECONDS = 11.0  # of CPU: what was read until then is kept, and the rest told
_MAGIC = b"%PDF-"
_SECOND_PAGES = 40
_SCAN_LETTERS = 12
_SCAN_SHARE = 0.5
_OUTLINES = 150  # filled shapes on a page without a letter: text that was turned into drawings
_GARBLED_SHARE = 0.3
_XFA_WORDS = 120
_MAX_LINKS = 5_000
_FILE_NAME = re.compile(
    r"\.(?:docx?|odt|pdf|indd|qxd|xlsx?|pptx?|cdr|rtf|pages|tmp)\b|^microsoft word|^untitled|^unbenannt|[_\\/]", re.I
)


def extract_pdf(body: bytes, name: str, *, careful: bool = False) -> ExtractedDocument:
    """`name` titles a document that carries no usable title of its own. `careful`: PDFium died on this file before."""
    if not body:
        return _unread(Reason.EMPTY, "0 bytes")
    if not body[:16].lstrip(b"\xef\xbb\xbf\0\r\n\t ").startswith(_MAGIC):
        return _unread(Reason.BROKEN, "no PDF")
    second = SecondOpinion(body, "")
    if careful:
        return _by_second_alone(second, name)
    try:
        with open_pdf(body) as opened:
            if opened.pages == 0:
                return _by_second_alone(second, name)
            return _document(_read(opened, second), opened, name)
    except Locked:
        return _unread(Reason.ENCRYPTED, None)
    except Unreadable:
        return _by_second_alone(second, name)


@dataclass(slots=True)
class _Reading:
    """What became of the pages. `read`: page by page, lines by PDFium or blocks by pypdf."""

    count: int
    pages: list[PageText] = field(default_factory=list[PageText])
    second: dict[int, list[Block]] = field(default_factory=dict[int, list[Block]])
    fields: list[Field] = field(default_factory=list[Field])
    links: dict[str, None] = field(default_factory=dict[str, None])
    limited: bool = False
    broken: list[int] = field(default_factory=list[int])
    scans: list[int] = field(default_factory=list[int])
    removed: int = 0


def _read(opened: OpenPdf, second: SecondOpinion) -> _Reading:
    reading = _Reading(opened.pages, limited=opened.pages > MAX_PAGES)
    begun, characters = time.process_time(), 0
    for number in range(1, min(opened.pages, MAX_PAGES) + 1):
        page = read_page(opened.raw, number, limit=MAX_CHARACTERS - characters)
        reading.pages.append(page)
        reading.limited = reading.limited or page.cut
        characters += page.characters
        reading.links.update(dict.fromkeys(opened.links(number)))
        if characters >= MAX_CHARACTERS or time.process_time() - begun > MAX_SECONDS:
            reading.limited = reading.limited or number < opened.pages
            break
    _ask_second(reading, second)
    for page in reading.pages:
        reading.removed += page.hidden
        if page.number in reading.second:
            continue
        if _is_scan(page):
            reading.scans.append(page.number)
        elif page.broken:
            reading.broken.append(page.number)
    if opened.has_form:
        reading.fields = second.fields()
    return reading


def _ask_second(reading: _Reading, second: SecondOpinion) -> None:
    """pypdf's reading of the pages that PDFium found broken, empty without a cause, or full of unknown signs."""
    doubtful = [page for page in reading.pages if page.broken or _is_garbled(page) or _is_oddly_empty(page)]
    texts = second.texts([page.number for page in doubtful[:_SECOND_PAGES]]) if doubtful else {}
    for page in doubtful:
        blocks, removed = join_lines(texts.get(page.number, ""), page.number)
        letters = sum(_letters(block.text) for block in blocks)
        strange = sum(sum("\ue000" <= sign <= "\uf8ff" or sign == "\ufffd" for sign in block.text) for block in blocks)
        if letters > 2 * _shown_letters(page) + 3 or (_is_garbled(page) and letters > 20 and strange * 10 < letters):
            reading.second[page.number] = blocks
            reading.removed += removed


def _is_oddly_empty(page: PageText) -> bool:
    return page.characters == 0 and page.picture_share < _SCAN_SHARE and page.drawings < _OUTLINES


def _is_garbled(page: PageText) -> bool:
    return page.unmapped > _GARBLED_SHARE * page.characters and page.characters > 10


def _is_scan(page: PageText) -> bool:
    """A picture of the page without text, letters as outlines, or letters whose meaning the file does not tell."""
    if _is_garbled(page):
        return True
    if _shown_letters(page) >= _SCAN_LETTERS:
        return False
    return page.picture_share >= _SCAN_SHARE or (page.characters == 0 and page.drawings >= _OUTLINES)


def _shown_letters(page: PageText) -> int:
    return sum(_letters(span.text) for spans in (page.spans, *page.turned) for span in spans)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _document(reading: _Reading, opened: OpenPdf, name: str) -> ExtractedDocument:
    blocks, removed = _blocks(reading)
    words = sum(count_words(block.text) for block in blocks)
    reason, detail = _verdict(reading, bool(blocks), len(reading.pages))
    if opened.is_xfa and words < _XFA_WORDS:
        reason, detail = Reason.UNSUPPORTED, "a form for Adobe Reader only"
    return ExtractedDocument(
        title=_title(opened.title(), blocks, name),
        blocks=tuple(blocks),
        links=tuple(link for link in reading.links if link.startswith(("http://", "https://")))[:_MAX_LINKS],
        language=_language(opened.language()),
        words=words,
        pages=reading.count,
        removed=removed + reading.removed,
        reason=reason,
        detail=detail,
        scans=tuple(reading.scans),
    )


def _blocks(reading: _Reading) -> tuple[list[Block], int]:
    """In the order of the pages; the values of a page's form after its text."""
    arranged = [
        (page.number, [] if page.number in reading.second else arrange(page))
        for page in reading.pages
        if not _is_garbled(page) or page.number in reading.second
    ]
    arranged = without_running_lines(arranged)
    blocks: list[Block] = []
    removed = 0
    waiting: list[tuple[int, list[Line]]] = []
    filled = any(not entry.is_box or entry.value == "on" for entry in reading.fields)
    by_number = {page.number: page for page in reading.pages}
    for number, lines in arranged:
        waiting.append((number, lines))
        rows = _field_rows(by_number[number], reading.fields) if filled else []
        if number in reading.second or rows or number == arranged[-1][0]:
            written, count = write_blocks(waiting)
            blocks += [*written, *reading.second.get(number, []), *rows]
            removed += count
            waiting = []
    return merge_headings(blocks), removed


def _field_rows(page: PageText, fields: Sequence[Field]) -> list[Block]:
    rows: list[Block] = []
    for entry in fields:
        if entry.page == page.number:
            label, value = clean(label_of(entry, page.spans))[0], clean(entry.value)[0]
            text = f"{label} | {value}" if label else value
            if any(map(str.isalnum, value)):
                rows.append(Block(BlockKind.TABLE_ROW, text, page=page.number))
    return rows


def _verdict(reading: _Reading, some: bool, read: int) -> tuple[Reason | None, str | None]:
    """What is missing, the worst first."""
    count = reading.count
    if not some:
        if reading.scans:
            return Reason.SCANNED, count_pages(len(reading.scans))
        if reading.broken:
            return Reason.BROKEN, None
        hidden = any(page.hidden for page in reading.pages)
        return Reason.EMPTY, "only text that nobody can see" if hidden else f"{count_pages(count)} without text"
    if reading.limited:
        cut = [page.number for page in reading.pages if page.cut]
        if read < count or not cut:
            return Reason.PARSE_LIMIT, f"{read} of {count} pages"
        return Reason.PARSE_LIMIT, f"{name_pages(cut)} in part"
    if reading.broken:
        return Reason.PARSE_INCOMPLETE, f"not {name_pages(reading.broken)}"
    if reading.scans:
        return Reason.SCANNED, name_scans(reading.scans, count)
    return None, None


def _by_second_alone(second: SecondOpinion, name: str) -> ExtractedDocument:
    if second.is_locked():
        return _unread(Reason.ENCRYPTED, None)
    count = second.page_count()
    if count is None:
        return _unread(Reason.BROKEN, None)
    if count == 0:
        return _unread(Reason.EMPTY, "0 pages")
    numbers = list(range(1, min(count, MAX_PAGES) + 1))
    texts = second.texts(numbers)
    blocks: list[Block] = []
    removed = characters = 0
    limited = count > MAX_PAGES
    for number in numbers:
        characters += len(texts.get(number, ""))
        if characters > MAX_CHARACTERS:
            limited, numbers = True, numbers[: number - 1]
            break
        found, count_removed = join_lines(texts.get(number, ""), number)
        blocks.extend(found)
        removed += count_removed
    reading = _Reading(count, limited=limited, broken=[number for number in numbers if number not in texts])
    reason, detail = _verdict(reading, bool(blocks), len(numbers))
    return ExtractedDocument(
        title=_title(second.title(), blocks, name) if blocks else "",
        blocks=tuple(blocks),
        words=sum(count_words(block.text) for block in blocks),
        pages=count,
        removed=removed,
        reason=reason,
        detail=detail,
    )


def _title(declared: str, blocks: Sequence[Block], name: str) -> str:
    named, _ = clean(declared)
    if len(named) >= 4 and " " in named and not _FILE_NAME.search(named):
        return named[:300]
    heading = next((b.text for b in blocks[:8] if b.kind is BlockKind.HEADING and b.level == 1), "")
    if heading and len(heading) <= 120:
        return heading
    prose = [b.text for b in blocks[:3] if b.kind is not BlockKind.TABLE_ROW]
    first = next((text for text in prose if len(text) <= 120 and _is_worded(text)), "")
    return first or name


def _is_worded(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= max(4, len(text) // 2)


def _language(declared: str) -> str | None:
    short = re.split(r"[-_]", declared.strip().lower())[0]
    return short if re.fullmatch(r"[a-z]{2}", short) else None


def _unread(reason: Reason, detail: str | None) -> ExtractedDocument:
    return ExtractedDocument(title="", blocks=(), reason=reason, detail=detail)
