"""Takes out of a page's tree what a visitor never sees, and counts it. Called by html.py.

Hidden is what an attribute, an inline style or the page's own style sheet hides. What a click opens (a tab, an
accordion, a collapsed menu, a slide) counts as visible: a control names it, stands before it, or its class says so.
Text that scripts fade in counts as visible too. Text for screen readers only is hidden, headings excepted: they
name what follows (docs/decisions/0024).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.extract.sheets import Above, Sheets, Shown, names_of
from ingestion.extract.tree import Element, Page

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FOLDED = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_CONCEALED = re.compile(
    r"font-size\s*:\s*(?:0(?:px|pt|em|rem|%)?|0?\.\d+(?:px|pt)|1px)\s*(?:;|!|$)"
    r"|clip\s*:\s*rect\(\s*(?:0|1px)|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)"
    r"|text-indent\s*:\s*-\d{3,6}",
    re.I,
)
_NO_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*(?:transparent|rgba\([^)]{0,40},\s*0(?:\.0*)?\s*\))", re.I)
_TEXT_OF_BACKGROUND = re.compile(r"background-clip\s*:\s*text", re.I)
_TRANSPARENT = re.compile(
    r"(?<![-\w])opacity\s*:\s*0?(?:\.0{1,9})?\s*(?:;|!|$)|(?<![-\w])opacity\s*:\s*0(?:\.0{1,9})?%", re.I
)
_OFF_SCREEN = re.compile(
    r"(?:left|right|top|bottom|margin-left|margin-top)\s*:\s*-\d{3,6}(?:\.\d{1,6})?(?:px|em|rem|vw|vh)", re.I
)
_POSITIONED = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.I)
_NO_SIZE = re.compile(r"(?<![-\w])(?:max-)?(?:width|height)\s*:\s*[01]?(?:px)?\s*(?:;|!|$)", re.I)
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.I)
_COLOURS = re.compile(r"(?<![-\w])(color|background(?:-color)?)\s*:\s*([^;!]{1,60})", re.I)
_NAMED_COLOURS = {"white": "#ffffff", "black": "#000000", "rgb(255,255,255)": "#ffffff", "rgb(0,0,0)": "#000000"}
_FADED_IN = re.compile(r"transform|transition|animation|will-change", re.I)
_FADING_CLASS = re.compile(
    r"\b(?:wow|aos|animat\w{0,20}|fade\w{0,20}|reveal\w{0,20}|lazy\w{0,20}|invisible-until\w{0,20}|elementor-invisible"
    r"|motion\w{0,20}|in-?view\w{0,20})\b",
    re.I,
)
_FADING_ATTRIBUTES = ("data-aos", "data-w-id", "data-animat", "data-sal", "data-scroll", "data-motion", "data-framer")
_OPENED_CLASS = re.compile(
    r"collaps|accordion|tab-?pane|tab-?panel|tab-?content|(?:^|\s)tabs?(?:__|-|\s|$)|tabcontent|dropdown|toggle|modal"
    r"|spoiler|expand|slide|carousel|swiper|panel|faq|answer|antwort|more-?(?:text|content|info)|read-?more|sub-?menu"
    r"|details|lightbox|popover|drawer|offcanvas",
    re.I,
)
_NOT_CONTENT = re.compile(
    r"cookie|consent|gdpr|captcha|honeypot|preload|spinner|error|success|w-form-(?:done|fail)", re.I
)
_CONTROL_CLASS = re.compile(
    r"toggle|trigger|accordion|collaps|expand|opener|question|frage|spoiler|faq|tab(?:s|-|_|$|\s)|show-?more", re.I
)
_FOR_READERS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|element-invisible|a11y-hidden|u-hiddenvisually)"
    r"(?:\s|$)",
    re.I,
)
_CONTROLLING = (
    "aria-controls",
    "data-target",
    "data-bs-target",
    "data-toggle-target",
    "for",
    "data-tab",
    "data-content",
)
_STYLE_CHARACTERS = 2_000
_CLASS_CHARACTERS = 500


def take_out_hidden(page: Page) -> int:
    """Removes the hidden elements from the tree; how many letters and signs they held."""
    hiding = _Hiding(page)
    above: list[Above] = []
    removed = 0

    def prune(parent: Element, names: frozenset[str]) -> None:
        nonlocal removed
        above.append((parent, names))
        kept: list[Element | str] = []
        before: Element | None = None
        for child in parent.children:
            if isinstance(child, Element):
                its_names = names_of(child)
                if hiding.hides(child, its_names, above, before):
                    removed += _signs(child)
                    before = child
                    continue
                prune(child, its_names)  # no deeper than tree.MAX_DEPTH
                before = child
            kept.append(child)
        parent.children = kept
        above.pop()

    prune(page.body, frozenset())
    return removed


def _signs(element: Element) -> int:
    count = 0
    stack: list[Element | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            count += sum(map(len, node.split()))
        else:
            stack.extend(node.children)
    return count


class _Hiding:
    def __init__(self, page: Page):
        self._sheets = Sheets(page.styles)
        self._opened = {
            attributes["href"][1:] for _, attributes in page.references if attributes.get("href", "").startswith("#")
        }
        stack: list[Element | str] = [page.body]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                continue
            if node.attributes:
                for name in _CONTROLLING:
                    for value in node.get(name)[:_CLASS_CHARACTERS].split():
                        self._opened.add(value.lstrip("#."))
            stack.extend(node.children)
        self._opened.discard("")

    def hides(self, element: Element, names: frozenset[str], above: Sequence[Above], before: Element | None) -> bool:
        """`before`: the element in front of it, hidden or not."""
        shown = self._sheets.shown(element, names, above)
        attributes = element.attributes
        if not attributes:
            return shown is Shown.CONCEALED or (shown is Shown.FOLDED and not _is_control(before))
        classes = attributes.get("class", "")[:_CLASS_CHARACTERS]
        style = attributes.get("style", "")[:_STYLE_CHARACTERS]
        if _FOR_READERS.search(classes) and element.tag not in _HEADINGS:
            return True
        if "hidden" in attributes and attributes["hidden"].lower() != "until-found":
            shown = Shown.FOLDED
        if shown is Shown.FOLDED and style and _DISPLAYED.search(style):
            shown = Shown.YES
        if style and shown is Shown.YES:
            shown = _by_style(style, above)
        if shown is Shown.YES:
            return False
        if shown is Shown.FOLDED and not _FOLDED_FOR_GOOD.search(style) and _is_faded_in(style, attributes, classes):
            return "hidden" in attributes
        return shown is Shown.CONCEALED or not self._opens(element, classes, before)

    def _opens(self, element: Element, classes: str, before: Element | None) -> bool:
        identity = element.get("id")
        if element.get("role") == "tabpanel" or identity and identity in self._opened:
            return True
        if _NOT_CONTENT.search(classes) or _NOT_CONTENT.search(identity):
            return False
        if any(name in self._opened for name in classes.split()):
            return True
        return bool(_OPENED_CLASS.search(classes) or _OPENED_CLASS.search(identity[:200])) or _is_control(before)


_DISPLAYED = re.compile(r"display\s*:\s*(?:block|flex|grid|inline|table|list-item|contents)", re.I)
_FOLDED_FOR_GOOD = re.compile(r"display\s*:\s*none", re.I)


def _is_faded_in(style: str, attributes: dict[str, str], classes: str) -> bool:
    return bool(_FADED_IN.search(style) or _FADING_CLASS.search(classes)) or any(
        name.startswith(_FADING_ATTRIBUTES) for name in attributes
    )


def _by_style(style: str, above: Sequence[Above]) -> Shown:
    if _CONCEALED.search(style):
        return Shown.CONCEALED
    if _NO_COLOUR.search(style) and not _TEXT_OF_BACKGROUND.search(style):
        return Shown.CONCEALED
    if _FOLDED.search(style) or _TRANSPARENT.search(style):
        return Shown.FOLDED
    if _OFF_SCREEN.search(style) and _POSITIONED.search(style):
        return Shown.FOLDED
    if _NO_SIZE.search(style) and _CLIPPED.search(style):
        return Shown.FOLDED
    return Shown.CONCEALED if _in_its_own_colour(style, above) else Shown.YES


def _in_its_own_colour(style: str, above: Sequence[Above]) -> bool:
    own = _colours(style)
    if "color" not in own:
        return False
    background = own.get("backg")
    for element, _ in reversed(above):
        if background is not None:
            break
        around = element.get("style")
        background = _colours(around[:_STYLE_CHARACTERS]).get("backg") if around else None
    return own["color"] == background


def _colours(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _COLOURS.findall(style):
        colour = re.sub(r"\s+", "", value.lower())
        if re.fullmatch(r"#[0-9a-f]{3}", colour):
            colour = "#" + "".join(sign * 2 for sign in colour[1:])
        found[name.lower()[:5]] = _NAMED_COLOURS.get(colour, colour)
    return found


def _is_control(element: Element | None) -> bool:
    """Something to click on that opens what stands after it."""
    if element is None:
        return False
    if element.tag in ("button", "label", "summary", "input") or element.get("role") in ("button", "tab"):
        return True
    if "onclick" in element.attributes or "aria-expanded" in element.attributes:
        return True
    if element.tag == "a" and element.get("href")[:1] in ("#", "") or element.get("href").startswith("javascript:"):
        return True
    if _CONTROL_CLASS.search(element.get("class")[:_CLASS_CHARACTERS]):
        return True
    return any(
        isinstance(child, Element)
        and (
            child.tag in ("button", "summary")
            or child.get("role") == "button"
            or "aria-expanded" in child.attributes
            or "onclick" in child.attributes
            or (child.tag == "a" and child.get("href") in ("#", "javascript:void(0)", "javascript:;"))
        )
        for child in element.children[:8]
    )
