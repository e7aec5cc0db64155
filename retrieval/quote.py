"""Answers without a model: the lines of the passages that hold what was asked, said as they stand.

A search in, exact spans of its passages out, the best first. Which units are said is decided by weights fitted in
tests/eval; how is in retrieval/quoting. Called by answer.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.model import Passage, Sentence
from retrieval.ports import Embedder, EmbeddingFailed
from retrieval.question import Question
from retrieval.quoting.choose import choose
from retrieval.quoting.echo import Echo, listen
from retrieval.quoting.features import UNMEASURED, Column, Reading
from retrieval.quoting.tell import OWN_ANSWER, cite, tell, tell_own
from retrieval.quoting.weights import UNIT

__all__ = ["Quoted", "cite", "quote"]

PASSAGES = 6  # quoted from; what stands further down is seldom right
EMBEDDED = 8  # units worth a vector, some 300 tokens; 24 held what was asked no more often
OWN_WORDS = 150  # a longer answer of the owner's is quoted like a page


@dataclass(frozen=True, slots=True)
class Quoted:
    """What would be said, and how well it fits: `features` of the best unit, for evidence.py."""

    sentences: tuple[Sentence, ...]
    score: float
    features: NDArray[np.float32]
    spread: float  # how many other units fit as well, as a logarithm
    echo: Echo


async def quote(
    asked: Question, passages: Sequence[Passage], rarity: dict[str, float], embedder: Embedder | None
) -> Quoted | None:
    """None when there is no text to quote from."""
    reading = Reading(asked, passages[:PASSAGES], rarity)
    if not reading.places:
        return None
    features = reading.features()
    close: list[int] = np.argsort(-(features @ UNIT), kind="stable")[:EMBEDDED].tolist()
    features[close, Column.COSINE] = await _cosines(
        asked.text, [reading.in_context(reading.places[index]) for index in close], embedder
    )
    far = np.setdiff1d(np.arange(len(features)), close)
    features[far, Column.COSINE] = np.percentile(features[close, Column.COSINE], 25)
    scores = features @ UNIT
    best = int(np.argmax(scores))
    own = reading.places[best].passage
    if _is_own_answer(passages[own]):
        sentences = (tell_own(reading, own),)
    else:
        sentences = tuple(tell(reading, choose(reading, scores)))
    names = reading.names(reading.places[best])
    said = "\n".join([*names, *(citation.quote for sentence in sentences for citation in sentence.citations)])
    echo = await listen(asked, said, rarity, embedder)
    spread = float(np.log(np.exp(scores - scores[best]).sum()))
    return Quoted(sentences, float(scores[best]), features[best], spread, echo)


async def _cosines(question: str, texts: Sequence[str], embedder: Embedder | None) -> NDArray[np.float32]:
    if embedder is None:
        return np.full(len(texts), UNMEASURED, np.float32)
    try:
        vectors = await embedder.embed([question, *texts])
    except EmbeddingFailed:  # the words decide, as where no embedder is at hand
        return np.full(len(texts), UNMEASURED, np.float32)
    return vectors[1:] @ vectors[0]


def _is_own_answer(passage: Passage) -> bool:
    """What the owner wrote as an answer is said whole."""
    return passage.url.startswith(OWN_ANSWER) and len(passage.text.split()) <= OWN_WORDS
