"""Whether a question asks for a contact or a price, and of what. Text in, AskedFact or None out; pure.

Every word must be known (asked.txt) or name the thing: "the night-time emergency number" and "the price for a group of
10" are asked of something that no plain fact is about, and leave here unanswered. Called by answer_facts.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold
from retrieval.facts.model import ADDRESS, CONTACT, EMAIL, PHONE, PRICE, AskedFact
from retrieval.hours.words import LANGUAGES, sections

MAX_CHARACTERS = 140
MAX_REST = 6  # words that may name the thing: "the large day ticket for adults"
_ASKS = (PHONE, EMAIL, "contact", ADDRESS, PRICE)

_Phrases = dict[str, tuple[tuple[tuple[str, ...], str], ...]]


def read_question(question: str, language: str) -> list[AskedFact]:
    """In every language in which it can be read, the detected one first; those that name nothing more before others."""
    if len(question) > MAX_CHARACTERS:
        return []
    words = tuple(re.findall(r"[^\W_]+", fold(question)))
    order = dict.fromkeys((language if language in LANGUAGES else "en", *LANGUAGES))
    read = [asked for code in order if (asked := _in_language(words, code)) is not None]
    own = [asked for asked in read if asked.language == language]
    plain = [asked for asked in read if not asked.rest and asked.kinds != (PRICE,)]
    return list(dict.fromkeys([*own, *plain]))


def _in_language(words: tuple[str, ...], language: str) -> AskedFact | None:
    known = _vocabulary(language)
    asks: list[str] = []
    rest: list[str] = []
    navi = False
    at = 0
    while at < len(words):
        phrases = [phrase for phrase in known.get(words[at], ()) if words[at : at + len(phrase[0])] == phrase[0]]
        size, what = max(((len(phrase), what) for phrase, what in phrases), default=(0, ""))
        if not size:
            rest.append(words[at])
        elif what in _ASKS:
            asks.append(what)
        elif what == "navi":
            navi = True
        at += size or 1
    kinds = _kinds(asks)
    if not kinds or len(rest) > MAX_REST or (navi and kinds != (ADDRESS,)):
        return None
    if kinds == (PRICE,):
        return AskedFact(language, kinds, tuple(rest)) if rest else None
    if any(sign.isdigit() for word in rest for sign in word):
        return None
    return AskedFact(language, kinds, tuple(rest))


def _kinds(asks: list[str]) -> tuple[str, ...]:
    """What is asked for, in the order it is told; none where price and contact are mixed."""
    asked = set(asks)
    if PRICE in asked:
        return (PRICE,) if asked == {PRICE} else ()
    # "Contact number", "reach you by phone": the nearer word decides.
    if "contact" in asked and not asked & set(CONTACT):
        return (PHONE, EMAIL)
    return tuple(kind for kind in CONTACT if kind in asked)


@lru_cache(maxsize=16)
def _vocabulary(language: str) -> _Phrases:
    """First word → phrases that begin with it and what they are; of equal phrases the first list counts."""
    index: dict[str, dict[tuple[str, ...], str]] = {}
    for what, phrases in sections("asked.txt", Path(__file__).parent)[language].items():
        for phrase in phrases.split(","):
            words = tuple(re.findall(r"[^\W_]+", fold(phrase)))
            index.setdefault(words[0], {}).setdefault(words, what)
    return {first: tuple(known.items()) for first, known in index.items()}
