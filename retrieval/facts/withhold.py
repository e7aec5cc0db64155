"""Takes out of passages what the owner set aside. Passages in, the same without those lines out.

A passage with such a line comes back as the pieces before and behind it, each still an exact part of what is stored,
so that neither a model, the verifier nor a quote ever meets the old figure. Called by at_hand.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from retrieval.facts.model import EMAIL, PHONE, PRICE
from retrieval.facts.naming import last_of, name_of, within
from retrieval.hours.cite import SHORTEST, place_in
from retrieval.hours.queries import ChunkRow, FoundRow
from retrieval.model import Passage
from retrieval.ports import Tokenizer
from retrieval.units import Unit, cut

LABELS = 2  # names above that a piece keeps as its headings
_NUMBER = re.compile(r"(?:\+|00)?\(?\d(?:[ \u00a0\u202f()/.\-–]{0,3}\d){5,15}")
_FIGURE = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+(?:[.,]\d\d)?(?!\d)|(?<![\d.,])\d+(?:[.,]\d\d)?(?!\d|[.,]\d)"
)
NATIONAL = 7  # last digits of a phone number that stand in every spelling of it


@dataclass(frozen=True, slots=True)
class Overruled:
    """`everywhere`: no fact in force says the same value under another name."""

    row: FoundRow
    everywhere: bool


def withhold(
    passages: Sequence[Passage],
    chunks: Sequence[tuple[UUID, ChunkRow]],
    overruled: Sequence[Overruled],
    languages: Sequence[str],
    tokenizer: Tokenizer,
) -> tuple[Passage, ...]:
    """`chunks`: the stored ones of the passages, with their versions. The owner's own lines stay as they are."""
    stored = {chunk.chunk_no: (version, chunk) for version, chunk in chunks}
    kept: list[Passage] = []
    for passage in passages:
        if passage.url.startswith(("fact:", "faq:")):
            kept.append(passage)
            continue
        units = cut(passage.text)
        gone = [_lost(passage, unit, units, stored.get(passage.chunk_no), overruled, languages) for unit in units]
        kept += [passage] if not any(gone) else _pieces(passage, units, gone, tokenizer)
    return tuple(kept)


def _lost(
    passage: Passage,
    unit: Unit,
    units: Sequence[Unit],
    stored: tuple[UUID, ChunkRow] | None,
    overruled: Sequence[Overruled],
    languages: Sequence[str],
) -> bool:
    return any(_stands_in(unit, one.row, stored) or _says(passage, unit, units, one, languages) for one in overruled)


def _stands_in(unit: Unit, row: FoundRow, stored: tuple[UUID, ChunkRow] | None) -> bool:
    """By its place in the version that the passage was cut from."""
    if stored is None or row.start_at is None or row.end_at is None or stored[0] != row.version_id:
        return False
    begin, end = place_in(stored[1], row.start_at), place_in(stored[1], row.end_at - 1)
    if begin is None and end is None:
        return False
    first = begin if begin is not None else end
    last = end if end is not None else begin
    assert first is not None and last is not None
    return first < unit.end and unit.start <= last


def _says(passage: Passage, unit: Unit, units: Sequence[Unit], one: Overruled, languages: Sequence[str]) -> bool:
    """By its words: what is kept once for many pages, or told to machines only, has no place of its own."""
    row = one.row
    if row.kind == PHONE:
        return one.everywhere and _holds_number(unit.text, str(row.value.get("e164") or ""))
    if row.kind == EMAIL:
        return one.everywhere and str(row.value.get("address") or "\0").casefold() in unit.text.casefold()
    if len(row.shown) >= SHORTEST and row.kind != PRICE:
        return row.shown in unit.text
    if row.kind == PRICE and (row.shown in unit.text or _holds_amount(unit.text, str(row.value.get("amount") or ""))):
        before = [other for other in units if other.end <= unit.start]
        above = [other.text for other in before if other.label][-LABELS:]
        if before and before[-1].text.rstrip().endswith("?"):
            above.append(before[-1].text)  # "What is a day ticket?" and its answer
        told = name_of("\n".join((*passage.heading_path, *above, unit.text)), languages)
        return within(name_of(last_of(row.subject), languages), told)
    return False


def _holds_amount(text: str, amount: str) -> bool:
    """18.00 as 18, 18,00 or 18.00, and 1000.50 as 1.000,50: whole figures only."""
    whole, _, part = amount.partition(".")
    if not whole.isdigit():
        return False
    for figure in _FIGURE.findall(text):
        plain = figure.rstrip(".,")
        cents = plain[-2:] if re.search(r"[.,]\d\d$", plain) else ""
        digits = re.sub(r"\D", "", plain[:-3] if cents else plain)
        if digits == whole and (cents or "00") == (part or "00"):
            return True
    return False


def _holds_number(text: str, e164: str) -> bool:
    digits = re.sub(r"\D", "", e164)
    return len(digits) > NATIONAL and any(
        re.sub(r"\D", "", match[0]).endswith(digits[-NATIONAL:]) for match in _NUMBER.finditer(text)
    )


def _pieces(passage: Passage, units: Sequence[Unit], gone: Sequence[bool], tokenizer: Tokenizer) -> list[Passage]:
    pieces: list[Passage] = []
    run: list[Unit] = []
    labels: list[str] = []
    for unit, lost in [*zip(units, gone, strict=True), (None, True)]:
        if unit is not None and not lost:
            run.append(unit)
            continue
        if run and not all(one.label for one in run):
            text = passage.text[run[0].start : run[-1].end]
            path = tuple(dict.fromkeys((*passage.heading_path, *labels[-LABELS:])))
            pieces.append(replace(passage, text=text, heading_path=path, tokens=tokenizer.count(text)))
        labels += [one.text for one in run if one.label]
        run = []
    return pieces
