"""Questions of several parts are taken apart, and one question never is."""

from __future__ import annotations

import pytest

from retrieval.parts import split


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What does it cost and is there parking?", ("What does it cost", "is there parking?")),
        ("Wann öffnet das Bad und wo ist das Café?", ("Wann öffnet das Bad", "wo ist das Café?")),
        ("Was kostet der Eintritt und gibt es Parkplätze?", ("Was kostet der Eintritt", "gibt es Parkplätze?")),
        ("Hvad koster en billet, og hvornår åbner I?", ("Hvad koster en billet", "hvornår åbner I?")),
        ("Quels sont vos prix et prenez-vous les chiens ?", ("Quels sont vos prix", "prenez-vous les chiens ?")),
        ("¿Cuánto cuesta y hay aparcamiento?", ("¿Cuánto cuesta", "hay aparcamiento?")),
        ("Are you open on Sunday? Do you take cards?", ("Are you open on Sunday?", "Do you take cards?")),
        (
            "Wohin schreibe ich wegen des Kurses, wie viele Kinder sind dabei und was wird vorausgesetzt?",
            ("Wohin schreibe ich wegen des Kurses", "wie viele Kinder sind dabei", "was wird vorausgesetzt?"),
        ),
    ],
)  # fmt: skip
def test_two_questions_in_one_are_two(question: str, parts: tuple[str, ...]) -> None:
    assert split(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Is there wifi and is it free?",  # points back
        "Do you have a pool? Is it heated?",
        "Can I come and see the horses?",
        "What is the difference between bed and breakfast and a hotel?",
        "Which rooms have a balcony and are free?",  # "and" goes on with the question
        "Können Sie mir sagen, wann ihr öffnet und was es kostet?",  # asked in the middle
        "Welcher Spieler erhielt eine Strafe, was den anderen ein Tor bescherte?",  # a comma joins
        "How long does it take and how much?",  # names nothing
        "Hi! Where is the shop? Thanks",
        "opening hours and prices",
        "",
        "?",
        "and and and",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert split(question) == (question,)


def test_a_long_story_is_not_taken_apart() -> None:
    assert len(split("What is this and where is that shop? " * 20)) == 1
