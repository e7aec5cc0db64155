"""What is said of opening hours, in the visitor's language. A plan in, sentences without their quotes out; pure.

Weekday, date and times only: no word here claims more than the fact that is cited with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from retrieval.hours.model import DAY, DayPlan, Holiday, HolidayKind, Spans
from retrieval.hours.words import LANGUAGES, MONTHS, WEEKDAYS, sections

# Visitors from there read 4:00 pm in English.
_TWELVE_HOURS = frozenset("US CA AU NZ PH IN PK BD EG SA CO MX MY".split())
_FAR = 300  # days after which a date without its year could be this year's


class Teller:
    """One answer's language, country and day."""

    def __init__(self, language: str, country: str | None, now: datetime):
        self.language = language if language in LANGUAGES else "en"
        self._words = sections("told.txt")[self.language]
        self._now = now
        self._twelve = self.language == "en" and country in _TWELVE_HOURS

    def now_open(self, until: int | None) -> str:
        if until is None:
            return self._words["now_open_always"]
        return self._words["now_open"].format(now=self._moment(), until=self._until(until))

    def now_closed(self) -> str:
        return self._words["now_closed"].format(now=self._moment())

    def next_opening(self, plan: DayPlan, start: int) -> str:
        left = tuple(span for span in plan.spans if span.start >= start)
        return _capital(self._words["next"].format(day=self.day(plan.day), spans=self.spans(left)))

    def day_is(self, plan: DayPlan, *, weekly: bool = False, yes: bool | None = None) -> str:
        day = self._weekly(plan.day) if weekly else self.day(plan.day)
        if not plan.spans:
            told = self._words["closed"]
        elif plan.spans[0].start == 0 and plan.spans[0].end == DAY:
            told = self._words["all_day"]
        else:
            told = self._words["open"].format(spans=self.spans(plan.spans))
        colon = " :" if self.language == "fr" else ":"
        told = f"{_capital(day)}{colon} {told}."
        return told if yes is None else f"{self._words['yes' if yes else 'no']}. {told}"

    def holiday(self, plan: DayPlan, holiday: Holiday) -> str:
        """The usual hours, and that it is a holiday of which nothing is said."""
        weekday = self._weekday(plan.day)
        if plan.spans:
            usual = self._words["usual"].format(weekday=weekday, spans=self.spans(plan.spans))
        else:
            usual = self._words["usual_closed"].format(weekday=weekday)
        return f"{usual} {self._is_holiday(plan.day, holiday)}"

    def unnamed(self, day: date, *, weekly: bool = False) -> str:
        return _capital(self._words["unnamed"].format(day=self._weekly(day) if weekly else self.day(day)))

    def conflict(self, day: date, *, weekly: bool = False) -> str:
        return self._words["conflict"].format(day=self._weekly(day) if weekly else self.day(day))

    def noticed(self, day: date, *, weekly: bool = False) -> str:
        return _capital(self._words["noticed"].format(day=self._weekly(day) if weekly else self.day(day)))

    def week(self, plans: Sequence[DayPlan]) -> str:
        """ "Monday–Friday: 09:00–17:00; Saturday: 10:00–14:00; Sunday: closed." Days in a row that are alike are told
        as one."""
        runs: list[list[DayPlan]] = []
        for plan in plans:
            last = runs[-1][-1] if runs else None
            if last is not None and last.spans == plan.spans and (plan.day - last.day).days == 1:
                runs[-1].append(plan)
            else:
                runs.append([plan])
        colon = " :" if self.language == "fr" else ":"
        parts: list[str] = []
        for run in runs:
            first, last = self._weekday(run[0].day), self._weekday(run[-1].day)
            named = first if len(run) == 1 else f"{first}, {last}" if len(run) == 2 else f"{first}–{last}"
            spans = run[0].spans
            all_day = bool(spans) and spans[0].start == 0 and spans[0].end == DAY
            told = self._words["closed"] if not spans else self._words["all_day"] if all_day else self.spans(spans)
            parts.append(f"{_capital(named)}{colon} {told}")
        return f"{'; '.join(parts)}."

    def day(self, day: date) -> str:
        """ "today, Friday 20 November": the date is always said, so that nobody has to guess which Monday is next."""
        ahead = (day - self._now.date()).days
        word = {0: self._words["today"], 1: self._words["tomorrow"]}.get(ahead)
        told = self._words["date"].format(
            weekday=self._weekday(day), n=day.day, month=MONTHS[self.language].split()[day.month - 1]
        )
        told = f"{told} {day.year}" if abs(ahead) > _FAR else told
        return f"{word}, {told}" if word else told

    def spans(self, spans: Spans) -> str:
        return ", ".join(f"{self.clock(span.start)}–{self.clock(span.end)}" for span in spans)

    def clock(self, minute: int) -> str:
        hour, rest = divmod(minute, 60)
        hour = hour % 24 if minute != DAY else 24
        if not self._twelve:
            return f"{hour:02d}:{rest:02d}" if minute != DAY else "24:00"
        return f"{(hour - 1) % 12 + 1}:{rest:02d} {'am' if hour % 24 < 12 else 'pm'}"

    def _is_holiday(self, day: date, holiday: Holiday) -> str:
        key = {HolidayKind.PUBLIC: "public", HolidayKind.REGIONAL: "regional"}.get(holiday.kind, "customary")
        return _capital(self._words[key].format(day=self.day(day), name=holiday.name))

    def _until(self, minute: int) -> str:
        """Past tomorrow's midnight the day is named too; shortly after the next one, everybody knows."""
        if minute <= DAY + DAY // 2:
            return self.clock(minute)
        days, rest = divmod(minute, DAY)
        at = date.fromordinal(self._now.date().toordinal() + days)
        return f"{self.clock(rest)}, {self.day(at)}"

    def _moment(self) -> str:
        clock = self.clock(self._now.hour * 60 + self._now.minute)
        return f"{self._weekday(self._now.date())} {clock}"

    def _weekday(self, day: date) -> str:
        return WEEKDAYS[self.language].split()[day.isoweekday() - 1]

    def _weekly(self, day: date) -> str:
        return self._words["every"].format(weekday=self._weekday(day))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
