"""Budgets on a database of the test's own: prices of two models, an owner to be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest

from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.mail.model import StoredMail, open_mail
from app.mail.queries import read_outbox
from app.people.identify import identify
from app.security import KeyRing
from app.settings import Settings
from app.usage.budget import BudgetPorts, TokenBudget
from app.usage.prices import Price, Prices
from app.usage.queries import MonthUsage, read_month
from app.usage.tell import Teller
from app.vault.keys import Vault


@dataclass
class House:
    """Businesses with budgets, and what became of them."""

    database: Database
    vault: Vault
    ports: BudgetPorts

    async def business(self, cap: int = 1000, *, day: int = 1_000_000, economy: str | None = None) -> UUID:
        business_id = uuid4()
        async with self.database.business_transaction(business_id) as conn:
            await conn.execute(
                "INSERT INTO businesses (business_id, slug, name, monthly_token_cap, visitor_daily_token_cap,"
                " economy_model) VALUES (%s, %s, 'Corner Bakery', %s, %s, %s)",
                (business_id, f"b-{business_id}", cap, day, economy),
            )
        return business_id

    async def person(self, business_id: UUID) -> UUID:
        async with self.database.business_transaction(business_id) as conn:
            return await identify(conn, await self.vault.keys(conn, business_id), business_id, "web", str(uuid4()))

    def budget(self, business_id: UUID, person_id: UUID | None = None) -> TokenBudget:
        return TokenBudget(self.ports, business_id, person_id)

    async def month(self, business_id: UUID) -> MonthUsage:
        async with self.database.business_transaction(business_id) as conn:
            found = await read_month(conn, business_id)
        assert found is not None
        return found

    async def held(self, business_id: UUID) -> tuple[int, int]:
        month = await self.month(business_id)
        return month.reserved, month.used

    async def day(self, business_id: UUID, person_id: UUID) -> tuple[int, int] | None:
        async with self.database.business_transaction(business_id) as conn:
            cursor = await conn.execute(
                "SELECT reserved::int, used::int FROM usage_days WHERE business_id = %s AND person_id = %s",
                (business_id, person_id),
            )
            row = await cursor.fetchone()
        return None if row is None else (row[0], row[1])

    async def run(self, business_id: UUID, sql: str) -> None:
        async with self.database.business_transaction(business_id) as conn:
            await conn.execute(sql.encode())

    async def mails(self, business_id: UUID) -> list[StoredMail]:
        async with self.database.business_transaction(business_id) as conn:
            cursor = await conn.execute("SELECT outbox_id FROM outbox WHERE purpose = 'budget' ORDER BY created_at")
            rows = [await read_outbox(conn, business_id, row[0]) for row in await cursor.fetchall()]
            keys = await self.vault.keys(conn, business_id)
        return [open_mail(keys, row) for row in rows if row is not None]


@pytest.fixture
async def house(database: Database, settings: Settings) -> AsyncIterator[House]:
    assert settings.redis_url is not None
    vault, doorbell = Vault(KeyRing(settings.secret_keys)), Doorbell(settings.redis_url)
    prices = Prices(date(2026, 11, 21), {"openai:m": Price(1.0, 0.1, 4.0), "openai:cheap": Price(0.1, 0.01, 0.5)})
    teller = Teller(vault, "operator@example.com", "https://milo.example.com")
    yield House(database, vault, BudgetPorts(database, doorbell, prices, teller))
    await doorbell.close()
