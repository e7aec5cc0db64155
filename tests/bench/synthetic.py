"""Made-up businesses with chunks, windows and postings, written straight into the tables.

For figures that need many businesses in one table, where crawling them would take hours. The text is
random words of a Zipf-like vocabulary, the vectors are random unit vectors; the rows have the shape
and number that ingestion writes for passages of some 250 words.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from uuid import UUID, uuid4

import numpy as np
from pgvector import HalfVector
from pgvector.psycopg import register_vector_async

from app.db.pool import Connection, Database
from ingestion.ports import Analyser

WINDOWS = 6
WORDS = 220
SYLLABLES = ["ba", "ko", "mi", "ter", "san", "lu", "pre", "von", "dal", "ri", "sto", "ne", "gu", "fa", "che", "wo"]


def vocabulary(size: int = 12_000) -> list[str]:
    """Words of two to five syllables, no two alike."""
    source = np.random.default_rng(1)
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(source.choice(SYLLABLES, source.integers(2, 6)))] = None
    return list(words)


async def plant_business(
    database: Database, analyser: Analyser, *, slug: str, chunks: int, model: str, dimensions: int, seed: int
) -> UUID:
    """A business whose generation 1 is live with so many chunks. Returns its id."""
    business_id, source = uuid4(), np.random.default_rng(seed)
    words = vocabulary()
    texts = [make_text(source, words) for _ in range(chunks)]
    async with database.business_transaction(business_id) as conn:
        await register_vector_async(conn)
        await conn.execute("SET LOCAL statement_timeout = 0")
        version_id, document_id = await _plant_document(conn, business_id, slug, model, analyser.version)
        await _plant_chunks(conn, business_id, document_id, version_id, texts)
        for window in range(WINDOWS + 1):
            await _plant_windows(conn, business_id, window, chunks, model, source, dimensions)
        await _plant_postings(conn, business_id, "w", [analyser.words(text, "en") for text in texts])
        await _plant_postings(conn, business_id, "g", [analyser.grams(text) for text in texts])
    async with database.directory_transaction() as conn:
        await conn.execute(
            "INSERT INTO business_slugs (slug, business_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", (slug, business_id)
        )
    return business_id


def make_text(source: np.random.Generator, words: list[str]) -> str:
    """Word frequencies fall like 1/rank, as in real text."""
    ranks = np.minimum(source.zipf(1.3, WORDS), len(words)) - 1
    return " ".join(words[rank] for rank in ranks)


async def _plant_document(
    conn: Connection, business_id: UUID, slug: str, model: str, analyser: str
) -> tuple[UUID, UUID]:
    ids = {"b": business_id, "s": uuid4(), "d": uuid4(), "v": uuid4(), "slug": slug, "model": model, "an": analyser}
    await conn.execute(
        "INSERT INTO businesses (business_id, slug, name, live_generation, last_generation)"
        " VALUES (%(b)s, %(slug)s, %(slug)s, 1, 1)",
        ids,
    )
    await conn.execute(
        "INSERT INTO sources (business_id, source_id, kind, url) VALUES (%(b)s, %(s)s, 'site', 'https://x.example/')",
        ids,
    )
    await conn.execute(
        "INSERT INTO documents (business_id, document_id, source_id, url)"
        " VALUES (%(b)s, %(d)s, %(s)s, 'https://x.example/')",
        ids,
    )
    await conn.execute(
        "INSERT INTO document_versions (business_id, version_id, document_id, words, content_hash, media_type, title,"
        " links, blocks, text) VALUES (%(b)s, %(v)s, %(d)s, 1, 'h', 'text/html', 't', '{}', '[]', 't')",
        ids,
    )
    await conn.execute(
        "INSERT INTO generations (business_id, generation, state, embedding_model, analyser, published_at)"
        " VALUES (%(b)s, 1, 'published', %(model)s, %(an)s, now())",
        ids,
    )
    await conn.execute(
        "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
        " VALUES (%(b)s, 1, %(d)s, %(v)s)",
        ids,
    )
    return ids["v"], ids["d"]


async def _plant_chunks(conn: Connection, business_id: UUID, document: UUID, version: UUID, texts: list[str]) -> None:
    await conn.execute(
        """
        INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, kind, language,
            text_hash, spans, title, heading_path, text)
        SELECT %(b)s, 1, n - 1, %(d)s, %(v)s, 375, 'page', 'en', h, ARRAY[0, 1], 'Page', '{}', t
        FROM unnest(%(texts)s::text[], %(hashes)s::bytea[]) WITH ORDINALITY AS u (t, h, n)
        """,
        {
            "b": business_id,
            "d": document,
            "v": version,
            "texts": texts,
            "hashes": [hashlib.sha256(text.encode()).digest() for text in texts],
        },
    )


async def _plant_windows(
    conn: Connection, business_id: UUID, window: int, count: int, model: str, source: np.random.Generator, size: int
) -> None:
    vectors = source.standard_normal((count, size)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)"
            " VALUES (%s, 1, %s, %s, %s, %s, %s)",
            [
                (business_id, window, number, model, source.bytes(32), HalfVector(vector))
                for number, vector in enumerate(vectors)
            ],
        )


async def _plant_postings(conn: Connection, business_id: UUID, field: str, terms: list[list[str]]) -> None:
    found: dict[str, dict[int, int]] = {}
    for number, chunk_terms in enumerate(terms):
        for term, count in Counter(chunk_terms).items():
            found.setdefault(term, {})[number] = min(count, 255)
    packed = [
        np.array(list(entry), dtype="<u4").tobytes() + np.array(list(entry.values()), dtype=np.uint8).tobytes()
        for entry in found.values()
    ]
    await conn.execute(
        "INSERT INTO postings (business_id, generation, field, term, packed)"
        " SELECT %(b)s, 1, %(f)s, t, p FROM unnest(%(terms)s::text[], %(packed)s::bytea[]) AS u (t, p)",
        {"b": business_id, "f": field, "terms": list(found), "packed": packed},
    )
    await conn.execute(
        "INSERT INTO posting_lengths (business_id, generation, field, chunk_count, lengths)"
        " VALUES (%(b)s, 1, %(f)s, %(n)s, %(lengths)s)",
        {
            "b": business_id,
            "f": field,
            "n": len(terms),
            "lengths": np.array([len(chunk_terms) for chunk_terms in terms], dtype="<u4").tobytes(),
        },
    )
