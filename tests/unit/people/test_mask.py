"""What outlives a transcript says nothing of who typed it, and still says what was asked."""

from __future__ import annotations

from datetime import date

import pytest

from app.people.mask import mask

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hi, my name is Anna Jensen and I want a wedding cake", "Hi, my name is [name] and I want a wedding cake"),
        ("Hello Peter, can you call me on +45 20 12 34 56?", "Hello [name], can you call me on [phone]?"),
        ("ich heiße karl und suche eine Torte", "ich heiße [name] und suche eine Torte"),
        ("Jeg hedder Mette Holm, tager I hunde med?", "Jeg hedder [name], tager I hunde med?"),
        ("je m'appelle Zoé et je cherche un vélo", "je m'appelle [name] et je cherche un vélo"),
        ("Kære Lone, har I tid på fredag?", "Kære [name], har I tid på fredag?"),
        ("Do you have size 42? Best regards, Anna Smith", "Do you have size 42? Best regards, [name]"),
        ("Har I den stadig? Mvh Peter Hansen", "Har I den stadig? Mvh [name]"),
        ("ring 22\u00a033\u202f44\u201155, ja?", "ring [number], ja?"),
        ("anna＠example.com or anna at example dot com?", "[mail] or [mail]?"),
        ("@anna_b or facebook.com/anna.b?", "[name] or [link]"),
        ("Navn: Bo Ibsen, har I tid?", "Navn: [name], har I tid?"),
        ("Mijn naam is J. van den Berg, kan dat?", "Mijn naam is [name], kan dat?"),
        ("mail me at anna.j@example.com or https://x.example/a?b=1", "mail me at [mail] or [link]"),
        ("my IBAN is DE89 3704 0044 0532 0130 00, refund me?", "my IBAN is [number], refund me?"),
        ("NHS number 943 476 5919", "NHS number [number]"),
        ("Krankenkasse A123456789, geht das?", "Krankenkasse [number], geht das?"),
        ("born 12.03.1984, can I come?", "born [date], can I come?"),
        ("12.03.1984, is that too old?", "[date], is that too old?"),
        ("I live at 12 Baker Street, do you deliver?", "I live at [address], do you deliver?"),
        ("Ich wohne in der Goethestraße 12, 10115 Berlin. Liefert ihr?", "Ich wohne in der [address]. Liefert ihr?"),
        ("livrez-vous au 12 rue de la Paix ?", "livrez-vous au [address] ?"),
        ("order #12345678, when does it come?", "order #[number], when does it come?"),
    ],
)  # fmt: skip
def test_who_asked_is_left_out(typed: str, kept: str) -> None:
    assert mask(typed, TODAY) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Are you open on 24.12.2026?",
        "Is it still 9.00-17.00 on Saturdays?",
        "does it cost 1.000,50 € or £12.50?",
        "Can 25 people come on 3 January 2027?",
        "I am vegan, do you have cake?",
        "Ich bin Student, gibt es Rabatt?",
        "Hi there, do you open on Sundays?",
        "this is urgent, are you open?",
        "I'm looking for a gift",
        "Call me please",
        "soy vegano, ¿tienen algo?",
        "Do you take the model 1200?",
    ],
)
def test_what_was_asked_stays(typed: str) -> None:
    assert mask(typed, TODAY) == typed


def test_masked_text_is_masked_to_itself() -> None:
    once = mask("Hello Peter, I am Anna, +45 20 12 34 56, 12 Baker Street. Regards, Anna", TODAY)
    assert mask(once, TODAY) == once
