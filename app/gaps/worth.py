"""Whether what nothing answered was a question at all. A message in, yes or no out. Pure; called by collect.py.

Left out: greetings and thanks, the wish for a person, mere abuse, fingers on a keyboard, lone links and numbers.
Whatever might be a question counts: an owner dismisses one line sooner than a visitor asks twice.
"""

from __future__ import annotations

import re

from retrieval.analyse import tokens
from retrieval.small_talk import small_talk
from retrieval.wish import wants_person

LONGEST = 500  # characters of a question that are kept; a letter is no question
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MASKED = re.compile(r"\[[a-z]+\]")
_VOWELS = frozenset("aeiouyäöüæøåáàâéèêëíìîïóòôõúùûýœаеёиоуыэюяαεηιουω")
_TRIALS = frozenset(
    "test testing tests tester teste prueba prova essai probe qwerty qwertz asdf abc xyz foo bar".split()
)


# Said in anger, and what stands beside it: together they ask nothing. One more word, and it may be a question.
_ANGRY = frozenset(
    "fuck fucking fucker shit bullshit asshole arsehole idiot idiots moron morons stupid useless crap bastard bitch"
    " cunt wanker suck sucks scheisse scheiss scheiße arschloch arschlöcher idioten dumm blöd fick ficken wichser"
    " fandens røvhul idioter merde putain connard connards salaud mierda puta puto cabron cabrón gilipollas idiotas"
    " merda stronzo stronzi cazzo vaffanculo klootzak waardeloos".split()
)
_BESIDE = frozenset(
    "you your yours are is this that it so all a an of off the bot robot site what how really piece hell u ur ihr"
    " seid du bist sie sind ein eine so euch dich das ist alle der die i er du det din jer en et tu es vous êtes etes"
    " un une des toi va de te il le sei siete un una di che jullie zijn jij je bent een dit".split()
)


_ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn")


def worth_collecting(text: str, language: str, business_name: str) -> bool:
    bare = _MASKED.sub(" ", _LINK.sub(" ", text))
    said = [(kind, token) for kind, token in tokens(bare)]
    words = [token for kind, token in said if kind == "word"]
    if any(kind == "unspaced" and len(token) > 1 for kind, token in said):
        return True  # a script that sets no spaces: two characters may be a question
    if not any(len(word) > 1 for word in words) or all(word in _TRIALS for word in words):
        return False
    if small_talk(text, language, business_name) is not None or wants_person(text, language):
        return False
    if any(word in _ANGRY for word in words) and all(word in _ANGRY or word in _BESIDE for word in words):
        return False
    return not all(_mashed(word) for word in words)


def _mashed(word: str) -> bool:
    """ "sdfghj", "aaaaaa", "lolololol": no word of a language that is written with vowels."""
    if len(set(word)) <= 2 and len(word) > 3:
        return True
    if len(word) > 3 and any(word in row or word[::-1] in row for row in _ROWS):
        return True
    latin = word.isascii() or any(letter in _VOWELS for letter in word)
    vowels = sum(letter in _VOWELS for letter in word)
    longest = max(map(len, re.split("[" + "".join(_VOWELS) + "]", word)))
    return latin and len(word) > 3 and (vowels == 0 or longest > 5 or len(word) > 12 * max(1, vowels))
