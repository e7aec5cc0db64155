"""What a generation changes, as the owner reads it. Stored changes in (ingestion/generations/changes.py), words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.dashboard.formats import place

# What is said of one, and of several; what the lines are. The order is that of how much it matters.
_TITLES = {
    "answers_lost": ("One answer is not right any more", "{} answers are not right any more"),
    "answers_won": ("One answer is right now that was not", "{} answers are right now that were not"),
    "answers_unasked": ("One question that must stay right was not asked", "{} questions were not asked"),
    "facts": ("One thing you confirmed is said otherwise now", "{} things you confirmed are said otherwise now"),
    "facts_gone": ("One thing you confirmed stands nowhere any more", "{} things you confirmed stand nowhere any more"),
    "conflicts": ("Pages disagree about one more thing", "Pages disagree about {} more things"),
    "gone": ("One page is gone", "{} pages are gone"),
    "new": ("One page is new", "{} pages are new"),
    "changed": ("One page says something else", "{} pages say something else"),
    "facts_left_out": ("One fact was not kept", "{} facts were not kept"),
    "moved": ("One page has another address", "{} pages have another address"),
}
OWN = ("faq:", "fact:")  # addresses of what the owner wrote
_PAGES = {"gone", "new", "changed", "moved"}
_REASONED = {"facts_left_out", "answers_unasked"}  # their line is a reason, not one of them


@dataclass(frozen=True, slots=True)
class ChangeView:
    title: str
    lines: tuple[str, ...]
    more: int  # that are not named
    addresses: bool  # the lines are addresses, not sentences


def view_changes(stored: Sequence[dict[str, Any]], told: str = "") -> list[ChangeView]:
    """`told`: the reason of a hold; the answers that it names are not named twice."""
    found = {one["what"]: one for one in stored if not _told_already(one, told)}
    return [_view(what, found[what]) for what in _TITLES if what in found]


def _told_already(one: dict[str, Any], told: str) -> bool:
    return one["what"] == "answers_lost" and one["count"] == sum(line in told for line in one["first"])


def _view(what: str, one: dict[str, Any]) -> ChangeView:
    single, several = _TITLES[what]
    count, lines = int(one["count"]), [str(line) for line in one["first"]]
    if what == "moved":
        pairs = [line.partition(" → ") for line in lines]
        lines = [f"{place(before)} → {place(after)}" for before, _, after in pairs]
    elif what in _PAGES:
        lines = ["what you said yourself" if line.startswith(OWN) else place(line) for line in lines]
    title = single if count == 1 else several.format(count)
    more = 0 if what in _REASONED else count - len(lines)
    return ChangeView(title, tuple(lines), more, what in _PAGES)
