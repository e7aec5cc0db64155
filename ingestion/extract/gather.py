"""What an office file says, gathered block by block within the limits, and closed as an `ExtractedDocument`.

Every reader of office files fills one `Gather`; what could not be read is told to it, never dropped
without a word. Raises `Full` at the limits: what was gathered before stays.
"""

from __future__ import annotations

import re

from ingestion.extract.clean import clean, count_words
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason

MAX_CHARACTERS = 2_000_000
MAX_BLOCKS = 60_000  # a block costs some hundred bytes on its way to the parent, however short it is
_HEADER_CHARACTERS = 600  # a longer row of column names would outgrow the rows that carry it
_TITLE_CHARACTERS = 300
_NO_TITLE = re.compile(
    r"\.(?:docx?|docm|odt|ods|odp|pdf|xlsx?|csv|pptx?|rtf|tmp)\b|^microsoft (?:word|excel|powerpoint)|[_\\/]"
    r"|^(?:untitled|unbenannt|ohne titel|sans titre|sin título|document|dokument|presentation|präsentation"
    r"|powerpoint[- ](?:presentation|präsentation)|présentation powerpoint|workbook|mappe|template|vorlage)\s*\d*$",
    re.I,
)

_PARTS = {
    "document": "its text", "content.xml": "its text", "styles": "its styles", "numbering": "its lists",
    "footnotes": "its footnotes", "endnotes": "its endnotes", "header": "a header", "footer": "a footer",
    "workbook": "its list of sheets", "sharedStrings": "the texts of its cells", "presentation": "its list of slides",
    "core": "its title", "meta.xml": "its title", "slideLayout": "a layout", "slideMaster": "a master slide",
}  # fmt: skip


class Full(Exception):
    """A limit of a document is reached; nothing more is taken."""


class Unread(Exception):
    """Nothing of the document, or of one part of it, can be read. `detail`: what it is, for the owner."""

    def __init__(self, reason: Reason, detail: str | None = None):
        super().__init__(f"{reason}: {detail or ''}")
        self.reason = reason
        self.detail = detail


class Gather:
    """`limits` and `faults` are short notes for the owner: what was left out, and what is damaged."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.removed = 0
        self.limits: list[str] = []
        self.faults: list[str] = []
        self.links: dict[str, None] = {}
        self.languages: dict[str, int] = {}  # language → characters said in it
        self.pictures = 0
        self._characters = 0
        self._header = ("", "")  # as given, as written
        self._body = 0  # where the blocks of the body begin

    def add(
        self, kind: BlockKind, text: str, *, level: int = 0, page: int | None = None, header: str | None = None
    ) -> None:
        """Text without a letter or figure is no block. Raises Full."""
        shown, removed = clean(text)
        self.removed += removed
        if not any(map(str.isalnum, shown)):
            return
        self._characters += len(shown) + 1
        if self._characters > MAX_CHARACTERS or len(self.blocks) >= MAX_BLOCKS:
            self.limits.append(
                f"{MAX_CHARACTERS} characters" if self._characters > MAX_CHARACTERS else f"{MAX_BLOCKS} lines"
            )
            raise Full
        self.blocks.append(Block(kind, shown, level=min(level, 6), page=page, header=self._named(header)))

    def _named(self, header: str | None) -> str | None:
        """As the row of names itself was written: the chunker finds it by its text."""
        if header is None or len(header) > _HEADER_CHARACTERS:
            return None
        if header != self._header[0]:
            self._header = (header, clean(header)[0])
        return self._header[1]

    def hide(self, text: str) -> None:
        """Text that a visitor does not see."""
        self.removed += sum(1 for sign in text if not sign.isspace())

    def note(self, part: str, error: Unread) -> None:
        """A part of the file that was not, or not wholly, read. `part`: its name in the package, or what it is."""
        notes = self.limits if error.reason is Reason.PARSE_LIMIT else self.faults
        told = (error.detail or str(error.reason)).removeprefix(part).strip(" :")
        notes.append(f"{_called(part)}: {told}")

    def move_to_front(self, first: int) -> None:
        """What stands at the edges of every page belongs to no heading, so it goes before all of them."""
        self._body = len(self.blocks) - first
        self.blocks[:] = self.blocks[first:] + self.blocks[:first]

    def close(
        self, *, title: str, name: str, pages: int | None = None, language: str | None = None
    ) -> ExtractedDocument:
        """`title` as the file declares it, `name` as a last resort."""
        reason, detail = self._verdict()
        return ExtractedDocument(
            title=_usable(title) or self._first() or name,
            blocks=tuple(self.blocks),
            links=tuple(self.links),
            language=language_of(language) or self._most_said(),
            words=sum(count_words(block.text) for block in self.blocks),
            pages=pages,
            removed=self.removed,
            reason=reason,
            detail=detail,
        )

    def _verdict(self) -> tuple[Reason | None, str | None]:
        notes = list(dict.fromkeys((*self.limits, *self.faults)))
        detail = "; ".join(notes[:3]) + (f"; {len(notes) - 3} more" if len(notes) > 3 else "")
        if not self.blocks:
            if self.limits:
                return Reason.PARSE_LIMIT, detail
            if self.faults:
                return Reason.BROKEN, detail
            if self.pictures:
                return Reason.SCANNED, "1 picture" if self.pictures == 1 else f"{self.pictures} pictures"
            return Reason.EMPTY, None
        if self.faults:
            return Reason.PARSE_INCOMPLETE, detail
        return (Reason.PARSE_LIMIT, detail) if self.limits else (None, None)

    def _first(self) -> str:
        """The first heading, or a first line that is short enough to be one."""
        body = self.blocks[self._body : self._body + 20]
        heading = next((block.text for block in body if block.kind is BlockKind.HEADING and block.level < 3), "")
        if heading:
            return heading[:_TITLE_CHARACTERS]
        first = body[0] if body else None
        fits = first is not None and first.kind is BlockKind.PARAGRAPH and len(first.text) <= 100
        return first.text if first is not None and fits and not re.search(r"[.!?;,]$", first.text) else ""

    def _most_said(self) -> str | None:
        return max(self.languages, key=lambda name: self.languages[name], default=None)


def language_of(declared: str | None) -> str | None:
    """ "de-AT" is "de"."""
    short = re.split(r"[-_]", (declared or "").strip().lower())[0]
    return short if re.fullmatch(r"[a-z]{2}", short) and short != "zx" else None


def _called(part: str) -> str:
    """ "its text" for word/document.xml; what is no part's name stays."""
    name = part.rpartition("/")[2]
    return next((words for start, words in _PARTS.items() if name.startswith(start)), part[:80])


def _usable(declared: str) -> str:
    """Templates and programs put file names and the word “Presentation” where a title should stand."""
    title, _ = clean(declared)
    return "" if len(title) < 3 or _NO_TITLE.search(title) else title[:_TITLE_CHARACTERS]
