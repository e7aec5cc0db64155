"""Lines of the ledger as an owner reads them: states and reasons to words, and what may be done about each. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.dashboard.formats import host, place
from app.dashboard.ledger.queries import LedgerCount, LedgerRow
from ingestion.model import MARKS, Reason
from ingestion.rules import Rules
from ingestion.sentences import sentence_for

STATUSES = {
    "fetched": ("read", "good"),
    "unchanged": ("unchanged", "good"),
    "skipped": ("left out", ""),
    "failed": ("failed", "bad"),
}
# Short names for the filter; a reason without one goes by its code's words.
NAMES = {
    Reason.ROBOTS_DISALLOWED: "forbidden by robots.txt",
    Reason.ROBOTS_UNREACHABLE: "robots.txt unreachable",
    Reason.OUT_OF_SCOPE: "of another site",
    Reason.PAGE_LIMIT: "over a limit",
    Reason.DEPTH_LIMIT: "too deep in the site",
    Reason.DUPLICATE: "says the same as another",
    Reason.NOT_TEXT: "no text to read",
    Reason.NOINDEX: "asks not to be indexed",
    Reason.SCRIPT_SHELL: "needs JavaScript",
    Reason.ENCRYPTED: "protected by a password",
    Reason.EXCLUDED: "left out by your rules",
    Reason.WOULD_BE_READ: "would be read",
    Reason.ROBOTS_OVERRIDDEN: "read in spite of robots.txt",
    Reason.RENDERED: "read in a browser",
    Reason.SOFT_NOT_FOUND: "says “not found”",
    Reason.TRAP: "one of very many alike",
    Reason.PARSE_INCOMPLETE: "read in part",
    Reason.PARSE_LIMIT: "read in part",
    Reason.CHALLENGE: "asks for proof of being human",
    Reason.SCANNED: "pictures of text",
    Reason.OWN_SERVICE: "Milo's own address",
}
# What asking again cannot change: only the owner's rules or the site can.
FINAL = frozenset(
    {
        Reason.OUT_OF_SCOPE,
        Reason.EXCLUDED,
        Reason.WOULD_BE_READ,
        Reason.OWN_SERVICE,
        Reason.BAD_ADDRESS,
        Reason.PAGE_LIMIT,
        Reason.DEPTH_LIMIT,
        Reason.UNSUPPORTED,
        Reason.REFUSED_ADDRESS,
    }
)
LEAVING = "You leave this address out. It goes with the next reading."
NOT_OURS = frozenset({Reason.OUT_OF_SCOPE, Reason.OWN_SERVICE, Reason.BAD_ADDRESS})


# What the site's server said, in words beside its number.
_ANSWERS = {304: "as before", 401: "refused", 403: "refused", 404: "not found", 410: "taken down", 429: "too often"}


@dataclass(frozen=True, slots=True)
class LedgerView:
    url: str
    shown: str  # its path; the whole address where it is on another host
    word: str
    tone: str
    sentence: str
    http: int | None
    answer: str  # `http` in words
    bytes: int
    words: int
    language: str | None
    at: datetime
    generation: int | None
    document_id: UUID | None
    live: bool
    kept_since: datetime | None
    kept_from: datetime | None
    may_try: bool
    may_leave_out: bool
    rule: str | None  # that leaves it out and may be taken back


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    code: str
    name: str
    pages: int


def view_line(row: LedgerRow, *, start: str, rules: Rules) -> LedgerView:
    """`start`: the source's own address, which is always asked for; `rules`: what is left out by now."""
    reason = Reason(row.reason) if row.reason else None
    word, tone = STATUSES[row.status]
    if row.status == "fetched" and reason is not None and reason not in MARKS:
        word, tone = "read in part", "warn"
    if reason is Reason.WOULD_BE_READ:
        word, tone = "would be read", "good"
    site = row.url.startswith(("http://", "https://"))
    wholly = row.status in ("fetched", "unchanged") and (reason is None or reason in MARKS)
    # Also of what was read before the rule was made; the next look takes it out.
    rule = rules.leaves_out(row.url) if site and row.url != start else None
    return LedgerView(
        url=row.url,
        shown=_shown(row.url, start),
        word=word,
        tone=tone,
        sentence=_sentence(row, reason) or (LEAVING if rule is not None else ""),
        http=row.http,
        answer=_answer(row.http),
        bytes=row.bytes,
        words=row.words,
        language=row.language,
        at=row.at,
        generation=row.generation,
        document_id=row.document_id,
        live=row.live,
        kept_since=row.kept_since,
        kept_from=row.kept_from,
        may_try=not wholly and reason not in FINAL,
        may_leave_out=site
        and row.url != start
        and reason not in NOT_OURS
        and reason is not Reason.EXCLUDED
        and rule is None,
        rule=rule,
    )


def reason_choices(counts: Sequence[LedgerCount]) -> list[ReasonChoice]:
    """What the filter offers, the most frequent first."""
    pages: dict[str, int] = {}
    for one in counts:
        if one.reason is not None:
            pages[one.reason] = pages.get(one.reason, 0) + one.pages
    ordered = sorted(pages.items(), key=lambda item: -item[1])
    return [ReasonChoice(code, name_of(Reason(code)), count) for code, count in ordered]


def name_of(reason: Reason) -> str:
    """In two or three words."""
    return NAMES.get(reason, reason.replace("_", " "))


def _shown(url: str, start: str) -> str:
    other = url.startswith(("http://", "https://")) and host(url) != host(start)
    return url.partition("://")[2] if other else place(url)


def _answer(http: int | None) -> str:
    if http is None:
        return ""
    kinds = {2: "sent", 3: "leads on", 4: "error", 5: "fault of the site"}
    return _ANSWERS.get(http) or kinds.get(http // 100, "")


def _sentence(row: LedgerRow, reason: Reason | None) -> str:
    if reason is None:
        return ""
    sentence = sentence_for(reason, row.url, row.detail)
    # Its address stands beside it already.
    what = "file" if "." in row.url.rpartition("/")[2] else "address"
    return re.sub(rf"^{re.escape(row.url)} ", f"This {what} ", sentence).replace(row.url, f"this {what}")
