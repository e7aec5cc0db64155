"""What the styles of an OpenDocument file mean for its text. A `Reader` of xml.py, for odf.py and ods.py.

Read twice, from styles.xml and from the automatic styles of content.xml; later ones are added to earlier.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.extract.docx_styles import number_in
from ingestion.extract.gather import language_of

_MAX_STYLES = 40_000
_MAX_CHAIN = 20
LEVELS = 10
_NUMERALS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(slots=True)
class Style:
    """None: as the style it is based on."""

    parent: str = ""
    level: int | None = None  # of a heading
    bold: bool | None = None
    hidden: bool | None = None
    language: str | None = None
    is_title: bool = False


@dataclass(slots=True)
class _Level:
    kind: str = ""
    prefix: str = ""
    suffix: str = ""
    shown: int = 1  # how many levels the number tells
    start: int = 1


@dataclass(slots=True)
class Numbering:
    levels: dict[int, _Level] = field(default_factory=dict[int, _Level])

    def label(self, level: int, counts: list[int]) -> str:
        """ "2.1."; empty for bullets. `counts`: those of all levels down to this one."""
        own = self.levels.get(level)
        if own is None or not own.kind:
            return ""
        first = max(1, level - own.shown + 1)
        parts = [
            number_in(self.levels.get(at, own).kind or own.kind, counts[at - 1])
            for at in range(first, level + 1)
            if at <= len(counts)
        ]
        return f"{own.prefix}{'.'.join(parts)}{own.suffix}".strip()

    def start(self, level: int) -> int:
        own = self.levels.get(level)
        return own.start if own is not None else 1


class Styles:
    def __init__(self) -> None:
        self.language: str | None = None
        self.lists: dict[str, Numbering] = {}
        self.outline = Numbering()
        self.hidden_pages: set[str] = set()  # styles of slides and sheets that are not shown
        self._known: dict[str, Style] = {}
        self._resolved: dict[str, Style] = {}
        self._open: Style | None = None
        self._name = ""
        self._is_default = False
        self._numbering: Numbering | None = None

    def of(self, name: str) -> Style:
        """With all that it takes from those above it."""
        found = self._resolved.get(name)
        if found is None:
            found = self._resolved[name] = self._resolve(name)
        return found

    def _resolve(self, name: str) -> Style:
        own = Style()
        at: str = name
        for _ in range(_MAX_CHAIN):
            style = self._known.get(at)
            if style is None:
                break
            own.level = style.level if own.level is None else own.level
            own.bold = style.bold if own.bold is None else own.bold
            own.hidden = style.hidden if own.hidden is None else own.hidden
            own.language = style.language if own.language is None else own.language
            own.is_title = own.is_title or at == "Title"
            at = style.parent
        return own

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        if name in ("office:body", "office:master-styles"):
            return True
        if name in ("style:style", "style:default-style"):
            self._start_style(name, attributes)
        elif name == "style:text-properties":
            self._text_properties(attributes)
        elif (name, "hidden") == ("style:drawing-page-properties", attributes.get("presentation:visibility")) or (
            (name, "false") == ("style:table-properties", attributes.get("table:display"))
        ):
            self.hidden_pages.add(self._name)
        elif name == "text:list-style":
            self._numbering = self.lists[attributes.get("style:name", "")] = Numbering()
        elif name == "text:outline-style":
            self._numbering = self.outline = Numbering()
        elif name in ("text:list-level-style-number", "text:outline-level-style") and self._numbering is not None:
            self._numbering.levels[min(_whole(attributes.get("text:level")), LEVELS)] = _Level(
                _NUMERALS.get(attributes.get("style:num-format", ""), ""),
                attributes.get("style:num-prefix", "")[:10],
                attributes.get("style:num-suffix", "")[:10],
                _whole(attributes.get("text:display-levels")),
                _whole(attributes.get("text:start-value")),
            )
        return None

    def _start_style(self, name: str, attributes: dict[str, str]) -> None:
        self._name = attributes.get("style:name", "")
        self._open = Style(parent=attributes.get("style:parent-style-name", ""))
        self._is_default = name == "style:default-style" and attributes.get("style:family") == "paragraph"
        level = attributes.get("style:default-outline-level", "")
        if level.isdecimal() and len(level) < 3 and int(level) > 0:
            self._open.level = int(level)
        if self._name and len(self._known) < _MAX_STYLES:
            self._known[self._name] = self._open

    def _text_properties(self, attributes: dict[str, str]) -> None:
        if self._open is None:
            return
        weight = attributes.get("fo:font-weight")
        if weight is not None:
            self._open.bold = weight == "bold" or (weight.isdecimal() and len(weight) < 5 and int(weight) >= 600)
        if (display := attributes.get("text:display")) is not None:
            self._open.hidden = display == "none"
        self._open.language = language_of(attributes.get("fo:language")) or self._open.language
        if self._is_default and self.language is None:
            self.language = self._open.language

    def end(self, name: str) -> None:
        if name in ("style:style", "style:default-style"):
            self._open = None
        elif name in ("text:list-style", "text:outline-style"):
            self._numbering = None

    def text(self, data: str) -> None:
        """Styles say nothing."""


def _whole(text: str | None) -> int:
    return max(1, int(text)) if text is not None and text.isdecimal() and len(text) < 5 else 1
