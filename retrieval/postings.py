"""Postings of the terms of a question. Terms in, rows with packed postings out; called by ranking.py.

Those that were asked before come from memory: what visitors of one business ask is much the same, and the n-grams that
cost most to read, because they stand on every page, are the ones that come again.
"""

from __future__ import annotations

from collections.abc import Collection

from retrieval.memory import Known
from retrieval.model import Knowledge
from retrieval.ports import Connection
from retrieval.queries import PostingRow, read_postings

# How many places of n-grams one question may look at, the rarest n-grams first. What is left out stands on a large part
# of all passages and tells them apart least: on 1,216 paragraphs of an encyclopaedia n-grams alone find the right one
# among five for .9475 of the questions with all places, .945 with eight a passage, .946 with four, .939 with two.
PLACES_A_PASSAGE = 8
FEWEST_PLACES = 20_000  # some 0.2 ms: below 1,250 passages hardly any question asks for more
MOST_PLACES = 400_000  # 2 MB, some 4 ms
PLACE_BYTES = 5
ENTRY_BYTES = 220  # of a term in memory, beside its postings


async def postings_of(
    conn: Connection,
    knowledge: Knowledge,
    generation: int,
    known: Known,
    words: Collection[str],
    grams: Collection[str],
    *,
    places: int | None = None,
) -> list[PostingRow]:
    """One row a term that stands anywhere in the business's text; of n-grams the rarest while they fill `places`."""
    if places is None:
        places = min(MOST_PLACES, max(FEWEST_PLACES, PLACES_A_PASSAGE * known.count))
    gram_bytes = PLACE_BYTES * places
    packed = {("w", term): known.postings.get(("w", term)) for term in words}
    packed |= {("g", term): known.postings.get(("g", term)) for term in grams}
    unread = [key for key, held in packed.items() if held is None]
    if unread:
        rows = await read_postings(
            conn,
            knowledge.business_id,
            generation,
            [term for field, term in unread if field == "w"],
            [term for field, term in unread if field == "g"],
            gram_bytes,
        )
        # A term that stands nowhere is kept too, as no postings: misspelt words are asked for again as well.
        read = dict.fromkeys(unread, b"") | {(row.field, row.term): row.packed for row in rows}
        for key, held in read.items():
            if held is not None:
                known.postings.put(key, held, len(held) + ENTRY_BYTES)
        packed |= read
    found = [PostingRow(field, term, held) for (field, term), held in packed.items() if held]
    own = [row for row in found if row.field == "w"]
    return own + _rarest([row for row in found if row.field == "g"], gram_bytes)


def _rarest(rows: list[PostingRow], most: int) -> list[PostingRow]:
    """The same whether they came from memory or not."""
    if sum(len(row.packed) for row in rows) <= most:
        return rows
    rows.sort(key=lambda row: (len(row.packed), row.term))
    kept: list[PostingRow] = []
    for row in rows:
        most -= len(row.packed)
        if most < 0:
            break
        kept.append(row)
    return kept
