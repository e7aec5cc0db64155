"""Texts of passages, from memory where they were read a moment ago. Numbers in, rows out; called by ranking.py."""

from __future__ import annotations

import time
from collections.abc import Sequence

from retrieval.memory import Known, ReadText
from retrieval.model import Knowledge
from retrieval.ports import Connection
from retrieval.queries import PassageRow, read_passages

# Text and address of a generation's passages never change. When the page was last seen to say so does, without a new
# generation: so late may a visitor be told.
FRESH_SECONDS = 60.0
ROW_BYTES = 700  # beside its text


async def passages_of(
    conn: Connection, knowledge: Knowledge, generation: int, known: Known, numbers: Sequence[int]
) -> list[PassageRow]:
    """In no order; numbers that are not there are left out."""
    now = time.monotonic()
    held = {number: known.texts.get(number) for number in numbers}
    rows = [text.row for text in held.values() if text is not None and now - text.at < FRESH_SECONDS]
    fresh = {row.chunk_no for row in rows}
    unread = [number for number in held if number not in fresh]
    if unread:
        for row in await read_passages(conn, knowledge.business_id, generation, unread):
            known.texts.put(row.chunk_no, ReadText(row, now), 2 * len(row.text) + ROW_BYTES)
            rows.append(row)
    return rows
