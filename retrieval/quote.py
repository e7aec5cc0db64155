"""Answers without a model: at most two sentences or three rows of the passages that hold what was asked.

A search in, exact spans of its passages out, best evidence first chosen and then told in reading order. Label and
value that a page sets on two lines stay together. Called by answer.py; the weights come from tests/eval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import SnowballAnalyser
from retrieval.answer_types import find, holds
from retrieval.model import Citation, Passage, Sentence
from retrieval.ports import Embedder, EmbeddingFailed
from retrieval.question import Question
from retrieval.units import Unit, cut

PASSAGES = 6  # quoted from; what stands further down is seldom right
EMBEDDED = 24  # units worth a vector
SENTENCES, ROWS = 2, 3
WORDS = 80
LABELLED_WORDS = 25  # a row that long speaks for itself
LABEL_REACH = 12  # rows between a row and its label
LONG_WORDS = 60  # a longer unit is cut around what was asked
FURTHER = 0.7  # of the best unit's score, for a second and third
UNKNOWN_RARITY = 5.0

# Of a unit's features, in the order of `_Scored.features`; fitted on squad and on small sites of our own (tests/eval).
WEIGHTS = np.array([0.8, 0.31, 1.04, 0.4, 0.16, 0.83, -0.12, 0.94, 0.78, -0.33], np.float32)
OWN_ANSWER = "faq:"  # addresses of what the owner wrote as questions and answers
OWN_WORDS = 150  # a longer answer of theirs is quoted like a page


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of one passage. `at` is its place among the passage's units."""

    passage: int  # from 0
    at: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Quoted:
    """What would be said, and how well it fits: `features` of the best unit, for evidence.py."""

    sentences: tuple[Sentence, ...]
    score: float
    features: NDArray[np.float32]


async def quote(
    asked: Question, passages: Sequence[Passage], rarity: dict[str, float], embedder: Embedder | None
) -> Quoted | None:
    """None when there is no text to quote from."""
    used = passages[:PASSAGES]
    units = [cut(passage.text) for passage in used]
    places: list[Place] = [
        Place(number, at, unit) for number, found in enumerate(units) for at, unit in enumerate(found)
    ]
    if not places:
        return None
    scored = _Scored(asked, used, units, rarity)
    features = np.stack([scored.features(place) for place in places])
    first = features @ WEIGHTS
    close: list[int] = np.argsort(-first, kind="stable")[:EMBEDDED].tolist()
    features[close, COSINE] = await _cosines(
        asked.text, [scored.in_context(places[index]) for index in close], embedder
    )
    scores = np.full(len(places), -np.inf, np.float32)
    scores[close] = features[close] @ WEIGHTS
    best = int(np.argmax(scores))
    spans = _choose(scored, places, scores, best)
    sentences = tuple(_sentences(scored, spans))
    return Quoted(sentences, float(scores[best]), features[best])


COSINE = 7
UNMEASURED = 0.45  # between a unit that answers and one that does not: it moves neither way


async def _cosines(question: str, texts: Sequence[str], embedder: Embedder | None) -> NDArray[np.float32]:
    if embedder is None:
        return np.full(len(texts), UNMEASURED, np.float32)
    try:
        vectors = await embedder.embed([question, *texts])
    except EmbeddingFailed:  # the words decide, as where no embedder is at hand
        return np.full(len(texts), UNMEASURED, np.float32)
    return vectors[1:] @ vectors[0]


class _Scored:
    def __init__(
        self, asked: Question, passages: Sequence[Passage], units: Sequence[Sequence[Unit]], rarity: dict[str, float]
    ):
        self.asked = asked
        self.passages = passages
        self.units = units
        self._analyser = SnowballAnalyser()
        self._rarity = [max((rarity.get(word, 0.0) for word in term), default=0.0) for term in asked.terms]
        # A word that the business never writes tells nothing about its sentences.
        self._known = sum(self._rarity) or 1.0
        self._best = max((passage.score for passage in passages), default=1.0) or 1.0
        self._terms: dict[str, frozenset[str]] = {}

    def features(self, place: Place) -> NDArray[np.float32]:
        text, context = place.unit.text, self.context(place)
        own, around = self.coverage(text), self.coverage(context)
        concepts, concepts_around = self.concepts(text), self.concepts(context)
        kinds = self.asked.kinds
        next_text = self.text_at(place.passage, place.at + 1)
        kind_here = float(np.mean([holds(kind, text) for kind in kinds])) if kinds else 0.0
        kind_next = float(np.mean([holds(kind, next_text) for kind in kinds])) if kinds and place.unit.label else 0.0
        passage = self.passages[place.passage].score / self._best
        bare = float(place.unit.label and not kind_here and not kind_next)
        values = [own, max(0.0, around - own), self.grams(text), concepts, max(0.0, concepts_around - concepts)]
        return np.array([*values, kind_here, kind_next, 0.0, passage, bare], np.float32)

    def context(self, place: Place) -> str:
        """What a reader knows when reading the unit: title, headings, the label above and the line before."""
        passage = self.passages[place.passage]
        labels = [unit.text for unit in self.units[place.passage][max(0, place.at - 6) : place.at] if unit.label][-2:]
        before = self.text_at(place.passage, place.at - 1)
        return "\n".join([passage.title, *passage.heading_path, *labels, before])

    def in_context(self, place: Place) -> str:
        passage = self.passages[place.passage]
        return f"{' > '.join([passage.title, *passage.heading_path[-1:]])}\n{place.unit.text}"

    def text_at(self, passage: int, at: int) -> str:
        units = self.units[passage]
        return units[at].text if 0 <= at < len(units) else ""

    def coverage(self, text: str) -> float:
        """The share of the question's words, by rarity, that stand in the text."""
        stems = self.terms(text)
        held = sum(weight for term, weight in zip(self.asked.terms, self._rarity, strict=True) if term & stems)
        return held / self._known

    def grams(self, text: str) -> float:
        if not self.asked.grams:
            return 0.0
        return len(self.asked.grams.intersection(self._analyser.grams(text))) / len(self.asked.grams)

    def concepts(self, text: str) -> float:
        groups = self.asked.groups
        if not groups:
            return 0.0
        stems = self.terms(text)
        return sum(max((group[term] for term in group.keys() & stems), default=0.0) for group in groups) / len(groups)

    def terms(self, text: str) -> frozenset[str]:
        if text not in self._terms:
            found = (term for code in self.asked.languages for term in self._analyser.words(text, code))
            self._terms[text] = frozenset(found)
        return self._terms[text]

    def holds_kind(self, text: str) -> bool:
        return any(holds(kind, text) for kind in self.asked.kinds)


def _choose(
    scored: _Scored, places: Sequence[Place], scores: NDArray[np.float32], best: int
) -> list[tuple[int, int, int]]:
    """Passage, start and end of what is said: the best unit with its neighbours, then others nearly as good."""
    spans = [_with_neighbours(scored, places[best])]
    words = _words(scored, spans[0])
    rows = places[best].unit.row
    near = scores.copy()
    for index, place in enumerate(places):
        # A row beside the best one belongs to the same table.
        if place.passage == places[best].passage and place.unit.row and rows and abs(place.at - places[best].at) <= 2:
            near[index] += 0.15 * float(scores[best])
    order: list[int] = np.argsort(-near, kind="stable").tolist()
    for index in order:
        if len(spans) >= (ROWS if rows and places[index].unit.row else SENTENCES):
            break
        if near[index] < FURTHER * scores[best]:
            break
        span = _with_neighbours(scored, places[index])
        more = _words(scored, span)
        if words + more > WORDS or any(_overlap(span, other) for other in spans):
            continue
        if any(_text(scored, span) == _text(scored, other) for other in spans):
            continue
        spans.append(span)
        words += more
    # The best goes first, with what stands around it in the page's order.
    first = spans[0][0]
    return sorted(spans, key=lambda span: (span[0] != first, span))


def _with_neighbours(scored: _Scored, place: Place) -> tuple[int, int, int]:
    """Price lists split label and value: the value follows its label, or the label is fetched for the value."""
    units = scored.units[place.passage]
    if (own := _own_answer(scored, place.passage)) is not None:
        return own
    first = last = place.at
    unit = place.unit
    figure = scored.holds_kind(unit.text)
    if scored.asked.kinds and not figure:
        for step in (1, 2):
            text = scored.text_at(place.passage, place.at + step)
            if text and scored.holds_kind(text) and (unit.label or unit.text.endswith((":", "?"))):
                last = place.at + step
                break
    elif unit.text.endswith((":", "?")) and place.at + 1 < len(units):
        last = place.at + 1
    if last == first and first > 0 and units[first - 1].label and len(unit.text.split()) <= 12:
        above = scored.coverage(units[first - 1].text) + scored.concepts(units[first - 1].text)
        if above > 0 and scored.coverage(unit.text) < 0.5:
            first -= 1
    start, end = units[first].start, units[last].end
    return _shortened(scored, place.passage, start, end)


def _own_answer(scored: _Scored, number: int) -> tuple[int, int, int] | None:
    """What the owner wrote as the answer to a question is said whole, without the question; None for other text."""
    passage, units = scored.passages[number], scored.units[number]
    if not passage.url.startswith(OWN_ANSWER) or len(passage.text.split()) > OWN_WORDS:
        return None
    first = 1 if len(units) > 1 and units[0].text.strip() == passage.title.strip() else 0
    return number, units[first].start, units[-1].end


def _shortened(scored: _Scored, number: int, start: int, end: int) -> tuple[int, int, int]:
    """A long row or sentence loses words at its ends, away from the figure or words that were asked."""
    text = scored.passages[number].text[start:end]
    if len(text.split()) <= LONG_WORDS:
        return number, start, end
    centre = _centre(scored, text)
    begins = [at for at, sign in enumerate(text) if not sign.isspace() and (at == 0 or text[at - 1].isspace())]
    middle = max(index for index, at in enumerate(begins) if at <= centre)
    first = max(0, min(middle - LONG_WORDS // 2, len(begins) - LONG_WORDS))
    last = min(len(begins), first + LONG_WORDS)
    stop = len(text) if last == len(begins) else begins[last]
    kept = text[begins[first] : stop].rstrip()
    return number, start + begins[first], start + begins[first] + len(kept)


def _centre(scored: _Scored, text: str) -> int:
    for kind in scored.asked.kinds:
        for start, _ in find(kind, text):
            return start
    folded = text.casefold()
    stems = sorted((stem for term in scored.asked.terms for stem in term), key=len, reverse=True)
    return next((folded.find(stem) for stem in stems if stem in folded), 0)


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _text(scored: _Scored, span: tuple[int, int, int]) -> str:
    return scored.passages[span[0]].text[span[1] : span[2]]


def _words(scored: _Scored, span: tuple[int, int, int]) -> int:
    return len(_text(scored, span).split())


def _sentences(scored: _Scored, spans: Sequence[tuple[int, int, int]]) -> Iterator[Sentence]:
    """A row is told with the label it stands under ("Evening ticket: Adults 2 €"), once for rows that follow."""
    told: tuple[int, str] | None = None
    for number, start, end in spans:
        passage = scored.passages[number]
        exact = passage.text[start:end]
        citations = [cite(passage, number, exact)]
        lines = exact.split("\n")
        label = _label_of(scored, number, start, exact)
        if label is not None and told != (number, label.text):
            lines.insert(0, label.text)
            citations.insert(0, cite(passage, number, label.text))
        if label is not None or len(lines) > 1:
            told = (number, label.text if label is not None else lines[0])
        own = passage.url.startswith(OWN_ANSWER)
        yield Sentence(_as_written(lines) if own else _joined(lines), tuple(citations))


def _joined(lines: Sequence[str]) -> str:
    first, rest = lines[0], " ".join(lines[1:])
    if not rest:
        return first
    return f"{first} {rest}" if first[-1] in ".!?:|" else f"{first}: {rest}"


def _as_written(lines: Sequence[str]) -> str:
    """In one line; the points of a list stay apart."""
    ended = [line if line[-1:] in ".!?:;," else f"{line};" for line in lines[:-1]]
    return " ".join([*ended, *lines[-1:]])


def _label_of(scored: _Scored, number: int, start: int, exact: str) -> Unit | None:
    units = scored.units[number]
    at = next(index for index, unit in enumerate(units) if unit.end > start)
    if not units[at].row or len(exact.split()) > LABELLED_WORDS or units[at].label:
        return None
    return next((unit for unit in reversed(units[max(0, at - LABEL_REACH) : at]) if unit.label), None)


def cite(passage: Passage, number: int, exact: str) -> Citation:
    """`number` counts from 0 here and from 1 for readers."""
    return Citation(
        passage=number + 1,
        quote=exact,
        url=passage.url,
        title=passage.title,
        chunk_no=passage.chunk_no,
        page=passage.page,
        checked_at=passage.checked_at,
    )
