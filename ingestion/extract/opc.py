"""The packaging that DOCX, XLSX and PPTX share (ECMA-376 part 2): parts, their relations, title and language."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from ingestion.extract.archive import Archive
from ingestion.extract.gather import Gather, Unread
from ingestion.extract.xml import read_xml
from ingestion.model import Reason

TYPES_PART = "[Content_Types].xml"
_MAX_RELATIONS = 50_000
_MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the last word of its type: `styles`, `hyperlink`. `target`: a part's name, or an address outside."""

    kind: str
    target: str
    external: bool


class Package:
    def __init__(self, archive: Archive):
        self.archive = archive

    def main(self) -> str:
        """The part that everything hangs on. Raises Unread."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and not relation.external:
                return relation.target
        raise Unread(Reason.BROKEN, "its main part is missing")

    def relations(self, part: str) -> dict[str, Relation]:
        """By their ids; empty where a part has none. Raises Unread for a damaged list."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where not in self.archive:
            return {}
        reader = _Relations(folder)
        read_xml(self.archive.pieces(where), reader)
        return reader.found

    def part_of(self, part: str, kind: str) -> str | None:
        """The one part of this kind, such as the styles."""
        for relation in self.relations(part).values():
            if relation.kind == kind and not relation.external:
                return relation.target
        return None

    def properties(self, gather: Gather) -> tuple[str, str]:
        """Title and language as the file declares them; a damaged part is noted and costs no text."""
        for relation in self.relations("").values():
            if relation.kind == "core-properties" and relation.target in self.archive:
                try:
                    texts = texts_of(self.archive, relation.target, frozenset({"dc:title", "dc:language"}))
                except Unread as error:
                    gather.faults.append(f"{relation.target}: {error.detail}")
                    return "", ""
                return texts.get("dc:title", ""), texts.get("dc:language", "")
        return "", ""


def content_types(archive: Archive) -> frozenset[str]:
    """Every content type that the package declares. Raises Unread."""
    reader = _Types()
    read_xml(archive.pieces(TYPES_PART), reader)
    return frozenset(reader.found)


def texts_of(archive: Archive, part: str, names: frozenset[str]) -> dict[str, str]:
    """The first text of each of these elements."""
    reader = _Texts(names)
    read_xml(archive.pieces(part), reader)
    return {name: "".join(pieces).strip() for name, pieces in reader.found.items()}


class _Relations:
    def __init__(self, folder: str):
        self.found: dict[str, Relation] = {}
        self._folder = folder

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "rel:Relationship":
            return
        if len(self.found) >= _MAX_RELATIONS:
            raise Unread(Reason.PARSE_LIMIT, f"more than {_MAX_RELATIONS} relations")
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        external = attributes.get("TargetMode") == "External"
        if not external:
            path = unquote(target.partition("#")[0])
            target = posixpath.normpath(posixpath.join("/", self._folder, path)).lstrip("/")
        self.found.setdefault(attributes.get("Id", ""), Relation(kind, target, external))

    def end(self, name: str) -> None:
        """Nothing is open."""

    def text(self, data: str) -> None:
        """Relations say nothing."""


class _Types:
    def __init__(self) -> None:
        self.found: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.found) < 500:
            self.found.add(attributes.get("ContentType", ""))

    def end(self, name: str) -> None:
        """Nothing is open."""

    def text(self, data: str) -> None:
        """Types say nothing."""


class _Texts:
    def __init__(self, names: frozenset[str]):
        self.found: dict[str, list[str]] = {}
        self._names = names
        self._open: list[str] | None = None
        self._room = _MAX_TEXT

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._names and name not in self.found:
            self._open = self.found[name] = []
            self._room = _MAX_TEXT

    def end(self, name: str) -> None:
        if name in self._names:
            self._open = None

    def text(self, data: str) -> None:
        if self._open is not None and self._room > 0:
            self._open.append(data[: self._room])
            self._room -= len(data)
