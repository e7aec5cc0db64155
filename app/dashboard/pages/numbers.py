"""Numbers: how much was asked, answered and left, by day. Counted from the rows, never estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from litestar import get
from litestar.params import FromQuery

from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.chart import Bar, bars
from app.dashboard.formats import plural
from app.dashboard.pages.queries import DayRow, count_days
from app.dashboard.render import Html, page

PERIODS = {7: "7 days", 30: "30 days", 90: "90 days"}
ENOUGH = 20  # questions before a weekday is worth a sentence


@get("/dashboard/{slug:str}/numbers", opt={"access": "member"})
async def numbers(request: AnyRequest, services: Parts, desk: OwnDesk, days: FromQuery[int] = 30) -> Html:
    period = days if days in PERIODS else 30
    zone = desk.business.time_zone
    today = services.clock().astimezone(ZoneInfo(zone)).date()
    async with desk.transaction() as conn:
        rows = await count_days(conn, desk.business_id, zone=zone, first=today - timedelta(days=period - 1), last=today)
    asked = [Bar(f"{row.day.day} {row.day:%B}", row.questions, row.unanswered) for row in rows]
    left = [Bar(f"{row.day.day} {row.day:%B}", row.leads) for row in rows]
    return page(
        request,
        "numbers.html",
        place="numbers",
        rows=rows[::-1],
        period=period,
        periods=PERIODS,
        questions=sum(row.questions for row in rows),
        answered=sum(row.answered for row in rows),
        unanswered=sum(row.unanswered for row in rows),
        leads=sum(row.leads for row in rows),
        takeaway=takeaway(rows),
        asked_chart=bars(asked, "Questions a day"),
        leads_chart=bars(left, "Leads a day"),
        most_asked=max(asked, key=lambda bar: bar.value),
        most_left=max(left, key=lambda bar: bar.value),
    )


def takeaway(rows: Sequence[DayRow]) -> str:
    """The chart's title says what it shows."""
    total = sum(row.questions for row in rows)
    by_weekday = Counter[str]()
    for row in rows:
        by_weekday[f"{row.day:%A}"] += row.questions
    (weekday, most), *rest = by_weekday.most_common(2) or [("", 0)]
    if total >= ENOUGH and len(rows) >= 28 and rest and most > rest[0][1]:
        return f"{weekday} is when people ask"
    return f"{plural(total, 'question')} in {len(rows)} days"


HANDLERS = [numbers]
