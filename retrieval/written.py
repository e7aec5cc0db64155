"""One model's answer, verified as it streams. Passages and a model in, events of bound sentences out.

Called by answer.py once a model. A pump task reads the model, so that waiting never breaks the stream; the budget is
reserved before the call and settled after it, also when the visitor has gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import cast

import anyio

from retrieval.model import (
    AnswerEvent,
    Asked,
    Citation,
    Knowledge,
    Passage,
    Sentence,
    SentenceEnded,
    TextShown,
    Usage,
    WithheldSentence,
)
from retrieval.phrases import Phrase, say
from retrieval.ports import Budget, ChatModel, ModelFailed, PromptMessage, Reservation
from retrieval.prompt import NO_ANSWER, build_prompt, repeats_rules
from retrieval.search import Found
from retrieval.sentences import MARK, Part, SentenceStream
from retrieval.verify.bind import Verifier
from retrieval.verify.verdict import Courtesy, Withheld

# Letters of a sentence that is looked at. Without a space nothing cuts it, and the time to bind it grows with the
# square of its length: 3 s for 12,800 letters.
LONGEST_PART = 1500


class Ended(StrEnum):
    WELL = "well"
    REFUSED = "refused"  # the model says that the passages do not hold the answer
    WITHHELD = "withheld"  # nothing that it wrote could be confirmed
    FAILED = "failed"  # before anything was shown
    SLOW = "slow"  # nothing to show in time
    BROKEN = "broken"  # after something was shown
    OVER_BUDGET = "over_budget"


@dataclass(slots=True)
class Written:
    """Filled while the events are read."""

    ended: Ended = Ended.BROKEN
    usage: Usage | None = None
    withheld: list[WithheldSentence] = field(default_factory=list[WithheldSentence])
    detail: str | None = None
    partly: bool = False  # it says itself that the passages do not hold the rest


async def write(
    knowledge: Knowledge,
    asked: Asked,
    passages: Sequence[Passage],
    found: Found,
    model: ChatModel,
    budget: Budget | None,
    written: Written,
    *,
    clock: Callable[[], float],
    deadline: float,
) -> AsyncGenerator[AnswerEvent, None]:
    """`deadline`: when the first text must have been shown, on `clock`."""
    messages = build_prompt(knowledge, asked.text.strip(), found.question.language, passages, asked.history)
    prompt_tokens = model.count_tokens(messages)
    reservation: Reservation | None = None
    if clock() >= deadline:
        written.ended = Ended.SLOW  # a request now would be paid for and never be seen
        return
    if budget is not None:
        reservation = await budget.reserve(model.name, prompt_tokens + asked.limits.max_answer_tokens)
        if reservation is None:
            written.ended = Ended.OVER_BUDGET
            return
    reader = _Reader(model, messages, asked.limits.max_answer_tokens, clock)
    try:
        reader.start()
        names = (knowledge.business_name,)
        verifier = Verifier(passages, found.question.language, found.written, names)
        shown = _Shown(verifier, written, found.question.language, knowledge.business_name)
        async for event in _read(reader, shown, asked, written, clock, deadline):
            yield event
    finally:
        # A visitor who goes away cancels this task; what was used is still written down.
        with anyio.CancelScope(shield=True):
            await reader.close()
            written.usage = reader.used(prompt_tokens)
            if reservation is not None:
                await reservation.settle(written.usage)


async def _read(
    reader: _Reader,
    shown: _Shown,
    asked: Asked,
    written: Written,
    clock: Callable[[], float],
    deadline: float,
) -> AsyncGenerator[AnswerEvent, None]:
    limits, stream = asked.limits, SentenceStream()
    began, held_since = clock(), clock()
    while True:
        now = clock()
        waits = [began + limits.total_seconds - now]
        waits.append(reader.heard_at + limits.stall_seconds - now if shown.any else deadline - now)
        if stream.held:
            waits.append(held_since + limits.hold_seconds - now)
        try:
            piece = await reader.next(max(0.0, min(waits)))
        except TimeoutError:
            if now + min(waits[:2]) > clock():
                held_since = clock()
                for event in shown.take(_as_list(stream.clause())):
                    yield event
                continue
            written.ended = Ended.BROKEN if shown.any else Ended.SLOW
            break
        except ModelFailed as failure:
            written.detail = failure.reason
            written.ended = Ended.BROKEN if shown.any else Ended.FAILED
            break
        if piece is None:
            for event in shown.take(stream.flush()):
                yield event
            written.ended = shown.verdict()
            break
        empty = not stream.held
        parts = stream.feed(piece)
        if parts or empty:
            held_since = clock()
        elif len(stream.held.split()) > limits.hold_words:
            parts = _as_list(stream.clause(limits.hold_words))
        for event in shown.take(parts):
            yield event
        if shown.refused:
            written.ended = Ended.WELL if shown.any else Ended.REFUSED
            break
    written.partly = shown.any and shown.refused
    for event in shown.finish():
        yield event


def _as_list(part: Part | None) -> list[Part]:
    return [] if part is None else [part]


# What is said in place of something that could not be confirmed. Other sentences without support are dropped.
_INSTEAD = {
    "price": Phrase.UNCONFIRMED_PRICE,
    "time": Phrase.UNCONFIRMED_TIME,
    "weekday": Phrase.UNCONFIRMED_TIME,
    "date": Phrase.UNCONFIRMED_DATE,
    "month": Phrase.UNCONFIRMED_DATE,
    "year": Phrase.UNCONFIRMED_DATE,
    "phone": Phrase.UNCONFIRMED_PHONE,
    "mail": Phrase.UNCONFIRMED_MAIL,
    "link": Phrase.UNCONFIRMED_LINK,
    "code": Phrase.UNCONFIRMED_FIGURE,
    "number": Phrase.UNCONFIRMED_FIGURE,
    "measure": Phrase.UNCONFIRMED_FIGURE,
    "name": Phrase.UNCONFIRMED_NAME,
    "address": Phrase.UNCONFIRMED_ADDRESS,
    "detail": Phrase.UNCONFIRMED_DETAIL,
}


class _Shown:
    """Turns parts into events: bound clauses at once, their sentence when it is whole.

    What is withheld is replaced by a sentence that names its kind, each once an answer; before anything was confirmed
    it waits, because an answer of nothing but these would be none.
    """

    def __init__(self, verifier: Verifier, written: Written, language: str, name: str = ""):
        self._verifier = verifier
        self._name = name  # of the business, which stands in the rules and in many an answer
        self._written = written
        self._language = language
        self._instead: list[Phrase] = []  # to be said as soon as something was confirmed
        self._said: set[Phrase] = set()
        self._courtesy: list[str] = []
        self._clauses: list[Sentence] = []
        self._lost = False  # a clause of the running sentence was withheld: the rest of it goes too
        self.any = False
        self.refused = False

    def take(self, parts: Sequence[Part]) -> list[AnswerEvent]:
        return [event for part in parts for event in self._part(part)]

    def finish(self) -> list[AnswerEvent]:
        """Closes a sentence of which clauses were shown, and says what could not be confirmed."""
        events: list[AnswerEvent] = []
        if self._clauses:
            sentence = Sentence(
                " ".join(clause.text for clause in self._clauses),
                _united([citation for clause in self._clauses for citation in clause.citations]),
            )
            self._clauses = []
            events.append(SentenceEnded(sentence))
        if self.any:
            for phrase in self._instead:
                text = say(phrase, self._language)
                events += [TextShown(text), SentenceEnded(Sentence(text))]
            self._instead = []
        return events

    def verdict(self) -> Ended:
        if self.any:
            return Ended.WELL
        return Ended.REFUSED if self.refused else Ended.WITHHELD

    def _part(self, part: Part) -> list[AnswerEvent]:
        events: list[AnswerEvent] = []
        if not self.refused and not self._lost:
            events = self._bound(part)
        if part.ends:
            self._lost = False
            events += self.finish()
        return events

    def _bound(self, part: Part) -> list[AnswerEvent]:
        if NO_ANSWER in part.text:
            self.refused = True
            return []
        said = " ".join((*(clause.text for clause in self._clauses), MARK.sub("", part.text)))
        if len(part.text) > LONGEST_PART:
            bound = Withheld("no_support")
        elif repeats_rules(said, self._name):
            bound = Withheld("rules")
        else:
            bound = self._verifier.bind(part.text)
        if bound is None:
            return []
        if isinstance(bound, Courtesy):
            if part.ends:
                self._courtesy.append(bound.text)
            return []
        if isinstance(bound, Withheld):
            self._written.withheld.append(WithheldSentence(part.text.strip(), bound.reason))
            self._lost = not part.ends
            self._courtesy.clear()
            phrase = _INSTEAD.get(bound.kind)
            if phrase is not None and phrase not in self._said:
                self._said.add(phrase)
                self._instead.append(phrase)
            return []
        if self._courtesy:
            bound = replace(bound, text=" ".join([*self._courtesy, bound.text]))
            self._courtesy.clear()
        lead = " " if self._clauses else ""
        self._clauses.append(bound)
        self.any = True
        return [TextShown(lead + bound.text)]


def _united(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))


class _Reader:
    """Reads the model in a task of its own: a wait that ends does not end the stream."""

    def __init__(
        self, model: ChatModel, messages: Sequence[PromptMessage], max_tokens: int, clock: Callable[[], float]
    ):
        self._model = model
        self._messages = messages
        self._max_tokens = max_tokens
        self._queue: asyncio.Queue[str | ModelFailed | None] = asyncio.Queue()
        self._usage: Usage | None = None
        self._text: list[str] = []
        self._refused = False
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.heard_at = clock()

    def start(self) -> None:
        self._task = asyncio.create_task(self._pump())

    async def next(self, seconds: float) -> str | None:
        """The next piece, None at the end. Raises TimeoutError and ModelFailed."""
        async with asyncio.timeout(seconds):
            item = await self._queue.get()
        self.heard_at = self._clock()
        if isinstance(item, ModelFailed):
            raise item
        return item

    def used(self, prompt_tokens: int) -> Usage | None:
        """As the provider tells, else an estimate of what it has read and written; None: it took no request."""
        if self._usage is not None:
            return self._usage
        if self._task is None or (self._refused and not self._text):
            return None
        text = "".join(self._text)
        answer_tokens = self._model.count_tokens([PromptMessage("assistant", text)]) if text else 0
        # The count may be of bytes; more tokens than it was allowed no provider writes, nor were more reserved.
        return Usage(self._model.name, prompt_tokens, min(answer_tokens, self._max_tokens))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            # What the task raised was put into the queue; here it only has to be over.
            await asyncio.wait([self._task])

    async def _pump(self) -> None:
        try:
            async with aclosing(_closable(self._model.stream(self._messages, max_tokens=self._max_tokens))) as stream:
                async for piece in stream:
                    if isinstance(piece, Usage):
                        self._usage = piece
                    else:
                        self._text.append(piece)
                        self._queue.put_nowait(piece)
            self._queue.put_nowait(None)
        except ModelFailed as failure:
            self._refused = True
            self._queue.put_nowait(failure)
        except Exception as error:  # noqa: BLE001 - a provider that breaks its promise must not end in an error
            self._queue.put_nowait(ModelFailed("bad_response", type(error).__name__))


async def _closable(stream: AsyncIterator[str | Usage]) -> AsyncGenerator[str | Usage, None]:
    """Closing this closes the model's own generator at once, and with it the request."""
    try:
        async for piece in stream:
            yield piece
    finally:
        if isinstance(stream, AsyncGenerator):
            await cast("AsyncGenerator[str | Usage, None]", stream).aclose()
