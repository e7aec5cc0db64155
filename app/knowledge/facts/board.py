"""All facts of a business side by side: rows in, what the owner sees out. Read by the dashboard and by the flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.db.pool import Connection
from app.errors import Conflict
from app.knowledge.facts.model import Chosen, Decision, Fact, Place, Slot, State, Statement
from app.knowledge.facts.queries import DecidedRow, FoundRow, list_decided, list_found
from app.knowledge.facts.slots import KINDS, NOTICE, cut, weigh
from ingestion.facts.model import value_key_of

CHANGED = "The page says something else by now. Look at the facts again, and decide anew."


@dataclass(frozen=True, slots=True)
class Board:
    facts: tuple[Fact, ...]
    expired: tuple[Decision, ...]

    def statement(self, chosen: Chosen) -> tuple[Fact, Statement]:
        """Raises Conflict when no page says so any more."""
        for fact in self.facts:
            if fact.slot == chosen.slot:
                for statement in fact.statements:
                    if statement.key == chosen.key:
                        return fact, statement
        raise Conflict(CHANGED, code="fact_changed")

    def decisions(self, slot: Slot) -> list[Decision]:
        """All rows of a slot, those that expired too."""
        own = [fact for fact in self.facts if fact.slot == slot]
        rows = [one for fact in own for one in (fact.decision, *fact.rejected) if one is not None]
        return [*rows, *(one for one in self.expired if one.slot == slot)]

    @property
    def conflicts(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.state is State.CONFLICT]


async def read_board(conn: Connection, business_id: UUID, now: datetime, kinds: Sequence[str] = KINDS) -> Board:
    found = [row for row in await list_found(conn, business_id, kinds) if not _is_over(row, now)]
    decided = [decision for row in await list_decided(conn, business_id) for decision in _decision(row)]
    return Board(tuple(weigh(_statements(found), decided, now)), tuple(one for one in decided if one.expired(now)))


def _is_over(row: FoundRow, now: datetime) -> bool:
    """A notice of a closure that has passed is nothing to decide on; it may still be today somewhere."""
    until = str(row.value.get("until") or "--")
    yesterday = (now - timedelta(days=1)).date().isoformat()
    return row.kind == NOTICE and not until.startswith("--") and until < yesterday


def _statements(rows: Sequence[FoundRow]) -> list[Statement]:
    """Equal values of one slot are one statement with several places."""
    made: dict[tuple[Slot, str], Statement] = {}
    for row in rows:
        place = Place(row.url, row.title, row.document_id, row.page, row.shown)
        for slot, value in cut(row.kind, row.subject_key, row.value):
            key = value_key_of(dict(value))
            known = made.get((slot, key))
            places = (*(known.places if known else ()), place)
            if known is None or all(one.document_id != place.document_id for one in known.places):
                made[slot, key] = Statement(
                    slot, row.subject, value, key, known.found_key if known else row.value_key, row.language, places
                )
    return list(made.values())


def _decision(row: DecidedRow) -> list[Decision]:
    return [
        Decision(
            row.fact_id, row.state, slot, row.subject, value, value_key_of(dict(value)), row.shown, row.decided_as,
            row.updated_at, row.expires_at, row.found_url, row.found_key,
        )
        for slot, value in cut(row.kind, row.subject_key, row.value)
    ]  # fmt: skip
