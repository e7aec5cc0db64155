"""Real PostgreSQL and Redis for tests: one embedded pair a pytest process, a fresh database a test.

Fixtures: `database` (open pools on a database of this test only, migrated), `database_urls` (its
addresses, the three roles), `superuser_url` (same database), `redis_url` (emptied), `settings`
(embedded settings with all of that and a data dir of its own). What needs none of them starts nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from app.db.pool import Database
from app.embedded import postgres
from app.embedded.pair import Pair, start_pair, stop_pair
from app.settings import DatabaseUrls, Secret, Settings

ROLES = ("milo_owner", "milo_app", "milo_ops")
numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=3, help="how often the worker is killed at a random moment")


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """The servers of this pytest process. They die with it, even by kill -9."""
    folder = Path(tempfile.mkdtemp(prefix="milo-tests-"))
    settings = Settings.from_env({"MILO_DATA_DIR": str(folder)})
    started = asyncio.run(start_pair(settings, die_with_parent=True, durable=False))
    try:
        yield started
    finally:
        asyncio.run(stop_pair(started))
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(pair: Pair) -> Iterator[psycopg.Connection]:
    """The superuser's connection, to make and drop databases. Never what a test runs on."""
    url = postgres.url(postgres.SUPERUSER, pair.secrets.superuser, pair.socket_dir, "postgres")
    with psycopg.connect(url, autocommit=True) as conn:
        yield conn


@contextmanager
def copied_database(pair: Pair, cluster: psycopg.Connection) -> Iterator[tuple[str, DatabaseUrls]]:
    """A copy of the migrated database (about 30 ms), dropped at the end; its name and addresses."""
    name = f"test_{os.getpid()}_{next(numbers)}"
    copy = sql.Identifier(name)
    template = sql.Identifier(postgres.DATABASE)
    cluster.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER milo_owner").format(copy, template))
    # A template's grants on the database itself are not copied.
    cluster.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(copy))
    for role in ROLES:
        cluster.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(copy, sql.Identifier(role)))
    secrets = pair.secrets
    passwords = {"milo_owner": secrets.owner, "milo_app": secrets.app, "milo_ops": secrets.ops}
    urls = {role: Secret(postgres.url(role, passwords[role], pair.socket_dir, name)) for role in ROLES}
    yield name, DatabaseUrls(app=urls["milo_app"], ops=urls["milo_ops"], owner=urls["milo_owner"])
    cluster.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))


@pytest.fixture
def copied(pair: Pair, cluster: psycopg.Connection) -> Iterator[tuple[str, DatabaseUrls]]:
    with copied_database(pair, cluster) as copy:
        yield copy


@pytest.fixture
def database_name(copied: tuple[str, DatabaseUrls]) -> str:
    return copied[0]


@pytest.fixture
def database_urls(copied: tuple[str, DatabaseUrls]) -> DatabaseUrls:
    return copied[1]


@pytest.fixture
def superuser_url(pair: Pair, database_name: str) -> str:
    """For tests that look past row level security."""
    return postgres.url(postgres.SUPERUSER, pair.secrets.superuser, pair.socket_dir, database_name)


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    opened = await Database.open(database_urls)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def redis_url(pair: Pair) -> str:
    """This pytest process's Redis, emptied."""
    import redis

    url = pair.resolved(Settings.from_env({"MILO_DATA_DIR": str(pair.data.root)})).redis_url
    assert url is not None
    with redis.Redis.from_url(url.reveal()) as client:
        client.flushall()
    return url.reveal()


@pytest.fixture
def settings(database_urls: DatabaseUrls, redis_url: str, pair: Pair, tmp_path: Path) -> Settings:
    """Embedded settings on this test's database; nothing outside is configured."""
    plain = Settings.from_env({"MILO_DATA_DIR": str(tmp_path / "data")})
    return replace(plain, database=database_urls, redis_url=Secret(redis_url), secret_keys=pair.secrets.keys)
