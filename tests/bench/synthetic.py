"""Made-up businesses with chunks, windows and postings, copied straight into the tables.

For figures that need many businesses in one table, where crawling them would take hours. The rows have the shape and
number that ingestion writes; text and vectors have the spread of real ones, measured on 1,216 paragraphs of an
encyclopaedia: a question's n-grams stand in 16 paragraphs' worth of postings there and in 26 here, and the vectors of
neighbours are as alike (a cosine of 0.65 to the nearest) over as many directions (78 that count of 384).
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, LiteralString
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from app.embedded import postgres
from app.embedded.layout import DataDir
from app.embedded.pair import find_pair
from app.settings import Settings
from ingestion.ports import Analyser

WINDOWS = 6
WORDS = 130
ON_A_PAGE = 10  # passages whose vectors are alike
ONSETS = "b c d f g h j k l m n p r s t v w st tr pl ch sh gr br cl th".split()
VOWELS = "a e i o u ea ou io ai".split()
ENDINGS = ["", "", "", "n", "r", "s", "l", "t", "d", "m", "ng", "st", "ck"]
FUNCTION_WORDS = "the of and to in a is for on with by are at be from as it or that we our you your can".split()
FUNCTION_SHARE = 0.4
FLAT = 200.0  # word frequencies fall like 1/(rank + FLAT): what questions ask for stands on few pages

Vectors = NDArray[np.float32]
Connection = AsyncConnection[tuple[Any, ...]]


@asynccontextmanager
async def planter(settings: Settings) -> AsyncGenerator[Connection, None]:
    """The superuser of the running embedded servers: COPY is refused under row level security, and the references
    of a million rows that are right by construction need no check."""
    pair = await find_pair(DataDir(settings.data_dir))
    assert pair is not None
    url = postgres.url(postgres.SUPERUSER, pair.secrets.superuser, pair.socket_dir, postgres.DATABASE)
    async with await AsyncConnection.connect(url) as conn:
        yield await prepared(conn)


async def prepared(conn: Connection) -> Connection:
    """Any superuser's connection, made ready for `plant_business`."""
    await conn.execute("SET session_replication_role = replica")
    await conn.execute("SET synchronous_commit = off")
    await conn.commit()
    return conn


@lru_cache(maxsize=1)
def vocabulary(size: int = 12_000) -> tuple[str, ...]:
    """Words of one to three syllables, no two alike."""
    source: Any = np.random.default_rng(1)
    common = 1 / np.sqrt(np.arange(1, len(ONSETS) + 1))
    common /= common.sum()
    words: dict[str, None] = {}
    while len(words) < size:
        many = int(source.choice([1, 2, 2, 2, 3]))
        onsets = source.choice(ONSETS, many, p=common)
        parts = zip(onsets, source.choice(VOWELS, many), source.choice(ENDINGS, many), strict=True)
        words["".join("".join(part) for part in parts)] = None
    return tuple(words)


def make_text(source: np.random.Generator, count: int = WORDS) -> str:
    grammar = source.random(count) < FUNCTION_SHARE
    small = source.integers(0, len(FUNCTION_WORDS), count)
    return " ".join(
        FUNCTION_WORDS[one] if is_small else word
        for is_small, one, word in zip(grammar, small, make_words(source, count), strict=True)
    )


def make_question(source: np.random.Generator) -> str:
    return f"what is the {' '.join(make_words(source, 5))}?"


def make_words(source: np.random.Generator, count: int) -> list[str]:
    words = vocabulary()
    return [words[rank] for rank in np.minimum(_falling().searchsorted(source.random(count)), len(words) - 1)]


@lru_cache(maxsize=1)
def _falling() -> NDArray[np.float64]:
    shares = 1 / (np.arange(len(vocabulary())) + FLAT)
    return np.cumsum(shares / shares.sum())


def make_vectors(source: np.random.Generator, count: int, dimensions: int) -> Vectors:
    """Of passages, in order: pages of ten that are alike, over directions of falling weight."""
    pages = _spread(source, (count + ON_A_PAGE - 1) // ON_A_PAGE, dimensions)
    return _unit(np.repeat(pages, ON_A_PAGE, axis=0)[:count] + 0.75 * _spread(source, count, dimensions))


def near_vectors(source: np.random.Generator, vectors: Vectors) -> Vectors:
    """A window of each passage, or a question about it: as like it as its neighbours are."""
    return _unit(vectors + 0.75 * _spread(source, len(vectors), vectors.shape[1]))


def _spread(source: np.random.Generator, count: int, dimensions: int) -> Vectors:
    weights = np.sqrt((np.arange(dimensions) + 12.0) ** -1.6)
    return _unit(source.standard_normal((count, dimensions)).astype(np.float32) * weights.astype(np.float32))


def _unit(vectors: NDArray[Any]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


async def plant_business(
    conn: Connection,
    analyser: Analyser,
    *,
    slug: str,
    chunks: int,
    model: str,
    dimensions: int,
    seed: int,
    windows: int = WINDOWS,
    lexical: bool = True,
    different_texts: int | None = None,
) -> UUID:
    """A business whose generation 1 is live with so many chunks. Returns its id.

    `lexical` False leaves out the postings: their making is most of the time.
    `different_texts`: that many, again and again.
    """
    business_id, source = uuid4(), np.random.default_rng(seed)
    made = [make_text(source) for _ in range(min(chunks, different_texts or chunks))]
    texts = [made[number % len(made)] for number in range(chunks)]
    vectors = make_vectors(source, chunks, dimensions)
    async with conn.transaction():
        version_id, document_id = await _plant_document(conn, business_id, slug, model, analyser.version, chunks)
        await _plant_chunks(conn, business_id, document_id, version_id, texts)
        for window in range(windows + 1):
            await _plant_windows(
                conn, business_id, window, model, vectors if window == 0 else near_vectors(source, vectors)
            )
        if lexical:
            await _plant_postings(conn, business_id, "w", texts, lambda text: analyser.words(text, "en"))
            await _plant_postings(conn, business_id, "g", texts, analyser.grams)
        await conn.execute(
            "INSERT INTO business_slugs (slug, business_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", (slug, business_id)
        )
    return business_id


async def _plant_document(
    conn: Connection, business_id: UUID, slug: str, model: str, analyser: str, chunks: int
) -> tuple[UUID, UUID]:
    document_id, version_id = uuid4(), uuid4()
    ids: dict[str, Any] = {"b": business_id, "s": uuid4(), "d": document_id, "v": version_id}
    ids |= {"slug": slug, "model": model, "an": analyser}
    async with conn.pipeline():
        await conn.execute(
            "INSERT INTO businesses (business_id, slug, name, live_generation, last_generation)"
            " VALUES (%(b)s, %(slug)s, %(slug)s, 1, 1)",
            ids,
        )
        await conn.execute(
            "INSERT INTO sources (business_id, source_id, kind, url)"
            " VALUES (%(b)s, %(s)s, 'site', 'https://x.example/')",
            ids,
        )
        await conn.execute(
            "INSERT INTO documents (business_id, document_id, source_id, url)"
            " VALUES (%(b)s, %(d)s, %(s)s, 'https://x.example/')",
            ids,
        )
        await conn.execute(
            "INSERT INTO document_versions (business_id, version_id, document_id, words, content_hash, media_type,"
            " title, links, blocks, text) VALUES (%(b)s, %(v)s, %(d)s, 1, 'h', 'text/html', 't', '{}', '[]', 't')",
            ids,
        )
        await conn.execute(
            "INSERT INTO generations (business_id, generation, state, embedding_model, analyser, chunks, published_at)"
            " VALUES (%(b)s, 1, 'published', %(model)s, %(an)s, %(chunks)s, now())",
            ids | {"chunks": chunks},
        )
        await conn.execute(
            "INSERT INTO generation_documents (business_id, generation, document_id, version_id)"
            " VALUES (%(b)s, 1, %(d)s, %(v)s)",
            ids,
        )
    return version_id, document_id


async def _plant_chunks(conn: Connection, business_id: UUID, document: UUID, version: UUID, texts: list[str]) -> None:
    await _copy(
        conn,
        "COPY chunks (business_id, generation, chunk_no, document_id, version_id, tokens, kind, language, text_hash,"
        " spans, title, heading_path, text) FROM STDIN",
        (
            (business_id, 1, number, document, version, 375, "page", "en", _hash(text), [0, 1], "Page", [""], text)
            for number, text in enumerate(texts)
        ),
    )


async def _plant_windows(conn: Connection, business_id: UUID, window: int, model: str, vectors: Vectors) -> None:
    """Rows of one length, so the whole of a binary COPY is one array."""
    count, dimensions = vectors.shape
    name = model.encode()
    fields: list[tuple[str, Any, Any]] = [
        ("business_id", "V16", np.void(business_id.bytes)),
        ("generation", ">i4", 1),
        ("window_no", ">i4", window),
        ("chunk_no", ">i4", np.arange(count)),
        ("model", f"V{len(name)}", np.void(name)),
        ("embedding_hash", "V32", np.frombuffer(np.random.default_rng(window).bytes(32 * count), "V32")),
        ("embedding", [("dimensions", ">i2"), ("unused", ">i2"), ("numbers", ">f2", (dimensions,))], None),
    ]
    layout: list[Any] = [("fields", ">i2")]
    for field, kind, _ in fields:
        layout += [(f"{field}_length", ">i4"), (field, kind)]
    rows = np.zeros(count, np.dtype(layout))
    rows["fields"] = len(fields)
    for field, _, values in fields:
        rows[f"{field}_length"] = rows.dtype[field].itemsize
        if values is not None:
            rows[field] = values
    rows["embedding"]["dimensions"] = dimensions
    rows["embedding"]["numbers"] = vectors
    async with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY chunk_windows (business_id, generation, window_no, chunk_no, model, embedding_hash, embedding)"
            " FROM STDIN (FORMAT binary)"
        ) as copy,
    ):
        await copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, count, 1000):
            await copy.write(rows[start : start + 1000].tobytes())
        await copy.write(b"\xff\xff")


async def _plant_postings(
    conn: Connection, business_id: UUID, field: str, texts: Sequence[str], analyse: Callable[[str], list[str]]
) -> None:
    """Each different text is analysed once."""
    counted: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    found: dict[str, tuple[array[int], bytearray]] = {}
    lengths = array("I")
    for number, text in enumerate(texts):
        if text not in counted:
            terms = analyse(text)
            counted[text] = len(terms), [(term, min(count, 255)) for term, count in Counter(terms).items()]
        length, counts = counted[text]
        lengths.append(length)
        for term, count in counts:
            posting = found.get(term)
            if posting is None:
                posting = found[term] = (array("I"), bytearray())
            posting[0].append(number)
            posting[1].append(count)
    await _copy(
        conn,
        "COPY postings (business_id, generation, field, term, packed) FROM STDIN",
        (
            (business_id, 1, field, term, np.asarray(chunks, "<u4").tobytes() + bytes(counts))
            for term, (chunks, counts) in sorted(found.items())
        ),
    )
    await conn.execute(
        "INSERT INTO posting_lengths (business_id, generation, field, chunk_count, lengths)"
        " VALUES (%(b)s, 1, %(f)s, %(n)s, %(lengths)s)",
        {
            "b": business_id,
            "f": field,
            "n": len(lengths),
            "lengths": np.asarray(lengths, "<u4").tobytes(),
        },
    )


async def _copy(conn: Connection, statement: LiteralString, rows: Iterable[Sequence[object]]) -> None:
    async with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
