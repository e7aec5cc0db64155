"""Finds for each figure of a clause the place of the passages that says it of the same thing. Clauses in, places out,
or the kind of figure that is not supported.

A figure is withheld when another figure's place is named better, when its day, its limits, its column, its end of a
range or the other figures of its clause are another place's. Called by bind.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from retrieval.verify.addresses import of_address
from retrieval.verify.agree import holds, same_kind, within
from retrieval.verify.clauses import Clause
from retrieval.verify.edges import against
from retrieval.verify.figures import Figure, Kind, plain
from retrieval.verify.lines import Word
from retrieval.verify.places import (
    BY_AMOUNT,
    CONTACT,
    HEAD,
    HELD_BY,
    Fit,
    Place,
    fit_of,
    is_rival,
    keys_of,
    of_another_column,
    of_another_pole,
    same_role,
)
from retrieval.verify.rhythm import other_order
from retrieval.verify.verdict import Withheld
from retrieval.verify.wording import leans

BETTER = 0.75  # by so much another figure's place must fit better to be the one that is meant
CLOSER = 0.15  # for a phone number beside another, of which only words of service tell
_HOUSE = frozenset({Kind.NUMBER, Kind.YEAR, Kind.CODE})

_Scorer = Callable[[Place], Fit]


class Support:
    """Of the passages of one answer. `days`: of each passage as a whole."""

    def __init__(self, places: Sequence[Place], days: Sequence[frozenset[int]], language: str, *, foreign: bool):
        self._places = places
        self._days = days
        self._language = language
        self._foreign = foreign
        self._amounts: dict[str | Decimal | int, list[Place]] | None = None
        self._rivals: dict[tuple[Kind, bool, bool, str | None], list[Place]] = {}

    def places_of(
        self,
        clause: Clause,
        figures: Sequence[Figure],
        words: Sequence[Word],
        topic: Sequence[Word],
        cited: Sequence[int],
    ) -> list[Place] | Withheld:
        """For each figure of a clause a place that says it of the same thing; cited passages first."""
        scores: dict[int, Fit] = {}
        heavy = [word for word in words if not word.light]
        asked = list(words) if heavy and not leans(clause.text, self._language) else [*topic, *words]

        def score(place: Place) -> Fit:
            if id(place.part) not in scores:
                scores[id(place.part)] = fit_of(asked, place)
            return scores[id(place.part)]

        chosen: list[Place] = []
        for said in clause.figures:
            holding = [place for place in self._near_to(said) if holds(place.figure, said, place.part.near)]
            kind = said.kind
            if said.kind in _HOUSE and of_address(clause.text, said.start - clause.start, said.end - clause.start):
                kind = "address"
            if not holding:
                return Withheld(f"unsupported_{kind}", kind)
            fitting = [place for place in holding if self._same_day(clause, place) and same_role(clause, said, place)]
            fitting = [place for place in fitting if self._paired(clause, said, place)]
            if said.kind not in CONTACT:
                fitting = [place for place in fitting if not self._limited(clause, said, place)]
                fitting = [place for place in fitting if not of_another_pole(clause, place)]
            if not fitting:
                return Withheld("figure_of_something_else", kind)
            best = max(
                fitting,
                key=lambda place: (score(place).score + 0.1 * (place.line.passage in cited), score(place).score),
            )
            if of_another_column(figures, words, best):
                return Withheld("figure_of_something_else", kind)
            named = bool(heavy) and not leans(clause.text, self._language)
            if self._said_of_another(clause, figures, said, best, score, asked, named=named):
                return Withheld("figure_of_something_else", kind)
            chosen.append(best)
        return chosen

    def _near_to(self, said: Figure) -> list[Place]:
        """The places that may hold it: what is compared by its amount is looked up by it."""
        if said.kind not in BY_AMOUNT:
            kinds = HELD_BY.get(said.kind, frozenset({said.kind}))
            return [place for place in self._places if place.figure.kind in kinds]
        if self._amounts is None:
            self._amounts = {}
            for place in self._places:
                for key in keys_of(place.figure, place.figure.minutes):
                    self._amounts.setdefault(key, []).append(place)
        found = [place for key in keys_of(said, said.loose) for place in self._amounts.get(key, ())]
        return list({id(place): place for place in found}.values())

    def _said_of_another(
        self,
        clause: Clause,
        figures: Sequence[Figure],
        said: Figure,
        best: Place,
        score: _Scorer,
        asked: Sequence[Word],
        *,
        named: bool,
    ) -> bool:
        """Another figure's place is named by what this clause names, and better."""
        fit = score(best)
        mine, own = fit.score, fit.own
        rivals = self._rivals_of(said)
        dates = [figure for figure in clause.figures if figure.kind in (Kind.DATE, Kind.MONTH)]
        for rival in rivals:
            if rival.part is best.part:
                continue
            if clause.days and rival.part.days and clause.days.isdisjoint(rival.part.days):
                continue  # told of another day
            other = score(rival)
            theirs, closer = other.score, other.own
            if theirs <= mine:
                continue
            kinds = {figure.kind for figure in clause.figures}
            if closer == own and len(kinds) > 1 and _holds_all(best, clause.figures):
                continue  # "for 2 persons 80 €, for 4 persons 120 €": its other figures tell it apart
            if dates and self._of_other_dates(dates, rival):
                around = best.line.beside | best.line.vicinity
                if all(not asked[at].stems.isdisjoint(around) for at in closer - own):
                    continue
            nearer = theirs >= mine + BETTER or (other.nearer(fit) and (named or not own))
            # Nothing that is named stands around the one, but around the other: "Mill Lake:" above its phone.
            nearer |= said.kind in CONTACT and rival.line is best.line and theirs >= mine + CLOSER
            nearer |= named and not own and mine < HEAD and theirs >= mine + HEAD
            if nearer and is_rival(figures, rival):
                return True
        if not named or clause.days or said.kind in CONTACT:
            return False
        if not own and not self._foreign and best.line.unit.row and mine >= HEAD:
            # "Single entry 10 €" of a row that says for whom: other rows of the list are single entry too.
            beside = (rival for rival in rivals if rival.line.passage == best.line.passage and rival.line.unit.row)
            return any(rival.line.label == best.line.label and is_rival(figures, rival) for rival in beside)
        if mine < HEAD:
            # Nothing that is named here has to do with this figure.
            beside = (rival for rival in rivals if rival.line.passage == best.line.passage)
            return not self._foreign or any(is_rival(figures, rival) for rival in beside)
        return False

    def _rivals_of(self, said: Figure) -> list[Place]:
        key = (said.kind, bool(said.loose), bool(said.counted), said.unit)
        if key not in self._rivals:
            self._rivals[key] = [place for place in self._places if same_kind(place.figure, said)]
        return self._rivals[key]

    def _paired(self, clause: Clause, said: Figure, place: Place) -> bool:
        """ "For 8 persons 450 kr" where 8 persons are 320 kr; "10 to 15" where 10-14 and 12-15 are told."""
        at = clause.figures.index(said)
        held = place.part.figures
        for other in clause.figures:
            codes = [figure for figure in place.part.around if figure.kind is other.kind is Kind.CODE]
            if codes and said.kind not in CONTACT and not any(holds(one, other, place.part.near) for one in codes):
                return False  # "English B1" of the row of English A2
            if other is said or other.kind in CONTACT or said.kind in CONTACT:
                continue
            beside = [figure for figure in place.part.around if figure.kind is other.kind is Kind.MEASURE]
            beside = [figure for figure in beside if figure.unit == other.unit]
            if beside and not any(holds(figure, other, place.part.near) for figure in beside):
                return False
            if any(holds(figure, other, place.part.near) for figure in held):
                continue
            taken = [figure for figure in held if figure is not place.figure and same_kind(figure, other)]
            spare = [
                figure
                for figure in taken
                if not any(holds(figure, each, place.part.near) for each in clause.figures if each is not other)
            ]
            if spare and other.kind is not said.kind:
                return False
        if place.figure not in held:
            held = place.part.around  # "11 to 17" in the row's label
        if said.ranged and at and place.figure in held:
            first = clause.figures[at - 1]
            here = held.index(place.figure)
            line_figures = place.line.figures if place.figure in place.line.figures else held
            if place.figure.ranged and here:
                return holds(held[here - 1], first, place.part.near)
            if any(figure.ranged and same_kind(figure, said) for figure in line_figures):
                return False
            before = line_figures[: line_figures.index(place.figure)]
            return any(holds(figure, first, place.part.near) for figure in before) or said.kind in (
                Kind.MONEY,
                Kind.MEASURE,
                Kind.NUMBER,
            )
        return True

    def _same_day(self, clause: Clause, place: Place) -> bool:
        """10-16 on Saturday does not support 10-16 on Sunday, also when one line tells both."""
        if not clause.days:
            return True
        days = place.part.days or place.line.days or self._days[place.line.passage]
        return clause.days <= days and not other_order(clause.text, plain(place.line.unit.text))

    def _limited(self, clause: Clause, said: Figure, place: Place) -> bool:
        """The page limits the figure, or the days it is told for, otherwise."""
        page = place.part.text if " | " in place.line.unit.text else plain(place.line.unit.text)
        whole = " " * clause.start + clause.text
        if against(said, whole, place.figure, page):
            return True
        mine = [figure for figure in clause.figures if figure is not said and figure.kind in (Kind.DATE, Kind.MONTH)]
        theirs = [figure for figure in place.line.told_for if figure.kind in (Kind.DATE, Kind.MONTH)]
        if said.kind in (Kind.DATE, Kind.MONTH, Kind.YEAR) or not theirs:
            return False
        return any(not within(figure, theirs) for figure in mine)

    @staticmethod
    def _of_other_dates(dates: Sequence[Figure], place: Place) -> bool:
        """ "October to March:" is no rival of what is told of May."""
        theirs = [figure for figure in place.line.told_for if figure.kind in (Kind.DATE, Kind.MONTH)]
        return bool(theirs) and not any(within(figure, theirs) for figure in dates)


def _holds_all(place: Place, figures: Sequence[Figure]) -> bool:
    return all(any(holds(figure, each, place.part.near) for figure in place.part.figures) for each in figures)
