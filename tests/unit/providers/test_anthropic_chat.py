"""A Claude model, through the official SDK, against a server that speaks the protocol at its best and worst."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from app.providers.anthropic_chat import AnthropicChat
from app.providers.anthropic_client import open_client
from app.providers.circuit_breaker import FAILURES, CircuitBreaker
from retrieval.model import Usage
from retrieval.ports import ModelFailed, PromptMessage
from tests.fakes.anthropic_server import KEY, OVERLOADED, RATE_LIMITED, AnthropicServer, Say
from tests.fakes.openai_server import Bytes, Ending, half_characters, mid_figure

ASKED = [
    PromptMessage("system", "Answer from the passages."),
    PromptMessage("assistant", "Hello."),
    PromptMessage("user", "What is it?"),
]
TEXT = "Das Brot 🍞 kostet 24,50 € und ist ab 9:30 Uhr fertig — חם."
MakeClaude = Callable[..., AnthropicChat]


@pytest.fixture
async def claude() -> AsyncIterator[AnthropicServer]:
    async with AnthropicServer() as server:
        yield server


@pytest.fixture
async def make(claude: AnthropicServer) -> AsyncIterator[MakeClaude]:
    clients = []

    def made(
        model: str = "claude-haiku-5-5",
        *,
        key: str = KEY,
        read_seconds: float = 5.0,
        url: str = "",
        breaker: CircuitBreaker | None = None,
    ) -> AnthropicChat:
        client = open_client(key, url or claude.url, read_seconds=read_seconds)
        clients.append(client)
        return AnthropicChat(client, model, breaker=breaker)

    yield made
    for client in clients:
        await client.close()


async def collect(chat: AnthropicChat, **chosen: Any) -> tuple[str, Usage | None]:
    text, usage = "", None
    async for piece in chat.stream(ASKED, max_tokens=50, **chosen):
        if isinstance(piece, Usage):
            assert usage is None, "the usage comes once"
            usage = piece
        else:
            assert usage is None, "the usage comes last"
            piece.encode()  # no lone surrogates
            text += piece
    return text, usage


async def failure(chat: AnthropicChat) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await collect(chat)
    return caught.value


async def test_text_is_whole_however_it_is_cut(claude: AnthropicServer, make: MakeClaude):
    ways = [(Bytes.ONE, mid_figure), (Bytes.MID_CHARACTER, list), (Bytes.LUMPS, half_characters)]
    for cut, pieces in ways:
        claude.script(Say(TEXT, pieces=pieces(TEXT), bytes=cut))
        text, usage = await collect(make())
        assert text == TEXT
        assert usage == Usage("anthropic:claude-haiku-5-5", 11, len(pieces(TEXT)))
    claude.expect_clean()


async def test_cached_parts_of_the_prompt_are_part_of_it(claude: AnthropicServer, make: MakeClaude):
    claude.script(Say("Yes.", prompt_tokens=100, cache_read=60, cache_made=20))
    assert (await collect(make()))[1] == Usage("anthropic:claude-haiku-5-5", 100, 1, 60)


async def test_what_a_model_thinks_is_not_its_answer_but_is_paid(claude: AnthropicServer, make: MakeClaude):
    claude.script(Say("At nine.", thinking="one two three four"))
    text, usage = await collect(make())
    assert text == "At nine."
    assert usage is not None and usage.answer_tokens == 6


async def test_the_request_holds_what_was_asked_and_no_more(claude: AnthropicServer, make: MakeClaude):
    await collect(make(), temperature=0.7)
    [body] = claude.asked
    assert body["system"] == "Answer from the passages."
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
    assert set(body) == {"model", "max_tokens", "system", "messages", "stream", "thinking", "output_config"}
    assert body["thinking"] == {"type": "disabled"} and body["output_config"] == {"effort": "low"}
    claude.expect_clean()


async def test_older_models_get_the_temperature_and_none_of_the_newer_names(claude: AnthropicServer, make: MakeClaude):
    await collect(make("claude-haiku-4-5"), temperature=0.3)
    [body] = claude.asked
    assert body["temperature"] == 0.3
    assert not {"thinking", "output_config"} & set(body)


async def test_what_a_model_refuses_is_said_otherwise_from_then_on(claude: AnthropicServer, make: MakeClaude):
    chat = make("claude-next")
    claude.script(
        Say(status=400, message='"thinking.type.disabled" is not supported for this model.'),
        Say(status=400, message="thinking: Input tag 'between_tools' does not match any of the expected tags"),
        Say(status=400, message="output_config.effort: This model does not support the effort parameter."),
        Say("Fine."),
        Say("Again."),
    )
    assert (await collect(chat))[0] == "Fine."
    assert (await collect(chat))[0] == "Again."
    assert [body.get("thinking", {}).get("type") for body in claude.asked] == [
        "disabled",
        "between_tools",
        None,
        None,
        None,
    ]
    assert "output_config" not in claude.asked[-1]
    older = make("claude-sonnet-4-6")
    claude.script(Say(status=400, message="`temperature` is deprecated for this model."), Say("Well."))
    assert (await collect(older))[0] == "Well."
    assert "temperature" not in claude.asked[-1]
    claude.expect_clean()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Say(status=402, kind="billing_error"), "quota"),
        (Say(status=400, message="Your credit balance is too low to access the API."), "quota"),
        (Say(status=400, code="enforced_spend_limit_reached"), "quota"),
        (RATE_LIMITED, "rate_limited"),
        (Say(status=413, kind="request_too_large"), "context_too_long"),
        (Say(status=400, message="prompt is too long: 210000 tokens > 200000 maximum"), "context_too_long"),
        (Say(status=403, kind="permission_error"), "not_allowed"),
        (Say(status=404, kind="not_found_error", message="model: claude-none"), "not_allowed"),
        (Say(status=400, message="What is it?"), "bad_response"),
        (Say("It", stop="refusal"), "refused"),
        (Say("It", stop="model_context_window_exceeded"), "context_too_long"),
        (Say("It", stop="moon_phase"), "bad_response"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_refusals_are_named_and_not_repeated(claude: AnthropicServer, make: MakeClaude, said: Say, reason: str):
    claude.script(said)
    failed = await failure(make())
    assert failed.reason == reason
    assert len(claude.asked) == 1
    assert "What is it?" not in (failed.detail or ""), "a visitor's words stood in the owner's record"


async def test_a_wrong_key_is_named_and_not_shown(make: MakeClaude):
    failed = await failure(make(key="sk-ant-wrong"))
    assert failed.reason == "wrong_key"
    assert "ANTHROPIC_API_KEY" in (failed.detail or "") and "sk-ant" not in (failed.detail or "")


async def test_an_overloaded_provider_is_asked_twice_more_within_a_second(claude: AnthropicServer, make: MakeClaude):
    claude.script(OVERLOADED, OVERLOADED, Say("At last."))
    started = time.monotonic()
    assert (await collect(make()))[0] == "At last."
    assert time.monotonic() - started < 1.5
    claude.script(OVERLOADED, OVERLOADED, OVERLOADED)
    failed = await failure(make())
    assert failed.reason == "server_error" and "overloaded" in (failed.detail or "")
    assert len(claude.asked) == 6
    claude.expect_clean()


async def test_nothing_listens(make: MakeClaude):
    assert (await failure(make(url="http://127.0.0.1:9/v1"))).reason == "unreachable"


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (Ending.DISCONNECT, "unreachable"),
        (Ending.CUT, "bad_response"),
        (Ending.MALFORMED, "bad_response"),
        (Ending.ERROR, "server_error"),
        (Ending.STALL, "timeout"),
    ],
)
async def test_an_answer_that_breaks_off_is_a_failure_and_tells_what_was_read(
    claude: AnthropicServer, make: MakeClaude, ending: Ending, reason: str
):
    claude.script(Say("It opens at nine", ending=ending, kind="overloaded_error"))
    pieces = []
    with pytest.raises(ModelFailed) as caught:
        async for piece in make(read_seconds=0.3).stream(ASKED, max_tokens=50):
            pieces.append(piece)
    assert caught.value.reason == reason
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "It opens at nine"
    # Of the prompt the provider's own count, of the text the bytes: nobody counted its tokens.
    assert pieces[-1] == Usage("anthropic:claude-haiku-5-5", 11, len("It opens at nine"))
    assert len(claude.asked) == 1, "text was shown, so nothing may be asked again"


async def test_closing_and_cancelling_end_the_request(claude: AnthropicServer, make: MakeClaude):
    claude.script(Say("one two three", gap=30), Say("one two", first_text=30))
    async with aclosing(make().stream(ASKED, max_tokens=50)) as pieces:
        assert await anext(pieces) == "one "
    task = asyncio.create_task(collect(make()))
    while len(claude.history) < 2:
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for request in claude.history:
        await asyncio.to_thread(request.ended.wait, 1)
        assert request.closed_early, "the provider must stop writing, and billing"


async def test_patience_ends_a_silent_request_and_tells_what_was_read(claude: AnthropicServer, make: MakeClaude):
    claude.script(Say("late", first_text=30))
    chat = make()
    pieces = []
    started = time.monotonic()
    with pytest.raises(ModelFailed) as caught:
        async for piece in chat.stream(ASKED, max_tokens=50, patience=0.2):
            pieces.append(piece)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - started < 2
    assert pieces == [Usage(chat.name, chat.count_tokens(ASKED), 0)]
    await asyncio.to_thread(claude.history[0].ended.wait, 1)
    assert claude.history[0].closed_early


async def test_a_failing_model_is_left_alone_and_tried_again_later(claude: AnthropicServer, make: MakeClaude):
    now = 0.0
    chat = make(breaker=CircuitBreaker(lambda: now))
    claude.default = Say(status=403, kind="permission_error")
    for _ in range(FAILURES):
        await failure(chat)
    refused = await failure(chat)
    assert refused.reason == "not_allowed" and "Not asked again" in (refused.detail or "")
    assert len(claude.asked) == FAILURES
    now = 31.0
    claude.default = Say("Back.")
    assert [(await collect(chat))[0] for _ in range(3)] == ["Back."] * 3


async def test_a_visitors_odd_questions_do_not_silence_the_model_for_others(claude: AnthropicServer, make: MakeClaude):
    chat = make()
    claude.script(*[Say("No", stop="refusal")] * (FAILURES + 1), *[Say(status=413)] * FAILURES)
    for _ in range(2 * FAILURES + 1):
        await failure(chat)
    assert (await collect(chat))[0] == "I am scripted."


async def test_no_count_is_under_the_providers(make: MakeClaude):
    """No tokenizer makes more tokens than bytes; the frame of a conversation is in the margin."""
    text = [PromptMessage("system", "x"), PromptMessage("user", TEXT)]
    assert make().count_tokens(text) > len("x") + len(TEXT.encode())


async def test_a_piece_longer_than_a_whole_answer_is_cut(claude: AnthropicServer, make: MakeClaude) -> None:
    claude.script(Say(pieces=["x" * 200_000]))
    text, _ = await collect(make())
    assert 0 < len(text) < 50 * 40
