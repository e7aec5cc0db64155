"""A business with an owner, and what capturing a lead needs."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.leads.capture import CapturePorts
from app.leads.queries import BusinessOfLead
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from ingestion.ports import no_fault

BAKERY = BusinessOfLead("corner-bakery", "Corner Bakery", "en", "DK")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(KeyRing(settings.secret_keys))


@pytest.fixture
async def business_id(database: Database, vault: Vault) -> UUID:
    new = NewBusiness(name=BAKERY.name, slug=BAKERY.slug, country=BAKERY.country)
    return (await create_business(database, vault, new, actor="operator")).business_id


@pytest.fixture
def ports(database: Database, vault: Vault) -> CapturePorts:
    return CapturePorts(database, vault, Doorbell(None), "operator@milo.example", "https://milo.example", no_fault)


@pytest.fixture
async def owner(database: Database, business_id: UUID) -> str:
    account = uuid4()
    async with database.directory_transaction() as conn:
        await conn.execute("INSERT INTO accounts (account_id, email) VALUES (%s, 'owner@bakery.example')", (account,))
        await conn.execute(
            "INSERT INTO memberships (account_id, business_id, role) VALUES (%s, %s, 'owner')", (account, business_id)
        )
    return "owner@bakery.example"
