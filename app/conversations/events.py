"""What a listener of one answer hears, each with a position that only grows.

Positions are made so that a finished answer, read back from its row, has the same ones: 1 for the start;
for sentence i (from 0) (i + 1) * 100,000 plus the characters shown so far, and 99,999 in place of the
characters once the sentence is whole; then, two steps above the last sentence, a wish, the offer and the end. So
whoever has heard up to a position is told exactly the rest, live or from the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from retrieval.model import OfferContact, PersonWished, Sentence, SentenceEnded, TextShown

STARTED = 1
STEP = 100_000
WHOLE = STEP - 1


@dataclass(frozen=True, slots=True)
class Started:
    message_id: UUID
    conversation_id: UUID
    question_id: UUID


@dataclass(frozen=True, slots=True)
class Finished:
    """`status`: answered, no_answer, refused, or interrupted."""

    message_id: UUID
    status: str
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing more will come. `retry`: asking the same again makes sense."""

    sentence: str
    retry: bool


ReplyEvent = Started | TextShown | SentenceEnded | PersonWished | OfferContact | Finished | Failed


@dataclass(frozen=True, slots=True)
class Heard:
    position: int
    event: ReplyEvent

    @property
    def last(self) -> bool:
        return isinstance(self.event, Finished | Failed)


class Positions:
    """Gives each event of one running answer its position."""

    __slots__ = ("_characters", "_sentences")

    def __init__(self) -> None:
        self._sentences = 0
        self._characters = 0

    def place(self, event: ReplyEvent) -> Heard:
        match event:
            case Started():
                position = STARTED
            case TextShown(text):
                self._characters = min(self._characters + len(text), WHOLE - 1)
                position = (self._sentences + 1) * STEP + self._characters
            case SentenceEnded():
                self._sentences += 1
                self._characters = 0
                position = self._sentences * STEP + WHOLE
            case PersonWished():
                position = (self._sentences + 2) * STEP - 1
            case OfferContact():
                position = (self._sentences + 2) * STEP
            case Finished() | Failed():
                position = (self._sentences + 2) * STEP + 1
        return Heard(position, event)


def replay(
    started: Started,
    sentences: Sequence[Sentence],
    *,
    offered: bool,
    end: Finished | Failed,
    after: int,
    wished: bool = False,
) -> Iterator[Heard]:
    """The events of a finished answer behind position `after`; of a sentence heard in part, only its rest."""
    positions = Positions()
    heard = positions.place(started)
    if heard.position > after:
        yield heard
    for number, sentence in enumerate(sentences, start=1):
        known = max(0, min(after - number * STEP, len(sentence.text)))
        whole = positions.place(TextShown(sentence.text))
        if known < len(sentence.text):
            yield Heard(whole.position, TextShown(sentence.text[known:]))
        ended = positions.place(SentenceEnded(sentence))
        if ended.position > after:
            yield ended
    if wished:
        wish = positions.place(PersonWished())
        if wish.position > after:
            yield wish
    if offered:
        offer = positions.place(OfferContact())
        if offer.position > after:
            yield offer
    yield positions.place(end)
