"""Which parts of a page are its main text and which stand beside it: menus, footers, teasers, comments, cookie bars.

`mark_article` takes a page's visible tree (hidden.py took the rest out) and sets `beside` on the elements at which
the one begins or the other. Nothing is thrown away for it: blocks.py marks the blocks, and the chunker keeps what
stands beside in passages of its own (docs/decisions/0024, measured by tests/bench/articles.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingestion.extract.names import BESIDE_TAGS, class_weight, is_called_beside, is_embedded, is_named_body
from ingestion.extract.tree import Element

_PHRASES = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
        "kbd", "label", "mark", "picture", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
        "var", "wbr", "tt", "big", "strike", "center",
    }
)  # fmt: skip
_SCORED = frozenset({"p", "td", "pre", "blockquote", "section", "h2", "h3", "h4", "h5", "h6", "dd"})
_START = {
    "article": 10, "div": 5, "main": 8, "pre": 3, "td": 3, "blockquote": 3, "address": -3, "ol": -3, "ul": -3,
    "dl": -3, "dd": -3, "dt": -3, "li": -3, "form": -3, "h1": -5, "h2": -5, "h3": -5, "h4": -5, "h5": -5, "h6": -5,
    "th": -5,
}  # fmt: skip
_COMMAS = re.compile(r"[,،﹐︐︑⸁⸴⸲，、]")
_LEAST_TEXT = 200  # letters of an article; with fewer only the page's own words for its parts count
_LEAST_SCORE = 20.0
_LEAST_SHARE = 0.6
_LEAST_SHARE_DECLARED = 0.25
_RIVALS = 40
_MOST = 0.5  # of a part's text: what holds so much is no clutter in it


@dataclass(slots=True)
class _Weight:
    """What one subtree holds. `letters` outside of what plainly stands beside."""

    element: Element
    parent: _Weight | None
    letters: int = 0
    linked: int = 0
    commas: int = 0
    paragraphs: int = 0
    in_paragraphs: int = 0  # letters
    items: int = 0
    images: int = 0
    inputs: int = 0
    headings: int = 0
    block_children: bool = False
    score: float = 0.0
    candidate: bool = False
    beside: bool = False
    children: list[_Weight] = field(default_factory=list["_Weight"])

    @property
    def link_density(self) -> float:
        return self.linked / self.letters if self.letters else 0.0


def mark_article(body: Element, *, declared: bool = False) -> bool:
    """`declared`: the page says of itself that it is an article.

    Whether a main text was found; if not, only what the page itself names stands beside. Linear in the tree.
    """
    root = _weigh(body, None, 0)
    every = _ordered(root)
    top = _best(every, root, strict=True) or _best(every, root, strict=False)
    parts = _with_siblings(top) if top is not None else []
    if not parts or _share(parts, root) < (_LEAST_SHARE_DECLARED if declared else _LEAST_SHARE):
        _by_words_of_the_page(root)
        return False
    body.beside = True
    for part in parts:
        part.element.beside = False
        _clean(part)
    return True


def _share(parts: list[_Weight], root: _Weight) -> float:
    """Of the text that is no link, how much stands in these parts: a page of many small sections has no main one."""
    own = sum(part.letters - part.linked for part in parts)
    inside = {id(part) for part in parts}
    others = 0
    stack = [root]
    while stack:
        weight = stack.pop()
        if id(weight) in inside or weight.beside or weight.element.tag == "a":
            continue
        others += sum(
            len(word) for child in weight.element.children if isinstance(child, str) for word in child.split()
        )
        stack.extend(weight.children)
    return own / max(1, own + others)


# ---- weighing


def _weigh(element: Element, parent: _Weight | None, linked: int) -> _Weight:
    weight = _Weight(element, parent)
    linked += element.tag == "a" and element.get("href")[:1] not in ("#", "")
    for child in element.children:
        if isinstance(child, str):
            letters = sum(map(len, child.split()))
            if letters:
                weight.letters += letters
                weight.linked += letters if linked else 0
                weight.commas += len(_COMMAS.findall(child))
            continue
        below = _weigh(child, weight, linked)
        weight.children.append(below)
        weight.letters += below.letters
        weight.linked += below.linked
        weight.commas += below.commas
        weight.paragraphs += below.paragraphs + (child.tag == "p")
        weight.in_paragraphs += below.letters if child.tag == "p" else below.in_paragraphs
        weight.items += below.items + (child.tag == "li")
        weight.images += below.images + (child.tag == "img")
        weight.inputs += below.inputs + (child.tag in ("input", "select", "button"))
        weight.headings += below.letters if child.tag in _HEADINGS else below.headings
        weight.block_children = weight.block_children or child.tag not in _PHRASES or below.block_children
    return weight


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def _ordered(root: _Weight) -> list[_Weight]:
    every: list[_Weight] = []
    stack = [root]
    while stack:
        weight = stack.pop()
        every.append(weight)
        stack.extend(reversed(weight.children))
    return every


# ---- choosing


def _best(every: list[_Weight], root: _Weight, *, strict: bool) -> _Weight | None:
    """Readability's way (Arc90, Mozilla): paragraphs give points to what holds them."""
    for weight in every:
        weight.score, weight.candidate = 0.0, False
        weight.beside = weight.parent is not None and (
            weight.parent.beside or (_stands_beside(weight, root) if strict else weight.element.tag in BESIDE_TAGS)
        )
    for weight in every:
        if weight.beside or weight.letters < 25:
            continue
        tag = weight.element.tag
        if tag not in _SCORED and (tag != "div" or weight.block_children):
            if tag in ("div", "article", "main", "section", "td", "li"):
                _score_loose(weight, strict=strict)
            continue
        if tag == "section" and weight.block_children:
            continue
        _give(weight.parent, 1 + weight.commas + min(weight.letters / 100, 3), strict=strict)
    best: _Weight | None = None
    for weight in every:
        if weight.candidate:
            weight.score *= 1 - weight.link_density
            if best is None or weight.score > best.score:
                best = weight
    if best is None or best.score < _LEAST_SCORE or best.letters - best.linked < _LEAST_TEXT:
        return None
    return _widened(best, every, root)


def _score_loose(weight: _Weight, *, strict: bool) -> None:
    """Text between breaks, without paragraphs of its own, as old pages have it."""
    letters = commas = 0
    for child in weight.element.children:
        if isinstance(child, str):
            letters += sum(map(len, child.split()))
            commas += len(_COMMAS.findall(child))
    if letters >= 100:
        _give(weight, 1 + commas + min(letters / 100, 3), strict=strict)


def _give(weight: _Weight | None, points: float, *, strict: bool) -> None:
    level = 0
    while weight is not None and level < 5:
        if not weight.candidate:
            weight.candidate = True
            weight.score += _START.get(weight.element.tag, 0) + (class_weight(weight.element) if strict else 0)
        weight.score += points / (1 if level == 0 else 2 if level == 1 else level * 3)
        weight, level = weight.parent, level + 1


def _widened(best: _Weight, every: list[_Weight], root: _Weight) -> _Weight:
    """An element that the page itself calls its text, or one that gathers several equally good parts."""
    named = [w for w in every if not w.beside and is_named_body(w.element) and w.letters - w.linked >= _LEAST_TEXT]
    for weight in named:
        # The whole of the named body, where the best part lies in it or it is nearly all of the best part.
        if _inside(best, weight) and weight.letters <= 3 * max(best.letters, 1):
            return weight
        if _inside(weight, best) and weight.in_paragraphs >= 0.5 * best.in_paragraphs:
            return weight
    rivals = [w for w in every if w.candidate and w is not best and w.score >= 0.75 * best.score][:_RIVALS]
    above = best.parent
    while len(rivals) >= 3 and above is not None and above is not root:
        if sum(_inside(rival, above) for rival in rivals) >= 3:
            return above
        above = above.parent
    last = best.score
    above = best.parent
    while above is not None and above is not root and above.candidate:
        if above.score < best.score / 3:
            break
        if above.score > last:
            best = above
            break
        last = above.score
        above = above.parent
    while best.parent is not None and best.parent is not root and len(best.parent.children) == 1:
        best = best.parent
    return best


def _inside(weight: _Weight | None, outer: _Weight) -> bool:
    while weight is not None:
        if weight is outer:
            return True
        weight = weight.parent
    return False


def _with_siblings(top: _Weight) -> list[_Weight]:
    if top.parent is None:
        return [top]
    parts: list[_Weight] = []
    threshold = max(10.0, top.score * 0.2)
    classes = top.element.get("class")
    for sibling in top.parent.children:
        if sibling is top:
            parts.append(sibling)
            continue
        if sibling.beside:
            continue
        bonus = top.score * 0.2 if classes and sibling.element.get("class") == classes else 0
        if (
            sibling.candidate
            and sibling.score + bonus >= threshold
            or sibling.element.tag == "p"
            and (
                (sibling.letters > 80 and sibling.link_density < 0.25)
                or (0 < sibling.letters <= 80 and sibling.linked == 0 and _ends_a_sentence(sibling.element))
            )
        ):
            parts.append(sibling)
    return parts


def _ends_a_sentence(element: Element) -> bool:
    last = element.children[-1] if element.children else ""
    return isinstance(last, str) and last.rstrip()[-1:] in (".", "!", "?", "。")


# ---- cleaning


def _clean(part: _Weight) -> None:
    """What stands beside within the main text: share bars, teasers, boxes of links."""
    for weight in part.children:
        if weight.beside or _is_clutter(weight, part):
            weight.element.beside = True
        else:
            _clean(weight)


def _is_clutter(weight: _Weight, part: _Weight) -> bool:
    tag = weight.element.tag
    if tag in _PHRASES:
        return False
    if tag in BESIDE_TAGS or tag == "h1":
        return True
    if weight.letters - weight.linked >= _MOST * (part.letters - part.linked):
        return False
    if is_named_body(weight.element) or is_embedded(weight.element):
        return False
    if tag not in ("form", "fieldset", "table", "ul", "ol", "div", "section", "figure", "header", "dl"):
        return False
    worth = class_weight(weight.element)
    if worth < 0 and weight.letters < 0.3 * part.letters:
        return True
    if weight.commas >= 10:
        return False
    is_list = tag in ("ul", "ol", "dl")
    density = weight.link_density
    if tag in ("figure", "table"):
        return density > 0.5
    if weight.inputs > weight.paragraphs / 3 and weight.inputs and not is_list:
        return True
    if not is_list and weight.items > weight.paragraphs and weight.items > 1 and density > 0.2:
        return True
    if not is_list and worth < 25 and density > 0.2 and weight.letters < 1500:
        return True
    return worth >= 25 and density > 0.5 or is_list and density > 0.5


# ---- what the page says of its parts


def _stands_beside(weight: _Weight, root: _Weight) -> bool:
    element = weight.element
    if element.tag in BESIDE_TAGS:
        return True
    if element.tag in ("article", "main", "a", "body", "html") or element.get("itemprop") == "articleBody":
        return False
    # A name is not believed of what holds most of the page's paragraphs.
    if weight.in_paragraphs > _MOST * root.in_paragraphs and weight.in_paragraphs > 400:
        return False
    return is_called_beside(element)


def _by_words_of_the_page(root: _Weight) -> None:
    """Too little text to weigh: only what the page itself names stands beside."""
    stack = [root]
    while stack:
        weight = stack.pop()
        if weight is not root and weight.element.tag in ("nav", "footer", "aside"):
            weight.element.beside = True
        else:
            stack.extend(weight.children)
