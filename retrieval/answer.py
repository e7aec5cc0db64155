"""Answers one question. Knowledge and question in, events of a verified answer out; called by channels and commands.

What words, facts and the clock decide is said by code (ready.py). Else a search, then a model whose every sentence is
bound to a passage before a letter of it is shown, or exact quotes when there is no model, no budget, no time, or
nothing it wrote could be confirmed. What was shown is never taken back.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from retrieval.evidence import Verdict, judge
from retrieval.facts.answer_facts import answer_facts
from retrieval.facts.at_hand import put_facts_first
from retrieval.follow_up import last_question, self_contained
from retrieval.language import detect
from retrieval.model import (
    AnswerEnded,
    AnswerEvent,
    AnswerMode,
    AnswerStarted,
    AnswerStatus,
    Asked,
    Knowledge,
    OfferContact,
    PersonWished,
    QuoteReason,
    Sentence,
    SentenceEnded,
    TextShown,
)
from retrieval.phrases import Phrase, say
from retrieval.ports import AnswerPorts, ChatModel
from retrieval.question import Question
from retrieval.quote import Quoted, quote
from retrieval.ready import ready_answer
from retrieval.recall import recall, remembered
from retrieval.run import Run, show
from retrieval.search import Found, find
from retrieval.small_talk import say as say_own
from retrieval.transaction import one_transaction
from retrieval.understand import LookedFor, Understanding, understand
from retrieval.written import Ended, Written, write

FETCHED = 16  # passages looked at; those within the token limit are used


async def answer(knowledge: Knowledge, asked: Asked, ports: AnswerPorts) -> AsyncGenerator[AnswerEvent, None]:
    """Always ends with AnswerEnded, unless the database fails or the task is cancelled."""
    clock = ports.clock or time.monotonic
    run = Run(clock, clock())
    question = asked.text.strip()
    earlier = last_question(asked.history, knowledge.language)
    run.language = detect(question[: asked.limits.question_characters], detect(earlier, knowledge.language))
    ready = await ready_answer(knowledge, asked, earlier, run.language, ports, _now(ports))
    if ready is not None:
        run.language, run.passages, run.status, run.wished = ready.language, ready.passages, ready.status, ready.wished
    yield AnswerStarted(run.language)
    if ready is not None:
        for sentence in ready.sentences:
            async for event in show(run, sentence):
                yield event
    else:
        found = await _find(knowledge, asked, ports, run)
        async with aclosing(_answer(knowledge, asked, ports, run, found)) as events:
            async for event in events:
                yield event
    if run.wished:
        yield PersonWished()
    if run.offers_contact:
        yield OfferContact()
    yield AnswerEnded(run.ended())


def _now(ports: AnswerPorts) -> datetime:
    return ports.now() if ports.now is not None else datetime.now(UTC)


async def _find(knowledge: Knowledge, asked: Asked, ports: AnswerPorts, run: Run) -> Found:
    """What was found, without what the owner set aside, and the facts asked for before it."""
    looked = await _understand(knowledge, asked, ports, run)
    async with one_transaction(ports.transaction) as transaction:  # begun when the question is embedded
        found = await find(
            looked.question,
            knowledge,
            transaction=transaction,
            embedder=ports.embedder,
            k=FETCHED,
            translated=looked.translated,
            parts=looked.parts,
        )
        passages = await put_facts_first(
            knowledge,
            found.question,
            found.result.passages,
            _now(ports),
            transaction,
            ports.tokenizer,
            wanted=bool(ports.models),
        )
    run.take(found, passages, asked)
    # A question made of two turns may be read as another language than the visitor's last one.
    return replace(found, question=replace(found.question, language=run.language))


async def _understand(knowledge: Knowledge, asked: Asked, ports: AnswerPorts, run: Run) -> LookedFor:
    """A third of the time before the first text at most, and never more than is left of it."""
    if not ports.models or knowledge.generation is None:
        return LookedFor(self_contained(asked.text.strip(), asked.history, run.language))
    model = knowledge.model or (ports.embedder.model if ports.embedder is not None else "")
    known = remembered(knowledge, knowledge.generation, model)
    if known is None:
        async with ports.transaction() as conn:
            known = await recall(conn, knowledge, knowledge.generation, model)
    noted = Understanding()
    spent = run.since_start() / 1000
    looked = await understand(
        asked,
        run.language,
        known.languages or (knowledge.language,),
        ports.models[0],
        ports.budget,
        noted,
        seconds=min(asked.limits.understanding_seconds, asked.limits.first_text_seconds / 3 - spent),
    )
    run.understanding, run.detail = noted.usage, noted.detail
    return looked


async def _answer(
    knowledge: Knowledge, asked: Asked, ports: AnswerPorts, run: Run, found: Found
) -> AsyncGenerator[AnswerEvent, None]:
    if not run.passages:
        run.status = AnswerStatus.NO_ANSWER
        async for event in _say(run, Phrase.NOTHING_YET if knowledge.generation is None else Phrase.NO_ANSWER):
            yield event
        return
    reason = QuoteReason.NO_MODEL
    for model in ports.models:
        written = Written()
        async with aclosing(_write(knowledge, asked, ports, run, found, model, written)) as events:
            async for event in events:
                yield event
        run.usage = written.usage or run.usage
        run.withheld += written.withheld
        run.detail = written.detail or run.detail
        if written.ended is Ended.WELL:
            if written.partly:
                run.partly = True
                async for event in show(run, Sentence(say_own("partly", run.language, ""))):
                    yield event
            return
        if written.ended in (Ended.BROKEN, Ended.REFUSED):
            left = _after_break if written.ended is Ended.BROKEN else _after_refusal
            async for event in left(ports, run, found):
                yield event
            return
        reason = _REASONS[written.ended]
        if written.ended in (Ended.SLOW, Ended.WITHHELD, Ended.OVER_BUDGET):
            break
    run.quote_reason = reason
    async for event in _quote(knowledge, asked, ports, run, found):
        yield event


_REASONS = {
    Ended.FAILED: QuoteReason.MODEL_FAILED,
    Ended.SLOW: QuoteReason.MODEL_SLOW,
    Ended.OVER_BUDGET: QuoteReason.OVER_BUDGET,
    Ended.WITHHELD: QuoteReason.WITHHELD,
}


async def _write(
    knowledge: Knowledge,
    asked: Asked,
    ports: AnswerPorts,
    run: Run,
    found: Found,
    model: ChatModel,
    written: Written,
) -> AsyncGenerator[AnswerEvent, None]:
    """The events of a model's verified sentences; how it ended stands in `written`."""
    deadline = run.began + asked.limits.first_text_seconds
    stream = write(
        knowledge, asked, run.passages, found, model, ports.budget, written, clock=run.clock, deadline=deadline
    )
    async with aclosing(stream) as events:
        async for event in events:
            run.mode = AnswerMode.MODEL
            if isinstance(event, TextShown):
                run.shown()
            elif isinstance(event, SentenceEnded):
                run.sentences.append(event.sentence)
            yield event


async def _after_break(ports: AnswerPorts, run: Run, found: Found) -> AsyncGenerator[AnswerEvent, None]:
    """The model fell silent in the middle: what else the site says of it, called that."""
    run.interrupted = True
    quoted, verdict = await _best(ports, run, found, found.question)
    left = [one for one in quoted.sentences if not run.said(one)] if quoted is not None else []
    if verdict is Verdict.NOTHING or not left:
        return
    lead = say_own("broken", run.language, "")
    for sentence in [replace(left[0], text=f"{lead} {left[0].text}"), *left[1:]]:
        async for event in show(run, sentence):
            yield event


async def _after_refusal(ports: AnswerPorts, run: Run, found: Found) -> AsyncGenerator[AnswerEvent, None]:
    """The model has read the passages and says that they do not answer. What is nearest is shown as just that."""
    run.status, run.mode = AnswerStatus.NO_ANSWER, AnswerMode.MODEL
    async for event in _say(run, Phrase.NO_ANSWER):
        yield event
    quoted, verdict = await _best(ports, run, found, found.question)
    if quoted is None or verdict is Verdict.NOTHING:
        return
    run.closest = True
    async for event in show(run, _as_closest(run, quoted.sentences[0])):
        yield event


async def _quote(
    knowledge: Knowledge, asked: Asked, ports: AnswerPorts, run: Run, found: Found
) -> AsyncGenerator[AnswerEvent, None]:
    """Facts where they decide, else quotes; of a question of several parts the quotes of each."""
    if ports.models:  # without one the facts were asked before the search
        question = self_contained(asked.text.strip(), asked.history, run.language)
        earlier = last_question(asked.history, run.language)
        facts = await answer_facts(knowledge, question, run.language, earlier, _now(ports), ports.transaction)
        if facts is not None:
            run.passages = facts.passages
            for sentence in facts.sentences:
                async for event in show(run, sentence):
                    yield event
            return
    sure: list[Sentence] = []
    near: list[Sentence] = []
    missing = False
    for part in found.parts or (found.question,):
        quoted, verdict = await _best(ports, run, found, part)
        if quoted is None or verdict is Verdict.NOTHING:
            missing = True
        else:
            (sure if verdict is Verdict.ANSWERS else near).extend(quoted.sentences)
    for sentence in sure:
        if not run.said(sentence):
            async for event in show(run, sentence):
                yield event
    left = [sentence for sentence in near if not run.said(sentence)]
    if left:
        run.closest = True
        for sentence in [_as_closest(run, left[0]), *left[1:]]:
            async for event in show(run, sentence):
                yield event
    if not sure:
        run.status = AnswerStatus.NO_ANSWER  # shown and called the closest, nobody may take it for the answer
        if not left:
            async for event in _say(run, Phrase.NO_ANSWER):
                yield event
    elif missing:
        run.partly = True
        async for event in show(run, Sentence(say_own("partly", run.language, ""))):
            yield event


async def _best(ports: AnswerPorts, run: Run, found: Found, part: Question) -> tuple[Quoted | None, Verdict]:
    """From the pages: the lines of facts, which stand first, say too little by themselves to be weighed."""
    facts = sum(passage.fact for passage in run.passages)
    pages = run.passages[facts:]
    quoted = await quote(part, pages, found.rarity, ports.comparer or ports.embedder)
    verdict = judge(part, pages, quoted, found.rarity)
    if quoted is None or not facts:
        return quoted, verdict
    moved = tuple(
        replace(one, citations=tuple(replace(cited, passage=cited.passage + facts) for cited in one.citations))
        for one in quoted.sentences
    )
    return replace(quoted, sentences=moved), verdict


def _as_closest(run: Run, sentence: Sentence) -> Sentence:
    return replace(sentence, text=f"{say(Phrase.CLOSEST, run.language)} {sentence.text}")


async def _say(run: Run, phrase: Phrase) -> AsyncGenerator[AnswerEvent, None]:
    async for event in show(run, Sentence(say(phrase, run.language))):
        yield event
