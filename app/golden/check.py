"""Asks the golden questions of a staged generation before it goes out. Two generations in, why the owner is asked
first out, or nothing. Called through the ports of ingestion; docs/decisions/0038.

No transaction is open while it asks; what was answered is written at the end in one. A worker that dies leaves
nothing behind, and a check that cannot be made never keeps a reading from being published: it is told.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

import structlog

from app.businesses.model import Business
from app.businesses.queries import read_business
from app.golden.ask import ask_generation
from app.golden.model import Asks, Generation, Golden, Result
from app.golden.queries import list_active, list_results, put_results, read_generation
from app.golden.remembered import Remembered
from app.golden.tell import held_because, lost, won
from ingestion.ports import AnswersChecked
from retrieval.ports import EmbeddingFailed

SECONDS = 60.0  # for all questions of both generations; each takes some milliseconds
NO_TIME = "There was no time to ask more of them; the rest goes out unchecked."
NO_VECTORS = "The service that compares questions with your pages did not answer, so nothing could be checked."
FAULT = "A fault of Milo's own kept them from being asked. The reading goes out unchecked."
log = structlog.get_logger(__name__)


async def check_answers(parts: Asks, business_id: UUID, generation: int, over: int | None) -> AnswersChecked:
    """`over`: what is live. Whatever goes wrong in here is a sentence of the result."""
    async with parts.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id)
        questions = await list_active(conn, business_id)
        staged = await read_generation(conn, business_id, generation)
        live = await read_generation(conn, business_id, over) if over is not None else None
        before = {one.golden_id: one for one in await list_results(conn, business_id, over or 0)}
    if business is None or staged is None or not questions:
        return AnswersChecked()
    try:
        return await _check(parts, business, questions, staged, live, before)
    except EmbeddingFailed as error:
        log.warning("golden.not_asked", business=str(business_id), reason=str(error))
        return AnswersChecked(unasked=len(questions), why_unasked=NO_VECTORS)
    except Exception as error:  # whatever it is, the reading is not lost for it
        log.exception("golden.fault", business=str(business_id), error=type(error).__name__)
        return AnswersChecked(unasked=len(questions), why_unasked=FAULT)


async def _check(
    parts: Asks,
    business: Business,
    questions: Sequence[Golden],
    staged: Generation,
    live: Generation | None,
    before: dict[UUID, Result],
) -> AnswersChecked:
    deadline, remembered = time.monotonic() + SECONDS, Remembered()
    # Those that may hold it first: right on what is live, then those never asked there.
    ordered = sorted(questions, key=lambda one: _rank(before.get(one.golden_id)))
    asked = await ask_generation(parts, business, staged, ordered, deadline=deadline, remembered=remembered)
    after = {one.golden_id: one for one in asked}
    asked_live: list[Result] = []
    if live is not None:
        # Where it counts, what is live is asked again now: the clock and the owner's facts may have gone on, and then
        # it is not this reading that loses the answer. What there is no time for counts as it was stored.
        again = [one for one in ordered if _to_ask_again(before.get(one.golden_id), after.get(one.golden_id))]
        asked_live = await _ask_live(parts, business, live, again, deadline, remembered)
        before |= {one.golden_id: one for one in asked_live}
    async with parts.database.business_transaction(business.business_id) as conn:
        await put_results(conn, business.business_id, staged.generation, questions, list(after.values()))
        if live is not None:
            await put_results(conn, business.business_id, live.generation, questions, asked_live)
    pairs = [
        (one, before[one.golden_id], after[one.golden_id])
        for one in questions
        if one.golden_id in before and one.golden_id in after
    ]
    worse = [lost(*pair) for pair in pairs if pair[1].passed and not pair[2].passed]
    better = [won(*pair) for pair in pairs if pair[2].passed and not pair[1].passed]
    unasked = len(questions) - len(after)
    return AnswersChecked(
        hold=held_because(worse) if worse else None,
        lost=tuple(worse),
        won=tuple(better),
        unasked=unasked,
        why_unasked=NO_TIME if unasked else "",
    )


async def _ask_live(
    parts: Asks,
    business: Business,
    live: Generation,
    questions: Sequence[Golden],
    deadline: float,
    remembered: Remembered,
) -> list[Result]:
    """None where the model that it was embedded with is not at hand any more: what was stored counts."""
    try:
        return await ask_generation(parts, business, live, questions, deadline=deadline, remembered=remembered)
    except EmbeddingFailed as error:
        log.warning("golden.live_not_asked", business=str(business.business_id), reason=str(error))
        return []


def _rank(before: Result | None) -> int:
    return 1 if before is None else 0 if before.passed else 2


def _to_ask_again(before: Result | None, after: Result | None) -> bool:
    return before is None or (after is not None and before.passed != after.passed)
