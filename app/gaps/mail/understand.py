"""An owner's plain reply in, which question it answers with what out. Pure; called by take_reply.py.

"1: …", "2) …", "3. …", one a line or all in one line; without a number where the mail had one question, or where the
words speak of one of them only. What cannot be told is given back, never guessed and never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.gaps.alike import meaning_of, speaks_of
from app.gaps.mail.own_words import own_words

_LINE = re.compile(
    r"^\s*(?:\*|#|no\.?|nr\.?|nummer|question|frage|spørgsmål|pregunta|domanda|vraag)?\s*(?P<number>\d{1,2})\s*\*?"
    r"(?:\s*[:)\]]|\.(?=\s)|\s+[-–—](?=\s))\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"(?:(?<=[\s.;,!?])|^)(?P<number>\d{1,2})\s?[:)]\s+(?=\S)")
_SKIPPED = re.compile(
    r"^(?:[-–—?/.\s]*|skip|pass|n/?a|later|weiter|später|spring over|senere|passe|plus tard)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Understood:
    answers: Mapping[int, str]  # by the question's number in the mail
    unclear: str  # words that belong to no question; empty: everything was understood
    skipped: tuple[int, ...] = ()


def understand(reply: str, sent: str, questions: Mapping[int, str], language: str) -> Understood:
    """`questions`: number → as it stood in the mail."""
    said = own_words(reply, sent)
    answers, before = _numbered(said, questions)
    skipped = tuple(number for number, text in answers.items() if _SKIPPED.match(text))
    answers = {number: text for number, text in answers.items() if number not in skipped}
    if answers or skipped:
        return Understood(answers, before, skipped)
    meant = next(iter(questions)) if len(questions) == 1 else _meant(said, questions, language)
    if meant is None or not any(letter.isalnum() for letter in said):
        return Understood({}, said)
    return Understood({meant: said}, "")


def _numbered(said: str, questions: Mapping[int, str]) -> tuple[dict[int, str], str]:
    """Answers by number, and what stands before the first."""
    parts: dict[int, list[str]] = {}
    before: list[str] = []
    current: int | None = None
    for line in said.split("\n"):
        for number, text in _pieces(line, questions):
            if number is not None and number not in parts:
                current = number
                parts[number] = [text]
            elif number is not None and number == current:
                parts[number].append(line.strip())  # a list within the answer
            elif current is not None:
                parts[current].append(text if number is None else line.strip())
            else:
                before.append(text)
    answers = {number: "\n".join(lines).strip() for number, lines in parts.items()}
    return answers, "\n".join(before).strip()


def _pieces(line: str, questions: Mapping[int, str]) -> list[tuple[int | None, str]]:
    begun = _LINE.match(line)
    if begun is None or int(begun["number"]) not in questions:
        return [(None, line)]
    pieces: list[tuple[int | None, str]] = []
    number, rest = int(begun["number"]), begun["rest"]
    start = 0
    for found in _WITHIN.finditer(rest):
        following = int(found["number"])
        if following in questions and following > number:
            pieces.append((number, rest[start : found.start()].strip()))
            number, start = following, found.end()
    return [*pieces, (number, rest[start:].strip())]


def _meant(said: str, questions: Mapping[int, str], language: str) -> int | None:
    """The one question that the words speak of, and no other."""
    spoken = meaning_of(said, language, language)
    fitting = [number for number, text in questions.items() if speaks_of(spoken, meaning_of(text, language, language))]
    return fitting[0] if len(fitting) == 1 else None
