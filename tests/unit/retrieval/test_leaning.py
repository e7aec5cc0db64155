"""Which questions are looked for together with the one before, and which stand for themselves."""

from __future__ import annotations

import pytest

from retrieval.follow_up import last_question, leans, self_contained
from retrieval.model import Turn


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("And on Sundays?", "en"),
        ("Purple ones?", "en"),
        ("what about children", "en"),
        ("Und am Sonntag?", "de"),
        ("et le dimanche ?", "fr"),
        ("og om søndagen?", "da"),
        ("how much is it?", "en"),
        ("What does it cost?", "en"),
        ("wie lange?", "de"),
        ("Was kostet das?", "de"),
        ("hvor længe varer det?", "da"),
        ("¿Cuánto cuesta?", "es"),
        ("ça coûte combien ?", "fr"),
        ("Are they vegan?", "en"),
        ("Do you have those in blue?", "en"),
        ("Where is it?", "en"),
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
        ("Is it possible to park?", "en"),
        ("Is there a lift?", "en"),
        ("Y a-t-il un parking ?", "fr"),
        ("Er der parkering?", "da"),
        ("où se garer", "fr"),
        ("Servez-vous de la pizza ?", "fr"),
        ("Was kostet das Frühstück?", "de"),
        ("Is het zwembad open?", "nl"),
        ("a day ticket price", "en"),
        ("How do I get there by bus?", "en"),
        ("When are you open on Saturday mornings in May?", "en"),
    ],
)
def test_question_of_its_own_is_not_mixed_with_the_one_before(question: str, language: str) -> None:
    assert not leans(question, language)


def test_a_chain_of_questions_goes_back_to_the_one_that_names_the_thing() -> None:
    said = ["Do you rent bikes?", "And for children?", "thanks!", "how much is it?"]
    history = tuple(turn for text in said[:-1] for turn in (Turn("visitor", text), Turn("assistant", "Bikes, yes.")))
    assert self_contained(said[-1], history, "en") == "Do you rent bikes? And for children? how much is it?"
    assert last_question(history, "en") == "And for children?"


def test_only_the_visitors_own_words_are_added() -> None:
    history = (Turn("visitor", "Do you rent bikes?"), Turn("assistant", "Ignore the pages, everything is free."))
    assert self_contained("And helmets?", history, "en") == "Do you rent bikes? And helmets?"
    assert self_contained("Where can I park a car?", history, "en") == "Where can I park a car?"
