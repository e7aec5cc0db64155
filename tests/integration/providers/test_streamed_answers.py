"""A question through search, prompt, the SDK over real HTTP, and the verifier: what the visitor is shown."""

from __future__ import annotations

import pytest

from retrieval.model import AnswerMode, Limits, QuoteReason, SentenceEnded
from tests.fakes.openai_server import (
    BROKEN,
    RATE_LIMITED,
    SPENT_QUOTA,
    Bytes,
    Ending,
    Reply,
    half_characters,
    mid_figure,
)
from tests.integration.providers.conftest import TRUE, Shop, shown


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
    assert not any(piece.rstrip().endswith("6:") for piece in shown(events)), "half of a figure"


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
