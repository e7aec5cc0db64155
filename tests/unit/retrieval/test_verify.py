"""What may be shown of a model's sentence, and what must not. Golden cases."""

from __future__ import annotations

import pytest

from retrieval.model import Passage, Sentence
from retrieval.verify.bind import Verifier
from retrieval.verify.verdict import Courtesy, Withheld
from tests.unit.retrieval.passages import HOURS, HOUSE, PRICES, passage

PAGES = [HOURS, PRICES, HOUSE]


def bind(text: str, pages: list[Passage] | None = None, language: str = "en") -> Sentence | Courtesy | Withheld | None:
    return Verifier(pages or PAGES, language, ("en",)).bind(text)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("We are open from 10 am to 4 pm, Monday to Friday [1].", ["Monday to Friday | 10:00 - 16:00"]),
        ("On Saturday we open at 10:00 and close at 14:00. [1]", ["Saturday | 10:00 - 14:00"]),
        ("It is **closed** on Sundays [1].", ["Sunday | closed"]),
        ("On Wednesday we are open 10-16 [1].", ["Monday to Friday | 10:00 - 16:00"]),
        ("Admission is 5 € for adults and 3 € for children [2].", ["Adults 5 €", "Children 3 €"]),
        ("A season ticket is € 1,000.50 [2].", ["Season ticket 1.000,50 €"]),
        ("You can call 0045 33123456 [2].", ["Call us at +45 33 12 34 56 or write to desk@shop.example."]),
        ("Write to desk@shop.example [2].", ["Call us at +45 33 12 34 56 or write to desk@shop.example."]),
        ("The owner is Karen Blix [3].", ["The owner is Karen Blix."]),
        ("The address is Mill Street 4 in 2100 Copenhagen [3].", ["Our address is Mill Street 4, 2100 Copenhagen."]),
    ],
)
def test_faithful_sentences_are_shown_with_the_exact_line(text: str, quotes: list[str]) -> None:
    bound = bind(text)
    assert isinstance(bound, Sentence)
    assert [citation.quote for citation in bound.citations] == quotes
    for citation in bound.citations:
        assert citation.quote in PAGES[citation.passage - 1].text
    assert "[" not in bound.text and "*" not in bound.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("On Sunday we are open from 10 to 14 [1].", "figure_of_something_else"),
        ("We are open on Saturday from 10 to 16 [1].", "figure_of_something_else"),
        ("We open at 9:00 on weekdays [1].", "unsupported_time"),
        ("Children pay 5 € [2].", "figure_of_something_else"),
        ("Adults pay 3 € and children 5 € [2].", "figure_of_something_else"),
        ("Adults pay 5 $ [2].", "unsupported_price"),
        ("Adults pay 7 € [2].", "unsupported_price"),
        ("Call +45 33 12 34 57 [2].", "unsupported_phone"),
        ("Write to desk@shop.evil.example [2].", "unsupported_mail"),
        ("Pay at https://evil.example/x [2].", "unsupported_link"),
        ("The house was built in 1913 [3].", "unsupported_year"),
        ("We sell seven kinds of ice cream [3].", "unsupported_number"),
        ("The moon is made of cheese and dreams [1].", "no_support"),
        ("![x](data:image/png;base64,AAAA)", "markup"),
        ("<img src=x onerror=alert(1)> Open daily [1].", "markup"),
        ("NO_ANSWER", "refusal"),
    ],
)
def test_unfaithful_sentences_are_withheld_with_a_reason(text: str, reason: str) -> None:
    bound = bind(text)
    assert isinstance(bound, Withheld) and bound.reason == reason


def test_a_courtesy_is_no_claim() -> None:
    assert bind("Yes.") == Courtesy("Yes.")
    assert bind("Gerne!", language="de") == Courtesy("Gerne!")


def test_marks_and_spaces_alone_are_nothing() -> None:
    assert bind(" [1] ") is None
    assert bind("---") is None


def test_a_wrong_mark_is_mended_by_the_figure() -> None:
    bound = bind("Children pay 3 € [9].")
    assert isinstance(bound, Sentence) and [citation.passage for citation in bound.citations] == [2]


def test_invisible_characters_do_not_reach_the_visitor() -> None:
    bound = bind("Adults\u202e pay\u200b 5 € [2].\U000e0041")
    assert isinstance(bound, Sentence) and bound.text == "Adults pay 5 €."


def test_an_answer_in_another_language_than_the_page_is_bound_by_its_figures() -> None:
    bound = bind("Erwachsene zahlen 5 € [2].", language="de")
    assert isinstance(bound, Sentence) and bound.citations[0].quote == "Adults 5 €"
    assert isinstance(bind("Erwachsene zahlen 8 € [2].", language="de"), Withheld)
    assert isinstance(bind("Sonntags von 10 bis 14 Uhr [1].", language="de"), Withheld)


HOURS_IN_A_LINE = passage("Opening hours: Mon - Fri 9 - 17, Saturday 10-14 and Sunday 12-15.")
TWO_PRICES = passage("A haircut costs 30 € and a colour costs 60 €.")
ROWS = passage("Haircut women: 30 €\nHaircut men: 25 €\nColour\n60 €", path=("Haircut and colour prices",))
ROOMS = passage("A room for 2 persons is 80 €, for 4 persons 120 €.")


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Opening hours on Saturday are 9-17.", HOURS_IN_A_LINE),
        ("Opening hours on Sunday are 10-14.", HOURS_IN_A_LINE),
        ("Opening hours on Saturday are 10-15.", HOURS_IN_A_LINE),
        ("Opening hours are 9-17 every day.", HOURS_IN_A_LINE),
        ("Opening hours at the weekend are 9-17.", HOURS_IN_A_LINE),
        ("A haircut costs 60 €.", TWO_PRICES),
        ("A colour costs 30 €.", TWO_PRICES),
        ("A haircut for men costs 30 €.", ROWS),
        ("A haircut costs 60 €.", ROWS),
    ],
)
def test_a_figure_is_bound_to_its_thing_also_within_one_line_or_list(text: str, page: Passage) -> None:
    bound = bind(text, [page])
    assert isinstance(bound, Withheld) and bound.reason == "figure_of_something_else"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Opening hours are Monday to Friday 9-17, Saturday 10-14.", HOURS_IN_A_LINE),
        ("Opening hours on Wednesday are 9-17.", HOURS_IN_A_LINE),
        ("Opening hours on Sunday are 12-15 and on Saturday 10-14.", HOURS_IN_A_LINE),
        ("A haircut and a colour cost 30 € and 60 €.", TWO_PRICES),
        ("A colour costs 60 €.", TWO_PRICES),
        ("A haircut costs 30 € for women and 25 € for men.", ROWS),
        ("Haircuts are between 25 € and 30 €.", ROWS),
        ("A colour costs 60 €.", ROWS),
        ("A room for 4 persons costs 120 €.", ROOMS),
    ],
)
def test_what_is_told_in_one_line_or_list_may_be_said(text: str, page: Passage) -> None:
    assert isinstance(bind(text, [page]), Sentence)


def test_daily_supports_any_day() -> None:
    page = passage("The pool is open daily from 8 am to 9 pm.")
    assert isinstance(bind("On Sunday the pool is open from 8 am to 9 pm [1].", [page]), Sentence)


def test_a_sentence_takes_less_than_five_milliseconds() -> None:
    import time

    pages = [
        passage("\n".join(f"Item {n} costs {n}.50 € on floor {n % 9}" for n in range(40)), number=n) for n in range(8)
    ]
    verifier = Verifier(pages, "en", ("en",))
    sentences = [f"Item {n} costs {n}.50 € on floor {n % 9} [1]." for n in range(10, 30)]
    verifier.bind(sentences[0])
    began = time.perf_counter()
    for sentence in sentences:
        verifier.bind(sentence)
    assert (time.perf_counter() - began) / len(sentences) < 0.02  # four times the goal: other work runs beside
