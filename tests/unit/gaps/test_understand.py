"""What an owner writes back in plain words is understood, and what is not is given back."""

from __future__ import annotations

import pytest

from app.gaps.mail.own_words import own_words
from app.gaps.mail.understand import understand

QUESTIONS = {1: "Can I bring my dog?", 2: "Do you have gluten-free bread?", 3: "Where can I park?"}
SENT = """3 questions nobody could answer at Corner Bakery

1. Can I bring my dog?
   asked by 4 visitors

2. Do you have gluten-free bread?
   asked by 2 visitors

3. Where can I park?
   asked once

Just reply to this mail, with the number first, like this:

    1: your answer
    2: your answer
"""
QUOTED = "\n".join(f"> {line}" for line in SENT.splitlines())


def answers(reply: str, questions: dict[int, str] = QUESTIONS) -> dict[int, str]:
    return dict(understand(reply, SENT, questions, "en").answers)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("1: Yes, dogs are welcome.", {1: "Yes, dogs are welcome."}),
        ("1) Yes\n2) On Saturdays only.\n", {1: "Yes", 2: "On Saturdays only."}),
        ("Hi Milo,\n\n1. Yes, on the terrace.\n\n3. Behind the church.\n\nBest regards,\nOlga Smith\nCorner Bakery",
         {1: "Yes, on the terrace.", 3: "Behind the church."}),
        ("#2: No, sorry", {2: "No, sorry"}),
        ("2 - we bake it on Fridays", {2: "we bake it on Fridays"}),
        ("Nr. 3: hinter dem Haus", {3: "hinter dem Haus"}),
        ("1: yes 2: no 3: behind the church", {1: "yes", 2: "no", 3: "behind the church"}),
        ("1: Yes, but:\n- on a lead\n- not in the kitchen", {1: "Yes, but:\n- on a lead\n- not in the kitchen"}),
        ("1: We have room for 2 dogs, 10.30-16.00.", {1: "We have room for 2 dogs, 10.30-16.00."}),
        ("1: -\n2: yes", {2: "yes"}),
        ("Yes, dogs may come along.", {1: "Yes, dogs may come along."}),
        ("There is parking behind the church", {3: "There is parking behind the church"}),
        ("1: Yes.\n\nSent from my iPhone", {1: "Yes."}),
        ("1: Ja.\n\nVon meinem iPhone gesendet", {1: "Ja."}),
        ("1: Yes.\n-- \nOlga\n2: not this", {1: "Yes."}),
    ],
)  # fmt: skip
def test_answers_are_told_by_their_numbers_or_by_what_they_speak_of(reply: str, expected: dict[int, str]) -> None:
    assert answers(reply) == expected


@pytest.mark.parametrize(
    "begins",
    [
        "On Mon, 23 Nov 2026 at 07:31, Milo <milo@example.com> wrote:",
        "On Mon, 23 Nov 2026 at 07:31, Milo\n<milo@example.com> wrote:",
        "Am Mo., 23. Nov. 2026 um 07:31 Uhr schrieb Milo <milo@example.com>:",
        "Den man. 23. nov. 2026 kl. 07.31 skrev Milo <milo@example.com>:",
        "Le lun. 23 nov. 2026 à 07:31, Milo <milo@example.com> a écrit :",
        "-----Original Message-----\nFrom: Milo <milo@example.com>\nSent: Monday\nTo: Olga\nSubject: 3 questions",
        "________________________________\nVon: Milo <milo@example.com>\nGesendet: Montag\nBetreff: 3 Fragen",
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_quoted_mail_is_no_answer(begins: str, marked: bool) -> None:
    reply = f"1: Yes, on the terrace.\n\n{begins}\n\n{QUOTED if marked else SENT}"
    found = understand(reply, SENT, QUESTIONS, "en")
    assert (dict(found.answers), found.unclear) == ({1: "Yes, on the terrace."}, "")


def test_answers_between_the_quoted_lines_belong_to_the_question_above() -> None:
    reply = "On Mon, 23 Nov 2026 at 07:31, Milo <milo@example.com> wrote:\n" + QUOTED.replace(
        ">    asked by 4 visitors", ">    asked by 4 visitors\n\nYes, on the terrace.\n"
    ).replace(">    asked once", ">    asked once\nBehind the church.\nIt is free.")
    assert answers(reply) == {1: "Yes, on the terrace.", 3: "Behind the church.\nIt is free."}


def test_one_question_needs_no_number() -> None:
    assert answers("No, sorry, not yet.", {1: QUESTIONS[1]}) == {1: "No, sorry, not yet."}


@pytest.mark.parametrize("reply", ["Yes of course!", "7: the shop is new", "Dogs are fine, and you may park outside"])
def test_what_is_not_understood_is_given_back_whole(reply: str) -> None:
    found = understand(reply, SENT, QUESTIONS, "en")
    assert (dict(found.answers), found.unclear) == ({}, reply)


def test_words_before_the_first_number_are_given_back_too() -> None:
    found = understand("The oven is broken this week.\n1: Yes", SENT, QUESTIONS, "en")
    assert (dict(found.answers), found.unclear) == ({1: "Yes"}, "The oven is broken this week.")


def test_numbers_of_the_answer_are_not_numbers_of_questions() -> None:
    assert answers("1: Two ways:\n1. by bus\n2. on foot", {1: "How?", 4: "Why?"}) == {
        1: "Two ways:\n1. by bus\n2. on foot"
    }


def test_empty_reply_says_nothing() -> None:
    assert own_words(f"\n\nOn Mon, 23 Nov 2026, Milo <m@x.example> wrote:\n{QUOTED}", SENT) == ""


def test_our_own_example_is_no_answer_where_a_program_marks_nothing() -> None:
    found = understand(f"1: Yes, outside.\n\nMilo 23.11.2026 7.31\n{SENT}", SENT, QUESTIONS, "en")
    assert found.answers == {1: "Yes, outside."}
    assert answers(SENT) == {}
