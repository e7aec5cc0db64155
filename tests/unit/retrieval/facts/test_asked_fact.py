"""Which questions a contact or a price answers: with one word that is not known, it must name the thing."""

from __future__ import annotations

import pytest

from retrieval.facts.asked import read_question


@pytest.mark.parametrize(
    ("question", "language", "kinds"),
    [
        ("What is your phone number?", "en", ("phone",)),
        ("Phone?", "en", ("phone",)),
        ("Can I call you?", "en", ("phone",)),
        ("How can I contact you?", "en", ("phone", "email")),
        ("Where are you located?", "en", ("address",)),
        ("What is your mail address?", "en", ("email",)),
        ("Wie ist Ihre Telefonnummer?", "de", ("phone",)),
        ("Unter welcher Nummer kann ich euch erreichen?", "de", ("phone",)),
        ("Wo seid ihr?", "de", ("address",)),
        ("Welche Adresse gebe ich ins Navi ein?", "de", ("address",)),
        ("Hvad er jeres telefonnummer?", "da", ("phone",)),
        ("Hvor ligger I?", "da", ("address",)),
        ("Quel est votre numéro de téléphone ?", "fr", ("phone",)),
        ("Où êtes-vous ?", "fr", ("address",)),
        ("¿Cuál es su dirección?", "es", ("address",)),
        ("Qual è il vostro numero di telefono?", "it", ("phone",)),
        ("Wat is jullie adres?", "nl", ("address",)),
        ("Vad är ert telefonnummer?", "sv", ("phone",)),
        ("Hva er adressen deres?", "no", ("address",)),
        ("Qual é o vosso telefone?", "pt", ("phone",)),
    ],
)
def test_questions_for_the_businesss_own(question: str, language: str, kinds: tuple[str, ...]) -> None:
    asked = read_question(question, language)
    assert asked and (asked[0].kinds, asked[0].rest) == (kinds, ())


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("What is the emergency number at night?", None),
        ("phone number of the friends of the baths", {"friends", "baths"}),
        ("How much is a day ticket for adults?", {"day", "ticket", "adults"}),
        ("What does a haircut for a group of 10 cost?", {"haircut", "group", "10"}),
        ("How much is it?", None),
        ("What is your address and what does it cost?", None),
        ("How do I get to the address by bus from the airport at night when it rains heavily in winter?", None),
    ],
)
def test_what_else_is_named_stays_to_be_matched(question: str, rest: set[str] | None) -> None:
    asked = read_question(question, "en")
    if rest is None:
        assert not asked
    else:
        assert asked and set(asked[0].rest) == rest
