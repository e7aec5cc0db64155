"""A PPTX in, an `ExtractedDocument` out: slide after slide in the order they are shown. Runs in the child.

A slide's number is the block's page, its title a heading. Speaker's notes, hidden slides, dates and
slide numbers are not for visitors; what stands on the master of every slide is read once, before all.
"""

from __future__ import annotations

from contextlib import suppress

from ingestion.extract.archive import Archive
from ingestion.extract.drawing import drawn_text
from ingestion.extract.flow import Budget, Paragraph, Writer
from ingestion.extract.gather import MAX_CHARACTERS, Full, Gather, Unread
from ingestion.extract.opc import Package, Relation
from ingestion.extract.pptx_slide import SlideReader
from ingestion.extract.xml import Reader, read_xml
from ingestion.model import BlockKind, ExtractedDocument

MAX_SLIDES = 1_000
_MAX_PARTS = 200_000


def read_pptx(archive: Archive, name: str) -> ExtractedDocument:
    """`name` titles a file without a title of its own. Raises Unread."""
    return _Pptx(Package(archive)).read(name)


class _Pptx:
    def __init__(self, package: Package):
        self._package = package
        self._gather = Gather()
        self._budget = Budget(self._gather, characters=MAX_CHARACTERS, parts=_MAX_PARTS)
        self._writer = Writer(self._gather, bold_headings=False)
        self._footers: dict[str, None] = {}
        self._layouts: dict[str, None] = {}

    def read(self, name: str) -> ExtractedDocument:
        main = self._package.main()
        relations = self._package.relations(main)
        show = _Show()
        self._read(main, show)
        with suppress(Full):  # gather.limits tells the owner
            for number, identity in enumerate(show.slides[:MAX_SLIDES], 1):
                self._slide(number, relations.get(identity))
            self._once()
        if len(show.slides) > MAX_SLIDES:
            self._gather.limits.append(f"{MAX_SLIDES} of {len(show.slides)} slides")
        title, language = self._package.properties(self._gather)
        return self._gather.close(title=title, name=name, language=language, pages=len(show.slides))

    def _slide(self, number: int, relation: Relation | None) -> None:
        gather = self._gather
        if relation is None or relation.external:
            gather.faults.append(f"slide {number} is missing")
            return
        reader = SlideReader(gather, self._budget)
        try:
            self._read(relation.target, reader, f"slide {number}")
        finally:
            reader.finish()
            if not reader.hidden:
                self._write(number, reader)
        if reader.hidden:
            gather.hide(" ".join((reader.title, *(part.text for part in reader.paragraphs()))))
            return
        own = self._relations(relation.target)
        for each in own.values():
            if each.kind == "slideLayout" and not each.external:
                self._layouts.setdefault(each.target)
        for identity in reader.diagrams:
            diagram = own.get(identity)
            if diagram is not None and not diagram.external:
                self._writer.write(drawn_text(self._package.archive, diagram.target, gather), number)

    def _write(self, number: int, reader: SlideReader) -> None:
        if reader.title:
            self._writer.write([Paragraph(reader.title, BlockKind.HEADING, 2)], number)
        self._writer.write(reader.parts, number)
        self._writer.end()
        self._footers |= dict.fromkeys(reader.footers)

    def _once(self) -> None:
        """Footers, and what layouts and masters say beside their prompts."""
        said: dict[str, None] = dict(self._footers)
        masters: dict[str, None] = {}
        for part in list(self._layouts)[:50]:
            said |= dict.fromkeys(self._fixed(part))
            for each in self._relations(part).values():
                if each.kind == "slideMaster" and not each.external:
                    masters.setdefault(each.target)
        for part in list(masters)[:20]:
            said |= dict.fromkeys(self._fixed(part))
        known = {block.text for block in self._gather.blocks}
        first = len(self._gather.blocks)
        self._writer.write([Paragraph(text) for text in said if " ".join(text.split()) not in known])
        self._writer.end()
        self._gather.move_to_front(first)

    def _fixed(self, part: str) -> list[str]:
        reader = SlideReader(self._gather, self._budget, prompts=True)
        self._read(part, reader)
        reader.finish()
        return [paragraph.text for paragraph in reader.paragraphs()]

    def _relations(self, part: str) -> dict[str, Relation]:
        try:
            return self._package.relations(part)
        except Unread as error:
            self._gather.note(part, error)
            return {}

    def _read(self, part: str, reader: Reader, called: str = "") -> None:
        """What a damaged part said before its damage is kept, and the damage is told."""
        try:
            read_xml(self._package.archive.pieces(part), reader)
        except Unread as error:
            self._gather.note(called or part, error)


class _Show:
    """The slides in their order, by the ids of their relations."""

    def __init__(self) -> None:
        self.slides: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name == "p:sldId" and len(self.slides) < 100_000:
            self.slides.append(attributes.get("r:id", ""))
        return None

    def end(self, name: str) -> None:
        """Nothing is open."""

    def text(self, data: str) -> None:
        """The show says nothing itself."""
