"""Model and budget: what an owner reads and sets, in plain words and within bounds."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest

from app.businesses.model import Business
from app.businesses.queries import read_business
from app.services import Services
from app.settings import Secret
from tests.integration.dashboard.conftest import SLUG, Site

HERE = f"/dashboard/{SLUG}/settings/model"
GOOD: dict[str, Any] = {
    "chat_model": "openai:gpt-5.4",
    "economy_model": "openai:gpt-5.4-nano",
    "economy_percent": "75",
    "temperature": "0,3",
    "max_answer_tokens": "",
    "monthly_token_cap": "2.500 000",
    "visitor_daily_token_cap": "40,000",
}


@pytest.fixture
async def modelled(site: Site) -> AsyncIterator[Site]:
    """Two models of OpenAI, one of Anthropic that the business does not allow."""
    chat = ("openai:gpt-5.4", "anthropic:claude-haiku-5-5", "openai:gpt-5.4-nano")
    services = cast(Any, site.services)
    services.settings = replace(services.settings, chat=chat, openai_api_key=Secret("k"))
    yield site


async def business_of(services: Services, site: Site) -> Business:
    async with services.database.business_transaction(site.business_id) as conn:
        business = await read_business(conn, site.business_id)
    assert business is not None
    return business


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


async def test_what_was_typed_is_kept_and_read_again(modelled: Site) -> None:
    saved = await modelled.owner.post(HERE, GOOD)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{HERE}?said=saved")
    business = await business_of(modelled.services, modelled)
    assert (business.chat_model, business.economy_model) == ("openai:gpt-5.4", "openai:gpt-5.4-nano")
    assert (business.monthly_token_cap, business.visitor_daily_token_cap) == (2_500_000, 40_000)
    assert business.economy_percent == 75 and business.max_answer_tokens is None
    assert business.temperature == pytest.approx(0.3)
    page = (await modelled.owner.get(HERE)).text
    assert 'name="temperature" inputmode="decimal" maxlength="5" placeholder="0" value="0.3"' in page
    assert '<option value="openai:gpt-5.4" selected>' in page
    assert "$2.5 a million tokens read, $15 written" in page
    assert 'value="anthropic:' not in page and "Not allowed in your settings : claude-haiku-5-5" in words_of(page)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("chat_model", "anthropic:claude-haiku-5-5", "your settings allow"),
        ("economy_model", "openai:gpt-4o", "this installation has"),
        ("economy_percent", "0", "from 1 to 100"),
        ("temperature", "1.2", "from 0 to 1"),
        ("max_answer_tokens", "20", "from 50 to 2,000"),
        ("monthly_token_cap", "much", "The tokens of a month must be a number"),
        ("visitor_daily_token_cap", "-1", "one visitor and day"),
    ],
)
async def test_a_wrong_value_is_said_and_nothing_is_changed(modelled: Site, field: str, value: str, words: str) -> None:
    before = await business_of(modelled.services, modelled)
    answer = await modelled.owner.post(HERE, GOOD | {field: value})
    assert answer.status_code == 400
    assert words in html.unescape(answer.text)
    assert await business_of(modelled.services, modelled) == before


async def test_a_choice_of_before_stays_though_it_is_not_to_be_had_now(modelled: Site) -> None:
    await modelled.owner.post(HERE, GOOD)
    cast(Any, modelled.services).settings = replace(modelled.services.settings, chat=("openai:gpt-5.4-nano",))
    assert "openai:gpt-5.4 (not to be had at the moment)" in (await modelled.owner.get(HERE)).text
    assert (await modelled.owner.post(HERE, GOOD)).status_code == 303


async def test_the_owner_reads_what_was_used_what_it_cost_and_what_is_left(modelled: Site) -> None:
    async with modelled.services.database.business_transaction(modelled.business_id) as conn:
        await conn.execute(
            "INSERT INTO usage_months (business_id, month, reserved, used, cost_micros)"
            " VALUES (%s, date_trunc('month', now())::date, 1000, 2900000, 12345678)",
            (modelled.business_id,),
        )
        await conn.execute(
            "INSERT INTO usage_ledger (business_id, month, reserved, prompt_tokens, answer_tokens, settled_at, model,"
            " purpose) VALUES (%s, date_trunc('month', now())::date, 9, 7000, 5, now(), 'openai:qwen', 'answer')",
            (modelled.business_id,),
        )
    page = words_of((await modelled.owner.get(HERE)).text)
    assert "2,900,000 of 3,000,000 tokens used this month" in page
    assert "Estimated cost so far: $12.35 , and 7,005 tokens of openai:qwen, whose price Milo does not know" in page
    assert "Left: 99,000 tokens (1,000 more are held" in page
    assert "The end is near" in page
    async with modelled.services.database.business_transaction(modelled.business_id) as conn:
        await conn.execute("UPDATE usage_months SET cost_micros = 0")
    page = words_of((await modelled.owner.get(HERE)).text)
    assert "Estimated cost so far: 7,005 tokens of openai:qwen, whose price Milo does not know" in page, "not: nothing"


async def test_without_a_model_the_page_says_that_answers_are_quotes(site: Site) -> None:
    page = words_of((await site.owner.get(HERE)).text)
    assert "No model is set up on this installation" in page
    saved = await site.owner.post(HERE, GOOD | {"chat_model": "", "economy_model": ""})
    assert saved.status_code == 303
