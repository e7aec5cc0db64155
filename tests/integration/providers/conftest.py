"""A shop whose page is read, asked of scripted providers over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.businesses.queries import read_business
from app.channels.web.asking import answer_ports, knowledge_of, within_limits
from app.jobs.model import IngestSource
from app.jobs.runner import Runner
from app.knowledge.manage import add_files
from app.knowledge.reindex import reindex
from app.services import Services
from app.settings import Secret, Settings
from app.usage.queries import read_month
from app.wiring import open_services
from retrieval.answer import answer
from retrieval.model import Answer, AnswerEnded, Asked, Limits, TextShown
from tests.fakes.anthropic_server import AnthropicServer
from tests.fakes.openai_server import OpenAIServer

PAGE = """# Prices

A loaf of rye bread costs 24.50 kr. and weighs 1,250 grams.

The bakery opens at 6:30 on Saturday.
"""
QUESTION = "What does a loaf of rye bread cost?"
TRUE = "A loaf of rye bread costs 24.50 kr. and weighs 1,250 grams."


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


@dataclass
class Shop:
    services: Services
    business_id: UUID
    model: OpenAIServer
    claude: AnthropicServer

    async def ask(
        self, question: str = QUESTION, limits: Limits | None = None, person_id: UUID | None = None
    ) -> tuple[Answer, list[Any]]:
        async with self.services.database.business_transaction(self.business_id) as conn:
            business = await read_business(conn, self.business_id)
        assert business is not None
        ports = answer_ports(self.services, business, person_id=person_id)
        asked = within_limits(business, Asked(question, limits=limits or Limits()))
        events = [event async for event in answer(knowledge_of(business), asked, ports)]
        assert isinstance(events[-1], AnswerEnded)
        return events[-1].answer, events

    async def used(self) -> tuple[int, int]:
        async with self.services.database.business_transaction(self.business_id) as conn:
            month = await read_month(conn, self.business_id)
        assert month is not None
        return month.reserved, month.used

    async def change(self, sql: str) -> None:
        async with self.services.database.business_transaction(self.business_id) as conn:
            await conn.execute(sql.encode())

    def chats(self) -> list[Any]:
        return [request.json for request in self.model.history if request.path.endswith("/chat/completions")]


@asynccontextmanager
async def open_shop(settings: Settings, **chosen: Any) -> AsyncIterator[Shop]:
    """Both providers are there; `chosen` says which models of theirs are asked, and what else is set."""
    async with AsyncExitStack() as stack:
        model, claude = OpenAIServer(), AnthropicServer()
        await stack.enter_async_context(model)
        await stack.enter_async_context(claude)
        given = replace(
            settings,
            openai_api_key=Secret(model.key),
            openai_base_url=model.base_url,
            anthropic_api_key=Secret(claude.key),
            anthropic_base_url=claude.url,
            **chosen,
        )
        services = await stack.enter_async_context(open_services(given))
        made = await create_business(
            services.database, services.vault, NewBusiness("Bakery", "bakery"), actor="operator"
        )
        added = await add_files(services, made.business_id, [File("prices.md", PAGE.encode())], actor="operator")
        runner = Runner(services.database, {IngestSource.kind: partial(reindex, services)})
        assert await runner.run_job(made.business_id, added.job.job_id)
        yield Shop(services, made.business_id, model, claude)
        assert not model.violations, model.violations
        assert not claude.violations, claude.violations


@pytest.fixture
async def shop(settings: Settings) -> AsyncIterator[Shop]:
    """Two models of one provider, which embeds the page as well."""
    chat, embedding = ("openai:first", "openai:second"), "openai:text-embedding-3-small@64"
    async with open_shop(settings, chat=chat, embedding=embedding) as opened:
        yield opened


def shown(events: Sequence[Any]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextShown)]
