"""What a visitor typed into the contact form becomes fields, or one sentence."""

from __future__ import annotations

import pytest

from app.errors import BadInput
from app.leads.check import check_fields
from app.leads.compose import WORDS, compose_lead_mail
from app.leads.model import LeadFields
from app.leads.queries import BusinessOfLead


def checked(**given: str | None) -> LeadFields:
    fields: dict[str, str | None] = {"name": None, "email": None, "phone": None, "message": None, **given}
    return check_fields(**fields, conversation_id=None, country="DE")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("030 123456", "+4930123456"),
        ("+45 12 34 56 78", "+4512345678"),
        ("0049 (30) 123456", "+4930123456"),
        ("call 112", "call 112"),
    ],
)
def test_phone_is_normalised_where_it_can_be_read(typed: str, kept: str) -> None:
    assert checked(phone=typed).phone == kept


@pytest.mark.parametrize("email", ["anna@", "anna@example", "a b@example.com", "a@b@c.com", "a,b@c.com"])
def test_mail_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(BadInput):
        checked(email=email)


def test_nobody_can_be_reached_without_an_address() -> None:
    with pytest.raises(BadInput, match="mail address or a phone number"):
        checked(name="Anna", message="Hello")


def test_line_breaks_and_tags_do_not_get_through() -> None:
    fields = checked(name="Anna\r\nBcc: x@y.com <b>", phone="123456", message="one\ntwo <script>x</script> a < b")
    assert fields.name == "Anna Bcc: x@y.com"
    assert fields.message == "one\ntwo x a < b"


def test_too_long_is_said_with_the_limit() -> None:
    with pytest.raises(BadInput, match="at most 200"):
        checked(name="x" * 201, phone="123456")


@pytest.mark.parametrize("language", [*WORDS, "fi"])
def test_mail_names_who_wrote_in_every_language(language: str) -> None:
    business = BusinessOfLead("bakery", "Corner Bakery", language, None)
    mail = compose_lead_mail(business, LeadFields(phone="+4512345678"), "https://milo.example")
    assert "+4512345678" in mail.subject
    assert "https://milo.example/dashboard/bakery/leads" in mail.text
    assert mail.reply_to is None
