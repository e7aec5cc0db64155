"""Whether words name what a fact is about. Stems in the languages of question and pages; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.analyse import fold, stem, stop_words

Name = tuple[frozenset[str], ...]  # a word each, in all its stems


def name_of(text: str | Iterable[str], languages: Sequence[str]) -> Name:
    """Words with content, figures among them."""
    words = re.findall(r"[^\W_]+", text.casefold()) if isinstance(text, str) else list(text)
    stops = [stop_words(code) for code in languages]
    return tuple(
        frozenset({fold(word), *(stem(word, code) for code in languages)})
        for word in words
        if not any(fold(word) in some for some in stops)
    )


def within(part: Name, whole: Name) -> bool:
    """Every word of the one stands in the other."""
    return all(any(word & other for other in whole) for word in part)


def last_of(subject: str) -> str:
    """The nearest name: of "Day tickets · Adults" the adults."""
    return subject.rsplit(" · ", 1)[-1]
