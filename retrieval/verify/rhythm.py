"""Which of the days a text speaks of: every Tuesday, every second one, the first of the month. A text in, days with
their order out; called by bind.py, for "every second Tuesday" does not support "every Tuesday".
"""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.verify.folded import fold
from retrieval.words.calendar import WEEKDAYS

# As they are said of days; "second" is also "every other".
_ORDERS = {
    1: "first 1st ersten erster erstes første premier primer primera primo prima eerste första",
    2: "second other 2nd zweiten zweiter anden andre deuxième segundo secondo tweede andra alternate",
    3: "third 3rd dritten dritter tredje troisième tercer terzo derde",
    4: "fourth 4th vierten vierter fjerde quatrième cuarto quarto vierde",
    -1: "last letzten letzter sidste dernier último ultimo laatste sista siste",
}
_ORDER = {fold(word): order for order, words in _ORDERS.items() for word in words.split()}
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def ordered_days(text: str) -> frozenset[tuple[int, int]]:
    """0 for a day without an order; 0 is Monday."""
    found: set[tuple[int, int]] = set()
    words = [fold(match.group()) for match in _WORD.finditer(text)]
    for at, word in enumerate(words):
        if (day := WEEKDAYS.get(word)) is None or len(word) <= 3:
            continue
        near = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
        found.add((day, next((_ORDER[one] for one in near if one in _ORDER), 0)))
    return frozenset(found)


def other_order(said: str, held: str) -> bool:
    """The same day, told of another week."""
    mine, theirs = ordered_days(said), ordered_days(held)
    return any((day, order) not in theirs and any(day == other for other, _ in theirs) for day, order in mine)
