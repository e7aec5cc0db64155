"""A source's card: its words, its progress, and how long it still takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest

from app.dashboard.queries import SourceRow
from app.dashboard.source_view import view_source

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ROW = SourceRow(
    source_id=uuid4(),
    kind="site",
    url="https://example.com/",
    schedule="daily",
    max_pages=500,
    crawl_id=uuid4(),
    state="running",
    phase="embed",
    done=10,
    total=100,
    started_at=NOW,
    finished_at=None,
    reason=None,
    generation=2,
    generation_state=None,
    documents=0,
    files=0,
    failing=0,
    needs_browser=False,
)


def test_time_left_follows_the_pace_of_this_phase() -> None:
    first = view_source(ROW, waiting=True, now=NOW)
    assert (first.left, first.count, first.doing) == (None, "10%", "Learning it")
    later = view_source(
        replace(ROW, done=40), waiting=True, now=NOW + timedelta(seconds=15), since=unquote(first.since)
    )
    assert later.left == pytest.approx(30)
    assert later.since == first.since
    next_phase = view_source(
        replace(ROW, phase="publish", done=1, total=2), waiting=True, now=NOW + timedelta(seconds=20), since=later.since
    )
    assert next_phase.left is None


@pytest.mark.parametrize("since", ["", "embed", "embed.x.y", "embed.5", "embed.99.1", "nan.nan.nan", "<script>"])
def test_a_mark_that_is_not_ours_only_begins_anew(since: str) -> None:
    assert view_source(ROW, waiting=True, now=NOW, since=since).left is None


def test_files_that_give_no_answers_are_counted_once_the_reading_is_over() -> None:
    files = replace(ROW, kind="files", url="files:", state="published", files=12, documents=8)
    assert view_source(files, waiting=False, now=NOW).unread == 4
    assert view_source(files, waiting=True, now=NOW).unread == 0
    assert view_source(replace(ROW, documents=0), waiting=False, now=NOW).unread == 0


def test_nothing_is_named_that_is_not_known() -> None:
    crawling = view_source(replace(ROW, phase="crawl", done=3, total=0), waiting=True, now=NOW)
    assert (crawling.count, crawling.left, crawling.total) == ("3 pages", None, 0)


@pytest.mark.parametrize(
    ("state", "generation", "waiting", "words", "told"),
    [
        ("running", None, True, "reading now", False),
        ("running", None, False, "did not work", True),  # the worker died and its job is gone
        ("published", "published", False, "up to date", False),
        ("published", "published", True, "waits its turn", False),
        ("held", "held", False, "waits for you", True),
        ("held", "published", False, "up to date", False),
        ("held", None, False, "last update set aside", False),
        ("failed", None, False, "did not work", True),
        ("failed", None, True, "waits its turn", False),
        (None, None, False, "not read yet", False),
        (None, None, True, "waits its turn", False),
    ],
)
def test_every_state_has_its_word(
    state: str | None, generation: str | None, waiting: bool, words: str, told: bool
) -> None:
    row = replace(ROW, state=state, generation_state=generation, reason="Because.")
    view = view_source(row, waiting=waiting, now=NOW)
    assert (view.words, view.busy, view.sentence is not None) == (words, waiting, told)
