"""Joins the halves of characters that a server cut in two.

Some servers escape as UTF-16 and end a piece between the two units of an emoji; Python then holds lone
surrogates that no encoder takes. Used by the chat model on every piece.
"""

from __future__ import annotations


class CharacterJoiner:
    """`feed` returns what is whole so far and keeps a first half; `end` returns what never became whole."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        text = self._half + piece
        self._half = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _mend(text)

    def end(self) -> str:
        half, self._half = self._half, ""
        return _mend(half)


def _mend(text: str) -> str:
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
