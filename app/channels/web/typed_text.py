"""A visitor's message as it is asked and kept. Raises what the visitor can mend."""

from __future__ import annotations

from app.errors import BadInput, TooLarge
from app.people.plain_text import plain_text

LONGEST = 2000


def typed_text(text: str) -> str:
    """Raises BadInput for nothing, TooLarge for more than 2,000 characters."""
    if len(text) > LONGEST:
        raise TooLarge(f"This message is too long: at most {LONGEST} characters.", code="message_too_long")
    cleaned = plain_text(text)
    if not cleaned:
        raise BadInput("Please type a question first.", code="empty_message")
    return cleaned
