"""Business words across languages. A question's terms in; the concepts it speaks of and their words on pages out.

The lists are `words/concepts.txt` and, of particular trades, `words/trades.txt`. They find "Parkmöglichkeiten" for
"where can I park" without a model, and tell which kind of figure is asked for. Called by search.py and answer_types.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold, stem, stop_words, tokens

FILES = ("concepts.txt", "trades.txt")
COMPOUNDING = frozenset({"de", "da", "sv", "no", "nl", "fi"})


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say it."""

    text: str
    language: str
    asked: bool  # may stand in a question
    written: bool  # may stand on a page

    @property
    def stems(self) -> tuple[str, ...]:
        """The folded stems of its words in order."""
        return _stems(self.text, self.language)


@dataclass(frozen=True, slots=True)
class Concept:
    name: str
    kinds: tuple[str, ...]
    forms: dict[str, tuple[Form, ...]]

    def page_terms(self, languages: Iterable[str]) -> dict[str, float]:
        """Stems that stand for this concept on pages, with a weight: a phrase shares its 1 among its words."""
        terms: dict[str, float] = {}
        for language in languages:
            stops = stop_words(language)
            for form in self.forms.get(language, ()):
                if form.written:
                    for term in form.stems:
                        if term not in stops:
                            terms[term] = max(terms.get(term, 0.0), 1 / len(form.stems))
        return terms


def concepts_of(question: str, languages: Sequence[str]) -> tuple[Concept, ...]:
    """Concepts the question names in one of the languages, typing slips of one letter forgiven."""
    found: dict[str, Concept] = {}
    words = [token for kind, token in tokens(question) if kind != "unspaced"]
    for language in dict.fromkeys(languages):
        stems = tuple(stem(part, language) for word in words for part in word.split("-") if part)
        index = _index(language)
        stops = stop_words(language)
        for at, term in enumerate(stems):
            for form, concept in index.get(term, ()):
                # Danish "har" (has) folds to the same letters as "hår" (hair).
                alone = len(form.stems) == 1 and term in stops
                if not alone and stems[at : at + len(form.stems)] == form.stems:
                    found[concept.name] = concept
            if len(term) >= 6 and term not in stops:
                for _, concept in _near(term, language, known=term in index):
                    found[concept.name] = concept
    return tuple(found.values())


@lru_cache(maxsize=1)
def concepts() -> tuple[Concept, ...]:
    made: list[Concept] = []
    words = Path(__file__).with_name("words")
    for line in (line for name in FILES for line in words.joinpath(name).read_text(encoding="utf-8").splitlines()):
        if line.startswith("["):
            name, _, kinds = line[1:].partition("]")
            made.append(Concept(name, tuple(kinds.split()), {}))
        elif line and not line.startswith("#"):
            language, _, forms = line.partition(" ")
            made[-1].forms[language] = tuple(_made(text.strip(), language) for text in forms.split(","))
    return tuple(made)


@lru_cache(maxsize=1)
def surface_forms() -> dict[str, tuple[str, ...]]:
    """Folded single words of four letters or more → the languages that have them."""
    index: dict[str, set[str]] = {}
    for concept in concepts():
        for language, forms in concept.forms.items():
            for form in forms:
                if " " not in form.text and len(form.text) >= 4:
                    index.setdefault(fold(form.text), set()).add(language)
    return {word: tuple(sorted(codes)) for word, codes in index.items()}


def _made(text: str, language: str) -> Form:
    mark, words = (text[0], text[1:]) if text[0] in "?=" else ("", text)
    return Form(words, language, mark != "=", mark != "?")


@lru_cache(maxsize=32768)
def _stems(text: str, language: str) -> tuple[str, ...]:
    """When first asked for: to stem nine thousand forms of all languages kept a process's first visitor waiting for
    half a second, and a business needs those of two or three."""
    folded = [part for kind, token in tokens(text) if kind != "unspaced" for part in token.split("-") if part]
    return tuple(stem(part, language) for part in folded)


Entry = tuple[Form, Concept]


@lru_cache(maxsize=32)
def _index(language: str) -> dict[str, tuple[Entry, ...]]:
    """First stem of a form → the forms that begin with it."""
    index: dict[str, list[Entry]] = {}
    for concept in concepts():
        for form in concept.forms.get(language, ()):
            if form.asked and form.stems:
                index.setdefault(form.stems[0], []).append((form, concept))
    return {term: tuple(entries) for term, entries in index.items()}


def _near(term: str, language: str, *, known: bool) -> list[Entry]:
    """Forms one slip away, or the head or tail of a compound (Sommeröffnungszeiten)."""
    near: list[Entry] = []
    if not known:
        for deletion in _deletions(term):
            near += _slips(language).get(deletion, ())
        near = [(form, concept) for form, concept in near if _one_slip(term, form.stems[0])]
    if not near and language in COMPOUNDING:
        for part, entries in _index(language).items():
            if 5 <= len(part) <= len(term) - 3 and (term.endswith(part) or term.startswith(part)):
                near += [entry for entry in entries if len(entry[0].stems) == 1]
    return near


@lru_cache(maxsize=32)
def _slips(language: str) -> dict[str, tuple[Entry, ...]]:
    index: dict[str, list[Entry]] = {}
    for term, entries in _index(language).items():
        if len(term) >= 6:
            for deletion in _deletions(term):
                index.setdefault(deletion, []).extend(entry for entry in entries if len(entry[0].stems) == 1)
    return {term: tuple(entries) for term, entries in index.items()}


def _deletions(term: str) -> set[str]:
    return {term} | {term[:at] + term[at + 1 :] for at in range(len(term))}


def _one_slip(one: str, other: str) -> bool:
    """One letter missing, added, wrong, or two swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
