"""What a process keeps of generations is bounded by bytes, however many businesses ask whatever."""

from __future__ import annotations

from uuid import uuid4

import numpy as np

from retrieval.memory import POSTINGS_BYTES, Known, Memory, Shelf, Vectors


def known(count: int = 40) -> Known:
    norms = np.zeros(count, np.float32)
    return Known(count, norms, norms, ("en",))


def test_shelf_never_holds_more_than_its_bytes() -> None:
    shelf = Shelf[int, str](1000)
    for number in range(500):
        shelf.put(number % 300, "x", 100)
        assert shelf.bytes <= 1000
    assert len(shelf) == 10 and shelf.get(199) == "x" and shelf.get(0) is None


def test_what_is_larger_than_a_shelf_is_not_kept_and_empties_nothing_for_ever() -> None:
    shelf = Shelf[int, str](1000)
    shelf.put(1, "large", 5000)
    assert shelf.bytes == 0 and shelf.get(1) is None
    shelf.put(2, "small", 10)
    assert shelf.get(2) == "small"


def test_thousands_of_businesses_stay_within_the_bound_of_the_process() -> None:
    memory = Memory(max_bytes=2_000_000)
    for _ in range(5000):
        business = uuid4()
        memory.keep(business, 1, known())
        met = memory.find(business, 1)
        assert met is not None
        for term in range(20):  # what its question met
            met.postings.put(("g", str(term)), b"x" * 100, 320)
        memory.find(business, 1)
        assert memory.bytes <= 2_000_000
    assert 100 < len(memory) < 700


def test_growth_of_what_is_kept_makes_others_leave() -> None:
    memory = Memory(max_bytes=1_000_000)
    ids = [uuid4() for _ in range(50)]
    for business in ids:
        memory.keep(business, 1, known())
    grown = memory.find(ids[-1], 1)
    assert grown is not None and len(memory) == 50
    grown.vectors = Vectors("m", np.zeros((600, 384), np.float32), np.zeros((1, 384), np.float16), np.zeros(601, int))
    memory.find(ids[-1], 1)
    assert memory.bytes <= 1_000_000 and len(memory) < 50 and memory.find(ids[-1], 1) is grown


def test_a_new_generation_frees_the_bytes_of_the_older() -> None:
    memory = Memory()
    business = uuid4()
    memory.keep(business, 1, known(100_000))
    memory.keep(business, 2, known(10))
    assert memory.bytes < 10_000 and memory.find(business, 1) is None


def test_one_business_never_keeps_more_postings_than_its_share() -> None:
    """A visitor who asks for ever new made-up words."""
    one = known()
    for number in range(120_000):
        one.postings.put(("g", str(number)), b"", 220)
    assert one.postings.bytes <= POSTINGS_BYTES
