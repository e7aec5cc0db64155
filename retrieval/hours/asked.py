"""Whether a question asks for opening times at a certain time, and for which. Text in, AskedHours or None out; pure.

Every word must be known (words.py), a date, a time, a holiday, or one of few that may name a part of the business.
What is not understood wholly is not answered here: a wrong "yes" costs more than a search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from retrieval.analyse import fold
from retrieval.hours.model import AskedDay, AskedHours
from retrieval.hours.public_holidays import JULIAN_EASTER, named_days
from retrieval.hours.words import LANGUAGES, months, sections, vocabulary

MAX_CHARACTERS = 160
MAX_REST = 4  # words that may name a part: "the coffee shop upstairs"
MAX_DAYS = 4
LONGEST_PHRASE = 6
_NARROWER = {"opens", "closes", "closed", "until", "til", "now", "still", "part", "it", "next"}  # than the whole week

_SAYS = {"open", "opens", "closed", "closes", "hours"}

_MONTH = "|".join(sorted(months(), key=len, reverse=True))
_DATE = re.compile(
    r"\b(?P<iso>\d{4}-\d{2}-\d{2})\b"
    r"|\b(?P<d>\d{1,2})(?P<sep>[./])(?P<m>\d{1,2})(?:(?P=sep)(?P<y>\d{4}|\d{2})?)?(?![\d:])"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|e|o|[.ºª])?\s+(?:of\s+|de\s+|den\s+)?(?P<name2>{_MONTH})\b\.?"
    r"(?:,?\s+(?:de\s+)?(?P<y2>\d{4})\b)?"
    rf"|\b(?P<name3>{_MONTH})\.?\s+(?:the\s+)?(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d|\s*(?:am|pm|h\b|uhr))"
    r"(?:,?\s+(?P<y3>\d{4})\b)?"
)
_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2}))?\s*(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
    r"|\b(?P<h2>\d{1,2})(?:[:.]|\s?h\s?)(?P<m2>\d{2})\b\s*(?:uhr|h\b)?"
    r"|\b(?P<h3>\d{1,2})\s?(?:uhr|h|heures?|o.?clock|horas?)\b"
    # An hour alone, behind a word for "at" and not before one that says which half of the day.
    r"|\b(?:at|um|kl\.?|klokken|klockan|klokka|a las|alle|ore|om|as|a)\s+(?P<h4>\d{1,2})\b"
    r"(?![:.]?\d|\s*(?:[ap]\.?m\b|uhr|h\b|o.?clock|horas?|heures?))"
)
_NOON = {"noon": 720, "midday": 720, "mittag": 720, "midi": 720, "mediodia": 720, "mezzogiorno": 720, "meio dia": 720,
         "midnight": 1440, "mitternacht": 1440, "midnat": 1440, "minuit": 1440, "medianoche": 1440, "mezzanotte": 1440,
         "middernacht": 1440, "midnatt": 1440, "meia noite": 1440}  # fmt: skip


@dataclass(slots=True)
class _Read:
    """What was found in the question so far."""

    days: list[AskedDay] = field(default_factory=list[AskedDay])
    minutes: tuple[int, ...] | None = None
    kinds: set[str] = field(default_factory=set[str])
    weekdays: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    rest: list[str] = field(default_factory=list[str])


def read_question(
    question: str, language: str, country: str | None, today: date, earlier: str = ""
) -> AskedHours | None:
    """`language`: as detected, tried first. `earlier`: the question before, for "and on Sunday?"."""
    asked = _best(question, language, country, today, follows=False)
    if not earlier or (asked is not None and not asked.vague):
        return asked
    before = _best(earlier, language, country, today, follows=False)
    if before is None:
        return None
    asked = _best(question, language, country, today, follows=True)
    return None if asked is None else replace(asked, rest=asked.rest or before.rest, shop=asked.shop or before.shop)


def _best(question: str, language: str, country: str | None, today: date, *, follows: bool) -> AskedHours | None:
    if len(question) > MAX_CHARACTERS or (not follows and not _may_ask().search(_folded(question))):
        return None
    found: list[AskedHours] = []
    for code in dict.fromkeys((language if language in LANGUAGES else "en", *LANGUAGES)):
        asked = _in_language(question, code, country, today, follows=follows)
        if asked is not None and not asked.rest:
            return asked
        if asked is not None and code == language:
            found.append(asked)
    return found[0] if found else None


@lru_cache(maxsize=1)
def _may_ask() -> re.Pattern[str]:
    """The beginnings of all phrases that say "open" or "hours" in any language: without one of them no language need
    be tried, and most questions are asked for something else."""
    says = {phrase.split()[0] for code in LANGUAGES for phrase, (what, _) in vocabulary(code).items() if what in _SAYS}
    return re.compile("|".join(re.escape(word) for word in sorted(says, key=len)))


def _folded(question: str) -> str:
    return fold(question.replace("’", "'"))


def _in_language(question: str, language: str, country: str | None, today: date, *, follows: bool) -> AskedHours | None:
    read = _Read()
    text = _cut_dates(_folded(question), read, country, today)
    if text is None:
        return None
    text = _cut_clock(text, read)
    if text is None:
        return None
    words = re.findall(r"[^\W_]+", text)
    _take(words, read, language, country, today)
    days = _days(read, today)
    if days is None or len(days) > MAX_DAYS or len(read.rest) > MAX_REST:
        return None
    kinds = read.kinds
    says_hours = kinds & _SAYS
    if not says_hours and not (follows and days and not read.rest):
        return None
    asking = kinds & {"when", "until", "hours", "opens", "closes"}
    now = not days and ("now" in kinds or (not asking and bool(kinds & {"open", "closed"})))
    if not days and not now and not _means_today(kinds):
        whole = read.minutes is None and bool(kinds & {"hours"} or {"open", "when"} <= kinds) and not kinds & _NARROWER
        return (
            AskedHours(language, now=False, days=(), week=True, rest=tuple(read.rest), shop="shop" in kinds)
            if whole
            else None
        )
    if "still" in kinds and not days and not now:
        now = True
    # "Tonight" and "until eight" ask for a part of the day: its hours are told without a yes.
    plain = says_hours == {"open"} and not kinds & {"when", "until", "til", "part"}
    yes_no = plain and len(days) <= 1
    if now and not yes_no and not kinds & {"closed", "now", "still"}:
        return None
    return AskedHours(
        language,
        now=now and read.minutes is None and not kinds & {"when", "until"},
        days=tuple(days) or (AskedDay(today),),
        minutes=read.minutes or (),
        yes_no=yes_no,
        rest=tuple(read.rest),
        shop="shop" in kinds,
        vague="it" in kinds,
    )


def _means_today(kinds: set[str]) -> bool:
    """ "When do you open?" and "how late are you open?" are asked of today; "when are you open?" of the week."""
    if "opens" in kinds or "closes" in kinds or "until" in kinds:
        return "hours" not in kinds
    return "open" in kinds and "does" in kinds and "when" in kinds


def _take(words: Sequence[str], read: _Read, language: str, country: str | None, today: date) -> None:
    """The longest phrase that is known, from left to right."""
    known, feasts = vocabulary(language), _FEASTS
    named = named_days(country, today, language)
    at = 0
    while at < len(words):
        for size in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            if phrase in known:
                what, value = known[phrase]
                if what in ("weekday", "weekly"):
                    assert value is not None
                    read.weekdays.append((value, "next" if "next" in read.kinds and what == "weekday" else what))
                elif what in ("today", "tomorrow", "after"):
                    ahead = ("today", "tomorrow", "after").index(what)
                    read.days.append(AskedDay(today + timedelta(days=ahead)))
                    read.kinds |= {"part"} if value else set()
                read.kinds.add(what)
                break
            if phrase in _NOON and read.minutes is None:
                read.minutes = (_NOON[phrase],)
                break
            days = _feast_days(feasts[phrase], country, today) if phrase in feasts else None
            if not days and len(phrase) >= 5 and phrase in named:
                days = [named[phrase]]
            if days:
                read.days += [AskedDay(day) for day in days]
                read.kinds.add("feast")
                break
        else:
            read.rest.append(words[at])
            size = 1
        at += size


def _days(read: _Read, today: date) -> list[AskedDay] | None:
    """None where it cannot be said which days are meant."""
    days = list(read.days)
    for weekday, how in read.weekdays:
        if how != "weekly" and any(day.day.isoweekday() == weekday for day in days):
            continue  # "Sunday 22 November", "tomorrow, Saturday"
        if read.days and how != "weekly" and not read.kinds & {"today", "tomorrow", "after"}:
            return None  # a weekday that is not the date's
        ahead = (weekday - today.isoweekday()) % 7
        if how == "next" and ahead == 0:
            ahead = 7
        days.append(AskedDay(today + timedelta(days=ahead), weekly=how == "weekly"))
    if "weekend" in read.kinds:
        ahead = (6 - today.isoweekday()) % 7 if today.isoweekday() != 7 else 6
        ahead += 7 if "next" in read.kinds and ahead <= 1 else 0
        days += [AskedDay(today + timedelta(days=ahead)), AskedDay(today + timedelta(days=ahead + 1))]
    elif "next" in read.kinds and not read.weekdays:
        return None  # next week, next month, next holiday
    return list(dict.fromkeys(days))


def _cut_dates(text: str, read: _Read, country: str | None, today: date) -> str | None:
    """The text without its dates. None where one cannot be read."""
    failed = False

    def cut(match: re.Match[str]) -> str:
        nonlocal failed
        part = match.groupdict()
        if part["iso"]:
            day = _exact(*(int(each) for each in part["iso"].split("-")))
        elif part["d"]:
            if part["sep"] == "." and part["y"] is None and not match[0].endswith("."):
                # "18.30" is a time, and so may "10.30" be; "24.12" cannot, and "10.12" may be either.
                if int(part["m"]) > 12 or len(part["m"]) == 2 and int(part["m"]) == 0:
                    return match[0]
                if int(part["d"]) < 24 and len(part["m"]) == 2:
                    failed = True
                    return ""
            one, two = int(part["d"]), int(part["m"])
            month, number = (one, two) if country == "US" and part["sep"] == "/" else (two, one)
            if month > 12 >= number:
                month, number = number, month
            day = _next(month, number, part["y"], today)
        else:
            month = months()[part["name2"] or part["name3"]]
            day = _next(month, int(part["d2"] or part["d3"]), part["y2"] or part["y3"], today)
        if day is None:
            failed = True
            return ""
        read.days.append(AskedDay(day))
        return " "

    left = _DATE.sub(cut, text)
    return None if failed else left


def _cut_clock(text: str, read: _Read) -> str | None:
    """The text without its one time of day. None where there are more, or one cannot be read."""
    found: list[tuple[int, ...]] = []

    def cut(match: re.Match[str]) -> str:
        part = match.groupdict()
        hour = int(part["h"] or part["h2"] or part["h3"] or part["h4"])
        minute = int(part["m"] or part["m2"] or 0)
        half = (part["half"] or "").replace(".", "")
        if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
            found.append(())
        elif half:
            found.append(((hour % 12 + (12 if half == "pm" else 0)) * 60 + minute,))
        elif hour > 12 or hour == 0 or (part["h2"] or "").startswith("0"):
            found.append((hour * 60 + minute,))
        else:
            found.append((hour * 60 + minute, (hour % 12 + 12) * 60 + minute))  # 6: in the morning or the evening
        return " "

    left = _CLOCK.sub(cut, text)
    if len(found) > 1 or any(not one for one in found):
        return None
    read.minutes = found[0] if found else None
    return left


_FEASTS = {name.strip(): rule for rule, names in sections("holidays.txt")[""].items() for name in names.split(",")}


def _feast_days(rule: str, country: str | None, today: date) -> list[date] | None:
    """The next ones. None where our Easter is not theirs."""
    days: list[date] = []
    for each in rule.split():
        if len(each) == 5:
            month, number = (int(part) for part in each.split("-"))
            day = _next(month, number, None, today)
            if day is not None:
                days.append(day)
            continue
        if country in JULIAN_EASTER:
            return None
        this_year = easter(today.year) + timedelta(days=int(each))
        days.append(this_year if this_year >= today else easter(today.year + 1) + timedelta(days=int(each)))
    return days


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, Meeus 1991)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    day = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * day) // 451
    month, number = divmod(epact + day - 7 * late + 114, 31)
    return date(year, month, number + 1)


def _next(month: int, number: int, year: str | None, today: date) -> date | None:
    """The next such day, with 29 February only in its years."""
    if year is not None:
        return _exact(int(year) + (2000 if len(year) == 2 else 0), month, number)
    for ahead in range(9):
        day = _exact(today.year + ahead, month, number)
        if day is not None and day >= today:
            return day
    return None


def _exact(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
