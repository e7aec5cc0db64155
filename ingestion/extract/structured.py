"""What a page declares for machines, JSON-LD and microdata, as a bounded list of `StructuredItem`. Called by html.py.

Only items that tell something of a business, an offer, an event, a person or a question are kept; pages, images and
reviews around them are not. It never becomes text of the page: a visitor does not see it, so no quote could open.
What a bound leaves out is told by a last item of type `LeftOut`; a string that was cut ends in "…".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any, cast

from ingestion.extract.clean import clean
from ingestion.extract.microdata import read_microdata
from ingestion.extract.tree import Page
from ingestion.model import StructuredItem

_SCRIPT_CHARACTERS = 500_000
_ALL_SCRIPTS = 1_500_000
_ITEMS = 80
_VALUES = 60  # of one property
_PROPERTIES = 40
_DEPTH = 6
_NODES = 2_000  # of all items together
_CHARACTERS = 60_000  # of all strings together
_STRING = 2_000
_SCHEMA = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_LINE_COMMENT = re.compile(r"^\s*//[^\n]*$", re.M)
_USEFUL = re.compile(
    r"business|store|shop|restaurant|cafe|coffee|bakery|bar|pub|brewery|winery|hotel|hostel|motel|lodging|resort"
    r"|campground|organization|corporation|ngo|club|team|school|college|university|library|museum|place|attraction|park|pool|beach"
    r"|theater|zoo|hospital|clinic|dentist|physician|pharmacy|optician|medical|veterinary|attorney|legal|notary"
    r"|accounting|agency|bank|insurance|realestate|salon|spa|studio|gym|fitness|sports|dealer|repair|rental|station"
    r"|plumber|electrician|locksmith|painter|contractor|mover|service|airport|church|worship|mosque|synagogue"
    r"|cemetery|court|embassy|building|residence|apartment|house|room|parking|stop|entertainment|casino|nightclub"
    r"|product|offer|pricespecification|openinghours|postaladdress|geocoordinates|contactpoint|faqpage|qapage"
    r"|question|answer|event|festival|course|menu|person|job|brand|catalog|vehicle|car$|trip|tour|schedule|ticket"
    r"|quantitativevalue|monetaryamount|recipe|book$|aggregaterating|locationfeature|reservation|howto",
    re.I,
)
_NOT_USEFUL = frozenset(
    """
    webpage website aboutpage contactpage checkoutpage collectionpage itempage searchresultspage profilepage imageobject
    imagegallery videoobject mediaobject breadcrumblist listitem searchaction readaction action sitenavigationelement
    wpheader wpfooter wpsidebar webpageelement article newsarticle blogposting blog technicalarticle report review
    rating comment creativework claimreview speakablespecification entrypoint
    """.split()
)
_LEFT_OUT = frozenset(
    """
    @context @id image logo photo photos thumbnail thumbnailurl potentialaction mainentityofpage ispartof breadcrumb
    review reviews publisher primaryimageofpage subjectof articlebody hasmap map contenturl embedurl
    """.split()
)


def read_structured(page: Page) -> tuple[StructuredItem, ...]:
    """In the order of the page, JSON-LD first. Never raises for what a page declares."""
    budget = _Budget()
    found: list[StructuredItem] = []
    told: set[str] = set()
    for origin, roots, named in _sources(page, budget):
        for node in roots:
            for useful in _useful_nodes(node, 0, budget):
                shape = _shaped(useful, named, (), budget)
                if shape is None or not shape["properties"]:
                    continue
                key = json.dumps(shape, sort_keys=True)
                if key in told:
                    continue
                told.add(key)
                if len(found) >= _ITEMS:
                    budget.left_out += 1
                    continue
                found.append(StructuredItem(origin, tuple(shape["types"]), shape["properties"]))
    if budget.left_out:
        found.append(StructuredItem("limit", ("LeftOut",), {"count": [str(budget.left_out)]}))
    return tuple(found)


@dataclass(slots=True)
class _Budget:
    nodes: int = _NODES
    characters: int = _CHARACTERS
    searched: int = 20 * _NODES
    left_out: int = 0
    seen: set[int] = field(default_factory=set[int])


def _sources(page: Page, budget: _Budget) -> Iterator[tuple[str, Sequence[Any], dict[str, Any]]]:
    roots: list[Any] = []
    room = _ALL_SCRIPTS
    for script in page.declared:
        room -= len(script)
        if room < 0 or len(script) > _SCRIPT_CHARACTERS:
            budget.left_out += 1
            continue
        roots.extend(_parsed(script))
    yield "json_ld", roots, _by_id(roots, budget)
    yield "microdata", read_microdata(page.body), {}


# ---- JSON-LD


def _parsed(script: str) -> list[Any]:
    """The script's values, read as leniently as search engines do; nothing for what stays unreadable."""
    text = _without_wrapping(script)
    if text.startswith("//"):
        text = _LINE_COMMENT.sub("", text).lstrip()
    for attempt in (
        lambda: text,
        lambda: _TRAILING_COMMA.sub("", _LINE_COMMENT.sub("", text)),
        lambda: _TRAILING_COMMA.sub("", unescape(text)),
    ):
        values = _values(attempt())
        if values:
            return values
    return []


def _without_wrapping(text: str) -> str:
    text = text.strip().removeprefix("<!--").lstrip()
    for opening in ("//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA["):
        text = text.removeprefix(opening)
    text = text.rstrip().removesuffix("-->").rstrip().removesuffix("//").rstrip()
    for closing in ("//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>"):
        text = text.removesuffix(closing)
    return text.strip().rstrip(";").rstrip()


def _values(text: str) -> list[Any]:
    """One value, or several behind each other."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text) and len(values) < _ITEMS:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def _by_id(roots: Sequence[Any], budget: _Budget) -> dict[str, Any]:
    """Nodes that others refer to by their @id."""
    named: dict[str, Any] = {}
    stack: list[tuple[Any, int]] = [(root, 0) for root in reversed(roots)]
    while stack and budget.searched > 0:
        value, depth = stack.pop()
        budget.searched -= 1
        if depth > 2 * _DEPTH:
            continue
        if isinstance(value, dict):
            node = cast(dict[str, Any], value)
            identity = node.get("@id")
            if isinstance(identity, str) and len(node) > 1:
                named.setdefault(identity, node)
            stack.extend((inner, depth + 1) for inner in node.values())
        elif isinstance(value, list):
            stack.extend((inner, depth + 1) for inner in cast(list[Any], value))
    return named


# ---- choosing and shaping


def _useful_nodes(value: Any, depth: int, budget: _Budget) -> Iterator[dict[str, Any]]:
    """The outermost useful items of a value, in its order."""
    if depth > 2 * _DEPTH or budget.searched <= 0:
        return
    budget.searched -= 1
    if isinstance(value, list):
        for inner in cast(list[Any], value):
            yield from _useful_nodes(inner, depth + 1, budget)
    elif isinstance(value, dict):
        node = cast(dict[str, Any], value)
        if _is_useful(_types(node)):
            if id(node) not in budget.seen:
                budget.seen.add(id(node))
                yield node
            return
        for name, inner in node.items():
            if isinstance(inner, (dict, list)) and name.lower() not in ("potentialaction", "review", "comment"):
                yield from _useful_nodes(inner, depth + 1, budget)


def _types(node: dict[str, Any]) -> list[str]:
    declared: Any = node.get("@type", [])
    names = cast(list[Any], declared) if isinstance(declared, list) else [declared]
    return [short for name in names[:5] if isinstance(name, str) and (short := clean(_SCHEMA.sub("", name)[:80])[0])]


def _is_useful(types: list[str]) -> bool:
    return any(name.lower() not in _NOT_USEFUL and _USEFUL.search(name) for name in types)


def _shaped(
    node: dict[str, Any], named: dict[str, Any], path: tuple[int, ...], budget: _Budget
) -> dict[str, Any] | None:
    if budget.nodes <= 0 or len(path) >= _DEPTH or id(node) in path:
        budget.left_out += budget.nodes <= 0 or len(path) >= _DEPTH
        return None
    budget.nodes -= 1
    identity = node.get("@id")
    if len(node) == 1 and isinstance(identity, str):
        other = named.get(identity)
        return _shaped(cast(dict[str, Any], other), named, path, budget) if isinstance(other, dict) else None
    properties: dict[str, list[Any]] = {}
    for name, value in node.items():
        if name.startswith("@") or name.lower() in _LEFT_OUT:
            continue
        if len(properties) >= _PROPERTIES:
            budget.left_out += 1
            break
        values = list(_plain_values(value, named, (*path, id(node)), budget))
        if values:
            properties[clean(_SCHEMA.sub("", name)[:80])[0]] = values
    return {"types": _types(node), "properties": properties}


def _plain_values(value: Any, named: dict[str, Any], path: tuple[int, ...], budget: _Budget) -> Iterator[Any]:
    values = cast(list[Any], value) if isinstance(value, list) else [value]
    if len(values) > _VALUES:
        budget.left_out += len(values) - _VALUES
    for one in values[:_VALUES]:
        if isinstance(one, dict):
            node = cast(dict[str, Any], one)
            if "@value" in node:
                yield from _plain_values(node["@value"], named, path, budget)
                continue
            shaped = _shaped(node, named, path, budget)
            if shaped is not None and shaped["properties"]:
                yield shaped
        elif isinstance(one, bool):
            yield "true" if one else "false"
        elif isinstance(one, (int, float)):
            yield str(one)
        elif isinstance(one, str) and (text := _string(one, budget)):
            yield text


def _string(text: str, budget: _Budget) -> str:
    cut = len(text) > 4 * _STRING
    text = text[: 4 * _STRING]
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = unescape(text)
    text, _ = clean(_SCHEMA.sub("", text))
    room = min(_STRING, budget.characters)
    if room <= 0:
        budget.left_out += bool(text)
        return ""
    if cut or len(text) > room:
        text = text[:room].rstrip() + "…"
    budget.characters -= len(text)
    return text
