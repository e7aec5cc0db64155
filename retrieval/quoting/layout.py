"""What the lines of a passage are to each other: headings, names of columns, rows, sentences. Passage in, `Laid` out.

A passage keeps its lines but not its tags, so this is told from shape alone: a short line without figure or full stop
names what follows, a first row without figures names the columns below it. Called by quote.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answer_types import Kind, holds
from retrieval.model import Passage
from retrieval.quoting.days import days_in
from retrieval.units import Unit, cut

CELL = " | "
HEADING_WORDS, QUESTION_WORDS = 10, 25
LIST_RUN = 3  # short lines in a row: the first is their heading, the others its points
LINK = re.compile(
    r"^(?:(?:read|learn|see|show|find out) more|more|details|register now|sign up|subscribe|buy now"
    r"|add to (?:cart|basket)"
    r"|book now|home|back(?: to .*)?|menu|share|download|print|close|next|previous|skip to .*|(?:cookie|privacy).*"
    r"|mehr(?: (?:lesen|erfahren|infos?|informationen))?|weiterlesen|weiter|zurück|startseite|impressum|datenschutz.*"
    r"|jetzt (?:buchen|kaufen|anmelden)|karte laden|drucken|teilen|læs mere|se mere|mere|tilbage|forside|del|book tid"
    r"|en savoir plus|lire la suite|plus d.infos?|voir (?:plus|le panier|tout)|retour|accueil|ajouter .*"
    r"|mentions légales"
    r"|plan du site|leer más|ver más|inicio|volver|leggi tutto|scopri di più|continua|lees meer|meer|terug"
    r"|läs mer|les mer|tilbake|tillbaka|saiba mais|ler mais|czytaj więcej|więcej|dowiedz się więcej)"
    r"\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Laid:
    """A unit and where it stands. Numbers are places among the passage's units."""

    unit: Unit
    heading: bool  # names what follows
    columns: bool  # names the columns of the rows below
    link: bool  # something to press, no knowledge
    section: int  # of the heading it stands under, -1 before the first
    header: int  # of the row that names its columns, -1: none
    line: int


def lay_out(passage: Passage) -> list[Laid]:
    units = cut(passage.text)
    lines = _lines(passage.text, units)
    headings = _headings(units)
    headers = _headers(units)
    laid: list[Laid] = []
    section = -1
    for at, unit in enumerate(units):
        link = LINK.match(unit.text.strip(" »→›>·")) is not None
        heading = at in headings and not link
        if heading:
            section = at
        columns = at in headers.values()
        if columns and headers.get(at - 1, at) != at:
            section = -1  # what stands above the table before is not its name
        laid.append(Laid(unit, heading, columns, link, section, headers.get(at, -1), lines[at]))
    return laid


def cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split("|")]


def _lines(text: str, units: Sequence[Unit]) -> list[int]:
    return [text.count("\n", 0, unit.start) for unit in units]


def _headings(units: Sequence[Unit]) -> set[int]:
    """Of a run of short lines the first is a heading; of two, both (a chapter and its first section)."""
    found = {at for at in range(len(units) - 1) if _heads_rows(units[at], units[at + 1]) or _asks(units[at])}
    at = 0
    while at < len(units):
        if not _short(units[at]):
            at += 1
            continue
        end = at
        while end < len(units) and _short(units[end]):
            end += 1
        run = range(at, end)
        if len(run) < LIST_RUN:
            found.update(run)
        else:
            found.add(at)
            found.update(number for number in run if units[number].text.endswith(":"))
            if end < len(units) and not units[end - 1].text.endswith(","):
                found.add(end - 1)
        at = end
    return found


def _short(unit: Unit) -> bool:
    """ "closed" and "free" are values of the line before."""
    return unit.label and not any(holds(kind, unit.text) for kind in (Kind.TIME, Kind.PRICE))


def _heads_rows(unit: Unit, following: Unit) -> bool:
    """ "10 visits" above "Adults | 50 €", though it holds a figure."""
    plain = unit.row and CELL not in unit.text and unit.text[-1] not in ".!" and len(unit.text.split()) <= HEADING_WORDS
    return plain and CELL in following.text and not any(holds(kind, unit.text) for kind in (Kind.TIME, Kind.PRICE))


def _asks(unit: Unit) -> bool:
    """A question on a page is the heading of its answer."""
    return unit.row and unit.text.endswith("?") and len(unit.text.split()) <= QUESTION_WORDS


def _headers(units: Sequence[Unit]) -> dict[int, int]:
    """Row → the row that names its columns. The next table may follow at once, with the same names but the first."""
    found: dict[int, int] = {}
    at = 0
    while at < len(units):
        end = at
        while end < len(units) and CELL in units[end].text:
            end += 1
        if end - at >= 2 and _names_columns(units[at].text, [unit.text for unit in units[at + 1 : end]]):
            names = cells(units[at].text)
            header = at
            for row in range(at + 1, end):
                values = cells(units[row].text)
                if values[1:] == names[1:]:
                    header = row
                elif len(values) == len(names):
                    found[row] = header
        at = max(end, at + 1)
    return found


def _names_columns(first: str, rows: Sequence[str]) -> bool:
    names = cells(first)
    if any(len(name.split()) > 5 or not name for name in names):
        return False
    if any(sign.isdigit() for sign in first) and not _over_prices(names, rows):
        return False
    if (
        first[-1] in ".!:"
        or days_in(names[0])
        or any(holds(kind, first) for kind in (Kind.PERSON, Kind.TIME, Kind.PRICE))
    ):
        return False
    figures = sum(any(sign.isdigit() for sign in row) for row in rows)
    people = sum(holds(Kind.PERSON, row) for row in rows)
    return max(figures, people) * 2 >= len(rows)


def _over_prices(names: Sequence[str], rows: Sequence[str]) -> bool:
    """ "Cake | 8 to 10 people | Notice": a figure in a name, and all below it are prices."""
    wide = [row for row in map(cells, rows) if len(row) == len(names) and row[1:] != names[1:]]
    return len(wide) > 1 and any(
        all(holds(Kind.PRICE, row[column]) for row in wide)
        for column, name in enumerate(names)
        if any(sign.isdigit() for sign in name) and any(sign.isalpha() for sign in name)
    )
