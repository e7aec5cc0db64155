"""A file that begins like a zip in, an `ExtractedDocument` out: what the package says it is decides, not its name.

Called by read.py. Also says of other bytes what they seem to be, for the owner.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from ingestion.extract.archive import Archive
from ingestion.extract.gather import Unread
from ingestion.extract.opc import TYPES_PART, content_types
from ingestion.model import ExtractedDocument, Reason

ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Kind(StrEnum):
    WORD = "Word file, .docx"
    SHEETS = "Excel file, .xlsx"
    SLIDES = "PowerPoint file, .pptx"
    BINARY_SHEETS = "binary Excel file, .xlsb"
    TEXT = "OpenDocument text, .odt"
    TABLES = "OpenDocument spreadsheet, .ods"
    PRESENTATION = "OpenDocument presentation, .odp"
    DRAWING = "OpenDocument file of another kind"
    BOOK = "e-book, .epub"
    ZIP = "zip file"


# The type of the main part, whatever else is in the package: with macros, as a template, as a show.
_MAIN = {
    "wordprocessingml.document.main+xml": Kind.WORD,
    "wordprocessingml.template.main+xml": Kind.WORD,
    "ms-word.document.macroenabled.main+xml": Kind.WORD,
    "ms-word.template.macroenabledtemplate.main+xml": Kind.WORD,
    "spreadsheetml.sheet.main+xml": Kind.SHEETS,
    "spreadsheetml.template.main+xml": Kind.SHEETS,
    "ms-excel.sheet.macroenabled.main+xml": Kind.SHEETS,
    "ms-excel.template.macroenabled.main+xml": Kind.SHEETS,
    "ms-excel.sheet.binary.macroenabled.main": Kind.BINARY_SHEETS,
    "presentationml.presentation.main+xml": Kind.SLIDES,
    "presentationml.slideshow.main+xml": Kind.SLIDES,
    "presentationml.template.main+xml": Kind.SLIDES,
    "ms-powerpoint.presentation.macroenabled.main+xml": Kind.SLIDES,
    "ms-powerpoint.slideshow.macroenabled.main+xml": Kind.SLIDES,
    "ms-powerpoint.template.macroenabled.main+xml": Kind.SLIDES,
}
_ODF = "application/vnd.oasis.opendocument."


def read_office(body: bytes, name: str) -> ExtractedDocument:
    """`name` titles a document without a title of its own. Never raises for what a file holds."""
    try:
        archive = Archive(body)
        return _reader(_kind(archive))(archive, name)
    except Unread as error:
        return ExtractedDocument(title="", blocks=(), reason=error.reason, detail=error.detail)


def seems_to_be(body: bytes) -> str | None:
    """What the first bytes are, in words; None for what nobody can tell."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if body.startswith(ZIP):
        try:
            kind = _kind(Archive(body))
            return f"it seems to be {_article(kind)} {kind}"
        except Unread:
            return "it seems to be a damaged zip file"
    if body.startswith(_OLE):
        return "it seems to be a file of Office 97-2003"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it seems to be a web page"
    for magic, kind in ((b"%pdf-", "a PDF"), (b"{\\rtf", "an RTF file"), (b"\x89png", "a picture"),
                        (b"\xff\xd8\xff", "a picture"), (b"gif8", "a picture"), (b"\x1f\x8b", "a gzip file"),
                        (b"<?xml", "an XML file")):  # fmt: skip
        if start.startswith(magic):
            return f"it seems to be {kind}"
    return None


def is_locked(body: bytes) -> bool:
    """Office keeps a file with a password as an encrypted stream inside of its old container ([MS-OFFCRYPTO])."""
    return body.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in body


def _kind(archive: Archive) -> Kind:
    if "mimetype" in archive:
        declared = archive.read("mimetype", 1024).decode("latin-1").strip()
        if declared == "application/epub+zip":
            return Kind.BOOK
        if declared.startswith(_ODF):
            family = declared.removeprefix(_ODF).removesuffix("-template").removesuffix("-master")
            known = {"text": Kind.TEXT, "spreadsheet": Kind.TABLES, "presentation": Kind.PRESENTATION}
            return known.get(family, Kind.DRAWING)
    if TYPES_PART in archive:
        for declared in content_types(archive):
            lower = declared.lower()
            for ending, kind in _MAIN.items():
                if lower.endswith(ending):
                    return kind
    return Kind.ZIP


def _reader(kind: Kind) -> Callable[[Archive, str], ExtractedDocument]:
    """Imported when first needed: the child stays small."""
    if kind is Kind.WORD:
        from ingestion.extract.docx import read_docx

        return read_docx
    if kind is Kind.SHEETS:
        from ingestion.extract.xlsx import read_xlsx

        return read_xlsx
    if kind is Kind.SLIDES:
        from ingestion.extract.pptx import read_pptx

        return read_pptx
    if kind in (Kind.TEXT, Kind.PRESENTATION):
        from ingestion.extract.odf import read_odf

        return read_odf
    if kind is Kind.TABLES:
        from ingestion.extract.ods import read_ods

        return read_ods
    raise Unread(Reason.UNSUPPORTED, f"{_article(kind)} {kind}")


def _article(kind: Kind) -> str:
    return "an" if kind[0] in "eEO" else "a"
