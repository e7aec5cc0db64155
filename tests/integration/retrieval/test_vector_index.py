"""Very large businesses: the job that makes an index of their own, and searches that use it and stay complete."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from psycopg import AsyncConnection

from app.businesses.model import HOUSE_BUSINESS_ID
from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.jobs.model import ClaimedJob, IngestSource, KeepVectorIndex, Lease
from app.knowledge.vectors.keep import keep_vector_index, plan_vector_index, with_vector_index
from app.settings import Settings
from retrieval.analyse import SnowballAnalyser
from retrieval.fuse import Scores
from retrieval.memory import Known
from retrieval.model import Knowledge
from retrieval.nearest import BY_INDEX, Nearest, dots
from tests.bench.synthetic import make_text, make_vectors, near_vectors, plant_business, prepared

MODEL = "m"
DIMENSIONS = 16
LARGE, THRESHOLD = 400, 300


@dataclass(frozen=True)
class Parts:
    database: Database
    settings: Settings
    doorbell: Doorbell


@dataclass(frozen=True)
class FreeLease:
    job_id: UUID

    async def extend(self) -> None: ...


@pytest.fixture
async def parts(database: Database, settings: Settings) -> AsyncIterator[Parts]:
    assert settings.redis_url is not None
    doorbell = Doorbell(settings.redis_url)
    try:
        yield Parts(database, settings, doorbell)
    finally:
        await doorbell.close()


async def planted(superuser_url: str, *sizes: int) -> list[UUID]:
    async with await AsyncConnection.connect(superuser_url) as conn:
        await prepared(conn)
        return [
            await plant_business(
                conn, SnowballAnalyser(), slug=f"b{seed}", chunks=size, model=MODEL, dimensions=DIMENSIONS, seed=seed,
                windows=1, lexical=False,
            )
            for seed, size in enumerate(sizes)
        ]  # fmt: skip


def vectors_of(seed: int, size: int) -> NDArray[np.float32]:
    """As `plant_business` makes them: the texts come first out of the same source."""
    source = np.random.default_rng(seed)
    for _ in range(size):
        make_text(source)
    return make_vectors(source, size, DIMENSIONS)


async def keep(parts: Parts, business_id: UUID, threshold: int = THRESHOLD) -> None:
    job = ClaimedJob(business_id, uuid4(), KeepVectorIndex(), 1, 5)
    lease: Lease = FreeLease(job.job_id)
    await keep_vector_index(parts, job, lease, threshold=threshold)


async def waiting(database: Database, business_id: UUID) -> bool:
    async with database.business_transaction(business_id) as conn:
        found = await conn.execute("SELECT FROM jobs WHERE kind = 'keep_vector_index' AND state = 'queued'")
        return found.rowcount == 1


def indexes(superuser_url: str) -> list[str]:
    with psycopg.connect(superuser_url) as conn:
        rows = conn.execute("SELECT relname FROM pg_class WHERE relname LIKE 'hnsw%' ORDER BY 1").fetchall()
    return [name for (name,) in rows]


async def plan_of(database: Database, business_id: UUID, vector: NDArray[np.float32]) -> tuple[str, Scores]:
    """Which way the whole passages were compared (indexes used, by the database's own count), and their cosines."""
    known = Known(LARGE, np.empty(0, np.float32), np.empty(0, np.float32), ("en",), sample=vectors_of(0, LARGE)[::50])
    async with database.business_transaction(business_id) as conn:
        before = await _scans(conn)
        nearest = Nearest(conn, Knowledge(business_id, "x", 1, "en"), 1, known, vector, MODEL)
        whole = await nearest.whole()
        return ("index" if await _scans(conn) > before else "exact"), whole


async def _scans(conn: psycopg.AsyncConnection[tuple[object, ...]]) -> int:
    """Of this transaction too: the statistics of the cluster come later."""
    row = await (
        await conn.execute(
            "SELECT coalesce(sum(pg_stat_get_xact_numscans(oid)), 0)::int FROM pg_class WHERE relname LIKE 'hnsw%'"
        )
    ).fetchone()
    assert row is not None and isinstance(row[0], int)
    return row[0]


async def test_a_large_business_is_searched_by_an_index_of_its_own_and_a_small_one_never(
    parts: Parts, database: Database, superuser_url: str
) -> None:
    large, small = await planted(superuser_url, LARGE, 40)
    vectors = vectors_of(0, LARGE)
    questions = near_vectors(np.random.default_rng(9), vectors[:20])
    assert (await plan_of(database, large, questions[0]))[0] == "exact"  # until the index is ready
    await keep(parts, large)
    await keep(parts, small)
    assert indexes(superuser_url) == [f"hnsw_{large.hex}_1"]
    recalled: list[float] = []
    for question in questions:  # the first on a connection that never loaded the extension
        way, whole = await plan_of(database, large, question)
        assert way == "index"
        cosines = dots(vectors, question)
        found = np.flatnonzero(whole > whole.min())
        assert BY_INDEX - 1 <= len(found) <= BY_INDEX
        assert whole[found] == pytest.approx(cosines[found], abs=3e-3)
        best = np.argsort(-cosines)[:10]
        recalled.append(len(set(best) & set(np.argsort(-whole)[:10])) / 10)
    assert np.mean(recalled) >= 0.98


async def test_candidates_beyond_the_nearest_get_their_own_cosines(
    parts: Parts, database: Database, superuser_url: str
) -> None:
    [large] = await planted(superuser_url, LARGE)
    await keep(parts, large)
    vectors = vectors_of(0, LARGE)
    question = near_vectors(np.random.default_rng(9), vectors[:1])[0]
    known = Known(LARGE, np.empty(0, np.float32), np.empty(0, np.float32), ("en",), sample=vectors[::50])
    async with database.business_transaction(large) as conn:
        nearest = Nearest(conn, Knowledge(large, "x", 1, "en"), 1, known, question, MODEL)
        whole = await nearest.whole()
        beyond = np.argsort(-dots(vectors, question))[BY_INDEX + 10 : BY_INDEX + 30]  # as when words found them
        assert (whole[beyond] == whole.min()).all()
        await nearest.windows(beyond, whole)
    assert whole[beyond] == pytest.approx(dots(vectors, question)[beyond], abs=3e-3)


async def test_an_index_that_gives_too_little_is_not_believed(
    parts: Parts, database: Database, superuser_url: str
) -> None:
    """As when rows are dead in the index: fewer come back than there are. All are compared then."""
    [large] = await planted(superuser_url, LARGE)
    await keep(parts, large)
    vectors = vectors_of(0, LARGE)
    with psycopg.connect(superuser_url) as conn:
        conn.execute("DELETE FROM chunk_windows WHERE chunk_no >= %s", (BY_INDEX - 8,))
    way, whole = await plan_of(database, large, vectors[0])
    assert way == "index"  # it was tried
    assert (whole[: BY_INDEX - 8] > -0.999).all() and whole[0] == pytest.approx(1, abs=3e-3)


async def test_the_index_follows_what_is_live_and_goes_with_it(
    parts: Parts, database: Database, superuser_url: str
) -> None:
    large, other = await planted(superuser_url, LARGE, LARGE)
    await keep(parts, large)
    await keep(parts, other)
    with psycopg.connect(superuser_url) as conn:  # a smaller generation is live now
        conn.execute(
            "INSERT INTO generations (business_id, generation, state, chunks, embedding_model, analyser)"
            " VALUES (%s, 2, 'published', 5, 'm', 'x')",
            (large,),
        )
        conn.execute("UPDATE businesses SET live_generation = 2 WHERE business_id = %s", (large,))
    async with database.business_transaction(large) as conn:
        assert await plan_vector_index(conn, large, threshold=THRESHOLD) is not None
    await keep(parts, large)
    assert indexes(superuser_url) == [f"hnsw_{other.hex}_1"]
    with psycopg.connect(superuser_url) as conn:  # erased, with all its rows
        conn.execute("DELETE FROM businesses WHERE business_id = %s", (other,))
    await keep(parts, HOUSE_BUSINESS_ID)
    assert indexes(superuser_url) == []


async def test_a_build_that_was_cut_off_is_begun_anew(parts: Parts, database: Database, superuser_url: str) -> None:
    [large] = await planted(superuser_url, LARGE)
    await keep(parts, large)
    with psycopg.connect(superuser_url) as conn:  # what a killed CREATE INDEX CONCURRENTLY leaves
        conn.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid::regclass::text LIKE 'hnsw%'")
    async with database.business_transaction(large) as conn:
        await conn.execute("UPDATE vector_indexes SET state = 'building'")
        assert await plan_vector_index(conn, large, threshold=THRESHOLD) is not None
    await keep(parts, large)
    with psycopg.connect(superuser_url) as conn:
        valid = "SELECT bool_and(indisvalid) FROM pg_index WHERE indexrelid::regclass::text LIKE 'hnsw%'"
        assert conn.execute(valid).fetchone() == (True,)
    async with database.business_transaction(large) as conn:
        assert await (await conn.execute("SELECT state FROM vector_indexes")).fetchall() == [("ready",)]


async def test_after_a_publish_the_index_is_planned_and_only_where_it_pays(
    parts: Parts, database: Database, superuser_url: str
) -> None:
    large, small = await planted(superuser_url, LARGE, 40)

    async def publish(claimed: ClaimedJob, lease: Lease) -> None:
        """What is live is there already."""

    handler = with_vector_index(parts, publish, threshold=THRESHOLD)
    for business_id in (large, small):
        await handler(ClaimedJob(business_id, uuid4(), IngestSource(uuid4()), 1, 5), FreeLease(uuid4()))
    assert await waiting(database, large) and not await waiting(database, small)


async def test_without_the_owner_s_address_the_reason_is_kept_and_search_stays_exact(
    parts: Parts, database: Database, superuser_url: str
) -> None:
    [large] = await planted(superuser_url, LARGE)
    urls = parts.settings.database
    assert urls is not None
    bare = replace(parts, settings=replace(parts.settings, database=replace(urls, owner=None)))
    await keep(bare, large)
    async with database.business_transaction(large) as conn:
        [(state, reason)] = await (await conn.execute("SELECT state, reason FROM vector_indexes")).fetchall()
    assert state == "failed" and "MILO_DATABASE_OWNER_URL" in reason
    assert (await plan_of(database, large, vectors_of(0, LARGE)[0]))[0] == "exact"
