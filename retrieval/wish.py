"""Whether a visitor asks for a person. A message and its language in, yes or no out; pure.

By words alone, so that it works without a model and cannot be talked away. Called by answer.py before anything is
searched, and by channels on messages that a person may have to see.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold
from retrieval.hours.words import sections

MOST_WORDS = 30  # a longer message tells of something, and is answered
REACH = 6  # words between the parts of one wish
REFUSED = 8  # words from "not" to what is not wanted

_Phrases = dict[str, list[tuple[str, ...]]]  # by their first word


def wants_person(text: str, language: str) -> bool:
    """`language`: as detected, tried first. A question about people is no wish ("who is the chef?")."""
    sentences = [tuple(re.findall(r"[^\W_]+", fold(part))) for part in re.split(r"[.!?;\n]+", text)]
    if sum(map(len, sentences)) > MOST_WORDS:
        return False
    lists = _lists()
    # Three words are too few to tell a language by: each is tried, and all parts must be of the same.
    known = [lists[code] for code in dict.fromkeys((language, "en", *lists)) if code in lists]
    return any(words and _wishes(words, one) for words in sentences for one in known)


def _wishes(words: tuple[str, ...], known: dict[str, _Phrases]) -> bool:
    someone = any(word in known[what] for what in ("person", "someone", "machine") for word in words)
    return someone and (
        _is_just_a_person(words, known) or _asks_to_talk(words, known) or _minds_the_machine(words, known)
    )


def _is_just_a_person(words: tuple[str, ...], known: dict[str, _Phrases]) -> bool:
    """ "A person, please": nothing is left beside it."""
    named, at = False, 0
    while at < len(words):
        person = _longest(words, at, known["person"])
        if person:
            named, at = True, at + person
        elif fill := _longest(words, at, known["fill"]) or _longest(words, at, known["ask"]):
            at += fill
        else:
            return False
    return named


def _asks_to_talk(words: tuple[str, ...], known: dict[str, _Phrases]) -> bool:
    """ "I would like to talk to somebody about …", in either order, near each other."""
    people = [*_places(words, known["person"]), *_places(words, known["someone"])]
    talks = _places(words, known["talk"])
    begins = [0] if 0 in talks else []  # "talk to a human"
    return any(
        0 <= min(person, talk) - ask <= REACH and abs(person - talk) <= REACH
        for ask in (*begins, *_places(words, known["ask"]))
        for talk in talks
        for person in people
        if person != talk
    )


def _minds_the_machine(words: tuple[str, ...], known: dict[str, _Phrases]) -> bool:
    """ "I do not want to talk to a bot"."""
    machines = _places(words, known["machine"])
    talks = _places(words, known["talk"])
    refused = any(0 < machine - no <= REFUSED for no in _places(words, known["not"]) for machine in machines)
    return refused and any(abs(machine - talk) <= REACH for machine in machines for talk in talks)


def _places(words: tuple[str, ...], phrases: _Phrases) -> list[int]:
    return [at for at in range(len(words)) if _longest(words, at, phrases)]


def _longest(words: tuple[str, ...], at: int, phrases: _Phrases) -> int:
    """How many words of the longest phrase that begins here; 0 when none does."""
    begun = phrases.get(words[at], ())
    return max((len(phrase) for phrase in begun if words[at : at + len(phrase)] == phrase), default=0)


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, _Phrases]]:
    read = sections("wishes.txt", Path(__file__).with_name("words"))
    return {
        language: {what: _indexed(phrases) for what, phrases in lists.items()}
        for language, lists in read.items()
        if language
    }


def _indexed(phrases: str) -> _Phrases:
    index: _Phrases = {}
    for phrase in phrases.split(","):
        words = tuple(re.findall(r"[^\W_]+", fold(phrase)))
        index.setdefault(words[0], []).append(words)
    return index
