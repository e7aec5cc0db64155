"""Places of the passages' figures: how well one fits the words of a clause, and in which role it stands.

Clauses and places in, scores and verdicts out. Called by bind.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from retrieval.verify.agree import holds, same_kind
from retrieval.verify.clauses import Clause
from retrieval.verify.figures import Figure, Kind, plain
from retrieval.verify.folded import fold
from retrieval.verify.lines import Line, Part, Word
from retrieval.verify.poles import poles_in
from retrieval.words.measures import UNITS
from retrieval.words.polarity import RELATIVE

# How near to a figure a word of its clause stands: in its part, its line, the label above, the headings.
OWN, BORROWED, LINE, LABEL, HEAD = 1.0, 0.98, 0.6, 0.5, 0.3
LIGHT = 0.2
ROLE_REACH = 30  # letters from "closes" to the time that is meant
_OPENING = re.compile(
    r"\b(?:opens?|open from|opening at|from|starts?|starting|begins?|öffne[tn]|ab|von|beginnt|åbner|fra"
    r"|begynder|starter|ouvre"
    r"|à partir de|dès|abre|desde|apre|dalle|opent|vanaf|öppnar|från|åpner)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:closes?|until|till|closing at|ends?|schließ(?:t|en)|bis|endet|lukker|til|slutter|ferme|jusqu['’]à"
    r"|cierra|hasta|chiude"
    r"|fino alle|sluit|tot|stänger|stenger)\b",
    re.IGNORECASE,
)
_SHUT = re.compile(
    r"\b(?:closed|break|lunch|geschlossen|pause|lukket|fermée?|cerrado|chiuso|gesloten)\b", re.IGNORECASE
)
CONTACT = frozenset({Kind.MAIL, Kind.LINK, Kind.PHONE, Kind.CODE})
BY_AMOUNT = frozenset({Kind.MONEY, Kind.MEASURE, Kind.NUMBER, Kind.YEAR})
HELD_BY = {
    Kind.TIME: frozenset({Kind.TIME, Kind.NUMBER}),
    Kind.MONTH: frozenset({Kind.MONTH, Kind.DATE}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A figure of a passage where it stands."""

    figure: Figure
    part: Part
    line: Line


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that was said, the place it is bound to, and the words of its clause."""

    said: Figure
    place: Place
    words: Sequence[Word]


@dataclass(frozen=True, slots=True)
class Fit:
    """`own`: which of the words stand right with a place; `literal`: those of them that its part has itself."""

    score: float
    own: frozenset[int]
    literal: frozenset[int]

    def nearer(self, other: Fit) -> bool:
        return other.own < self.own or (other.own == self.own and other.literal < self.literal)


def fit_of(words: Sequence[Word], place: Place) -> Fit:
    """How well a place fits the words."""
    total, own, literal = 0.0, set[int](), set[int]()
    line = place.line
    for at, word in enumerate(words):
        weight = LIGHT if word.light else 1.0
        if not word.stems.isdisjoint(place.part.terms):
            itself = not word.stems.isdisjoint(place.part.own)
            total += weight * (OWN if itself else BORROWED)
            if not word.light:
                own.add(at)
                literal |= {at} if itself else set()
        elif _turns(word.text) & place.part.poles:
            total += weight * OWN  # check-out, Abreise: another word for the same side
            own.add(at)
        elif not word.stems.isdisjoint(line.terms):
            total += weight * LINE
        elif not word.stems.isdisjoint(line.label):
            total += weight * LABEL
        elif not (word.stems.isdisjoint(line.head) and word.stems.isdisjoint(line.beside)):
            total += weight * HEAD
    return Fit(total, frozenset(own), frozenset(literal))


def _turns(word: str) -> frozenset[tuple[str, str]]:
    return frozenset(pole for pole in poles_in(word) if pole[0] not in RELATIVE)


def _fit(words: Sequence[Word], place: Place) -> float:
    """As scored, less a little for what the place speaks of and the words do not."""
    score = fit_of(words, place).score
    said = frozenset[str]().union(*(word.stems for word in words))
    return score - 0.05 * min(4, len(place.part.terms - said))


def crossed(bound: Sequence[Bound]) -> Figure | None:
    """Two figures of one kind that would fit better the other way round: "women 25 €, men 30 €"."""
    for at, one in enumerate(bound):
        for two in bound[at + 1 :]:
            if one.words is two.words or one.place.part is two.place.part or one.said.kind is not two.said.kind:
                continue
            if holds(one.place.figure, two.said, one.place.part.near):
                continue
            straight = _fit(one.words, one.place) + _fit(two.words, two.place)
            if _fit(one.words, two.place) + _fit(two.words, one.place) > straight + 0.1:
                return one.said
    return None


def of_another_column(figures: Sequence[Figure], words: Sequence[Word], place: Place) -> bool:
    """The head of another column is named, and that column's figure is not told."""
    for part in place.line.parts:
        if part is place.part or not part.head or not part.figures:
            continue
        named = any(
            not word.stems.isdisjoint(part.head) and word.stems.isdisjoint(place.part.terms | place.line.label)
            for word in words
        )
        told = any(holds(figure, each, part.near) for figure in part.figures for each in figures)
        if named and not told:
            return True
    return False


def of_another_pole(clause: Clause, place: Place) -> bool:
    """Said of half a day, of arrival, of the low season; told of a whole day, of departure, of the high season."""
    said = poles_in(clause.text)
    return any(
        mine not in theirs
        for name, mine in said
        if name not in RELATIVE and (theirs := {pole for kind, pole in place.part.poles if kind == name})
    )


_PER = re.compile(r"\b(?:per|pro|je|pr\.?|par|por|a|each|every)\s+(?P<what>[^\W\d_]{3,})", re.IGNORECASE)


def other_share(text: str, place: Place) -> bool:
    """ "£50 per person" of what is £50 per boat."""
    if place.figure.kind is not Kind.MONEY:
        return False
    said, held = _shares(text, strict=True), _shares(place.part.named, strict=False)
    return bool(said and held and not said <= held)


def _shares(text: str, *, strict: bool) -> frozenset[str]:
    """What a price is told for, spans of time aside; `strict`: only where a word says so for certain."""
    found: set[str] = set()
    for match in _PER.finditer(text):
        word = fold(match["what"])
        unit = UNITS.get(word)
        sure = fold(match.group().split()[0]) in _SHARES
        if (sure or not strict) and (unit is None or unit[0] == "person"):
            found.add("person" if unit and word in _ANYONE else word)
    return frozenset(found)


_SHARES = frozenset({"per", "pro", "pr", "pr."})
_ANYONE = frozenset(fold(word) for word in "person persons personne persona personer guest gast gæst".split())


def is_rival(figures: Sequence[Figure], place: Place) -> bool:
    """A place of another figure, not of one that the sentence tells as well."""
    return not any(holds(place.figure, each, place.part.near) for each in figures)


def keys_of(figure: Figure, minutes: frozenset[int]) -> Iterator[str | Decimal | int]:
    """What figures that are the same have in common: a reading, an amount, a minute, the day or year of a date."""
    yield from figure.texts
    yield from minutes
    if figure.kind in (Kind.MONEY, Kind.MEASURE):
        yield from figure.amounts
        if figure.unit == "cent":
            yield from (amount / 100 for amount in figure.amounts)
        elif figure.unit in ("eur", "usd"):
            yield from (amount * 100 for amount in figure.amounts)
    if figure.year is not None:
        yield figure.year
    yield from (str(day) for day, _ in figure.dates)


def same_role(clause: Clause, said: Figure, place: Place) -> bool:
    """ "Opens at" is where a range begins and "until" where it ends."""
    if said.kind in CONTACT or said.ranged or _SHUT.search(clause.text):
        return True
    last = max((figure.end for figure in clause.figures if figure.end <= said.start), default=clause.start)
    before = clause.text[last - clause.start : said.start - clause.start]
    after = [figure for figure in clause.figures if figure.start > said.start][:1]
    if after and after[0].ranged:
        return True
    figures = place.part.figures
    if place.figure not in figures:
        return True  # of the column's head
    at = figures.index(place.figure)
    begins = at + 1 < len(figures) and figures[at + 1].ranged and same_kind(figures[at + 1], place.figure)
    role = _role(before)
    if role is None:
        return True
    held = "end" if place.figure.ranged else "start" if begins else _role(_before(place))
    return held is None or held == role


def _before(place: Place) -> str:
    """What stands before a figure in its part; a part knows its figures by their places in the whole line."""
    text = plain(place.line.unit.text) if " | " not in place.line.unit.text else place.part.text
    last = max((figure.end for figure in place.part.figures if figure.end <= place.figure.start), default=0)
    return text[last : place.figure.start]


def _role(before: str) -> str | None:
    """Whether what comes next is where something begins or where it ends; what goes before another figure is"
    " not of it."""
    before = re.split(r"[\d,;]", before)[-1]
    closes = max((match.start() for match in _CLOSING.finditer(before)), default=-1)
    opens = max((match.start() for match in _OPENING.finditer(before)), default=-1)
    if max(closes, opens) < len(before) - ROLE_REACH:
        return None
    return "end" if closes > opens else "start"
