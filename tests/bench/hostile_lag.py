"""What hostile sites cost those who are not reading them: the worker's own loop, the web process, the memory.

The sites of tests/integration/hostile are served by a process of their own. Called by run.py.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from ingestion.extract.child import ChildExtractor
from tests.integration.hostile.cases import CASES
from tests.integration.hostile.crawling import crawl_at
from tests.integration.hostile.server import Case
from tests.product import ROOT, Running, up

TICK_SECONDS = 0.005
TOTAL_SECONDS = 3.0  # of one fetch; the product has 20
AT_ONCE = 4
IDLE_SECONDS = 40  # after that the worker has given back its model and its parsers
# Those that only wait for a deadline show nothing of processor and memory, and take 20 s each in the product.
BUSY = [case for case in CASES if not case.waits]


@dataclass(frozen=True, slots=True)
class WebCost:
    latencies: list[float]  # milliseconds of /healthz while the worker reads
    before: float  # megabytes of the worker, idle after one round
    after: float  # and after a second one
    sites: int
    seconds: float


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """Name of the case → origin."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.hostile.serve"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stdin is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def loop_lags() -> list[float]:
    """Milliseconds that the loop which reads all hostile sites was late, tick by tick."""
    with served() as origins:
        return asyncio.run(_loop_lags(origins))


async def _loop_lags(origins: dict[str, str]) -> list[float]:
    late: list[float] = []

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            late.append(max(0.0, time.perf_counter() - begun - TICK_SECONDS) * 1000)

    free = asyncio.Semaphore(AT_ONCE)
    async with ChildExtractor(wall_seconds=10) as extractor:

        async def one(case: Case) -> None:
            async with free:
                await crawl_at(origins[case.name], case, extractor, total_seconds=TOTAL_SECONDS)

        ticking = asyncio.create_task(tick())
        await asyncio.gather(*(one(case) for case in CASES))
        ticking.cancel()
    return late


def web_cost() -> WebCost:
    """The product reads the busy ones twice, one after the other, while /healthz is asked fifty times a second."""
    with served() as origins, tempfile.TemporaryDirectory(prefix="milo-bench-") as data:
        hosts = ",".join(origin.removeprefix("http://") for origin in origins.values())
        with up(Path(data), options=("--no-sample",), MILO_CRAWL_PRIVATE_HOSTS=hosts) as running:
            running.json("business", "create", "Hostile", "--slug", "hostile")
            over = threading.Event()
            latencies: list[float] = []
            watcher = threading.Thread(target=_ask, args=(running.url, over, latencies), daemon=True)
            watcher.start()
            begun = time.perf_counter()
            held: list[float] = []
            for _ in range(2):  # what the first round opens once for all stays: the second one counts
                _ingest(running, [origins[case.name] for case in BUSY])
                time.sleep(IDLE_SECONDS)
                held.append(_worker_megabytes(running))
            seconds = time.perf_counter() - begun
            over.set()
            watcher.join()
            return WebCost(latencies, held[0], held[1], len(BUSY), seconds)


def _ingest(running: Running, origins: list[str]) -> None:
    """That nothing could be read is a failed outcome, and here an expected one."""
    subprocess.run(
        [sys.executable, "-m", "app.cli", "ingest", "hostile", *(f"{origin}/" for origin in origins), "--json"],
        env=running.environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def _ask(url: str, over: threading.Event, latencies: list[float]) -> None:
    while not over.wait(0.02):
        begun = time.perf_counter()
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
            answer.read()
        latencies.append((time.perf_counter() - begun) * 1000)


def _worker_megabytes(running: Running) -> float:
    family = psutil.Process(running.process.pid).children(recursive=True)
    workers = [process for process in family if "worker" in process.cmdline()]
    return sum(process.memory_info().rss for process in workers) / 1e6
