"""What a staged generation says otherwise than what is live, and whether that may go out without asking.

Two generations in, a list of `Change` out (it is stored as the generation's `changes` and shown to the owner) and
the sentence of a hold, or None. Called by pipeline.py right before it publishes; docs/decisions/0027.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from ingestion.facts.changes import changed_facts
from ingestion.facts.conflicts import find_conflicts
from ingestion.facts.model import ConfirmedFact, FoundFact
from ingestion.facts.queries import list_found
from ingestion.generations.queries import DifferenceRow, list_confirmed, list_differences
from ingestion.ports import AnswersChecked, Transaction
from ingestion.queries import SourceRow
from ingestion.rules import Rules
from ingestion.sentences import FACTS_LEFT_OUT, facts_would_change, pages_would_go

HOLD_FROM = 4  # live pages of the source; with fewer, a share of them says little
HOLD_OVER = 0.3  # of the source's live pages
OWN_WORDS = ("fact:", "faq:")  # addresses of what the owner says
TOLD_HELD, TOLD_PUBLISHED = 50, 10  # addresses or sentences that are kept of each change; the rest is counted


class What(StrEnum):
    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"  # the same text under another address
    FACTS = "facts"  # confirmed by the owner, and said otherwise now
    FACTS_GONE = "facts_gone"  # confirmed by the owner, and found no more
    CONFLICTS = "conflicts"  # pages that did not disagree before
    FACTS_LEFT_OUT = "facts_left_out"  # beyond the bounds of a document or a generation
    ANSWERS_LOST = "answers_lost"  # questions that must stay right, and are not any more
    ANSWERS_WON = "answers_won"  # those that are right now
    ANSWERS_UNASKED = "answers_unasked"  # those nobody can speak for


@dataclass(frozen=True, slots=True)
class Change:
    """`first`: addresses, or sentences for facts and conflicts; `count` of all."""

    what: What
    count: int
    first: tuple[str, ...]

    def stored(self, told: int) -> dict[str, Any]:
        return {"what": self.what, "count": self.count, "first": list(self.first[:told])}


@dataclass(frozen=True, slots=True)
class Difference:
    changes: tuple[Change, ...]
    hold: str | None  # why the owner is asked first

    def with_answers(self, checked: AnswersChecked) -> Difference:
        """What comes of the owner's questions counts beside what pages say; one reason to ask is enough."""
        told = [
            Change(What.ANSWERS_LOST, len(checked.lost), checked.lost),
            Change(What.ANSWERS_WON, len(checked.won), checked.won),
            Change(What.ANSWERS_UNASKED, checked.unasked, (checked.why_unasked,)),
        ]
        changes = (*(change for change in told if change.count), *self.changes)
        return replace(self, changes=changes, hold=" ".join(filter(None, (checked.hold, self.hold))) or None)

    def stored(self) -> list[dict[str, Any]]:
        return [change.stored(TOLD_HELD if self.hold else TOLD_PUBLISHED) for change in self.changes]


async def compare(
    transaction: Transaction,
    business_id: UUID,
    source: SourceRow,
    *,
    over: int | None,
    generation: int,
    pages: int,
    closed: Collection[str] = (),
    left_out: int = 0,
) -> Difference:
    """`over`: what is live, None for nothing; `pages`: of this source in it; `left_out`: facts that were too many.

    `closed`: pages that may not be read any more; to lose them is no loss to ask about.
    """
    async with transaction() as conn:
        rows = await list_differences(conn, business_id, source.source_id, over=over, generation=generation)
        confirmed = await list_confirmed(conn, business_id)
        before = _of_pages(await list_found(conn, business_id, over)) if over is not None else []
        after = _of_pages(await list_found(conn, business_id, generation)) if over is not None else []
    gone, new, moved = _moved(rows)
    changed, unsaid = _facts(rows, confirmed, before, after)
    found = [
        (What.FACTS, changed),
        (What.FACTS_GONE, unsaid),
        (What.CONFLICTS, _conflicts(before, after)),
        (What.GONE, [row.url for row in gone]),
        (What.NEW, [row.url for row in new]),
        (What.CHANGED, [row.url for row in rows if row.what == What.CHANGED]),
        (What.MOVED, [f"{was.url} → {became.url}" for was, became in moved]),
    ]
    rules = Rules.of(source.include, source.exclude)
    # Not by the owner's own word.
    lost = sum(row.mine and rules.leaves_out(row.url) is None and row.url not in closed for row in gone)
    reasons = [facts_would_change(changed)] if changed else []
    if pages >= HOLD_FROM and lost > HOLD_OVER * pages:
        reasons.append(pages_would_go(lost, pages))
    changes = tuple(Change(what, len(told), tuple(told)) for what, told in found if told)
    if left_out:
        changes += (Change(What.FACTS_LEFT_OUT, left_out, (FACTS_LEFT_OUT,)),)
    return Difference(changes, " ".join(reasons) or None)


def _of_pages(facts: Sequence[FoundFact]) -> list[FoundFact]:
    """Not what is found in the owner's own words: they are what pages are compared with."""
    return [fact for fact in facts if not fact.url.startswith(OWN_WORDS)]


def _facts(
    rows: Sequence[DifferenceRow],
    confirmed: Sequence[ConfirmedFact],
    before: Sequence[FoundFact],
    after: Sequence[FoundFact],
) -> tuple[list[str], list[str]]:
    """Sentences of what is said otherwise, and of what is said no more, since what is live.

    Only of pages that changed: what a newer recogniser reads in the same words is no word of the site.
    """
    touched = {row.url for row in rows}
    known = {(one.confirmed.fact_id, one.sentence) for one in changed_facts(confirmed, before)}
    news = [
        one
        for one in changed_facts(confirmed, after)
        if one.confirmed.found_url in touched and (one.confirmed.fact_id, one.sentence) not in known
    ]
    return [one.sentence for one in news if one.after], [one.sentence for one in news if not one.after]


def _conflicts(before: Sequence[FoundFact], after: Sequence[FoundFact]) -> list[str]:
    known = {one.sentence for one in find_conflicts(before)}
    return [one.sentence for one in find_conflicts(after) if one.sentence not in known]


def _moved(
    rows: Sequence[DifferenceRow],
) -> tuple[list[DifferenceRow], list[DifferenceRow], list[tuple[DifferenceRow, DifferenceRow]]]:
    """Gone, new, and pairs of both that hold the same text: a page that only got another address is not lost."""
    new = {row.url: row for row in rows if row.what == What.NEW}
    by_text: dict[bytes, list[DifferenceRow]] = {}
    for row in new.values():
        by_text.setdefault(row.text_hash, []).append(row)
    gone: list[DifferenceRow] = []
    moved: list[tuple[DifferenceRow, DifferenceRow]] = []
    for row in rows:
        if row.what != What.GONE:
            continue
        same = by_text.get(row.text_hash)
        if same:
            after = same.pop(0)
            del new[after.url]
            moved.append((row, after))
        else:
            gone.append(row)
    return gone, list(new.values()), moved
