"""What the mails say, with a visitor's words kept as data."""

from __future__ import annotations

import pytest

from app.mail.compose import LEAD, SIGN_IN, LeadDetails, lead_mail, sign_in_mail


def test_a_lead_says_who_and_how_to_answer():
    mail = lead_mail(
        LeadDetails("Bäckerei", "Zoë", "zoe@visitor.example", "+45 12 34 56 78", "Two lines\nof text", "https://m/c/1"),
        "de",
    )
    assert mail.subject == "Zoë hat Bäckerei eine Nachricht hinterlassen"
    assert mail.reply_to == "zoe@visitor.example"
    for part in ("Name: Zoë", "Telefon: +45 12 34 56 78", "    Two lines\n    of text", "https://m/c/1"):
        assert part in mail.text


def test_a_name_cannot_leave_the_subject():
    mail = lead_mail(LeadDetails("Shop", "Eve\r\nBcc: all@example.com\u2028X {business}", "not an address"), "en")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert mail.subject == "Eve Bcc: all@example.com X {business} left a message for Shop"
    assert mail.reply_to is None


def test_a_visitors_lines_cannot_pass_for_ours():
    mail = lead_mail(LeadDetails("Shop", "Eve", message="Hi\n\nThe conversation:\nhttps://evil.example"), "en")
    assert "\nThe conversation:" not in mail.text
    assert "    https://evil.example" in mail.text


def test_a_lead_with_only_a_phone_has_no_empty_lines_of_labels():
    mail = lead_mail(LeadDetails("Shop", phone="12345678"), "en")
    assert mail.subject == "A visitor left a message for Shop"
    assert "Mail:" not in mail.text
    assert "Name:" not in mail.text


@pytest.mark.parametrize("language", [*LEAD, "xx"])
def test_every_language_fills_all_its_places(language: str):
    mail = lead_mail(LeadDetails("Shop", "Zoë", "z@v.example", "1", "m", "https://m"), language)
    assert "{" not in mail.subject + mail.text
    assert "Zoë" in mail.subject
    link = sign_in_mail("https://m/sign-in#token", language)
    assert "https://m/sign-in#token\n" in link.text
    assert "{" not in link.text
    assert set(LEAD) == set(SIGN_IN)


def test_a_very_long_name_does_not_make_a_very_long_subject():
    assert len(lead_mail(LeadDetails("B" * 200, "N" * 5000), "en").subject) < 200
