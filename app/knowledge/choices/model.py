"""The noun of this room, and how what an owner typed becomes it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import BadInput
from app.jobs.schedule import SCHEDULES
from ingestion.rules import MAX_RULES, checked_pattern

NEVER = "never"
MOST_PAGES, MOST_DEPTH = 10_000, 50


@dataclass(frozen=True, slots=True)
class Choices:
    """`include`, `exclude`: patterns as ingestion/rules.py describes them."""

    schedule: str
    max_pages: int
    max_depth: int
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    ignore_robots: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A site in use, or one that is only looked at (`draft`)."""

    url: str
    draft: bool
    needs_browser: bool
    choices: Choices
    created_at: datetime


def checked(typed: Choices) -> Choices:
    """Raises BadInput with the owner's sentence."""
    if typed.schedule != NEVER and typed.schedule not in SCHEDULES:
        raise BadInput("Choose how often the site is read.", code="bad_schedule")
    if not 1 <= typed.max_pages <= MOST_PAGES:
        raise BadInput(f"At most {MOST_PAGES:,} pages of a site can be read, and at least one.", code="bad_limit")
    if not 0 <= typed.max_depth <= MOST_DEPTH:
        raise BadInput(f"Links can be followed from 0 to {MOST_DEPTH} steps.", code="bad_limit")
    return Choices(
        typed.schedule,
        typed.max_pages,
        typed.max_depth,
        patterns(typed.include),
        patterns(typed.exclude),
        typed.ignore_robots,
    )


def patterns(typed: Sequence[str]) -> tuple[str, ...]:
    """One a line, each once, in the order typed. Raises BadInput."""
    try:
        found = tuple(dict.fromkeys(checked_pattern(line) for line in typed if line.strip()))
    except ValueError as error:
        raise BadInput(str(error), code="bad_rule") from error
    if len(found) > MAX_RULES:
        raise BadInput(f"At most {MAX_RULES} rules can be kept. A rule for a folder may replace many.", code="bad_rule")
    return found
