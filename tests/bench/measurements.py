"""What `make bench` measures: a function a section, its docstring says what. Figures out; called by run.py.

Nothing here decides whether a figure is good; the goal stands beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, of, ratios
from tests.eval.claims import CLAIMS, DATA
from tests.product import ROOT, Running, up


def start(_: argparse.Namespace) -> Iterator[Figure]:
    """From the command to `ready`, on an empty data dir and on a used one."""
    first: list[float] = []
    again: list[float] = []
    for _round in range(3):
        with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
            with up(Path(folder), options=("--no-sample",)) as running:
                first.append(running.ready_seconds)
            for _turn in range(2):
                with up(Path(folder), options=("--no-sample",)) as running:
                    again.append(running.ready_seconds)
    yield of("milo up to ready, new data dir", first, "s", "≤ 120 (with installation)")
    yield of("milo up to ready, again", again, "s", "≤ 4")


def sites(options: argparse.Namespace) -> Iterator[Figure]:
    """Both sites through the running product: ingest, ingest again, eval, memory.

    One answerable question of the first site rests on a PDF that its robots.txt disallows: 0.95 is all that
    may be read.
    """
    import json

    folder = Path(options.sites)
    metas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/site.json"))]
    hosts = ",".join(f"127.0.0.1:{meta['port']}" for meta in metas)
    with (
        site_server(folder, [meta["id"] for meta in metas]),
        tempfile.TemporaryDirectory(prefix="milo-bench-") as data,
        up(Path(data), options=("--no-sample",), MILO_CRAWL_PRIVATE_HOSTS=hosts) as running,
    ):
        for number, meta in enumerate(metas):
            yield from one_site(running, folder, meta)
            if number == 0:
                time.sleep(60)
                memory = [running.pss_megabytes()]
                yield of("memory (PSS, all processes) 60 s after a first ingest", memory, "MB", "≤ 700")


def one_site(running: Running, folder: Path, meta: dict[str, Any]) -> Iterator[Figure]:
    slug, url = meta["id"], f"http://127.0.0.1:{meta['port']}{meta['start_path']}"
    running.json("business", "create", meta["name"], "--slug", slug, "--language", meta["language"])
    [first] = running.json("ingest", slug, url)
    again = [running.json("ingest", slug, url)[0] for _ in range(3)]
    [scores] = running.json("eval", slug, "--questions", str(folder / slug / "questions.jsonl"))
    pages = first["pages"]["fetched"]
    yield Figure(f"{slug}: pages fetched of {meta['pages']} in the folder", 1, pages, None, "pages")
    yield of(f"{slug}: first ingest", [first["seconds"]], "s", "≤ 60")
    yield of(
        f"{slug}: ingest again, unchanged, as a share of the first",
        [run["seconds"] / first["seconds"] for run in again],
        "",
        "≤ 0.25",
    )
    yield Figure(
        f"{slug}: chunks embedded anew the second time", 3, max(run["chunks"]["new"] for run in again), None, "", "0"
    )
    yield Figure(
        f"{slug}: evidence in the index", scores["answerable"], scores["evidence_in_index"], None, "share", "≥ 0.97"
    )
    running.json("ingest", slug, url, "--ignore-robots")
    [past] = running.json("eval", slug, "--questions", str(folder / slug / "questions.jsonl"))
    yield Figure(
        f"{slug}: evidence in the index, past robots.txt", past["answerable"], past["evidence_in_index"], None, "share",
        "≥ 0.99",
    )  # fmt: skip
    yield Figure(
        f"{slug}: all evidence in the first 5", scores["answerable"], scores["found_at_5"], None, "share", "≥ 0.78"
    )
    yield Figure(f"{slug}: all evidence in the first 10", scores["answerable"], scores["found_at_10"], None, "share")
    yield Figure(f"{slug}: search", scores["n"], scores["ms_p50"], scores["ms_p95"], "ms")


def search(_: argparse.Namespace) -> Iterator[Figure]:
    """A business of 2,000 chunks with 200 others of 60 in the same tables."""
    yield from asyncio.run(_search())


async def _search() -> list[Figure]:
    from app.embedded import running
    from app.settings import settings_with
    from app.wiring import open_services
    from tests.bench.searching import timed_searches
    from tests.bench.synthetic import plant_business, planter

    with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
        async with (
            running(settings_with({"MILO_DATA_DIR": folder})) as settings,
            open_services(settings, role="web") as services,
            planter(settings) as conn,
        ):
            embedder = services.embedder_for(())
            shape = {"model": embedder.model, "dimensions": embedder.dimensions}
            for number in range(200):
                await plant_business(conn, services.analyser, slug=f"other-{number}", chunks=60, seed=number, **shape)
            business = await plant_business(conn, services.analyser, slug="large", chunks=2000, seed=999, **shape)
            await embedder.embed(["ready"])  # the model is opened once a process, not once a business
            searched, cold = await timed_searches(services, business, 300)
    times = [one.total for one in searched]
    return [
        of("search, query embedding included: 2,000 chunks among 200 other businesses", times, "ms", "p50 ≤ 15"),
        of("the same without embedding (ms.search of the command)", [one.search for one in searched], "ms"),
        of("the same, first search of the process (nothing in memory)", [cold], "ms", "≤ 200"),
    ]


def million(_: argparse.Namespace) -> Iterator[Figure]:
    """Businesses of 100 to 50,000 chunks in one table of a million (tests/bench/million.py); some ten minutes, 6 GB.

    Twenty of the questions are the first on their connection, the others run on one that is warm.
    """
    from tests.bench.million import measure

    yield from measure()


def many(_: argparse.Namespace) -> Iterator[Figure]:
    """1,000 businesses of 40 chunks asked in turn by one process, then 50 of 400 again and again."""
    yield from asyncio.run(_many())


async def _many() -> list[Figure]:
    import psutil

    from app.embedded import running
    from app.settings import settings_with
    from app.wiring import open_services
    from retrieval import recall
    from tests.bench.searching import one_search
    from tests.bench.synthetic import plant_business, planter

    with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
        async with (
            running(settings_with({"MILO_DATA_DIR": folder})) as settings,
            open_services(settings, role="web") as services,
        ):
            embedder = services.embedder_for(())
            shape = {"model": embedder.model, "dimensions": embedder.dimensions}
            async with planter(settings) as conn:
                small = [
                    await plant_business(conn, services.analyser, slug=f"b-{number}", chunks=40, seed=number, **shape)
                    for number in range(1000)
                ]
                larger = [
                    await plant_business(conn, services.analyser, slug=f"c-{number}", chunks=400, seed=number, **shape)
                    for number in range(50)
                ]
            found = [await one_search(services, business, turn) for turn in (1, 2) for business in small]
            found += [await one_search(services, business, turn) for turn in (3, 4, 5, 6) for business in larger]
            pss = psutil.Process().memory_full_info().pss / 1e6
            kept = recall.memory_bytes() / 1e6
    return [
        of("memory (PSS) of one process after questions to 1,050 businesses", [pss], "MB", "≤ 900"),
        of("of it: what search keeps of generations, by its own count", [kept], "MB", "≤ 96"),
        of("search across 1,000 businesses in turn", [one.total for one in found[:2000]], "ms"),
        of("search across 50 of 400 chunks in turn", [one.total for one in found[2000:]], "ms"),
    ]


def first_text(_: argparse.Namespace) -> Iterator[Figure]:
    """Request to first shown text over HTTP, with a scripted model that answers at once.

    First one question after the other, then 50 a second whether or not the former ones were answered; the visitors and
    the scripted model run on the same cores.
    """
    from tests.bench.first_text import measure

    outcome = asyncio.run(measure(one_by_one=200, a_second=50, seconds=20))
    yield of("request to first shown text, scripted model", outcome.one_by_one, "ms", "p50 ≤ 20, p95 ≤ 50")
    yield of("the same at 50 questions a second", outcome.at_rate, "ms", "p50 ≤ 20, p95 ≤ 50")
    yield Figure("of these questions, answered by the model", outcome.asked, outcome.answered, None, "", "all")
    yield Figure("processor time a question: the web process", outcome.asked, outcome.web, None, "ms")
    yield Figure("processor time a question: web, worker, database and Redis", outcome.asked, outcome.all, None, "ms")


def streams(_: argparse.Namespace) -> Iterator[Figure]:
    """1,000 visitors whose answers are held open: a sentence was shown, and the model writes no further."""
    from tests.bench.streams import measure

    held = asyncio.run(measure(1000))
    yield Figure("streams open at once", 1, held.open, None, "", "1000")
    yield Figure("memory (PSS) of the web process, grown by", 1, held.grown, None, "MB", "≤ 200")
    yield Figure("processor time of the web process meanwhile", 1, held.busy, None, "share of a core")


def crawl(_: argparse.Namespace) -> Iterator[Figure]:
    """A made-up site of 480 pages, 12 kB each, served on the same two cores; Milo and Scrapy turn by turn."""
    from tests.bench.crawling import beside_scrapy

    read, published, scrapy = beside_scrapy()
    yield of("Milo: fetched, read and stored (null embedder)", read, "pages/s", "≥ 60")
    yield of("Milo: the same, cut, indexed and published", published, "pages/s", "≥ 60")
    yield of("Scrapy: fetched, title, links and text taken", scrapy, "pages/s")
    yield of("Milo / Scrapy, until stored", ratios(read, scrapy), "", "≥ 0.7")
    yield of("Milo / Scrapy, until published", ratios(published, scrapy), "")


def embedding(_: argparse.Namespace) -> Iterator[Figure]:
    """The local embedder over 150 pages while the web process is asked ten times a second."""
    from tests.bench.crawling import tokens_beside_web

    rates, answers = tokens_beside_web()
    yield of("tokens embedded", rates, "tokens/s", "≥ 9,000")
    yield of("the widget's frame asked for meanwhile", answers, "ms")


def recrawl(_: argparse.Namespace) -> Iterator[Figure]:
    """150 unchanged pages read again: CPU time of the worker and its children against the first time's."""
    from tests.bench.crawling import cpu_of_rereading

    yield of("CPU of reading again / first time", cpu_of_rereading(), "", "≤ 0.10")


def traps(_: argparse.Namespace) -> Iterator[Figure]:
    """Fifty real pages among calendars, filters, sessions, a maze and soft 404s (tests/unit/ingestion/trap_site.py)."""
    from tests.bench.crawling import among_traps

    found, last, asked = asyncio.run(among_traps())
    yield Figure("real pages found among traps, of 50", 1, found, None, "pages", "≥ 48")
    yield Figure("requests until the last of them", 1, last, None, "", "≤ 500")
    yield Figure("requests in all", 1, asked, None, "", "≤ 500")


def memory(_: argparse.Namespace) -> Iterator[Figure]:
    """A worker reads 480 pages twenty times; every page's text is new each time."""
    from tests.bench.crawling import growth, memory_over_crawls

    figures = memory_over_crawls()
    yield of("memory (PSS) of the worker and its children after a crawl", figures, "MB")
    yield Figure("growth after the third crawl", len(figures), growth(figures), None, "share", "< 0.05")


def hostile(_: argparse.Namespace) -> Iterator[Figure]:
    """130 hostile sites (tests/integration/hostile): the loop that reads them, and the web process beside the worker.

    The first column is the 99th percentile, the second the worst.
    """
    from tests.bench.hostile_lag import loop_lags, web_cost

    yield worst_of("the reading loop is late by", loop_lags())
    cost = web_cost()
    yield worst_of("/healthz while the worker reads them", cost.latencies)
    yield Figure(
        "memory of the worker after reading them again, as a share of before",
        cost.sites,
        cost.after / cost.before,
        None,
        "share",
        "≤ 1.10",
    )


def worst_of(name: str, values: list[float]) -> Figure:
    ordered = sorted(values)
    return Figure(name, len(ordered), ordered[int(0.99 * len(ordered))], ordered[-1], "ms", "p99 < 100")


def pdfs(_: argparse.Namespace) -> Iterator[Figure]:
    """Real PDFs of the manifest, and generated pages of which the right order is known (docs/decisions/0023).

    Glyphs: what is drawn on the pages against pypdf's letters; two files print their text several times over itself.
    """
    from tests.bench import pdfs as measured

    found = measured.files(measured.FOLDER)
    for name, speed in measured.speeds(measured.FOLDER).items():
        yield Figure(f"{name}, one core", len(found), speed, None, "pages/s")
    right = sum(each.pages == each.pages_expected for each in found)
    yield Figure("files with the page count of the other libraries", len(found), right, None, "files", str(len(found)))
    near = sum(not each.drawn or abs(each.drawn / each.letters - 1) <= 0.05 for each in found)
    yield Figure("files whose glyphs are within 5 % of pypdf's", len(found), near, None, "files", "13: 2 overprint")
    within = sum(bool(each.median) and abs(each.stored / each.median - 1) <= 0.05 for each in found)
    yield Figure(
        "files whose stored text is within 5 % of the median of three libraries", len(found), within, None, "files"
    )
    for reason, count in measured.failures(found).items():
        yield Figure(f"files ended as: {reason}", len(found), count, None, "files")
    for name, (ours, theirs) in measured.layout().items():
        yield Figure(f"{name} (pypdf alone {theirs:.2f})", 60, ours, None, "share", "≥ 0.95")


def fuzz(_: argparse.Namespace) -> Iterator[Figure]:
    """2,000 damaged copies of good PDFs and pages, in children: none may fall silent, hang or cost the parent."""
    from tests.bench.fuzzing import fuzz as run

    outcome = asyncio.run(run(2000, seed=1))
    yield Figure("damaged copies read to an end", 2000, outcome.read, None, "copies", "2000")
    yield Figure("of them silent or longer than 25 s", 2000, len(outcome.wrong), None, "copies", "0")
    yield Figure("the slowest of them", 2000, outcome.slowest, None, "s", "≤ 25")


def articles(options: argparse.Namespace) -> Iterator[Figure]:
    """The main text of the benchmark's article pages against all their text (4-gram shingles); all of it is kept."""
    from tests.bench.articles import measure

    for name, scores in measure(Path(options.sites).parent / "articles"):
        goal = "≥ 0.93" if name == "ours, main text" else ""
        yield Figure(f"article F1: {name}", scores.pages, scores.f1, None, "share", goal)
        yield Figure(f"the same, CPU time a page: {name}", scores.pages, scores.milliseconds, None, "ms")


def chunking(options: argparse.Namespace) -> Iterator[Figure]:
    """Cutting into passages, by the shipped tokenizer; recall of the shipped search at 200-token passages."""
    import json

    from tests.bench.chunking_speed import measure

    for shape, size, speed in measure():
        yield Figure(f"cut into passages: {shape}, {size / 1e6:.0f} MB", 1, speed, None, "MB/s", "≥ 1")
    data = Path(options.sites).parent
    command = [sys.executable, "-m", "tests.eval.run_open_sets", "--only", "chunking", "--data", str(data)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = json.loads(told.splitlines()[-1])
    yield Figure("chunking set: recall at 5 passages", found["n"], found["recall_at_5"], None, "share", "≥ 0.88")
    yield Figure("the same by position, copies of a text not counted", found["n"], found["by_position"], None, "share")


def quality(name: str) -> Callable[[argparse.Namespace], Iterator[Figure]]:
    """One of the promises of the answers (tests/eval/claims.py), as figures."""

    def measured(_: argparse.Namespace) -> Iterator[Figure]:
        for claim in CLAIMS[name](DATA):
            yield Figure(claim.name, claim.n, claim.value, None, claim.unit, claim.goal)

    measured.__doc__ = CLAIMS[name].__doc__
    return measured


MEASUREMENTS: dict[str, Callable[[argparse.Namespace], Iterator[Figure]]] = {
    "start": start,
    "sites": sites,
    "search": search,
    "million": million,
    "many": many,
    "first_text": first_text,
    "streams": streams,
    "crawl": crawl,
    "embedding": embedding,
    "recrawl": recrawl,
    "traps": traps,
    "memory": memory,
    "hostile": hostile,
    "pdfs": pdfs,
    "fuzz": fuzz,
    "articles": articles,
    "chunking": chunking,
    **{name: quality(name) for name in CLAIMS},
}


@contextmanager
def site_server(folder: Path, names: list[str]) -> Iterator[None]:
    server = subprocess.Popen([sys.executable, str(folder / "serve.py"), *names], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for _ in names:
            server.stdout.readline()
        time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait(10)
