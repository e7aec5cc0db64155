"""One migrated database a module: the catalogue and the matrix only read it, or roll back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from app.settings import DatabaseUrls
from tests.conftest import Pair, copied_database


@pytest.fixture(scope="module")
def module_urls(pair: Pair, cluster: psycopg.Connection) -> Iterator[DatabaseUrls]:
    with copied_database(pair, cluster) as (_, urls):
        yield urls


@pytest.fixture(scope="module")
def owner_dsn(module_urls: DatabaseUrls) -> str:
    assert module_urls.owner is not None
    return module_urls.owner.reveal()


@pytest.fixture(scope="module")
def module_app_dsn(module_urls: DatabaseUrls) -> str:
    return module_urls.app.reveal()
