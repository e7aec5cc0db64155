"""What styles and lists of a DOCX mean for its text: headings, hidden text, bold, and the numbers of items.

A style's id is translated by Word ("berschrift1"), its name of the built-in ones is not ("heading 1");
other programs translate both, so the outline level and the names of some languages count too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

_HEADING = re.compile(
    r"^(?:heading|überschrift|berschrift|titre|título|ttulo|titolo|titel|kop|overskrift|rubrik|otsikko|nagłówek"
    r"|nagwek|nadpis|başlık|balk|заголовок|címsor|cmsor|見出し|标题|標題|제목)[\s_-]*([1-9])$",
    re.I,
)
_TITLE = re.compile(r"^(?:title|titel|titre|título|titolo|tittel|tytuł)$", re.I)
_CONTENTS = re.compile(r"^(?:toc|contents|inhaltsverzeichnis|verzeichnis|table of figures|tm|index)[\s_-]*\d", re.I)
_MAX_STYLES = 5_000
_MAX_CHAIN = 20
_MAX_LEVELS = 20_000
LEVELS = 9
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Style:
    """None: as the style it is based on."""

    name: str = ""
    based_on: str = ""
    outline: int | None = None  # 0-8 of a heading, 9 for body text
    list_id: str | None = None
    list_level: int | None = None
    bold: bool | None = None
    hidden: bool | None = None
    first_row_bold: bool | None = None  # of a table

    @property
    def heading(self) -> int:
        """1-6, or 0."""
        if self.outline is not None:
            return self.outline + 1 if self.outline < LEVELS else 0
        return 0

    @property
    def is_contents(self) -> bool:
        return bool(_CONTENTS.match(self.name))


class Styles:
    """Reads styles.xml (a `Reader` of xml.py), then answers by id."""

    def __init__(self) -> None:
        self.language = ""
        self._known: dict[str, Style] = {}
        self._default = ""
        self._resolved: dict[str, Style] = {}
        self._open: dict[str, str | int | bool | None] = {}
        self._id = ""
        self._in_first_row = False

    def of(self, style_id: str) -> Style:
        """With all that it takes from those it is based on; an unknown id is the default style."""
        style_id = style_id if style_id in self._known else self._default
        found = self._resolved.get(style_id)
        if found is None:
            found = self._resolved[style_id] = self._resolve(style_id)
        return found

    def _resolve(self, style_id: str) -> Style:
        own = self._known.get(style_id, Style())
        if own.outline is None:
            own = replace(own, outline=_outline_of(own.name) if own.name else _outline_of(style_id))
        above = own
        for _ in range(_MAX_CHAIN):
            above = self._known.get(above.based_on)
            if above is None:
                break
            own = Style(
                name=own.name,
                outline=_or(own.outline, _or(above.outline, _outline_of(above.name))),
                list_id=_or(own.list_id, above.list_id),
                list_level=_or(own.list_level, above.list_level),
                bold=_or(own.bold, above.bold),
                hidden=_or(own.hidden, above.hidden),
                first_row_bold=_or(own.first_row_bold, above.first_row_bold),
            )
        return own

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        value = attributes.get("w:val", "")
        if name == "w:style":
            self._id = attributes.get("w:styleId", "")
            self._open = {}
            if is_on(attributes.get("w:default", "0")) and attributes.get("w:type") == "paragraph":
                self._default = self._id
        elif name == "w:tblStylePr":
            self._in_first_row = attributes.get("w:type") == "firstRow"
            return None if self._in_first_row else True
        elif name == "w:lang" and not self.language and not self._id:
            self.language = value
        elif name == "w:name":
            self._open["name"] = value[:100]
        elif name == "w:basedOn":
            self._open["based_on"] = value
        elif name == "w:outlineLvl" and value.isdecimal():
            self._open["outline"] = min(int(value[:3]), LEVELS)
        elif name == "w:numId":
            self._open["list_id"] = value
        elif name == "w:ilvl" and value.isdecimal():
            self._open["list_level"] = min(int(value[:3]), LEVELS - 1)
        elif name == "w:b":
            self._open["first_row_bold" if self._in_first_row else "bold"] = is_on(attributes.get("w:val", "1"))
        elif name == "w:vanish":
            self._open["hidden"] = is_on(attributes.get("w:val", "1"))
        return None

    def end(self, name: str) -> None:
        if name == "w:style":
            if len(self._known) < _MAX_STYLES:
                self._known[self._id] = Style(**self._open)  # type: ignore[arg-type]
            self._id = ""
        elif name == "w:tblStylePr":
            self._in_first_row = False

    def text(self, data: str) -> None:
        """Styles say nothing."""


@dataclass(slots=True)
class _Level:
    kind: str = "decimal"
    pattern: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    abstract: str = ""
    starts: dict[int, int] = field(default_factory=dict[int, int])
    used: bool = False


class Lists:
    """Reads numbering.xml, then counts: `number` is asked for each item in the order of the text."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, int], _Level] = {}
        self._styled: dict[tuple[str, str], int] = {}  # (abstract list, style) → level
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._abstract = ""
        self._list: _List | None = None
        self._level: _Level | None = None
        self._at = 0

    def __contains__(self, list_id: str) -> bool:
        return list_id in self._lists

    def level_of(self, list_id: str, style_id: str) -> int:
        """The level that the list itself gives to a style."""
        known = self._lists.get(list_id)
        return self._styled.get((known.abstract, style_id), 0) if known else 0

    def number(self, list_id: str, level: int) -> str:
        """ "2.1." or "a)"; empty for bullets."""
        known = self._lists.get(list_id)
        own = self._levels.get((known.abstract, level)) if known else None
        if known is None or own is None:
            return ""
        counts = self._counts.setdefault(known.abstract, [None] * LEVELS)
        if not known.used:
            known.used = True
            for at in known.starts:
                counts[at] = None
        before = counts[level]
        counts[level] = known.starts.get(level, own.start) if before is None else before + 1
        counts[level + 1 :] = [None] * (LEVELS - level - 1)
        if own.kind in ("bullet", "none"):
            return ""
        return re.sub(r"%([1-9])", lambda match: self._shown(known, counts, int(match.group(1)) - 1), own.pattern)

    def _shown(self, known: _List, counts: list[int | None], level: int) -> str:
        own = self._levels.get((known.abstract, level), _Level())
        count = counts[level]
        return number_in(own.kind, own.start if count is None else count)

    def start(self, name: str, attributes: dict[str, str]) -> bool | None:
        value = attributes.get("w:val", "")
        if name == "w:abstractNum":
            self._abstract = attributes.get("w:abstractNumId", "")
        elif name == "w:num":
            self._list = _List()
            if len(self._lists) < _MAX_LEVELS:
                self._lists[attributes.get("w:numId", "")] = self._list
        elif name == "w:abstractNumId" and self._list is not None:
            self._list.abstract = value
        elif name in ("w:lvl", "w:lvlOverride"):
            at = attributes.get("w:ilvl", "0")
            self._at = min(int(at[:3]), LEVELS - 1) if at.isdecimal() else 0
            if name == "w:lvl" and self._list is None and len(self._levels) < _MAX_LEVELS:
                self._level = self._levels[self._abstract, self._at] = _Level()
        elif name in ("w:startOverride", "w:start") and value.isdecimal():
            if self._list is not None and name == "w:startOverride":
                self._list.starts[self._at] = int(value[:6])
            elif self._level is not None:
                self._level.start = int(value[:6])
        elif self._level is not None:
            if name == "w:numFmt":
                self._level.kind = value
            elif name == "w:lvlText":
                self._level.pattern = value[:40]
            elif name == "w:pStyle":
                self._styled[self._abstract, value] = self._at
        return None

    def end(self, name: str) -> None:
        if name == "w:lvl":
            self._level = None
        elif name == "w:num":
            self._list = None

    def text(self, data: str) -> None:
        """Lists say nothing."""


def is_on(value: str) -> bool:
    return value.lower() not in ("0", "false", "off", "none")


def number_in(kind: str, count: int) -> str:
    """A count as numerals of this kind (ECMA-376 part 1, 17.18.59); unknown kinds are plain figures."""
    shown = _NUMERALS.get(kind)
    return shown(count) if shown is not None and 0 < count < 4000 else str(count)


def _roman(count: int) -> str:
    out = ""
    for value, letters in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
                           (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        while count >= value:
            out += letters
            count -= value
    return out


def _letters(count: int) -> str:
    """a … z, aa, bb …, as Word counts."""
    times, place = divmod(count - 1, 26)
    return chr(97 + place) * min(times + 1, 10)


_NUMERALS: dict[str, Callable[[int], str]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "decimalZero": lambda count: f"{count:02d}",
}


def _outline_of(name: str) -> int | None:
    if match := _HEADING.match(name):
        return int(match.group(1)) - 1
    return 0 if _TITLE.match(name) else None


def _or(own: T | None, above: T | None) -> T | None:
    return above if own is None else own
