"""One running product for all contract tests, started by `milo up` in a long, fresh data dir."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bike_site import bike_site
from tests.product import Running, up

__all__ = ["bike_site"]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, bike_site: str) -> Iterator[Running]:
    """A data dir of over 150 characters, as a deep folder of a real machine."""
    folder: Path = tmp_path_factory.mktemp("data") / ("long-" * 15) / ("deep-" * 15)
    host = bike_site.removeprefix("http://").rstrip("/")
    with up(folder, options=("--no-sample",), MILO_CRAWL_PRIVATE_HOSTS=host) as running:
        yield running
