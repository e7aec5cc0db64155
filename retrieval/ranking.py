"""One question over one generation: which passages come first. Called by search.py, once for each part of a question.

Postings, cosines of whole passages, the small windows of the best, the text of those that come into question; then a
second look at the first of them (rank/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.answer_types import holds
from retrieval.compounds import parts_written
from retrieval.fuse import (
    BALANCED,
    HALF_READ,
    UNREAD,
    Posting,
    Scores,
    Weights,
    best_of,
    bm25,
    idf,
    spread,
    unpack,
)
from retrieval.memory import UNKNOWN, Known
from retrieval.model import Knowledge
from retrieval.nearest import Nearest
from retrieval.passages import passages_of
from retrieval.ports import Connection
from retrieval.postings import postings_of
from retrieval.queries import PassageRow, read_postings
from retrieval.question import Question
from retrieval.rank.features import Seen
from retrieval.rank.use import rescore
from retrieval.spelling import one_slip_from

EACH_SEARCH = 64  # so many of each search's best are looked at closely
READ_TEXTS = 40  # of those, so many are read for the kind of figure asked
LOOKED_AT_TWICE = 24
CONCEPT_SHARE = 0.5  # a business word counts half of a word the visitor wrote
PART_SHARE = 0.5  # and so does a part of a compound
SLIP_SHARE = 0.7  # a word one slip away from an unknown one
MOST_UNKNOWN = 2  # words of a question looked for in other spellings
HALF_READ_LANGUAGES = frozenset({"tr", "fi", "hu", "pl", "cs"})
Look = Callable[[Seen], Scores]
UNREAD_LANGUAGES = frozenset({"zh", "ja", "ko", "th", "hi", "he", "ar", "fa", "ru", "uk", "el"})


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's number, its score after all, and how each search found it."""

    number: int
    score: float
    dense: float
    words: float
    grams: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where is searched."""

    conn: Connection
    knowledge: Knowledge
    generation: int
    known: Known
    model: str
    texts: dict[int, PassageRow] = field(default_factory=dict[int, PassageRow])  # filled as they are read

    async def read(self, numbers: Iterable[int]) -> None:
        unread = [number for number in numbers if number not in self.texts]
        if unread:
            rows = await passages_of(self.conn, self.knowledge, self.generation, self.known, unread)
            self.texts.update((row.chunk_no, row) for row in rows)


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to ask: a question, or the same in a language of the pages."""

    asked: Question
    vector: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class _Lexical:
    words: Scores  # of the visitor's words
    expanded: Scores  # of the business words they stand for, and of the parts of compounds
    grams: Scores

    @property
    def all_words(self) -> Scores:
        return np.asarray(self.words + self.expanded, np.float32)


async def rank(
    place: Place, wordings: Sequence[Wording], rarity: dict[str, float], most: int, look: Look = rescore
) -> list[Ranked]:
    """The best `most`, best first. The first wording is the visitor's own. `rarity` is filled."""
    ranking = _Ranking(place, wordings[0].asked, [wording.asked for wording in wordings], rarity, look)
    return await ranking.best([wording.vector for wording in wordings], most)


@dataclass(frozen=True, slots=True)
class _Ranking:
    place: Place
    asked: Question
    wordings: Sequence[Question]
    rarity: dict[str, float]
    look: Look

    async def best(self, vectors: Sequence[NDArray[np.float32] | None], most: int) -> list[Ranked]:
        place = self.place
        lexical = await self._lexical()
        nearest = [
            Nearest(place.conn, place.knowledge, place.generation, place.known, vector, place.model)
            for vector in vectors
        ]
        whole = np.max([await one.whole() for one in nearest], axis=0)
        candidates = self._candidates((lexical.all_words, lexical.grams, whole))
        dense = np.max([await one.windows(candidates, whole) for one in nearest], axis=0)
        weights = self._weights()
        scores = (
            weights.dense * spread(dense)
            + weights.words * spread(lexical.all_words)[candidates]
            + weights.grams * spread(lexical.grams)[candidates]
            + weights.whole * spread(whole)[candidates]
        )
        if self.asked.kinds:
            close = candidates[np.argsort(-scores, kind="stable")[: max(READ_TEXTS, 2 * most)]]
            await self._look_for_figures(close)
            scores = scores + weights.figure * self._figures(candidates)
        order = np.argsort(-scores, kind="stable")
        scores = scores[order].astype(np.float32, copy=False)
        order = await self._second_look(order, scores, candidates)
        return [
            Ranked(
                int(candidates[at]),
                float(score),
                float(dense[at]),
                float(lexical.words[candidates[at]]),
                float(lexical.grams[candidates[at]]),
            )
            for at, score in zip(order[:most], scores[:most], strict=True)
        ]

    async def _lexical(self) -> _Lexical:
        """BM25 of the words, of their n-grams, of business words and parts of compounds."""
        own = frozenset[str]().union(*(asked.words for asked in self.wordings))
        grams = frozenset[str]().union(*(asked.grams for asked in self.wordings))
        groups = [group for asked in self.wordings for group in asked.groups]
        compounds = [compound for asked in self.wordings for compound in asked.compounds]
        further = {term for group in groups for term in group}
        further |= {part for compound in compounds for pair in compound for part in pair}
        place = self.place
        rows = await postings_of(
            place.conn, place.knowledge, place.generation, place.known, [*(own | further)], [*grams]
        )
        words: dict[str, Posting] = {}
        found_grams: list[Posting] = []
        for row in rows:
            if row.field == "w":
                words[row.term] = unpack(row.packed)
            else:
                found_grams.append(unpack(row.packed))
        slips = await self._spelled_otherwise(words)
        norms = place.known.word_norms
        expanded = np.zeros(place.known.count, np.float32)
        for group in groups:
            new = [(weight, words[term]) for term, weight in group.items() if term not in own and term in words]
            if new:
                expanded += CONCEPT_SHARE * best_of(new, norms)
        for part in {part for compound in compounds for part in parts_written(compound, words)} - own:
            expanded += PART_SHARE * bm25([words[part]], norms)
        for group in slips:
            expanded += best_of([(SLIP_SHARE, posting) for posting in group], norms)
        typed = {term: posting for term, posting in words.items() if term in own}
        self.rarity.update({term: idf(posting, place.known.count) for term, posting in typed.items()})
        return _Lexical(bm25(list(typed.values()), norms), expanded, bm25(found_grams, place.known.gram_norms))

    async def _spelled_otherwise(self, found: dict[str, Posting]) -> list[list[Posting]]:
        """Of each word in a language of the pages that stands nowhere, those one slip away that do."""
        place = self.place
        if self.asked.language not in (place.known.languages or (place.knowledge.language,)):
            return []
        unknown = [term for term in self.asked.terms if not term & found.keys()]
        guesses = [frozenset(guess for stem in term for guess in one_slip_from(stem)) for term in unknown]
        guesses = sorted((guess for guess in guesses if guess), key=len, reverse=True)[:MOST_UNKNOWN]
        if not guesses:
            return []
        every = frozenset[str]().union(*guesses)
        # Not through postings_of: nearly all stand nowhere, and it would remember each of them.
        rows = await read_postings(place.conn, place.knowledge.business_id, place.generation, [*every], [], 0)
        written = {row.term: unpack(row.packed) for row in rows if row.packed}
        return [[written[guess] for guess in group & written.keys()] for group in guesses if group & written.keys()]

    def _candidates(self, searches: Iterable[Scores]) -> NDArray[np.int64]:
        count = self.place.known.count
        if count <= 2 * EACH_SEARCH:
            return np.arange(count)
        best = [np.argpartition(-scores, EACH_SEARCH)[:EACH_SEARCH] for scores in searches]
        return np.unique(np.concatenate(best))

    def _weights(self) -> Weights:
        """Less on vectors where question or pages are in a language the embedder does not know."""
        if self._unread:
            return UNREAD
        return HALF_READ if self._half_read else BALANCED

    @property
    def _unread(self) -> bool:
        return bool(self._languages & UNREAD_LANGUAGES)

    @property
    def _half_read(self) -> bool:
        return bool(self._languages & HALF_READ_LANGUAGES)

    @property
    def _languages(self) -> set[str]:
        """Of the pages, and of the best way to ask them."""
        written = self.place.known.languages or (self.place.knowledge.language,)
        spoken = [asked.language for asked in self.wordings]
        return {written[0], written[0] if written[0] in spoken else spoken[0]}

    async def _look_for_figures(self, numbers: NDArray[np.int64]) -> None:
        known = self.place.known
        unseen = np.zeros(known.count, np.bool_)
        for kind in self.asked.kinds:
            unseen |= known.held(kind) == UNKNOWN
        looked = [int(number) for number in numbers if unseen[number]]
        await self.place.read(looked)
        for kind in self.asked.kinds:
            held = known.held(kind)
            for number in looked:
                if number in self.place.texts:
                    held[number] = holds(kind, self.place.texts[number].text)

    def _figures(self, candidates: NDArray[np.int64]) -> Scores:
        """The share of the kinds asked for that a passage holds; what was never read counts as none."""
        known = self.place.known
        held = [np.maximum(known.held(kind)[candidates], 0) for kind in self.asked.kinds]
        return np.asarray(np.mean(held, axis=0), np.float32)

    async def _second_look(
        self, order: NDArray[np.int64], scores: Scores, candidates: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The first of `order` in their learned order. A place keeps its score, whoever takes it."""
        first = order[:LOOKED_AT_TWICE]
        numbers = candidates[first]
        await self.place.read(int(number) for number in numbers)
        worth = self.look(Seen(self.asked, numbers, self.place.texts, scores[: len(first)]))
        return np.concatenate([first[np.argsort(-worth, kind="stable")], order[len(first) :]])
