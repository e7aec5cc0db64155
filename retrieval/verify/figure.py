"""A figure of a text, typed. Made by figures.py, joined by joined.py, compared by agree.py."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    MAIL = "mail"
    LINK = "link"
    PHONE = "phone"
    CODE = "code"
    DATE = "date"
    MONTH = "month"
    YEAR = "year"
    TIME = "time"
    MONEY = "price"
    MEASURE = "measure"
    NUMBER = "number"


Measured = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """`texts`: readings of a number, or what a mail, link, phone or code is compared by. `minutes`: after midnight, as
    written; `loose`: as it may be meant ("at 4" is also 16:00). `counted`: the word that follows a bare number."""

    kind: Kind
    start: int
    end: int
    texts: frozenset[str] = frozenset()
    minutes: frozenset[int] = frozenset()
    loose: frozenset[int] = frozenset()
    unit: str | None = None
    factor: int = 1
    rate: Measured | None = None
    dates: frozenset[tuple[int, int]] = frozenset()
    year: str | None = None
    counted: str = ""
    ranged: bool = False  # from the one before to this: "10-16"

    @property
    def amounts(self) -> frozenset[Decimal]:
        return _amounts(self.texts, self.factor)


@lru_cache(maxsize=16384)
def _amounts(texts: frozenset[str], factor: int) -> frozenset[Decimal]:
    return frozenset(Decimal(text) * factor for text in texts)
