"""Makes the terms of the lexical side. Text in; stemmed words or character n-grams out.

Called when a page is indexed and when a question is asked, so both meet in the same terms. Any change of the
rules changes `version`, and the next re-index writes its postings anew. Implements the Analyser port of ingestion.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = 1

# Scripts that write without spaces: their runs are cut into pairs of characters.
UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002ffff"
)
# Marks inside words that \w does not know: combining accents, Hebrew points, Arabic vowels, Indic vowel signs.
MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0970-\u0dff"
LETTER = rf"(?:[^\W\d_{UNSPACED}]|[{MARKS}])"
TOKEN = re.compile(
    rf"(?P<unspaced>[{UNSPACED}]+)"
    rf"|(?P<number>\d+(?:[.,:/–-]\d+)*(?:{LETTER}+\d*)*)"
    rf"|(?P<word>{LETTER}+(?:-?(?:{LETTER}|\d)+)*)"
)
DIGITS = re.compile(r"\d+")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
LATIN_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
FOLDED = {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "ß": "ss", "þ": "th", "ð": "d", "ĸ": "k"}
HEBREW_PREFIX = re.compile(r"^[והבלכמש](?=[\u05d0-\u05ea]{3,}$)")
ARABIC_FORMS = {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": ""}

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip


class SnowballAnalyser:
    """The analyser. Stateless; one object serves all threads."""

    @property
    def version(self) -> str:
        return _version()

    def words(self, text: str, language: str | None) -> list[str]:
        """Stems in order, repeated as often as they stand there; stop words left out."""
        code = language or "en"
        terms: list[str] = []
        for kind, token in tokens(text):
            if kind == "unspaced":
                terms += _pairs(token)
            elif kind == "number":
                terms += _number_terms(token)
            else:
                terms += _word_terms(token, code)
        return terms

    def grams(self, text: str) -> list[str]:
        """3- to 5-grams of "_word_"; pairs and single characters where words have no spaces."""
        terms: list[str] = []
        for kind, token in tokens(text):
            terms += (*token, *_pairs(token)) if kind == "unspaced" else word_grams(token)
        return terms


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """(unspaced | number | word, folded text) for each token. Numbers, dates and codes stay whole."""
    for match in TOKEN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        yield match.lastgroup or "", match.group()


def stop_words(language: str) -> frozenset[str]:
    """Folded words without content; empty for languages without a list."""
    return _stop_lists().get(_like(language), frozenset())


def carries_nothing(token: str, language: str) -> bool:
    """A word without content, or one made of such: avez-vous."""
    stops = stop_words(language)
    return fold(token) in stops or ("-" in token and all(fold(part) in stops for part in token.split("-") if part))


def fold(word: str) -> str:
    """Case and accents away; letters that do not decompose are spelled out."""
    plain = word.casefold()
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFD", _replace(plain, ARABIC_FORMS))
    return unicodedata.normalize("NFC", _replace(LATIN_MARKS.sub("", plain), FOLDED))


def _replace(text: str, letters: dict[str, str]) -> str:
    """As str.translate, and ten times as fast on a passage, which has few of them."""
    for letter, other in letters.items():
        if letter in text:
            text = text.replace(letter, other)
    return text


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """The folded stem. The stemmer sees the accents: in French and German they tell endings apart."""
    stemmer = _stemmer(language)
    return fold(stemmer.stemWord(word) if stemmer is not None and len(word) > 2 else word)


@lru_cache(maxsize=32768)
def word_grams(word: str) -> tuple[str, ...]:
    """N-grams of one token. Of very long ones only the beginning counts, it is no word of any language."""
    framed = f"_{fold(word)[:40]}_"
    return tuple(framed[at : at + size] for size in (3, 4, 5) for at in range(len(framed) - size + 1))


@lru_cache(maxsize=65536)
def _word_terms(token: str, language: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"-", token) if part]
    stops = stop_words(language)
    terms = [stem(part, language) for part in parts if fold(part) not in stops]
    if len(parts) > 1 and terms:  # check-in, checkin, DK-2100, ab-123; avez-vous is no word of content
        terms.append(stem("".join(parts), language))
    elif any(letter.isdigit() for letter in token):
        terms += DIGITS.findall(token)  # iphone15
    if HEBREW_PREFIX.match(token):
        terms.append(token[1:])
    return tuple(terms)


def _number_terms(token: str) -> list[str]:
    """The whole number, date, time or code, and what visitors may type of it."""
    whole = token.replace("–", "-").replace(",", ".")
    parts = [part.replace(",", ".") for part in re.split(r"[-–/]", token)] + YEAR.findall(token)
    if token[-1].isalpha():
        parts.append(DIGITS.findall(token)[0])  # 10am, 16h
    return [whole, *(part for part in dict.fromkeys(parts) if part != whole)]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _like(language: str) -> str:
    return "no" if language in ("nb", "nn") else language


@lru_cache(maxsize=1)
def _stop_lists() -> dict[str, frozenset[str]]:
    lines = _stop_file().read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {row[0]: frozenset(fold(word) for word in row[1:]) for row in rows}


@lru_cache(maxsize=1)
def _version() -> str:
    return f"{RULES}-{zlib.crc32(_stop_file().read_bytes()):08x}"


def _stop_file() -> Path:
    return Path(__file__).with_name("words") / "stop.txt"


_own = threading.local()


def _stemmer(language: str) -> Any:
    """Each thread has its own: a stemmer keeps the word it works on in itself."""
    made: dict[str, Any] = _own.__dict__.setdefault("stemmers", {})
    if language not in made:
        import snowballstemmer  # thirty languages, 0.1 s: not at the start of every process

        name = STEMMERS.get(language)
        library: Any = snowballstemmer
        made[language] = library.stemmer(name) if name else None
    return made[language]
