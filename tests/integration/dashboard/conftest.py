"""The dashboard's application on a real database and Redis, and people who are signed in to it.

`site` is the application with its three people: Olga owns the business "corner-cafe", Tim is a member
of it, Sam is a stranger with a business of his own. A `Person` sends requests as that person's browser.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from redis.asyncio import Redis

from app.accounts.model import SESSION_COOKIE, Account
from app.accounts.queries import ensure_account, insert_membership
from app.accounts.session import csrf_token, find_session, open_session
from app.businesses.create import create_business, ensure_house
from app.businesses.model import NewBusiness
from app.conversations.running import AnswerTasks
from app.dashboard.routes import ROUTES
from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.limits import Limiter
from app.security import KeyRing, Signer
from app.services import Services
from app.settings import Settings
from app.usage.prices import read_prices
from app.vault.keys import Vault
from retrieval.analyse import SnowballAnalyser
from tests.integration.ingestion.site import CountingEmbedder
from tests.unit.ingestion.doubles import ScriptedFetcher

BASE = "https://127.0.0.1:8000"  # https, or the client would not send back a Secure cookie
SLUG = "corner-cafe"


@dataclass
class Person:
    """One browser. `post` sends what a form of the page would send."""

    client: AsyncClient
    account: Account | None = None
    cookie: str | None = None
    csrf: str = ""

    @property
    def cookies(self) -> dict[str, str]:
        return {"cookie": f"{SESSION_COOKIE}={self.cookie}"} if self.cookie else {}

    async def get(self, path: str, **headers: str) -> Response:
        self.client.cookies.clear()
        return await self.client.get(path, headers=self.cookies | headers, follow_redirects=False)

    async def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Response:
        self.client.cookies.clear()
        sent = self.cookies | {"origin": BASE, "sec-fetch-site": "same-origin"} | headers
        return await self.client.post(
            path, data={"csrf": self.csrf} | (data or {}), headers=sent, follow_redirects=False
        )


@dataclass
class Site:
    services: Services
    client: AsyncClient
    business_id: UUID
    widget_key: str
    other_id: UUID
    owner: Person
    member: Person
    stranger: Person
    anonymous: Person


@pytest.fixture
async def services(database: Database, settings: Settings, redis_url: str) -> AsyncIterator[Services]:
    """The parts that pages read; the rest of the bundle is left out."""
    ring = KeyRing(settings.secret_keys)
    vault = Vault(ring)
    await ensure_house(database, vault)
    doorbell = Doorbell(settings.redis_url)
    async with Redis.from_url(redis_url) as redis:
        yield cast(
            Services,
            SimpleNamespace(
                settings=replace(settings, public_url=BASE),
                database=database,
                vault=vault,
                signer=Signer(ring),
                doorbell=doorbell,
                redis=redis,
                limiter=Limiter(redis),
                answers=AnswerTasks(),
                clock=lambda: datetime.now(UTC),
                analyser=SnowballAnalyser(),
                embedder_for=lambda _: CountingEmbedder(),
                prices=read_prices(None, own_servers=("openai", "anthropic")),
                fetcher=ScriptedFetcher({}, owned=False),
                unlocker=None,  # test_file_passwords.py brings one
            ),
        )
    await doorbell.close()


@pytest.fixture
async def client(services: Services) -> AsyncIterator[AsyncClient]:
    app = Litestar(
        ROUTES,
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        state=State({"services": services}, deep_copy=False),
    )
    # Not Litestar's own test client: it runs the application in a loop of its own, apart from the pools.
    async with AsyncClient(
        transport=ASGITransport(cast(Any, app), client=("192.0.2.7", 5000)), base_url=BASE
    ) as opened:
        yield opened


@pytest.fixture
async def site(services: Services, client: AsyncClient) -> Site:
    created = await create_business(
        services.database, services.vault, NewBusiness("Corner Café", SLUG, "Europe/Copenhagen"), actor="operator"
    )
    other = await create_business(
        services.database, services.vault, NewBusiness("Somewhere else", "elsewhere"), actor="operator"
    )
    owner = await signed_in(services, client, "olga@example.com", created.business_id, "owner")
    member = await signed_in(services, client, "tim@example.com", created.business_id, "member")
    stranger = await signed_in(services, client, "sam@example.com", other.business_id, "owner")
    return Site(
        services,
        client,
        created.business_id,
        created.widget_key,
        other.business_id,
        owner,
        member,
        stranger,
        Person(client),
    )


async def signed_in(services: Services, client: AsyncClient, email: str, business_id: UUID, role: str) -> Person:
    now = services.clock()
    async with services.database.directory_transaction() as conn:
        account = await ensure_account(conn, email)
        await insert_membership(conn, account.account_id, business_id, role)
        opened = await open_session(conn, services.signer, account, now)
        session = await find_session(conn, services.signer, opened.cookie, now)
    assert session is not None
    return Person(client, account, opened.cookie, csrf_token(services.signer, session.session_hash))
