"""Labels beside their figures, which a style sheet puts on one line: which elements of a page are such rows.

Price lists and opening hours are often written so; apart from each other neither part says much. Called by blocks.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion.extract.controls import texts
from ingestion.extract.tree import INLINE, Element

_PAIR_CHARACTERS = 80
_LABELS = ("div", "p", "span", "time", "strong", "b")
_HEADED = ("h3", "h4", "h5", "h6")
_COLUMN_LINES = 40
_COLUMN_CHARACTERS = 2_000
_FIGURE = re.compile(
    r"(?:(?:ab|from|from:|je|à|ca\.?|nur|only|dès|desde|fra|da)\s+)?[€$£¥]?\s*\d[\d\s.,:;'’–—-]{0,24}"
    r"(?:[€$£¥%]|(?:-|–|—)?\s?(?:eur|euro|usd|chf|gbp|kr\.?|dkk|sek|nok|uhr|h|am|pm|p\.m\.|a\.m\.|ft|zł|kč|lei)\.?){0,2}"
    r"(?:\s?(?:-|–|—|bis|to)\s?\d[\d.:,]{0,6}\s?(?:uhr|h|am|pm|€|p\.m\.|a\.m\.)?)?(?:\s?/\s?\w{1,12})?\s*\*?",
    re.I,
)
_CLOSED = re.compile(
    r"closed|geschlossen|fermé|cerrado|lukket|chiuso|gesloten|ruhetag|free|frei|gratis|kostenlos|[-–—]", re.I
)


def pair(element: Element) -> list[Element]:
    """The two or three short parts of a label beside its figure; empty where there are none."""
    parts: list[Element] = []
    for child in element.children:
        if isinstance(child, str):
            if child.strip():
                return []
        else:
            parts.append(child)
            if len(parts) > 3:
                return []
    if len(parts) < 2:
        return []
    figures = headings = 0
    for part in parts:
        if part.tag in _HEADED:
            headings += 1
        elif part.tag not in _LABELS:
            return []
        text = _short_line(part)
        if not text:
            return []
        figures += any(sign.isdigit() for sign in text)
        if headings and part is parts[-1] and not is_figure(text):
            return []
    if headings > 1 or (headings and parts[0].tag not in _HEADED and parts[1].tag not in _HEADED):
        return []
    return parts if figures and not all(part.tag in INLINE for part in parts) else []


def columns(element: Element) -> list[list[str]] | None:
    """Two columns of as many lines each, labels in one and nothing but figures in the other: their rows."""
    parts: list[Element] = []
    for child in element.children:
        if isinstance(child, str):
            if child.strip():
                return None
        else:
            parts.append(child)
            if len(parts) > 2:
                return None
    if len(parts) != 2 or any(part.tag not in ("div", "ul", "section", "p") for part in parts):
        return None
    sides: list[list[str]] = []
    for part in parts:
        lines = _lines(part)
        if not 2 <= len(lines) <= _COLUMN_LINES or any(len(line) > _PAIR_CHARACTERS for line in lines):
            return None
        sides.append(lines)
    labels, figures = sides
    if len(labels) != len(figures) or not all(is_figure(line) for line in figures):
        return None
    if any(is_figure(line) for line in labels) or all(_CLOSED.fullmatch(line) for line in figures):
        return None
    return [[label, figure] for label, figure in zip(labels, figures, strict=True)]


def is_figure(text: str) -> bool:
    return len(text) <= 40 and bool(_FIGURE.fullmatch(text) or _CLOSED.fullmatch(text))


def _short_line(part: Element) -> str:
    """Its text, where it is one short line."""
    length = 0
    for node in _walk(part):
        if isinstance(node, str):
            length += len(node.strip())
            if length > _PAIR_CHARACTERS:
                return ""
        elif node.tag not in INLINE and node.tag != "br" or node.tag == "img":
            return ""
    return " ".join("".join(texts(part)).split())


def _lines(part: Element) -> list[str]:
    """Its lines, where breaks or plain paragraphs are all its structure; else none."""
    lines = [""]
    length = 0
    for node in _walk(part):
        if isinstance(node, str):
            lines[-1] += node
            length += len(node)
            if length > _COLUMN_CHARACTERS:
                return []
        elif node.tag in ("p", "div", "li", "br"):
            lines.append("")
        elif node.tag not in INLINE or node.tag == "img":
            return []
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def _walk(element: Element) -> Iterator[Element | str]:
    stack: list[Element | str] = list(reversed(element.children))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, str):
            stack.extend(reversed(node.children))
