"""Scores by hand-made postings."""

from __future__ import annotations

import numpy as np

from retrieval.fuse import Posting, best_of, bm25, idf, norms_of, spread, unpack


def posting(*chunks: int) -> Posting:
    return Posting(np.array(chunks, np.uint32), np.ones(len(chunks), np.uint8))


def test_packed_postings_are_numbers_then_counts() -> None:
    packed = np.array([3, 70000], "<u4").tobytes() + bytes([2, 255])
    found = unpack(packed)
    assert found.chunks.tolist() == [3, 70000] and found.counts.tolist() == [2, 255]
    assert unpack(b"").chunks.tolist() == []


def test_rare_terms_weigh_more_and_none_weighs_less_than_nothing() -> None:
    assert idf(posting(1), 100) > idf(posting(*range(50)), 100) > 0
    assert idf(posting(*range(100)), 100) >= 0


def test_a_short_passage_scores_over_a_long_one_with_the_same_word() -> None:
    norms = norms_of(np.array([10, 200, 10], np.uint32), 0.75)
    scores = bm25([posting(0, 1)], norms)
    assert scores[0] > scores[1] > scores[2] == 0


def test_a_group_counts_its_best_word_only() -> None:
    norms = norms_of(np.array([10, 10], np.uint32), 0.6)
    one = best_of([(1.0, posting(0))], norms)
    both = best_of([(1.0, posting(0)), (0.5, posting(0))], norms)
    assert np.allclose(one, both)


def test_spread_of_equal_scores_prefers_nobody() -> None:
    assert spread(np.array([2.0, 2.0], np.float32)).tolist() == [0, 0]
    assert spread(np.array([1.0, 3.0, 2.0], np.float32)).tolist() == [0, 1, 0.5]
    assert spread(np.empty(0, np.float32)).tolist() == []
