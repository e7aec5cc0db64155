"""A scripted server and a chat model that speaks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.providers.openai_chat import OpenAIChat
from app.providers.openai_client import open_client
from app.providers.token_budget import Vocabularies
from tests.fakes.openai_server import KEY, OpenAIServer

MakeChat = Callable[..., OpenAIChat]


@pytest.fixture
async def openai_server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def make_chat(openai_server: OpenAIServer, tmp_path: Path) -> AsyncIterator[MakeChat]:
    clients = []

    def make(
        model: str = "gpt-5.4-mini", *, official: bool = False, key: str = KEY, read_seconds: float = 5.0, url: str = ""
    ) -> OpenAIChat:
        client = open_client(key, url or openai_server.base_url, read_seconds=read_seconds)
        clients.append(client)
        return OpenAIChat(client, model, Vocabularies(tmp_path), official=official)

    yield make
    for client in clients:
        await client.close()
