"""What of a question stands in each unit of the passages, as numbers. Question and passages in, a matrix out.

Pure but for the cosines, which quote.py adds for the units that come into question. The order of the columns is the
order of the weights in weights.py, fitted by tests/eval/fit_quotes.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import SnowballAnalyser, tokens
from retrieval.answer_types import Kind, find, holds
from retrieval.model import Passage
from retrieval.question import Question
from retrieval.quoting.asked import asks_how, wants_list
from retrieval.quoting.days import asked_days, days_in
from retrieval.quoting.layout import Laid, lay_out
from retrieval.quoting.ranges import asked_age, fits

Matrix = NDArray[np.float32]
CONTACTS = frozenset({Kind.PHONE, Kind.MAIL, Kind.ADDRESS})
UNMEASURED = 0.45  # a cosine between a unit that answers and one that does not: it moves neither way


class Column(IntEnum):
    OWN = 0  # share of the question's words, by rarity, in the unit
    AROUND = auto()  # and in what it stands under, beyond its own
    GRAMS = auto()
    CONCEPTS = auto()
    CONCEPTS_AROUND = auto()
    KIND = auto()  # of the kinds of figure asked for
    KIND_NEXT = auto()  # the same in what a heading names
    COSINE = auto()
    PASSAGE = auto()  # its score, of the best
    FIRST = auto()  # the passage that search put first
    RANK = auto()
    BARE = auto()  # a heading without a figure where one was asked for
    HEADING = auto()
    COLUMNS = auto()
    LINK = auto()
    DAY = auto()  # of the weekday asked for, or of another
    AGE = auto()
    NUMBER = auto()  # a number of the question stands there
    LENGTH = auto()
    ROW_OF_FIGURES = auto()
    LISTED = auto()  # a list was asked for and this is one of its rows
    RAREST = auto()  # holds the question's rarest word that the business writes
    SECTION = auto()  # words of the question in the headings alone
    HOW = auto()  # how to do something, and it says where to turn to
    CONTACT = auto()  # a number or address was asked for and stands there: they look like nothing else
    SENTENCE = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of one passage. `at` is its place among the passage's units."""

    passage: int  # from 0
    at: int
    laid: Laid

    @property
    def text(self) -> str:
        return self.laid.unit.text


class Reading:
    """The passages as one question reads them."""

    def __init__(self, asked: Question, passages: Sequence[Passage], rarity: dict[str, float]):
        self.asked = asked
        self.passages = passages
        self.laid = [lay_out(passage) for passage in passages]
        self.places = [
            Place(number, at, laid) for number, units in enumerate(self.laid) for at, laid in enumerate(units)
        ]
        self.wants_list = wants_list(asked.text)
        self._how = asks_how(asked.text)
        self._analyser = SnowballAnalyser()
        self._rarity = [max((rarity.get(word, 0.0) for word in term), default=0.0) for term in asked.terms]
        # A word that the business never writes tells nothing about its sentences.
        self._known = sum(self._rarity) or 1.0
        self._rarest = max(range(len(self._rarity)), key=self._rarity.__getitem__, default=-1)
        self._best = max((passage.score for passage in passages), default=1.0) or 1.0
        self._days = asked_days(asked.text)
        self.age = asked_age(asked.text)
        self._numbers = {token for kind, token in tokens(asked.text) if kind == "number"}
        self._terms: dict[str, frozenset[str]] = {}

    def features(self) -> Matrix:
        rows = np.zeros((len(self.places), len(Column)), np.float32)
        rows[:, Column.COSINE] = UNMEASURED
        for index, place in enumerate(self.places):
            self._fill(rows[index], place)
        return rows

    def names(self, place: Place) -> list[str]:
        """What the unit stands under, outermost first."""
        passage, units = self.passages[place.passage], self.laid[place.passage]
        found: list[str] = []
        for at in (place.laid.section, place.laid.header):
            if at >= 0 and at != place.at:
                found.append(units[at].unit.text)
        above = place.laid.section if not place.laid.heading else place.at
        if above > 0 and units[above - 1].heading:  # a chapter and its first section
            found.insert(0, units[above - 1].unit.text)
        # Who said so and when is not what it is about: "who is the owner?" found the owner's facts.
        title = [] if passage.url.startswith("fact:") else [passage.title]
        return [*title, *passage.heading_path, *found]

    def in_context(self, place: Place) -> str:
        names = self.names(place)
        return f"{' > '.join(dict.fromkeys([*names[:1], *names[-2:]]))}\n{place.text}"

    def text_at(self, passage: int, at: int) -> str:
        units = self.laid[passage]
        return units[at].unit.text if 0 <= at < len(units) else ""

    def coverage(self, text: str) -> float:
        """The share of the question's words, by rarity, that stand in the text."""
        stems = self.terms(text)
        held = sum(weight for term, weight in zip(self.asked.terms, self._rarity, strict=True) if term & stems)
        return held / self._known

    def concepts(self, text: str) -> float:
        groups = self.asked.groups
        if not groups:
            return 0.0
        stems = self.terms(text)
        return sum(max((group[term] for term in group.keys() & stems), default=0.0) for group in groups) / len(groups)

    def terms(self, text: str) -> frozenset[str]:
        if text not in self._terms:
            found = (term for code in self.asked.languages for term in self._analyser.words(text, code))
            self._terms[text] = frozenset(found)
        return self._terms[text]

    def holds_kind(self, text: str) -> bool:
        return any(holds(kind, text) for kind in self.asked.kinds)

    def with_day(self, place: Place) -> str:
        """Its text, after the heading that says of which day it is, where it does not say so itself."""
        heading = self.text_at(place.passage, place.laid.section)
        return f"{heading}\n{place.text}" if not days_in(place.text) and days_in(heading) else place.text

    def other_day(self, text: str) -> bool:
        """It is about weekdays, and the one that was asked for is not among them."""
        named = days_in(text)
        return bool(self._days and named) and not named & self._days

    def right_day(self, text: str) -> bool:
        return bool(days_in(text) & self._days)

    def figures_in(self, text: str) -> Iterator[int]:
        """Where figures of the kinds asked for begin."""
        for kind in self.asked.kinds:
            for start, _ in find(kind, text):
                yield start

    def _fill(self, row: Matrix, place: Place) -> None:
        text, laid, asked = place.text, place.laid, self.asked
        names = "\n".join(self.names(place))
        around = "\n".join((names, self.text_at(place.passage, place.at - 1)))
        own, concepts = self.coverage(text), self.concepts(text)
        kinds = asked.kinds
        here = float(np.mean([holds(kind, text) for kind in kinds])) if kinds else 0.0
        after = self.text_at(place.passage, place.at + 1)
        next_ = float(np.mean([holds(kind, after) for kind in kinds])) if kinds and laid.unit.label else 0.0
        days = days_in(text) if self._days else frozenset[int]()
        row[Column.OWN] = own
        row[Column.AROUND] = max(0.0, self.coverage(around) - own)
        row[Column.GRAMS] = self._grams(text)
        row[Column.CONCEPTS] = concepts
        row[Column.CONCEPTS_AROUND] = max(0.0, self.concepts(around) - concepts)
        row[Column.KIND] = here
        row[Column.KIND_NEXT] = next_
        row[Column.PASSAGE] = self.passages[place.passage].score / self._best
        row[Column.FIRST] = place.passage == 0
        row[Column.RANK] = 1 / (1 + place.passage)
        row[Column.BARE] = bool(kinds) and laid.heading and not here and not next_
        row[Column.HEADING] = laid.heading
        row[Column.COLUMNS] = laid.columns
        row[Column.LINK] = laid.link
        row[Column.DAY] = 0.0 if not days else (1.0 if days & self._days else -1.0)
        row[Column.AGE] = fits(self.age, text)
        row[Column.NUMBER] = bool(self._numbers) and any(token in self._numbers for _, token in tokens(text))
        row[Column.LENGTH] = np.log1p(len(text.split())) / 4
        row[Column.ROW_OF_FIGURES] = bool(kinds) and bool(here) and laid.unit.row
        row[Column.LISTED] = self.wants_list and laid.unit.row and not laid.heading
        rarest = self._rarest >= 0 and self._rarity[self._rarest] > 0
        row[Column.RAREST] = rarest and bool(asked.terms[self._rarest] & self.terms(text))
        row[Column.SECTION] = max(self.coverage(names), self.concepts(names))
        row[Column.CONTACT] = bool(here) and bool(kinds & CONTACTS)
        row[Column.SENTENCE] = text[-1] in ".!" and not laid.heading
        row[Column.HOW] = self._how and ("@" in text or sum(sign.isdigit() for sign in text) >= 7)

    def _grams(self, text: str) -> float:
        if not self.asked.grams:
            return 0.0
        return len(self.asked.grams.intersection(self._analyser.grams(text))) / len(self.asked.grams)
