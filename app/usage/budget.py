"""Holds what a business lets its models cost: retrieval's Budget port. By month, and by visitor and day.

`reserve` before a model is asked, with the most it can use; `settle` after, with what it did use. Two short
transactions, none while the model streams. What a killed process leaves open is settled in full by `release_stale`:
daily, and before anybody is refused for want of room. Neither ever raises for the database: the visitor gets quotes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import anyio
import structlog
from psycopg import Error as DatabaseError

from app.db.pool import Connection, Database
from app.errors import MiloError
from app.jobs.doorbell import Doorbell
from app.jobs.model import JobRef
from app.usage.prices import Prices
from app.usage.queries import (
    Attempt,
    find_room,
    forget_days,
    give_day_back,
    open_day,
    open_month,
    reserve_tokens,
    settle_entry,
    settle_stale,
)
from app.usage.tell import Teller, tell_full, tell_near
from retrieval.model import Usage

STALE_SECONDS = 600.0  # no answer lives as long: retrieval ends it after a minute
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BudgetPorts:
    database: Database
    doorbell: Doorbell
    prices: Prices
    teller: Teller


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """Of one business, and of one of its visitors where there is one. The operator's own questions have none."""

    ports: BudgetPorts
    business_id: UUID
    person_id: UUID | None = None

    async def reserve(self, model: str, tokens: int, purpose: str = "answer") -> TokenReservation | None:
        """None when the month, or the visitor's day, has no room for so many tokens: the visitor gets quotes."""
        tokens = max(0, tokens)
        try:
            async with self.ports.database.business_transaction(self.business_id) as conn:
                entry, told = await self._reserve(conn, model, tokens, purpose)
        except (DatabaseError, MiloError) as error:
            log.warning("budget.not_reserved", business=str(self.business_id), error=type(error).__name__)
            return None
        if told is not None:
            await self.ports.doorbell.ring(told)
        return None if entry is None else TokenReservation(self.ports, self.business_id, entry)

    async def _reserve(
        self, conn: Connection, model: str, tokens: int, purpose: str
    ) -> tuple[UUID | None, JobRef | None]:
        attempt = await self._attempt(conn, model, tokens, purpose)
        if attempt.entry_id is None and await find_room(conn, self.business_id, self.person_id, STALE_SECONDS):
            await open_month(conn, self.business_id)
            if self.person_id is not None:
                await open_day(conn, self.business_id, self.person_id)
            await release_stale(conn, self.business_id)
            attempt = await self._attempt(conn, model, tokens, purpose)
        if attempt.entry_id is not None or not attempt.day_had_room:
            return attempt.entry_id, None
        return None, await tell_full(conn, self.ports.teller, self.business_id, tokens)

    async def _attempt(self, conn: Connection, model: str, tokens: int, purpose: str) -> Attempt:
        attempt = await reserve_tokens(
            conn,
            self.business_id,
            self.person_id,
            model=model,
            purpose=purpose,
            tokens=tokens,
            cost=self.ports.prices.at_most(model, tokens),
        )
        if attempt.entry_id is None and attempt.day_had_room and self.person_id is not None:
            await give_day_back(conn, self.business_id, self.person_id, tokens)
        return attempt


@dataclass(frozen=True, slots=True)
class TokenReservation:
    ports: BudgetPorts
    business_id: UUID
    entry_id: UUID

    async def settle(self, usage: Usage | None) -> None:
        """With what was really used; None: nothing was sent. A second call changes nothing. Never raises for a
        database that is away: the visitor has the answer, and `release_stale` counts the reservation in full."""
        if usage is not None:
            usage = replace(usage, prompt_tokens=max(0, usage.prompt_tokens), answer_tokens=max(0, usage.answer_tokens))
        # A visitor who leaves cancels the answer, and every await in its `finally` with it.
        with anyio.CancelScope(shield=True):
            try:
                async with self.ports.database.business_transaction(self.business_id) as conn:
                    near = await settle_entry(
                        conn,
                        self.business_id,
                        self.entry_id,
                        prompt_tokens=usage.prompt_tokens if usage else 0,
                        answer_tokens=usage.answer_tokens if usage else 0,
                        cost=self.ports.prices.cost(usage) if usage else 0,
                    )
                    told = await tell_near(conn, self.ports.teller, self.business_id) if near else None
            except (DatabaseError, MiloError) as error:
                log.warning("budget.not_settled", entry=str(self.entry_id), error=type(error).__name__)
                return
            if told is not None:
                await self.ports.doorbell.ring(told)


async def release_stale(conn: Connection, business_id: UUID) -> int:
    """How many reservations were left open for ten minutes and are now counted as used. Visitors' days that are over
    are forgotten with it."""
    await forget_days(conn, business_id)
    return await settle_stale(conn, business_id, STALE_SECONDS)
