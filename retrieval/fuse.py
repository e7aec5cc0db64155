"""Scores of one question over one generation's passages: BM25 of terms, and the mix of all searches.

Pure numpy, no database. search.py calls it with postings and cosines; the figures behind the weights are in
docs/decisions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

K1 = 1.2
B_WORDS = 0.6
B_GRAMS = 0.75


@dataclass(frozen=True, slots=True)
class Posting:
    """Where one term stands: chunk numbers and how often in each."""

    chunks: NDArray[np.uint32]
    counts: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the searches. `dense` is a passage's best small window, `whole` the passage itself."""

    dense: float
    words: float
    grams: float
    whole: float
    figure: float


BALANCED = Weights(dense=0.4, words=0.3, grams=0.3, whole=0.2, figure=0.2)
# MiniLM reads English. Languages of its letters it half guesses; other scripts it cannot tell apart.
HALF_READ = Weights(dense=0.3, words=0.35, grams=0.35, whole=0.15, figure=0.2)
UNREAD = Weights(dense=0.1, words=0.45, grams=0.45, whole=0.0, figure=0.2)


def unpack(packed: bytes) -> Posting:
    """Little-endian uint32 chunk numbers, then one uint8 count each."""
    many = len(packed) // 5
    return Posting(np.frombuffer(packed, "<u4", many), np.frombuffer(packed, np.uint8, many, many * 4))


def term_scores(posting: Posting, norms: Scores, many: int) -> Scores:
    """BM25 of one term in the chunks of its posting. `norms` is k1·(1 - b + b·length/mean) of all chunks."""
    counts = posting.counts.astype(np.float32)
    scores = counts / (counts + norms[posting.chunks]) * (idf(posting, many) * (K1 + 1))
    return scores.astype(np.float32, copy=False)


def idf(posting: Posting, many: int) -> float:
    """How rare a term is among so many chunks; never negative."""
    return math.log1p((many - len(posting.chunks) + 0.5) / (len(posting.chunks) + 0.5))


def norms_of(lengths: NDArray[np.uint32], b: float) -> Scores:
    mean = max(1.0, float(lengths.mean())) if len(lengths) else 1.0
    return (K1 * (1 - b) + (K1 * b / mean) * lengths).astype(np.float32)


def bm25(postings: Sequence[Posting], norms: Scores) -> Scores:
    """The sum over the question's different terms, for every chunk.

    In one sweep over all postings: a hundred n-grams one by one cost four times as much.
    """
    if not postings:
        return np.zeros(len(norms), np.float32)
    chunks = np.concatenate([posting.chunks for posting in postings])
    counts = np.concatenate([posting.counts for posting in postings]).astype(np.float32)
    rarity = np.array([idf(posting, len(norms)) * (K1 + 1) for posting in postings], np.float32)
    counts /= counts + norms[chunks]
    counts *= np.repeat(rarity, [len(posting.chunks) for posting in postings])
    return np.bincount(chunks, counts, len(norms)).astype(np.float32)


def best_of(postings: Sequence[tuple[float, Posting]], norms: Scores) -> Scores:
    """Of a group of words for one thing the best counts, so that a page is not preferred for naming them all."""
    best = np.zeros(len(norms), np.float32)
    for weight, posting in postings:
        np.maximum.at(best, posting.chunks, weight * term_scores(posting, norms, len(norms)))
    return best


def spread(scores: Scores) -> Scores:
    """Min-max over the passages; all equal gives all zero."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
