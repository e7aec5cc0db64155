"""XML of office files, read as a stream: what is opened, said and closed, told to a reader. By expat.

A document type is refused, so no entity is ever declared, expanded or fetched. Depth and the length of
one tag are limited; text is handed on in pieces and never held here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from xml.parsers import expat

from ingestion.extract.gather import Unread
from ingestion.model import Reason

MAX_DEPTH = 400
_LONGEST_TAG = 8 * 1024 * 1024  # expat begins a tag that is not complete anew with every piece
_SEPARATOR = "\x1f"
_OOXML = ("http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/")  # transitional and strict
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_SHORT = {"drawing": "draw", "xsl-fo": "fo", "datastyle": "number"}
# Namespaces by the short names that readers use. The rest of an address decides, whoever's it is.
_SHORT = {
    "wordprocessingml/main": "w",
    "spreadsheetml/main": "x",
    "presentationml/main": "p",
    "drawingml/main": "a",
    "drawingml/chart": "c",
    "drawingml/diagram": "dgm",
    "officeDocument/relationships": "r",
    "officeDocument/math": "m",
    "package/relationships": "rel",
    "package/content-types": "ct",
    "package/metadata/core-properties": "cp",
    "officeDocument/extended-properties": "ep",
}
_KNOWN = {
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://purl.org/dc/elements/1.1/": "dc",
    "urn:schemas-microsoft-com:vml": "v",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/drawing/2008/diagram": "dsp",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


class Reader(Protocol):
    """What is told of a document. Names are like `w:p`; attributes without a namespace have bare names."""

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        """True: this element and all in it is skipped, and not told of its end either."""
        ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


def read_xml(pieces: Iterable[bytes], reader: Reader) -> None:
    """Raises Unread for XML that is damaged or refused; what was told before that stays told."""
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.buffer_size = 65_536
    told = _Told(reader)
    parser.StartElementHandler = told.start
    parser.EndElementHandler = told.end
    parser.CharacterDataHandler = told.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise Unread(Reason.PARSE_LIMIT, "one tag of more than 8 MB")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unread(Reason.BROKEN, f"damaged in line {error.lineno}") from error


def _refuse_doctype(*_: object) -> None:
    raise Unread(Reason.BROKEN, "it declares a document type, which no office program writes")


class _Told:
    """Between expat and the reader: short names, depth, and what is skipped."""

    def __init__(self, reader: Reader):
        self._start, self._end, self._text = reader.start, reader.end, reader.text
        self._names: dict[str, str] = {}
        self._depth = 0
        self._skipped = 0  # the depth of the element being skipped
        self._choices: list[bool] = []  # for each open mc:AlternateContent: whether a choice was read

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unread(Reason.PARSE_LIMIT, f"nested more than {MAX_DEPTH} deep")
        if self._skipped:
            return
        names = self._names
        short = names.get(name) or self._short(name)
        if short.startswith("mc:") and self._is_other_version(short):
            self._skipped = self._depth
            return
        if attributes:
            attributes = {names.get(key) or self._short(key): value for key, value in attributes.items()}
        if self._start(short, attributes):
            self._skipped = self._depth

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            if self._depth < self._skipped:
                self._skipped = 0
            return
        short = self._names[name]
        if short == "mc:AlternateContent":
            self._choices.pop()
        self._end(short)

    def text(self, data: str) -> None:
        if not self._skipped:
            self._text(data)

    def _is_other_version(self, name: str) -> bool:
        """The same content for older programs, or for newer ones: only the first is read."""
        if name == "mc:AlternateContent":
            self._choices.append(False)
        elif name in ("mc:Choice", "mc:Fallback") and self._choices:
            if self._choices[-1]:
                return True
            self._choices[-1] = True
        return False

    def _short(self, name: str) -> str:
        address, separator, local = name.rpartition(_SEPARATOR)
        short = f"{_prefix(address)}:{local}" if separator else local
        self._names[name] = short
        return short


def _prefix(address: str) -> str:
    if address in _KNOWN:
        return _KNOWN[address]
    if address.startswith(_ODF):
        named = address.removeprefix(_ODF).partition(":")[0].removesuffix("-compatible")
        return _ODF_SHORT.get(named, named)
    for begin in _OOXML:
        if address.startswith(begin):
            # …/wordprocessingml/2006/main and …/wordprocessingml/main
            rest = "/".join(part for part in address.removeprefix(begin).split("/") if not part.isdecimal())
            return _SHORT.get(rest, "other")
    return "other"
