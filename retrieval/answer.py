"""Answers one question. Knowledge and question in, events of a verified answer out; called by channels and commands.

Opening times by code from the facts (retrieval/hours). Else a search, then a model whose every sentence is bound to a
passage before a letter of it is shown, or exact quotes when there is no model, no budget, no time, or nothing it wrote
could be confirmed. What was shown is never taken back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from retrieval.evidence import Verdict, judge
from retrieval.hours.open_now import HoursAnswer, answer_hours
from retrieval.language import detect
from retrieval.lexicon import concepts_of
from retrieval.model import (
    Answer,
    AnswerEnded,
    AnswerEvent,
    AnswerMode,
    AnswerStarted,
    AnswerStatus,
    Asked,
    Knowledge,
    OfferContact,
    Passage,
    QuoteReason,
    Sentence,
    SentenceEnded,
    TextShown,
    Timings,
    Usage,
    WithheldSentence,
)
from retrieval.phrases import Phrase, say
from retrieval.ports import AnswerPorts, ChatModel
from retrieval.quote import quote
from retrieval.search import Found, find
from retrieval.written import Ended, Written, write

FETCHED = 16  # passages looked at; those within the token limit are used
LEANING_WORDS = 6  # a longer question says itself what it is about


async def answer(knowledge: Knowledge, asked: Asked, ports: AnswerPorts) -> AsyncGenerator[AnswerEvent, None]:
    """Always ends with AnswerEnded, unless the database fails or the task is cancelled."""
    clock = ports.clock or time.monotonic
    run = _Run(clock, clock())
    question = asked.text.strip()
    earlier = next((turn.text for turn in reversed(asked.history) if turn.author == "visitor"), "")
    run.language = detect(question, detect(earlier, knowledge.language))
    hours = await _hours(knowledge, question, run.language, earlier, ports)
    if hours is not None:
        run.language, run.passages = hours.language, hours.passages
    yield AnswerStarted(run.language)
    if hours is not None:
        for sentence in hours.sentences:
            async for event in _show(run, sentence):
                yield event
    elif not question or len(question) > asked.limits.question_characters:
        run.status = AnswerStatus.REFUSED
        async for event in _say(run, Phrase.TOO_LONG if question else Phrase.EMPTY):
            yield event
    else:
        found = await find(
            _searched(question, earlier, run.language),
            knowledge,
            transaction=ports.transaction,
            embedder=ports.embedder,
            k=FETCHED,
        )
        run.take(found, asked)
        async with aclosing(_answer(knowledge, asked, ports, run, found)) as events:
            async for event in events:
                yield event
    if run.status is AnswerStatus.NO_ANSWER or run.closest:
        yield OfferContact()
    yield AnswerEnded(run.ended())


async def _hours(
    knowledge: Knowledge, question: str, language: str, earlier: str, ports: AnswerPorts
) -> HoursAnswer | None:
    """Before any search and any model: what facts and the clock decide is not left to a guess."""
    now = ports.now() if ports.now is not None else datetime.now(UTC)
    return await answer_hours(knowledge, question, language, earlier, now, ports.transaction)


@dataclass(slots=True)
class _Run:
    """What is known of the answer so far."""

    clock: Callable[[], float]
    began: float
    language: str = "en"
    status: AnswerStatus = AnswerStatus.ANSWERED
    mode: AnswerMode = AnswerMode.QUOTE
    quote_reason: QuoteReason | None = None
    passages: tuple[Passage, ...] = ()
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    withheld: list[WithheldSentence] = field(default_factory=list[WithheldSentence])
    searched: tuple[str, ...] = ()
    usage: Usage | None = None
    interrupted: bool = False
    closest: bool = False
    detail: str | None = None
    embed_ms: float = 0.0
    search_ms: float = 0.0
    first_shown: float | None = None

    def take(self, found: Found, asked: Asked) -> None:
        self.embed_ms, self.search_ms = found.result.embed_ms, found.result.search_ms
        self.searched = found.result.parts
        kept: list[Passage] = []
        room = asked.limits.passage_tokens
        for passage in found.result.passages:
            room -= passage.tokens
            if room < 0:
                break
            kept.append(passage)
        self.passages = tuple(kept)
        if found.result.by_words is not None:
            self.detail = f"found by words alone ({found.result.by_words})"

    def since_start(self) -> float:
        return (self.clock() - self.began) * 1000

    def shown(self) -> None:
        if self.first_shown is None:
            self.first_shown = self.since_start()

    def ended(self) -> Answer:
        return Answer(
            status=self.status,
            mode=self.mode,
            language=self.language,
            sentences=tuple(self.sentences),
            passages=self.passages,
            timings=Timings(self.embed_ms, self.search_ms, self.first_shown, self.since_start()),
            quote_reason=self.quote_reason,
            usage=self.usage,
            withheld=tuple(self.withheld),
            searched=self.searched,
            interrupted=self.interrupted,
            detail=self.detail,
        )


async def _answer(
    knowledge: Knowledge, asked: Asked, ports: AnswerPorts, run: _Run, found: Found
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
        if written.ended in (Ended.WELL, Ended.BROKEN):
            run.interrupted = written.ended is Ended.BROKEN
            return
        if written.ended is Ended.REFUSED:
            run.status, run.mode = AnswerStatus.NO_ANSWER, AnswerMode.MODEL
            async for event in _say(run, Phrase.NO_ANSWER):
                yield event
            return
        reason = _REASONS[written.ended]
        if written.ended in (Ended.SLOW, Ended.WITHHELD, Ended.OVER_BUDGET):
            break
    run.quote_reason = reason
    async for event in _quote(ports, run, found):
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
    run: _Run,
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


async def _quote(ports: AnswerPorts, run: _Run, found: Found) -> AsyncGenerator[AnswerEvent, None]:
    quoted = await quote(found.question, run.passages, found.rarity, ports.comparer or ports.embedder)
    verdict = judge(found.question, run.passages, quoted, found.rarity)
    if quoted is None or verdict is Verdict.NOTHING:
        run.status = AnswerStatus.NO_ANSWER
        async for event in _say(run, Phrase.NO_ANSWER):
            yield event
        return
    sentences = list(quoted.sentences)
    if verdict is Verdict.CLOSEST:
        run.closest = True
        run.status = AnswerStatus.NO_ANSWER  # shown and called the closest, but nobody may take it for the answer
        sentences[0] = replace(sentences[0], text=f"{say(Phrase.CLOSEST, run.language)} {sentences[0].text}")
    for sentence in sentences:
        async for event in _show(run, sentence):
            yield event


async def _say(run: _Run, phrase: Phrase) -> AsyncGenerator[AnswerEvent, None]:
    async for event in _show(run, Sentence(say(phrase, run.language))):
        yield event


async def _show(run: _Run, sentence: Sentence) -> AsyncGenerator[AnswerEvent, None]:
    run.shown()
    run.sentences.append(sentence)
    yield TextShown(sentence.text)
    yield SentenceEnded(sentence)
    # Lets the listener send it before the next is worked on.
    await asyncio.sleep(0)


def _searched(question: str, earlier: str, language: str) -> str:
    """What is looked for. "And on Sundays?" is looked for together with the question before it."""
    return f"{earlier[:300]} {question}" if earlier and leans(question, language) else question


def leans(question: str, language: str) -> bool:
    """Whether it only makes sense after the question before: it goes on with "and", or is a word or two that name
    nothing a visitor asks a business for ("Purple ones?", but not "Phone number?")."""
    words = [word.strip("?!.,…") for word in question.casefold().split()]
    if len(words) > LEANING_WORDS:
        return False
    goes_on = words[0] in _LEANING or words[:2] in (["what", "about"], ["how", "about"])
    return goes_on or (len(words) <= 2 and not concepts_of(question, (language,)))


_LEANING = frozenset("and or but also und oder aber auch og eller men et ou mais y pero e ma en maar och men".split())
