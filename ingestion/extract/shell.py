"""Tells a page that JavaScript would have to build from one that is honestly short. Called by html.py.

A shell has an empty place for the page to be mounted, or hardly a word beside its scripts, and no sentence of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingestion.extract.clean import count_words
from ingestion.extract.tree import Element, Page
from ingestion.model import Block, BlockKind

_ROOTS = frozenset(
    """
    root app __next __nuxt ___gatsby q-app svelte react-root main-app app-root react-app vue-app ember-app
    site_container mount application app-mount reactroot
    """.split()
)
_ROOT_TAGS = frozenset({"app-root", "my-app", "ion-app", "app-component"})
_ROOT_MARKS = frozenset({"data-reactroot", "ng-app", "data-ng-app", "data-server-rendered", "ng-version"})
_WORDS_IN_ROOT = 5  # "Loading, please wait …"
_ROOT_WORDS = 40  # of the whole page: a menu and a footer may stand around the empty place
_FEW_WORDS = 12
_SENTENCE_WORDS = 8
_MANY_SCRIPTS = 3
_SCRIPT_BYTES = 20_000


def is_script_shell(page: Page, blocks: Sequence[Block], words: int) -> bool:
    if words >= _ROOT_WORDS:
        return False
    if any(_says_something(block) for block in blocks):
        return False
    scripted = page.scripts > 0 or bool(page.noscript.strip())
    if any(_words_within(root) <= _WORDS_IN_ROOT for root in _roots(page.body)):
        return scripted or words < _FEW_WORDS
    needed = page.scripts >= _MANY_SCRIPTS or page.script_bytes > _SCRIPT_BYTES or "javascript" in page.noscript.lower()
    return words < _FEW_WORDS and needed


def _says_something(block: Block) -> bool:
    """A sentence, or a number to call: the page of somebody, however short."""
    if "javascript" in block.text.lower() or block.kind is BlockKind.HEADING or block.aside:
        return False
    digits = sum(sign.isdigit() for sign in block.text)
    return digits >= 6 and "©" not in block.text or len(block.text.split()) >= _SENTENCE_WORDS


def _roots(body: Element) -> Iterator[Element]:
    stack = [body]
    while stack:
        element = stack.pop()
        if (
            element.tag in _ROOT_TAGS
            or element.get("id").lower() in _ROOTS
            or element.attributes
            and not _ROOT_MARKS.isdisjoint(element.attributes)
        ):
            yield element
        stack.extend(child for child in element.children if isinstance(child, Element))


def _words_within(element: Element) -> int:
    words = 0
    stack: list[Element | str] = [element]
    while stack and words <= _WORDS_IN_ROOT:
        node = stack.pop()
        if isinstance(node, str):
            words += count_words(node)
        else:
            stack.extend(node.children)
    return words
