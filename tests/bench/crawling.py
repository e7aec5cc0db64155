"""How fast a site is read, what reading it again costs, and whether a worker's memory stays flat.

The site is made up (made_site.py) and served by a process of its own on the same two cores, for us as for
Scrapy. Called by run.py.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import numpy as np
import psutil
from numpy.typing import NDArray

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.embedded import running
from app.knowledge.follow import read_outcome
from app.knowledge.manage import add_site
from app.services import Services
from app.settings import settings_with
from app.wiring import Overrides, open_services
from app.worker import handlers
from tests.bench.made_site import made_site
from tests.product import ROOT, Running, up

SCRAPY = ROOT / ".make" / "bench" / "bin" / "python"  # an environment of its own (Makefile)
SPEED_PAGES = 480
RECRAWL_PAGES = 150
MEMORY_PAGES = 480
MEMORY_CRAWLS = 20


class NullEmbedder:
    """Vectors at no cost, so that all else is measured."""

    model = "null"
    dimensions = 8

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        made = np.array([list(hashlib.md5(text.encode()).digest()[:8]) for text in texts], dtype=np.float32) + 1
        return made / np.linalg.norm(made, axis=1, keepdims=True)


@asynccontextmanager
async def opened(data: Path, site: str, embedder: Any = None) -> AsyncIterator[Services]:
    environ = {"MILO_DATA_DIR": str(data), "MILO_CRAWL_PRIVATE_HOSTS": urlsplit(site).netloc}
    async with (
        running(settings_with(environ)) as settings,
        open_services(settings, role="worker", overrides=Overrides(embedder=embedder)) as services,
    ):
        yield services


async def read_once(services: Services, site: str) -> tuple[int, float, float]:
    """A business of its own reads the site: pages taken, seconds until all were stored and until published."""
    from app.jobs.runner import Runner

    new = NewBusiness("Bench", f"bench-{uuid4().hex[:8]}")
    business = (await create_business(services.database, services.vault, new, actor="operator")).business_id
    added = await add_site(services, business, site, actor="operator")
    await Runner(services.database, handlers(services)).run_job(business, added.job.job_id)
    outcome = await read_outcome(services.database, business, added.job.job_id)
    if outcome.status != "published":
        raise RuntimeError(f"{outcome.status}: {outcome.reason}")
    async with services.database.business_transaction(business) as conn:
        cursor = await conn.execute(
            "SELECT extract(epoch FROM max(p.at) - c.started_at)::float8 FROM crawls c JOIN crawl_pages p"
            " USING (business_id, crawl_id) WHERE crawl_id = %s GROUP BY c.started_at",
            (added.job.job_id,),
        )
        row = await cursor.fetchone()
    assert row is not None
    return outcome.pages.fetched, row[0], outcome.seconds


def scrapy_once(site: str) -> tuple[int, float]:
    """Pages, and seconds from Scrapy's own start to its end."""
    command = [str(SCRAPY), "-m", "scrapy", "runspider", "tests/bench/scrapy_spider.py", "-a", f"start={site}"]
    done = subprocess.run([*command, "-o", os.devnull + ":jsonlines"], cwd=ROOT, capture_output=True, text=True)
    ended = time.time()
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(done.stderr[-800:])
    count, started = done.stdout.split()[-2:]
    return int(count), ended - float(started)


def beside_scrapy(rounds: int = 5) -> tuple[list[float], list[float], list[float]]:
    """Pages a second, turn by turn: ours until stored, ours until published, Scrapy's."""

    async def run(site: str, data: Path) -> tuple[list[float], list[float], list[float]]:
        read: list[float] = []
        published: list[float] = []
        theirs: list[float] = []
        async with opened(data, site, NullEmbedder()) as services:
            for _ in range(rounds):
                count, stored, ended = await read_once(services, site)
                read.append(count / stored)
                published.append(count / ended)
                count, seconds = await asyncio.to_thread(scrapy_once, site)
                theirs.append(count / seconds)
        return read, published, theirs

    with made_site(SPEED_PAGES) as site, tempfile.TemporaryDirectory(prefix="milo-bench-") as data:
        return asyncio.run(run(site, Path(data)))


def tokens_beside_web() -> tuple[list[float], list[float]]:
    """Tokens a second while embedding with the local model, and milliseconds of answers asked meanwhile."""

    async def run(site: str, product: Running, data: Path) -> tuple[list[float], list[float]]:
        answers: list[float] = []
        ended = asyncio.Event()
        key = product.json("business", "create", "Asked", "--slug", "asked")[0]["widget_key"]
        page = data / "about.md"
        page.write_text("# Hours\n\nWe are open on Monday from 9 to 17.\n", encoding="utf-8")
        product.json("ingest", "asked", str(page))

        async def ask() -> None:
            async with httpx2.AsyncClient(base_url=product.url, timeout=30) as client:
                while not ended.is_set():
                    began = time.perf_counter()
                    (await client.get(f"/w/{key}/frame")).raise_for_status()
                    answers.append((time.perf_counter() - began) * 1000)
                    await asyncio.sleep(0.1)

        async with opened(data, site) as services:
            new = NewBusiness("Large", "large")
            business = (await create_business(services.database, services.vault, new, actor="operator")).business_id
            added = await add_site(services, business, site, actor="operator")
            asking: asyncio.Task[None] | None = None
            began = 0.0
            while True:
                async with services.database.business_transaction(business) as conn:
                    cursor = await conn.execute(
                        "SELECT phase, state FROM crawls WHERE crawl_id = %s", (added.job.job_id,)
                    )
                    row = await cursor.fetchone()
                phase, state = row or ("", "running")
                if phase == "embed" and not began:
                    began = time.perf_counter()
                    asking = asyncio.create_task(ask())
                if began and phase != "embed":
                    seconds = time.perf_counter() - began
                    break
                if state == "failed":
                    raise RuntimeError("the reading failed")
                await asyncio.sleep(0.02)
            ended.set()
            if asking is not None:
                await asking
            async with services.database.business_transaction(business) as conn:
                cursor = await conn.execute(
                    "SELECT c.title, c.heading_path, c.text FROM chunks c WHERE business_id = %s", (business,)
                )
                chunks = await cursor.fetchall()
            # Each passage is embedded whole and once more in its windows.
            tokens = 2 * sum(services.tokenizer.count("\n".join((row[0], *row[1], row[2]))) for row in chunks)
        return [tokens / seconds], answers

    with made_site(150) as site, tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
        data = Path(folder)
        with up(data, options=("--no-sample",), MILO_CRAWL_PRIVATE_HOSTS=urlsplit(site).netloc) as product:
            return asyncio.run(run(site, product, data))


def cpu_of_rereading() -> list[float]:
    """CPU seconds of all of Milo's processes for reading the unchanged site again, as shares of the first time's."""
    with made_site(RECRAWL_PAGES) as site, tempfile.TemporaryDirectory(prefix="milo-bench-") as data:
        host = urlsplit(site).netloc
        with up(Path(data), options=("--no-sample",), MILO_CRAWL_PRIVATE_HOSTS=host) as product:
            product.json("business", "create", "Bench", "--slug", "bench")
            worker = _worker(product)
            costs: list[float] = []
            for _ in range(4):
                before = _cpu(worker)
                product.json("ingest", "bench", site)
                costs.append(_cpu(worker) - before)
    return [cost / costs[0] for cost in costs[1:]]


async def among_traps() -> tuple[int, int, int]:
    """Real pages found of 50, the number of the request that found the last one, and all requests."""
    from ingestion.crawl import crawl
    from ingestion.judge import Crawled
    from ingestion.plan import CrawlPlan, Stores
    from tests.integration.ingestion.shop import InProcess
    from tests.unit.ingestion.trap_site import BASE, TrapSite, real_pages

    site, read = TrapSite(), set[str]()

    async def tell(crawled: Crawled, _done: int, _total: int) -> None:
        if crawled.taken:
            read.add(crawled.entry.url.removeprefix(BASE))

    await crawl(CrawlPlan(BASE + "/"), Stores(), site, InProcess(), tell)
    asked = [url.removeprefix(BASE) for url in site.asked]
    real = [page for page in real_pages() if page in read]
    return len(real), 1 + max(asked.index(page) for page in real), len(asked)


def memory_over_crawls() -> list[float]:
    """PSS (MB) of the worker and its children after each crawl; every page's text is new each time."""
    figures: list[float] = []
    with made_site(MEMORY_PAGES, 60) as site, tempfile.TemporaryDirectory(prefix="milo-bench-") as data:
        host = urlsplit(site).netloc
        with up(Path(data), options=("--no-sample",), MILO_CRAWL_PRIVATE_HOSTS=host) as product:
            product.json("business", "create", "Bench", "--slug", "bench")
            worker = _worker(product)
            for number in range(MEMORY_CRAWLS):
                [report] = product.json("ingest", "bench", site)
                if report["status"] != "published":
                    raise RuntimeError(f"crawl {number}: {report}")
                time.sleep(1)
                family = [worker, *worker.children(recursive=True)]
                figures.append(sum(one.memory_full_info().pss for one in family) / 1e6)
                urllib.request.urlopen(f"{site}__change").read()
    return figures


def growth(figures: Sequence[float]) -> float:
    """Of the last five over the third to fifth, as a share."""
    return statistics.median(figures[-5:]) / statistics.median(figures[2:5]) - 1


def _worker(product: Running) -> psutil.Process:
    for child in psutil.Process(product.process.pid).children(recursive=True):
        if child.cmdline()[-2:-1] == ["app.cli"] and child.cmdline()[-1] == "worker" or "worker" in child.cmdline():
            return child
    raise RuntimeError("no worker is running")


def _cpu(process: psutil.Process) -> float:
    """User and system seconds of a process with the children it has and had."""
    times = process.cpu_times()
    running_children = sum(sum(child.cpu_times()[:2]) for child in process.children(recursive=True))
    return times.user + times.system + times.children_user + times.children_system + running_children
