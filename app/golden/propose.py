"""What an answer should go on to say: its figures, or else its shortest quote. An answer in, proposals out.

For the form that keeps a real answer right; the owner strikes out what does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.golden.facts import LANGUAGES
from app.golden.model import FACT
from retrieval.model import Sentence
from retrieval.verify.figures import figures_of, plain

MOST = 5
QUOTED = 80  # characters of a quote that is proposed whole; of a longer one its first clause
_JOINED = re.compile(r"\s?[-–—]\s?|\s(?:to|bis|til|à|a|al|tot)\s", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?:[€$£]|\b(?:EUR|kr|DKK|CHF|USD|GBP)\b\.?)\s?$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?–|](?=\s|$)")


def propose_facts(sentences: Sequence[Sentence]) -> list[str]:
    """As the answer writes them, so that they stand in it."""
    cited = [sentence for sentence in sentences if sentence.citations]
    figures = [figure for sentence in cited for figure in _figures(plain(sentence.text))]
    if figures:
        return list(dict.fromkeys(figures))[:MOST]
    quotes = [" ".join(citation.quote.split()) for sentence in cited for citation in sentence.citations]
    if not quotes:
        return []
    quote = min(quotes, key=len)
    return [_shortened(quote)]


def _figures(text: str) -> list[str]:
    """Spans of one thing joined: two hours with a dash between them are one figure."""
    spans: list[tuple[int, int]] = []
    for figure in figures_of(text, LANGUAGES):
        if spans and (figure.start <= spans[-1][1] or _JOINED.fullmatch(text, spans[-1][1], figure.start)):
            spans[-1] = (spans[-1][0], max(spans[-1][1], figure.end))
        else:
            money = _MONEY_BEFORE.search(text, max(0, figure.start - 5), figure.start)
            spans.append((money.start() if money else figure.start, figure.end))
    found = [text[start:end].strip() for start, end in spans]
    return [one for one in found if len(one) <= FACT and any(sign.isdigit() or sign == "@" for sign in one)]


def _shortened(quote: str) -> str:
    if len(quote) <= QUOTED:
        return quote.rstrip(".!")
    clause = _CLAUSE.search(quote, 20)
    cut = quote[: clause.start()] if clause and clause.start() <= QUOTED else quote[:QUOTED].rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:")
