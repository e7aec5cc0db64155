"""Which elements a visitor never sees: by attribute, by inline style, by the page's own style sheet.

What a click opens (a tab, an accordion, a collapsed menu) counts as visible: some control of the
page names the element's id. Text that scripts fade in counts as visible too.
"""

from __future__ import annotations

import re

from ingestion.extract.tree import Element, Page

_NEVER_SHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|clip\s*:\s*rect\(\s*(?:0|1px)|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)"
    r"|text-indent\s*:\s*-\d{3,}"
    r"|(?<![-\w])color\s*:\s*transparent",
    re.I,
)
_TRANSPARENT = re.compile(r"(?<![-\w])opacity\s*:\s*0?(?:\.0+)?\s*(?:;|!|$)|(?<![-\w])opacity\s*:\s*0(?:\.0+)?%", re.I)
_OFF_SCREEN = re.compile(
    r"(?:left|right|top|bottom|margin-left|margin-top)\s*:\s*-\d{3,}(?:\.\d+)?(?:px|em|rem|vw|vh)", re.I
)
_NO_SIZE = re.compile(r"(?<![-\w])(?:max-)?(?:width|height)\s*:\s*[01]?(?:px)?\s*(?:;|!|$)", re.I)
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.I)
_COLOURS = re.compile(r"(?<![-\w])(color|background(?:-color)?)\s*:\s*([^;!]+)", re.I)
_FADED_IN = re.compile(r"transform|transition|animation|will-change", re.I)
_FADING_CLASS = re.compile(r"\b(?:wow|aos|animate\w*|fade\w*|reveal\w*|lazy\w*|invisible-until\w*)\b", re.I)
_OPENED_CLASS = re.compile(
    r"collaps|accordion|tab-?pane|tab-?content|tabs?__|dropdown|toggle|modal|spoiler|expand", re.I
)
_FOR_READERS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|element-invisible|a11y-hidden)(?:\s|$)", re.I
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#][\w-]+)$", re.I)
_MARK = re.compile(r"[{};]")
_SHEET_LIMIT = 500_000


class Hiding:
    """Answers `hides(element)` for one page."""

    def __init__(self, page: Page):
        self._by_sheet = _hidden_by_sheets(page.styles)
        self._opened = {
            attributes["href"][1:] for _, attributes in page.references if attributes.get("href", "").startswith("#")
        }
        stack: list[Element | str] = [page.body]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                continue
            for name in ("aria-controls", "data-target", "data-bs-target", "data-toggle-target", "for", "data-tab"):
                for value in node.get(name).split():
                    self._opened.add(value.lstrip("#"))
            stack.extend(node.children)

    def hides(self, element: Element) -> bool:
        attributes = element.attributes
        if not attributes:
            return False
        style = attributes.get("style", "")
        classes = attributes.get("class", "")
        if _FOR_READERS.search(classes) and element.tag not in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return True
        hidden = "hidden" in attributes and attributes["hidden"].lower() != "until-found"
        hidden = hidden or bool(style and _hidden_by_style(style, attributes, classes))
        if not hidden and self._by_sheet:
            hidden = any(f".{name}" in self._by_sheet for name in classes.split()) or (
                f"#{attributes.get('id', '')}" in self._by_sheet
            )
        return hidden and not self._opens(element, classes)

    def _opens(self, element: Element, classes: str) -> bool:
        return (
            element.get("role") == "tabpanel"
            or (element.get("id") != "" and element.get("id") in self._opened)
            or bool(_OPENED_CLASS.search(classes))
        )


def _hidden_by_style(style: str, attributes: dict[str, str], classes: str) -> bool:
    faded = bool(_FADED_IN.search(style) or _FADING_CLASS.search(classes)) or any(
        name.startswith(("data-aos", "data-w-id", "data-animat", "data-sal", "data-scroll")) for name in attributes
    )
    if faded and not re.search(r"display\s*:\s*none", style, re.I):
        return False
    if _NEVER_SHOWN.search(style) or _TRANSPARENT.search(style):
        return True
    if _OFF_SCREEN.search(style) and re.search(r"position\s*:\s*(?:absolute|fixed)", style, re.I):
        return True
    if _NO_SIZE.search(style) and _CLIPPED.search(style):
        return True
    colours = {name.lower()[:5]: value.strip().lower() for name, value in _COLOURS.findall(style)}
    return len(colours) == 2 and colours.get("color") == colours.get("backg")


def _hidden_by_sheets(styles: list[str]) -> frozenset[str]:
    """Class and id selectors that stand alone and end up undisplayed, media queries left out."""
    hidden: set[str] = set()
    for sheet in styles:
        if "none" not in sheet and "hidden" not in sheet:
            continue
        for selectors, body in _RULE.findall(_without_at_rules(_COMMENT.sub("", sheet[:_SHEET_LIMIT]))):
            display = re.findall(r"(?:^|[;\s])(?:display|visibility)\s*:\s*([\w-]+)", body)
            if not display:
                continue
            names = {match.group(1) for part in selectors.split(",") if (match := _SIMPLE.match(part.strip()))}
            hidden = hidden | names if display[-1] in ("none", "hidden", "collapse") else hidden - names
    return frozenset(hidden)


def _without_at_rules(sheet: str) -> str:
    """Drops @media and the like with their whole bodies: they hold for some visitors only."""
    if "@" not in sheet:
        return sheet
    kept: list[str] = []
    at = 0
    while (start := sheet.find("@", at)) >= 0:
        kept.append(sheet[at:start])
        depth = 0
        end = start
        for mark in _MARK.finditer(sheet, start):
            end = mark.end()
            depth += {"{": 1, "}": -1, ";": 0}[mark.group()]
            if depth <= 0:
                break
        else:
            end = len(sheet)
        at = max(end, start + 1)
    kept.append(sheet[at:])
    return "".join(kept)
