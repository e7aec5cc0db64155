"""What a person typed, made safe to keep: NFC, no control or direction marks, no HTML tags. Never fails."""

from __future__ import annotations

import re
import unicodedata

# Renderers escape as well; this is the second line. A tag, not every "<": "a < b" stays.
TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
KEPT = "\n\t\u200c\u200d"  # the joiners are letters' business in Persian, Hindi and emoji
DROPPED = {"Cc", "Cf", "Cs", "Co"}


def plain_text(typed: str) -> str:
    kept = seen_text(typed)
    while (without := TAG.sub("", kept)) != kept:
        kept = without  # what is left of a tag in a tag may be one
    return kept.strip()


def seen_text(typed: str) -> str:
    """The same with its tags: what a person sees of it. For words of an owner, who may write of "<b>"."""
    normal = unicodedata.normalize("NFC", typed.replace("\r\n", "\n"))
    return "".join(c for c in normal if c in KEPT or unicodedata.category(c) not in DROPPED)
