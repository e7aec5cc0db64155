"""What facts say of a day and a moment, the clock held: midnight, seasons, holidays, disagreement, the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from retrieval.hours.facts import (
    Moment,
    NotUnderstood,
    make_fact,
    moment,
    open_at,
    plan_day,
    plan_weekday,
    without_rejected,
)
from retrieval.hours.model import DayPlan, HolidayKind, HoursFact, Known, Origin
from retrieval.hours.public_holidays import holiday_on
from retrieval.hours.tell import Teller

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DECIDED = datetime(2026, 11, 1, tzinfo=UTC)
WEEK = "1 2 3 4 5"


def hours(days: str, *spans: str, owner: datetime | None = None, **season: str) -> HoursFact:
    value = {"days": [int(day) for day in days.split()], "spans": [span.split("-") for span in spans]}
    value |= {name.rstrip("_"): day for name, day in season.items()}
    return make_fact("hours", "", "", value, Origin(f"{days} {spans}"), owner)


def special(first: str, *spans: str, until: str | None = None, owner: datetime | None = None) -> HoursFact:
    value: dict[str, Any] = {"from": first, "until": until or first, "spans": [span.split("-") for span in spans]}
    return make_fact("special_hours", "", "", value, Origin(first), owner)


def rule(what: str) -> HoursFact:
    return make_fact("holiday_rule", "", "", {"public_holidays": what}, Origin(what))


def plan(day: str, facts: Sequence[HoursFact], country: str | None = "DK") -> DayPlan:
    at = date.fromisoformat(day)
    return plan_day(at, facts, holiday_on(country, at, "en"))


def at(when: str, facts: Sequence[HoursFact], country: str | None = None, zone: ZoneInfo = COPENHAGEN) -> Moment | None:
    """`when` in UTC."""
    local = datetime.fromisoformat(when).replace(tzinfo=UTC).astimezone(zone)
    return moment(local, lambda day: plan_day(day, facts, holiday_on(country, day, "en")))


def told(found: DayPlan) -> str:
    return Teller("en", None, datetime(2020, 1, 1, tzinfo=UTC)).spans(found.spans)


def test_the_weekday_decides() -> None:
    facts = [hours(WEEK, "9:00-12:00", "13:00-17:00"), hours("6", "10:00-14:00"), hours("7")]
    assert told(plan("2026-11-20", facts)) == "09:00–12:00, 13:00–17:00"
    assert told(plan("2026-11-21", facts)) == "10:00–14:00"
    closed = plan("2026-11-22", facts)
    assert closed.known is Known.SAID and closed.spans == ()


def test_a_day_that_nobody_names_is_not_closed() -> None:
    assert plan("2026-11-22", [hours(WEEK, "9:00-17:00")]).known is Known.UNNAMED
    assert plan("2026-11-22", []).known is Known.NOTHING


def test_a_special_date_stands_over_the_week_and_over_a_holiday() -> None:
    facts = [hours(WEEK, "9:00-17:00"), special("2026-12-25", "10:00-12:00"), special("--12-24")]
    christmas = plan("2026-12-25", facts)
    assert christmas.known is Known.SAID and told(christmas) == "10:00–12:00"
    eve = plan("2027-12-24", facts)
    assert eve.known is Known.SAID and eve.spans == ()  # every year
    assert plan("2027-12-23", facts).spans != ()


def test_special_dates_may_go_around_the_new_year() -> None:
    facts = [hours("1 2 3 4 5 6 7", "9:00-17:00"), special("2026-12-23", until="2027-01-02")]
    assert [bool(plan(day, facts, None).spans) for day in ("2026-12-22", "2026-12-23", "2027-01-02", "2027-01-03")] == [
        True, False, False, True,
    ]  # fmt: skip


def test_a_season_stands_over_the_rest_of_the_year_and_may_go_around_its_end() -> None:
    facts = [hours("6", "10:00-14:00"), hours("6", "11:00-13:00", from_="--11-01", until="--02-28")]
    assert told(plan("2026-10-31", facts)) == "10:00–14:00"
    assert told(plan("2026-11-07", facts)) == told(plan("2027-02-27", facts)) == "11:00–13:00"
    assert told(plan("2027-03-06", facts)) == "10:00–14:00"


def test_a_season_of_whole_dates_ends() -> None:
    facts = [hours("6", "10:00-14:00", from_="2026-06-01", until="2026-08-31")]
    assert plan("2026-08-29", facts).known is Known.SAID
    assert plan("2026-09-05", facts).known is Known.NOTHING


def test_the_leap_day_is_a_day() -> None:
    facts = [hours("2", "10:00-14:00"), special("--02-29", "12:00-13:00")]
    assert told(plan("2028-02-29", facts)) == "12:00–13:00"
    assert told(plan("2028-02-22", facts)) == "10:00–14:00"


def test_on_a_holiday_of_which_nothing_is_said_usual_hours_are_no_answer() -> None:
    found = plan("2026-12-25", [hours(WEEK, "9:00-17:00")])
    assert found.known is Known.HOLIDAY and found.holiday is not None and found.holiday.name == "Christmas Day"
    assert told(found) == "09:00–17:00"


def test_a_rule_for_holidays_decides_them() -> None:
    week = [hours(WEEK, "9:00-17:00"), hours("7", "11:00-13:00")]
    assert plan("2026-12-25", [*week, rule("closed")]).spans == ()
    as_sunday = plan("2026-12-25", [*week, rule("as_sunday")])
    assert told(as_sunday) == "11:00–13:00" and {fact.kind for fact in as_sunday.facts} == {"hours", "holiday_rule"}
    assert told(plan("2026-12-25", [*week, rule("open")])) == "09:00–17:00"
    assert plan("2026-12-25", [*week, rule("open"), rule("closed")]).known is Known.CONFLICT


def test_christmas_eve_is_no_public_holiday_but_nobody_is_sent_there_unwarned() -> None:
    for country in ("DK", "DE", "GB", "US"):
        found = plan("2026-12-24", [hours(WEEK, "9:00-17:00"), rule("closed")], country)
        assert found.known is Known.HOLIDAY and found.holiday is not None and "Christmas Eve" in found.holiday.name


def test_a_holiday_of_a_part_of_the_country_is_told_as_that() -> None:
    found = holiday_on("DE", date(2026, 10, 31), "de")
    assert found is not None and found.kind == "regional" and found.name == "Reformationstag"
    assert holiday_on("DE", date(2026, 10, 3), "de") == holiday_on("DE", date(2026, 10, 3), "de")


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Christmas Day"), ("da", "Juledag"), ("de", "Erster Weihnachtstag")]
)
def test_without_a_country_the_days_most_of_the_world_minds_are_told_of(language: str, name: str):
    told = holiday_on(None, date(2026, 12, 25), language)
    assert told is not None and told.kind is HolidayKind.CUSTOMARY and name in told.name
    assert holiday_on(None, date(2026, 12, 24), language) is not None
    assert holiday_on(None, date(2026, 10, 3), language) is None
    assert holiday_on("ZZ", date(2026, 12, 25), "en") is not None, "a country that nobody knows"


def test_pages_that_disagree_decide_nothing_and_the_owner_decides() -> None:
    pages = [hours("6", "10:00-16:00"), hours("6", "10:00-14:00")]
    found = plan("2026-11-21", pages)
    assert found.known is Known.CONFLICT and len(found.facts) == 2
    assert at("2026-11-21T10:00", pages) is None
    owned = [*pages, hours("6", "10:00-15:00", owner=DECIDED)]
    assert told(plan("2026-11-21", owned)) == "10:00–15:00"
    newer = [*owned, hours("6", "9:00-15:00", owner=DECIDED + timedelta(days=1))]
    assert told(plan("2026-11-21", newer)) == "09:00–15:00"


def test_the_same_said_twice_is_no_disagreement() -> None:
    found = plan("2026-11-21", [hours("6", "10:00-16:00"), hours("5 6", "10:00-16:00")])
    assert found.known is Known.SAID and len(found.facts) == 2


def test_what_the_owner_rejected_is_not_said_of_that_day_any_more() -> None:
    pages = [hours("5 6", "10:00-16:00"), hours("6", "10:00-14:00")]
    left = without_rejected(pages, [hours("6", "10:00-16:00", owner=DECIDED)])
    assert told(plan("2026-11-21", left)) == "10:00–14:00"
    assert told(plan("2026-11-20", left)) == "10:00–16:00"


def test_open_until_and_opening_next() -> None:
    facts = [hours(WEEK, "9:00-12:00", "13:00-17:00"), hours("6", "10:00-14:00"), hours("7")]
    now = at("2026-11-20T10:59", facts)  # 11:59 there
    assert now is not None and now.open and now.until == 12 * 60
    lunch = at("2026-11-20T11:00", facts)
    assert lunch is not None and not lunch.open and lunch.opens is not None and lunch.opens[1] == 13 * 60
    saturday = at("2026-11-21T13:00", facts)  # 14:00: closed on the stroke
    assert saturday is not None and not saturday.open and saturday.opens is not None
    assert saturday.opens[0].day == date(2026, 11, 23)


def test_the_next_opening_is_not_named_across_a_day_that_is_not_known() -> None:
    facts = [hours(WEEK, "9:00-17:00")]
    friday = at("2026-11-20T18:00", facts)
    assert friday is not None and not friday.open and friday.opens is None


def test_a_night_belongs_to_the_day_it_began() -> None:
    facts = [hours("5 6", "20:00-03:00"), hours("1 2 3 4 7")]
    after = at("2026-11-21T00:30", facts)  # 01:30 on Saturday
    assert after is not None and after.open and after.until == 180 and after.plan.day == date(2026, 11, 20)
    late = at("2026-11-21T02:00", facts)
    assert late is not None and not late.open and late.opens is not None and late.opens[1] == 20 * 60
    sunday = at("2026-11-22T01:59", facts)
    assert sunday is not None and sunday.open


def test_after_a_night_that_nobody_is_sure_of_nothing_is_said() -> None:
    facts = [hours("5", "20:00-03:00"), hours("5", "20:00-01:00"), hours("6", "10:00-14:00")]
    assert at("2026-11-21T01:00", facts) is None  # 02:00: one page says open, the other closed
    later = at("2026-11-21T10:00", facts)
    assert later is not None and later.open


def test_a_closed_special_date_does_not_end_the_night_before() -> None:
    facts = [hours("1 2 3 4 5 6 7", "20:00-02:00"), special("2026-11-21")]
    night = at("2026-11-21T00:30", facts)
    assert night is not None and night.open
    evening = at("2026-11-21T20:00", facts)
    assert evening is not None and not evening.open


def test_the_night_the_clock_is_put_back_has_two_halves_past_two() -> None:
    """25 October 2026: 03:00 becomes 02:00. Open to 02:30 is open in both."""
    facts = [hours("1 2 3 4 5 6 7", "18:00-02:30")]
    opened = [at(f"2026-10-25T{clock}", facts) for clock in ("00:15", "00:45", "01:15", "01:45")]
    assert [one.open for one in opened if one is not None] == [True, False, True, False]


def test_the_night_the_clock_is_put_forward_has_no_half_past_two() -> None:
    """29 March 2026: 02:00 becomes 03:00."""
    facts = [hours("1 2 3 4 5 6 7", "18:00-03:30")]
    opened = [at(f"2026-03-29T{clock}", facts) for clock in ("00:59", "01:00", "01:29", "01:30")]
    assert [one.open for one in opened if one is not None] == [True, True, True, False]


def test_new_year_is_seen_from_where_the_business_is() -> None:
    facts = [special("2026-12-31", "9:00-17:00"), special("2027-01-01", "12:00-14:00")]
    tokyo, york = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
    assert date(2026, 12, 31).isoweekday() == 4
    there = at("2026-12-31T16:00", facts, zone=tokyo)  # 1 January, 01:00
    here = at("2026-12-31T16:00", facts, zone=york)  # 31 December, 11:00
    assert there is not None and not there.open and there.plan.day == date(2027, 1, 1)
    assert here is not None and here.open and here.plan.day == date(2026, 12, 31)


def test_open_day_and_night_has_no_end() -> None:
    always = at("2026-11-20T10:00", [hours("1 2 3 4 5 6 7", "00:00-24:00")])
    assert always is not None and always.open and always.until is None
    to_midnight = at("2026-11-20T10:00", [hours("5", "00:00-24:00"), hours("6", "00:00-06:00")])
    assert to_midnight is not None and to_midnight.until == 30 * 60


def test_the_minute_of_opening_is_in_and_that_of_closing_is_out() -> None:
    found = plan("2026-11-20", [hours("5", "10:00-16:00")])
    assert [open_at(found, minute) for minute in (599, 600, 959, 960)] == [False, True, True, False]


@pytest.mark.parametrize(
    "value",
    [{"days": []}, {"days": [0]}, {"days": [8]}, {"days": [1], "spans": [["9", "10"]]}, {"days": [1], "from": "June"},
     {"days": [1], "spans": [["25:00", "26:00"]]}],
)  # fmt: skip
def test_a_value_of_another_shape_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        make_fact("hours", "", "", value, Origin(""))


def notice(says: str, owner: datetime | None = None, **when: Any) -> HoursFact:
    value = {"says": says, **{name.rstrip("_"): told for name, told in when.items()}}
    return make_fact("notice", "", "", value, Origin(says), owner)


def test_words_that_say_closed_stop_every_yes_while_they_count() -> None:
    closed = notice("Closed until further notice")
    facts = [hours(WEEK, "9:00-17:00"), hours("7"), closed]
    assert plan("2026-11-20", facts).known is Known.NOTICED
    assert plan("2026-11-20", facts).facts == (closed, facts[0])
    assert plan_weekday(date(2026, 11, 20), facts).known is Known.NOTICED
    assert at("2026-11-20T13:00", facts) is None
    assert plan("2026-12-24", [*facts, special("2026-12-24", "9:00-12:00")], None).known is Known.NOTICED


def test_closed_stays_closed_and_the_next_opening_is_not_promised() -> None:
    facts = [hours(WEEK, "9:00-17:00"), hours("7"), notice("We are closed next week")]
    assert plan("2026-11-22", facts).known is Known.SAID
    found = at("2026-11-22T13:00", facts)
    assert found is not None and not found.open and found.opens is None


def test_what_to_do_when_it_is_closed_says_nothing_of_when() -> None:
    for says, known in [
        ("If you are in pain when we are closed, call the emergency line.", Known.SAID),
        ("Wenn wir geschlossen haben, rufen Sie den Notdienst.", Known.SAID),
        ("When the lake is frozen, we are closed.", Known.NOTICED),
        ("Quand il pleut le café est fermé.", Known.NOTICED),
        ("We are closed when it rains.", Known.NOTICED),
        ("We are closed, when we open again is not known.", Known.NOTICED),
    ]:
        assert plan("2026-11-20", [hours(WEEK, "9:00-17:00"), notice(says)]).known is known, says


def test_a_notice_counts_on_its_dates_and_days_only() -> None:
    facts = [hours(WEEK, "9:00-17:00"), notice("1.-15. August", from_="--08-01", until="--08-15")]
    assert plan("2027-08-02", facts).known is Known.NOTICED
    assert plan("2027-08-16", facts).known is Known.SAID
    until = [hours(WEEK, "9:00-17:00"), notice("until 1 March 2027", until="2027-03-01")]
    assert plan("2027-03-01", until).known is Known.NOTICED
    assert plan("2027-03-02", until).known is Known.SAID
    fridays = [hours(WEEK, "9:00-17:00"), notice("Fridays to 13", days=[5])]
    assert [plan(f"2026-11-{day}", fridays).known for day in (19, 20)] == [Known.SAID, Known.NOTICED]


def test_over_a_notice_stands_only_what_the_owner_said_of_that_date_or_of_the_notice() -> None:
    closed = notice("Temporarily closed")
    assert plan("2026-11-20", [hours(WEEK, "9:00-17:00", owner=DECIDED), closed]).known is Known.NOTICED
    own = [hours(WEEK, "9:00-17:00"), special("2026-11-20", "9:00-12:00", owner=DECIDED), closed]
    assert told(plan("2026-11-20", own)) == "09:00–12:00"
    left = without_rejected([closed, notice("Permanently closed")], [closed])
    assert [fact.says for fact in left] == ["Permanently closed"]


def test_hours_of_a_season_are_not_quoted_for_the_rest_of_the_year() -> None:
    facts = [hours(WEEK, "9:00-17:00", from_="--04-01", until="--10-31")]
    assert plan("2026-11-20", facts).known is Known.NOTHING
    over = [hours(WEEK, "9:00-17:00", from_="2019-01-01", until="2019-12-31"), hours("6", "9:00-12:00")]
    assert [fact.days for fact in plan("2026-11-20", over).facts] == [frozenset({6})]


def test_a_day_that_the_season_does_not_name_is_told_with_that_season_only() -> None:
    summer = hours("1 2 3 4 5 6 7", "09:00-22:00", from_="--05-01", until="--09-30")
    winter = hours("5 6 7", "11:00-17:00", from_="--10-01", until="--04-30")
    found = plan("2026-11-23", [summer, winter])
    assert found.known is Known.UNNAMED and found.facts == (winter,)
