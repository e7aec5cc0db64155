"""Takes in one question that nothing answered: the worker's handler of CollectGap.

Comes in: the answer that was none. Goes out: a masked copy of its question with a vector of its own, in the gap of the
same meaning or in a new one. Masked before it is embedded, embedded without a transaction, and the same job twice
leaves one row. A visitor who asks the same again counts once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.businesses.model import Business
from app.businesses.queries import read_business
from app.conversations.why import open_why
from app.db.pool import Connection
from app.gaps.alike import Meaning, meaning_of, same_meaning
from app.gaps.mail.weekly import plan_mail
from app.gaps.model import Collects, Near
from app.gaps.queries import (
    Unanswered,
    insert_gap,
    insert_question,
    is_collected,
    list_near,
    list_of_other_models,
    lock_gaps,
    new_question_id,
    note_asked,
    put_vector,
    read_unanswered,
)
from app.gaps.worth import LONGEST, worth_collecting
from app.jobs.model import ClaimedJob, CollectGap, Lease
from app.people.mask import mask
from app.vault.keys import BusinessKeys
from ingestion.ports import Embedder
from retrieval.language import detect

LOOKED_AT = 100  # of the most alike questions; to open and read one takes less than half a millisecond
RENEWED = 64  # questions of an earlier model that are embedded anew with each that comes in


@dataclass(frozen=True, slots=True)
class _Taken:
    business: Business
    keys: BusinessKeys
    asked: Unanswered
    text: str
    language: str


async def collect_gap(parts: Collects, claimed: ClaimedJob, lease: Lease) -> None:
    assert isinstance(claimed.job, CollectGap)
    taken = await _take(parts, claimed.business_id, claimed.job.message_id)
    if taken is None:
        return
    embedder = parts.embedder_for(taken.business.allowed_processors)
    await _renew(parts, taken, embedder)
    vector = (await embedder.embed([taken.text]))[0]
    async with parts.database.business_transaction(claimed.business_id) as conn:
        await lock_gaps(conn, claimed.business_id)
        # The visitor may have been forgotten while this was on its way.
        still = await read_unanswered(conn, claimed.business_id, claimed.job.message_id)
        if still is None or await is_collected(conn, claimed.business_id, still.question_message_id):
            return
        await _put(conn, taken, embedder.model, vector)


async def _take(parts: Collects, business_id: UUID, message_id: UUID) -> _Taken | None:
    """None for what was forgotten, answered after all, taken in before, or no question."""
    async with parts.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id)
        asked = await read_unanswered(conn, business_id, message_id)
        if business is None or asked is None or await is_collected(conn, business_id, asked.question_message_id):
            return None
        keys = await parts.vault.keys(conn, business_id)
    typed = keys.open("messages", "text", asked.question_message_id, asked.text_sealed)
    language = asked.language or detect(typed, business.language)
    text = _masked(typed, asked.asked_at)
    if not meaning_of(text, language, business.language).words and asked.why_sealed is not None:
        # "And on Sundays?" says what it asks only together with what went before.
        text = _masked(" ".join(open_why(keys, message_id, asked.why_sealed).searched) or typed, asked.asked_at)
    if not worth_collecting(text, language, business.name):
        return None
    return _Taken(business, keys, asked, text, language)


def _masked(typed: str, at: datetime) -> str:
    line = " ".join(mask(typed, at.date()).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


async def _renew(parts: Collects, taken: _Taken, embedder: Embedder) -> None:
    """After another model was configured, what is there becomes comparable again, the latest first."""
    business_id = taken.business.business_id
    async with parts.database.business_transaction(business_id) as conn:
        earlier = await list_of_other_models(conn, business_id, embedder.model, limit=RENEWED)
    if not earlier:
        return
    texts = [taken.keys.open("gap_questions", "text", row.question_id, row.text_sealed) for row in earlier]
    vectors = await embedder.embed(texts)
    async with parts.database.business_transaction(business_id) as conn:
        for row, vector in zip(earlier, vectors, strict=True):
            await put_vector(conn, business_id, row.question_id, embedder.model, vector)


async def _put(conn: Connection, taken: _Taken, model: str, vector: NDArray[np.float32]) -> None:
    business_id, asked = taken.business.business_id, taken.asked
    near = await list_near(conn, business_id, model, vector, limit=LOOKED_AT)
    gap_id = _same(taken, near)
    if gap_id is None:
        gap_id = await insert_gap(conn, business_id, asked.asked_at)
    else:
        await note_asked(conn, business_id, gap_id, asked.asked_at)
    question_id = await new_question_id(conn)
    await insert_question(
        conn,
        business_id,
        gap_id,
        question_id,
        asked,
        language=taken.language,
        model=model,
        vector=vector,
        text_sealed=taken.keys.seal("gap_questions", "text", question_id, taken.text),
    )
    # Last: whoever answers locks the gap and then rings for the job, and two orders of locks would wait for each other.
    await plan_mail(conn, taken.business, asked.asked_at)


def _same(taken: _Taken, near: list[Near]) -> UUID | None:
    """The gap with the most alike question that asks the same and half of whose questions say so too.

    Half: or one wide question would draw in what its neighbours never asked.
    """
    meaning = meaning_of(taken.text, taken.language, taken.business.language)
    agree: dict[UUID, list[bool]] = defaultdict(list)
    for row in near:
        known: Meaning = meaning_of(
            taken.keys.open("gap_questions", "text", row.question_id, row.text_sealed),
            row.language or taken.business.language,
            taken.business.language,
        )
        agree[row.gap_id].append(same_meaning(meaning, known, row.likeness))
    # `near` comes the most alike first, and so do the gaps here.
    return next((gap_id for gap_id, votes in agree.items() if any(votes) and 2 * sum(votes) >= len(votes)), None)
