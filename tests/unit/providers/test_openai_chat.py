"""The chat model against a server that speaks the protocol, at its best and at its worst."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import pytest

from app.providers.circuit_breaker import FAILURES
from app.providers.openai_client import open_client
from retrieval.model import Usage
from retrieval.ports import ModelFailed, PromptMessage
from tests.fakes.openai_server import (
    BROKEN,
    RATE_LIMITED,
    SPENT_QUOTA,
    TOO_LONG,
    Bytes,
    Ending,
    OpenAIServer,
    Reply,
    half_characters,
    mid_figure,
)
from tests.unit.providers.conftest import MakeChat

ASKED = [PromptMessage("system", "Answer from the passages."), PromptMessage("user", "What is it?")]
TEXT = "Das Brot 🍞 kostet 24,50 € und ist ab 9:30 Uhr fertig — חם."


async def collect(chat, max_tokens: int = 50) -> tuple[str, Usage | None]:
    text, usage = "", None
    async for piece in chat.stream(ASKED, max_tokens=max_tokens):
        if isinstance(piece, Usage):
            assert usage is None, "the usage comes once"
            usage = piece
        else:
            assert usage is None, "the usage comes last"
            piece.encode()  # no lone surrogates
            text += piece
    return text, usage


async def failure(chat) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await collect(chat)
    return caught.value


@pytest.mark.parametrize("cut", list(Bytes))
@pytest.mark.parametrize("pieces", [mid_figure, half_characters, list], ids=["figure", "half", "character"])
async def test_text_is_whole_however_it_is_cut(openai_server: OpenAIServer, make_chat: MakeChat, cut, pieces):
    openai_server.script(Reply(TEXT, pieces=pieces(TEXT), bytes=cut))
    text, usage = await collect(make_chat())
    assert text == TEXT
    assert usage == Usage("openai:gpt-5.4-mini", 11, len(pieces(TEXT)))
    openai_server.expect_clean()


@pytest.mark.parametrize("escaped", [True, False])
async def test_a_lone_half_character_becomes_a_replacement(openai_server: OpenAIServer, make_chat: MakeChat, escaped):
    openai_server.script(Reply("x", pieces=["a\ud83c", " b", " c\ud83c"], ascii=escaped))
    assert (await collect(make_chat()))[0] == "a\ufffd b c\ufffd"


async def test_text_and_usage_are_what_the_sdk_itself_reads(openai_server: OpenAIServer, make_chat: MakeChat):
    """We leave out its models of a piece: whatever they would hold, we hold too."""
    pieces = ["Das ", "Brot ", "kostet ", "24,", "50 €."]
    openai_server.script(Reply(TEXT, pieces=pieces), Reply(TEXT, pieces=pieces))
    own = await collect(make_chat())
    async with open_client(openai_server.key, openai_server.base_url, read_seconds=5) as client:
        stream = await client.chat.completions.create(
            model="gpt-5.4-mini",
            messages=[{"role": "user", "content": "What is it?"}],
            stream=True,
            stream_options={"include_usage": True},
            store=False,
            max_tokens=50,
        )
        chunks = [chunk async for chunk in stream]
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    [usage] = [chunk.usage for chunk in chunks if chunk.usage is not None]
    assert own == (text, Usage("openai:gpt-5.4-mini", usage.prompt_tokens, usage.completion_tokens))
    openai_server.expect_clean()


async def test_an_answer_without_usage_is_an_answer(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply("Yes.", usage=False))
    assert await collect(make_chat()) == ("Yes.", None)


async def test_wrong_key_is_named(make_chat: MakeChat):
    failed = await failure(make_chat(key="sk-wrong"))
    assert failed.reason == "wrong_key"
    assert "OPENAI_API_KEY" in (failed.detail or "")
    assert "sk-" not in (failed.detail or "")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (SPENT_QUOTA, "quota"),
        (RATE_LIMITED, "rate_limited"),
        (TOO_LONG, "context_too_long"),
        (Reply(status=400, message="This model's maximum context length is 4096 tokens"), "context_too_long"),
        (Reply(status=402, code="payment_required"), "quota"),
        (Reply(status=403, code="model_not_available"), "not_allowed"),
        (Reply(status=404, code="model_not_found"), "not_allowed"),
        (Reply(status=400, code="invalid_value", message="What is it?"), "bad_response"),
    ],
)
async def test_refusals_are_named_and_not_repeated(openai_server: OpenAIServer, make_chat: MakeChat, reply, reason):
    openai_server.script(reply)
    started = time.monotonic()
    failed = await failure(make_chat())
    assert failed.reason == reason
    assert len(openai_server.history) == 1
    assert time.monotonic() - started < 1
    assert "What is it?" not in (failed.detail or ""), "a visitor's words stood in the owner's record"


async def test_a_server_error_is_tried_again_twice_within_a_second(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(BROKEN, BROKEN, Reply("At last."))
    started = time.monotonic()
    assert (await collect(make_chat()))[0] == "At last."
    assert time.monotonic() - started < 1.2
    openai_server.script(BROKEN, BROKEN, BROKEN)
    assert (await failure(make_chat())).reason == "server_error"
    assert len(openai_server.history) == 6
    openai_server.expect_clean()


async def test_a_short_wish_to_wait_is_granted(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply(status=429, code="rate_limit_exceeded", retry_after=0.2), Reply("Now."))
    started = time.monotonic()
    assert (await collect(make_chat()))[0] == "Now."
    assert time.monotonic() - started >= 0.2


async def test_nothing_listens(make_chat: MakeChat):
    failed = await failure(make_chat(url="http://127.0.0.1:9/v1"))
    assert failed.reason == "unreachable"


async def test_a_page_of_html_is_no_answer(openai_server: OpenAIServer, make_chat: MakeChat):
    failed = await failure(make_chat(url=openai_server.url + "/elsewhere"))
    assert failed.reason == "not_allowed"
    assert "OPENAI_BASE_URL" in (failed.detail or "")


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
async def test_an_answer_that_breaks_off_is_a_failure(openai_server, make_chat: MakeChat, ending, reason):
    openai_server.script(Reply("It opens at nine", ending=ending))
    shown = ""
    chat = make_chat(read_seconds=0.3)
    with pytest.raises(ModelFailed) as caught:
        async for piece in chat.stream(ASKED, max_tokens=50):
            if isinstance(piece, Usage):
                assert piece == Usage(chat.name, chat.count_tokens(ASKED), len("It opens at nine"))
            else:
                shown += piece
    assert caught.value.reason == reason
    assert shown == "It opens at nine"
    assert len(openai_server.history) == 1, "text was shown, so nothing may be asked again"


async def test_an_error_event_names_its_code(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply("", pieces=[], ending=Ending.ERROR, code="context_length_exceeded"))
    assert (await failure(make_chat())).reason == "context_too_long"


async def test_a_filtered_answer_is_a_failure(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply("It", finish="content_filter"))
    assert (await failure(make_chat())).reason == "refused"


async def test_closing_the_iterator_ends_the_request(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply("one two three", gap=30))
    async with aclosing(make_chat().stream(ASKED, max_tokens=50)) as pieces:
        assert await anext(pieces) == "one "
    await asyncio.to_thread(openai_server.history[0].ended.wait, 1)
    assert openai_server.history[0].closed_early


async def test_cancelling_the_task_ends_the_request(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply("one two", first_text=30))
    task = asyncio.create_task(collect(make_chat()))
    await asyncio.sleep(0.3)
    assert openai_server.history
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(openai_server.history[0].ended.wait, 1)
    assert openai_server.history[0].closed_early


async def test_the_next_answer_uses_the_same_connection(openai_server: OpenAIServer, make_chat: MakeChat):
    chat = make_chat()
    for _ in range(3):
        await collect(chat)
    assert openai_server.connections == 1


async def test_a_failing_model_is_left_alone_and_tried_again_later(openai_server: OpenAIServer, make_chat: MakeChat):
    chat = make_chat(key="sk-wrong")
    for _ in range(FAILURES):
        await failure(chat)
    asked = len(openai_server.history)
    refused = await failure(chat)
    assert refused.reason == "wrong_key"
    assert "Not asked again" in (refused.detail or "")
    assert len(openai_server.history) == asked


@pytest.mark.parametrize(
    ("model", "official", "sent", "absent"),
    [
        ("gpt-5.4-mini", True, {"max_completion_tokens": 50, "reasoning_effort": "none"}, {"max_tokens"}),
        ("gpt-6-luna", True, {"reasoning_effort": "none"}, {"temperature"}),
        ("gpt-5-mini", True, {"reasoning_effort": "minimal"}, {"temperature"}),
        ("o3-mini", True, {"reasoning_effort": "low"}, {"temperature"}),
        ("gpt-4.1-mini", True, {"max_completion_tokens": 50, "temperature": 0}, {"max_tokens", "reasoning_effort"}),
        ("qwen", False, {"max_tokens": 50, "temperature": 0}, {"max_completion_tokens", "reasoning_effort"}),
    ],
)
async def test_each_family_gets_the_parameters_it_knows(openai_server, make_chat, model, official, sent, absent):
    await collect(make_chat(model, official=official))
    body = openai_server.history[0].json
    assert sent.items() <= body.items()
    assert not absent & set(body)
    assert body["store"] is False
    openai_server.expect_clean()


async def test_a_refused_parameter_is_left_out_from_then_on(openai_server: OpenAIServer, make_chat: MakeChat):
    chat = make_chat("proxied")
    openai_server.script(
        Reply(status=400, code="unsupported_parameter", param="max_tokens", message="Use 'max_completion_tokens'."),
        Reply(status=400, code=None, message="temperature is not supported by this model"),
        Reply("Fine."),
        Reply("Again."),
    )
    assert (await collect(chat))[0] == "Fine."
    assert (await collect(chat))[0] == "Again."
    last = openai_server.history[-1].json
    assert last["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & set(last)
    assert len(openai_server.history) == 4
    openai_server.expect_clean()


async def test_openai_never_gets_a_request_that_may_be_stored(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply(status=400, param="store", message="store"), Reply("never asked"))
    assert (await failure(make_chat(official=True))).reason == "bad_response"
    assert len(openai_server.history) == 1


async def test_a_server_that_ignores_the_limit_is_cut(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply("word " * 5000, gap=0))
    text, _ = await collect(make_chat(), max_tokens=10)
    assert len(text) < 400


async def test_a_piece_longer_than_a_whole_answer_is_cut(openai_server: OpenAIServer, make_chat: MakeChat):
    openai_server.script(Reply(pieces=["x" * 200_000]))
    text, _ = await collect(make_chat(), max_tokens=10)
    assert 0 < len(text) < 400
