"""The second HTML engine: beautifulsoup4 over the standard library's tolerant parser.

html.py asks it where Lexbor gave up or found suspiciously little (docs/decisions/0006). It follows
no HTML5 tree rules, so it does not lose text to them either; it is about ten times slower.
"""

from __future__ import annotations

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PageElement, PreformattedString, Tag

from ingestion.extract.tree import BREAK, DROPPED, MAX_DEPTH, NO_ATTRIBUTES, REFERENCES, Element, Page

MAX_CHARACTERS = 1_500_000


def parse(text: str) -> Page:
    """Raises ValueError for a page that is too long for it."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError("too long for the second engine")
    # A CDATA section is no more than a comment in HTML; its parser looks for each one's end to the end of the page.
    soup = BeautifulSoup(text.replace("<![", "<! ["), "html.parser", multi_valued_attributes=None)
    page = Page(body=Element("body", {}))
    stack: list[tuple[PageElement, list[Element]]] = [(child, [page.body]) for child in reversed(soup.contents)]
    while stack:
        node, parents = stack.pop()
        parent = parents[-1]
        if isinstance(node, NavigableString):
            if not isinstance(node, (Comment, PreformattedString)):
                parent.children.append(str(node))
            continue
        if not isinstance(node, Tag):
            continue
        inner = _element(node, page, parent, deep=len(parents) > MAX_DEPTH)
        if inner is not None:
            below = parents if inner is parent else [*parents, inner]
            stack.extend((child, below) for child in reversed(node.contents))
    return page


def _element(node: Tag, page: Page, parent: Element, *, deep: bool) -> Element | None:
    tag = node.name.lower()
    attributes = {name: str(value or "") for name, value in node.attrs.items()}
    if tag == "html":
        page.language = page.language or attributes.get("lang", "")
    if tag in ("html", "head", "body", "frameset"):
        return parent
    if tag in REFERENCES:
        page.references.append((tag, attributes))
    if tag == "meta":
        page.metas.append(attributes)
        if "itemprop" in attributes:
            parent.children.append(Element(tag, attributes))
        return parent  # unclosed by nature, yet this parser may hang the rest of the page below it
    if tag == "base":
        page.base = page.base or attributes.get("href", "")
    elif tag == "title":
        page.title = page.title or node.get_text()
    elif tag == "style":
        page.styles.append(node.get_text())
    elif tag == "script":
        if "ld+json" in attributes.get("type", "").lower():
            page.declared.append(node.get_text())
        else:
            page.scripts += 1
            page.script_bytes += len(node.get_text())
    elif tag in ("noscript", "noframes"):
        page.noscript += node.get_text()
    if tag in DROPPED:
        if tag == "link" and "itemprop" in attributes:
            parent.children.append(Element(tag, attributes))
        for link in node.find_all(["a", "area"]):
            page.references.append((link.name, {name: str(value or "") for name, value in link.attrs.items()}))
        return None
    if tag == "br" and not node.contents:
        parent.children.append(BREAK)
        return None
    if deep:
        parent.children.append(Element("hr", NO_ATTRIBUTES))
        return parent
    element = Element(tag, attributes)
    parent.children.append(element)
    page.elements += 1
    return element
