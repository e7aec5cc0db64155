"""Real processes over this test's database, killed at named points of their flows."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from app.embedded import postgres
from app.embedded.pair import Pair
from app.settings import Settings, child_environment
from tests.bike_site import bike_site
from tests.conftest import copied_database
from tests.product import MILO, ROOT, free_port


@dataclass
class House:
    """The processes of one test. `start` gives one; all end with the test."""

    settings: Settings
    site: str
    superuser_url: str
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environ(self, **more: str) -> dict[str, str]:
        """As a server's: addresses given, nothing embedded."""
        return child_environment(self.settings) | {
            "MILO_EMBEDDED": "1",
            "MILO_PORT": str(self.port),
            "MILO_PUBLIC_URL": self.url,
            "MILO_CRAWL_PRIVATE_HOSTS": self.site.removeprefix("http://").rstrip("/"),
            **more,
        }

    def start(self, command: str, **environ: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*MILO, command],
            env=self.environ(**environ),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def start_web(self, **environ: str) -> subprocess.Popen[bytes]:
        process = self.start("serve", **environ)
        wait_for(lambda: process.poll() is not None or self.alive(), 30)
        return process

    def alive(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/healthz", timeout=1).status_code == 200
        except httpx2.TransportError:
            return False

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Past row level security, as the superuser: what is really in the tables."""
        with psycopg.connect(self.superuser_url, autocommit=True) as conn:
            return conn.execute(query, values).fetchall()  # type: ignore[arg-type]

    def run(self, statement: str) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as conn:
            conn.execute(statement)  # type: ignore[arg-type]

    def expire_leases(self) -> None:
        """Instead of waiting twenty seconds for a dead worker's lease."""
        self.run("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE state = 'running'")
        self.run("UPDATE job_bells SET run_after = now()")

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def wait_for(condition: Callable[[], object], seconds: float) -> None:
    """Raises AssertionError when the condition does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def kills(request: pytest.FixtureRequest) -> int:
    return int(str(request.config.getoption("--kills")))


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data dir for all processes here, so that the embedding model is built once."""
    return tmp_path_factory.mktemp("faults") / "data"


@pytest.fixture
def house(settings: Settings, superuser_url: str, bike_site: str, models_dir: Path) -> Iterator[House]:
    opened = House(replace(settings, data_dir=models_dir), bike_site, superuser_url)
    try:
        yield opened
    finally:
        opened.end()


@pytest.fixture(scope="module")
def shared_house(pair: Pair, cluster: psycopg.Connection, bike_site: str, models_dir: Path) -> Iterator[House]:
    """One database for a whole module, for tests that each plant a business of their own."""
    plain = pair.resolved(Settings.from_env({"MILO_DATA_DIR": str(models_dir)}))
    with copied_database(pair, cluster) as (name, urls):
        superuser_url = postgres.url(postgres.SUPERUSER, pair.secrets.superuser, pair.socket_dir, name)
        opened = House(replace(plain, database=urls), bike_site, superuser_url)
        try:
            yield opened
        finally:
            opened.end()


__all__ = ["bike_site"]
