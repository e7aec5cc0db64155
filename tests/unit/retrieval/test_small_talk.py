"""What is small talk and what is a wish for a person, in the widget's languages, and what is neither."""

from __future__ import annotations

import pytest

from retrieval.small_talk import small_talk
from retrieval.wish import wants_person


@pytest.mark.parametrize(
    ("text", "language", "begins"),
    [
        ("hello", "en", "Hello! I am the automated assistant of Quay Café"),
        ("thanks!", "en", "You are welcome"),
        ("Hi, are you a robot?", "en", "I am an automated assistant (AI)"),
        ("Hallo Quay Café, bist du ein Mensch?", "de", "Ich bin ein automatischer Assistent (KI)"),
        ("Mange tak for hjælpen!", "da", "Selv tak"),
        ("Qui êtes-vous ?", "fr", "Je suis un assistant automatique (IA)"),
        ("Bonjour", "en", "Bonjour"),
        ("¿eres un robot?", "es", "Soy un asistente automático (IA)"),
        ("Dank je wel", "nl", "Graag gedaan"),
        ("Ciao", "it", "Salve"),
        ("nej tak, det var alt", "da", "Godt"),
    ],
)
def test_small_talk_is_answered_in_the_visitors_language(text: str, language: str, begins: str) -> None:
    said = small_talk(text, language, "Quay Café")
    assert said is not None and said.text.startswith(begins)


@pytest.mark.parametrize(
    "text",
    ["Hello, are you open?", "ok and on Sunday?", "Thanks, and the price?", "Good evening menu", "Who are you hiring?"],
)
def test_a_question_beside_small_talk_is_a_question(text: str) -> None:
    assert small_talk(text, "en", "Quay Café") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A person, please", "en"),
        ("Can I talk to a human?", "en"),
        ("I don't want to talk to a bot", "en"),
        ("Are you a robot? I want a real person", "en"),
        ("I want to speak to someone about my bike", "en"),
        ("Ich möchte mit jemandem sprechen", "de"),
        ("Mitarbeiter bitte", "de"),
        ("talk to a human", "de"),
        ("Kan jeg tale med et menneske?", "da"),
        ("Je voudrais parler à quelqu’un", "fr"),
        ("Quiero hablar con una persona", "es"),
        ("Vorrei parlare con qualcuno", "it"),
        ("Ik wil graag iemand spreken", "nl"),
        ("Jag vill prata med en människa", "sv"),
        ("Jeg vil gjerne snakke med noen", "no"),
        ("Quero falar com uma pessoa", "pt"),
        ("Chcę porozmawiać z człowiekiem", "pl"),
    ],
)
def test_a_wish_for_a_person_is_heard(text: str, language: str) -> None:
    assert wants_person(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much is it per person?", "en"),
        ("Are you a robot?", "en"),
        ("Who is the chef?", "en"),
        ("Do you speak German?", "en"),
        ("Can I bring someone with me?", "en"),
        ("How many staff do you have?", "en"),
        ("Can you repair a robot lawn mower?", "en"),
        ("Was kostet es pro Person?", "de"),
        ("Sprechen Sie Englisch?", "de"),
        ("Kann man jemandem einen Gutschein schenken?", "de"),
        ("Combien par personne ?", "fr"),
        ("Hvem er ejeren?", "da"),
        ("", "en"),
    ],
)
def test_a_question_about_people_is_no_wish(text: str, language: str) -> None:
    assert not wants_person(text, language)
