"""Damaged copies of good files: the parent lives, none hangs, none falls silent. The large run is in `make bench`."""

from __future__ import annotations

from tests.bench.fuzzing import fuzz


async def test_damaged_copies_end_in_text_or_a_named_reason() -> None:
    outcome = await fuzz(64, seed=7)
    assert outcome.read == 64
    assert outcome.wrong == []
    assert outcome.reasons["read"] > 10  # the harms are not so great that nothing is left to read
