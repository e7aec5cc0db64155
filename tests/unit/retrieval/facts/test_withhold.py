"""What the owner set aside is taken out of passages, and nothing else is; what is left are exact parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from ingestion.facts.model import value_key_of
from retrieval.facts.withhold import Overruled, withhold
from retrieval.hours.overruled import is_overruled
from retrieval.hours.queries import ChunkRow, DecidedRow, FoundRow
from retrieval.model import Passage
from tests.unit.retrieval.passages import passage

VERSION = uuid4()
TEXT = "Prices\nAdults 5 €\nChildren 3 €\nSeason\nAdults 50 €"


class Words:
    def count(self, text: str) -> int:
        return len(text.split())


def found(
    kind: str, subject: str, value: dict[str, Any], shown: str, at: int | None = None, version: UUID = VERSION
) -> FoundRow:
    end = None if at is None else at + len(shown)
    key = "".join(sign for sign in subject.casefold() if sign.isalnum())
    return FoundRow(kind, subject, key, value, value_key_of(value), shown, uuid4(), version, at, end)


def decided(state: str, kind: str, subject: str, value: dict[str, Any], found_key: str | None = None) -> DecidedRow:
    key = "".join(sign for sign in subject.casefold() if sign.isalnum())
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return DecidedRow(state, kind, subject, key, value, value_key_of(value), found_key, "-", at)


def without(*rows: FoundRow, text: str = TEXT, everywhere: bool = True) -> tuple[Passage, ...]:
    chunk = ChunkRow(0, [100, 100 + len(text)], text)
    gone = [Overruled(row, everywhere) for row in rows]
    return withhold([passage(text)], [(VERSION, chunk)], gone, ("en",), Words())


def test_a_line_goes_by_its_place_and_the_pieces_are_exact_parts() -> None:
    at = TEXT.index("5 €")
    pieces = without(found("price", "Adults", {"amount": "5.00"}, "5 €", 100 + at))
    assert [one.text for one in pieces] == ["Children 3 €\nSeason\nAdults 50 €"]
    assert all(one.text in TEXT for one in pieces)
    assert "Prices" in pieces[0].heading_path  # the name above what is left is kept


def test_an_equal_figure_of_something_else_stays() -> None:
    text = "Adults 5 €\nTowels 5 €"
    [left] = without(found("price", "Adults", {"amount": "5.00"}, "5 €", version=uuid4()), text=text)
    assert left.text == "Towels 5 €"


def test_a_number_goes_however_it_is_written_unless_another_fact_has_it() -> None:
    row = found("phone", "", {"e164": "+4512345678"}, "12 34 56 78", version=uuid4())
    text = "Call +45 12345678 today.\nOr write to us."
    assert [one.text for one in without(row, text=text)] == ["Or write to us."]
    assert [one.text for one in without(row, text=text, everywhere=False)] == [text]


def test_the_owners_own_lines_are_never_taken_out() -> None:
    own = replace(passage("Phone: 12 34 56 78"), url="fact:x")
    row = found("phone", "", {"e164": "+4512345678"}, "12 34 56 78")
    assert withhold([own], [], [Overruled(row, everywhere=True)], ("en",), Words()) == (own,)


def test_what_the_owners_word_sets_aside() -> None:
    saturday = found("hours", "", {"days": [6], "spans": [["10:00", "14:00"]]}, "Sat 10-14")
    said = {"days": [6], "spans": [["10:00", "16:00"]]}
    assert is_overruled(saturday, [decided("corrected", "hours", "", said)])
    assert not is_overruled(saturday, [decided("corrected", "hours", "Kitchen", said)])
    assert not is_overruled(saturday, [decided("confirmed", "hours", "", saturday.value)])
    assert not is_overruled(saturday, [decided("corrected", "hours", "", {**said, "days": [7]})])
    assert is_overruled(saturday, [decided("rejected", "hours", "", saturday.value)])
    phone = found("phone", "", {"e164": "+4512345678"}, "12 34 56 78")
    assert not is_overruled(phone, [decided("added", "phone", "", {"e164": "+4599999999"})])  # a second number
    assert is_overruled(phone, [decided("rejected", "phone", "", phone.value)])
    hourly = found("price", "Sauna", {"amount": "5.00", "per": "hour"}, "5 €")
    assert not is_overruled(hourly, [decided("corrected", "price", "Sauna", {"amount": "30.00", "per": "day"})])
    assert is_overruled(hourly, [decided("corrected", "price", "Sauna", {"amount": "6.00", "per": "hour"})])
