"""Golden questions and a generation in, what it answers out: quoted, so that no token is spent and the same text gives
the same answer. Called by check.py, refresh.py and `milo eval`. Nothing is stored here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from app.businesses.model import Business
from app.golden.facts import missing_of
from app.golden.model import Asks, Expects, Generation, Golden, Result
from app.golden.remembered import Remembered
from retrieval.answer import answer
from retrieval.model import Answer, AnswerEnded, AnswerStatus, Asked, Knowledge
from retrieval.ports import AnswerPorts

EACH_SECONDS = 10.0  # of one question; a few milliseconds is what it takes


async def ask_generation(
    parts: Asks,
    business: Business,
    at: Generation,
    questions: Sequence[Golden],
    *,
    deadline: float,
    remembered: Remembered,
) -> list[Result]:
    """In the order of the questions, as far as there was time until `deadline` (of time.monotonic).

    `remembered`: of this round, shared by the generations that are asked in it.

    Raises EmbeddingFailed: found by words alone, an answer would say nothing of the pages.
    """
    try:
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            ports = await _ports(parts, business, at, questions, remembered)
    except TimeoutError:
        return []
    knowledge = knowledge_at(business, at)
    results: list[Result] = []
    for one in questions:
        room = min(deadline - time.monotonic(), EACH_SECONDS)
        if room <= 0:
            break
        try:
            async with asyncio.timeout(room):
                results.append(judge(one, await answered(knowledge, one.question, ports)))
        except TimeoutError:
            continue  # this one cannot be spoken for; the next may
    return results


def knowledge_at(business: Business, at: Generation | None) -> Knowledge:
    return Knowledge(
        business_id=business.business_id,
        business_name=business.name,
        generation=at.generation if at is not None else None,
        language=business.language,
        time_zone=business.time_zone,
        country=business.country,
        model=at.model if at is not None else None,
    )


async def answered(knowledge: Knowledge, question: str, ports: AnswerPorts) -> Answer:
    """The whole answer, as a visitor would have it who asks nothing else."""
    ended: Answer | None = None
    async for event in answer(knowledge, Asked(question), ports):
        if isinstance(event, AnswerEnded):
            ended = event.answer
    assert ended is not None
    return ended


def judge(golden: Golden, given: Answer) -> Result:
    cited = [citation for sentence in given.sentences for citation in sentence.citations]
    said = [given.text, *(citation.quote for citation in cited)]
    passages = [f"{passage.title}\n{passage.heading}\n{passage.text}" for passage in given.passages]
    missing = missing_of(golden.facts, said)
    says = given.status == AnswerStatus.ANSWERED
    return Result(
        golden_id=golden.golden_id,
        passed=not says if golden.expects == Expects.NO_ANSWER else says and not missing,
        found=bool(golden.facts) and not missing_of(golden.facts, passages),
        status=given.status,
        missing=missing,
        text=given.text,
        citations=[
            {"quote": one.quote, "url": one.url, "title": one.title, "page": one.page} for one in dict.fromkeys(cited)
        ],
    )


async def _ports(
    parts: Asks, business: Business, at: Generation, questions: Sequence[Golden], remembered: Remembered
) -> AnswerPorts:
    embedder = parts.embedder_of(at.model, business.allowed_processors)
    if embedder is not None and questions:
        embedder = remembered.around(embedder)
        # All at once: one request to a provider, a few batches of the local model.
        await embedder.embed([one.question.strip() for one in questions])
    return AnswerPorts(
        transaction=parts.database.bound(business.business_id),
        embedder=embedder,
        tokenizer=parts.tokenizer,
        now=parts.clock,
        comparer=remembered.around(parts.comparer),
    )
