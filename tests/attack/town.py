"""Businesses on one Milo with a model that does its worst, and visitors who ask them over HTTP.

`town(settings, model)` opens the whole application in this process; `Town.settle` makes a business with pages.
Text that must never come out of its business carries canaries: see canaries.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from httpx2 import ASGITransport, AsyncClient, Response

from app.accounts.model import SESSION_COOKIE
from app.accounts.queries import ensure_account, insert_membership
from app.accounts.session import open_session
from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.services import Services
from app.settings import Secret, Settings
from app.web import create_app
from app.wiring import Overrides, open_services
from tests.attack.worst import WorstClaude, WorstModel
from tests.integration.retrieval.planting import Planted, plant
from tests.unit.retrieval.models import WordEmbedder

BASE = "http://127.0.0.1:8000"
OPENAI, ANTHROPIC = "openai:worst", "anthropic:claude-haiku-5-5"


@dataclass
class Business:
    business_id: UUID
    key: str
    slug: str
    owner_cookie: str = ""


@dataclass
class Visitor:
    """One browser with a token of a business."""

    town: Town
    business: Business
    token: str
    conversation: str | None = None
    asked: int = 0

    async def ask(self, text: str) -> list[tuple[str, Any]]:
        """(event, data) of the whole stream."""
        self.asked += 1
        body = {"text": text, "client_message_id": f"m{self.asked}-{uuid4().hex[:8]}"}
        if self.conversation is not None:
            body["conversation"] = self.conversation
        answer = await self.post("messages", body)
        assert answer.status_code == 200, answer.text
        found = events(answer.text)
        self.conversation = next(data["conversation"] for name, data in found if name == "meta")
        return found

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> Response:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        return await self.town.client.post(f"/w/{self.business.key}/{path}", json=body, headers=sent)

    async def get(self, path: str) -> Response:
        sent = {"Authorization": f"Bearer {self.token}"}
        return await self.town.client.get(f"/w/{self.business.key}/{path}", headers=sent)


@dataclass
class Town:
    services: Services
    client: AsyncClient
    model: WorstModel
    businesses: list[Business] = field(default_factory=list)

    async def settle(
        self, name: str, slug: str, pages: Sequence[Planted], *, owner: str | None = None, url: str | None = None
    ) -> Business:
        made = await create_business(
            self.services.database, self.services.vault, NewBusiness(name, slug), actor="operator"
        )
        if pages:
            await plant(self.services.database, list(pages), business=made.business_id)
        if url is not None:
            await self.sql(made.business_id, "UPDATE documents SET url = %s", url)
        if self.services.settings.chat == (ANTHROPIC,):
            await self.sql(made.business_id, "UPDATE businesses SET allowed_processors = '{anthropic}'")
        found = Business(made.business_id, made.widget_key, slug)
        if owner is not None:
            found.owner_cookie = await self._signed_in(found, owner)
        self.businesses.append(found)
        return found

    async def _signed_in(self, business: Business, email: str) -> str:
        async with self.services.database.directory_transaction() as conn:
            account = await ensure_account(conn, email)
            await insert_membership(conn, account.account_id, business.business_id, "owner")
            opened = await open_session(conn, self.services.signer, account, self.services.clock())
        return f"{SESSION_COOKIE}={opened.cookie}"

    async def visitor(self, business: Business) -> Visitor:
        """In a crowd over few connections one has to ask again."""
        for _ in range(40):
            answer = await self.client.post(f"/w/{business.key}/session", json={})
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.5)
        assert answer.status_code == 200, answer.text
        return Visitor(self, business, answer.json()["token"])

    async def page(self, business: Business, path: str) -> Response:
        """A page of the dashboard, as its owner's browser gets it."""
        self.client.cookies.clear()
        return await self.client.get(f"/dashboard/{business.slug}{path}", headers={"cookie": business.owner_cookie})

    async def sql(self, business_id: UUID, statement: str, *values: object) -> list[tuple[Any, ...]]:
        async with self.services.database.business_transaction(business_id) as conn:
            cursor = await conn.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def town(
    settings: Settings, model: WorstModel, *, claude: WorstClaude | None = None, embedder: Any = None
) -> AsyncGenerator[Town, None]:
    """`claude`: is asked in place of `model`."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(model)
        chosen = replace(
            settings,
            openai_api_key=Secret(model.key),
            openai_base_url=model.base_url,
            chat=(OPENAI,),
            public_url=BASE,
        )
        if claude is not None:
            await stack.enter_async_context(claude)
            key, url = Secret(claude.key), claude.url
            chosen = replace(chosen, anthropic_api_key=key, anthropic_base_url=url, chat=(ANTHROPIC,))
        overrides = Overrides(embedder=embedder or WordEmbedder())
        async with open_services(chosen, role="web", overrides=overrides) as services:
            # In this very loop, as the pools are: no thread, no port.
            transport = ASGITransport(create_app(services), raise_app_exceptions=False)  # type: ignore[arg-type]
            async with AsyncClient(transport=transport, base_url=BASE, timeout=60) as client:
                yield Town(services, client, model)


def events(text: str) -> list[tuple[str, Any]]:
    """(event, data) of a stream, read as a browser reads it: lines end at \\n, \\r and \\r\\n, and nowhere else."""
    found: list[tuple[str, Any]] = []
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line.partition(":") for line in block.split("\n") if line and not line.startswith(":")]
        fields = {name: value for name, _, value in lines}
        if "data" in fields:
            found.append((fields["event"].strip(), json.loads(fields["data"])))
    return found


def read_by_visitor(found: list[tuple[str, Any]]) -> str:
    """All that is shown of an answer: deltas, sentences, quotes, titles and addresses."""
    return "\n".join(json.dumps(data, ensure_ascii=False) for _, data in found)


def answer_text(found: list[tuple[str, Any]]) -> str:
    return " ".join(data["text"] for name, data in found if name == "sentence")
