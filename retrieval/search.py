"""Finds the passages that may answer a question. Question in, ranked passages out; called by answer.py and commands.

A question of several parts is searched part by part (parts.py), each in one pass over the generation (ranking.py), and
the places are shared. All in one short transaction; what does not depend on the question is kept in memory.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.duplicates import apart
from retrieval.memory import Known
from retrieval.model import Knowledge, Passage, SearchResult
from retrieval.parts import split
from retrieval.ports import Embedder, EmbeddingFailed, Transaction
from retrieval.queries import PassageRow
from retrieval.question import Question, analyse_question
from retrieval.ranking import Place, Ranked, Wording, rank
from retrieval.recall import recall

SPARE = 8  # passages ranked beyond those wanted: near-duplicates fall behind
MOST_PARTS = 3
# Where a prompt has room for more than these, what stands beside the first three joins (docs/decisions/0031).
BEFORE_NEIGHBOURS = 8
HAVE_NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A search with what it knows of the question, for quoting and for deciding whether there is evidence."""

    result: SearchResult
    question: Question
    rarity: dict[str, float]  # of the question's stems that stand anywhere in the business's text
    written: tuple[str, ...]  # languages of the passages
    translated: tuple[Question, ...] = ()  # the same question in languages of the pages
    parts: tuple[Question, ...] = ()  # where there are several


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
    parts: Sequence[str] = (),
) -> Found:
    """As `search`, with the analysed question.

    `translated`: the same question in languages of the pages. `parts`: the questions it consists of, each
    self-contained, where somebody who understands it took it apart; else that is done here.
    Without an embedder of the live text's model, or while it fails, passages are found by their words alone.
    """
    began = time.perf_counter()
    model = knowledge.model or (embedder.model if embedder is not None else "")
    pieces = tuple(dict.fromkeys(parts or split(question)))[:MOST_PARTS]
    asked_as = _wordings(question, pieces, translated)
    texts = list(dict.fromkeys(text for wordings in asked_as for text in wordings))
    vectors, without = await _vectors(texts, model, embedder)
    embedded = time.perf_counter()
    passages: list[Passage] = []
    rarity: dict[str, float] = {}
    languages: tuple[str, ...] = ()
    questions: dict[str, Question] = {}
    if knowledge.generation is not None:
        async with transaction() as conn:
            known = await recall(conn, knowledge, knowledge.generation, model)
            languages = known.languages
            questions = {text: analyse_question(text, languages, knowledge.language) for text in texts}
            if known.count:
                place = Place(conn, knowledge, knowledge.generation, known, model)
                lists = [
                    await rank(place, [Wording(questions[text], vectors[text]) for text in wordings], rarity, k + SPARE)
                    for wordings in asked_as
                ]
                passages = await _share(place, known, lists, k)
    asked = questions.get(question) or analyse_question(question, languages, knowledge.language)
    ended = time.perf_counter()
    times = (embedded - began) * 1000, (ended - embedded) * 1000
    searched = tuple(dict.fromkeys((question, *texts)))
    result = SearchResult(tuple(passages), asked.language, *times, by_words=without, parts=searched)
    return Found(
        result,
        asked,
        rarity,
        languages or (knowledge.language,),
        tuple(questions[text] for text in translated if text in questions),
        tuple(questions[text] for text in pieces if text in questions) if len(pieces) > 1 else (),
    )


def _wordings(question: str, pieces: Sequence[str], translated: Sequence[str]) -> list[list[str]]:
    """What is searched for, each in its wordings: the whole question, then its parts where there are several."""
    whole = list(dict.fromkeys((question, *translated)))
    if len(pieces) < 2:
        return [whole]
    taken_apart = [split(text) for text in translated]
    alike = [own for own in taken_apart if len(own) == len(pieces)]
    return [whole, *([piece, *(own[at] for own in alike)] for at, piece in enumerate(pieces))]


async def _vectors(
    texts: Sequence[str], model: str, embedder: Embedder | None
) -> tuple[dict[str, NDArray[np.float32] | None], str | None]:
    """By text, or why there are none. Vectors of two models say nothing of each other."""
    none = dict[str, NDArray[np.float32] | None].fromkeys(texts)
    if embedder is None or embedder.model != model:
        return none, f"no embedder of {model}"
    try:
        return dict(zip(texts, await embedder.embed(texts), strict=True)), None
    except EmbeddingFailed as error:
        return none, f"{model}: {error}"


async def _share(place: Place, known: Known, lists: Sequence[Sequence[Ranked]], k: int) -> list[Passage]:
    """The best of each list in turn, the whole question's first; none twice."""
    best: dict[int, Ranked] = {}
    for at in range(max(len(ranked) for ranked in lists)):
        for ranked in lists:
            if at < len(ranked):
                best.setdefault(ranked[at].number, ranked[at])
    wanted = list(best)[: k + SPARE]
    await place.read(wanted)
    chosen = apart(wanted, place.texts, known, k)
    if len(chosen) > BEFORE_NEIGHBOURS:
        chosen = await _with_neighbours(place, chosen, k)
    scores = sorted((found.score for found in best.values()), reverse=True)
    scores += [scores[-1]] * k
    passages: list[Passage] = []
    for number, score in zip(chosen, scores, strict=False):
        found = best.get(number) or Ranked(number, score, 0.0, 0.0, 0.0)
        passages.append(_passage(place.texts[number], found, score))
    return passages


async def _with_neighbours(place: Place, chosen: list[int], k: int) -> list[int]:
    """What stands before and after the first passages in the same section follows the best: a section cut in two."""
    first = chosen[:HAVE_NEIGHBOURS]
    beside = dict.fromkeys(other for number in first for other in (number - 1, number + 1))
    ahead = chosen[:BEFORE_NEIGHBOURS]
    further = [number for number in beside if 0 <= number < place.known.count and number not in ahead]
    await place.read(further)
    sections = {_section(place.texts[number]) for number in first}
    joined = [number for number in further if number in place.texts and _section(place.texts[number]) in sections]
    rest = [number for number in chosen[BEFORE_NEIGHBOURS:] if number not in joined]
    return [*ahead, *joined, *rest][:k]


def _section(row: PassageRow) -> tuple[str, str, tuple[str, ...]]:
    return row.url, row.title, tuple(row.heading_path[:1])


def _passage(row: PassageRow, found: Ranked, score: float) -> Passage:
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
        dense=round(found.dense, 4),
        words=round(found.words, 3),
        grams=round(found.grams, 3),
    )
