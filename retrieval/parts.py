"""Takes a question of several parts apart: "What does it cost and is there parking?" A question in, its parts out.

Careful on purpose: both sides must ask, each must name something, and neither may point back at the other ("and is it
free?"); a question that is not surely several is one. The whole is always searched too. Called by search.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.analyse import fold, stop_words, tokens

MOST = 3
LONGEST = 400  # characters; what is longer is a story, and its sentences belong together
_SENTENCE = re.compile(r"(?<=[?？؟;])\s*")
_WORD = re.compile(r"[\w'’-]+")


@dataclass(frozen=True, slots=True)
class _Rules:
    language: str
    joins: re.Pattern[str]  # what may part two questions
    begins: re.Pattern[str]  # a question, with a question word or a verb
    asks: re.Pattern[str]  # with a question word
    back: frozenset[str]
    last: frozenset[str]


def split(question: str) -> tuple[str, ...]:
    """The parts in order, at most `MOST`; the question itself where it is one."""
    text = question.strip()
    if len(text) > LONGEST:
        return (question,)
    parts = [part for sentence in _sentences(text) for part in _clauses(sentence)]
    return tuple(parts) if 1 < len(parts) <= MOST else (question,)


def _sentences(text: str) -> list[str]:
    """Questions with their own question mark. One that points back at the one before, or is none, stays with it."""
    made: list[str] = []
    for sentence in _SENTENCE.split(text):
        if not sentence.strip(" ?!.,"):
            continue
        if made and not _alone(sentence):
            made[-1] = f"{made[-1]} {sentence}"
        else:
            made.append(sentence)
    asking = [sentence.rstrip()[-1] in "?？؟" for sentence in made]
    # What no question mark ends (a greeting, a story in front, thanks at the end) is no part.
    return made if all(asking) else [text]


def _alone(sentence: str) -> bool:
    """Whether a sentence begins like a question in some language, and stands on its own in each that it may be."""
    likely = [rules for rules in _rules() if rules.begins.match(sentence)]
    return bool(likely) and all(_stands(sentence, rules) for rules in likely)


def _clauses(sentence: str) -> list[str]:
    for rules in _rules():
        if not rules.begins.match(sentence):
            continue
        clauses: list[str] = []
        rest = sentence
        joined = False
        for join in rules.joins.finditer(sentence):
            before, after = sentence[len(sentence) - len(rest) : join.start()], sentence[join.end() :]
            if _parts(before, after, rules):
                clauses.append(before.strip(" ,"))
                rest = after
                joined |= join.group().strip() not in (",", ";")
        # "What do you have, which others have not" has only a comma; "where, when and how much" ends with a word.
        if joined:
            return [*clauses, rest.strip()]
    return [sentence]


def _parts(before: str, after: str, rules: _Rules) -> bool:
    if not rules.begins.match(after) or not _names(before, rules) or not _stands(after, rules):
        return False
    # "Can you tell me what it costs and where I can park" asks in the middle.
    return not rules.asks.match(after) or rules.asks.match(before) is not None


def _stands(clause: str, rules: _Rules) -> bool:
    asking = rules.begins.match(clause)
    words = [word.casefold() for word in _WORD.findall(clause[asking.end() :] if asking else clause)]
    return bool(words) and not rules.back & set(words) and words[-1] not in rules.last and _names(clause, rules)


def _names(clause: str, rules: _Rules) -> bool:
    """Whether it has a word with content beside the words that ask."""
    stops = stop_words(rules.language)
    asking = rules.begins.match(clause)
    rest = clause[asking.end() :] if asking else clause
    return any(fold(token) not in stops and len(token) > 2 for kind, token in tokens(rest) if kind == "word")


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rules, ...]:
    lists: dict[str, dict[str, list[str]]] = {}
    text = Path(__file__).with_name("words").joinpath("parts.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            language, role, forms = line.split(" ", 2)
            lists.setdefault(language, {})[role] = [form.strip() for form in forms.split(",")]
    return tuple(_made(language, roles) for language, roles in lists.items())


def _made(language: str, roles: dict[str, list[str]]) -> _Rules:
    asks = _beginning(roles["asks"])
    # A comma alone parts only questions with question words.
    joins = rf"(?:\s*[,;]\s*|\s+)(?:{_any(roles['and'])})\s+|\s*[,;]\s*(?=(?:{_any(roles['asks'])})(?![\w'’-]))"
    return _Rules(
        language,
        re.compile(joins, re.IGNORECASE),
        _beginning(roles["asks"] + roles.get("verb", [])),
        asks,
        frozenset(roles["back"]),
        frozenset(roles.get("last", [])),
    )


def _beginning(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{_any(forms)})(?![\w'’-])", re.IGNORECASE)


def _any(forms: Sequence[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
