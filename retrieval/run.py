"""What is known of one answer so far, and showing a sentence of it. Filled by answer.py while the answer runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from retrieval.model import (
    Answer,
    AnswerEvent,
    AnswerMode,
    AnswerStatus,
    Asked,
    Passage,
    QuoteReason,
    Sentence,
    SentenceEnded,
    TextShown,
    Timings,
    Usage,
    WithheldSentence,
)
from retrieval.search import Found


@dataclass(slots=True)
class Run:
    """`clock`: monotonic seconds."""

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
    understanding: Usage | None = None
    interrupted: bool = False
    closest: bool = False  # what is shown may not answer
    partly: bool = False  # what is shown answers a part
    wished: bool = False  # for a person
    detail: str | None = None
    embed_ms: float = 0.0
    search_ms: float = 0.0
    first_shown: float | None = None

    @property
    def offers_contact(self) -> bool:
        return self.status is AnswerStatus.NO_ANSWER or self.closest or self.partly or self.wished

    def take(self, found: Found, passages: Sequence[Passage], asked: Asked) -> None:
        """The first passages that have room together."""
        self.embed_ms, self.search_ms = found.result.embed_ms, found.result.search_ms
        self.searched = found.result.parts
        kept: list[Passage] = []
        room = asked.limits.passage_tokens
        for passage in passages:
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

    def said(self, sentence: Sentence) -> bool:
        """Whether it, or all that it quotes, was shown before."""
        before = [citation.quote for one in self.sentences for citation in one.citations]
        quotes = [citation.quote for citation in sentence.citations]
        again = bool(quotes) and all(any(quote in old for old in before) for quote in quotes)
        return again or any(one.text == sentence.text for one in self.sentences)

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
            understanding=self.understanding,
            withheld=tuple(self.withheld),
            searched=self.searched,
            interrupted=self.interrupted,
            detail=self.detail,
        )


async def show(run: Run, sentence: Sentence) -> AsyncGenerator[AnswerEvent, None]:
    run.shown()
    run.sentences.append(sentence)
    yield TextShown(sentence.text)
    yield SentenceEnded(sentence)
    # Lets the listener send it before the next is worked on.
    await asyncio.sleep(0)
