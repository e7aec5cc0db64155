"""A line in, its atoms out: times, dates, days, and words with what they mean for hours. Called by phrases.py.

Linear: every token is looked at a bounded number of times. What is a price, phone or mail address is masked before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ingestion.facts.words import TOKENS, Lexicon, Word, folded


class Sign(StrEnum):
    TIME = "time"  # value: Time
    DATE = "date"  # value: Date
    NUMBER = "number"  # value: int
    YEAR = "year"
    DASH = "dash"
    COMMA = "comma"  # and other signs that list
    NEUTRAL = "neutral"  # brackets, colons, bars
    STOP = "stop"
    STAR = "star"  # a footnote may say anything
    MASKED = "masked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Time:
    """As written: `half` is "am", "pm" or None; `plain`: a bare number, an hour only in a range."""

    hour: int
    minute: int
    half: str | None = None
    plain: bool = False
    dotted: bool = False  # 01.05 may be a date


@dataclass(frozen=True, slots=True)
class Date:
    month: int
    day: int
    year: int | None = None

    def told(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}" if self.year else f"--{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Atom:
    """`start` and `end` in the text that was given."""

    kind: Word | Sign
    value: Any
    start: int
    end: int


_DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LISTING = {",": Sign.COMMA, "/": Sign.COMMA, "&": Sign.COMMA, "+": Sign.COMMA, "-": Sign.DASH, "*": Sign.STAR}
_STOPS = frozenset(";•·!?\n●▪■‖")
_SUFFIXES = frozenset({"st", "nd", "rd", "th", "er", "º", "ª", "e"})
_OF = frozenset({"de", "d'", "of", "den", "del", "di"})
_SHORTENED = 4  # letters of a word before a stop that ends no sentence


def read_atoms(
    text: str, start: int, end: int, lexicon: Lexicon, masks: Sequence[tuple[int, int]], *, month_first: bool
) -> list[Atom]:
    """`masks`: spans in order that are spoken for. `month_first`: 12/24 is Christmas Eve."""
    return _Reader(text, start, end, lexicon, masks, month_first).read()


class _Reader:
    def __init__(
        self, text: str, start: int, end: int, lexicon: Lexicon, masks: Sequence[tuple[int, int]], month_first: bool
    ):
        self._text = text
        self._lexicon = lexicon
        self._month_first = month_first
        self._tokens: list[tuple[str, int, int]] = []
        self._atoms: list[Atom] = []
        mask = 0
        for match in TOKENS.finditer(text, start, end):
            while mask < len(masks) and masks[mask][1] <= match.start():
                mask += 1
            if mask < len(masks) and masks[mask][0] <= match.start():
                if self._tokens and self._tokens[-1][0] == "":
                    continue
                self._tokens.append(("", *masks[mask]))
            else:
                self._tokens.append((folded(match[0]), match.start(), match.end()))

    def read(self) -> list[Atom]:
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at][0]
            if not token:
                at = self._put(Sign.MASKED, None, at, 1)
            elif token[0].isdecimal():
                at = self._phrase(at) or self._number(at)
            elif token[0].isalpha():
                at = self._phrase(at) or self._put(Sign.UNKNOWN, None, at, 1)
            else:
                at = self._phrase(at) or self._sign(at, token)
        return self._atoms

    def _put(self, kind: Word | Sign, value: Any, at: int, count: int) -> int:
        self._atoms.append(Atom(kind, value, self._tokens[at][1], self._tokens[at + count - 1][2]))
        return at + count

    def _token(self, at: int) -> str:
        return self._tokens[at][0] if at < len(self._tokens) else ""

    def _touch(self, at: int, count: int) -> bool:
        """Whether so many tokens from here stand without a space between."""
        if at + count > len(self._tokens):
            return False
        return all(self._tokens[i][2] == self._tokens[i + 1][1] for i in range(at, at + count - 1))

    # ---- words

    def _phrase(self, at: int) -> int:
        """After the longest known phrase that begins here, 0 when there is none."""
        for phrase in self._lexicon.get(self._token(at), ()):
            if all(self._token(at + 1 + i) == word for i, word in enumerate(phrase.further)):
                return self._known(phrase.kind, phrase.value, at, 1 + len(phrase.further))
        return 0

    def _known(self, kind: Word, value: Any, at: int, count: int) -> int:
        if kind is Word.MONTH:
            return self._month(value, at)
        if kind is Word.NOON:
            return self._put(Sign.TIME, Time(12, 0, "pm"), at, count)
        if kind is Word.MIDNIGHT:
            return self._put(Sign.TIME, Time(24, 0), at, count)
        if kind in (Word.AM, Word.PM):
            return self._put(Sign.UNKNOWN, None, at, count)  # stands after no time
        return self._put(kind, value, at, count)

    def _month(self, month: int, at: int) -> int:
        """December 24th, 2030. A dot may follow the short name."""
        after = at + 1 + (self._token(at + 1) == "." and len(self._token(at)) <= _SHORTENED)
        day = self._token(after)
        if day.isdecimal() and len(day) <= 2 and self._real(month, int(day)) and not self._is_hour(after):
            used = after + 1 + (self._token(after + 1) in _SUFFIXES and self._touch(after, 2))
            comma = used + (self._token(used) == ",")
            if (year := self._year(comma)) is not None:
                return self._put(Sign.DATE, Date(month, int(day), year), at, comma + 1 - at)
            return self._put(Sign.DATE, Date(month, int(day)), at, used - at)
        return self._put(Word.MONTH, month, at, after - at)

    def _is_hour(self, at: int) -> bool:
        """`May 9-17` and `Mar 10:00` are not days of the month."""
        return self._token(at + 1) in (":", "-", "h", "am", "pm", ".")

    def _sign(self, at: int, token: str) -> int:
        if token == ".":  # noqa: S105
            before = self._atoms[-1] if self._atoms else None
            if before is not None and before.kind is Sign.TIME and before.value.plain and self._lists(at + 1):
                return at + 1  # 24.-26. December
            if before is not None and before.kind is Sign.TIME and before.value.plain and not self._ends_range():
                self._atoms[-1] = replace(before, kind=Sign.NUMBER, value=before.value.hour)
                return at + 1  # the 1. Saturday
            if before is not None and before.kind is Sign.NUMBER and before.value is not None:
                return at + 1  # 25. and 26. December
            short = before is not None and before.end - before.start <= _SHORTENED
            if short and before and isinstance(before.kind, Word) and before.kind is not Word.CLOSED:
                return at + 1 if before.kind is not Word.CLOCK or self._token(at + 1).isdecimal() else self._stop(at)
            if short and before and before.kind is Sign.UNKNOWN and before.end - before.start < _SHORTENED:
                return at + 1
            return self._stop(at)
        if token in _STOPS:
            return self._stop(at)
        return self._put(_LISTING.get(token, Sign.NEUTRAL), None, at, 1)

    def _lists(self, at: int) -> bool:
        return self._token(at) == "-" or any(
            phrase.kind is Word.AND and not phrase.further for phrase in self._lexicon.get(self._token(at), ())
        )

    def _ends_range(self) -> bool:
        return len(self._atoms) > 1 and self._atoms[-2].kind in (Sign.DASH, Word.TO)

    def _stop(self, at: int) -> int:
        return self._put(Sign.STOP, None, at, 1)

    # ---- numbers

    def _number(self, at: int) -> int:
        token = self._token(at)
        if len(token) == 4:
            return self._four(at, int(token))
        if len(token) > 2:
            return self._put(Sign.NUMBER, None, at, 1)
        return self._date(at, int(token)) or self._time(at, int(token)) or self._put(Sign.NUMBER, int(token), at, 1)

    def _four(self, at: int, value: int) -> int:
        """0900 is a time, 2030 a year, 2030-12-24 a date."""
        if self._touch(at, 5) and self._token(at + 1) == "-" == self._token(at + 3):
            month, day = self._token(at + 2), self._token(at + 4)
            if len(month) == 2 == len(day) and self._both(month, day) and self._real(int(month), int(day)):
                return self._put(Sign.DATE, Date(int(month), int(day), value), at, 5)
        if 1900 < value < 2100 and not 1900 < value < 1960:
            return self._put(Sign.YEAR, value, at, 1)
        hour, minute = divmod(value, 100)
        if hour <= 24 and minute in (0, 15, 30, 45):
            return self._put(Sign.TIME, Time(hour, minute), at, 1)
        return self._put(Sign.NUMBER, None, at, 1)

    def _date(self, at: int, first: int) -> int:
        """After a date that begins with this number, 0 when none does."""
        sign, second = self._token(at + 1), self._token(at + 2)
        if sign in (".", "/") and self._touch(at, 3) and second.isdecimal() and len(second) <= 2:
            third = self._token(at + 3) == sign and self._touch(at, 4)
            year = self._year(at + 4) if third and self._touch(at, 5) else None
            day, month = (int(second), first) if sign == "/" and self._month_first else (first, int(second))
            if not self._real(month, day):
                return 0
            if year is not None:
                return self._put(Sign.DATE, Date(month, day, year), at, 5)
            if sign == "." and third:  # 24.12.
                spaced = self._year(at + 4, full=True)
                used = 5 if spaced is not None else 4
                return self._put(Sign.DATE, Date(month, day, spaced), at, used)
            doubtful = (
                (first <= 24 and int(second) % 5 == 0 or len(second) < 2) if sign == "." else max(first, day) < 13
            )
            return 0 if doubtful or third else self._put(Sign.DATE, Date(month, day), at, 3)
        after = at + 1
        if self._token(after) == "." or (self._token(after) in _SUFFIXES and self._touch(at, 2)):
            after += 1
        if self._token(after) in _OF:
            after += 1
        month = self._named_month(after)
        if month is None or not self._real(month, first):
            return 0
        after += 1 + (self._token(after + 1) == "." and len(self._token(after)) <= _SHORTENED)
        spaced = after + (self._token(after) in (",", "de", "del"))
        if (year := self._year(spaced, full=True)) is not None:
            return self._put(Sign.DATE, Date(month, first, year), at, spaced + 1 - at)
        return self._put(Sign.DATE, Date(month, first), at, after - at)

    def _time(self, at: int, hour: int) -> int:
        """After a time of day or a bare number that may be one."""
        if hour > 24:
            return 0
        used, minute, plain, dotted = 1, 0, True, False
        sign, second = self._token(at + 1), self._token(at + 2)
        two = second.isdecimal() and len(second) == 2 and int(second) < 60
        if sign in (":", ".") and two and self._touch(at, 3):
            # 8.00 and 8.00. are times, 8.10.2030 was a date.
            used, minute, plain, dotted = 3, int(second), False, sign == "."
        elif sign in ("h", "u") and two and (self._touch(at, 3) or self._token(at + 3) != sign):
            used, minute, plain = 3, int(second), False
        if hour == 24 and minute:
            return 0
        half = None
        for phrase in self._lexicon.get(self._token(at + used), ()):
            if phrase.kind not in (Word.AM, Word.PM, Word.CLOCK):
                continue
            if all(self._token(at + used + 1 + i) == word for i, word in enumerate(phrase.further)):
                if phrase.kind is not Word.CLOCK:
                    half = phrase.kind.value
                used, plain = used + 1 + len(phrase.further), False
                break
        if half and not 1 <= hour <= 12:
            return 0
        if plain and self._atoms and self._atoms[-1].kind is Word.CLOCK:
            plain = False
        if not plain and self._token(at + used) == "." and self._token(at + used + 1) == "":
            used += 1
        return self._put(Sign.TIME, Time(hour, minute, half, plain, dotted), at, used)

    def _named_month(self, at: int) -> int | None:
        for phrase in self._lexicon.get(self._token(at), ()):
            if phrase.kind is Word.MONTH:
                return int(phrase.value)
        return None

    def _year(self, at: int, *, full: bool = False) -> int | None:
        token = self._token(at)
        if not token.isdecimal() or len(token) not in ((4,) if full else (2, 4)):
            return None
        year = int(token) if len(token) == 4 else 2000 + int(token)
        return year if 1990 <= year <= 2100 else None

    def _both(self, one: str, other: str) -> bool:
        return one.isdecimal() and other.isdecimal()

    def _real(self, month: int, day: int) -> bool:
        return 1 <= month <= 12 and 1 <= day <= _DAYS_OF[month - 1]
