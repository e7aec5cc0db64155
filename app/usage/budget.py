"""Holds a business's monthly cap on model tokens: retrieval's Budget port.

`reserve` before the model is asked, with the most it can cost; `settle` after, with what it did cost.
Two short transactions, none while the model streams. What a killed process leaves open is settled in
full by `release_stale`: daily, and before anybody is refused for want of room.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import anyio
import structlog
from psycopg import Error as DatabaseError

from app.db.pool import Connection, Database
from app.errors import Unavailable
from app.usage.queries import open_month, reserve_tokens, settle_entry, settle_stale
from retrieval.model import Usage

STALE_SECONDS = 600.0  # no answer lives as long: retrieval ends it after a minute
log = structlog.get_logger(__name__)


class MonthlyBudget:
    """Of one business. `purpose` stands in the ledger."""

    def __init__(self, database: Database, business_id: UUID, purpose: str = "answer"):
        self._database = database
        self._business_id = business_id
        self._purpose = purpose

    async def reserve(self, model: str, tokens: int) -> MonthlyReservation | None:
        """None when the month has no room for so many tokens: the visitor gets quotes."""
        async with self._database.business_transaction(self._business_id) as conn:
            entry = await self._reserve(conn, model, tokens)
            if entry is None:
                # Full, or the month's first question: only then the row has to be made.
                await open_month(conn, self._business_id)
                await release_stale(conn, self._business_id)
                entry = await self._reserve(conn, model, tokens)
        return None if entry is None else MonthlyReservation(self._database, self._business_id, entry)

    async def _reserve(self, conn: Connection, model: str, tokens: int) -> UUID | None:
        return await reserve_tokens(conn, self._business_id, model=model, purpose=self._purpose, tokens=max(0, tokens))


@dataclass(frozen=True, slots=True)
class MonthlyReservation:
    database: Database
    business_id: UUID
    entry_id: UUID

    async def settle(self, usage: Usage | None) -> None:
        """With what was really used; None: nothing was sent. A second call changes nothing. Never raises for a
        database that is away: the visitor has the answer, and `release_stale` counts the reservation in full."""
        prompt, answer = (usage.prompt_tokens, usage.answer_tokens) if usage is not None else (0, 0)
        # A visitor who leaves cancels the answer, and every await in its `finally` with it.
        with anyio.CancelScope(shield=True):
            try:
                async with self.database.business_transaction(self.business_id) as conn:
                    await settle_entry(
                        conn,
                        self.business_id,
                        self.entry_id,
                        prompt_tokens=max(0, prompt),
                        answer_tokens=max(0, answer),
                    )
            except (DatabaseError, Unavailable) as error:
                log.warning("budget.not_settled", entry=str(self.entry_id), error=type(error).__name__)


async def release_stale(conn: Connection, business_id: UUID) -> int:
    """How many reservations were left open for ten minutes and are now counted as used."""
    return await settle_stale(conn, business_id, STALE_SECONDS)
