"""Postings of the terms of a question. Terms in, rows with packed postings out; called by search.py."""

from __future__ import annotations

from collections.abc import Collection

from retrieval.memory import Known
from retrieval.model import Knowledge
from retrieval.ports import Connection
from retrieval.queries import PostingRow, read_postings


async def postings_of(
    conn: Connection,
    knowledge: Knowledge,
    generation: int,
    known: Known,
    words: Collection[str],
    grams: Collection[str],
) -> list[PostingRow]:
    """One row a term that stands anywhere in the business's text."""
    return await read_postings(conn, knowledge.business_id, generation, [*words], [*grams])
