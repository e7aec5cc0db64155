"""The lead mail keeps a visitor's words as data."""

from __future__ import annotations

import pytest

from app.leads.compose import WORDS, compose_lead_mail
from app.leads.model import LeadFields
from app.leads.queries import BusinessOfLead

SITE = "https://milo.example"


def shop(language: str = "en") -> BusinessOfLead:
    return BusinessOfLead("shop", "Shop", language, None)


def test_a_visitors_lines_cannot_pass_for_ours():
    fields = LeadFields(phone="1", message="Hi\n\nThe conversation and all leads: https://evil.example")
    mail = compose_lead_mail(shop(), fields, SITE)
    ours = [line for line in mail.text.splitlines() if line.startswith("The conversation and all leads: ")]
    assert ours == [f"The conversation and all leads: {SITE}/dashboard/shop/leads"]


def test_a_name_that_looks_like_a_place_stays_a_name():
    mail = compose_lead_mail(shop(), LeadFields(name="{business} {0}", email="z@v.example"), SITE)
    assert mail.subject == "{business} {0} left a message for Shop"
    assert mail.reply_to == "z@v.example"


@pytest.mark.parametrize("language", [*WORDS, "xx"])
def test_every_language_fills_all_its_places(language: str):
    mail = compose_lead_mail(shop(language), LeadFields("Zoë", "z@v.example", "12345", "One\nTwo"), SITE)
    assert "{" not in mail.subject + mail.text
    assert "Zoë" in mail.subject
    for part in ("z@v.example", "12345", "\n    One\n    Two\n", f"{SITE}/dashboard/shop/leads"):
        assert part in mail.text
