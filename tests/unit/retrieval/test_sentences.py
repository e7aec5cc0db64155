"""A stream is cut the same way wherever its pieces break."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sentences import SentenceStream

TEXT = (
    "We open at 10.30 Uhr on 1. May [1]. Dr. Wu is there. [2] See e.g. the list!\n- Item one [1]\n- Item two [1][3]\n"
    "Write to desk@shop.example now [2]. Last words"
)
SENTENCES = [
    "We open at 10.30 Uhr on 1. May [1].",
    "Dr. Wu is there. [2]",
    "See e.g. the list!",
    "- Item one [1]",
    "- Item two [1][3]",
    "Write to desk@shop.example now [2].",
    "Last words",
]


def cut(pieces: list[str]) -> list[str]:
    stream = SentenceStream()
    parts = [part.text for piece in pieces for part in stream.feed(piece)]
    return parts + [part.text for part in stream.flush()]


def test_sentences_keep_their_marks() -> None:
    assert cut([TEXT]) == SENTENCES


def test_one_letter_at_a_time_gives_the_same_sentences() -> None:
    assert cut(list(TEXT)) == SENTENCES


@given(st.lists(st.integers(min_value=0, max_value=len(TEXT)), max_size=12))
def test_any_breaks_give_the_same_sentences(breaks: list[int]) -> None:
    places = [0, *sorted(breaks), len(TEXT)]
    assert cut([TEXT[a:b] for a, b in pairwise(places)]) == SENTENCES


@pytest.mark.parametrize("text", ["今日は10時から開いています[1]。明日は休みです。[2]", "Ist offen! Wirklich? Ja."])
def test_other_ends_end_sentences(text: str) -> None:
    assert len(cut(list(text))) >= 2


def test_nothing_is_let_go_while_a_mark_may_follow() -> None:
    stream = SentenceStream()
    assert stream.feed("We open at ten.") == []
    assert stream.feed(" ") == []
    assert stream.feed("[1") == []
    assert [part.text for part in stream.feed("] And")] == ["We open at ten. [1]"]


def test_a_long_sentence_is_cut_at_a_clause_never_in_a_figure() -> None:
    stream = SentenceStream()
    stream.feed("We are open every day of the week, from 10")
    part = stream.clause()
    assert part is not None and part.text == "We are open every day of the week," and not part.ends
    assert stream.held == "from 10"
    assert stream.clause() is None


def test_many_words_without_a_clause_are_cut_away_from_figures() -> None:
    stream = SentenceStream()
    stream.feed(" ".join(["word"] * 40 + ["costs", "12", "€", "each"]))
    part = stream.clause(40)
    assert part is not None and "12" not in part.text and stream.held.endswith("12 € each")
