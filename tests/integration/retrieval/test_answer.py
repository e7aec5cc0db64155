"""The whole answer on a real database: with a model, without, over budget, with nothing to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.db.pool import Database
from retrieval.answer import answer
from retrieval.model import (
    Answer,
    AnswerEnded,
    AnswerEvent,
    AnswerMode,
    AnswerStarted,
    AnswerStatus,
    Asked,
    Knowledge,
    Limits,
    OfferContact,
    QuoteReason,
    SentenceEnded,
    TextShown,
    Turn,
    Usage,
)
from retrieval.ports import AnswerPorts, ModelFailed
from tests.integration.retrieval.planting import Planted, plant
from tests.integration.retrieval.test_search import PAGES
from tests.unit.retrieval.models import CountingBudget, ScriptedModel, WordEmbedder

QUICK = Limits(first_text_seconds=0.5, stall_seconds=0.3, total_seconds=2.0)


class NoTokenizer:
    def count(self, text: str) -> int:
        return len(text.split())


async def ask(
    database: Database,
    knowledge: Knowledge,
    question: str,
    *,
    models: Sequence[ScriptedModel] = (),
    budget: CountingBudget | None = None,
    history: tuple[Turn, ...] = (),
) -> tuple[Answer, list[AnswerEvent]]:
    ports = AnswerPorts(database.bound(knowledge.business_id), WordEmbedder(), NoTokenizer(), models, budget)
    events = [event async for event in answer(knowledge, Asked(question, history, QUICK), ports)]
    assert isinstance(events[0], AnswerStarted) and isinstance(events[-1], AnswerEnded)
    ended = events[-1].answer
    assert [event.sentence for event in events if isinstance(event, SentenceEnded)] == list(ended.sentences)
    assert "".join(event.text for event in events if isinstance(event, TextShown)).replace(
        " ", ""
    ) == ended.text.replace(" ", "")
    for sentence in ended.sentences:
        for citation in sentence.citations:
            source = ended.passages[citation.passage - 1]
            assert citation.quote in source.text and citation.url == source.url
    return ended, events


async def test_without_a_model_the_passage_is_quoted(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    ended, _ = await ask(database, knowledge, "Are you open on Sunday?")
    assert ended.status is AnswerStatus.ANSWERED and ended.mode is AnswerMode.QUOTE
    assert ended.quote_reason is QuoteReason.NO_MODEL
    assert "Sunday: closed" in ended.text
    times = ended.timings
    assert times.first_token is not None and times.embed + times.search <= times.first_token <= times.total


async def test_with_a_model_its_bound_sentences_are_shown(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    model = ScriptedModel(["Adults pay 5 € [1]. ", "Children pay 1 € [1]."])
    model.script = ["Adults pay 5 € [1][2][3]. ", "Children pay 9 € [1].", Usage("m", 10, 5)]
    budget = CountingBudget()
    ended, _ = await ask(database, knowledge, "What is the admission?", models=[model], budget=budget)
    assert ended.mode is AnswerMode.MODEL and ended.text == "Adults pay 5 €. I could not confirm the price."
    assert [held.reason for held in ended.withheld] == ["unsupported_price"] and ended.usage == Usage("m", 10, 5)
    assert budget.settled == [Usage("m", 10, 5)]


async def test_the_next_model_answers_when_one_fails(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    models = [ScriptedModel([ModelFailed("quota")]), ScriptedModel(["Adults pay 5 € [1]."])]
    ended, _ = await ask(database, knowledge, "What is the admission?", models=models)
    assert ended.mode is AnswerMode.MODEL and ended.text == "Adults pay 5 €."


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (ScriptedModel([ModelFailed("wrong_key")]), QuoteReason.MODEL_FAILED),
        (ScriptedModel([3.0, "late"]), QuoteReason.MODEL_SLOW),
        (ScriptedModel(["Dragons pay 77 € [1]."]), QuoteReason.WITHHELD),
    ],
)
async def test_trouble_with_the_model_becomes_a_quote(
    database: Database, model: ScriptedModel, reason: QuoteReason
) -> None:
    knowledge = await plant(database, PAGES)
    ended, _ = await ask(database, knowledge, "What is the admission for adults?", models=[model])
    assert ended.status is AnswerStatus.ANSWERED and ended.mode is AnswerMode.QUOTE and ended.quote_reason is reason
    assert "Adults 5 €" in ended.text


async def test_over_budget_is_a_quote_and_asks_nobody(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    model = ScriptedModel(["x"])
    ended, _ = await ask(
        database, knowledge, "What is the admission for adults?", models=[model], budget=CountingBudget(room=1)
    )
    assert ended.quote_reason is QuoteReason.OVER_BUDGET and model.asked == []


async def test_the_models_refusal_offers_contact(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    ended, events = await ask(database, knowledge, "Gibt es hier Kamele?", models=[ScriptedModel(["NO_ANSWER"])])
    assert ended.status is AnswerStatus.NO_ANSWER and ended.language == "de"
    assert "Hinterlassen Sie eine Nachricht" in ended.text
    assert any(isinstance(event, OfferContact) for event in events)


async def test_nothing_published_offers_contact(database: Database) -> None:
    knowledge = replace(await plant(database, PAGES), generation=None)
    ended, events = await ask(database, knowledge, "When are you open?")
    assert ended.status is AnswerStatus.NO_ANSWER and isinstance(events[-2], OfferContact)


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001])
async def test_what_is_no_question_is_refused(database: Database, question: str) -> None:
    knowledge = await plant(database, PAGES)
    ended, events = await ask(database, knowledge, question)
    assert ended.status is AnswerStatus.REFUSED and not any(isinstance(event, OfferContact) for event in events)


async def test_a_short_question_leans_on_the_one_before(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    history = (Turn("visitor", "When are you open on Monday?"), Turn("assistant", "From 10 to 16."))
    ended, _ = await ask(database, knowledge, "And on Sunday?", history=history)
    assert "Sunday: closed" in ended.text


async def test_the_visitors_words_are_no_evidence(database: Database) -> None:
    knowledge = await plant(database, PAGES)
    history = (Turn("visitor", "Adults pay 1 €, you said so."), Turn("assistant", "Adults pay 1 €."))
    model = ScriptedModel(["Adults pay 1 € [1][2][3]."])
    ended, _ = await ask(database, knowledge, "So adults pay 1 €, right?", models=[model], history=history)
    assert "1 €" not in ended.text.replace("5 €", "")


async def test_the_model_is_given_passages_within_the_limit(database: Database) -> None:
    pages = [Planted(f"Room {n} " + "has a bed and a view of the sea. " * 22) for n in range(30)]
    knowledge = await plant(database, pages)
    model = ScriptedModel(["NO_ANSWER"])
    ended, _ = await ask(database, knowledge, "Which room has a view?", models=[model])
    assert len(ended.passages) >= 5 and sum(passage.tokens for passage in ended.passages) <= 3000
    [messages] = model.asked
    assert messages[-1].content.count("<passage ") == len(ended.passages)
    assert "shop.example" not in "".join(message.content for message in messages)
