"""The golden question that is made of an answer of the owner's, and follows it. For gaps and for changed entries.

An entry that is removed takes it out of what is asked (queries.list_active), and brings it back with itself: the
owner's own word about an answer never waits for a question made of that very answer.
"""

from __future__ import annotations

import re
from uuid import UUID

from app.db.pool import Connection
from app.errors import BadInput, Conflict
from app.golden.facts import missing_of
from app.golden.model import NewGolden, Origin
from app.golden.propose import propose_facts
from app.golden.queries import insert_golden, list_of_entry, set_paused, update_golden
from retrieval.model import Citation, Sentence

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


async def keep_entry(
    conn: Connection, business_id: UUID, faq_id: UUID, question: str, answer: str, *, language: str, actor: str
) -> UUID | None:
    """None where as many are watched as can be, or the answer holds nothing to look for: it counts all the same."""
    golden = NewGolden(question, _facts(answer), language=language)
    try:
        return await insert_golden(conn, business_id, golden, origin=Origin.GAP, actor=actor, faq_id=faq_id)
    except (BadInput, Conflict):
        return None


async def follow_entry(
    conn: Connection, business_id: UUID, faq_id: UUID, former_question: str, question: str, answer: str
) -> None:
    """After other words of the owner's: what the answer still says stays expected, else what it says now is."""
    for golden in await list_of_entry(conn, business_id, faq_id):
        facts = _facts(answer) if missing_of(golden.facts, [answer]) else tuple(golden.facts)
        asked = question if golden.question == former_question else golden.question
        if (asked, list(facts)) == (golden.question, golden.facts):
            continue
        if facts:
            await update_golden(conn, business_id, golden.golden_id, NewGolden(asked, facts))
        else:
            await set_paused(conn, business_id, golden.golden_id, True)


def _facts(answer: str) -> tuple[str, ...]:
    parts = [part.strip() for part in _SENTENCE.split(answer) if part.strip()]
    return tuple(propose_facts([Sentence(part, (Citation(1, part, "", "", 0),)) for part in parts]))
