"""Binds what a model wrote to the passages it was given. A sentence in; the same with exact quotes out, or a reason
why it must not be shown.

Every figure must stand in the passages for the thing, day, currency, unit and people it is said of; names must stand
there; the yes and no must be the line's own; words must be shared. The visitor's words are never looked at. Called by
written.py for each sentence or clause before a letter of it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from retrieval.analyse import stop_words
from retrieval.lexicon import COMPOUNDING
from retrieval.model import Citation, Passage, Sentence
from retrieval.prompt import NO_ANSWER
from retrieval.quote import cite
from retrieval.sentences import MARK
from retrieval.verify import polarity
from retrieval.verify.clauses import clauses
from retrieval.verify.days import excepted, weekdays
from retrieval.verify.figures import Figure, Kind, figures_of, plain
from retrieval.verify.folded import fold
from retrieval.verify.lines import Line, Part, Word, read, stems
from retrieval.verify.names import names_of
from retrieval.verify.people import People
from retrieval.verify.places import (
    Bound,
    Place,
    crossed,
    other_share,
)
from retrieval.verify.rhythm import other_order
from retrieval.verify.support import Support
from retrieval.verify.verbatim import altered
from retrieval.verify.verdict import Courtesy, Withheld
from retrieval.verify.wording import (
    DETECTED,
    STEM,
    alike,
    clean,
    detected,
    is_stop,
    masked,
    segments_of,
    sounded,
    tokens_of,
    without_figures,
    word_of,
)

CITATIONS = 3
SHARED_WORDS = 0.5  # of a sentence's words with content; less where its figures already bind it
SHARED_WITH_FIGURES = 0.3
COPIED_WORDS = 5  # a shorter line means little without what stands around it
COPIES = 1  # lines that a sentence may be copied from
MIXED_WORDS = 3  # with content, below which two lines are not told apart
POLARITY_LINES = 8  # that share most words are asked for yes and no
_TAG = re.compile(r"<[/!a-z][^>]*>|!\[|\]\(|<script|javascript:|data:[a-z]+/", re.IGNORECASE)
_POLITE = re.compile(
    r"\b(?:yes|no|sure|certainly|of course|gladly|hello|hi|thanks|thank you|ja|nein|gerne?|natürlich|hallo|danke|nej"
    r"|selvfølgelig|hej|tak|oui|non|bien sûr|bonjour|merci|sí|claro|hola|gracias|sì|certo|ciao|grazie|nee|natuurlijk"
    r"|sim|não|olá|obrigad[oa]|visst|tack|selvsagt|takk|nie|oczywiście|dzień dobry)\b",
    re.IGNORECASE,
)
# Neighbours that share most of their words: a sentence in one is not clearly not in the other.
_ALIKE = ({"da", "no", "sv", "nb", "nn"}, {"es", "pt", "it"}, {"nl", "de"})


def _of_head(part: Part) -> list[Figure]:
    """Figures of a row's label and a column's head that are said of each cell: 45 minutes, 4 persons."""
    return [figure for figure in part.around if figure.kind is Kind.MEASURE]


class Verifier:
    """For one answer. `language` is the visitor's, `written` those of the passages; `names` may be said as they are."""

    def __init__(self, passages: Sequence[Passage], language: str, written: Sequence[str], names: Sequence[str] = ()):
        self._passages = passages
        self._language = language
        self._languages = tuple(dict.fromkeys((*(written or (language,)), language)))
        self._foreign = bool(written) and language not in written
        self._lines = [line for at, passage in enumerate(passages) for line in read(at, passage, self._languages)]
        places = [
            Place(figure, part, line)
            for line in self._lines
            for part in line.parts
            for figure in (*part.figures, *(_of_head(part) if part.figures else ()))
        ]
        texts = ["\n".join((passage.title, *passage.heading_path, passage.text)) for passage in passages]
        self._terms = [stems(text, self._languages) for text in texts]
        self._tokens = frozenset(fold(token) for text in (*texts, *names) for token in tokens_of(plain(text)))
        days = [weekdays(plain(text)) for text in texts]
        self._long: list[str] | None = None
        self._by_beginning: dict[str, list[str]] | None = None
        self._copies: dict[str, list[Line]] | None = None
        self._cognates: dict[str, list[str]] | None = None
        self._topic: tuple[Word, ...] = ()
        self._support = Support(places, days, language, foreign=self._foreign)
        self._people = People(self._lines, self._terms, self._tokens, self._languages, foreign=self._foreign)

    def bind(self, raw: str) -> Sentence | Courtesy | Withheld | None:
        """None when there is no text in it. `Sentence.text` is what may be shown."""
        marks = [int(number) - 1 for match in MARK.finditer(raw) for number in re.findall(r"\d+", match[1])]
        shown = clean(raw)
        text = plain(shown)
        if not text or not any(sign.isalnum() for sign in text):
            return None
        if NO_ANSWER in text or _TAG.search(text):
            return Withheld("refusal" if NO_ANSWER in text else "markup")
        cited = [number for number in dict.fromkeys(marks) if 0 <= number < len(self._passages)]
        spoken = self._spoken(text)
        figures = figures_of(text, spoken)
        if not figures and not weekdays(text) and not _POLITE.sub("", text).strip(" ,.!?"):
            return Courtesy(shown)
        if self._in_another_language(text):
            return Withheld("wrong_language")
        if (line := self._copied(text, cited)) is not None:
            self._topic = tuple(word for word in self._words(text) if not word.light) or self._topic
            return Sentence(shown, (cite(self._passages[line.passage], line.passage, line.unit.text),))
        bare = masked(text, figures)
        words = self._words(bare)
        topic, self._topic = self._topic, tuple(word for word in words if not word.light) or self._topic
        places: list[Place] = []
        bound: list[Bound] = []
        told = clauses(text, figures, spoken)
        for clause in told:
            if (
                clause is told[0]
                and len(told) > 1
                and not any(not word.light for word in self._words(without_figures(clause)))
            ):
                topic = tuple(word for word in words if not word.light)  # "In 1999, she …": what follows is meant
            if clause is told[0] and clause.days:
                topic = ()  # a day says what is meant; the sentence before is over
            own = self._words(without_figures(clause))
            found = self._support.places_of(clause, figures, own, topic, cited)
            if isinstance(found, Withheld):
                return found
            places += found
            asked = own if any(not word.light for word in own) else [*topic, *own]
            bound += [Bound(said, at, asked) for said, at in zip(clause.figures, found, strict=True)]
            topic = tuple(word for word in own if not word.light) or topic
        if swapped := crossed(bound):
            return Withheld("figure_of_something_else", swapped.kind)
        lines = list(dict.fromkeys(place.line for place in places))
        days = frozenset[int]() if figures else weekdays(text)
        if days and not self._tells_days(text, days, words, cited) and not self._leaves_out(text, days, words):
            return Withheld("unsupported_weekday", "weekday")
        chosen = list(dict.fromkeys([line.passage for line in lines])) or cited or self._nearest(words)
        reason = self._unnamed(text, words, lines) or self._unshared(text, words, figures, chosen, cited)
        reason = reason or self._turned(text, words, places, lines, cited)
        if reason is not None:
            return reason
        return Sentence(shown, self._citations(words, lines, chosen, weekdays(text)))

    def _copied(self, text: str, cited: Sequence[int]) -> Line | None:
        """The line that the sentence is, letter for letter: nothing is said that the page does not say."""
        if self._copies is None:
            self._copies = {}
            for line in self._lines:
                if (
                    (not line.unit.row or line.unit.text[-1] == ".")
                    and not line.question
                    and len(line.unit.text.split()) >= COPIED_WORDS
                ):
                    self._copies.setdefault(plain(" ".join(line.unit.text.split())), []).append(line)
        found = self._copies.get(text, [])
        return next((line for line in found if line.passage in cited), found[0] if found else None)

    # ---- figures

    def _tells_days(self, text: str, days: frozenset[int], words: Sequence[Word], cited: Sequence[int]) -> bool:
        """Of what is spoken of: the lines with days that share most of the words."""
        found: list[tuple[float, bool, int]] = []
        words = [word for word in words if not weekdays(word.text)]
        for line in self._lines:
            for part in line.parts:
                told = part.days or line.days
                if told:
                    around = part.terms | line.terms | line.label | line.head | line.beside
                    met = sum(0.2 if word.light else 1.0 for word in words if not word.stems.isdisjoint(around))
                    found.append((met, days <= told and not other_order(text, plain(line.unit.text)), line.passage))
        best = max((met for met, _, _ in found), default=0.0)
        if best < 1 and self._foreign:  # no word of another language meets: then only where the model says
            return any(holds_them for _, holds_them, passage in found if passage in cited)
        return any(holds_them for met, holds_them, _ in found if met >= best - 0.1)

    def _leaves_out(self, text: str, days: frozenset[int], words: Sequence[Word]) -> bool:
        """ "Not on Wednesdays" of what is "daily except Wednesday"."""
        if not any(piece.negative for piece in polarity.pieces(text, self._spoken(text))):
            return False
        heavy = [word for word in words if not word.light]
        return any(
            days <= excepted(plain(line.unit.text)) and all(not word.stems.isdisjoint(line.vicinity) for word in heavy)
            for line in self._lines
        )

    # ---- words

    def _unnamed(self, text: str, words: Sequence[Word], lines: Sequence[Line]) -> Withheld | None:
        """A name that the passages do not hold, or that they hold of something else."""
        found = list(names_of(text, self._language))
        if not all(self._people.known(name) for _, name in found):
            return Withheld("unsupported_name", "name")
        for start, end in segments_of(text, self._spoken(text)):
            names = [name for at, name in found if start <= at < end]
            if names and not self._people.together(names, self._words(text[start:end]), lines):
                return Withheld("name_of_something_else", "name")
        return None

    def _mixed(self, words: Sequence[Word], near: Sequence[Line]) -> bool:
        """One line's subject with what another, that is built alike, says of its own."""
        heavy = [word for word in words if not word.light]
        if self._foreign or not near or len(heavy) < MIXED_WORDS:
            return False
        first = near[0]
        missing = [word for word in heavy if word.stems.isdisjoint(first.vicinity | first.beside)]
        told = [word for word in heavy if not word.stems.isdisjoint(first.terms)]
        if not missing or " | " in first.unit.text:
            return False
        for line in self._lines:
            if line is first or line.passage != first.passage or " | " in line.unit.text:
                continue
            if any(not word.stems.isdisjoint(line.terms) for word in missing):
                both = [word for word in told if not word.stems.isdisjoint(line.terms)]
                own = [word for word in told if word.stems.isdisjoint(line.vicinity | line.beside)]
                if both and own:
                    return True
        return False

    def _unshared(
        self, text: str, words: Sequence[Word], figures: Sequence[Figure], chosen: Sequence[int], cited: Sequence[int]
    ) -> Withheld | None:
        heavy = [word for word in words if not word.light]
        passages = [*chosen, *cited]
        if not heavy:
            told = bool(figures) or bool(weekdays(text))
            return None if told else Withheld("no_support")
        held = [self._meets(word, passages) for word in heavy]
        if self._foreign:
            # Words of two languages do not meet: then a figure, a name or the model's own mark must bind it.
            return None if cited or figures or any(held) else Withheld("no_support")
        if sum(held) < (SHARED_WITH_FIGURES if figures else SHARED_WORDS) * len(heavy):
            return Withheld("no_support")
        bare = masked(text, figures)
        for start, end in segments_of(text, self._spoken(text)):
            own = [word for word in self._words(bare[start:end]) if not word.light]
            met = sum(self._meets(word, passages) for word in own)
            # Also where a long sentence comes clause by clause: "…, and a glass of champagne."
            added = (start > 0 or text[:1].islower()) and not any(start <= figure.start < end for figure in figures)
            if own and (not met or (added and 2 * met <= len(own))):
                return Withheld("no_support")
        return None

    def _meets(self, word: Word, passages: Sequence[int]) -> bool:
        if any(not word.stems.isdisjoint(self._terms[number]) for number in passages):
            return True
        if not COMPOUNDING & set(self._languages) or len(word.text) < 6:
            return False
        if self._long is None:
            self._long = [term for terms in self._terms for term in terms if len(term) >= 5]
        folded = fold(word.text)
        return any(
            folded.startswith(term) or folded.endswith(term) or term.startswith(folded) or term.endswith(folded)
            for term in self._long
        )

    def _turned(
        self,
        text: str,
        words: Sequence[Word],
        places: Sequence[Place],
        lines: Sequence[Line],
        cited: Sequence[int],
    ) -> Withheld | None:
        heavy = [word for word in words if not word.light] or list(words)
        days = weekdays(text)

        def shared(line: Line) -> float:
            met = sum(not word.stems.isdisjoint(line.terms) for word in heavy)
            return met + 0.5 * bool(days & line.days) + 0.2 * (line.passage in cited) + (line in lines)

        ranked = sorted(((shared(line), -at) for at, line in enumerate(self._lines)), reverse=True)[:POLARITY_LINES]
        near = [self._lines[-at] for value, at in ranked if value >= 0.5]
        copied = [line for line in near[:COPIES] if " | " not in line.unit.text]
        for line in copied:
            if (change := altered(text, line, self._spoken(text), self._languages)) is not None:
                return Withheld("altered", change)
        cells = frozenset(place.part.text for place in places)
        for said in polarity.pieces(text, self._spoken(text)):
            own = self._words(said.text)
            figured = any(sign.isdigit() for sign in said.text) and bool(lines)
            against = polarity.turned(
                said,
                own,
                lines if figured else near,
                self._languages,
                sure=figured,
                cells=cells if figured else frozenset(),
            )
            if against is not None:
                return Withheld("polarity", "detail")
        if not self._foreign and any(other_share(text, place) for place in places):
            return Withheld("figure_of_something_else", "detail")
        if not lines:
            for start, end in segments_of(text, self._spoken(text)):
                if self._mixed(self._words(text[start:end]), near):
                    return Withheld("said_of_another", "detail")
        if polarity.poles_crossed(text, list(lines) or near[:1], near, self._languages):
            return Withheld("polarity", "detail")
        alike = [line for line in near if shared(line) >= shared(near[0])]
        bound = list(lines) or alike
        for line in bound:
            if polarity.turned_within(text, line, self._spoken(text), self._languages):
                return Withheld("polarity", "detail")
            if polarity.dropped(text, words, line, self._languages):
                return Withheld("restriction_left_out", "detail")
        return None

    def _spoken(self, text: str) -> tuple[str, ...]:
        """The visitor's language, and the pages' where a sentence is in it after all: its numbers count as well."""
        told = detected(text[:DETECTED], self._language)
        return (self._language,) if told == self._language or told not in self._languages else (self._language, told)

    def _in_another_language(self, text: str) -> bool:
        """A whole sentence, quotes and what the pages write left aside."""
        if detected(text[:DETECTED], self._language) == self._language:
            return False
        bare = re.sub(r"[\"“„«].*?[\"”“»]", " ", text)
        kept = [
            token
            for token in re.findall(r"[^\W\d_]+", bare)
            if not token[0].isupper() and (not self._foreign or fold(token) not in self._tokens or is_stop(token))
        ]
        if len(kept) < 4:
            return False
        found = detected(" ".join(kept)[:DETECTED], self._language)
        if found == self._language or any({found, self._language} <= group for group in _ALIKE):
            return False
        stops = sum(fold(token) in stop_words(self._language) for token in kept)
        theirs = sum(fold(token) in stop_words(found) for token in kept)
        return theirs >= 2 and theirs >= 2 * stops + 1

    # ---- quotes

    def _citations(
        self, words: Sequence[Word], lines: Sequence[Line], chosen: Sequence[int], days: frozenset[int]
    ) -> tuple[Citation, ...]:
        """An exact quote for each line that was needed; without figures the line that shares most words."""
        needed = list(lines)
        heavy = [word for word in words if not word.light] or list(words)

        def shared(line: Line) -> tuple[int, int]:
            own = (
                2 * bool(days and days <= line.days)
                + bool(days and days == line.days)
                + sum(not word.stems.isdisjoint(line.terms) for word in heavy)
            )
            around = sum(not word.stems.isdisjoint(line.label | line.head) for word in heavy)
            return own, around

        if not needed:
            for number in chosen:
                own = [line for line in self._lines if line.passage == number]
                if own:
                    needed.append(max(own, key=shared))
            if len(needed) > 1:
                needed = [line for line in needed if shared(line)[0]] or needed[:1]
        needed = needed[:CITATIONS] or self._lines[:1]
        return tuple(cite(self._passages[line.passage], line.passage, line.unit.text) for line in needed)

    def _nearest(self, words: Sequence[Word]) -> list[int]:
        heavy = [word for word in words if not word.light]

        def shared(number: int) -> int:
            return sum(not word.stems.isdisjoint(self._terms[number]) for word in heavy)

        best = max(range(len(self._terms)), key=shared, default=None)
        return [] if best is None else [best]

    def _words(self, text: str) -> list[Word]:
        """Each word with content in all its stems, with the page words of the business concepts it names."""
        found: list[Word] = []
        for token in dict.fromkeys(tokens_of(text)):
            word = word_of(token, self._languages, self._language, self._foreign)
            if word is not None:
                found.append(word if word.light or len(token) < STEM + 1 else self._inflected(word))
        return found

    def _inflected(self, word: Word) -> Word:
        """With the passages' other forms of it that the stemmer does not bring together: kurset, kursus."""
        if self._by_beginning is None:
            self._by_beginning = {}
            for term in frozenset[str]().union(*self._terms):
                if len(term) >= STEM:
                    self._by_beginning.setdefault(term[:STEM], []).append(term)
        own = fold(word.text)
        if self._foreign:
            if self._cognates is None:
                self._cognates = {}
                for term in frozenset[str]().union(*self._terms):
                    self._cognates.setdefault(sounded(term), []).append(term)
            word = replace(word, stems=word.stems.union(self._cognates.get(sounded(own), ())))
        like = [term for term in self._by_beginning.get(own[:STEM], ()) if alike(own, term)]
        return replace(word, stems=word.stems.union(like)) if like else word
