"""Words of an answer: cleaned, cut, and with what may stand for them on a page. Called by bind.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from retrieval.analyse import SnowballAnalyser, stop_words
from retrieval.language import detect
from retrieval.lexicon import concepts_of
from retrieval.sentences import MARK
from retrieval.verify.clauses import Clause, joints
from retrieval.verify.days import weekdays
from retrieval.verify.figures import Figure
from retrieval.verify.folded import fold
from retrieval.verify.lines import Word, is_light
from retrieval.words.calendar import MONTHS

DETECTED = 160  # letters that tell a language
STEM, ENDING = 6, 3  # letters that forms of a word share at least, and may differ in at most
_LIST_MARK = re.compile(r"^\s*(?:[-*•>#]+|\d{1,2}[.)])\s+")
_MARKUP = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_TOKEN = re.compile(r"[^\W_][\w-]*")


def clean(raw: str) -> str:
    text = _UNSEEN.sub("", MARK.sub("", raw))
    text = _MARKUP.sub("", _LIST_MARK.sub("", text))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def tokens_of(text: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _TOKEN.finditer(text))


@lru_cache(maxsize=16384)
def word_of(token: str, languages: tuple[str, ...], spoken: str, foreign: bool) -> Word | None:
    if any(sign.isdigit() for sign in token):
        return None
    analyser = SnowballAnalyser()
    found = frozenset(analyser.words(token, spoken))
    if not found:
        return None
    found |= frozenset(term for code in languages for term in analyser.words(token, code))
    if foreign:
        for concept in concepts_of(token, (spoken,)):
            found |= concept.page_terms(languages[:-1]).keys()
    return Word(token, found, is_light(token) or bool(weekdays(token)) or fold(token) in MONTHS)


def alike(one: str, other: str) -> bool:
    """Two forms of one word differ in their last letters."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return max(len(one), len(other)) - same <= ENDING


@lru_cache(maxsize=16384)
def sounded(word: str) -> str:
    """One form for a word that two languages share: catalogue, Katalog, catálogo."""
    for old, new in (("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "k"), ("c", "k"), ("y", "i")):
        word = word.replace(old, new)
    return re.sub(r"(.)\1", r"\1", word).rstrip("aeiou")


def masked(text: str, figures: Sequence[Figure], offset: int = 0) -> str:
    for figure in figures:
        start, end = figure.start - offset, figure.end - offset
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def without_figures(clause: Clause) -> str:
    return masked(clause.text, clause.figures, clause.start)


def segments_of(text: str, languages: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for joint in joints(languages).finditer(text):
        yield start, joint.start()
        start = joint.end()
    yield start, len(text)


@lru_cache(maxsize=4096)
def detected(text: str, language: str) -> str:
    return detect(text, language)


_LEANS = re.compile(
    r"\W*(?:(?:it|they|this|that|these|those|es|sie|er|dies\w*|das|det|den|de|der|il|elle|ils|elles|c['’]est|cela|ça"
    r"|esto|eso|ello|het|deze|dit|ze|dat|hij)\b)",
    re.IGNORECASE,
)


def leans(text: str, language: str) -> bool:
    """Begins with a pronoun, or in a language that leaves it out with the verb: what it speaks of was said before."""
    if language in ("it", "es", "pt"):
        first = re.match(r"\W*([^\W\d_]+)", text)
        return bool(_LEANS.match(text)) or (first is not None and fold(first[1]) in _VERBS)
    if language in ("de", "da", "nl", "fr") and re.match(
        r"\W*(?:der|das|die|de|den|det|het)\s+[^\W\d_]{4,}", text, re.I
    ):
        return False  # an article
    return _LEANS.match(text) is not None


_VERBS = frozenset(
    "costa costano dura durano inizia comincia apre chiude finisce cuesta cuestan dura duran empieza termina"
    " abre cierra"
    " custa custam começa fecha".split()
)


def is_stop(token: str) -> bool:
    return any(fold(token) in stop_words(code) for code in ("en", "de", "da", "fr", "es", "it", "nl"))
