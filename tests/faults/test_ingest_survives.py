"""The worker is killed at each named point of an ingest; the end equals an undisturbed run."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.jobs.model import IngestSource
from app.jobs.queue import enqueue
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from tests.faults.conftest import House, wait_for

POINTS = ["parsed", "parsed:3", "fetched", "staged", "embedded", "before_publish", "after_publish"]


async def plant_site(settings: Settings, url: str) -> UUID:
    """A business whose site waits to be read. Returns its id."""
    assert settings.database is not None
    database = await Database.open(settings.database, max_size=2)
    try:
        slug = f"bikes-{uuid4().hex[:8]}"
        vault = Vault(KeyRing(settings.secret_keys))
        created = await create_business(database, vault, NewBusiness("Bikes", slug), actor="operator")
        async with database.business_transaction(created.business_id) as conn:
            cursor = await conn.execute(
                "INSERT INTO sources (business_id, kind, url) VALUES (%s, 'site', %s) RETURNING source_id",
                (created.business_id, url),
            )
            row = await cursor.fetchone()
            assert row is not None
            await enqueue(conn, created.business_id, IngestSource(row[0]), key=str(row[0]))
        return created.business_id
    finally:
        await database.close()


def live(house: House, business_id: UUID) -> int | None:
    [(generation,)] = house.rows("SELECT live_generation FROM businesses WHERE business_id = %s", business_id)
    return generation


def settled(house: House, business_id: UUID) -> bool:
    [(busy,)] = house.rows(
        "SELECT count(*) FROM jobs WHERE business_id = %s"
        " AND (state = 'running' OR state = 'queued' AND run_after < now())",
        business_id,
    )
    return live(house, business_id) is not None and busy == 0


def end_state(house: House, business_id: UUID) -> dict[str, Any]:
    """What must be the same whatever happened on the way. `x` is the business, at its live generation."""
    b = business_id
    return {
        "versions": house.rows(
            "SELECT d.url, v.content_hash FROM businesses x"
            " JOIN generation_documents g ON g.business_id = x.business_id AND g.generation = x.live_generation"
            " JOIN documents d ON d.business_id = g.business_id AND d.document_id = g.document_id"
            " JOIN document_versions v ON v.business_id = g.business_id AND v.version_id = g.version_id"
            " WHERE x.business_id = %s ORDER BY 1",
            b,
        ),
        "chunks": house.rows(
            "SELECT c.text_hash, c.text, count(w.*) FROM businesses x"
            " JOIN chunks c ON c.business_id = x.business_id AND c.generation = x.live_generation"
            " LEFT JOIN chunk_windows w ON w.business_id = c.business_id AND w.generation = c.generation"
            " AND w.chunk_no = c.chunk_no WHERE x.business_id = %s GROUP BY c.chunk_no, 1, 2 ORDER BY 1",
            b,
        ),
        "postings": house.rows(
            "SELECT field, count(*), sum(length(packed)) FROM businesses x JOIN postings p ON p.business_id ="
            " x.business_id AND p.generation = x.live_generation WHERE x.business_id = %s GROUP BY 1 ORDER BY 1",
            b,
        ),
        "documents": house.rows("SELECT count(*) FROM documents WHERE business_id = %s", b),
        "staging": house.rows("SELECT count(*) FROM generations WHERE business_id = %s AND state = 'staging'", b),
        "published": house.rows("SELECT count(*) FROM generations WHERE business_id = %s AND state = 'published'", b),
        "crawling": house.rows("SELECT count(*) FROM crawls WHERE business_id = %s AND state = 'running'", b),
        "failed": house.rows("SELECT count(*) FROM jobs WHERE business_id = %s AND state = 'failed'", b),
        "tomorrow": house.rows("SELECT count(*) FROM jobs WHERE business_id = %s AND state = 'queued'", b),
    }


def stop(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0


@pytest.fixture(scope="module")
def undisturbed(shared_house: House) -> dict[str, Any]:
    business = asyncio.run(plant_site(shared_house.settings, shared_house.site))
    worker = shared_house.start("worker")
    wait_for(lambda: settled(shared_house, business), 60)
    stop(worker)
    state = end_state(shared_house, business)
    assert len(state["chunks"]) >= 3 and state["tomorrow"] == [(1,)]
    return state


@pytest.mark.parametrize("point", POINTS)
def test_worker_killed_while_indexing_ends_like_an_undisturbed_one(
    shared_house: House, undisturbed: dict[str, Any], point: str
) -> None:
    business = asyncio.run(plant_site(shared_house.settings, shared_house.site))
    killed = shared_house.start("worker", MILO_FAULT=point)
    assert killed.wait(60) == -signal.SIGKILL, "the named point was passed"
    shared_house.expire_leases()
    worker = shared_house.start("worker")
    wait_for(lambda: settled(shared_house, business), 60)
    stop(worker)
    assert end_state(shared_house, business) == undisturbed


def test_live_answer_stays_while_the_next_generation_is_killed(shared_house: House) -> None:
    business = asyncio.run(plant_site(shared_house.settings, shared_house.site))
    worker = shared_house.start("worker")
    wait_for(lambda: settled(shared_house, business), 60)
    stop(worker)
    before = end_state(shared_house, business)["chunks"]
    # Text that differs from the page makes the next run stage anew.
    shared_house.run("UPDATE document_versions SET content_hash = 'old', etag = NULL, last_modified = NULL")
    shared_house.run("UPDATE generations SET fingerprint = 'old'")
    shared_house.run("UPDATE jobs SET run_after = now() WHERE state = 'queued'")
    shared_house.run("UPDATE job_bells SET run_after = now()")
    killed = shared_house.start("worker", MILO_FAULT="before_publish")
    assert killed.wait(60) == -signal.SIGKILL
    assert end_state(shared_house, business)["chunks"] == before
