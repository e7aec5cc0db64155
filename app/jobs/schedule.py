"""When a source's next turn is: an id, the time and a schedule in, a moment out. Pure.

Each source has a minute of its own in the day, week or month, so that all of them do not come at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

SCHEDULES = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=30)}  # and never
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday; any would do


def next_reading(source_id: UUID, now: datetime, schedule: str = "daily") -> datetime | None:
    """The source's own minute, half a period to one and a half from now; None for what is never read by itself."""
    period = SCHEDULES.get(schedule)
    if period is None:
        return None
    minutes = period // timedelta(minutes=1)
    soonest = now + period / 2
    own = _BEGAN + timedelta(minutes=source_id.int % minutes)
    return own + -((own - soonest) // period) * period
