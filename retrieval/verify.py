"""Binds what a model wrote to the passages it was given. A sentence in; the same with exact quotes out, or a reason
why it must not be shown.

Every figure must stand in the passages for the thing, day and currency it is said of; words must be shared; the
visitor's words are never looked at. Called by answer.py for each sentence before a letter of it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from retrieval.analyse import SnowballAnalyser
from retrieval.figures import Claim, ClaimKind, Facts, claims_of, currencies, facts_of, plain, weekdays
from retrieval.lexicon import concepts_of
from retrieval.model import Citation, Passage, Sentence
from retrieval.prompt import NO_ANSWER
from retrieval.quote import cite
from retrieval.sentences import MARK
from retrieval.units import Unit, cut

CITATIONS = 3
SHARED_WORDS = 0.25  # of a sentence's words with content; less where its figures already bind it
SHARED_WITH_FIGURES = 0.1
_LIST_MARK = re.compile(r"^\s*(?:[-*•>#]+|\d{1,2}[.)])\s+")
_MARKUP = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_TAG = re.compile(r"<[/!a-z][^>]*>|!\[|\]\(|<script|javascript:|data:[a-z]+/", re.IGNORECASE)
_DAILY = re.compile(
    r"\b(?:daily|every day|all week|täglich|jeden tag|dagligt?|hver dag|tous les jours|chaque jour|quotidien\w*"
    r"|todos los días|diario|tutti i giorni|ogni giorno|dagelijks|elke dag|diariamente|todos os dias|alla dagar"
    r"|codziennie|24/7)\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\b(?:yes|no|sure|certainly|of course|gladly|hello|hi|thanks|thank you|ja|nein|gerne?|natürlich|hallo|danke|nej"
    r"|selvfølgelig|hej|tak|oui|non|bien sûr|bonjour|merci|sí|claro|hola|gracias|sì|certo|ciao|grazie|nee|natuurlijk"
    r"|sim|não|olá|obrigad[oa]|visst|tack|selvsagt|takk|tak|nie|oczywiście|dzień dobry)\b",
    re.IGNORECASE,
)
_EVERY_DAY = frozenset(range(7))
# "Room for two 80 €, for four 120 €": such a part still speaks of the room.
_GOES_ON = re.compile(
    r"\W*(?:and |or |und |oder |og |et |y |e |en )?(?:for|from|with|per|if|after|each|für|ab|mit|pro|je|bei|von|for|fra"
    r"|med|pr|pour|par|avec|dès|para|por|con|desde|per|da|voor|vanaf|met|från|till?)\b",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([^\W\d_]+)\.?\s*$")
_FIRST_WORD = re.compile(r"\s*([^\W\d_]+)")
_JOINTS = re.compile(
    r"[,;:–—](?=\s)|\s(?:and|or|but|und|oder|aber|sowie|og|eller|men|et|ou|mais|y|o|pero|e|ma|en|of|och|i|oraz)\s"
)


@dataclass(frozen=True, slots=True)
class Withheld:
    reason: str


@dataclass(frozen=True, slots=True)
class Courtesy:
    """No claim at all ("Yes.", "Gladly!"): may only go before a sentence that has one."""

    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A unit of a passage with what a reader sees around it."""

    passage: int
    unit: Unit
    facts: Facts
    around: Facts  # with the headings and labels above
    terms: frozenset[str]
    terms_around: frozenset[str]
    terms_label: frozenset[str]  # of the label right above, if there is one


class Verifier:
    """For one answer. `language` is the visitor's, `written` those of the passages."""

    def __init__(self, passages: Sequence[Passage], language: str, written: Sequence[str]):
        self._passages = passages
        self._languages = tuple(dict.fromkeys((*(written or (language,)), language)))
        self._foreign = bool(written) and language not in written
        self._lines = [line for number, passage in enumerate(passages) for line in self._read(number, passage)]
        self._terms = [
            self._stems("\n".join((passage.title, *passage.heading_path, passage.text))) for passage in passages
        ]
        self._whole = [facts_of("\n".join((*passage.heading_path, passage.text))) for passage in passages]

    def bind(self, raw: str) -> Sentence | Courtesy | Withheld | None:
        """None when there is no text in it. `Sentence.text` is what may be shown."""
        marks = [int(number) - 1 for match in MARK.finditer(raw) for number in re.findall(r"\d+", match[1])]
        text = _clean(raw)
        if not text or not any(sign.isalnum() for sign in text):
            return None
        if NO_ANSWER in text or _TAG.search(text):
            return Withheld("refusal" if NO_ANSWER in text else "markup")
        cited = [number for number in dict.fromkeys(marks) if 0 <= number < len(self._passages)]
        claims = claims_of(text)
        words = self._words(text)
        if not claims and not weekdays(text) and not (words and _POLITE.sub("", text).strip(" ,.!?")):
            return Courtesy(text)
        lines: list[_Line] = []
        for clause in _clauses(text, claims):
            found = self._support(clause, cited)
            if isinstance(found, Withheld):
                return found
            lines += found
        chosen = list(dict.fromkeys([line.passage for line in lines])) or cited or self._nearest(words)
        shared = self._shared(words, [*chosen, *cited])
        if self._foreign:
            # Words of two languages do not meet: then a figure, a name or the model's own mark must bind it.
            if not (cited or claims or shared):
                return Withheld("no_support")
        elif shared < (SHARED_WITH_FIGURES if claims and lines else SHARED_WORDS):
            return Withheld("no_support")
        return Sentence(text, self._citations(words, lines, chosen))

    def _support(self, clause: _Clause, cited: Sequence[int]) -> list[_Line] | Withheld:
        """For each figure and weekday of a clause a line that says it of the same thing; cited passages first."""
        order = {number: at for at, number in enumerate(cited)}
        lines = sorted(self._lines, key=lambda line: order.get(line.passage, len(order) + line.passage))
        terms = self._stems(clause.text)
        chosen: list[_Line] = []
        for claim in clause.claims:
            holding = [line for line in lines if line.facts.hold(claim)]
            if not holding:
                return Withheld(f"unsupported_{claim.kind}")
            fitting = [
                line for line in holding if self._same_day(claim, clause, line) and self._same_currency(clause, line)
            ]
            if not fitting:
                return Withheld("figure_of_something_else")
            if claim.kind in (ClaimKind.NUMBER, ClaimKind.TIME) and self._said_of_another(claim, terms, fitting, lines):
                return Withheld("figure_of_something_else")
            chosen.append(max(fitting, key=lambda line: self._fit(line, clause, terms, order)))
        if clause.days and not clause.claims:
            holding = [line for line in lines if clause.days <= _days(line.around) or _DAILY.search(line.unit.text)]
            if not holding and not any(clause.days <= _days(facts) for facts in self._whole):
                return Withheld("unsupported_weekday")
            chosen += holding[:1]
        return chosen

    def _same_day(self, claim: Claim, clause: _Clause, line: _Line) -> bool:
        """10-16 on Saturday does not support 10-16 on Sunday, also when one line tells both."""
        if not clause.days or _DAILY.search(line.unit.text):
            return True
        parts = [part for part in _parts(line.unit.text) if part.days]
        if parts:
            return clause.days <= frozenset[int]().union(*(p.days for p in parts if facts_of(p.text).hold(claim)))
        near = _days(line.around)
        if near:
            return clause.days <= near
        whole = self._passages[line.passage]
        return clause.days <= _days(self._whole[line.passage]) or bool(_DAILY.search(whole.text))

    def _same_currency(self, clause: _Clause, line: _Line) -> bool:
        if not clause.currencies:
            return True
        near = line.facts.currencies or line.around.currencies or self._whole[line.passage].currencies
        return clause.currencies <= near

    def _said_of_another(
        self, claim: Claim, terms: frozenset[str], fitting: Sequence[_Line], lines: Sequence[_Line]
    ) -> bool:
        """Another line names the thing and gives it another figure, and no line with this figure names it."""
        if all(self._better_named(claim, terms, line, lines) for line in fitting):
            return True
        if any(terms & line.terms_around for line in fitting):
            named = set[str]().union(*(terms & line.terms_around for line in fitting))
            passages = {line.passage for line in fitting}
            rows = [line for line in lines if line.passage in passages and line.unit.row]
            rivals = [line for line in rows if not line.facts.hold(claim) and (line.facts.numbers or line.facts.times)]
            return any(
                (terms & line.terms) - named and not (terms & line.terms & named) for line in rivals
            ) and not any(terms & line.terms for line in fitting)
        rivals = [line for line in lines if not line.facts.hold(claim) and (line.facts.numbers or line.facts.times)]
        return any(terms & line.terms for line in rivals)

    def _better_named(self, claim: Claim, terms: frozenset[str], line: _Line, lines: Sequence[_Line]) -> bool:
        """Another part of the same line, or another row beside it, is named by all that names this one and by more."""
        told = _parts(line.unit.text)
        head = self._stems(told[0].text) if told else frozenset[str]()
        parts = [
            (self._stems(part.text) | (head if _GOES_ON.match(part.text) else frozenset[str]()), facts_of(part.text))
            for part in told
        ]
        mine = [terms & named for named, facts in parts if facts.hold(claim)]
        others = [terms & named for named, facts in parts if not facts.hold(claim) and (facts.numbers or facts.times)]
        if mine and any(all(own < other for own in mine) for other in others):
            return True
        if not line.unit.row:
            return False
        around, own = terms & line.terms_around, terms & (line.terms or line.terms_label)
        for other in lines:
            if other.passage == line.passage and other.unit.row and not other.facts.hold(claim):
                if not (other.facts.numbers or other.facts.times):
                    continue
                wider, closer = terms & other.terms_around, terms & (other.terms or other.terms_label)
                if around < wider or (around == wider and own < closer):
                    return True
        return False

    def _fit(self, line: _Line, clause: _Clause, terms: frozenset[str], order: dict[int, int]) -> tuple[float, ...]:
        held = sum(line.facts.hold(claim) for claim in clause.claims)
        return (float(line.passage in order), float(held), float(len(terms & line.terms_around)), -float(line.passage))

    def _citations(
        self, words: Sequence[frozenset[str]], lines: Sequence[_Line], chosen: Sequence[int]
    ) -> tuple[Citation, ...]:
        """An exact quote for each line that was needed; without figures the line that shares most words."""
        needed = list({(line.passage, line.unit.start): line for line in lines}.values())
        for number in chosen:
            if not any(line.passage == number for line in needed):
                own = [line for line in self._lines if line.passage == number]
                if own:
                    needed.append(max(own, key=lambda line: _overlap(words, line.terms | line.terms_around)))
        needed = needed[:CITATIONS] or self._lines[:1]
        return tuple(cite(self._passages[line.passage], line.passage, line.unit.text) for line in needed)

    def _nearest(self, words: Sequence[frozenset[str]]) -> list[int]:
        best = max(range(len(self._terms)), key=lambda number: _overlap(words, self._terms[number]), default=None)
        return [] if best is None else [best]

    def _shared(self, words: Sequence[frozenset[str]], passages: Iterable[int]) -> float:
        if not words:
            return 1.0
        terms = set[str]().union(*(self._terms[number] for number in passages))
        return sum(bool(word & terms) for word in words) / len(words)

    def _read(self, number: int, passage: Passage) -> list[_Line]:
        lines: list[_Line] = []
        units = cut(passage.text)
        labels: list[str] = []
        above = ""
        for unit in units:
            around = "\n".join((*passage.heading_path[-2:], *labels[-2:], unit.text))
            lines.append(
                _Line(
                    number,
                    unit,
                    facts_of(unit.text),
                    facts_of(around),
                    self._stems(unit.text),
                    self._stems(around),
                    self._stems(above),
                )
            )
            above = unit.text if unit.label else ""
            if unit.label:
                labels.append(unit.text)
        return lines

    def _words(self, text: str) -> list[frozenset[str]]:
        """Each word with content in all its stems, with the page words of the business concepts it names."""
        analyser = SnowballAnalyser()
        spoken = self._languages[-1]
        found: list[frozenset[str]] = []
        for word in dict.fromkeys(re.findall(r"[^\W_][\w-]*", text)):
            if any(sign.isdigit() for sign in word):
                continue
            stems = frozenset(term for term in analyser.words(word, spoken))
            if stems:
                stems |= frozenset(term for code in self._languages for term in analyser.words(word, code))
                if self._foreign:
                    for concept in concepts_of(word, (spoken,)):
                        stems |= concept.page_terms(self._languages[:-1]).keys()
                found.append(stems)
        return found

    def _stems(self, text: str) -> frozenset[str]:
        return _stems(text, self._languages)


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    claims: tuple[Claim, ...]
    days: frozenset[int]
    currencies: frozenset[str]


def _clauses(text: str, claims: Sequence[Claim]) -> list[_Clause]:
    """Cut where a new figure may be said of a new thing; a clause without a day of its own keeps the one before."""
    cuts = [0]
    for joint in _JOINTS.finditer(text):
        inside = any(claim.start < joint.end() and joint.start() < claim.end for claim in claims)
        if _between_days(text, joint) or _between_figures(text, joint, claims):
            continue
        ahead = any(claim.start >= joint.end() for claim in claims)
        behind = any(cuts[-1] <= claim.start < joint.start() for claim in claims)
        if behind and ahead and not inside and (weekdays(text[joint.end() :]) or _has_word(text[joint.end() :])):
            cuts.append(joint.end())
    cuts.append(len(text))
    clauses: list[_Clause] = []
    days: frozenset[int] = frozenset()
    for start, end in pairwise(cuts):
        part = text[start:end]
        own = tuple(claim for claim in claims if start <= claim.start < end)
        days = (_EVERY_DAY if _DAILY.search(part) else frozenset(weekdays(part))) or days
        clauses.append(_Clause(part, own, days, currencies(part)))
    return clauses


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[_Clause, ...]:
    """A line of a passage cut as an answer is: "Sat 10-14, Sun 12-16" tells of two days. What stands before the
    first day belongs to it."""
    text = plain(text)
    parts = _clauses(text, claims_of(text))
    first = next((part.days for part in parts if part.days), frozenset[int]())
    return tuple(part if part.days else replace(part, days=first) for part in parts)


def _between_days(text: str, joint: re.Match[str]) -> bool:
    """ "Mon - Fri" and "Monday, Tuesday" are one thing said."""
    before = _LAST_WORD.search(text, 0, joint.start())
    after = _FIRST_WORD.match(text, joint.end())
    return bool(before and after and weekdays(before[1]) and weekdays(after[1]))


def _between_figures(text: str, joint: re.Match[str], claims: Sequence[Claim]) -> bool:
    """ "9 - 17" and "between 9 and 17"; a comma may part two things."""
    before = max((claim.end for claim in claims if claim.end <= joint.start()), default=0)
    after = min((claim.start for claim in claims if claim.start >= joint.end()), default=len(text))
    return (
        joint.group()[0] not in ",;:"
        and not text[before : joint.start()].strip()
        and not (text[joint.end() : after].strip())
    )


def _has_word(text: str) -> bool:
    return re.search(r"[^\W\d_]{3,}", text) is not None


@lru_cache(maxsize=8192)
def _stems(text: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Of words only: a shared figure must not make two lines speak of the same thing."""
    analyser = SnowballAnalyser()
    terms = {term for code in languages for term in analyser.words(text, code)}
    return frozenset(term for term in terms if not any(sign.isdigit() for sign in term))


def _days(facts: Facts) -> frozenset[int]:
    return facts.weekdays


def _overlap(words: Sequence[frozenset[str]], terms: frozenset[str]) -> int:
    return sum(bool(word & terms) for word in words)


def _clean(raw: str) -> str:
    text = _UNSEEN.sub("", MARK.sub("", raw))
    text = _MARKUP.sub("", _LIST_MARK.sub("", text))
    return plain(" ".join(text.split()))
