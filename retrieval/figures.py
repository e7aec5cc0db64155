"""Figures of a text in a form that can be compared: 1.000,50 and 1,000.50, 10-16 and 10 am to 4 pm, +45 and 0045.

A text in, a set of facts out; verify.py asks whether an answer's facts stand in a passage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from retrieval.analyse import fold
from retrieval.words.calendar import DAY_GROUPS, MONTHS, NUMBERS, WEEKDAYS

MAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
LINK = re.compile(
    r"(?:(?:https?|ftp)://|www\.)[^\s<>\"')\]]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|info|eu|io|app|shop|dev|biz|de|at|ch|dk"
    r"|fr|es|it|nl|be|pt|se|no|pl|uk|us|ie|fi|cz|hu|ro|gr|tr|ru|ua|cn|jp|example|test)(?![\w@])(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d(?:(?!\s?/\s?(?:00|\+))[\s()/.–-]{0,3}\d){6,14}(?![\w%])")
# Dates, years and pairs of hours are no phone numbers, unless they begin like one.
_NO_PHONE = re.compile(
    r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d"
    r"|(?<!\d)\d{1,2}\s?[-–]\s?\d{1,2}(?!\d)|^\d{1,3}(?:[., ]\d{3})+$"
)
# English "may", "mar" and the like are also other words: a month where a day or a year stands beside them.
_NOT_ONLY_MONTHS = frozenset({"may", "mar", "mai", "mars", "mei"})
_BESIDE_DAY = re.compile(r"\d(?:\.|st|nd|rd|th)?\s*(?:of\s+|de\s+)?$")
_BEFORE_DAY = re.compile(r"\.?\s*\d")
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?!\d)(?:(?P<mark>[:.h])\s?(?P<minute>[0-5]\d)(?!\d))?\s?"
    r"(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<sure>uhr\b|o'clock|h\b(?!\d)|heures?\b))?",
    re.IGNORECASE,
)
# Also glued to letters: "EUR15" is a price.
_NUMBER = re.compile(r"(?<!\d)\d+(?:[.,' \u00a0\u202f]\d{3})*(?:[.,]\d+)?(?:½)?|[½¼¾]")
_NUMERIC_DATE = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2(?:\s?(\d{4}|\d{2}))?(?![\d])")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CURRENCIES = (
    ("eur", r"€|\beuros?\b|\beur\b"),
    ("usd", r"\$|\busd\b|\bdollars?\b"),
    ("gbp", r"£|\bgbp\b|\bpounds?\b"),
    ("chf", r"\bchf\b|\bfranken\b|\bsfr\b"),
    ("crown", r"\bkr\b\.?|\bkroner\b|\bkronor\b|\bdkk\b|\bsek\b|\bnok\b"),
    ("pln", r"\bzł\b|\bpln\b|\bzłot\w+"),
    ("huf", r"\bhuf\b|\bft\b|\bforint\w*"),
    ("czk", r"\bkč\b|\bczk\b"),
)
_MONEY = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _CURRENCIES)
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE_HOUR = re.compile(
    r"(?:\d\s*[-–—]|\b(?:at|from|until|till|by|since|um|ab|von|bis|gegen|kl|klokken|fra|til|à|de|dès|a las|desde|hasta"
    r"|alle|dalle|om|van|vanaf|tot|från|às|das|od|do|\d\s+to)\b\.?)\s*$",
    re.IGNORECASE,
)
_AFTER_HOUR = re.compile(r"\s*(?:[-–—]|to|bis|til|till|tot|à|a|al|do)\s*\d+(?!\d)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|—|to|bis|til|à|au|a|al|do|till|tot(?: en met)?|through|thru)\s*\.?\s*", re.IGNORECASE)


# What may follow an hour; any other word is taken for what is counted.
_BESIDE_HOURS = frozenset(
    fold(word)
    for word in "and every each daily from until except only the during but with while und von bis außer nur täglich"
    " dagligt alle chaque tous sauf todos cada tutti ogni elke our für for".split()
)


class ClaimKind(StrEnum):
    MAIL = "mail"
    LINK = "link"
    PHONE = "phone"
    TIME = "time"
    NUMBER = "number"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure of an answer: where it stands, and the readings of which one must be a fact."""

    kind: ClaimKind
    start: int
    end: int
    texts: frozenset[str] = frozenset()
    minutes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text holds, read generously. Numbers without trailing noughts, times in minutes after midnight."""

    mails: frozenset[str]
    links: frozenset[str]
    phones: frozenset[str]
    numbers: frozenset[str]
    times: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    currencies: frozenset[str]

    def hold(self, claim: Claim) -> bool:
        match claim.kind:
            case ClaimKind.MAIL:
                return bool(claim.texts & self.mails)
            case ClaimKind.LINK:
                return any(
                    link == known or known.startswith(link + "/") for link in claim.texts for known in self.links
                )
            case ClaimKind.PHONE:
                # Less of what is written may be said, never more: a code in front of it would be made up.
                return any(
                    len(phone) <= len(known) and same_phone(phone, known)
                    for phone in claim.texts
                    for known in self.phones
                )
            case ClaimKind.TIME:
                return bool(claim.minutes & self.times)
            case ClaimKind.NUMBER:
                return bool(claim.texts & self.numbers) or bool(claim.minutes & self.times)
            case ClaimKind.MONTH:
                return bool(claim.minutes & self.months)


@lru_cache(maxsize=4096)
def facts_of(text: str) -> Facts:
    """Of a passage or a part of it."""
    text = plain(text)
    rest = LINK.sub(" ", MAIL.sub(" ", text))
    phones = [match.group() for match in PHONE.finditer(rest)]
    for phone in phones:
        if phone[0] in "+0" or not _NO_PHONE.search(phone):
            rest = rest.replace(phone, " ")
    numbers = {reading for match in _NUMBER.finditer(rest) for reading in _readings(match.group())}
    months: set[int] = set()
    for match in _NUMERIC_DATE.finditer(rest):
        day, _, month, year = match.groups()
        numbers |= {_trim(day), _trim(month), *([year, "20" + year[-2:]] if year else [])}
        months |= _months_of(match)
    for match in _ISO_DATE.finditer(rest):
        numbers |= {match[1], _trim(match[2]), _trim(match[3])}
        months.add(int(match[2]))
    words = [fold(match.group()) for match in _WORD.finditer(rest)]
    numbers |= {str(NUMBERS[word]) for word in words if word in NUMBERS}
    return Facts(
        mails=frozenset(_mail(match.group()) for match in MAIL.finditer(text)),
        links=frozenset(_link(match.group()) for match in LINK.finditer(MAIL.sub(" ", text))),
        phones=frozenset(_phone(phone) for phone in phones),
        numbers=frozenset(numbers),
        times=frozenset(minute for match in _CLOCK.finditer(rest) for minute in _minutes(match)),
        months=frozenset(months | {MONTHS[word] for word in words if word in MONTHS}),
        weekdays=frozenset(weekdays(rest)),
        currencies=currencies(rest),
    )


def claims_of(text: str) -> list[Claim]:
    """The figures of a sentence, in order. `text` must be as `plain` gives it, so that places fit."""
    claims: list[Claim] = []
    rest = text

    def take(kind: ClaimKind, match: re.Match[str], texts: Iterable[str] = (), minutes: Iterable[int] = ()) -> None:
        nonlocal rest
        claims.append(Claim(kind, match.start(), match.end(), frozenset(texts), frozenset(minutes)))
        rest = rest[: match.start()] + " " * (match.end() - match.start()) + rest[match.end() :]

    for match in MAIL.finditer(text):
        take(ClaimKind.MAIL, match, [_mail(match.group())])
    for match in LINK.finditer(rest):
        take(ClaimKind.LINK, match, [_link(match.group())])
    for match in _ISO_DATE.finditer(rest):
        take(ClaimKind.NUMBER, match, [match[1]])
        claims += [Claim(ClaimKind.NUMBER, match.start(), match.end(), frozenset({_trim(match[3])}))]
        claims += [Claim(ClaimKind.MONTH, match.start(), match.end(), minutes=frozenset({int(match[2])}))]
    for match in _NUMERIC_DATE.finditer(rest):
        day, _, month, year = match.groups()
        take(ClaimKind.NUMBER, match, [_trim(day)])
        month_kind = ClaimKind.MONTH if _months_of(match) else ClaimKind.NUMBER
        claims += [Claim(month_kind, match.start(), match.end(), frozenset({_trim(month)}), _months_of(match))]
        if year:
            claims += [Claim(ClaimKind.NUMBER, match.start(), match.end(), frozenset({year, "20" + year[-2:]}))]
    for match in PHONE.finditer(rest):
        if not _NO_PHONE.search(match.group()) or match.group()[0] in "+0":
            take(ClaimKind.PHONE, match, [_phone(match.group())])
    for match in _CLOCK.finditer(rest):
        if match["half"] or match["sure"] or match["mark"] in (":", "h", "H"):
            take(ClaimKind.TIME, match, minutes=_minutes(match))
    for match in _NUMBER.finditer(rest):
        clock = _CLOCK.fullmatch(match.group())
        money = currencies(text[max(0, match.start() - 4) : match.end() + 5])  # 4 € is not four o'clock
        hour = clock is not None and not money and _is_hour(text, match)
        take(ClaimKind.NUMBER, match, _readings(match.group()), _minutes(clock) if clock and hour else ())
    for match in _WORD.finditer(rest):
        word = fold(match.group())
        if word in NUMBERS:
            take(ClaimKind.NUMBER, match, [str(NUMBERS[word])])
        elif word in MONTHS and (
            word not in _NOT_ONLY_MONTHS
            or _BESIDE_DAY.search(text, 0, match.start())
            or _BEFORE_DAY.match(text, match.end())
        ):
            take(ClaimKind.MONTH, match, minutes=[MONTHS[word]])
    return sorted(claims, key=lambda claim: claim.start)


def currencies(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _MONEY if pattern.search(text))


def weekdays(text: str) -> set[int]:
    """0 is Monday. A range names all days in it."""
    found: set[int] = set()
    last: tuple[int, int] | None = None
    for match in _WORD.finditer(text):
        word = fold(match.group())
        found |= DAY_GROUPS.get(word, frozenset())
        day = WEEKDAYS.get(word)
        # "so", "do", "mi", "di", "sat", "sun" are also words: short ones count when written like a day's name.
        if day is None or (len(word) <= 3 and not match.group()[0].isupper()):
            continue
        if last is not None and _RANGE.fullmatch(text[last[1] : match.start()]):
            step = last[0]
            while step != day:
                step = (step + 1) % 7
                found.add(step)
        found.add(day)
        last = (day, match.end())
    return found


def same_phone(one: str, other: str) -> bool:
    """With or without the country's code: the shorter must end the longer, and be a number of its own."""
    short, long = sorted((one, other), key=len)
    return long.endswith(short) and len(short) >= 6 and len(long) - len(short) <= 4


def plain(text: str) -> str:
    """One form for what looks alike; the places of claims are places in it."""
    return unicodedata.normalize("NFKC", text.replace("½", ".5").replace("\u00ad", ""))


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


def _months_of(date: re.Match[str]) -> frozenset[int]:
    """5.6. is June; 5/6 may be May in America."""
    parts = (date[1], date[3]) if date[2] == "/" else (date[3],)
    return frozenset(int(part) for part in parts if 1 <= int(part) <= 12)


def _minutes(match: re.Match[str]) -> set[int]:
    """All that a time may mean: in "10-4" the 4 is 4 or 16 o'clock; with am, pm or Uhr it is one."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        return {(hour % 12 + (12 if match["half"].lower() == "p" else 0)) * 60 + minute}
    found = {hour % 24 * 60 + minute}
    if 1 <= hour <= 12 and not match["sure"]:
        found.add((hour % 12 + 12) * 60 + minute)
    return found


def _is_hour(text: str, number: re.Match[str]) -> bool:
    """Whether a bare number may be an hour: only then 4 is also 16. "2 days" must not rest on "14 days"."""
    ahead = _AFTER_HOUR.match(text, number.end())
    if ahead is None and not _BEFORE_HOUR.search(text, 0, number.start()):
        return False
    following = re.match(r"\s*([^\W\d_]{3,})", text[ahead.end() if ahead else number.end() :])
    return following is None or bool(weekdays(following[1])) or fold(following[1]) in _BESIDE_HOURS


def _readings(text: str) -> set[str]:
    """A number as a decimal, and as thousands where it can be read so: 1.000 is 1 or 1000."""
    plain = re.sub(r"[' \u00a0\u202f]", "", text)
    readings: set[str] = set()
    parts = re.split(r"[.,]", plain)
    if len(parts) == 1:
        readings.add(_trim(plain))
    else:
        readings.add(_trim(f"{''.join(parts[:-1])}.{parts[-1]}"))
        if len(parts[-1]) == 3 and 1 <= len(parts[0]) <= 3:
            readings.add(_trim("".join(parts)))
    if " " in text:
        readings |= {_trim(part) for part in re.split(r"[ \u00a0\u202f]", text) if part.isdigit()}
    return readings


def _trim(number: str) -> str:
    number = number.lstrip("0") or "0"
    if "." in number:
        number = number.rstrip("0").rstrip(".") or "0"
    return "0" + number if number.startswith(".") else number
