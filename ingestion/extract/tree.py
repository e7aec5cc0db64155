"""The small tree both HTML engines are turned into, and what is gathered on the way.

`lexbor.py` and `soup.py` build it, `blocks.py` reads it. Depth is clamped: what is nested deeper
becomes a neighbour, so that no reader recurses without end and no text is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_DEPTH = 150

# Never shown by a browser that runs scripts, or not text.
DROPPED = frozenset(
    {
        "script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "video", "audio", "canvas",
        "noframes", "noembed", "datalist", "map", "param", "source", "track", "link", "meta", "base", "head", "title",
        "frame", "area", "textarea",
    }
)  # fmt: skip


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list["Element | str"])
    beside: bool | None = None  # from here on beside the main text, or in it again (article.py)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")


NO_ATTRIBUTES: dict[str, str] = {}  # shared, never written to: most elements have none
BREAK = Element("br", NO_ATTRIBUTES)  # one for all breaks of all pages


@dataclass(slots=True)
class Page:
    """A parsed page: its body, and what stands outside of the readable text."""

    body: Element
    title: str = ""
    language: str = ""
    base: str = ""
    metas: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    references: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])
    styles: list[str] = field(default_factory=list[str])
    declared: list[str] = field(default_factory=list[str])  # JSON-LD scripts
    elements: int = 0
    scripts: int = 0
    script_bytes: int = 0
    noscript: str = ""


# Elements that lead to another address, with the attribute that names it.
REFERENCES = {
    "a": "href",
    "area": "href",
    "frame": "src",
    "iframe": "src",
    "link": "href",
    "object": "data",
    "embed": "src",
}

# Elements that stand in a line of text; every other one begins a block of its own.
INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font",
        "i", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output", "picture", "progress", "q", "ruby", "s",
        "samp", "slot", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img",
        "input", "rp", "rt", "rb",
    }
)  # fmt: skip
