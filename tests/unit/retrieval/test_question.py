"""A question's language, business concepts and kinds of figure."""

from __future__ import annotations

import pytest

from retrieval.answer_types import Kind, holds, is_yes_no
from retrieval.language import detect
from retrieval.lexicon import concepts_of
from retrieval.question import analyse_question


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("When are you open on Sundays?", "en"),
        ("Habt ihr sonntags auf?", "de"),
        ("hvornår har I åbent", "da"),
        ("où se trouve le parking", "fr"),
        ("¿cuánto cuesta la entrada?", "es"),
        ("quanto costa il biglietto", "it"),
        ("hoe laat gaan jullie open", "nl"),
        ("quanto custa para crianças", "pt"),
        ("när öppnar ni", "sv"),
        ("når åpner dere", "no"),
        ("ile kosztuje bilet", "pl"),
        ("这里几点开门", "zh"),
        ("何時に開きますか", "ja"),
        ("كم السعر", "ar"),
        ("сколько стоит", "ru"),
    ],
)
def test_language_of_a_question_is_told(question: str, language: str) -> None:
    assert detect(question, "en" if language != "en" else "de") == language


def test_too_short_to_tell_counts_as_the_business_language() -> None:
    assert detect("wifi?", "da") == "da"
    assert detect("", "fr") == "fr"


@pytest.mark.parametrize(
    ("question", "language", "concept"),
    [
        ("can I park there", "en", "parking"),
        ("Parkmöglichkeiten?", "de", "parking"),
        ("Sommeröffnungszeiten", "de", "hours"),
        ("öffungszeiten", "de", "hours"),
        ("hvad koster det", "da", "price"),
        ("avez-vous le wifi", "fr", "wifi"),
        ("credit card?", "en", "payment"),
    ],
)
def test_concepts_are_named_in_many_ways(question: str, language: str, concept: str) -> None:
    assert concept in {found.name for found in concepts_of(question, [language])}


def test_danish_has_is_not_hair() -> None:
    assert "hair" not in {found.name for found in concepts_of("har I åbent", ["da"])}


def test_a_concept_gives_the_words_of_the_pages_language() -> None:
    asked = analyse_question("where can I park the car", ("de",), "de")
    assert any("parkplatz" in group for group in asked.groups)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("what time do you close", {Kind.TIME}),
        ("Bis wann habt ihr offen?", {Kind.TIME}),
        ("hvornår lukker I", {Kind.TIME}),
        ("How much is a ticket?", {Kind.PRICE}),
        ("Was kostet der Eintritt?", {Kind.PRICE}),
        ("combien coûte une nuit", {Kind.PRICE}),
        ("hvad er jeres adresse", {Kind.ADDRESS}),
        ("what is your phone number", {Kind.PHONE}),
        ("wer leitet die schule", {Kind.PERSON}),
        ("how many seats are there", {Kind.COUNT}),
        ("ab welchem alter", {Kind.AGE}),
        ("how long does it take", {Kind.DURATION}),
        ("Can I pay by card?", set()),
        ("do you have vegan food", set()),
    ],
)
def test_the_kind_of_figure_asked_for_is_told(question: str, kinds: set[Kind]) -> None:
    assert analyse_question(question, ("en", "de", "da", "fr"), "en").kinds == kinds


def test_yes_or_no_is_told_in_four_languages() -> None:
    for question in ("Do you take dogs?", "Gibt es WLAN?", "Har I gavekort?", "Avez-vous une piscine ?"):
        assert is_yes_no(question)
    assert not is_yes_no("Where do you take dogs?")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.TIME, "Mo-Fr 10:00-16:00"),
        (Kind.TIME, "bis 18 Uhr"),
        (Kind.TIME, "from 9 am"),
        (Kind.TIME, "kl. 9-17"),
        (Kind.PRICE, "24,90 €"),
        (Kind.PRICE, "DKK 120"),
        (Kind.PRICE, "48 kr"),
        (Kind.PRICE, "£1,250.00"),
        (Kind.DATE, "12. Mai 2024"),
        (Kind.DATE, "26-27th September"),
        (Kind.PHONE, "05187 / 94 12 34"),
        (Kind.PHONE, "+45 33 12 34 56"),
        (Kind.MAIL, "info@example.com"),
        (Kind.ADDRESS, "Hauptstr. 5, 10115 Berlin"),
        (Kind.ADDRESS, "12 rue des Lilas"),
        (Kind.ADDRESS, "14 Willow Lane, Ashby LE65 2FR"),
        (Kind.PERSON, "Dr. Anna Schmidt"),
        (Kind.DURATION, "within 3-5 working days"),
        (Kind.AGE, "ab 16 Jahren"),
    ],
)
def test_figures_are_recognised(kind: Kind, text: str) -> None:
    assert holds(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.TIME, "€12.50 per person"),
        (Kind.PHONE, "2024-2025"),
        (Kind.PHONE, "am 24.12.2024"),
        (Kind.PRICE, "10 rooms"),
    ],
)
def test_other_figures_are_not_taken_for_them(kind: Kind, text: str) -> None:
    assert not holds(kind, text)


def test_a_pasted_page_is_analysed_in_bounds() -> None:
    asked = analyse_question("opening parking ticket " * 400, ("en",), "en")
    assert len(asked.words) <= 100 and len(asked.grams) <= 360
