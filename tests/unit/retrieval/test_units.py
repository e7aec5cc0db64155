"""What can be quoted: sentences and rows, each an exact part of the passage."""

from __future__ import annotations

import pytest

from retrieval.units import cut


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("We open at 10. Come in!", ["We open at 10. Come in!"]),  # "10." may be a date; together they are safe
        ("Dr. Wu is here. She speaks Danish.", ["Dr. Wu is here.", "She speaks Danish."]),
        ("Am 1. Mai z. B. sind wir da. Kommen Sie!", ["Am 1. Mai z. B. sind wir da.", "Kommen Sie!"]),
        ("Mon | 10.30 - 16.00\nTue | closed", ["Mon | 10.30 - 16.00", "Tue | closed"]),
        ("今日は開いています。明日は休みです。", ["今日は開いています。", "明日は休みです。"]),
        ("  \n\n", []),
    ],
)
def test_sentences_and_rows_are_cut(text: str, units: list[str]) -> None:
    found = cut(text)
    assert [unit.text for unit in found] == units
    assert all(text[unit.start : unit.end] == unit.text for unit in found)


def test_labels_are_told_from_values_and_sentences() -> None:
    heading, price, sentence = cut("Opening hours\nAdults 5 €\nWe are here.")
    assert heading.label and not price.label and not sentence.label
