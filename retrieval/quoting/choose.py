"""Which units are said: those that probably hold a part of the answer, the likeliest first, within a number of words.

Two looks, both fitted (tests/eval/fit_quotes.py): how well a unit fits by itself, then how well among its neighbours,
because a price stands beside the row that names it and the second half of an answer after the first. Called by
quote.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.quoting.features import Matrix, Place, Reading
from retrieval.quoting.named import called_by_name
from retrieval.quoting.ranges import fits
from retrieval.quoting.weights import AMONG

LONG_WORDS = 60  # a longer unit is cut around what was asked
WORDS = 100  # a rare answer reaches it; the mean is what EXPECTED makes of it
LIST_WORDS = 120
LIST_ROWS = 14
EXPECTED = 0.012  # a unit less likely to hold a part of the answer is not said
APART = 0.03  # and so likely to be said away from the others
SPANS = 3
GAP_WORDS = 14  # a line so short between two that are said is said too
SHORT_WORDS = 8
FAR = -8.0


@dataclass(frozen=True, slots=True)
class Span:
    """Units `first` to `last` of one passage, said together."""

    passage: int
    first: int
    last: int


def choose(reading: Reading, scores: Matrix) -> list[Span]:
    """The span that holds the best unit first. `scores` has one value a place of the reading."""
    places, best = reading.places, int(np.argmax(scores))
    likely = probabilities(reading, scores)
    chosen = {best}
    words = _words(places[best])
    limit = LIST_WORDS if reading.wants_list else WORDS
    order: list[int] = np.argsort(-likely, kind="stable").tolist()
    for index in order:
        if likely[index] < EXPECTED:
            break
        place = places[index]
        if index in chosen or place.laid.link or words + _words(place) > limit:
            continue
        if place.text[-1] in ".!?" and any(reading.places[other].text == place.text for other in chosen):
            continue  # the same sentence twice; the same row may stand under two headings
        if not _beside(reading, index, chosen) and (likely[index] < APART or _runs(reading, chosen) >= SPANS):
            continue
        chosen.add(index)
        words += _words(place)
    if reading.wants_list:
        chosen |= _whole_list(reading, best, limit - words)
    chosen = _bridged(reading, chosen)
    chosen = _fitting(reading, chosen, best)
    chosen = called_by_name(reading, chosen, best)
    chosen = _followed(reading, chosen, best)
    chosen = _without_loose_ends(reading, chosen, best)
    spans = list(_spans(reading, chosen))
    home = next(
        span for span in spans if span.passage == places[best].passage and span.first <= places[best].at <= span.last
    )
    spans.sort(key=lambda span: (span is not home, span.passage != home.passage, span.passage, span.first))
    return _once(reading, spans)


def _beside(reading: Reading, index: int, chosen: set[int]) -> bool:
    """It goes on with what is said, or leads to it."""
    passage = reading.places[index].passage
    return any(
        near in chosen and reading.places[near].passage == passage
        for near in (index - 2, index - 1, index + 1, index + 2)
    )


def _speaks_of_it(reading: Reading, place: Place) -> bool:
    """A word, a business word or the kind of figure that was asked for, or a row of the list that was."""
    text = place.text
    if reading.wants_list and place.laid.unit.row:
        return True
    return reading.coverage(text) > 0 or reading.concepts(text) > 0 or reading.holds_kind(text)


def _without_loose_ends(reading: Reading, chosen: set[int], best: int) -> set[int]:
    """Without a short line at the end that begins something else: "I left something behind." above its answer."""
    kept = set(chosen)
    for index in sorted(chosen, reverse=True):
        place = reading.places[index]
        units = reading.laid[place.passage]
        if index == best or index + 1 in kept or place.at + 1 >= len(units) or not place.laid.unit.row:
            continue
        following = units[place.at + 1]
        begins = following.line != place.laid.line and _length(place) <= SHORT_WORDS < len(following.unit.text.split())
        if begins and not following.unit.label and not _speaks_of_it(reading, place):
            kept.discard(index)
    return kept


def _runs(reading: Reading, chosen: set[int]) -> int:
    return sum(not _beside(reading, index, {other for other in chosen if other < index}) for index in chosen)


def probabilities(reading: Reading, scores: Matrix) -> Matrix:
    """Of each unit, to hold a part of the answer, given how its neighbours do."""
    return np.asarray(1 / (1 + np.exp(-(among(reading, scores) @ AMONG))), np.float32)


def among(reading: Reading, scores: Matrix) -> Matrix:
    """What is known of each unit beside its own score. The columns are those of AMONG."""
    places, many = reading.places, len(scores)
    best = int(np.argmax(scores))
    behind = np.maximum(scores - scores[best], FAR)
    passage = np.array([place.passage for place in places])
    at = np.array([place.at for place in places])
    line = np.array([place.laid.line for place in places])
    section = np.array([place.laid.section for place in places])
    before, after = np.full(many, FAR), np.full(many, FAR)
    beside = passage[1:] == passage[:-1]
    before[1:][beside] = behind[:-1][beside]
    after[:-1][beside] = behind[1:][beside]
    here = passage == passage[best]
    same = here & (section == section[best])
    _, group = np.unique(np.stack([passage, section]), axis=1, return_inverse=True)
    tops = np.full(int(group.max()) + 1, FAR)
    np.maximum.at(tops, group.ravel(), behind)
    step = at - at[best]
    columns = [
        np.ones(many),
        behind / 4,
        before / 4,
        after / 4,
        here & (step == 0),
        here & (step == 1),
        here & (step == -1),
        same,
        same & (np.abs(step) <= 3),
        np.array([place.laid.heading for place in places]),
        np.array([place.laid.columns or place.laid.link for place in places]),
        np.full(many, np.log(np.exp(scores - scores[best]).sum()) / 4),
        scores / 8,
        same & reading.wants_list,
        here,
        tops[group.ravel()] / 4,
        np.full(many, scores[best] / 8),
        here & (line == line[best]) & (step == 1),
        here & (line == line[best]) & (np.abs(step) <= 2),
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _whole_list(reading: Reading, best: int, room: int) -> set[int]:
    """The rows around the best unit, or below it where it is their heading; none when they are too many."""
    place = reading.places[best]
    units = reading.laid[place.passage]
    start = end = place.at + (1 if place.laid.heading and place.at + 1 < len(units) else 0)

    def row(at: int) -> bool:
        return units[at].unit.row and not units[at].heading and units[at].section == units[start].section

    if not row(start):
        return set()
    while start > 0 and row(start - 1):
        start -= 1
    while end + 1 < len(units) and row(end + 1):
        end += 1
    rows = range(start, end + 1)
    if not 1 < len(rows) <= LIST_ROWS or sum(len(units[at].unit.text.split()) for at in rows) > room:
        return set()
    return {best - place.at + at for at in rows}


def _bridged(reading: Reading, chosen: set[int]) -> set[int]:
    """A short line between two that are said, all of one section."""
    filled = set(chosen)
    for index in chosen:
        middle, far = index + 1, index + 2
        if middle in chosen or far not in chosen:
            continue
        places = [reading.places[number] for number in (index, middle, far)]
        one = {(place.passage, place.laid.section) for place in places}
        if len(one) == 1 and not places[1].laid.link and _words(places[1]) <= GAP_WORDS:
            filled.add(middle)
    return filled


def _fitting(reading: Reading, chosen: set[int], best: int) -> set[int]:
    """Without rows for another weekday or age than the one asked for, where the right one is said."""
    texts = {index: reading.with_day(reading.places[index]) for index in chosen}
    if any(reading.right_day(text) for text in texts.values()):
        chosen = {index for index in chosen if index == best or not reading.other_day(texts[index])}
    if any(fits(reading.age, texts[index]) > 0 for index in chosen):
        chosen = {index for index in chosen if index == best or fits(reading.age, texts[index]) >= 0}
    return chosen


def _followed(reading: Reading, chosen: set[int], best: int) -> set[int]:
    """No heading alone, no names of columns alone: what they name is said with them, or they are not said."""
    kept = set(chosen)
    for index in sorted(chosen, reverse=True):
        place = reading.places[index]
        names = place.laid.heading or place.laid.columns or place.text.endswith((":", "?"))
        units = reading.laid[place.passage]
        if not names or place.at + 1 < len(units) and index + 1 in kept:
            continue
        if index == best or place.text.endswith((":", "?")) and not place.laid.heading:
            below = [index + step for step in (1, 2) if place.at + step < len(units)]
            kept.update(number for number in below if not reading.places[number].laid.link)
        if index != best and index + 1 not in kept:
            kept.discard(index)
    return kept


def _spans(reading: Reading, chosen: set[int]) -> Iterator[Span]:
    run: list[int] = []
    for index in [*sorted(chosen), -1]:
        place = reading.places[index] if index >= 0 else None
        last = reading.places[run[-1]] if run else None
        if last is not None and (place is None or not _goes_on(last, place)):
            first = reading.places[run[0]]
            yield Span(first.passage, first.at, last.at)
            run = []
        run.append(index)


def _goes_on(last: Place, place: Place) -> bool:
    """Not over a heading, and a sentence that has to be shortened stands alone."""
    if place.passage != last.passage or place.at != last.at + 1 or max(_length(last), _length(place)) > LONG_WORDS:
        return False
    return last.laid.heading or not place.laid.heading


def _once(reading: Reading, spans: Sequence[Span]) -> list[Span]:
    """Without what an earlier span already says."""
    kept: list[Span] = []
    said: list[str] = []
    for span in spans:
        letters = re.sub(
            r"[\W_]+",
            "",
            " ".join(reading.text_at(span.passage, at) for at in range(span.first, span.last + 1)).casefold(),
        )
        if not any(letters in other for other in said):
            kept.append(span)
            said.append(letters)
    return kept


def _words(place: Place) -> int:
    """As many as are said of it."""
    return min(LONG_WORDS, _length(place))


def _length(place: Place) -> int:
    return len(place.text.split())
