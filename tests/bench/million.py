"""One table of a million passages, and businesses of 100 to 50,000 in it: rows returned, recall, time, size.

    python -m tests.bench.million [--passages 1000000] [--data DIR]      prints figures, removes what it made

`make bench ARGS="--only million"` does the same for the report. The measured businesses have all that ingestion
writes; the others have passages and their whole vectors, which is what a search of a vector index or of a range of
the key could stumble over.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import psycopg
from numpy.typing import NDArray

from app.db.pool import Database
from app.embedded import running
from app.jobs.model import ClaimedJob, KeepVectorIndex
from app.knowledge.vectors.keep import keep_vector_index
from app.services import Services
from app.settings import settings_with
from app.wiring import open_services
from retrieval.model import Knowledge
from retrieval.nearest import EXACT_UP_TO, Nearest, dots
from retrieval.recall import recall
from tests.bench.figures import Figure, of
from tests.bench.searching import percentile, timed_searches
from tests.bench.synthetic import Connection, near_vectors, plant_business, planter

SIZES = (100, 5_000, 20_000, 50_000)
OTHERS = 2_000  # passages of each business that only stands there
DIFFERENT = 5_000  # texts of a business; the larger ones say the same again, with other vectors
QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class FreeLease:
    """Nobody else takes this job."""

    job_id: UUID

    async def extend(self) -> None: ...


def measure(passages: int = 1_000_000, data: Path | None = None, sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="milo-bench-", dir=data) as folder:
        yield from asyncio.run(_measure(passages, Path(folder), sizes))


async def _measure(passages: int, folder: Path, sizes: Sequence[int]) -> list[Figure]:
    figures: list[Figure] = []
    async with (
        running(settings_with({"MILO_DATA_DIR": str(folder)})) as settings,
        open_services(settings, role="web") as services,
        planter(settings) as conn,
    ):
        began = time.perf_counter()
        businesses = await _plant(services, conn, passages, sizes)
        figures.append(Figure("planting the table", passages, time.perf_counter() - began, None, "s"))
        for size, business_id in businesses.items():
            began = time.perf_counter()
            await _index(services, business_id)
            if size > EXACT_UP_TO:
                figures.append(Figure(f"building the index of {size:,}", 1, time.perf_counter() - began, None, "s"))
        await services.embedder_for(()).embed(["ready"])  # the model is opened once a process
        for size, business_id in businesses.items():
            figures += await _nearest(services, conn, business_id, size)
        for size, business_id in businesses.items():
            figures += await _searched(services, business_id, size, passages)
        figures += await _sizes(conn)
    return figures


async def _plant(services: Services, conn: Connection, passages: int, sizes: Sequence[int]) -> dict[int, UUID]:
    embedder = services.embedder_for(())
    shape = {"model": embedder.model, "dimensions": embedder.dimensions}
    found: dict[int, UUID] = {}
    left = passages
    for size in sizes:
        found[size] = await plant_business(
            conn, services.analyser, slug=f"measured-{size}", chunks=size, seed=size, different_texts=DIFFERENT, **shape
        )
        left -= size
    number = 0
    while left > 0:
        await plant_business(
            conn, services.analyser, slug=f"other-{number}", chunks=min(OTHERS, left), seed=1_000_000 + number,
            windows=0, lexical=False, different_texts=20, **shape,
        )  # fmt: skip
        left -= OTHERS
        number += 1
    # What autovacuum does within a minute of such a load.
    await conn.set_autocommit(True)
    await conn.execute("VACUUM (ANALYZE) chunks, chunk_windows, postings")
    await conn.set_autocommit(False)
    return found


async def _index(services: Services, business_id: UUID) -> None:
    job = ClaimedJob(business_id, uuid4(), KeepVectorIndex(), 1, 1)
    await keep_vector_index(services, job, FreeLease(job.job_id))


async def _nearest(services: Services, conn: Connection, business_id: UUID, size: int) -> list[Figure]:
    """Against brute force over the stored vectors. Each question on a new connection, then all on one that is warm."""
    vectors = await _stored(conn, business_id)
    source = np.random.default_rng(3)
    questions = near_vectors(source, vectors[source.choice(size, QUESTIONS)])
    urls = services.settings.database
    assert urls is not None
    recalls: list[float] = []
    rows: list[int] = []
    times: list[float] = []
    for number, question in enumerate(questions):
        if number < 20:
            cold = await Database.open(urls, max_size=1)
            found, _ = await _ten(cold, business_id, question, services.embedder_for(()).model)
            await cold.close()
        else:
            found, took = await _ten(services.database, business_id, question, services.embedder_for(()).model)
            times.append(took)
        best = np.argsort(-dots(vectors, question))[:10]
        recalls.append(len(set(found) & set(best)) / min(10, size))
        rows.append(len(found))
    name = f"{size:,} passages"
    return [
        Figure(f"{name}: recall@10 against brute force", QUESTIONS, float(np.mean(recalls)), None, "share", "≥ 0.98"),
        Figure(f"{name}: fewest rows returned of 10 asked", QUESTIONS, min(rows), None, "rows", str(min(10, size))),
        of(f"{name}: nearest whole passages", times, "ms"),
    ]


async def _ten(
    database: Database, business_id: UUID, question: NDArray[np.float32], model: str
) -> tuple[list[int], float]:
    knowledge = Knowledge(business_id, "Bench", 1, "en")
    async with database.business_transaction(business_id) as conn:
        known = await recall(conn, knowledge, 1, model)
        began = time.perf_counter()
        whole = await Nearest(conn, knowledge, 1, known, question, model).whole()
        took = (time.perf_counter() - began) * 1000
    compared = np.flatnonzero(whole > whole.min())
    return [int(at) for at in compared[np.argsort(-whole[compared])][:10]], took


async def _stored(conn: Connection, business_id: UUID) -> NDArray[np.float32]:
    cursor = await conn.execute(
        "SELECT string_agg(halfvec_send(embedding), ''::bytea ORDER BY chunk_no) FROM chunk_windows"
        " WHERE business_id = %s AND generation = 1 AND window_no = 0",
        (business_id,),
    )
    row = await cursor.fetchone()
    await conn.commit()
    assert row is not None
    cursor = await conn.execute(
        "SELECT count(*) FROM chunk_windows WHERE business_id = %s AND generation = 1 AND window_no = 0", (business_id,)
    )
    counted = await cursor.fetchone()
    await conn.commit()
    assert counted is not None
    packed = np.frombuffer(bytes(row[0]), np.uint8).reshape(int(counted[0]), -1)[:, 4:]
    return np.ascontiguousarray(packed).view(">f2").astype(np.float32)


async def _searched(services: Services, business_id: UUID, size: int, passages: int) -> list[Figure]:
    searched, cold = await timed_searches(services, business_id, QUESTIONS)
    name = f"search of {size:,} among {passages:,}"
    goals = ("p50 ≤ 8", "≤ 20") if size == 5_000 else ("", "")
    total = [one.total for one in searched]
    return [
        of(f"{name}, question's embedding included", total, "ms", goals[0]),
        Figure(f"{name}, the same: 99th percentile", len(total), percentile(total, 0.99), None, "ms", goals[1]),
        of(f"{name}, without embedding (ms.search of the command)", [one.search for one in searched], "ms"),
        Figure(f"{name}: the first of the process", 1, cold, None, "ms"),
    ]


async def _sizes(conn: Connection) -> list[Figure]:
    cursor = await conn.execute(
        """
        SELECT 'all tables and indexes', pg_database_size(current_database())
        UNION ALL SELECT 'chunk_windows with its indexes', pg_total_relation_size('chunk_windows')
        UNION ALL SELECT 'postings with their index', pg_total_relation_size('postings')
        UNION ALL SELECT 'vector index ' || v.chunks, pg_relation_size(v.index_name::regclass) FROM vector_indexes AS v
        """
    )
    rows = await cursor.fetchall()
    await conn.commit()
    return [Figure(f"on disk: {name}", 1, size / 1e6, None, "MB") for name, size in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--sizes", help="passages of the measured businesses, by comma")
    parser.add_argument("--data", type=Path, help="folder in which the data dir is made, for the time of the run")
    options = parser.parse_args()
    try:
        sizes = [int(size) for size in options.sizes.split(",")] if options.sizes else SIZES
        for figure in measure(options.passages, options.data, sizes):
            print(figure.row(), flush=True)
    except psycopg.errors.DiskFull:
        raise SystemExit("The disk is full: a million passages need some 6 GB. Choose another folder: --data") from None


if __name__ == "__main__":
    main()
