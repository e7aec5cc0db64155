"""Of the rows of a table that would be said, those that the question names. Called by choose.py.

Who asks for the rye loaf's price is not read the other five. That holds where every word of the question is one of
these rows', of the table or its heading, or asks for the figure; another word may mean another row, and all are said.
"""

from __future__ import annotations

from retrieval.quoting.features import Place, Reading
from retrieval.quoting.layout import CELL


def called_by_name(reading: Reading, chosen: set[int], best: int) -> set[int]:
    """`chosen` and `best` are places of the reading."""
    kept = set(chosen)
    asking = _asking(reading)
    for rows in _tables(reading, chosen):
        terms = {index: reading.terms(reading.places[index].text) for index in rows}
        around = reading.terms("\n".join(reading.names(reading.places[rows[0]])))
        common = around | _shared(reading, reading.places[rows[0]])
        named = {index for index in rows if any(term & terms[index] - common for term in reading.asked.terms)}
        known = asking.union(around, *(terms[index] for index in named))
        if named and (best in named or best not in rows) and all(term & known for term in reading.asked.terms):
            kept -= set(rows) - named
    return kept


def _asking(reading: Reading) -> frozenset[str]:
    """Words that ask for a figure and name no row: "price", "open"."""
    asked = reading.asked
    return frozenset(
        stem
        for concept in asked.concepts
        if concept.kinds
        for code in asked.languages
        for form in concept.forms.get(code, ())
        for stem in form.stems
    )


def _tables(reading: Reading, chosen: set[int]) -> list[list[int]]:
    """The chosen rows of each table, in order."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for index in sorted(chosen):
        place = reading.places[index]
        if CELL in place.text and not place.laid.columns and not place.laid.heading:
            found.setdefault(_table(place), []).append(index)
    return [rows for rows in found.values() if len(rows) > 1]


def _shared(reading: Reading, row: Place) -> frozenset[str]:
    """Words that stand in every row of its table: they tell none apart."""
    shared = reading.terms(row.text)
    for place in reading.places:
        if _table(place) == _table(row):
            shared &= reading.terms(place.text)
    return shared


def _table(place: Place) -> tuple[int, int, int]:
    return place.passage, place.laid.section, place.laid.header
