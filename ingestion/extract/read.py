"""Chooses the reader of a document by its type. The child's only entrance; also called by tests."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote, urlsplit

from ingestion.extract.kinds import CSV_TYPES, OFFICE_TYPES, PACKAGE_TYPES, TSV_TYPES, UNREAD_TYPES
from ingestion.model import ExtractedDocument, Reason

EXTRACTOR_VERSION = "2"  # part of every content hash: raise it when the same bytes would read otherwise

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
PDF_TYPES = frozenset({"application/pdf", "application/x-pdf"})
MARKDOWN_TYPES = frozenset({"text/markdown", "text/x-markdown"})
PLAIN_TYPES = frozenset({"text/plain"})
READABLE = HTML_TYPES | PDF_TYPES | MARKDOWN_TYPES | PLAIN_TYPES | OFFICE_TYPES
_ZIP = b"PK\x03\x04"


def read_document(body: bytes, url: str, media_type: str, charset: str | None) -> ExtractedDocument:
    """`media_type` without parameters, lower case. Readers are imported when first needed: the child stays small."""
    if not body.strip(b"\0 \t\r\n"):
        return ExtractedDocument(title="", blocks=(), reason=Reason.EMPTY, detail="0 bytes")
    if media_type in PDF_TYPES or (media_type not in HTML_TYPES and body.startswith(b"%PDF-")):
        from ingestion.extract.pdf import extract_pdf

        return extract_pdf(body, _name(url))
    if media_type in OFFICE_TYPES or (media_type not in HTML_TYPES | PDF_TYPES and body.startswith(_ZIP)):
        return _read_office(body, url, media_type, charset)
    if media_type in HTML_TYPES:
        from ingestion.extract.html import extract_html

        return extract_html(body, url, charset)
    if media_type in MARKDOWN_TYPES or media_type in PLAIN_TYPES:
        from ingestion.extract.plain import extract_plain

        return extract_plain(body, _name(url), charset, markdown=media_type in MARKDOWN_TYPES)
    return ExtractedDocument(title="", blocks=(), reason=Reason.NOT_TEXT, detail=media_type[:80])


def _read_office(body: bytes, url: str, media_type: str, charset: str | None) -> ExtractedDocument:
    """The first bytes decide: a zip is what its package says, and nothing else is an office file."""
    from ingestion.extract.office import is_locked, read_office, seems_to_be

    if body.startswith(_ZIP):
        return read_office(body, _name(url))
    if is_locked(body):
        return ExtractedDocument(title="", blocks=(), reason=Reason.ENCRYPTED)
    seen = seems_to_be(body)
    if media_type in CSV_TYPES | TSV_TYPES and seen is None:
        from ingestion.extract.delimited import extract_delimited

        return extract_delimited(body, _name(url), charset, tabs=media_type in TSV_TYPES)
    if media_type in UNREAD_TYPES:
        return ExtractedDocument(title="", blocks=(), reason=Reason.UNSUPPORTED, detail=UNREAD_TYPES[media_type])
    what = seen or ("it is no office file" if media_type in PACKAGE_TYPES else "it is no table of text")
    return ExtractedDocument(title="", blocks=(), reason=Reason.BROKEN, detail=what)


def _name(url: str) -> str:
    """The file's name without its ending, as a title of last resort."""
    path = url.removeprefix("file:") if url.startswith("file:") else unquote(urlsplit(url).path)
    stem = posixpath.splitext(posixpath.basename(path.rstrip("/")))[0]
    return stem.replace("_", " ").replace("-", " ").strip()[:200]
