"""Whether a required fact stands in an answer. A fact and a text in, yes or no out; also for `milo eval`.

Letters and digits are compared, whatever stands between them. A figure must be the whole figure ("10" is not in "2010"
nor in "10,50") and may be written otherwise: 1.000,50 and 1,000.50, 10-16 and 10 am to 4 pm, Saturday within Mon-Sat.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from retrieval.analyse import fold
from retrieval.verify.agree import Near, holds
from retrieval.verify.days import weekdays
from retrieval.verify.figures import currencies_in, figures_of, plain, units_in
from retrieval.words.calendar import WEEKDAYS

# Words of a fact may be in any of them; what they say of numbers and hours does not contradict each other.
LANGUAGES = ("en", "de", "da", "fr", "es", "it", "nl")
_UNSEEN = re.compile("[\u00ad\u200b\ufeff]")
_LINES = re.compile(r"[\n|•]|(?<=[.!?;])\s")


def missing_of(facts: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Those that stand in none of the texts, as they were given."""
    folded = [(_folded(text), currencies_in(plain(text))) for text in texts]

    def stands(fact: str) -> bool:
        money = currencies_in(plain(fact))  # "15 €" is not in "15 kr"
        return any(money <= its and _spelled(fact).search(text) for text, its in folded) or any(
            _figured(fact, text) for text in texts
        )

    return [fact for fact in facts if not stands(fact)]


def letters(text: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", _UNSEEN.sub("", text).casefold())


@lru_cache(maxsize=1024)
def _spelled(fact: str) -> re.Pattern[str]:
    """The fact's letters and digits with anything else between them, and no more of a figure at either end."""
    signs = letters(unicodedata.normalize("NFKC", fact))
    before = r"(?<!\d)(?<!\d[.,:])" if signs[:1].isdigit() else ""
    after = r"(?![.,:]?\d)" if signs[-1:].isdigit() else ""
    return re.compile(before + r"[\W_]*".join(map(re.escape, signs)) + after)


def _folded(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _figured(fact: str, text: str) -> bool:
    """Whether one line of the text holds every figure of the fact in some way of writing, and its other words too."""
    fact = plain(fact)
    figures = figures_of(fact, LANGUAGES)
    if not figures:
        return False
    rest = list(fact)
    for figure in figures:
        rest[figure.start : figure.end] = " " * (figure.end - figure.start)
    named = re.findall(r"[^\W\d_]+", "".join(rest).casefold())
    words = [word for word in named if word not in _BETWEEN and fold(word) not in WEEKDAYS]
    days = weekdays(fact)
    for line in _LINES.split(plain(text)):
        near = Near(currencies=currencies_in(line), units=units_in(line))
        held = figures_of(line, LANGUAGES)
        same = days <= weekdays(line) and all(any(holds(one, figure, near) for one in held) for figure in figures)
        if same and all(word in letters(line) for word in words):
            return True
    return False


# Words that only stand between or beside figures: they say how a span or an hour is written, and nothing else.
_BETWEEN = frozenset(
    "to till until from am pm uhr kl h bis von ab um til fra à au de des dès a al y alle dalle o clock and und og et"
    " eur euro euros kr usd gbp chf".split()
)
