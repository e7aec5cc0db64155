"""Whether two questions ask the same: their words and the likeness of their vectors in, yes or no out. Pure.

Likeness alone joins "Can I bring my dog?" with "Can I bring my cat?" and keeps two wordings of one question apart. So
what a question is about is compared word by word: stems, names of days, and what joins languages: a list of things
(things.txt) and the narrow concepts of the business lexicon. Words that only frame a question do not count (light.txt).
Two questions that each speak of something the other does not are never the same. docs/decisions/0037.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold, stem, stop_words, tokens, word_grams
from retrieval.lexicon import Concept, concepts_of
from retrieval.words.calendar import MONTHS, NUMBERS, WEEKDAYS

ONE_SAYS_MORE = 0.65  # likeness (cosine) that is asked for where one question says more than the other
SHARED = 0.66  # of both questions' words, where one says more
SAME_LETTERS = 0.6  # of two words' n-grams: slips, endings no stemmer knows, words many languages have
# Concepts of the lexicon whose words all mean one thing; in others dog and cat, or card and cash, are the same.
NARROW = frozenset(
    "accessibility appointment bicycle delivery discount hours job parking price refund rental repair"
    " smoking voucher wifi".split()
)
LONGEST = 24  # words that are looked at: a pasted page is no question

Word = frozenset[str]  # all that one word stands for


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a question speaks of, a word each. Empty: it says nothing of its own ("and then?")."""

    words: tuple[Word, ...]
    text: str  # folded, to find the same words again


def meaning_of(text: str, language: str, fallback: str) -> Meaning:
    """`fallback`: the business's language. Visitors mix it with their own, and short texts are mistaken for it."""
    languages = tuple(dict.fromkeys((language, fallback)))
    said = [part for _, token in tokens(text) for part in _parts(token, languages)][:LONGEST]
    concepts = _concepts(said, languages)
    words: dict[Word, None] = {}
    for at, token in enumerate(said):
        named = _named(token)
        if named is not None:
            words[frozenset({named})] = None
            continue
        stems = {f"w:{stem(token, code)}" for code in languages}
        meant = concepts[at] | {f"t:{thing}" for word in (fold(token), *stems) for thing in _things().get(word, ())}
        if meant or not (fold(token) in _idle(languages) or stems & _idle_stems(languages)):
            words[frozenset(stems | meant)] = None
    return Meaning(tuple(words), " ".join(fold(token) for token in said))


def _parts(token: str, languages: tuple[str, ...]) -> list[str]:
    """ "wi-fi" is one thing, "gluten-free" and "puis-je" are two words."""
    if "-" not in token or fold(token) in _things() or any(c.name in NARROW for c in concepts_of(token, languages)):
        return [token.replace("-", "")]
    return [part for part in token.split("-") if part]


def same_meaning(one: Meaning, other: Meaning, likeness: float) -> bool:
    """`likeness`: cosine of their vectors, of one model."""
    if one.text == other.text:
        return True
    if not one.words or not other.words:
        return False
    lonely_one = [word for word in one.words if not any(_meet(word, known) for known in other.words)]
    lonely_other = [word for word in other.words if not any(_meet(word, known) for known in one.words)]
    if not lonely_one and not lonely_other:
        return True  # in two languages an English model finds no likeness in what is the same
    if lonely_one and lonely_other:
        return False
    alone, whole = len(lonely_one) + len(lonely_other), len(one.words) + len(other.words)
    return (whole - alone) / whole >= SHARED and likeness >= ONE_SAYS_MORE


def speaks_of(text: Meaning, question: Meaning) -> bool:
    """Whether a text has at least half of a question's words: then it may be meant for it."""
    met = sum(any(_meet(word, known) for known in text.words) for word in question.words)
    return met > 0 and 2 * met >= len(question.words)


def _meet(one: Word, other: Word) -> bool:
    if one & other:
        return True
    return any(_similar(a, b) for a in one for b in other)


@lru_cache(maxsize=8192)
def _similar(one: str, other: str) -> bool:
    if not one.startswith("w:") or not other.startswith("w:") or min(len(one), len(other)) < 7:
        return False
    mine, yours = set(word_grams(one[2:])), set(word_grams(other[2:]))
    return 2 * len(mine & yours) / (len(mine) + len(yours)) >= SAME_LETTERS


def _named(token: str) -> str | None:
    """Days, months and numbers are what they name in any language."""
    word = fold(token)
    for kind, table in (("day", WEEKDAYS), ("month", MONTHS), ("number", NUMBERS)):
        if len(word) > 3 and word in table:  # "mon" is Monday, and French for mine
            return f"{kind}:{table[word]}"
    return f"number:{word}" if any(letter.isdigit() for letter in word) else None


def _concepts(said: Sequence[str], languages: tuple[str, ...]) -> list[set[str]]:
    """Of each word. Of several words that name a concept together, each names it."""
    found: list[set[str]] = [set() for _ in said]
    for size in (1, 2, 3):
        for at in range(len(said) - size + 1):
            part = range(at, at + size)
            known = set[str]().union(*(found[i] for i in part))
            for concept in concepts_of(" ".join(said[at : at + size]), languages):
                if not _speaks_of(concept, said[at : at + size], languages):
                    continue
                if (key := f"c:{concept.name}") not in known:
                    for i in part:
                        found[i].add(key)
    return found


def _speaks_of(concept: Concept, said: Sequence[str], languages: tuple[str, ...]) -> bool:
    """Not the tail of a compound: a pensioners' discount is no discount for students."""
    longest = max((len(form.text) for code in languages for form in concept.forms.get(code, ())), default=0)
    return concept.name in NARROW and (len(said) > 1 or len(said[0]) <= longest)


@lru_cache(maxsize=64)
def _idle(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for code in languages for word in (*stop_words(code), *_light().get(code, ())))


@lru_cache(maxsize=64)
def _idle_stems(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"w:{stem(word, code)}" for code in languages for word in _light().get(code, ()))


@lru_cache(maxsize=1)
def _things() -> dict[str, tuple[int, ...]]:
    """Folded word, and "w:" with its stem in any language that has the word's letters → numbers of things."""
    found: dict[str, dict[int, None]] = {}
    for number, line in enumerate(_lines("things.txt")):
        for word in line.split():
            for key in (fold(word.replace("-", "")), f"w:{fold(word)}"):
                found.setdefault(key, {})[number] = None
    return {word: tuple(numbers) for word, numbers in found.items()}


@lru_cache(maxsize=1)
def _light() -> dict[str, tuple[str, ...]]:
    rows = [line.split() for line in _lines("light.txt")]
    return {row[0]: tuple(fold(part) for word in row[1:] for part in (word, *word.split("'"))) for row in rows}


def _lines(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
