"""Microdata of a page's tree in, its outermost items out, in the shape of JSON-LD. Called by structured.py.

After https://html.spec.whatwg.org/multipage/microdata.html: itemscope, itemtype, itemprop, itemref. `content` counts
on every element, as search engines take it. The work is bounded: items may refer to each other by itemref.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.extract.tree import Element

_VISITS = 100_000
_ITEMS = 200
_TEXT = 4_000
_BY_ADDRESS = {"a": "href", "area": "href", "link": "href", "object": "data"}
_WITHOUT_TEXT = frozenset({"img", "audio", "embed", "iframe", "source", "track", "video"})


def read_microdata(body: Element) -> list[dict[str, Any]]:
    reader = _Reader(body)
    return list(reader.items())


class _Reader:
    def __init__(self, body: Element):
        self._body = body
        self._visits = _VISITS
        self._by_id: dict[str, Element] = {}
        self._scopes: list[Element] = []
        stack: list[Element] = [body]
        while stack:
            element = stack.pop()
            if element.attributes:
                if "id" in element.attributes:
                    self._by_id.setdefault(element.get("id"), element)
                if "itemscope" in element.attributes and "itemprop" not in element.attributes:
                    self._scopes.append(element)
            stack.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def items(self) -> Iterator[dict[str, Any]]:
        for scope in self._scopes[:_ITEMS]:
            yield self._item(scope, ())

    def _item(self, scope: Element, path: tuple[int, ...]) -> dict[str, Any]:
        item: dict[str, Any] = {"@type": scope.get("itemtype")[:500].split()}
        path = (*path, id(scope))
        roots = [child for child in scope.children if isinstance(child, Element)]
        for identity in scope.get("itemref")[:1000].split():
            other = self._by_id.get(identity)
            if other is not None and id(other) not in path:
                roots.append(other)
        stack = list(reversed(roots))
        met: set[int] = set()
        while stack and self._visits > 0:
            element = stack.pop()
            self._visits -= 1
            if id(element) in met:
                continue
            met.add(id(element))
            for name in element.get("itemprop")[:200].split():
                value = self._value(element, path)
                if value not in (None, ""):
                    item.setdefault(name, []).append(value)
            if "itemscope" not in element.attributes:
                stack.extend(child for child in reversed(element.children) if isinstance(child, Element))
        return item

    def _value(self, element: Element, path: tuple[int, ...]) -> Any:
        if "itemscope" in element.attributes:
            return self._item(element, path) if id(element) not in path and len(path) < 8 else None
        if "content" in element.attributes:
            return element.get("content")
        if element.tag in _BY_ADDRESS:
            reference = element.get(_BY_ADDRESS[element.tag])
            return reference if reference.startswith(("http", "tel:", "mailto:")) else self._text(element)
        if element.tag in ("data", "meter"):
            return element.get("value") or self._text(element)
        if element.tag == "time" and "datetime" in element.attributes:
            return element.get("datetime")
        return None if element.tag in _WITHOUT_TEXT else self._text(element)

    def _text(self, element: Element) -> str:
        parts: list[str] = []
        length = 0
        stack: list[Element | str] = list(reversed(element.children))
        while stack and length < _TEXT and self._visits > 0:
            node = stack.pop()
            self._visits -= 1
            if isinstance(node, str):
                parts.append(node)
                length += len(node)
            else:
                if node.tag in ("br", "p", "div", "li", "tr", "td"):
                    parts.append(" ")
                stack.extend(reversed(node.children))
        return " ".join("".join(parts).split())
