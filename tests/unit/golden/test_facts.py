"""Whether a required fact stands in an answer, and which facts a real answer proposes."""

from __future__ import annotations

import pytest

from app.errors import BadInput
from app.golden.facts import missing_of
from app.golden.model import FACTS, Expects, NewGolden, check
from app.golden.propose import propose_facts
from retrieval.model import Citation, Sentence

STAND = [
    ("10-16", "Saturday 10 am to 4 pm"),
    ("Saturday 10-16", "Mo–Sa 10:00–16:00"),
    ("1.000,50 EUR", "The hall costs 1,000.50 €."),
    ("€12", "from 12,00 EUR a night"),
    ("+45 12 34 56 78", "Call 0045 12345678"),
    ("two hours", "It takes 2 hours."),
    ("10", "There are 10 seats."),
    ("free parking", "Free parking, behind the house"),
    ("straße 5", "STRASSE 5"),
    ("日曜日", "日曜日は休みです"),
]
DO_NOT = [
    ("10", "Since 2010 we bake."),
    ("10", "Soup 10,50 €"),
    ("100", "1.100 guests"),
    ("15 €", "15 kr"),
    ("Saturday 10-16", "Sunday 10:00–16:00"),
    ("Saturday 10-16", "Friday 10:00–16:00\nSaturday closed"),
    ("dogs", "Cats are welcome."),
]


@pytest.mark.parametrize(("fact", "text"), STAND)
def test_a_fact_stands_in_a_text_however_it_is_written(fact: str, text: str):
    assert missing_of([fact], ["something else", text]) == []


@pytest.mark.parametrize(("fact", "text"), DO_NOT)
def test_another_figure_day_or_currency_is_another_fact(fact: str, text: str):
    assert missing_of([fact, text], [text]) == [fact]


@pytest.mark.parametrize(
    ("said", "proposed"),
    [
        ("On Saturday we are open 10:00–16:00.", ["10:00–16:00"]),
        ("Cappuccino 7,50 €; Latte EUR 8.", ["7,50 €", "EUR 8"]),
        ("Call +45 12 34 56 78 or mail post@example.com.", ["+45 12 34 56 78", "post@example.com"]),
        ("We move on 12. March 2026.", ["12. March 2026"]),
        ("Dogs are welcome.", ["Dogs are welcome"]),
    ],
)
def test_what_is_proposed_stands_in_the_answer_it_came_from(said: str, proposed: list[str]):
    sentence = Sentence(said, (Citation(1, said, "https://a.example/", "A", 0),))
    assert propose_facts([sentence]) == proposed
    assert missing_of(proposed, [said]) == []


def test_what_rests_on_no_quote_proposes_nothing():
    assert propose_facts([Sentence("I do not know, but call 12 34 56 78.")]) == []


@pytest.mark.parametrize(
    ("golden", "told"),
    [
        (NewGolden(" "), "Write the question."),
        (NewGolden("x" * 501, ("a",)), "501"),
        (NewGolden("Price?", ()), "at least one thing"),
        (NewGolden("Price?", ("–",)), "no letter and no digit"),
        (NewGolden("Price?", ("x" * 201,)), "under 200 characters"),
        (NewGolden("Price?", tuple(map(str, range(FACTS + 1)))), f"at most {FACTS} things"),
    ],
)
def test_what_cannot_be_asked_or_looked_for_is_told(golden: NewGolden, told: str):
    with pytest.raises(BadInput) as raised:
        check(golden)
    assert told in raised.value.sentence


def test_a_question_is_kept_trimmed_and_each_fact_once():
    kept = check(NewGolden("  What  is it? ", (" 7 € ", "7 €", "", "Tea")))
    assert (kept.question, kept.facts) == ("What is it?", ("7 €", "Tea"))
    assert check(NewGolden("What?", ("left",), Expects.NO_ANSWER)).facts == ()
