"""Finds the passages that may answer a question. Question in, ranked passages out; called by answer.py and commands.

One short transaction: postings, cosines of whole passages, the small windows of the best, the text of those that come
into question. What does not depend on the question is kept in memory, vectors too where there are not too many.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.answer_types import holds
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
from retrieval.model import Knowledge, Passage, SearchResult
from retrieval.nearest import Nearest
from retrieval.ports import Connection, Embedder, EmbeddingFailed, Transaction
from retrieval.postings import postings_of
from retrieval.queries import PassageRow, read_passages
from retrieval.question import Question, analyse_question
from retrieval.recall import recall

EACH_SEARCH = 64  # so many of each search's best are looked at closely
READ_TEXTS = 40  # of those, so many are read for the kind of figure asked
CONCEPT_SHARE = 0.5  # a business word counts half of a word the visitor wrote
SAME_WORDS = 0.8  # passages that share so many of their words in a row are one
_MEASURED = re.compile(
    r"[€$£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[€$£%]|euros?\b|eur\b|usd\b|chf\b|kr\b|uhr\b|am\b|pm\b)|\d{1,2}:\d\d|\d+[.,]\d\d\b",
    re.I,
)
HALF_READ_LANGUAGES = frozenset({"tr", "fi", "hu", "pl", "cs"})
UNREAD_LANGUAGES = frozenset({"zh", "ja", "ko", "th", "hi", "he", "ar", "fa", "ru", "uk", "el"})


@dataclass(frozen=True, slots=True)
class Found:
    """A search with what it knows of the question, for quoting and for deciding whether there is evidence."""

    result: SearchResult
    question: Question
    rarity: dict[str, float]  # of the question's stems that stand anywhere in the business's text
    written: tuple[str, ...]  # languages of the passages


async def search(
    question: str,
    knowledge: Knowledge,
    *,
    transaction: Transaction,
    embedder: Embedder | None,
    k: int = 5,
) -> SearchResult:
    """The best min(k, all) passages. No published generation: none."""
    return (await find(question, knowledge, transaction=transaction, embedder=embedder, k=k)).result


async def find(
    question: str,
    knowledge: Knowledge,
    *,
    transaction: Transaction,
    embedder: Embedder | None,
    k: int,
    translated: Sequence[str] = (),
) -> Found:
    """As `search`, with the analysed question. `translated`: the same question in languages of the pages.

    Without an embedder of the live text's model, or while it fails, passages are found by their words alone.
    """
    began = time.perf_counter()
    model = knowledge.model or (embedder.model if embedder is not None else "")
    vector, without = await _vector(question, model, embedder)
    embedded = time.perf_counter()
    passages: list[Passage] = []
    rarity: dict[str, float] = {}
    written: tuple[str, ...] = (knowledge.language,)
    if knowledge.generation is None:
        asked = analyse_question(question, (), knowledge.language)
    else:
        async with transaction() as conn:
            known = await recall(conn, knowledge, knowledge.generation, model)
            written = known.languages or written
            asked = analyse_question(question, known.languages, knowledge.language)
            if known.count:
                nearest = Nearest(conn, knowledge, knowledge.generation, known, vector, model)
                ranking = _Ranking(conn, knowledge, knowledge.generation, known, asked, nearest, rarity)
                passages = await ranking.best(k)
    ended = time.perf_counter()
    times = (embedded - began) * 1000, (ended - embedded) * 1000
    result = SearchResult(tuple(passages), asked.language, *times, by_words=without, parts=(question, *translated))
    return Found(result, asked, rarity, written)


async def _vector(
    question: str, model: str, embedder: Embedder | None
) -> tuple[NDArray[np.float32] | None, str | None]:
    """Or why there is none. Vectors of two models say nothing of each other."""
    if embedder is None or embedder.model != model:
        return None, f"no embedder of {model}"
    try:
        return (await embedder.embed([question]))[0], None
    except EmbeddingFailed as error:
        return None, f"{model}: {error}"


@dataclass(frozen=True, slots=True)
class _Ranking:
    """One question over one generation."""

    conn: Connection
    knowledge: Knowledge
    generation: int
    known: Known
    asked: Question
    nearest: Nearest
    rarity: dict[str, float]  # filled here

    async def best(self, k: int) -> list[Passage]:
        words, grams, expanded = await self._lexical()
        whole = await self.nearest.whole()
        lexical = np.asarray(words + CONCEPT_SHARE * expanded, np.float32)
        candidates = self._candidates((lexical, grams, whole))
        dense = await self.nearest.windows(candidates, whole)
        weights = _weights(self.asked.language, self.known.languages or (self.knowledge.language,))
        scores = (
            weights.dense * spread(dense)
            + weights.words * _within(lexical, candidates)
            + weights.grams * _within(grams, candidates)
            + weights.whole * _within(whole, candidates)
        )
        order = np.argsort(-scores, kind="stable")
        texts: dict[int, PassageRow] = {}
        if self.asked.kinds:
            close = order[: max(READ_TEXTS, 2 * k)]
            texts = await self._read_unless_seen(candidates[close])
            scores = scores + weights.figure * self._figures(candidates, texts)
            order = np.argsort(-scores, kind="stable")
        ranked = [int(number) for number in candidates[order]]
        wanted = ranked[: k + 8]
        texts |= await self._read([number for number in wanted if number not in texts])
        chosen = self._apart(wanted, texts, k)
        place = {int(number): at for at, number in enumerate(candidates)}
        return [
            _passage(texts[number], float(scores[place[number]]), dense[place[number]], words[number], grams[number])
            for number in chosen
            if number in texts
        ]

    async def _lexical(self) -> tuple[Scores, Scores, Scores]:
        """BM25 of the visitor's words, of their n-grams, and of the business words they stand for."""
        expansions = {term for group in self.asked.groups for term in group} - self.asked.words
        rows = await postings_of(
            self.conn,
            self.knowledge,
            self.generation,
            self.known,
            [*self.asked.words, *expansions],
            self.asked.grams,
        )
        words: dict[str, Posting] = {}
        grams: list[Posting] = []
        for row in rows:
            if row.field == "w":
                words[row.term] = unpack(row.packed)
            else:
                grams.append(unpack(row.packed))
        norms = self.known.word_norms
        expanded = np.zeros(self.known.count, np.float32)
        for group in self.asked.groups:
            new = [(weight, words[term]) for term, weight in group.items() if term in expansions and term in words]
            if new:
                expanded += best_of(new, norms)
        own = {term: posting for term, posting in words.items() if term in self.asked.words}
        self.rarity.update({term: idf(posting, self.known.count) for term, posting in own.items()})
        return bm25(list(own.values()), norms), bm25(grams, self.known.gram_norms), expanded

    def _candidates(self, searches: Iterable[Scores]) -> NDArray[np.int64]:
        if self.known.count <= 2 * EACH_SEARCH:
            return np.arange(self.known.count)
        best = [np.argpartition(-scores, EACH_SEARCH)[:EACH_SEARCH] for scores in searches]
        return np.unique(np.concatenate(best))

    async def _read(self, numbers: Sequence[int]) -> dict[int, PassageRow]:
        if not numbers:
            return {}
        rows = await read_passages(self.conn, self.knowledge.business_id, self.generation, numbers)
        return {row.chunk_no: row for row in rows}

    async def _read_unless_seen(self, numbers: NDArray[np.int64]) -> dict[int, PassageRow]:
        unseen = np.zeros(self.known.count, np.bool_)
        for kind in self.asked.kinds:
            unseen |= self.known.held(kind) == UNKNOWN
        texts = await self._read([int(number) for number in numbers if unseen[number]])
        for kind in self.asked.kinds:
            held = self.known.held(kind)
            for number, row in texts.items():
                held[number] = holds(kind, row.text)
        return texts

    def _figures(self, candidates: NDArray[np.int64], texts: dict[int, PassageRow]) -> Scores:
        """The share of the kinds asked for that a passage holds; what was never read counts as none."""
        held = [np.maximum(self.known.held(kind)[candidates], 0) for kind in self.asked.kinds]
        return np.asarray(np.mean(held, axis=0), np.float32)

    def _apart(self, ranked: Sequence[int], texts: dict[int, PassageRow], k: int) -> list[int]:
        """The first k, near-duplicates behind all others. The same words with another price are no duplicate."""
        chosen: list[int] = []
        doubles: list[int] = []
        for number in ranked:
            if number in texts:
                alike = any(
                    _alike(self._sketch(number, texts), self._sketch(other, texts))
                    and _figures_of(texts[number].text) <= _figures_of(texts[other].text)
                    for other in chosen
                )
                (doubles if alike else chosen).append(number)
            if len(chosen) == k:
                break
        return [*chosen, *doubles][:k]

    def _sketch(self, number: int, texts: dict[int, PassageRow]) -> frozenset[int]:
        sketch = self.known.sketches.get(number)
        if sketch is None:
            sketch = self.known.sketches[number] = _sketch(texts[number].text)
        return sketch


def _weights(asked: str, written: Sequence[str]) -> Weights:
    """Less on vectors where question or pages are in a language the embedder does not know."""
    languages = {asked, written[0]}
    if languages & UNREAD_LANGUAGES:
        return UNREAD
    return HALF_READ if languages & HALF_READ_LANGUAGES else BALANCED


def _within(scores: Scores, candidates: NDArray[np.int64]) -> Scores:
    """Spread over all passages of the business, then those that came into question."""
    return spread(scores)[candidates]


def _sketch(text: str) -> frozenset[int]:
    """The smallest hashes of its word triples: two sketches share as much as their texts do."""
    words = re.findall(r"\w+", text.casefold())
    triples = {zlib.crc32(" ".join(words[at : at + 3]).encode()) for at in range(max(1, len(words) - 2))}
    return frozenset(sorted(triples)[:24])


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    smallest = sorted(one | other)[:24]
    return bool(smallest) and sum(value in one and value in other for value in smallest) >= SAME_WORDS * len(smallest)


def _figures_of(text: str) -> frozenset[str]:
    return frozenset(match.group().replace(" ", "").lower() for match in _MEASURED.finditer(text))


def _passage(row: PassageRow, score: float, dense: float, words: float, grams: float) -> Passage:
    return Passage(
        chunk_no=row.chunk_no,
        url=row.url,
        title=row.title,
        heading_path=tuple(row.heading_path),
        text=row.text,
        tokens=row.tokens,
        score=round(score, 4),
        page=row.page,
        checked_at=row.checked_at,
        dense=round(float(dense), 4),
        words=round(float(words), 3),
        grams=round(float(grams), 3),
    )
