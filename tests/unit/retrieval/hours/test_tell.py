"""What is said of hours, in each language: the parts are there, no hole is left, and clocks are the reader's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from retrieval.hours.model import DayPlan, Holiday, HolidayKind, Known, Span
from retrieval.hours.tell import Teller
from retrieval.hours.words import LANGUAGES, sections, vocabulary

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
SATURDAY = DayPlan(date(2026, 11, 21), Known.SAID, (Span(600, 840), Span(960, 1620)))
CLOSED = DayPlan(date(2026, 12, 25), Known.SAID)


def test_english_reads_as_a_person_would_say_it() -> None:
    teller = Teller("en", "GB", NOW)
    assert teller.now_open(960) == "Yes, open now (Friday 14:32), until 16:00."
    assert teller.now_open(None) == "Yes, open now, around the clock."
    assert teller.now_closed() == "No, closed now (Friday 14:32)."
    assert teller.next_opening(SATURDAY, 600) == "Next open: tomorrow, Saturday 21 November, 10:00–14:00, 16:00–03:00."
    assert teller.next_opening(SATURDAY, 960) == "Next open: tomorrow, Saturday 21 November, 16:00–03:00."
    assert teller.day_is(SATURDAY, yes=True) == ("Yes. Tomorrow, Saturday 21 November: open 10:00–14:00, 16:00–03:00.")
    assert teller.day_is(CLOSED, yes=False) == "No. Friday 25 December: closed."
    assert teller.day_is(SATURDAY, weekly=True) == "Saturdays: open 10:00–14:00, 16:00–03:00."
    christmas = replace(CLOSED, spans=(Span(600, 960),))
    assert teller.holiday(christmas, Holiday(HolidayKind.PUBLIC, "Christmas Day")) == (
        "The usual Friday hours are 10:00–16:00. Friday 25 December is a public holiday (Christmas Day); the site does"
        " not say whether the hours differ."
    )


def test_a_far_day_has_its_year() -> None:
    assert Teller("en", None, NOW).day(date(2027, 12, 24)) == "Friday 24 December 2027"


def test_americans_read_twelve_hours() -> None:
    teller = Teller("en", "US", NOW)
    assert teller.spans((Span(0, 720), Span(780, 1440))) == "12:00 am–12:00 pm, 1:00 pm–12:00 am"
    assert Teller("es", "US", NOW).spans((Span(780, 960),)) == "13:00–16:00"


def test_german_and_danish_read_as_they_should() -> None:
    assert Teller("de", "DE", NOW).day_is(SATURDAY, yes=True) == (
        "Ja. Morgen, Samstag, 21. November: geöffnet 10:00–14:00, 16:00–03:00."
    )
    assert Teller("da", "DK", NOW).day_is(CLOSED, yes=False) == "Nej. Fredag den 25. december: lukket."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    teller = Teller(language, None, NOW)
    said = [
        teller.now_open(960), teller.now_open(None), teller.now_closed(), teller.next_opening(SATURDAY, 600),
        teller.day_is(SATURDAY, yes=True), teller.day_is(CLOSED, yes=False), teller.day_is(SATURDAY, weekly=True),
        *(teller.holiday(plan, Holiday(kind, "X")) for kind in HolidayKind for plan in (SATURDAY, CLOSED)),
        teller.unnamed(CLOSED.day), teller.conflict(CLOSED.day),
    ]  # fmt: skip
    assert all("{" not in one and one[0].isupper() for one in said)
    assert sections("told.txt")[language].keys() == sections("told.txt")["en"].keys()
    assert {what for what, _ in vocabulary(language).values()} >= {
        "open", "opens", "closed", "closes", "hours", "when", "until", "now", "still", "today", "tomorrow", "after",
        "next", "weekend", "til", "fill", "shop", "weekday",
    }  # fmt: skip
