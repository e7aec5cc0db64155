"""Words of a question that the quote does not say, and how near its words come to them in meaning.

"Is there a gym?" finds much about the club and nothing like a gym: a specific word without an echo is the plainest
sign that the pages do not say. Pure but for the embedder, which compares a handful of single words. Called by quote.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.analyse import SnowballAnalyser, carries_nothing, fold, stop_words, tokens, word_grams
from retrieval.lexicon import concepts_of
from retrieval.ports import Embedder, EmbeddingFailed
from retrieval.question import Question
from retrieval.quoting.days import asked_days, days_in
from retrieval.quoting.ranges import asked_age, fits

ASKED = 4  # words looked for
SAID = 28  # words of the quote they are compared with
LIKE = 0.5  # of a word's n-grams: a slip, another form, a part of a compound
UNMEASURED = 0.5


@dataclass(frozen=True, slots=True)
class Echo:
    """Of the question's words with content. `heard` are said in some form; of the others the nearest word's cosine."""

    words: int
    heard: int
    unheard: tuple[str, ...]
    unknown: tuple[bool, ...]  # of `unheard`: the business never writes it
    nearest: tuple[float, ...]  # of `unheard`

    @property
    def coverage(self) -> float:
        """The share that is said, or said in other words."""
        if not self.words:
            return 1.0
        soft = sum(min(1.0, max(0.0, (cosine - 0.3) / 0.5)) for cosine in self.nearest)
        return min(1.0, (self.heard + soft) / self.words)


async def listen(asked: Question, said: str, rarity: dict[str, float], embedder: Embedder | None) -> Echo:
    """`said`: the quotes with their titles and headings."""
    analyser = SnowballAnalyser()
    content = dict.fromkeys(token for _, token in tokens(asked.text) if not carries_nothing(token, asked.language))
    spoken = dict.fromkeys(token for _, token in tokens(said))
    stems = {stem for code in asked.languages for stem in analyser.words(said, code)}
    grams = [frozenset(word_grams(token)) for token in spoken]
    days, age = days_in(said), asked_age(asked.text)
    unheard: list[tuple[str, bool]] = []
    heard = 0
    for token in content:
        own = {stem for code in asked.languages for stem in analyser.words(token, code)}
        if not own:
            continue
        named = asked_days(token)
        aged = age is not None and token[: len(str(age))] == str(age) and fits(age, said) > 0
        if own & stems or (named and named & days) or aged or _meant(asked, token, stems) or _like(token, grams):
            heard += 1
        else:
            unheard.append((token, not any(stem in rarity for stem in own)))
    unheard.sort(key=lambda entry: (not entry[1], -len(entry[0])))
    kept = unheard[:ASKED]
    nearest = await _nearest([token for token, _ in kept], _worth(spoken, asked), embedder)
    return Echo(
        heard + len(unheard), heard, tuple(token for token, _ in kept), tuple(new for _, new in kept), tuple(nearest)
    )


def _meant(asked: Question, token: str, stems: set[str]) -> bool:
    """A business word of it stands there in another word or language."""
    return any(
        concept.page_terms(asked.languages).keys() & stems
        for concept in concepts_of(token, (asked.language, *asked.languages))
    )


def _like(token: str, said: Sequence[frozenset[str]]) -> bool:
    if len(token) < 5 or any(sign.isdigit() for sign in token):
        return False
    own = frozenset(word_grams(token))
    return any(len(own & other) >= LIKE * min(len(own), len(other)) for other in said if len(other) > 6)


def _worth(spoken: Sequence[str] | dict[str, None], asked: Question) -> list[str]:
    stops = {word for code in asked.languages for word in stop_words(code)}
    words = [token for token in spoken if len(token) > 2 and fold(token) not in stops and not token[0].isdigit()]
    return words[:SAID]


async def _nearest(unheard: Sequence[str], said: Sequence[str], embedder: Embedder | None) -> list[float]:
    words = [token for token in unheard if not any(sign.isdigit() for sign in token)]
    if not words or not said or embedder is None:
        return [UNMEASURED if token in words else 0.0 for token in unheard]
    try:
        vectors = await embedder.embed([*words, *said])
    except EmbeddingFailed:
        return [UNMEASURED if token in words else 0.0 for token in unheard]
    best = (vectors[: len(words)] @ vectors[len(words) :].T).max(axis=1)
    near = dict(zip(words, (float(cosine) for cosine in best), strict=True))
    return [near.get(token, 0.0) for token in unheard]  # another number is another thing
