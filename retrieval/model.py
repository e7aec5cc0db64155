"""The nouns of retrieval: passages, citations, answers and the events of a running answer.

Nothing here knows of HTTP: channels render `AnswerEvent`s each in their own way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Which business's live text is asked. `generation` None: nothing was published yet."""

    business_id: UUID
    business_name: str
    generation: int | None
    language: str  # two letters, of the business
    time_zone: str = "UTC"
    country: str | None = None  # ISO 3166, two letters
    model: str | None = None  # the live text was embedded with; None: with whatever the embedder at hand is


@dataclass(frozen=True, slots=True)
class Passage:
    """A stored chunk with its score. `url` is for people and never given to a model."""

    chunk_no: int
    url: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    tokens: int
    score: float
    page: int | None = None
    checked_at: datetime | None = None  # when the source was last seen to say so
    dense: float = 0.0  # raw cosine of the best window
    words: float = 0.0  # raw BM25 of stemmed words
    grams: float = 0.0  # raw BM25 of character n-grams
    fact: bool = False  # the lines of a stored chunk that state a fact asked for, put before the pages

    @property
    def heading(self) -> str:
        return " > ".join(self.heading_path)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked passages (best first) and what the answer keeps of how they were found."""

    passages: tuple[Passage, ...]
    language: str  # of the question, two letters
    embed_ms: float
    search_ms: float
    by_words: str | None = None  # why meaning was not compared, when it was not
    parts: tuple[str, ...] = ()  # the questions that were searched for, one where it was not taken apart


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact span of a stored passage. `passage` counts from 1 within this answer."""

    passage: int
    quote: str
    url: str
    title: str
    chunk_no: int
    page: int | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class WithheldSentence:
    """What a model wrote and nobody saw. `text` may hold a visitor's words: it is kept sealed."""

    text: str
    reason: str  # unsupported_number, figure_of_something_else, no_support, markup, …


class AnswerStatus(StrEnum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"  # also where the closest that was found is shown, and called that
    REFUSED = "refused"  # not a question to answer (empty, too long, over a limit)


class AnswerMode(StrEnum):
    MODEL = "model"
    QUOTE = "quote"


class QuoteReason(StrEnum):
    """Why an answer was quoted and not written by a model."""

    NO_MODEL = "no_model"
    MODEL_FAILED = "model_failed"
    MODEL_SLOW = "model_slow"
    OVER_BUDGET = "over_budget"
    WITHHELD = "withheld"  # nothing the model wrote could be confirmed


@dataclass(frozen=True, slots=True)
class Usage:
    model: str
    prompt_tokens: int
    answer_tokens: int
    cached_tokens: int = 0  # of the prompt, read from the provider's cache at a lower price


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds. `first_token` is the first text the visitor saw, from the request's start."""

    embed: float = 0.0
    search: float = 0.0
    first_token: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer, as it is stored and as `milo ask --json` prints it."""

    status: AnswerStatus
    mode: AnswerMode
    language: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    timings: Timings
    quote_reason: QuoteReason | None = None
    usage: Usage | None = None
    understanding: Usage | None = None  # of the small call that made the question self-contained
    withheld: tuple[WithheldSentence, ...] = ()
    searched: tuple[str, ...] = ()  # the question as it was looked for: made self-contained, a part each, translations
    interrupted: bool = False
    detail: str | None = None  # of a provider failure, for the owner; no visitor text

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


# ---- events of a running answer, in order:
# AnswerStarted, (TextShown | SentenceEnded)*, PersonWished?, OfferContact?, AnswerEnded


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    language: str


@dataclass(frozen=True, slots=True)
class TextShown:
    """Verified text that stays. The deltas of a sentence join to its text; sentences are joined by a space."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceEnded:
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class PersonWished:
    """The visitor asked for a person. What was said promises one; the channel has to see to it."""


@dataclass(frozen=True, slots=True)
class OfferContact:
    """The visitor should be offered the contact form."""


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    answer: Answer


AnswerEvent = AnswerStarted | TextShown | SentenceEnded | PersonWished | OfferContact | AnswerEnded


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of the same conversation. Visitors' words are never evidence."""

    author: str  # visitor | assistant
    text: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one answer. Tokens are WordPiece pieces, except max_answer_tokens, which the provider counts."""

    passage_tokens: int = 3000
    passages_shown: int = 5
    max_answer_tokens: int = 400
    question_characters: int = 2000
    first_text_seconds: float = 2.5
    understanding_seconds: float = 0.8  # of the first-text time
    understanding_tokens: int = 200  # that a model may write to make a question self-contained
    stall_seconds: float = 5.0
    total_seconds: float = 60.0
    hold_words: int = 40
    hold_seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its surroundings."""

    text: str
    history: tuple[Turn, ...] = ()
    limits: Limits = field(default_factory=Limits)
