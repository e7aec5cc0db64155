"""Makes lead fields out of what a visitor typed. Goes out: LeadFields, or BadInput with one sentence."""

from __future__ import annotations

import re
from uuid import UUID

from app.errors import BadInput
from app.leads.model import LeadFields
from app.people.plain_text import plain_text

LONGEST = {"name": 200, "email": 254, "phone": 40, "message": 2000}
ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}")


def check_fields(
    *,
    name: str | None,
    email: str | None,
    phone: str | None,
    message: str | None,
    conversation_id: UUID | None,
    country: str | None,
) -> LeadFields:
    """`country` (two letters) says how a number without a country code is read; a number that cannot be read is
    kept as it was typed, because a person may still make sense of it."""
    fields = LeadFields(
        name=_line("name", name),
        email=_email(_line("email", email)),
        phone=_phone(_line("phone", phone), country),
        message=_text("message", message),
        conversation_id=conversation_id,
    )
    if fields.email is None and fields.phone is None:
        raise BadInput("Please give a mail address or a phone number, so that somebody can get back to you.")
    return fields


def _text(field: str, value: str | None) -> str | None:
    kept = plain_text(value or "")
    if len(kept) > LONGEST[field]:
        raise BadInput(f"The {field} is too long: at most {LONGEST[field]} characters.")
    return kept or None


def _line(field: str, value: str | None) -> str | None:
    kept = _text(field, value)
    return " ".join(kept.split()) if kept else None


def _email(value: str | None) -> str | None:
    if value is None:
        return None
    if not ADDRESS.fullmatch(value):
        raise BadInput("This mail address looks incomplete. Please check it.", code="bad_email")
    return value


def _phone(value: str | None, country: str | None) -> str | None:
    if value is None:
        return None
    if sum(c.isdigit() for c in value) < 3:
        raise BadInput("This phone number looks incomplete. Please check it.", code="bad_phone")
    return international(value, country) or value


def international(value: str, country: str | None) -> str | None:
    """+4512345678, or None where the number cannot be read."""
    import phonenumbers  # 0.1 s of tables: with the first number, not at the start

    try:
        parsed = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return None
    # Short numbers (112) are no one's own; whether a long one is in use today is not for us to know.
    if not phonenumbers.is_possible_number(parsed) or (parsed.national_number or 0) < 100_000:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
