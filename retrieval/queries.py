"""Reads of one published generation: distances, postings and passages. Called by search.py only.

Every statement names business and generation and goes through their keys; row level security holds the same once
more. Arrays travel as bytes: two thousand distances as rows cost ten times their scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql
from psycopg.rows import class_row

from retrieval.ports import Connection


@dataclass(frozen=True, slots=True)
class LengthsRow:
    field: str
    chunk_count: int
    lengths: bytes


@dataclass(frozen=True, slots=True)
class PostingRow:
    field: str
    term: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class FoundPostingRow:
    """`packed` None: it stands there, and was too long to be read."""

    field: str
    term: str
    packed: bytes | None


@dataclass(frozen=True, slots=True)
class Cosines:
    """`chunks` uint32 and their cosines float32, side by side."""

    chunks: NDArray[np.uint32]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PassageRow:
    chunk_no: int
    url: str
    title: str
    heading_path: list[str]
    text: str
    tokens: int
    page: int | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class _CosineRow:
    chunks: bytes | None
    distances: bytes | None


@dataclass(frozen=True, slots=True)
class _VectorsRow:
    chunks: bytes | None
    vectors: bytes | None


@dataclass(frozen=True, slots=True)
class _ReadyRow:
    ready: bool


@dataclass(frozen=True, slots=True)
class _BothRow:
    chunks: bytes | None
    distances: bytes | None
    whole: bytes | None


@dataclass(frozen=True, slots=True)
class _LanguageRow:
    language: str


def vector_text(vector: NDArray[np.float32]) -> str:
    """What `query` of the two searches below is: made once a question."""
    return HalfVector(vector).to_text()


async def read_lengths(conn: Connection, business_id: UUID, generation: int) -> list[LengthsRow]:
    async with conn.cursor(row_factory=class_row(LengthsRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT field::text AS field, chunk_count, lengths
            FROM posting_lengths
            WHERE business_id = %(business_id)s AND generation = %(generation)s
            """,
            {"business_id": business_id, "generation": generation},
        )
        return await cursor.fetchall()


async def read_languages(conn: Connection, business_id: UUID, generation: int) -> list[str]:
    """Of the passages, the most frequent first."""
    async with conn.cursor(row_factory=class_row(_LanguageRow)) as cursor:
        await cursor.execute(
            """
            SELECT language
            FROM chunks
            WHERE business_id = %(business_id)s AND generation = %(generation)s AND language IS NOT NULL
            GROUP BY language
            ORDER BY count(*) DESC, language
            """,
            {"business_id": business_id, "generation": generation},
        )
        return [row.language for row in await cursor.fetchall()]


async def read_postings(
    conn: Connection,
    business_id: UUID,
    generation: int,
    words: Sequence[str],
    grams: Sequence[str],
    gram_bytes: int,
) -> list[FoundPostingRow]:
    """Those of n-grams only while the rarer ones leave room in `gram_bytes`: of the others `packed` is None.

    Their length is known without reading them.
    """
    async with conn.cursor(row_factory=class_row(FoundPostingRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT field::text AS field, term, packed
            FROM postings
            WHERE business_id = %(business_id)s AND generation = %(generation)s
              AND field = 'w' AND term = ANY(%(words)s)
            UNION ALL
            SELECT 'g', term, CASE WHEN so_far <= %(gram_bytes)s THEN packed END
            FROM (
                SELECT term, packed,
                       sum(octet_length(packed)) OVER (ORDER BY octet_length(packed), term COLLATE "C") AS so_far
                FROM postings
                WHERE business_id = %(business_id)s AND generation = %(generation)s
                  AND field = 'g' AND term = ANY(%(grams)s)
            ) AS by_length
            """,
            {
                "business_id": business_id,
                "generation": generation,
                "words": list(words),
                "grams": list(grams),
                "gram_bytes": gram_bytes,
            },
        )
        return await cursor.fetchall()


async def read_whole_cosines(conn: Connection, business_id: UUID, generation: int, model: str, query: str) -> Cosines:
    """Of every passage: an exact scan of one range of the key, right at any size and on any plan.

    `query` as `vector_text` gives it.
    """
    async with conn.cursor(row_factory=class_row(_CosineRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT string_agg(int4send(chunk_no), ''::bytea) AS chunks,
                   string_agg(float4send((embedding <#> %(query)s::halfvec)::real), ''::bytea) AS distances
            FROM chunk_windows
            WHERE business_id = %(business_id)s AND generation = %(generation)s
              AND model = %(model)s AND window_no = 0
            """,
            {
                "business_id": business_id,
                "generation": generation,
                "model": model,
                "query": query,
            },
        )
        return _cosines(await cursor.fetchone())


async def prepare_index(conn: Connection, business_id: UUID, generation: int, look_at: int) -> bool:
    """Whether this generation has a vector index of its own; then this transaction is set to use it.

    strict_order: what comes back is sorted, and the scan goes on while rows of dead passages stood in between. Without
    enable_sort the planner takes the index whatever it knows of a table's size, which after a publish is little.
    """
    async with conn.cursor(row_factory=class_row(_ReadyRow)) as cursor:
        await cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM vector_indexes
                WHERE business_id = %(business_id)s AND generation = %(generation)s AND state = 'ready'
            ) AND set_config('hnsw.ef_search', %(look_at)s::text, true) IS NOT NULL
              AND set_config('hnsw.iterative_scan', 'strict_order', true) IS NOT NULL
              AND set_config('enable_sort', 'off', true) IS NOT NULL AS ready
            """,
            {"business_id": business_id, "generation": generation, "look_at": look_at},
        )
        row = await cursor.fetchone()
        return row is not None and row.ready


async def read_nearest(
    conn: Connection, business_id: UUID, generation: int, model: str, query: str, dimensions: int, limit: int
) -> Cosines:
    """The nearest whole passages, by the generation's own index where there is one, else by an exact scan and a sort.

    The planner sees business, generation and model as constants (the pool forces custom plans): only so does it know
    that the index holds exactly the rows that are asked for.
    """
    async with conn.cursor(row_factory=class_row(_CosineRow), binary=True) as cursor:
        await cursor.execute(
            sql.SQL(
                """
                SELECT string_agg(int4send(chunk_no), ''::bytea) AS chunks,
                       string_agg(float4send(distance), ''::bytea) AS distances
                FROM (
                    SELECT chunk_no, (embedding <#> %(query)s::halfvec)::real AS distance
                    FROM chunk_windows
                    WHERE business_id = %(business_id)s AND generation = %(generation)s
                      AND model = %(model)s AND window_no = 0
                    ORDER BY embedding::halfvec({dimensions}) <#> %(query)s::halfvec({dimensions})
                    LIMIT %(limit)s
                ) AS nearest
                """
            ).format(dimensions=sql.Literal(dimensions)),
            {
                "business_id": business_id,
                "generation": generation,
                "model": model,
                "query": query,
                "limit": limit,
            },
        )
        return _cosines(await cursor.fetchone())


async def read_sample(
    conn: Connection, business_id: UUID, generation: int, model: str, chunks: Sequence[int]
) -> NDArray[np.float16]:
    """The vectors of these whole passages, in no order."""
    async with conn.cursor(row_factory=class_row(_VectorsRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT string_agg(int4send(chunk_no), ''::bytea) AS chunks,
                   string_agg(halfvec_send(embedding), ''::bytea) AS vectors
            FROM chunk_windows
            WHERE business_id = %(business_id)s AND generation = %(generation)s AND model = %(model)s
              AND window_no = 0 AND chunk_no = ANY(%(chunks)s)
            """,
            {"business_id": business_id, "generation": generation, "model": model, "chunks": list(chunks)},
        )
        return _vectors(await cursor.fetchone())[1]


async def read_vectors(
    conn: Connection, business_id: UUID, generation: int, model: str, *, whole: bool
) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """Chunk numbers and, side by side, the vectors of whole passages or of small windows, in no order."""
    async with conn.cursor(row_factory=class_row(_VectorsRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT string_agg(int4send(chunk_no), ''::bytea) AS chunks,
                   string_agg(halfvec_send(embedding), ''::bytea) AS vectors
            FROM chunk_windows
            WHERE business_id = %(business_id)s AND generation = %(generation)s AND model = %(model)s
              AND (window_no = 0) = %(whole)s
            """,
            {"business_id": business_id, "generation": generation, "model": model, "whole": whole},
        )
        return _vectors(await cursor.fetchone())


async def read_best_windows(
    conn: Connection,
    business_id: UUID,
    generation: int,
    model: str,
    query: str,
    chunks: Sequence[int],
) -> tuple[Cosines, Cosines]:
    """Of these passages: the best small window of each that has one, and the whole."""
    async with conn.cursor(row_factory=class_row(_BothRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT string_agg(int4send(chunk_no), ''::bytea) AS chunks,
                   string_agg(float4send(distance), ''::bytea) AS distances,
                   string_agg(float4send(whole), ''::bytea) AS whole
            FROM (
                SELECT chunk_no,
                       coalesce(min(distance) FILTER (WHERE window_no > 0), min(distance)) AS distance,
                       coalesce(min(distance) FILTER (WHERE window_no = 0), 'NaN') AS whole
                FROM (
                    SELECT chunk_no, window_no, (embedding <#> %(query)s::halfvec)::real AS distance
                    FROM chunk_windows
                    WHERE business_id = %(business_id)s AND generation = %(generation)s
                      AND chunk_no = ANY(%(chunks)s) AND model = %(model)s
                ) AS each
                GROUP BY chunk_no
            ) AS best
            """,
            {
                "business_id": business_id,
                "generation": generation,
                "model": model,
                "query": query,
                "chunks": list(chunks),
            },
        )
        row = await cursor.fetchone()
        if row is None:
            return _cosines(None), _cosines(None)
        return _cosines(_CosineRow(row.chunks, row.distances)), _cosines(_CosineRow(row.chunks, row.whole))


async def read_passages(
    conn: Connection, business_id: UUID, generation: int, chunks: Sequence[int]
) -> list[PassageRow]:
    async with conn.cursor(row_factory=class_row(PassageRow), binary=True) as cursor:
        await cursor.execute(
            """
            SELECT c.chunk_no, d.url, c.title, c.heading_path, c.text, c.tokens, c.page, d.last_checked_at AS checked_at
            FROM chunks AS c
            JOIN documents AS d ON d.business_id = c.business_id AND d.document_id = c.document_id
            WHERE c.business_id = %(business_id)s AND c.generation = %(generation)s AND c.chunk_no = ANY(%(chunks)s)
            """,
            {"business_id": business_id, "generation": generation, "chunks": list(chunks)},
        )
        return await cursor.fetchall()


def _cosines(row: _CosineRow | None) -> Cosines:
    """`<#>` is the negative inner product; on vectors of length 1 that is the cosine."""
    if row is None or row.chunks is None or row.distances is None:
        return Cosines(np.empty(0, np.uint32), np.empty(0, np.float32))
    chunks = np.frombuffer(row.chunks, ">u4").astype(np.uint32)
    return Cosines(chunks, -np.frombuffer(row.distances, ">f4").astype(np.float32))


def _vectors(row: _VectorsRow | None) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    if row is None or row.chunks is None or row.vectors is None:
        return np.empty(0, np.int64), np.empty((0, 0), np.float16)
    chunks = np.frombuffer(row.chunks, ">u4").astype(np.int64)
    # Each vector is sent as its length, two unused bytes and big-endian half floats.
    rows = np.frombuffer(row.vectors, np.uint8).reshape(len(chunks), -1)[:, 4:]
    return chunks, np.ascontiguousarray(rows).view(">f2").astype(np.float16)
