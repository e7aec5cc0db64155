"""Times `retrieval.search` as a question does: embedding, transaction, fusion."""

from __future__ import annotations

import time
from uuid import UUID

import numpy as np

from app.services import Services
from retrieval.model import Knowledge
from retrieval.search import search
from tests.bench.synthetic import make_text, vocabulary


async def timed_searches(services: Services, business_id: UUID, count: int) -> tuple[list[float], float]:
    """Milliseconds of `count` questions of eight words each, after one that fills the caches (the second value)."""
    source, words = np.random.default_rng(5), vocabulary()
    knowledge = Knowledge(business_id, "Bench", 1, "en")
    transaction = services.database.bound(business_id)
    times: list[float] = []
    for _ in range(count + 1):
        question = " ".join(make_text(source, words).split()[:8]) + "?"
        began = time.perf_counter()
        await search(question, knowledge, transaction=transaction, embedder=services.embedder_for(()))
        times.append((time.perf_counter() - began) * 1000)
    return times[1:], times[0]
