"""Greetings, thanks, "are you a robot?". A message in, the service's own friendly sentence out, or None; pure.

Only what is nothing but small talk: with one word beside it that is not known here, the message is a question and is
searched for. Called by answer.py before any search; words and answers stand in words/small_talk.txt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold
from retrieval.hours.words import sections

MOST_WORDS = 16
# What weighs more is answered: "Hello, are you a robot?" asks who it is.
_KINDS = ("identity", "thanks", "bye", "help", "greeting", "how_are_you", "fine")
_SAID = {"how_are_you": "greeting", "help": "greeting"}


@dataclass(frozen=True, slots=True)
class SmallTalk:
    kind: str  # of words/small_talk.txt
    language: str
    text: str


def small_talk(text: str, language: str, business_name: str) -> SmallTalk | None:
    """`language`: as detected, tried first. "Bonjour" alone is answered in French, wherever it is said."""
    words = _words(text)
    if not words or len(words) > MOST_WORDS:
        return None
    name = frozenset(_words(business_name))
    for code in dict.fromkeys((language, "en", *_lists())):
        kind = _kind(words, code, name) if code in _lists() else None
        if kind is not None:
            return SmallTalk(kind, code, say(_SAID.get(kind, kind), code, business_name))
    return None


def say(what: str, language: str, business_name: str) -> str:
    """What the service says of its own: greeting, identity, thanks, bye, fine, person, partly, broken."""
    read = _read()
    return read.get(language, read["en"])[f"say_{what}"].replace("{name}", business_name)


def _kind(words: tuple[str, ...], language: str, name: frozenset[str]) -> str | None:
    known = _lists()[language]
    kinds: set[str] = set()
    at = 0
    while at < len(words):
        phrases = [phrase for phrase in known.get(words[at], ()) if words[at : at + len(phrase[0])] == phrase[0]]
        longest, kind = max(((len(phrase), kind) for phrase, kind in phrases), default=(0, ""))
        if longest:
            kinds.add(kind)
        elif words[at] not in name:
            return None
        at += max(longest, 1)
    return next((kind for kind in _KINDS if kind in kinds), None)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", fold(text)))


def _read() -> dict[str, dict[str, str]]:
    return sections("small_talk.txt", Path(__file__).with_name("words"))


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, list[tuple[tuple[str, ...], str]]]]:
    """By language: first word → the phrases that begin with it, each with what it is."""
    made: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
    for language, lists in _read().items():
        if not language:
            continue
        index = made[language] = {}
        for kind in (*_KINDS, "fill"):
            for phrase in lists[kind].split(","):
                words = _words(phrase)
                index.setdefault(words[0], []).append((words, kind))
    return made
