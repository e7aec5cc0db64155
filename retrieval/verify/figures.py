"""Figures of a text in a form that can be compared. A text and its languages in; typed figures with their places out.

1.000,50 and 1,000.50, 10-16 and 10 am to 4 pm, half past ten, +45 and 0045, two weeks and 14 days. Called by lines.py
for passages and by bind.py for what a model wrote; `holds` in agree.py compares them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from retrieval.verify.clock import CLOCK, is_hour, minutes_of, spoken
from retrieval.verify.dates import dates_of
from retrieval.verify.figure import Figure, Kind, Measured
from retrieval.verify.folded import fold
from retrieval.verify.joined import joined
from retrieval.words.measures import CURRENCIES, UNITS
from retrieval.words.numbers import is_half, is_one, number_of

MAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
LINK = re.compile(
    r"(?:(?:https?|ftp)://|www\.)[^\s<>\"')\]]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|info|eu|io|app|shop"
    r"|dev|biz|de|at|ch|dk"
    r"|fr|es|it|nl|be|pt|se|no|pl|uk|us|ie|fi|cz|hu|ro|gr|tr|ru|ua|cn|jp|me|co|ly|site|online|store|xyz|example"
    r"|test)(?![\w@])"
    r"(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d(?:(?!\s?/\s?(?:00|\+))[\s()/.–-]{0,3}\d){6,19}(?![\w%])")
# Dates, years and pairs of hours are no phone numbers, unless they begin like one.
_NO_PHONE = re.compile(
    r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d"
    r"|(?<!\d)\d{1,2}\s?[-–]\s?\d{1,2}(?!\d)|^\d{1,3}(?:[., ]\d{3})+$|\d[.]\d\d\s?[-–]\s?\d{1,2}[.]\d\d"
)
# Also glued to letters: "EUR15" is a price.
_NUMBER = re.compile(r"(?<!\d)\d+(?:[.,' \u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d+)?")
_CODE = re.compile(r"(?<![\w.,/-])(?:[A-Za-z]{1,6}\d[\dA-Za-z]*|\d+[A-Za-z][\dA-Za-z]*)(?:-[\dA-Za-z]+)*(?![\w])")
_NO_CODE = re.compile(r"(?:\d+(?:st|nd|rd|th|er|re|e|ème|[ap]m|h\d*|x|s|tl|px|ers)|[a-z]+\d+)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_AFTER = re.compile(r"(?:,-|,–|\.-|,—)?\s?-?\s?(?:an? )?(?P<word>[€$£¥₺₹%°]C?|[^\W\d_]+\d?(?!\w|-end\b))")
_BEFORE = re.compile(r"(?P<word>[€$£¥₺₹]|[^\W\d_]+)\.?\s?$")
_DASHED = re.compile(r",[-–—](?!\d)")
_COUNTED = re.compile(r"[\s-]([^\W\d_]{3,})")
_RATE = re.compile(
    r"(?:\.(?=\s?(?:pr|per|pro|om|/)))?\s*(?:/\s?|(?:per|an?|each|every|pro|je|jede[rns]?|im|am|pr|om|i|par|la"
    r"|le|l'|al|all'|a|il|por|per|à la"
    r"|na|za)\b\.?\s?)"
    r"(?P<word>[^\W\d_]+)(?!-end\b|\w)",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?:/\s?|\b(?:per|pro|je|pr\.?|par|por|an?|each|every|al|im|am|om|jede[rns]?)\s+)"
    r"(?:[^\W\d_]+\s+(?:e|and|und|et|y|og|en)\s+)?(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)


_AND_A_HALF = re.compile(
    r"\b(?:an hour and a half|(?:one|1) and a half hours|anderthalb stunden|eineinhalb stunden|halvanden time"
    r"|une heure et demie"
    r"|hora y media|un['’]ora e mezza|anderhalf uur)\b",
    re.IGNORECASE,
)


_FRACTION = re.compile(r"(?<![\w/.,:])[1-3]/[2-4](?![\w/.,:]\S|[/\w])(?!\s?(?:-|–)?\s?\d)")
_PARTS = {"1/2": "½", "1/4": "¼", "3/4": "¾"}


@lru_cache(maxsize=8192)
def figures_of(text: str, languages: tuple[str, ...]) -> tuple[Figure, ...]:
    """In order. `text` must be as `plain` gives it, so that places fit."""
    reader = _Reader(text, languages)
    reader.contacts()
    reader.days()
    reader.phones()
    reader.times()
    reader.codes()
    reader.numbers()
    return joined(text, sorted(reader.found, key=lambda figure: figure.start))


@lru_cache(maxsize=8192)
def units_in(text: str) -> frozenset[Measured]:
    """Every unit a text names, also without a figure: the head of a column."""
    return frozenset(UNITS[word] for word in words_in(text) if word in UNITS)


@lru_cache(maxsize=8192)
def currencies_in(text: str) -> frozenset[str]:
    signs = frozenset(CURRENCIES[sign] for sign in text if sign in "€$£¥₺₹")
    dashed = frozenset({"kr"}) if _DASHED.search(text) else frozenset[str]()
    return signs | dashed | frozenset(CURRENCIES[word] for word in words_in(text) if word in CURRENCIES)


@lru_cache(maxsize=2048)
def rates_in(text: str) -> frozenset[Measured]:
    """What a text tells its prices for: "per night", "pro Stunde", "per person and night"."""
    return frozenset(UNITS[word] for match in _PER.finditer(text) if (word := fold(match["word"])) in UNITS)


def words_in(text: str) -> list[str]:
    return [fold(match.group()) for match in _WORD.finditer(text)]


def same_phone(one: str, other: str) -> bool:
    """With or without the country's code: the shorter must end the longer, and be a number of its own."""
    short, long = sorted((one, other), key=len)
    return long.endswith(short) and len(short) >= 6 and len(long) - len(short) <= 4


def plain(text: str) -> str:
    """One form for what looks alike; the places of figures are places in it."""
    text = _FRACTION.sub(lambda match: _PARTS.get(match.group(), match.group()), text.replace("\u00ad", ""))
    halves = re.sub(r"(?<=\d)\s?½", ".5", text).replace("½", "0.5").replace("¼", "0.25")
    return unicodedata.normalize("NFKC", halves.replace("¾", "0.75"))


class _Reader:
    """Takes figures out of a text, the surest kinds first."""

    def __init__(self, text: str, languages: tuple[str, ...]):
        self._text = text
        self._rest = text
        self._languages = languages
        self.found: list[Figure] = []

    def _take(self, figure: Figure) -> None:
        self.found.append(figure)
        gone = " " * (figure.end - figure.start)
        self._rest = self._rest[: figure.start] + gone + self._rest[figure.end :]

    def contacts(self) -> None:
        for match in MAIL.finditer(self._text):
            self._take(Figure(Kind.MAIL, *match.span(), frozenset({_mail(match.group())})))
        for match in LINK.finditer(self._rest):
            self._take(Figure(Kind.LINK, *match.span(), frozenset({_link(match.group())})))

    def days(self) -> None:
        for start, end, dates, year in dates_of(self._rest):
            kind = Kind.DATE if any(day for day, _ in dates) else Kind.MONTH
            self._take(Figure(kind, start, end, dates=dates, year=year))

    def phones(self) -> None:
        for match in PHONE.finditer(self._rest):
            if not _NO_PHONE.search(match.group()) or match.group()[0] in "+0":
                self._take(Figure(Kind.PHONE, *match.span(), frozenset({_phone(match.group())})))

    def times(self) -> None:
        for start, end, minutes in spoken(self._rest, self._languages):
            self._take(Figure(Kind.TIME, start, end, minutes=minutes, loose=minutes))
        for match in CLOCK.finditer(self._rest):
            if match["half"] or match["sure"] or (match["mark"] or "").strip().casefold() in (":", "h"):
                exact, loose = minutes_of(match, self._languages)
                self._take(Figure(Kind.TIME, *match.span(), minutes=exact, loose=loose))

    def codes(self) -> None:
        for match in _CODE.finditer(self._rest):
            code = match.group()
            digits = re.match(r"\d+", code)
            letters = fold(code[digits.end() :] if digits else re.sub(r"\d.*", "", code))
            if (digits and _NO_CODE.match(code)) or letters in UNITS or letters in CURRENCIES:
                continue
            self._take(Figure(Kind.CODE, *match.span(), frozenset({code.casefold()})))

    def numbers(self) -> None:
        for match in _AND_A_HALF.finditer(self._rest):
            self._take(Figure(Kind.MEASURE, *match.span(), frozenset({"1.5"}), unit="time", factor=60))
        for match in _NUMBER.finditer(self._rest):
            clock = CLOCK.fullmatch(match.group())
            self._number(match.start(), match.end(), set(readings(match.group())), clock)
        words = list(_WORD.finditer(self._rest))
        for at, match in enumerate(words):
            word = fold(match.group())
            values = number_of(word, self._languages)
            if values:
                if at and self._rest[words[at - 1].end() : match.start()] in ("-", " ") and len(values) == 1:
                    tens = number_of(fold(words[at - 1].group()), self._languages)
                    value = next(iter(values))
                    if len(tens) == 1 and 20 <= next(iter(tens)) < 100 and value < 10:
                        # "twenty-five": the twenty before it was no number of its own.
                        self.found = [one for one in self.found if one.start != words[at - 1].start()]
                        self._spelled(words[at - 1].start(), match.end(), {next(iter(tens)) + value})
                        continue
                self._spelled(match.start(), match.end(), values)
            elif is_half(word, self._languages) or is_one(word, self._languages):
                self._one(match, 0.5 if is_half(word, self._languages) else 1)

    def _one(self, match: re.Match[str], value: float) -> None:
        """ "One hour", "eine Woche", "halbe Stunde", "one euro": a figure only with its unit or currency."""
        paid = _AFTER.match(self._text, match.end())
        if paid is not None and (code := CURRENCIES.get(fold(paid["word"]))):
            self._take(Figure(Kind.MONEY, match.start(), paid.end(), frozenset({_trim(str(value))}), unit=code))
            return
        unit, end = self._unit_after(match.end())
        if unit is None or unit[0] in ("person", "percent", "evening") or (value < 1 and unit != UNITS["hour"]):
            return
        self._take(
            Figure(Kind.MEASURE, match.start(), end, frozenset({_trim(str(value))}), unit=unit[0], factor=unit[1])
        )

    def _spelled(self, start: int, end: int, values: frozenset[int] | set[int]) -> None:
        texts = frozenset(str(value) for value in values)
        clock = CLOCK.fullmatch(next(iter(texts)))
        self._number(start, end, set(texts), clock)

    def _number(self, start: int, end: int, texts: set[str], clock: re.Match[str] | None) -> None:
        text = self._rest
        after, stop = self._currency(start, end)
        if after is not None:
            rate, stop = self._rate(stop)
            self._take(Figure(Kind.MONEY, start, stop, frozenset(texts), unit=after, rate=rate))
            return
        unit, stop = self._unit_after(end)
        if unit is not None:
            rate, stop = self._rate(stop) if unit[0] != "person" else (None, stop)
            self._take(Figure(Kind.MEASURE, start, stop, frozenset(texts), unit=unit[0], factor=unit[1], rate=rate))
            return
        exact = loose = frozenset[int]()
        if clock is not None:
            told, may = minutes_of(clock, self._languages)
            exact = told
            if is_hour(self._text, start, end):
                loose = may
        counted = _COUNTED.match(text, end)
        year = len(texts) == 1 and re.fullmatch(r"1[5-9]\d\d|2[01]\d\d", text[start:end]) is not None
        self._take(
            Figure(
                Kind.YEAR if year else Kind.NUMBER,
                start,
                end,
                frozenset(texts),
                minutes=exact,
                loose=loose,
                counted=fold(counted[1]) if counted else "",
            )
        )

    def _currency(self, start: int, end: int) -> tuple[str | None, int]:
        text = self._text
        if dashed := _DASHED.match(text, end):
            after = _AFTER.match(text, end)
            if after and fold(after["word"]) in CURRENCIES:
                return CURRENCIES[fold(after["word"])], after.end()
            return self._currency_before(start) or "kr", dashed.end()
        after = _AFTER.match(text, end)
        if after and (code := CURRENCIES.get(fold(after["word"]))):
            return code, after.end()
        if code := self._currency_before(start):
            return code, end
        return None, end

    def _currency_before(self, start: int) -> str | None:
        before = _BEFORE.search(self._text, max(0, start - 10), start)
        return CURRENCIES.get(fold(before["word"])) if before else None

    def _unit_after(self, end: int) -> tuple[Measured | None, int]:
        after = _AFTER.match(self._text, end)
        if after is None:
            return None, end
        word = fold(after["word"])
        if word in UNITS:
            return UNITS[word], after.end()
        further = _WORD.search(self._text, after.end())  # "three working days", "5 full hours"
        if further and word in _QUALIFIES and fold(further.group()) in UNITS:
            unit = UNITS[fold(further.group())]
            if word in _WORKING and unit == UNITS["day"]:
                unit = ("workday", 1)
            elif word == "square":
                unit = ("area", 1)
            return unit, further.end()
        return None, end

    def _rate(self, end: int) -> tuple[Measured | None, int]:
        match = _RATE.match(self._text, end)
        if match is None or fold(match["word"]) not in UNITS:
            return None, end
        return UNITS[fold(match["word"])], match.end()


_WORKING = frozenset({"working", "business", "ouvrables", "ouvres"})
_QUALIFIES = _WORKING | {"full", "whole", "more", "volle", "ganze", "hele", "hela", "square", "young", "adult"}


@lru_cache(maxsize=4096)
def readings(text: str) -> frozenset[str]:
    """A number as a decimal, and as thousands where it can be read so: 1.000 is 1 or 1000."""
    joined = re.sub(r"[' \u00a0\u202f]", "", text)
    found: set[str] = set()
    parts = re.split(r"[.,]", joined)
    if len(parts) == 1:
        found.add(_trim(joined))
    else:
        found.add(_trim(f"{''.join(parts[:-1])}.{parts[-1]}"))
        if len(parts[-1]) == 3 and 1 <= len(parts[0]) <= 3:
            found.add(_trim("".join(parts)))
            if len(parts) == 2 and parts[0] != "0":
                found.discard(_trim(f"{parts[0]}.{parts[1]}"))
                if parts[1] != "000":
                    found.add(_trim(f"{parts[0]}.{parts[1]}"))
    return frozenset(found)


def _trim(number: str) -> str:
    number = number.lstrip("0") or "0"
    if "." in number:
        number = number.rstrip("0").rstrip(".") or "0"
    return "0" + number if number.startswith(".") else number


def _mail(text: str) -> str:
    return (
        re.sub(r"\s|\(at\)|\[at\]", lambda match: "@" if "at" in match.group().lower() else "", text)
        .casefold()
        .rstrip(".")
    )


def _link(text: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", text.casefold()).rstrip("/.,;:!?")


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    return re.sub(r"^00", "", digits).lstrip("0")
