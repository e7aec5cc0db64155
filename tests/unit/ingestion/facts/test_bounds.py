"""Hostile text costs linear time, and what is too much is counted, not lost in silence."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import uuid4

import pytest

from ingestion.facts.model import FactKind, Place
from ingestion.facts.recognise import OF_A_DOCUMENT, recognise
from ingestion.model import BlockKind, StoredBlock, Version

SIGNS = 6_000


def lines(texts: Sequence[str]) -> Version:
    blocks: list[StoredBlock] = []
    at = 0
    for text in texts:
        blocks.append(StoredBlock(BlockKind.PARAGRAPH, at, at + len(text)))
        at += len(text) + 1
    return Version(uuid4(), uuid4(), "https://x.example/", "T", "de", "\n".join(texts), tuple(blocks))


def seconds(version: Version) -> float:
    begun = time.process_time()
    recognise([version], Place("de", "DE"))
    return time.process_time() - begun


@pytest.mark.parametrize(
    "make",
    [
        lambda n: ["1" * n],
        lambda n: ["Mo " * (n // 3)],
        lambda n: ["12 " * (n // 3)],
        lambda n: ["@" * n],
        lambda n: ["(at) " * (n // 5)],
        lambda n: ["a." * (n // 2)],
        lambda n: [" " * 100 + "Mo 9-17 " * 100] * (n // 900),
        lambda n: ["Mo", "9-17"] * (n // 8),
        lambda n: ["Mo"] * (n // 3) + ["9-17"] * (n // 6),
        lambda n: ["1 € " * 300] * (n // 1200),
        lambda n: ["Tel. 0511 12345 Mo 9-17"] * (n // 24),
        lambda n: ["Aa " * 120 + "12345 Bonn"] * (n // 370),
        lambda n: ["24., " * 250] * (n // 1250),
        lambda n: ["1.5.-3.9. " * 100] * (n // 1000),
        lambda n: ["kostet " * 200 + "1 €"] * (n // 1400),
    ],
)
def test_hostile_text_costs_linear_time(make: Callable[[int], list[str]]) -> None:
    # Eight times the text; quadratic would be 64 times the work. Processor time, so that a loaded machine is no matter.
    small = seconds(lines(make(SIGNS)))
    assert seconds(lines(make(8 * SIGNS))) < 24 * small + 0.25


def test_what_is_beyond_the_bounds_is_counted() -> None:
    version = lines([f"Ware {number} kostet {number} €" for number in range(1, 1001)] + ["Tel. 0511 1234567"])
    found = recognise([version], Place("de", "DE"))
    assert len(found.facts) == OF_A_DOCUMENT and found.left_out == 701
    assert any(fact.kind is FactKind.PHONE for fact in found.facts), "prices go before a telephone does"
    less = recognise([version], Place("de", "DE"), room=10)
    assert (len(less.facts), less.left_out) == (10, 991)
