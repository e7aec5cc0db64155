"""The whole application in this process, with a business, its key and an answer that the test scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from app.businesses.create import create_business
from app.businesses.model import CreatedBusiness, NewBusiness
from app.services import Services
from app.settings import Settings
from app.web import create_app
from app.wiring import open_services
from tests.integration.conversations.conftest import Script


@dataclass
class Web:
    client: AsyncClient
    services: Services
    business: CreatedBusiness
    other: CreatedBusiness
    script: Script

    async def session(self, key: str | None = None, **body: str) -> dict[str, str]:
        answer = await self.client.post(f"/w/{key or self.business.widget_key}/session", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, token: str, key: str | None = None, **given: Any) -> Response:
        headers = {"Authorization": f"Bearer {token}", **given.pop("headers", {})}
        path = f"/w/{key or self.business.widget_key}{path}"
        return await self.client.post(path, json=given, headers=headers)

    async def ask(self, token: str, text: str = "When are you open?", number: str = "q1", **given: Any) -> Response:
        return await self.post("/messages", token, text=text, client_message_id=number, **given)

    async def rows(self, table: str) -> int:
        async with self.services.database.business_transaction(self.business.business_id) as conn:
            row = await (await conn.execute(f"SELECT count(*) FROM {table}".encode())).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
async def web(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Web]:
    script = Script()
    monkeypatch.setattr("app.channels.web.asking.answer", lambda knowledge, asked, _: script(knowledge, asked))
    async with open_services(settings, role="web") as services:
        made = [
            await create_business(services.database, services.vault, NewBusiness(name, slug), actor="operator")
            for name, slug in (("Corner <Bakery>", "corner-bakery"), ("Other", "other"))
        ]
        # In this very loop, as the pools are: no thread, no port.
        transport = ASGITransport(create_app(services), raise_app_exceptions=False)  # type: ignore[arg-type]
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield Web(client, services, made[0], made[1], script)


def events(answer: Response) -> list[tuple[str, str, str]]:
    """(id, event, data) of a whole stream."""
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["id"], fields["event"], fields["data"]))
    return found
