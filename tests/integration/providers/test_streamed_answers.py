"""A question through search, prompt, the SDK over real HTTP, and the verifier: what the visitor is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.businesses.queries import read_business
from app.channels.web.asking import answer_ports, knowledge_of
from app.jobs.model import IngestSource
from app.jobs.runner import Runner
from app.knowledge.manage import add_files
from app.knowledge.reindex import reindex
from app.services import Services
from app.settings import Secret, Settings
from app.usage.queries import read_month
from app.wiring import open_services
from retrieval.answer import answer
from retrieval.model import Answer, AnswerEnded, AnswerMode, Asked, Limits, QuoteReason, SentenceEnded, TextShown
from tests.fakes.openai_server import (
    BROKEN,
    RATE_LIMITED,
    SPENT_QUOTA,
    Bytes,
    Ending,
    OpenAIServer,
    Reply,
    half_characters,
    mid_figure,
)

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

    async def ask(self, question: str = QUESTION, limits: Limits | None = None) -> tuple[Answer, list[Any]]:
        async with self.services.database.business_transaction(self.business_id) as conn:
            business = await read_business(conn, self.business_id)
        assert business is not None
        ports = answer_ports(self.services, business)
        asked = Asked(question, limits=limits or Limits())
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


@pytest.fixture
async def shop(settings: Settings) -> AsyncIterator[Shop]:
    """Its own page ingested, embedded by the scripted server as well."""
    async with OpenAIServer() as model:
        chosen = replace(
            settings,
            openai_api_key=Secret(model.key),
            openai_base_url=model.base_url,
            chat=("openai:first", "openai:second"),
            embedding="openai:text-embedding-3-small@64",
        )
        async with open_services(chosen) as services:
            made = await create_business(
                services.database, services.vault, NewBusiness("Bakery", "bakery"), actor="operator"
            )
            added = await add_files(services, made.business_id, [File("prices.md", PAGE.encode())], actor="operator")
            runner = Runner(services.database, {IngestSource.kind: partial(reindex, services)})
            assert await runner.run_job(made.business_id, added.job.job_id)
            yield Shop(services, made.business_id, model)
        assert not model.violations, model.violations


def shown(events: Sequence[Any]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextShown)]


@pytest.mark.parametrize("cut", list(Bytes))
async def test_an_answer_is_right_however_the_stream_is_cut(shop: Shop, cut: Bytes):
    for pieces in (mid_figure, half_characters, list):
        text = f"{TRUE} [1]"
        shop.model.script(Reply(text, pieces=pieces(text), bytes=cut, prompt_tokens=100))
        # Thousands of one-byte pieces on a busy machine take their time; how long is not the claim here.
        told, events = await shop.ask(limits=Limits(first_text_seconds=30, hold_seconds=30))
        assert told.mode is AnswerMode.MODEL
        assert told.text == TRUE
        assert "".join(shown(events)) == TRUE
        # Held until bound: no piece ends inside a figure, however it arrived.
        assert not any(piece[-1].isdigit() for piece in shown(events))
        [sentence] = [event.sentence for event in events if isinstance(event, SentenceEnded)]
        assert "24.50 kr." in sentence.citations[0].quote
        assert told.usage is not None
        assert told.usage.prompt_tokens == 100
    shop.model.expect_clean()


async def test_what_was_used_is_settled_against_the_months_cap(shop: Shop):
    shop.model.script(Reply(f"{TRUE} [1]", pieces=[TRUE, " [1]"], prompt_tokens=100))
    await shop.ask()
    assert await shop.used() == (0, 102)


async def test_a_figure_that_stands_nowhere_is_not_shown(shop: Shop):
    shop.model.script(Reply("A loaf of rye bread costs 99.00 kr. [1]", bytes=Bytes.ONE))
    told, events = await shop.ask()
    assert "99" not in "".join(shown(events))
    assert told.mode is AnswerMode.QUOTE
    assert told.quote_reason is QuoteReason.WITHHELD
    assert "24.50 kr." in told.text


@pytest.mark.parametrize(
    ("reply", "detail"), [(SPENT_QUOTA, "quota"), (RATE_LIMITED, "rate_limited"), (Reply("", pieces=[]), None)]
)
async def test_when_every_model_fails_the_visitor_gets_quotes(shop: Shop, reply: Reply, detail: str | None):
    shop.model.script(reply, reply)
    told, _ = await shop.ask()
    assert told.mode is AnswerMode.QUOTE
    assert "24.50 kr." in told.text
    assert told.detail == detail
    assert (await shop.used())[0] == 0, "nothing stays reserved"


async def test_the_second_model_answers_for_the_first(shop: Shop):
    shop.model.script(BROKEN, BROKEN, BROKEN, Reply(f"{TRUE} [1]"))
    told, _ = await shop.ask()
    assert told.text == TRUE
    assert told.usage is not None
    assert told.usage.model == "openai:second"
    assert [body["model"] for body in shop.chats()] == ["first", "first", "first", "second"]


async def test_a_model_that_is_too_slow_is_not_waited_for(shop: Shop):
    shop.model.script(Reply("late", delay=30))
    told, _ = await shop.ask(limits=Limits(first_text_seconds=0.5))
    assert told.mode is AnswerMode.QUOTE
    assert told.quote_reason is QuoteReason.MODEL_SLOW
    assert "24.50 kr." in told.text
    assert told.timings.first_token is not None
    assert told.timings.first_token < 30_000, "the model's own time was not waited for"
    chat = next(request for request in shop.model.history if request.path.endswith("/chat/completions"))
    assert chat.ended.wait(2)
    assert chat.closed_early, "the provider must stop writing, and billing"


@pytest.mark.parametrize("ending", [Ending.DISCONNECT, Ending.CUT, Ending.MALFORMED, Ending.ERROR])
async def test_a_stream_that_breaks_leaves_what_was_shown(shop: Shop, ending: Ending):
    shop.model.script(Reply(f"{TRUE} [1] The bakery opens at 6:", ending=ending))
    told, events = await shop.ask()
    assert "".join(shown(events)).startswith(TRUE)
    assert told.interrupted
    assert told.mode is AnswerMode.MODEL
    assert "6:" not in "".join(shown(events))


async def test_a_spent_budget_means_quotes_and_no_request(shop: Shop):
    await shop.change("UPDATE businesses SET monthly_token_cap = 10")
    told, _ = await shop.ask()
    assert told.quote_reason is QuoteReason.OVER_BUDGET
    assert "24.50 kr." in told.text
    assert not shop.chats()


async def test_a_business_that_does_not_allow_openai_is_never_sent_to_it(shop: Shop):
    await shop.change("UPDATE businesses SET allowed_processors = '{}'")
    told, _ = await shop.ask()
    assert told.quote_reason is QuoteReason.NO_MODEL
    assert not shop.chats()


async def test_the_prompt_holds_passages_and_no_address(shop: Shop):
    shop.model.script(Reply(f"{TRUE} [1]"))
    await shop.ask("What does a loaf cost? See https://evil.example/x")
    [body] = shop.chats()
    prompt = "\n".join(message["content"] for message in body["messages"])
    assert "24.50 kr." in prompt
    assert "http" not in prompt
    assert "prices.md" not in prompt or "file:" not in prompt
    assert body["store"] is False
