"""A page's own style sheets in, which of its elements they never show out. Called by hidden.py.

Reads rules of tags, classes and ids, alone or below each other, and lets the stronger one win as a browser does.
Rules it cannot read (pseudo-classes, attributes, media queries) hide nothing: text shown in vain is better than lost.
Bounded: a sheet of 100,000 rules costs a few per element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ingestion.extract.tree import Element

_SHEET_CHARACTERS = 2_000_000  # all sheets of a page together; rules further on hide nothing
_RULES_A_NAME = 30  # the last ones: they win
_STEPS = 3_000_000  # of matching, for a whole page; what comes after counts as shown
_COMPOUND = re.compile(r"(?P<tag>[a-zA-Z][a-zA-Z0-9-]*|\*)?(?P<names>(?:[.#][\w-]+)*)")
_NAME = re.compile(r"[.#][\w-]+")
_DECLARED = re.compile(r"(?<![-\w])(display|visibility)\s*:\s*([\w-]+)\s*(!\s*important)?", re.I)
_COLLAPSED = re.compile(r"(?<![-\w])(?:max-)?height\s*:\s*0(?:px)?\s*(?:;|!|$)", re.I)
_CLIPPED = re.compile(r"overflow(?:-y)?\s*:\s*(?:hidden|clip)", re.I)
_CONCEALED = re.compile(
    r"(?<![-\w])font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)|text-indent\s*:\s*-\d{3,6}"
    r"|(?<![-\w])clip\s*:\s*rect\(\s*(?:0|1px)",
    re.I,
)
_BODY_CHARACTERS = 4_000


class Shown(Enum):
    YES = "yes"
    FOLDED = "folded"  # until something opens it
    CONCEALED = "concealed"  # displayed so that nobody can read it


@dataclass(frozen=True, slots=True)
class _Compound:
    tag: str
    names: frozenset[str]  # with their sign: .class, #id
    child: bool  # of the compound before it, and not only below it

    def matches(self, element: Element, names: frozenset[str]) -> bool:
        return (not self.tag or self.tag == element.tag) and self.names <= names


@dataclass(frozen=True, slots=True)
class _Rule:
    compounds: tuple[_Compound, ...]
    weight: tuple[int, int, int, int]  # ids, classes, tags, position
    display: str
    visibility: str
    important: bool
    shown: Shown


_NAMELESS: frozenset[str] = frozenset()
Above = tuple[Element, frozenset[str]]  # an element around the one that is asked for, with its names


class Sheets:
    """Answers for one page's elements."""

    def __init__(self, styles: Sequence[str]):
        self._by_name: dict[str, list[_Rule]] = {}
        self._steps = _STEPS
        room = _SHEET_CHARACTERS
        position = 0
        for sheet in styles:
            if room > 0 and _may_hide(sheet):
                position = self._read(sheet[:room], position)
            room -= len(sheet)
        for name, rules in self._by_name.items():
            self._by_name[name] = rules[-_RULES_A_NAME:]

    def shown(self, element: Element, names: frozenset[str], above: Sequence[Above]) -> Shown:
        """`names`: names_of(element)."""
        if not self._by_name or self._steps <= 0:
            return Shown.YES
        found: list[_Rule] = []
        for name in (element.tag, *names):
            for rule in self._by_name.get(name, ()):
                self._steps -= 1
                if rule.compounds[-1].matches(element, names):
                    if len(rule.compounds) > 1:
                        self._steps -= len(above)
                        if not _stands_below(rule.compounds[:-1], above):
                            continue
                    found.append(rule)
        if not found:
            return Shown.YES
        found.sort(key=lambda rule: (rule.important, rule.weight))
        display = next((rule.display for rule in reversed(found) if rule.display), "")
        visibility = next((rule.visibility for rule in reversed(found) if rule.visibility), "")
        if display == "none" or visibility in ("hidden", "collapse"):
            return Shown.FOLDED
        marked = {rule.shown for rule in found}
        if Shown.CONCEALED in marked:
            return Shown.CONCEALED
        return Shown.FOLDED if Shown.FOLDED in marked else Shown.YES

    def _read(self, sheet: str, position: int) -> int:
        for selectors, body in _rules(_without_comments(sheet)):
            rule = _judged(body[:_BODY_CHARACTERS])
            if rule is None:
                continue
            for selector in selectors[:_BODY_CHARACTERS].split(","):
                compounds = _compounds(selector.strip())
                if not compounds:
                    continue
                position += 1
                names = [name for compound in compounds for name in compound.names]
                ids = sum(name[0] == "#" for name in names)
                tags = sum(bool(compound.tag) for compound in compounds)
                last = compounds[-1]
                key = min(last.names) if last.names else last.tag
                display, visibility, important, shown = rule
                weight = (ids, len(names) - ids, tags, position)
                self._by_name.setdefault(key, []).append(
                    _Rule(compounds, weight, display, visibility, important, shown)
                )
        return position


def names_of(element: Element) -> frozenset[str]:
    if "class" not in element.attributes and "id" not in element.attributes:
        return _NAMELESS
    names = [f".{name}" for name in element.get("class")[:1000].split()]
    if identity := element.get("id"):
        names.append(f"#{identity[:200]}")
    return frozenset(names)


def _may_hide(sheet: str) -> bool:
    return any(sign in sheet for sign in ("none", "hidden", "collapse", "font-size:0", "font-size: 0", "-9", "height"))


def _judged(body: str) -> tuple[str, str, bool, Shown] | None:
    declared: dict[str, str] = {}
    important = False
    for name, value, mark in _DECLARED.findall(body):
        declared[name.lower()] = value.lower()
        important = important or bool(mark)
    concealed = _CONCEALED.search(body)  # not by colour: sheets use that for effects that end in text being shown
    folded = not concealed and _COLLAPSED.search(body) and _CLIPPED.search(body)
    if not declared and not concealed and not folded:
        return None
    shown = Shown.CONCEALED if concealed else Shown.FOLDED if folded else Shown.YES
    return declared.get("display", ""), declared.get("visibility", ""), important, shown


def _compounds(selector: str) -> tuple[_Compound, ...]:
    """Empty for what is not read."""
    if not selector or len(selector) > 300:
        return ()
    compounds: list[_Compound] = []
    child = False
    for part in selector.replace(">", " > ").split():
        if part == ">":
            child = True
            continue
        match = _COMPOUND.fullmatch(part)
        if match is None:
            return ()
        tag = (match["tag"] or "").lower()
        compounds.append(_Compound("" if tag == "*" else tag, frozenset(_NAME.findall(match["names"])), child))
        child = False
    # The two around everything are no elements of the tree.
    while compounds and compounds[0].tag in ("html", "body") and not compounds[0].names:
        compounds = compounds[1:]
    if not compounds or not (compounds[-1].tag or compounds[-1].names):
        return ()
    return tuple(compounds)


def _stands_below(compounds: Sequence[_Compound], above: Sequence[Above]) -> bool:
    """Whether the outer parts of a selector stand above, from the nearest outwards."""
    at = len(above) - 1
    for compound in reversed(compounds):
        while at >= 0 and not compound.matches(*above[at]):
            at -= 1
        if at < 0:
            return False
        at -= 1
    return True


def _without_comments(sheet: str) -> str:
    if "/*" not in sheet:
        return sheet
    kept: list[str] = []
    at = 0
    while (start := sheet.find("/*", at)) >= 0:
        kept.append(sheet[at:start])
        end = sheet.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        at = end + 2
    kept.append(sheet[at:])
    return "".join(kept)


def _rules(sheet: str) -> list[tuple[str, str]]:
    """Selectors and bodies. What stands in @media and the like holds for some visitors only and is left out."""
    rules: list[tuple[str, str]] = []
    at = 0
    while (opened := sheet.find("{", at)) >= 0:
        selectors = sheet[at:opened]
        cut = max(selectors.rfind(";"), selectors.rfind("}")) + 1
        selectors = selectors[cut:].strip()
        if selectors.startswith(("@layer", "@supports", "@media all", "@media screen{")):
            at = opened + 1  # what is in it holds for all
            continue
        if selectors.startswith("@"):
            at = _end_of_block(sheet, opened)
            continue
        closed = sheet.find("}", opened)
        if closed < 0:
            break
        rules.append((selectors, sheet[opened + 1 : closed]))
        at = closed + 1
    return rules


_BRACES = re.compile(r"[{}]")


def _end_of_block(sheet: str, opened: int) -> int:
    depth = 0
    for brace in _BRACES.finditer(sheet, opened):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return brace.end()
    return len(sheet)
