"""Cuts a model's stream into sentences, wherever the pieces break. Pieces in, whole sentences with their marks out.

A sentence is let go only when its end is certain, so that no figure and no citation mark is cut in two. Called by
answer.py, which also asks for a clause when a sentence takes too long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.units import is_abbreviation

MARK = re.compile(r"\s*[\[【]\s*(?:passage\s*)?(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*[\]】]", re.IGNORECASE)
_END = re.compile(r"[.!?…]+[\"'”’»)*]*|[。！？]+")
_CLAUSE = re.compile(r"[,;:–—](?=\s)")


@dataclass(frozen=True, slots=True)
class Part:
    """`ends`: a sentence is complete with it; else it is a clause and the sentence goes on."""

    text: str
    ends: bool


class SentenceStream:
    def __init__(self) -> None:
        self._held = ""

    @property
    def held(self) -> str:
        return self._held

    def feed(self, piece: str) -> list[Part]:
        """Sentences that are complete now."""
        self._held += piece
        parts: list[Part] = []
        while (end := self._end()) is not None:
            parts.append(Part(self._held[:end], ends=True))
            self._held = self._held[end:].lstrip()
        return parts

    def clause(self, most_words: int | None = None) -> Part | None:
        """What may be let go of a long sentence: up to a clause's end, or after so many words at a safe space."""
        ends = [match.end() for match in _CLAUSE.finditer(self._held) if not _opens_mark(self._held[match.end() :])]
        if ends:
            return self._cut(ends[-1])
        if most_words is not None and len(self._held.split()) > most_words:
            for match in reversed(list(re.finditer(r"\s", self._held))):
                before, after = self._held[: match.start()], self._held[match.end() :]
                if after and before and not _near_figure(before, after):
                    return self._cut(match.start())
        return None

    def flush(self) -> list[Part]:
        """The rest, when the stream has ended."""
        rest, self._held = self._held.strip(), ""
        return [Part(rest, ends=True)] if rest else []

    def _cut(self, end: int) -> Part:
        part = Part(self._held[:end], ends=False)
        self._held = self._held[end:].lstrip()
        return part

    def _end(self) -> int | None:
        """Where the first sentence ends, its marks included; None while more text could change that."""
        text = self._held
        line = text.find("\n")
        for match in _END.finditer(text):
            if 0 <= line < match.start():
                break
            end = match.end()
            while mark := MARK.match(text, end):
                end = mark.end()
            rest = text[end:]
            following = rest.lstrip()
            unspaced = match.group()[0] in "。！？"
            if not following or following[0] in "[【" or (not unspaced and not rest[0].isspace()):
                if following and following[0] not in "[【":
                    continue  # 10.30, example.com
                if "\n" in rest[: len(rest) - len(following)]:
                    return end
                return None
            marked = text[: match.start()].rstrip().endswith(("]", "】"))  # nobody cites within an abbreviation
            if match.group()[0] == "." and not marked and is_abbreviation(text[: match.start()], following):
                continue
            return end
        return line if line > 0 else None


def _opens_mark(rest: str) -> bool:
    return rest.lstrip()[:1] in ("[", "【") or not rest.strip()


def _near_figure(before: str, after: str) -> bool:
    """A space between figures and their units is not safe: 10 | am, 5 | Euro, 12 | 34 56."""
    words = before.rsplit(None, 2)[-2:] + after.split(None, 2)[:2]
    return any(any(sign.isdigit() or sign in "€$£[@" for sign in word) for word in words)
