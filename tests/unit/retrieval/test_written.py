"""A model's answer on its way to the visitor: verified, in time, within budget, settled whatever happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import uuid4

import pytest

from retrieval.model import (
    AnswerEvent,
    Asked,
    Citation,
    Knowledge,
    Limits,
    SearchResult,
    Sentence,
    SentenceEnded,
    TextShown,
    Usage,
)
from retrieval.ports import ModelFailed
from retrieval.question import analyse_question
from retrieval.search import Found
from retrieval.sentences import MARK
from retrieval.verify.bind import Verifier
from retrieval.written import Ended, Written, write
from tests.unit.retrieval.models import CountingBudget, ScriptedModel
from tests.unit.retrieval.passages import HOURS, HOUSE, PRICES

PAGES = (HOURS, PRICES, HOUSE)
KNOWLEDGE = Knowledge(uuid4(), "Harbour Bikes", 1, "en")
QUICK = Limits(first_text_seconds=0.3, stall_seconds=0.2, total_seconds=1.0, hold_seconds=0.1)
FAITHFUL = "Adults pay 5 € [2]. Children pay 3 € [2]."


def run(
    model: ScriptedModel, written: Written, budget: CountingBudget | None = None, limits: Limits = QUICK
) -> AsyncGenerator[AnswerEvent, None]:
    asked = Asked("What is the admission?", limits=limits)
    question = analyse_question(asked.text, ("en",), "en")
    found = Found(SearchResult(PAGES, "en", 0, 0), question, {}, ("en",))
    deadline = time.monotonic() + limits.first_text_seconds
    return write(KNOWLEDGE, asked, PAGES, found, model, budget, written, clock=time.monotonic, deadline=deadline)


async def answer(
    *script: str | float | ModelFailed | Usage, budget: CountingBudget | None = None, limits: Limits = QUICK
) -> tuple[Written, list[str], str, ScriptedModel]:
    """How it ended, the sentences, the deltas joined, and the model."""
    written, model = Written(), ScriptedModel(script)
    sentences: list[str] = []
    deltas: list[str] = []
    joined: list[str] = []
    async for event in run(model, written, budget, limits):
        if isinstance(event, TextShown):
            deltas.append(event.text)
        elif isinstance(event, SentenceEnded):
            sentences.append(event.sentence.text)
            assert "".join(deltas) == event.sentence.text
            assert bool(event.sentence.citations) != event.sentence.text.startswith("I could not confirm")
            for citation in event.sentence.citations:
                assert citation.quote in PAGES[citation.passage - 1].text
            joined.append("".join(deltas))
            deltas.clear()
    assert not deltas
    return written, sentences, " ".join(joined), model


async def test_faithful_sentences_are_shown_with_usage() -> None:
    budget = CountingBudget()
    written, sentences, _, model = await answer(FAITHFUL, Usage("m", 100, 12), budget=budget)
    assert sentences == ["Adults pay 5 €.", "Children pay 3 €."]
    assert written.ended is Ended.WELL and written.usage == Usage("m", 100, 12)
    assert budget.settled == [Usage("m", 100, 12)] and model.closed


async def test_one_byte_at_a_time_shows_the_same() -> None:
    _, sentences, _, _ = await answer(*FAITHFUL)
    assert sentences == ["Adults pay 5 €.", "Children pay 3 €."]


async def test_what_is_wrong_is_withheld_and_the_rest_shown() -> None:
    written, sentences, text, _ = await answer("Adults pay 7 € [2]. Children pay 3 € [2]. Call +45 99 99 99 99 [2].")
    assert sentences == [
        "Children pay 3 €.",
        "I could not confirm the price.",
        "I could not confirm the phone number.",
    ]
    assert [held.reason for held in written.withheld] == ["unsupported_price", "unsupported_phone"]
    assert "7" not in text and "99" not in text


async def test_each_kind_of_thing_is_named_once_and_never_alone() -> None:
    told = "Children pay 3 € [2]. Adults pay 7 € [2]. Dogs pay 9 € [2]. Gold is sold here [1]."
    _, sentences, _, _ = await answer(told)
    assert sentences == ["Children pay 3 €.", "I could not confirm the price."]
    written, sentences, _, _ = await answer("Adults pay 7 € [2]. Call +45 99 99 99 99 [2].")
    assert written.ended is Ended.WITHHELD and sentences == []


async def test_nothing_confirmed_ends_as_withheld() -> None:
    written, sentences, _, _ = await answer("Adults pay 7 € [2]. Yes! We have dragons and castles [1].")
    assert written.ended is Ended.WITHHELD and sentences == []


async def test_refusal_marker_shows_nothing() -> None:
    written, sentences, _, _ = await answer("NO_", "ANSWER")
    assert written.ended is Ended.REFUSED and sentences == []


async def test_a_courtesy_goes_before_a_bound_sentence_only() -> None:
    _, sentences, _, _ = await answer("Yes! Adults pay 5 € [2]. Certainly! Thanks!")
    assert sentences == ["Yes! Adults pay 5 €."]


async def test_a_slow_model_ends_in_time_without_text() -> None:
    began = time.monotonic()
    budget = CountingBudget()
    written, sentences, _, model = await answer(5.0, FAITHFUL, budget=budget)
    assert written.ended is Ended.SLOW and sentences == [] and time.monotonic() - began < 0.8
    assert model.closed
    assert budget.settled[0] is not None and budget.settled[0].prompt_tokens > 0  # it has read the prompt


async def test_text_that_never_ends_a_sentence_is_slow_too() -> None:
    script: list[str | float] = [step for word in range(40) for step in (f"word{word} ", 0.02)]
    written, sentences, _, _ = await answer(*script)
    assert written.ended is Ended.SLOW and sentences == []


async def test_a_stall_after_text_keeps_what_was_shown() -> None:
    written, sentences, _, model = await answer("Adults pay 5 € [2]. Children ", 5.0, "pay 3 € [2].")
    assert written.ended is Ended.BROKEN and sentences == ["Adults pay 5 €."] and model.closed


async def test_a_failure_before_text_and_after_it_are_told_apart() -> None:
    budget = CountingBudget()
    before, sentences, _, _ = await answer(ModelFailed("wrong_key", "…"), budget=budget)
    assert before.ended is Ended.FAILED and before.detail == "wrong_key" and sentences == []
    assert budget.settled == [None]
    after, sentences, _, _ = await answer("Adults pay 5 € [2]. Child", ModelFailed("server_error"))
    assert after.ended is Ended.BROKEN and sentences == ["Adults pay 5 €."]


async def test_a_broken_provider_is_a_failed_model() -> None:
    class Broken(ScriptedModel):
        async def stream(self, messages: object, *, max_tokens: int):  # type: ignore[override]
            raise RuntimeError("bug")
            yield ""

    written = Written()
    assert [event async for event in run(Broken([]), written)] == []
    assert written.ended is Ended.FAILED and written.detail == "bad_response"


async def test_no_room_in_the_budget_asks_no_model() -> None:
    written, sentences, _, model = await answer(FAITHFUL, budget=CountingBudget(room=10))
    assert written.ended is Ended.OVER_BUDGET and sentences == [] and model.asked == []


async def test_a_long_sentence_is_shown_by_clauses() -> None:
    limits = Limits(first_text_seconds=2.0, stall_seconds=1.0, hold_seconds=0.1)
    written, sentences, _, _ = await answer("Adults pay 5 €, ", 0.3, "children pay 3 € [2].", limits=limits)
    assert sentences == ["Adults pay 5 €, children pay 3 €."]
    assert written.ended is Ended.WELL


async def test_a_wrong_clause_ends_its_sentence() -> None:
    limits = Limits(first_text_seconds=2.0, stall_seconds=1.0, hold_seconds=0.1)
    script = ("Adults pay 5 €, ", 0.3, "children pay 9 €, ", 0.3, "dogs are welcome [2]. Children pay 3 € [2].")
    written, sentences, text, _ = await answer(*script, limits=limits)
    assert sentences == ["Adults pay 5 €,", "I could not confirm the price.", "Children pay 3 €."]
    assert "9" not in text and [held.reason for held in written.withheld] == ["unsupported_price"]


@pytest.mark.parametrize("script", [("Adults pay 5 € [2]. More ", 5.0), (5.0,)])
async def test_a_visitor_who_leaves_settles_the_budget(script: tuple[str | float, ...]) -> None:
    budget, model = CountingBudget(), ScriptedModel(script)

    async def listen() -> None:
        async with aclosing(run(model, Written(), budget, Limits())) as events:
            async for _ in events:
                await asyncio.sleep(0)

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(budget.settled) == 1 and budget.settled[0] is not None
    assert model.closed


async def test_a_word_without_an_end_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing cuts it, and to bind it takes as long as its letters squared: it is not looked at."""
    asked: list[str] = []
    bind = Verifier.bind
    monkeypatch.setattr(Verifier, "bind", lambda self, text: asked.append(text) or bind(self, text))
    written, sentences, _, _ = await answer("Adults pay 5 € [2]. ", "x" * 12_000)
    assert sentences == ["Adults pay 5 €."] and [held.reason for held in written.withheld] == ["no_support"]
    assert all(len(text) < 2_000 for text in asked)


async def test_the_rules_are_not_said_clause_by_clause_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where pages and visitor speak two languages, and a mark alone binds what has no figure."""
    cited = (Citation(1, HOURS.text, HOURS.url, HOURS.title, 0),)
    monkeypatch.setattr(Verifier, "bind", lambda _, text: Sentence(MARK.sub("", text).strip(), cited))
    limits = Limits(first_text_seconds=2.0, stall_seconds=1.0, hold_seconds=0.1)
    written, _, text, _ = await answer("Short sentences, ", 0.3, "at most five [1].", limits=limits)
    assert "five" not in text and [held.reason for held in written.withheld] == ["rules"]
