"""An ODT or ODP in, an `ExtractedDocument` out, as its program shows it. Runs in the child; called by office.py.

The body, with its notes after the paragraphs that bear them, headers and footers once before it; of a
presentation slide after slide, the slide's number being the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ingestion.extract.archive import Archive
from ingestion.extract.flow import Budget, Part, Writer, unseen
from ingestion.extract.gather import MAX_CHARACTERS, Full, Gather, Unread
from ingestion.extract.odf_styles import Styles
from ingestion.extract.odf_text import TextReader
from ingestion.extract.opc import texts_of
from ingestion.extract.xml import Reader, read_xml
from ingestion.model import ExtractedDocument, Reason

_MAX_PARTS = 300_000
_MANIFEST = "META-INF/manifest.xml"
_BODY = frozenset({"office:text", "office:presentation"})
_EDGES = frozenset(f"style:{edge}{which}" for edge in ("header", "footer") for which in ("", "-left", "-first"))


def read_odf(archive: Archive, name: str) -> ExtractedDocument:
    """`name` titles a document without a title of its own. Raises Unread."""
    refuse_locked(archive)
    gather = Gather()
    budget = Budget(gather, characters=MAX_CHARACTERS, parts=_MAX_PARTS)
    styles = read_styles(archive, gather)
    writer = Writer(gather)
    body = TextReader(styles, gather, budget, writer.write, inside=_BODY)
    with suppress(Full):  # gather.limits tells the owner
        try:
            read_part(archive, gather, "content.xml", body)
        finally:
            body.finish()
        writer.end()
        if not body.slides:
            _edges(archive, gather, budget, styles, writer)
    title, language = declared(archive, gather)
    return gather.close(title=title, name=name, pages=body.slides or None, language=language)


def refuse_locked(archive: Archive) -> None:
    """A password is told in the manifest; the parts themselves look like noise."""
    if _MANIFEST in archive and b"encryption-data" in archive.read(_MANIFEST):
        raise Unread(Reason.ENCRYPTED, None)


def read_styles(archive: Archive, gather: Gather) -> Styles:
    styles = Styles()
    if "styles.xml" in archive:
        read_part(archive, gather, "styles.xml", styles)
    read_part(archive, gather, "content.xml", styles)
    return styles


def read_part(archive: Archive, gather: Gather, part: str, reader: Reader) -> None:
    """What a damaged part said before its damage is kept, and the damage is told."""
    try:
        read_xml(archive.pieces(part), reader)
    except Unread as error:
        gather.note(part, error)


def declared(archive: Archive, gather: Gather) -> tuple[str, str]:
    """Title and language, as meta.xml has them."""
    if "meta.xml" not in archive:
        return "", ""
    try:
        texts = texts_of(archive, "meta.xml", frozenset({"dc:title", "dc:language"}))
    except Unread as error:
        gather.note("meta.xml", error)
        return "", ""
    return texts.get("dc:title", ""), texts.get("dc:language", "")


def _edges(archive: Archive, gather: Gather, budget: Budget, styles: Styles, writer: Writer) -> None:
    if "styles.xml" not in archive:
        return
    held: list[Part] = []

    def hold(parts: Sequence[Part], _: int | None) -> None:
        held.extend(parts)

    reader = TextReader(styles, gather, budget, hold, inside=_EDGES)
    read_part(archive, gather, "styles.xml", reader)
    reader.finish()
    first = len(gather.blocks)
    writer.write(unseen(held, {block.text for block in gather.blocks}))
    writer.end()
    gather.move_to_front(first)
