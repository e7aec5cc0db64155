"""A source as the owner reads it: states to words, phases to what is being done.

Pure. How long still is reckoned from how far this phase came since the page first saw it; that start
travels in the address of the next look, so the server keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from app.dashboard.formats import number, plural
from app.dashboard.queries import SourceRow

DOING = {
    "crawl": "Reading pages",
    "chunk": "Sorting what was read",
    "embed": "Learning it",
    "publish": "Publishing",
    "done": "Publishing",
}
STATES = {
    "published": ("up to date", "good"),
    "held": ("waits for you", "warn"),
    "failed": ("did not work", "bad"),
}
# What became of an update that was held, by the state of its generation.
HELD = {"held": STATES["held"], "published": STATES["published"], "superseded": STATES["published"]}
SET_ASIDE = ("last update set aside", "")
STOPPED = "The last reading was stopped before its end. What was live stays live; update now to read it again."
LEAST_SECONDS = 2.0  # watched before a time is named


@dataclass(frozen=True, slots=True)
class SourceView:
    source_id: UUID
    kind: str
    url: str
    schedule: str
    crawl_id: UUID | None
    words: str
    tone: str
    busy: bool
    sentence: str | None
    doing: str
    count: str
    done: int
    total: int
    left: float | None  # seconds
    since: str
    documents: int
    files: int
    unread: int  # files that give no answers: not readable, or the same as another
    failing: int  # live pages of which only the last good text is known
    needs_browser: bool
    started_at: datetime | None
    finished_at: datetime | None


def view_source(row: SourceRow, *, waiting: bool, now: datetime, since: str = "") -> SourceView:
    """`waiting`: a job for this source is due or runs. `since`: what the last view said, or ''."""
    running = row.state == "running" and waiting
    words, tone = _words(row, running=running, waiting=waiting)
    done, total = (row.done or 0, row.total or 0) if running else (0, 0)
    phase = row.phase or "crawl"
    left, mark = _left(phase, done, total, now, since) if running else (None, "")
    return SourceView(
        source_id=row.source_id,
        kind=row.kind,
        url=row.url,
        schedule=row.schedule,
        crawl_id=row.crawl_id,
        words=words,
        tone=tone,
        busy=waiting,
        sentence=_sentence(row, waiting=waiting),
        doing=DOING.get(phase, "Working") if running else "Starting in a moment",
        count=_count(phase, done, total) if running else "",
        done=min(done, total) if total else done,
        total=total,
        left=left,
        since=quote(mark),
        documents=row.documents,
        files=row.files,
        unread=max(row.files - row.documents, 0) if row.kind == "files" and not waiting else 0,
        failing=row.failing,
        needs_browser=row.needs_browser,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _words(row: SourceRow, *, running: bool, waiting: bool) -> tuple[str, str]:
    if waiting:
        return ("reading now" if running else "waits its turn"), ""
    if row.state == "running":  # its worker is gone and no job goes on with it
        return STATES["failed"]
    if row.state == "held" or (row.state == "published" and row.generation_state == "held"):
        return HELD.get(row.generation_state or "", SET_ASIDE)
    return STATES.get(row.state or "", ("not read yet", ""))


def _sentence(row: SourceRow, *, waiting: bool) -> str | None:
    if waiting:
        return None
    if row.state == "running":
        return STOPPED
    if row.state == "failed" or (row.state == "held" and row.generation_state == "held"):
        return row.reason
    return None


def _count(phase: str, done: int, total: int) -> str:
    if not total:
        return plural(done, "page") if done and phase == "crawl" else ""
    if phase in {"crawl", "chunk"}:
        return f"{number(done)} of {plural(total, 'page')}"
    # Learning counts pieces smaller than an answer source; a share is all that an owner can use.
    return f"{min(100, done * 100 // total)}%"


def _left(phase: str, done: int, total: int, now: datetime, since: str) -> tuple[float | None, str]:
    """Seconds still in this phase (None: cannot be said), and the mark for the next look."""
    fresh = f"{phase}.{done}.{now.timestamp():.1f}"
    try:
        known_phase, first, at = since.split(".", 2)
        first_done, began = int(first), float(at)
    except ValueError:
        return None, fresh
    if known_phase != phase or first_done > done:
        return None, fresh
    seconds, gained = now.timestamp() - began, done - first_done
    if not total or gained <= 0 or seconds < LEAST_SECONDS:
        return None, since
    return max(total - done, 0) * seconds / gained, since
