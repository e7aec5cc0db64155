"""Two times as written in, the span they mean out, or nothing when more than one reading is likely. For phrases.py."""

from __future__ import annotations

from ingestion.facts.atoms import Time

_DAY = 24 * 60
_LATE, _EARLY = 10 * 60, 6 * 60  # over midnight: from ten o'clock on at least, until six at most


def read_span(one: Time, other: Time, *, twelve: bool) -> tuple[int, int] | None:
    """Minutes of the day; None when more than one reading is likely."""
    if one.half or other.half:
        return _with_halves(one, other)
    start, end = one.hour * 60 + one.minute, other.hour * 60 + other.minute
    if start >= _DAY:
        return None
    end = end or _DAY
    if twelve and one.hour <= 12 and other.hour <= 12:
        if end <= start and one.hour >= 6 and end <= 11 * 60:
            end += 12 * 60
        elif start < end and 0 < start < 5 * 60:
            if not one.plain:
                return None  # 3.15-4.15: of the night, or of the afternoon
            start, end = start + 12 * 60, end + 12 * 60
    elif start < 5 * 60 and start and start < end < 13 * 60 and one.plain:
        return None  # 1-5: of the night, or of the afternoon
    if end > start:
        return (start, end) if start or end == _DAY or not one.plain else None
    return (start, end) if start >= max(_LATE, 13 * 60 if twelve else 0) and end <= _EARLY else None


def _with_halves(one: Time, other: Time) -> tuple[int, int] | None:
    starts, ends = _readings(one), _readings(other)
    if one.half is None and one.hour in range(1, 6) and other.half == "pm":
        starts = [one.hour * 60 + one.minute + 12 * 60]  # 1-5 pm
    if one.half and other.half is None and other.hour == 12:
        ends = [12 * 60 + other.minute]
    likely = [(start, end or _DAY) for start in starts for end in ends if start < (end or _DAY)]
    if len(likely) == 1:
        return likely[0]
    if likely:
        return None
    late = [(start, end) for start in starts for end in ends if start >= _LATE and end <= _EARLY]
    return late[0] if len(late) == 1 else None


def _readings(time: Time) -> list[int]:
    """Minutes of the day that it may mean."""
    if time.hour > 12:
        return [time.hour * 60 + time.minute]
    morning = time.hour % 12 * 60 + time.minute
    return [morning + (720 if half == "pm" else 0) for half in ([time.half] if time.half else ["am", "pm"])]
