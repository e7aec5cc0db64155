"""Two providers, either of which may fail: who answers, how soon, and who is never asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from app.businesses.queries import read_business
from app.channels.web.asking import knowledge_of, reply_ports
from app.conversations.model import Question, Visitor
from app.conversations.reply import reply
from app.people.identify import identify
from app.providers.circuit_breaker import FAILURES
from app.settings import Settings
from retrieval.model import AnswerMode, Limits, QuoteReason
from tests.fakes.anthropic_server import OVERLOADED, Say
from tests.fakes.openai_server import Ending, Reply
from tests.integration.providers.conftest import QUESTION, TRUE, Shop, open_shop, shown

CLAUDE, GPT = "anthropic:claude-haiku-5-5", "openai:gpt-5.4-mini"
GOOD, WELL = Reply(f"{TRUE} [1]"), Say(f"{TRUE} [1]")
DOWN = Reply(status=503, kind="server_error")


@pytest.fixture
async def both(settings: Settings) -> AsyncIterator[Shop]:
    """Claude is asked first, GPT after it, and the business allows both."""
    async with open_shop(settings, chat=(CLAUDE, GPT)) as opened:
        await opened.change("UPDATE businesses SET allowed_processors = '{openai,anthropic}'")
        opened.model.default, opened.claude.default = GOOD, WELL
        await opened.ask()  # what is loaded at first use is not counted against a model
        opened.claude.history.clear()
        yield opened


async def test_the_second_answers_in_time_when_the_first_fails_before_any_text(both: Shop):
    """In time: with the usual limits, by which nothing of a model is shown after two and a half seconds."""
    faults = {
        "overloaded": OVERLOADED,
        "silent before the head": Say(delay=30),
        "silent after the head, with pings": Say(first_text=30),
        "error event": Say("", pieces=[], ending=Ending.ERROR, kind="overloaded_error"),
        "declined": Say("", pieces=[], stop="refusal"),
        "cut off": Say("", pieces=[], ending=Ending.DISCONNECT),
        "wrong key": Say(status=401, kind="authentication_error"),
    }
    for name, fault in faults.items():
        both.claude.default = fault
        told, events = await both.ask()
        assert told.mode is AnswerMode.MODEL, (name, told.quote_reason)
        assert told.usage is not None and told.usage.model == GPT, name
        assert "".join(shown(events)) == TRUE
        both.claude.default = WELL
        told, _ = await both.ask()
        assert told.usage is not None and told.usage.model == CLAUDE, f"is asked again after: {name}"
    assert (await both.used())[0] == 0, "nothing stays reserved"


async def test_when_both_are_down_the_visitor_gets_quotes(both: Shop):
    both.claude.default, both.model.default = OVERLOADED, DOWN
    told, _ = await both.ask()
    assert told.mode is AnswerMode.QUOTE and told.quote_reason is QuoteReason.MODEL_FAILED
    assert "24.50 kr." in told.text
    both.claude.default, both.model.default = Say(delay=30), Reply(delay=30)
    told, _ = await both.ask()
    assert told.mode is AnswerMode.QUOTE and "24.50 kr." in told.text
    assert (await both.used())[0] == 0


async def test_a_provider_that_dies_after_text_was_shown_is_not_followed_by_another(both: Shop):
    for ending in (Ending.DISCONNECT, Ending.ERROR, Ending.CUT):
        both.claude.default = Say(f"{TRUE} [1] The bakery opens at 6:", ending=ending)
        told, events = await both.ask()
        assert "".join(shown(events)).startswith(TRUE)
        assert told.interrupted and told.mode is AnswerMode.MODEL
    assert not both.chats(), "two models would have told one answer"


async def test_a_model_that_keeps_failing_is_left_alone_and_comes_back(both: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.providers.circuit_breaker.OPEN_SECONDS", 0.4)
    both.claude.default = Say(status=403, kind="permission_error")
    for _ in range(FAILURES):
        await both.ask()
    asked = len(both.claude.asked)
    told, _ = await both.ask()
    assert len(both.claude.asked) == asked, "not asked while it is left alone"
    assert told.usage is not None and told.usage.model == GPT
    both.claude.default = WELL
    await asyncio.sleep(0.5)
    for _ in range(2):
        told, _ = await both.ask()
        assert told.usage is not None and told.usage.model == CLAUDE


async def test_the_businesss_own_order_length_and_wording_hold(both: Shop):
    told, _ = await both.ask()
    assert told.mode is AnswerMode.MODEL and told.text == TRUE
    assert told.usage is not None and told.usage.model == CLAUDE and not both.chats()
    await both.change(f"UPDATE businesses SET chat_model = '{GPT}', max_answer_tokens = 77, temperature = 0.5")
    told, _ = await both.ask()
    assert told.usage is not None and told.usage.model == GPT and len(both.claude.asked) == 1
    [body] = both.chats()
    assert body["max_tokens"] == 77 and body["temperature"] == 0.5
    both.model.default = DOWN
    told, _ = await both.ask()
    assert told.usage is not None and told.usage.model == CLAUDE and both.claude.asked[-1]["max_tokens"] == 77
    await both.change(f"UPDATE businesses SET chat_model = '{CLAUDE}', allowed_processors = '{{openai}}'")
    told, _ = await both.ask()
    assert told.mode is AnswerMode.QUOTE and len(both.claude.asked) == 2, "who is not allowed is never asked"


async def test_near_the_months_end_the_cheaper_model_answers_alone_and_then_quotes(both: Shop):
    await both.change(f"UPDATE businesses SET economy_model = '{GPT}', monthly_token_cap = 1000000")
    await both.change("UPDATE usage_months SET used = 800000")
    told, _ = await both.ask()
    assert told.usage is not None and told.usage.model == GPT and not both.claude.asked
    both.model.default = DOWN
    told, _ = await both.ask()
    assert told.mode is AnswerMode.QUOTE and not both.claude.asked, "the dearer one is not asked in its place"
    await both.change("UPDATE usage_months SET used = 999900")
    told, _ = await both.ask()
    assert told.quote_reason is QuoteReason.OVER_BUDGET and "24.50 kr." in told.text


async def test_a_visitors_day_is_counted_from_the_conversation_and_ends_in_quotes(both: Shop):
    services = both.services
    async with services.database.business_transaction(both.business_id) as conn:
        business = await read_business(conn, both.business_id)
    assert business is not None
    visitor = Visitor("v" * 22)

    async def told() -> Any:
        asked = await reply(
            reply_ports(services, business), knowledge_of(business), visitor, Question(QUESTION, str(uuid4()))
        )
        assert asked.running is not None
        with asked.running.attended():
            heard = await asked.running.read(0, 10)
            while not heard[-1].last:
                heard += await asked.running.read(heard[-1].position, 10)
        return heard[-1].event

    assert (await told()).mode == "model"
    async with services.database.business_transaction(both.business_id) as conn:
        cursor = await conn.execute("SELECT used::int, reserved::int FROM usage_days")
        [(used, reserved)] = await cursor.fetchall()
        assert used > 0 and reserved == 0
        await conn.execute("UPDATE businesses SET visitor_daily_token_cap = %s", (used + 10,))
        keys = await services.vault.keys(conn, both.business_id)
        another = await identify(conn, keys, both.business_id, "web", "w" * 22)
    assert (await told()).mode == "quote"
    await both.change("UPDATE businesses SET visitor_daily_token_cap = 60000")
    answered, _ = await both.ask(person_id=another, limits=Limits())
    assert answered.mode is AnswerMode.MODEL
