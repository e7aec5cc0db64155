"""Parts of the sentences about facts, in plain English: "Monday to Friday", "10-14", "12.50 EUR per hour"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_told(days: Sequence[int]) -> str:
    """Days in order; three or more in a row as a range."""
    days = sorted(days)
    if len(days) == 7:
        return "Every day"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names: list[str] = []
    for run in runs:
        if len(run) > 2:
            names.append(f"{_DAYS[run[0] - 1]} to {_DAYS[run[-1] - 1]}")
        else:
            names += [_DAYS[day - 1] for day in run]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def spans_told(spans: Sequence[Sequence[str]]) -> str:
    """10-14, 8:30-12 and 13-17, closed."""
    return " and ".join(f"{_short(start)}-{_short(end)}" for start, end in spans) or "closed"


def price_told(value: dict[str, Any]) -> str:
    amount = value["amount"] + (f"-{value['to']}" if "to" in value else "")
    return f"{'from ' if value.get('from') else ''}{amount} {value['currency']}" + (
        f" per {value['per']}" if "per" in value else ""
    )


def path_of(url: str) -> str:
    """/contact of a page, the name of a file; `/` says nothing to an owner."""
    if url.startswith("file:"):
        return url.removeprefix("file:")
    parts = urlsplit(url)
    path = (unquote(parts.path) or "/") + (f"?{parts.query}" if parts.query else "")
    return path if path != "/" else "the first page"


def _short(clock: str) -> str:
    hour, minute = clock.split(":")
    return str(int(hour)) if minute == "00" else f"{int(hour)}:{minute}"
