"""Which language a visitor writes in. Question in, two letters out; called by search.py once a question.

Small and our own: scripts, letters that few languages have, stop words, business words and typical word parts.
A question too short to tell counts as the business's own language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from retrieval.analyse import fold, stop_words, tokens
from retrieval.lexicon import surface_forms

LATIN = ("en", "de", "da", "fr", "es", "it", "nl", "pt", "sv", "no", "pl", "ro", "tr", "fi", "cs", "hu")

SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("fa", re.compile(r"[پچژگی]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("uk", re.compile(r"[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)

# Letters that speak for some languages and against the others.
LETTERS = {
    "ß": "de", "ä": "de sv fi", "ö": "de sv tr hu fi", "ü": "de tr hu", "å": "da no sv", "ø": "da no", "æ": "da no",
    "ñ": "es", "¿": "es", "¡": "es", "ã": "pt", "õ": "pt", "ç": "fr pt tr", "œ": "fr", "è": "fr it", "ê": "fr pt",
    "à": "fr it pt", "ù": "fr it", "û": "fr", "î": "fr ro", "ô": "fr pt", "ë": "fr nl", "ï": "fr nl", "ì": "it",
    "ò": "it", "ł": "pl", "ż": "pl", "ź": "pl", "ś": "pl", "ć": "pl", "ń": "pl", "ą": "pl", "ę": "pl", "ğ": "tr",
    "ı": "tr", "ş": "tr", "ș": "ro", "ț": "ro", "ă": "ro", "â": "fr pt ro", "ő": "hu", "ű": "hu", "ř": "cs",
    "ě": "cs", "ů": "cs", "č": "cs", "ž": "cs", "í": "es pt cs hu", "ú": "es pt cs hu", "á": "es pt cs hu",
    "ó": "es pt pl hu", "é": "fr es pt hu",
}  # fmt: skip

# Word parts: "_x" begins a word, "x_" ends it.
PARTS = {
    "en": "_th ing_ tion_ _wh ed_ ly_ ght ough _kn ould ay_", "de": "sch ung_ en_ ich_ _ge ei cht pf tz chk heit_",
    "da": "_hv jde aa _af hed_ ede_ erne_ _kø dt_ sk_ gt_", "no": "_hv øy kj _av ene_ ett_ tt_ sj ei_ het_",
    "sv": "_hu ck tt_ _av ning_ ar_ or_ _vä _fö het_ kt_", "fr": "eau eux_ _qu oi ent_ ais_ tion_ _l' _d' oux aux_",
    "es": "ción_ _qu dad_ ar_ os_ as_ ue ll ie_ ero_", "it": "zione_ gli cch tt che_ gn _pr are_ ere_ zza_",
    "pt": "ção_ ões_ nh lh _qu em_ ão_ ar_ eiro_", "nl": "ij oe aa ee uur _ge sch heid_ en_ tje_ ou",
    "pl": "sz cz rz prz wie ść_ owa_ ych_ ego_ _wy", "ro": "ul_ ului_ ea_ _și ii_ ește_ ție_",
    "tr": "lar ler_ ını yor_ _ya mı_",
    "fi": "ssa_ ssä_ lla_ kka inen_ yö ää uu ii_", "cs": "ní_ ova ého_ _př sti_ ích_", "hu": "gy sz ek_ ok_ ban_ _meg",
}  # fmt: skip


def detect(text: str, fallback: str) -> str:
    """Two letters. `fallback` is the business's language; between equal signs it wins."""
    letters = sum(character.isalpha() for character in text)
    for code, script in SCRIPTS:
        # A product name in Latin letters does not make a Japanese question English.
        if letters and len(script.findall(text)) >= max(1, letters * 0.2):
            return _chinese_or_japanese(code, text, fallback)
    scores = _scores(text)
    if not scores:
        return fallback
    best, score = max(scores.items(), key=lambda item: (item[1], item[0] == fallback))
    own = scores.get(fallback, 0.0)
    return best if score >= 1.0 and score > own + 0.5 else fallback


def _chinese_or_japanese(code: str, text: str, fallback: str) -> str:
    return "ja" if code == "zh" and fallback == "ja" else code


@lru_cache(maxsize=64)  # one question is asked for its language three times over; a millisecond each
def _scores(text: str) -> Mapping[str, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    words = [token for kind, token in tokens(text) if kind == "word"]
    for word in words:
        plain = fold(word)
        stops = _stop_index().get(plain, ())
        for code in stops:
            scores[code] += 1.6 / len(stops) ** 0.5
        forms = surface_forms().get(plain, ())
        for code in forms:
            scores[code] += 1.2 / len(forms) ** 0.5
        framed = f"_{word}_"
        for code, parts in _parts().items():
            scores[code] += 0.25 * min(2, sum(part in framed for part in parts))
    for letter in set(text.casefold()):
        codes = LETTERS.get(letter, "").split()
        for code in codes:
            scores[code] += 1.5 / len(codes)
    return scores


@lru_cache(maxsize=1)
def _stop_index() -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for code in LATIN:
        for word in stop_words(code):
            index.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in index.items()}


@lru_cache(maxsize=1)
def _parts() -> dict[str, tuple[str, ...]]:
    return {code: tuple(parts.split()) for code, parts in PARTS.items()}
