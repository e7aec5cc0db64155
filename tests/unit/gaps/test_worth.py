"""Which messages become a question for the owner, and which are only said."""

from __future__ import annotations

import pytest

from app.gaps.worth import worth_collecting


@pytest.mark.parametrize(
    ("text", "language"),
    [("fuck you", "en"), ("you are useless idiots!", "en"), ("Ihr seid scheiße", "de"), ("Merde !", "fr")],
)
def test_mere_abuse_is_no_question_for_the_owner(text: str, language: str) -> None:
    assert not worth_collecting(text, language, "Corner Bakery")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("is your fucking shop open on Monday", "en"),
        ("do you have a dog bin", "en"),
        ("what is this?", "en"),
        ("Müll?", "de"),
        ("Wohin mit dem Müll?", "de"),
    ],
)
def test_an_angry_question_is_a_question(text: str, language: str) -> None:
    assert worth_collecting(text, language, "Corner Bakery")
