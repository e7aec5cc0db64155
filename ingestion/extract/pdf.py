"""Bytes of a PDF in, an `ExtractedDocument` with page numbers out, by pypdf. Runs in the child.

pypdf leaves it to its caller to catch what broken files raise (its docs/user/security.md); the
limits of a file are held here and by the child's own (child_main.py).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingestion.extract.clean import clean, count_words
from ingestion.extract.lines import join_lines
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason

MAX_PAGES = 500
MAX_CHARACTERS = 2_000_000
_MAGIC = b"%PDF-"
_EDGE_LINES = 2
_DIGITS = re.compile(r"\d+")
_FILE_NAME = re.compile(
    r"\.(?:docx?|odt|pdf|indd|qxd|xlsx?|pptx?|cdr|rtf|pages|tmp)\b|^microsoft word|^untitled|^unbenannt|[_\\/]", re.I
)


def extract_pdf(body: bytes, name: str) -> ExtractedDocument:
    """`name` titles a document that carries no usable title of its own."""
    if not body:
        return _unread(Reason.EMPTY, "0 bytes")
    if not body[:16].lstrip(b"\xef\xbb\xbf\0\r\n\t ").startswith(_MAGIC):
        return _unread(Reason.BROKEN, "no PDF")
    try:
        return _read(body, name)
    except (PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError,
            ValueError, NotImplementedError) as error:  # fmt: skip
        return _unread(Reason.BROKEN, type(error).__name__)


def _read(body: bytes, name: str) -> ExtractedDocument:
    reader = PdfReader(io.BytesIO(body), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return _unread(Reason.ENCRYPTED, None)
    count = len(reader.pages)
    if count == 0:
        return _unread(Reason.EMPTY, "0 pages")
    texts: list[str] = []
    broken: list[int] = []
    characters = 0
    limited = count > MAX_PAGES
    for number, page in enumerate(reader.pages, 1):
        if number > MAX_PAGES:
            break
        try:
            text = page.extract_text()
        except (PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError,
                ValueError, NotImplementedError):  # fmt: skip
            broken.append(number)  # told to the owner below; the other pages still count
            text = ""
        characters += len(text)
        if characters > MAX_CHARACTERS:
            limited = True
            break
        texts.append(text)
    blocks, removed = _blocks(texts)
    reason, detail = None, None
    if not blocks:
        reason = Reason.BROKEN if broken else Reason.EMPTY
        detail = None if broken else f"{count} pages without text"
    elif limited:
        reason, detail = Reason.PARSE_LIMIT, f"{len(texts)} of {count} pages"
    elif broken:
        reason, detail = Reason.BROKEN, "page " + ", ".join(map(str, broken[:20]))
    return ExtractedDocument(
        title=_title(reader, blocks, name),
        blocks=tuple(blocks),
        language=_language(reader),
        words=sum(count_words(block.text) for block in blocks),
        pages=count,
        removed=removed,
        reason=reason,
        detail=detail,
    )


def _blocks(texts: list[str]) -> tuple[list[Block], int]:
    edges = _running_lines(texts)
    blocks: list[Block] = []
    removed = 0
    for number, text in enumerate(texts, 1):
        if number > 1 and edges:
            text = "\n".join(line for line in text.splitlines() if _edge_key(line) not in edges)
        found, count = join_lines(text, number)
        removed += count
        if blocks and found and _runs_over(blocks[-1], found[0]):
            blocks[-1] = replace(blocks[-1], text=f"{blocks[-1].text} {found[0].text}")
            found = found[1:]
        blocks.extend(found)
    return blocks, removed


def _running_lines(texts: list[str]) -> frozenset[str]:
    """Headers and footers: lines at the edges of at least half of the pages, figures aside."""
    if len(texts) < 3:
        return frozenset()
    seen: Counter[str] = Counter()
    for text in texts:
        lines = [line for line in text.splitlines() if line.strip()]
        depth = _EDGE_LINES if len(lines) >= 4 * _EDGE_LINES else 1
        seen.update({_edge_key(line) for line in (*lines[:depth], *lines[-depth:])})
    return frozenset(key for key, count in seen.items() if count >= max(3, len(texts) / 2))


def _edge_key(line: str) -> str:
    return _DIGITS.sub("0", "".join(sign for sign in line if sign.isalnum()).casefold())


def _runs_over(last: Block, first: Block) -> bool:
    """Whether a paragraph goes on over the page's end."""
    prose = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    return (
        last.kind in prose
        and first.kind is BlockKind.PARAGRAPH
        and last.text[-1] not in ".!?:;…"
        and first.text[0].islower()
        and len(last.text) > 60
    )


def _title(reader: PdfReader, blocks: list[Block], name: str) -> str:
    try:
        named, _ = clean(str((reader.metadata and reader.metadata.title) or ""))
    except (PyPdfError, AttributeError, LookupError, TypeError, ValueError):
        named = ""  # a broken title is no reason to lose the text
    if len(named) >= 4 and " " in named and not _FILE_NAME.search(named):
        return named[:300]
    first = next(
        (
            b.text
            for b in blocks[:3]
            if len(b.text) <= 120 and sum(map(str.isalpha, b.text)) >= max(4, len(b.text) // 2)
        ),
        "",
    )
    return first or name


def _language(reader: PdfReader) -> str | None:
    try:
        declared = str(reader.root_object.get("/Lang", "")).strip().lower()
    except (PyPdfError, AttributeError, LookupError, TypeError, ValueError):
        return None
    short = re.split(r"[-_]", declared)[0]
    return short if re.fullmatch(r"[a-z]{2}", short) else None


def _unread(reason: Reason, detail: str | None) -> ExtractedDocument:
    return ExtractedDocument(title="", blocks=(), reason=reason, detail=detail)
