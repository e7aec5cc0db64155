"""A site on loopback and a business that reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.outbound import OutboundFetcher
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from tests.integration.ingestion.shop import ACTOR, Shop
from tests.integration.ingestion.site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        yield started


@pytest.fixture
async def shop(database: Database, settings: Settings, site: Site) -> AsyncIterator[Shop]:
    created = await create_business(
        database, Vault(KeyRing(settings.secret_keys)), NewBusiness("Museum", "museum"), actor=ACTOR
    )
    fetcher = OutboundFetcher(replace(settings, crawl_private_hosts=frozenset({site.base.removeprefix("http://")})))
    yield Shop(database, fetcher, created.business_id)
    await fetcher.close()
