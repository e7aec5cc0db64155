"""A published generation written straight into the tables, as ingestion would leave it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from app.db.pool import Database
from retrieval.analyse import SnowballAnalyser
from retrieval.model import Knowledge
from retrieval.ports import Connection, Embedder
from tests.unit.retrieval.models import WordEmbedder


@dataclass(frozen=True)
class Planted:
    text: str
    title: str = "Page"
    path: tuple[str, ...] = ()
    language: str | None = "en"
    windows: tuple[str, ...] = ()  # else its lines


async def plant(
    database: Database,
    chunks: list[Planted],
    *,
    language: str = "en",
    generation: int = 1,
    business: UUID | None = None,
    embedder: Embedder | None = None,
) -> Knowledge:
    """Makes a business, or a further generation of one, and puts it live."""
    business_id = business or uuid4()
    ids = {"b": business_id, "s": uuid4(), "d": uuid4(), "v": uuid4(), "g": generation, "l": language}
    ids["m"] = (embedder or WordEmbedder()).model
    texts = [[chunk.text, *(chunk.windows or chunk.text.split("\n"))] for chunk in chunks]
    vectors = iter(await (embedder or WordEmbedder()).embed([text for own in texts for text in own]))
    async with database.business_transaction(business_id) as conn, conn.pipeline():
        if business is None:
            await conn.execute(
                "INSERT INTO businesses (business_id, slug, name, language) VALUES (%(b)s, 'x', 'Planted', %(l)s)", ids
            )
        await conn.execute(
            "INSERT INTO sources (business_id, source_id, kind, url) VALUES (%(b)s, %(s)s, 'site', %(s)s::text)", ids
        )
        await conn.execute(
            "INSERT INTO documents (business_id, document_id, source_id, url)"
            " VALUES (%(b)s, %(d)s, %(s)s, 'https://shop.example/page')",
            ids,
        )
        await conn.execute(
            "INSERT INTO document_versions (business_id, version_id, document_id, words, content_hash, media_type,"
            " title, links, blocks, text) VALUES (%(b)s, %(v)s, %(d)s, 1, 'h', 'text/html', 't', '{}', '[]', 't')",
            ids,
        )
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, embedding_model, analyser)"
            " VALUES (%(b)s, %(g)s, 'published', %(m)s, 'x')",
            ids,
        )
        await conn.execute(
            "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
            " VALUES (%(b)s, %(g)s, %(d)s, %(v)s)",
            ids,
        )
        await _chunks(conn, ids, chunks)
        for number, own in enumerate(texts):
            for window in range(len(own)):
                await _window(conn, ids, number, window, next(vectors))
        await _postings(conn, ids, chunks, language)
        await conn.execute("UPDATE businesses SET live_generation = %(g)s WHERE business_id = %(b)s", ids)
    return Knowledge(business_id, "Planted", generation, language)


async def _chunks(conn: Connection, ids: dict[str, object], chunks: list[Planted]) -> None:
    for number, chunk in enumerate(chunks):
        row = ids | {
            "n": number,
            "t": chunk.text,
            "ti": chunk.title,
            "p": list(chunk.path),
            "la": chunk.language,
            "h": hashlib.sha256(chunk.text.encode()).digest(),
            "tokens": min(400, len(chunk.text.split()) * 2),
        }
        await conn.execute(
            "INSERT INTO chunks (business_id, generation, chunk_no, document_id, version_id, tokens, kind, language,"
            " text_hash, spans, title, heading_path, text) VALUES (%(b)s, %(g)s, %(n)s, %(d)s, %(v)s, %(tokens)s,"
            " 'page', %(la)s, %(h)s, '{0,1}', %(ti)s, %(p)s, %(t)s)",
            row,
        )


async def _window(
    conn: Connection, ids: dict[str, object], number: int, window: int, vector: NDArray[np.float32]
) -> None:
    await conn.execute(
        "INSERT INTO chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)"
        " VALUES (%(b)s, %(g)s, %(w)s, %(n)s, %(m)s, '', %(e)s::halfvec)",
        ids | {"w": window, "n": number, "e": HalfVector(vector).to_text()},
    )


async def _postings(conn: Connection, ids: dict[str, object], chunks: list[Planted], language: str) -> None:
    analyser = SnowballAnalyser()
    texts = ["\n".join((chunk.title, *chunk.path, chunk.text)) for chunk in chunks]
    for field in ("w", "g"):
        terms = [
            analyser.words(text, chunk.language or language) if field == "w" else analyser.grams(text)
            for text, chunk in zip(texts, chunks, strict=True)
        ]
        found: dict[str, dict[int, int]] = {}
        for number, listed in enumerate(terms):
            for term, count in Counter(listed).items():
                found.setdefault(term, {})[number] = min(count, 255)
        for term, counts in found.items():
            packed = np.array(list(counts), "<u4").tobytes() + bytes(counts.values())
            await conn.execute(
                "INSERT INTO postings (business_id, generation, field, term, packed)"
                " VALUES (%(b)s, %(g)s, %(f)s, %(t)s, %(p)s)",
                ids | {"f": field, "t": term, "p": packed},
            )
        await conn.execute(
            "INSERT INTO posting_lengths (business_id, generation, field, chunk_count, lengths)"
            " VALUES (%(b)s, %(g)s, %(f)s, %(n)s, %(l)s)",
            ids | {"f": field, "n": len(chunks), "l": np.array([len(one) for one in terms], "<u4").tobytes()},
        )
