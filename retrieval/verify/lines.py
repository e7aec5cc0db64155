"""Passages as a verifier sees them: lines, their parts, and what each part speaks of. Passages in, lines out.

A part is a clause of a sentence or a cell of a table; its terms are its own words, the row's label and the column's
head. What stands around (labels above, headings) is kept apart, it binds less. Called by bind.py, once an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval.analyse import SnowballAnalyser
from retrieval.model import Passage
from retrieval.units import LABEL_WORDS, Unit, cut
from retrieval.verify.agree import Near
from retrieval.verify.clauses import Clause, clauses
from retrieval.verify.days import EVERY_DAY, weekdays
from retrieval.verify.figures import Figure, Kind, Measured, currencies_in, figures_of, plain, rates_in, units_in
from retrieval.verify.folded import fold
from retrieval.verify.poles import poles_in
from retrieval.words.light import LIGHT_WORDS
from retrieval.words.measures import CROWNS

# "Room for two 80 €, for four 120 €": such a part still speaks of the room.
_GOES_ON = re.compile(
    r"\W*(?:and |or |und |oder |og |et |y |e |en )?(?:for|in|im|auf|from|with|per|if|after|before|each|until|on"
    r"|at|für|ab|mit|pro|je|bei|von|bis|am|um"
    r"|for|fra|med|pr|til|om|på|pour|par|avec|dès|jusqu|le|para|por|con|desde|per|da|voor|vanaf|met|från|till?)\b",
    re.IGNORECASE,
)
_BEGINS_WITH_FIGURE = re.compile(r"[\s(]*(?:[€$£]\s?\d|\d+(?:[.,]\d+)?\s?(?:[€$£]|kr|eur))", re.IGNORECASE)
_AGES = re.compile(
    r"\b(?:age[sd]?|under|over|from|children|kids|years?|ab|unter|über|bis|kinder|alter|klasse|jahre\w*|fra"
    r"|under|over|børn"
    r"|år|alder|enfants?|moins|plus|ans|dès|niños|menores|años|bambini|anni|sotto|kinderen|jaar|vanaf)\b",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"\s*([^\W\d_]+)")
_WORD3 = re.compile(r"[^\W\d_]{3,}")
LABEL_REACH = 12  # lines below a label that it may still speak of


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    figures: tuple[Figure, ...]
    days: frozenset[int]
    terms: frozenset[str]
    near: Near
    named: str  # the text with the row's label and the column's head
    head: frozenset[str] = frozenset()  # of the column
    around: tuple[Figure, ...] = ()  # figures of the row's label and the column's head
    own: frozenset[str] = frozenset()  # its terms but for what it takes from the beginning of its line
    poles: frozenset[tuple[str, str]] = frozenset()  # of what it says and what it is named by


@dataclass(frozen=True, slots=True)
class Line:
    passage: int
    at: int  # among the passage's lines
    unit: Unit
    parts: tuple[Part, ...]
    terms: frozenset[str]
    label: frozenset[str]  # of the labels above
    head: frozenset[str]  # of headings and title
    beside: frozenset[str]  # of the line before, for what "it" is
    asked: frozenset[str]  # of the question that it answers
    days: frozenset[int]  # of the line, or of its labels
    poles: frozenset[tuple[str, str]]
    poles_around: frozenset[tuple[str, str]]
    told_for: tuple[Figure, ...] = ()  # figures of the name before its colon, or of the row's label

    @property
    def vicinity(self) -> frozenset[str]:
        """What it speaks of, with what stands above it and asks for it."""
        return self.terms | self.label | self.head | self.asked

    @property
    def question(self) -> bool:
        return self.unit.text.rstrip().endswith("?")

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for part in self.parts for figure in part.figures)


@dataclass(frozen=True, slots=True)
class Word:
    """One word with what may stand for it on a page."""

    text: str
    stems: frozenset[str]
    light: bool


def read(number: int, passage: Passage, languages: tuple[str, ...]) -> list[Line]:
    found = _read(passage.text, passage.title, passage.heading_path, languages)
    return [replace(line, passage=number) for line in found]


@lru_cache(maxsize=1024)  # the passages of a business come again with the next question
def _read(page: str, title: str, path: tuple[str, ...], languages: tuple[str, ...]) -> tuple[Line, ...]:
    lines: list[Line] = []
    labels: list[tuple[int, str]] = []
    head_text = "\n".join((title, *path[-2:]))
    head = stems(head_text, languages)
    header: list[str] = []
    units = [unit for unit in cut(page) if not set(unit.text) <= set("|-: ")]
    before = asked = frozenset[str]()
    whole = plain(page)
    whole_currencies = currencies_in(whole)
    whole_rates = rates_in(whole)
    crown = next((CROWNS[code] for code in languages if code in CROWNS), None)
    for at, unit in enumerate(units):
        text = plain(unit.text)
        cells = [cell.strip() for cell in text.split(" | ")] if " | " in text else []
        figured = any(sign.isdigit() for sign in text)
        heads = bool(cells) and _heads(cells, units, at) and not weekdays(text)
        if heads and (not figured or _measures(cells, units[at + 1], languages)):
            header = cells
        labels = [(place, label) for place, label in labels if at - place <= LABEL_REACH][-2:]
        own_label = ""
        if labels and labels[-1][0] == at - 1 and not _WORD3.search(_without_units(text)):
            own_label = labels.pop()[1]  # "Inner tube" above "12 €" belongs to it alone
        around = "\n".join((*(label for _, label in labels), head_text))
        near_text = f"{text}\n{own_label}\n{around}"
        poles = poles_in(f"{text}\n{own_label}")
        near = Near(
            currencies=currencies_in(text)
            or currencies_in(f"{own_label}\n{around}\n{' '.join(header)}")
            or whole_currencies,
            units=units_in(near_text),
            rates=_spans(units_in(near_text)) or whole_rates,
            years=_years(near_text, languages),
            ages=_AGES.search(near_text) is not None,
            crown=crown,
        )
        if cells:
            parts = _cells(cells, header if header is not cells and len(header) == len(cells) else [], near, languages)
        else:
            parts = _parts(text, own_label, near, languages)
        own_days = weekdays(text)
        days = own_days or next(
            (found for _, label in reversed(labels) if (found := weekdays(label))), weekdays(head_text)
        )
        lines.append(
            Line(
                0,
                at,
                unit,
                parts,
                stems(f"{text}\n{own_label}", languages),
                stems("\n".join(label for _, label in labels), languages),
                head,
                before,
                asked,
                days,
                poles,
                poles_in(around) | poles,
                figures_of(cells[0] if cells else _named(text), languages),
            )
        )
        before = frozenset[str]() if unit.row else lines[-1].terms
        if unit.text.rstrip().endswith("?"):
            asked = lines[-1].terms
        elif "\n" in page[unit.end : units[at + 1].start if at + 1 < len(units) else unit.end]:
            asked = asked if lines[-1].asked != asked else frozenset[str]()
        if unit.label:
            labels.append((at, text))
    return tuple(lines)


@lru_cache(maxsize=16384)
def stems(text: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Of words only: a shared figure must not make two lines speak of the same thing."""
    analyser = SnowballAnalyser()
    terms = {term for code in languages for term in analyser.words(text, code)}
    return frozenset(term for term in terms if not any(sign.isdigit() for sign in term))


def is_light(word: str) -> bool:
    return fold(word) in LIGHT_WORDS


def _heads(cells: list[str], units: Sequence[Unit], at: int) -> bool:
    """The first of several rows with as many cells."""
    bars = len(cells) - 1
    above = units[at - 1].text.count(" | ") if at else 0
    return bars > 0 and above != bars and at + 1 < len(units) and units[at + 1].text.count(" | ") == bars


def _measures(cells: list[str], below: Unit, languages: tuple[str, ...]) -> bool:
    """ "Lesson | 30 min | 60 min" above "Piano | $38 | $68": a row of other things than the one below it."""
    others = [cell.strip() for cell in plain(below.text).split(" | ")]
    if len(cells) < 3 or figures_of(cells[0], languages) or currencies_in(" ".join(cells)):
        return False
    kinds = [
        ({f.kind for f in figures_of(a, languages)}, {f.kind for f in figures_of(b, languages)})
        for a, b in zip(cells[1:], others[1:], strict=False)
    ]
    return all(Kind.TIME not in mine and (not mine or mine != theirs) for mine, theirs in kinds)


def _cells(cells: list[str], header: list[str], near: Near, languages: tuple[str, ...]) -> tuple[Part, ...]:
    label = cells[0]
    parts: list[Part] = []
    days = weekdays(label)
    for column, cell in enumerate(cells):
        head = header[column] if header else ""
        named = f"{label}\n{head}\n{cell}" if column else f"{cell}\n{head}"
        own = Near(
            currencies_in(f"{cell} {head}") or near.currencies,
            units_in(f"{cell} {head}") if header else near.units,
            _spans(units_in(head)) or near.rates,
            near.years,
            near.ages,
            near.crown,
        )
        parts.append(
            Part(
                cell,
                figures_of(cell, languages),
                weekdays(cell) or days,
                stems(named, languages),
                own,
                named,
                stems(head, languages),
                figures_of(f"{label}\n{head}" if column else head, languages),
                stems(named, languages),
                poles_in(f"{label}\n{head}" if column else f"{cell}\n{head}"),
            )
        )
    return tuple(parts)


def _parts(text: str, label: str, near: Near, languages: tuple[str, ...]) -> tuple[Part, ...]:
    """ "Sat 10-14, Sun 12-16" tells of two days. What stands before the first day belongs to it."""
    found = clauses(text, figures_of(text, languages), languages[:1])
    first = next((part.days for part in found if part.days), frozenset[int]())
    rest = EVERY_DAY - frozenset[int]().union(*(part.days for part in found))
    subject = _subject(text, languages) | stems(_named(text), languages)
    opened = _OPENED.match(text)
    bearer = stems(opened[1], languages) if opened else frozenset[str]()
    head = stems(found[0].text, languages) if found else frozenset[str]()
    parts: list[Part] = []
    for at, part in enumerate(found):
        own = literal = stems(f"{label}\n{part.text}", languages)
        if at:
            own |= head if _GOES_ON.match(part.text) or _BEGINS_WITH_FIGURE.match(part.text) else subject
            first_word = _FIRST_WORD.match(part.text)
            if first_word and is_light(first_word[1]) and fold(first_word[1]) not in _DETERMINERS:
                own |= bearer  # "the course begins on 15 May and ends on 20 June"
        parts.append(
            Part(
                part.text,
                part.figures,
                part.days or (rest if first and _timed(part) else first),
                own,
                near,
                part.text,
                own=literal,
                poles=poles_in(f"{label}\n{part.text}"),
            )
        )
    return tuple(parts)


def _timed(part: Clause) -> bool:
    """ "7 to 10, on Sundays to 11": what is told before the first day is of the other days."""
    return any(figure.ranged and (figure.kind is Kind.TIME or figure.loose) for figure in part.figures)


_OPENED = re.compile(
    r"(?:The|Our|Der|Die|Das|Unser\w*|Vores|Le|La|Les|Notre|Nos|El|Los|Las|Nuestr\w+|Il|Lo|I|Gli|De|Het|Onze|L['’])\s?"
    r"([^\W\d_]{3,})"
)
_DETERMINERS = frozenset(
    "the a an der die das den dem ein eine le la les l un une el los las il lo i gli de het een".split()
)


def _named(text: str) -> str:
    """ "Main season (15 June to 31 August): 7 to 21" tells of the main season to its end."""
    name, colon, rest = text.partition(": ")
    return name if colon and ": " not in rest and len(name.split()) <= LABEL_WORDS and "|" not in name else ""


def _subject(text: str, languages: tuple[str, ...]) -> frozenset[str]:
    """A name that begins a sentence is spoken of to its end; in German every noun looks like one."""
    match = re.match(r"(?:(?:Dr|Mr|Mrs|Ms|Hr|Frau|Herr)\.? )?[A-ZÀ-Þ][\w'’-]+(?= [a-zà-þ])", text)
    return stems(match.group(), languages) if match and "de" not in languages[:1] else frozenset()


def _spans(units: frozenset[Measured]) -> frozenset[Measured]:
    """Those that a price is told for: an hour, a night, a month."""
    return frozenset(unit for unit in units if unit[0] in ("time", "month", "night"))


def _years(text: str, languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(re.findall(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)", text))


def _without_units(text: str) -> str:
    return re.sub(r"\b(?:eur|euro|kr|kroner|uhr|chf|usd|gbp|dkk)\b", "", text, flags=re.IGNORECASE)
