"""What an answer should go on to say: its figures, or else its shortest quote. An answer in, proposals out.

For the form that keeps a real answer right; the owner strikes out what does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.golden.model import FACT
from retrieval.figures import ClaimKind, claims_of, plain
from retrieval.model import Sentence

MOST = 5
QUOTED = 80  # characters of a quote that is proposed whole; of a longer one its first clause
# A figure with what is written beside it: "10:00-16:00", "from 7,50 €", "+45 12 34 56 78".
_JOINED = re.compile(r"\s?[-–—/]\s?|\s(?:to|bis|til|à|a|al|tot)\s", re.IGNORECASE)
_IN_DATES = re.compile(r"\.?\s+(?:of\s+|de\s+)?", re.IGNORECASE)
_MONEY = re.compile(r"\s?(?:[€$£%]|(?:EUR|euros?|kr|DKK|CHF|USD|GBP)\b\.?)", re.IGNORECASE)
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
    last: ClaimKind | None = None
    for claim in claims_of(text):
        of_a_date = ClaimKind.MONTH in (claim.kind, last)
        joint = _IN_DATES if of_a_date else _JOINED
        if spans and (claim.start <= spans[-1][1] or joint.fullmatch(text, spans[-1][1], claim.start)):
            spans[-1] = (spans[-1][0], max(spans[-1][1], claim.end))
        else:
            spans.append((claim.start, claim.end))
        last = claim.kind
    found: list[str] = []
    for start, end in spans:
        before = _MONEY_BEFORE.search(text, max(0, start - 6), start)
        after = _MONEY.match(text, end)
        figure = text[before.start() if before else start : after.end() if after and not before else end].strip()
        if len(figure) <= FACT and any(sign.isdigit() or sign == "@" for sign in figure):
            found.append(figure)
    return found


def _shortened(quote: str) -> str:
    if len(quote) <= QUOTED:
        return quote.rstrip(".!")
    clause = _CLAUSE.search(quote, 20)
    cut = quote[: clause.start()] if clause and clause.start() <= QUOTED else quote[:QUOTED].rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:")
