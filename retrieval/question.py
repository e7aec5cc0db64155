"""A visitor's words in, what the searches need out: language, terms, business concepts, kinds of figure asked.

Pure. Called by search.py; quote.py and evidence.py read the same `Question`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.analyse import SnowballAnalyser, carries_nothing, tokens
from retrieval.answer_types import Kind, asked_kinds, is_yes_no
from retrieval.compounds import pairs
from retrieval.language import detect
from retrieval.lexicon import Concept, concepts_of

MAX_WORDS = 48  # a pasted page is not a question; the first words tell what it is about
MAX_GRAMS = 360


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    language: str
    languages: tuple[str, ...]  # to stem in: of the pages, and the question's own
    terms: tuple[frozenset[str], ...]  # each word with content, in all its stems
    words: frozenset[str]  # the same in one set
    grams: frozenset[str]
    groups: tuple[dict[str, float], ...]  # a concept each: its stems on pages, with weights
    kinds: frozenset[Kind]
    yes_no: bool
    concepts: tuple[Concept, ...]
    compounds: tuple[tuple[tuple[str, str], ...], ...] = ()  # of each long word the (head, tail) it may be made of


def analyse_question(text: str, page_languages: Sequence[str], fallback: str) -> Question:
    """`page_languages` are those of the generation, most frequent first; `fallback` the business's."""
    language = detect(text, fallback)
    written = tuple(dict.fromkeys((*page_languages[:4], fallback)))
    content = [token for _, token in tokens(text) if not carries_nothing(token, language)]
    analyser = SnowballAnalyser()
    languages = tuple(dict.fromkeys((*written, language)))
    terms = [frozenset(term for code in languages for term in analyser.words(token, code)) for token in content]
    terms = list(dict.fromkeys(term for term in terms if term))[:MAX_WORDS]
    grams: dict[str, None] = {}
    # "How is it there?" has no word with content: then all its words are looked for.
    for token in content or [token for _, token in tokens(text)]:
        grams |= dict.fromkeys(analyser.grams(token))
    compounds = (pairs(token, language) for token in dict.fromkeys(content[:MAX_WORDS]))
    spoken = concepts_of(text, (language, *written))
    groups = tuple(group for group in (concept.page_terms(written) for concept in spoken) if group)
    return Question(
        text=text,
        language=language,
        languages=languages,
        terms=tuple(terms),
        words=frozenset(word for term in terms for word in term),
        grams=frozenset(list(grams)[:MAX_GRAMS]),
        groups=groups,
        kinds=asked_kinds(text, spoken),
        yes_no=is_yes_no(text),
        concepts=spoken,
        compounds=tuple(made for made in compounds if made),
    )
