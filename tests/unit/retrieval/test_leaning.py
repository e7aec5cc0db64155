"""Which questions are looked for together with the one before, and which stand for themselves."""

from __future__ import annotations

import pytest

from retrieval.answer import leans


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("And on Sundays?", "en"),
        ("Purple ones?", "en"),
        ("what about children", "en"),
        ("Und am Sonntag?", "de"),
        ("et le dimanche ?", "fr"),
        ("og om søndagen?", "da"),
    ],
)
def test_question_that_goes_on_leans_on_the_one_before(question: str, language: str) -> None:
    assert leans(question, language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("wher are you", "en"),
        ("Wo seid ihr?", "de"),
        ("Phone number?", "en"),
        ("Adresse?", "de"),
        ("What does it cost?", "en"),
        ("How do I get there by bus?", "en"),
        ("When are you open on Saturday mornings in May?", "en"),
    ],
)
def test_question_of_its_own_is_not_mixed_with_the_one_before(question: str, language: str) -> None:
    assert not leans(question, language)
