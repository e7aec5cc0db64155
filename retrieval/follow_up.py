"""Questions that lean on the one before: "And on Sundays?", "how much is it?". Words in, what to search for out; pure.

By code, for every language the service has words of; with a chat model understand.py does it better and falls back to
this. Called by answer.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from retrieval.analyse import fold, stop_words
from retrieval.language import detect
from retrieval.lexicon import concepts_of
from retrieval.model import Turn
from retrieval.small_talk import small_talk
from retrieval.wish import wants_person

LEANING_WORDS = 6  # a longer question says itself what it is about
MOST_TURNS = 3  # questions that lean on each other
MOST_CHARACTERS = 300

_GOES_ON = {
    "en": "and or but also", "de": "und oder aber auch", "da": "og eller men", "fr": "et mais", "es": "y o pero",
    "it": "e o ma anche", "nl": "en of maar ook", "sv": "och eller men", "no": "og eller men", "pt": "e ou mas",
    "pl": "a i oraz lub ale",
}  # fmt: skip
_WHAT_ABOUT = (
    "what about", "how about", "wie sieht es mit", "wie sieht es", "wie ist es mit", "was ist mit", "hvad med",
    "hva med", "hur är det med", "et pour", "qu en est il", "y para", "qué tal", "e per", "en voor", "hoe zit het",
    "e para", "a co z", "and what",
)  # fmt: skip
# Words that stand for what was spoken of before, whatever else the question says; by language: "de" is no pronoun in
# French.
_THEY = {
    "en": "they them those these ones theirs he she him", "de": "davon dafür darin dazu damit deren dessen diese dieser"
    " diesen", "da": "de dem disse denne", "no": "de dem disse denne", "sv": "de dem dessa denna",
    "fr": "ils elles celui celle ceux celles", "es": "ellos ellas esos esas", "it": "quelli quelle essi loro",
    "nl": "deze die hen", "pt": "eles elas esses essas", "pl": "nich te tych",
}  # fmt: skip
# And words that do so only where nothing else is named: "is it possible to park?" speaks of parking.
_IT = {
    "en": "it this that one there its", "de": "es das dies dieses dort da dem den", "da": "det den der dette",
    "no": "det den der dette", "sv": "det den där detta", "fr": "ça ca cela y en", "es": "eso esto ese este ello lo",
    "it": "esso questo quello ciò", "nl": "dat dit het er", "pt": "isso isto esse este ele ela", "pl": "to ten ta tego",
}  # fmt: skip
# What may be asked of a thing without naming it.
_ASPECTS = frozenset({"price", "hours", "closed", "duration", "discount", "age", "notice", "payment", "free"})
_ASKING = frozenset(
    fold(word)
    for word in "how much many long often far big old why when where who which what whose wie viel viele lange oft weit"
    " alt groß warum wann wo wer welche welcher was wieviel hvor meget mange længe lenge tit ofte hvornår når hvem"
    " hvilken hvorfor hvad hva combien quand où pourquoi qui quel quelle longtemps temps cuánto cuánta cuándo dónde"
    " tiempo quién cuál qué quanto quanta quando dove chi quale perché tempo hoeveel hoe lang vaak wanneer waar wie"
    " welke waarom hur mycket länge ofta när var vem vilken varför onde quem qual porque ile kiedy gdzie kto jak długo"
    " does do is are was does take last cost costs kostet dauert kosten koster varer koste dure coûte cuesta dura costa"
    " kost duurt kostar tar kosztuje trwa exactly genau please bitte ist sind er est es son è sono zijn är são".split()
)


def leans(question: str, language: str) -> bool:
    """Whether it only makes sense after the question before."""
    words = re.findall(r"[^\W_]+", fold(question))
    if not words or len(words) > LEANING_WORDS:
        return False
    start = " ".join(words)
    goes_on = f"{_GOES_ON.get(language, '')} {_GOES_ON['en']}".split()
    if (words[0] in goes_on and len(words) > 1) or any(_begins(start, fold(phrase)) for phrase in _WHAT_ABOUT):
        return True
    # Two words are too few to tell a language by.
    if len(words) <= 2 and not concepts_of(question, (language, *_THEY)):
        return True  # "Purple ones?", but not "Phone number?"
    if any(word in _pointing(_THEY, language) for word in words[1:] or words):
        return language not in ("de", "nl") or not _names_something(words, language)
    points = any(word in _pointing(_IT, language) for word in words)
    bare = all(word in _ASKING for word in words)
    return (points or bare) and not _names_something(words, language)


def last_question(history: Sequence[Turn], language: str) -> str:
    """What the visitor asked before; thanks and greetings are none."""
    return next(iter(_questions(history, language)), "")


def self_contained(question: str, history: Sequence[Turn], language: str) -> str:
    """With the questions it leans on before it, back to one that stands for itself."""
    if not leans(question, language):
        return question
    chain: list[str] = []
    for before in _questions(history, language):
        chain.insert(0, before)
        if len(chain) == MOST_TURNS or not leans(before, detect(before, language)):
            break
    room = MOST_CHARACTERS // max(1, len(chain))
    return " ".join([*(before[:room] for before in chain), question])


def _questions(history: Sequence[Turn], language: str) -> Iterable[str]:
    """The visitor's, newest first."""
    for turn in reversed(history):
        text = turn.text.strip()
        if turn.author != "visitor" or not text:
            continue
        spoken = detect(text, language)
        if small_talk(text, spoken, "") is None and not wants_person(text, spoken):
            yield text


@lru_cache(maxsize=64)
def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


def _pointing(lists: dict[str, str], language: str) -> frozenset[str]:
    return _folded(lists.get(language, lists["en"]))


def _begins(start: str, phrase: str) -> bool:
    return start == phrase or start.startswith(f"{phrase} ")


def _names_something(words: Sequence[str], language: str) -> bool:
    """A word with content besides those that ask, point or say what is asked of the thing."""
    empty = stop_words(language) | _pointing(_IT, language) | _pointing(_THEY, language) | _ASKING
    for word in words:
        if word in empty:
            continue
        if {concept.name for concept in concepts_of(word, (language,))} & _ASPECTS:
            continue
        return True
    return False
