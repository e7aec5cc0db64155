"""What a visitor typed, made safe to keep: NFC, no control or direction marks, no HTML tags."""

from __future__ import annotations

import re
import unicodedata

from app.errors import BadInput, TooLarge

LONGEST = 2000
# Renderers escape as well; this is the second line (a tag, not every "<": "a < b" stays).
TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
KEPT = "\n\t\u200c\u200d"  # the joiners are letters' business in Persian, Hindi and emoji


def typed_text(text: str) -> str:
    """Raises BadInput for nothing, TooLarge for more than 2,000 characters."""
    if len(text) > LONGEST:
        raise TooLarge(f"This message is too long: at most {LONGEST} characters.", code="message_too_long")
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    kept = "".join(c for c in normal if c in KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    cleaned = TAG.sub("", kept).strip()
    if not cleaned:
        raise BadInput("Please type a question first.", code="empty_message")
    return cleaned
