"""Names in a sentence: people, streets, products. A text in, the words that are written like names out.

A capitalised word inside a sentence is a name where the language writes nouns small; in German two in a row are, and
what follows Frau, Herr or Dr. Called by bind.py, which looks them up in the passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.analyse import stop_words
from retrieval.verify.folded import fold
from retrieval.words.calendar import DAY_GROUPS, MONTHS, WEEKDAYS
from retrieval.words.measures import CURRENCIES

_TOKEN = re.compile(r"(?<!\w)[^\W\d_][\w'’-]*")
_TITLE = frozenset("dr prof mr mrs ms miss frau herr herrn hr fru monsieur madame mme m sr sra sig dott ir".split())
# Written large without being anyone's name.
_GENERAL = frozenset(
    fold(word)
    for word in "i i'm i'll i've english german french danish spanish italian dutch swedish norwegian polish"
    " portuguese"
    " european christmas easter new year eve pm am vat tv wifi wi-fi wlan gps id ok pin eu uk usa us faq pdf"
    " atm cet utc"
    " sms nhs ev ec e-bike e-bikes sie ihr ihre ihnen ihren ihrem ihrer uhr i de dem deres dig jer u uw god"
    " internet web online"
    " bank holidays holiday january february".split()
)
SENTENCE_START = re.compile(r"(?:^|[.!?:•–—\"“„«(]\s*)$")


def names_of(text: str, language: str) -> Iterator[tuple[int, str]]:
    """Place and word of each."""
    tokens = list(_TOKEN.finditer(text))
    for at, match in enumerate(tokens):
        word = match.group()
        if not word[0].isupper() or fold(word) in _GENERAL or len(word) < 2 or fold(word) in CURRENCIES:
            continue
        if fold(word) in WEEKDAYS or fold(word) in MONTHS or fold(word) in DAY_GROUPS:
            continue
        starts = bool(SENTENCE_START.search(text[: match.start()]))
        before = tokens[at - 1].group() if at else ""
        after = tokens[at + 1].group() if at + 1 < len(tokens) else ""
        beside = at + 1 < len(tokens) and text[match.end() : tokens[at + 1].start()] == " "
        follows = bool(at) and text[tokens[at - 1].end() : match.start()] in (" ", ". ", "-")
        titled = fold(before) in _TITLE and follows
        paired = (follows and before[:1].isupper()) or (beside and after[:1].isupper())
        if fold(word) in _TITLE:
            continue
        if language == "de":
            first = before if follows and before[:1].isupper() else word
            if titled or (paired and fold(first) not in stop_words("de")):
                yield match.start(), word
        elif titled or not starts or (beside and _is_name(after) and fold(word) not in stop_words(language)):
            yield match.start(), word


def _is_name(word: str) -> bool:
    return word[:1].isupper() and not any(fold(word) in known for known in (_GENERAL, WEEKDAYS, MONTHS, DAY_GROUPS))
