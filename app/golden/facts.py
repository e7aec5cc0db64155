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
from retrieval.figures import claims_of, currencies, facts_of, plain, weekdays
from retrieval.words.calendar import WEEKDAYS

_UNSEEN = re.compile("[\u00ad\u200b\ufeff]")
_LINES = re.compile(r"[\n|•]|(?<=[.!?;])\s")


def missing_of(facts: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Those that stand in none of the texts, as they were given."""
    folded = [(_folded(text), currencies(text)) for text in texts]

    def stands(fact: str) -> bool:
        money = currencies(fact)  # "15 €" is not in "15 kr"
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
    claims = claims_of(fact)
    if not claims:
        return False
    rest = list(fact)
    for claim in claims:
        rest[claim.start : claim.end] = " " * (claim.end - claim.start)
    named = re.findall(r"[^\W\d_]+", "".join(rest).casefold())
    words = [word for word in named if word not in _BETWEEN and fold(word) not in WEEKDAYS]
    days, money = weekdays(fact), currencies(fact)
    for line in _LINES.split(text):
        held, bare = facts_of(line), letters(line)
        same = days <= held.weekdays and money <= held.currencies
        if same and all(held.hold(claim) for claim in claims) and all(word in bare for word in words):
            return True
    return False


# Words that only stand between or beside figures: they say how a span or an hour is written, and nothing else.
_BETWEEN = frozenset(
    "to till until from am pm uhr kl h bis von ab um til fra à au de des dès a al y alle dalle o clock and und og et"
    " eur euro euros kr usd gbp chf".split()
)
