"""Times `retrieval.search` as a question does: embedding, transaction, fusion."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from app.services import Services
from retrieval.model import Knowledge
from retrieval.search import search
from tests.bench.synthetic import make_question

WARM_UP = 20  # questions, as of a business that is asked now and then


@dataclass(frozen=True, slots=True)
class Searched:
    """Milliseconds. `total` is the whole call; `search` what `milo search` prints as ms.search: without embedding."""

    total: float
    search: float
    found: int


async def timed_searches(services: Services, business_id: UUID, count: int, k: int = 5) -> tuple[list[Searched], float]:
    """`count` different questions of five rare words each, after some that fill the memory; and the first one's ms."""
    times = [await _timed(services, business_id, number, k) for number in range(count + WARM_UP)]
    return times[WARM_UP:], times[0].total


async def one_search(services: Services, business_id: UUID, number: int) -> Searched:
    return await _timed(services, business_id, number, 5)


async def _timed(services: Services, business_id: UUID, number: int, k: int) -> Searched:
    question = make_question(np.random.default_rng(number))
    knowledge = Knowledge(business_id, "Bench", 1, "en")
    began = time.perf_counter()
    found = await search(
        question,
        knowledge,
        transaction=services.database.bound(business_id),
        embedder=services.embedder_for(()),
        k=k,
    )
    return Searched((time.perf_counter() - began) * 1000, found.search_ms, len(found.passages))


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
