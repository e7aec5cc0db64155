"""A DOCX in, an `ExtractedDocument` out: what Word prints, in the order it is read. Runs in the child.

The body, with its notes after the paragraphs that bear them, headers and footers once before it. Deleted and
hidden text, comments, fields' instructions and tables of contents are no text for a visitor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from ingestion.extract.archive import Archive
from ingestion.extract.docx_markup import Markup
from ingestion.extract.docx_story import Notes, Story
from ingestion.extract.docx_styles import Lists, Styles
from ingestion.extract.drawing import drawn_text
from ingestion.extract.flow import Budget, Part, Writer, unseen
from ingestion.extract.gather import MAX_CHARACTERS, Full, Gather, Unread
from ingestion.extract.opc import Package, Relation
from ingestion.extract.xml import Reader, read_xml
from ingestion.model import ExtractedDocument

_MAX_PARTS = 300_000
_EDGES = 40  # headers and footers; a document of many sections repeats them


def read_docx(archive: Archive, name: str) -> ExtractedDocument:
    """`name` titles a document without a title of its own. Raises Unread."""
    return _Docx(Package(archive)).read(name)


class _Docx:
    def __init__(self, package: Package):
        self._package = package
        self._gather = Gather()
        self._budget = Budget(self._gather, characters=MAX_CHARACTERS, parts=_MAX_PARTS)
        self._styles = Styles()
        self._lists = Lists()

    def read(self, name: str) -> ExtractedDocument:
        main = self._package.main()
        relations = self._package.relations(main)
        self._read(_one(relations, "styles"), self._styles)
        self._read(_one(relations, "numbering"), self._lists)
        with suppress(Full):  # gather.limits tells the owner
            self._text(main, relations)
        title, language = self._package.properties(self._gather)
        return self._gather.close(title=title, name=name, language=language or self._styles.language)

    def _text(self, main: str, relations: dict[str, Relation]) -> None:
        known = self._notes(_one(relations, "footnotes"), "foot") | self._notes(_one(relations, "endnotes"), "end")
        writer = Writer(self._gather)
        edges = self._story(main, relations, known, writer.write)
        writer.end()
        self._diagrams(relations, writer)
        first = len(self._gather.blocks)
        seen = {block.text for block in self._gather.blocks}
        for identity in edges[:_EDGES]:
            relation = relations.get(identity)
            if relation is None or relation.external:
                continue
            held: list[Part] = []
            self._story(relation.target, self._package.relations(relation.target), {}, held.extend)
            writer.write(unseen(held, seen))
            writer.end()
        self._gather.move_to_front(first)

    def _diagrams(self, relations: dict[str, Relation], writer: Writer) -> None:
        for relation in relations.values():
            if relation.kind == "diagramData" and not relation.external:
                writer.write(drawn_text(self._package.archive, relation.target, self._gather))
        writer.end()

    def _notes(self, part: str | None, kind: str) -> Notes:
        if part is None:
            return {}
        story = Story(self._styles, self._lists, self._gather, self._budget, {}, _nothing)
        self._read(part, Markup(story, self._styles, self._package.relations(part)))
        story.finish()
        return {f"{kind}{identity}": parts for identity, parts in story.notes.items()}

    def _story(
        self, part: str, relations: dict[str, Relation], known: Notes, write: Callable[[Sequence[Part]], None]
    ) -> list[str]:
        """Writes the part's text; the ids of the headers and footers it asks for."""
        story = Story(self._styles, self._lists, self._gather, self._budget, known, write)
        markup = Markup(story, self._styles, relations)
        try:
            self._read(part, markup)
        finally:
            story.finish()
        return markup.edges

    def _read(self, part: str | None, reader: Reader) -> None:
        """What a damaged part said before its damage is kept, and the damage is told."""
        if part is None:
            return
        try:
            read_xml(self._package.archive.pieces(part), reader)
        except Unread as error:
            self._gather.note(part, error)


def _one(relations: dict[str, Relation], kind: str) -> str | None:
    return next((one.target for one in relations.values() if one.kind == kind and not one.external), None)


def _nothing(_: Sequence[Part]) -> None:
    """Beside the notes themselves, nothing stands in a part of notes."""
