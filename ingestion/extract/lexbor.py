"""The first HTML engine: selectolax's Lexbor, an HTML5 parser, text in and `Page` out.

Walks with first_child and next, never by recursion: a hostile page may nest 100,000 elements.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from ingestion.extract.tree import BREAK, DROPPED, MAX_DEPTH, NO_ATTRIBUTES, REFERENCES, Element, Page


def parse(text: str) -> Page:
    """Raises ValueError or MemoryError where the engine gives up."""
    try:
        parser = LexborHTMLParser(text)
    except SelectolaxError as error:
        raise ValueError("the engine gave up") from error
    page = Page(body=Element("body", {}))
    root = parser.root
    if root is None:
        return page
    page.language = _attributes(root).get("lang", "") or _attributes(root).get("xml:lang", "")
    parents: list[Element] = [page.body]
    node: LexborNode = root
    while True:
        tag = node.tag or ""
        entered = None
        if tag == "-text":
            parents[-1].children.append(node.text_content or "")
        elif tag and tag[0] != "-":
            entered = _element(node, tag, page, parents[-1], deep=len(parents) > MAX_DEPTH)
        child = node.first_child if entered is not None else None
        if child is not None and entered is not None:
            parents.append(entered)
            node = child
            continue
        following = node.next
        while following is None:
            above = node.parent
            if above is None or len(parents) == 1:
                return page
            node = above
            parents.pop()
            following = node.next
        node = following


def _element(node: LexborNode, tag: str, page: Page, parent: Element, *, deep: bool) -> Element | None:
    """The element to go into, or None where nothing below it is read."""
    if tag in ("html", "head", "body", "frameset"):
        return parent
    attributes = _attributes(node)
    if tag in REFERENCES:
        page.references.append((tag, attributes))
    if tag == "meta":
        page.metas.append(attributes)
    elif tag == "base":
        page.base = page.base or attributes.get("href", "")
    elif tag == "title":
        page.title = page.title or node.text()
    elif tag == "style":
        page.styles.append(node.text())
    elif tag == "script":
        if "ld+json" in attributes.get("type", "").lower():
            page.declared.append(node.text())
        else:
            page.scripts += 1
            page.script_bytes += len(node.text())
    elif tag in ("noscript", "noframes"):
        inner = node.text()
        page.noscript += inner
        for link in node.css("a"):
            page.references.append(("a", _attributes(link)))
        if tag == "noframes" and "<" in inner:
            for link in LexborHTMLParser(inner).css("a"):
                page.references.append(("a", _attributes(link)))
    if tag in DROPPED:
        if tag in ("meta", "link") and "itemprop" in attributes:
            parent.children.append(Element(tag, attributes))
        if tag == "map":
            for area in node.css("area"):
                page.references.append(("area", _attributes(area)))
        return None
    if tag == "br":
        parent.children.append(BREAK)
        return None
    if deep:
        parent.children.append(Element("hr", NO_ATTRIBUTES))
        return parent
    element = Element(tag, attributes)
    parent.children.append(element)
    page.elements += 1
    return element


def _attributes(node: LexborNode) -> dict[str, str]:
    attributes = node.attributes
    return {name: value or "" for name, value in attributes.items()} if attributes else NO_ATTRIBUTES
