"""A source's next turn: its own minute, half a period to one and a half from now, spread over all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.jobs.schedule import SCHEDULES, next_reading

NOW = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("schedule", list(SCHEDULES))
def test_turns_are_spread_over_the_whole_period(schedule: str) -> None:
    period = SCHEDULES[schedule]
    waits = [at - NOW for _ in range(3000) if (at := next_reading(uuid4(), NOW, schedule)) is not None]
    assert len(waits) == 3000
    assert all(period / 2 <= wait <= period * 1.5 for wait in waits)
    tenths = {int(10 * (wait - period / 2) / period) for wait in waits}
    assert tenths == set(range(10))


@pytest.mark.parametrize("schedule", list(SCHEDULES))
def test_a_source_keeps_its_own_minute(schedule: str) -> None:
    source, period = uuid4(), SCHEDULES[schedule]
    first = next_reading(source, NOW, schedule)
    assert first is not None
    second = next_reading(source, first + timedelta(minutes=3), schedule)
    assert second == first + period


@pytest.mark.parametrize("schedule", ["never", "hourly", ""])
def test_what_is_never_read_by_itself_has_no_turn(schedule: str) -> None:
    assert next_reading(uuid4(), NOW, schedule) is None
