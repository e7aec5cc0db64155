"""Whole crawls of hostile sites: each ends in time, in the reason that its case names, and costs little memory."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from app.outbound import OutboundFetcher
from ingestion.crawl import crawl
from ingestion.extract.child import ChildExtractor
from ingestion.judge import Crawled
from ingestion.model import PageStatus, Reason
from ingestion.plan import CrawlPlan, Stores
from ingestion.sentences import sentence_for
from tests.fakes.certificates import server_context
from tests.fakes.recording import Recorder
from tests.integration.hostile.cases import BODIES, CASES
from tests.integration.hostile.crawling import SETTINGS, Outcome, crawl_all
from tests.integration.hostile.server import GOOD, START, Case, answer

WALL_SECONDS = 25.0
MEMORY = 400 * 2**20  # several crawls at once, each with a body of at most 20 MB, and the servers' own bodies


class Memory:
    """The most that this process held while it runs."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._over = threading.Event()
        self.before = self.most = self._process.memory_info().rss

    def __enter__(self) -> Memory:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, self._process.memory_info().rss)


@pytest.fixture(scope="module")
def ran() -> Iterator[tuple[dict[str, Outcome], int]]:
    """All cases once, several at a time; the tests below look at what came of each."""
    with Memory() as memory:
        outcomes = asyncio.run(crawl_all(CASES, total_seconds=1.0))
    yield {outcome.case.name: outcome for outcome in outcomes}, memory.most - memory.before


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_hostile_site_ends_in_the_reason_that_names_it(case: Case, ran: tuple[dict[str, Outcome], int]):
    outcome = ran[0][case.name]
    wanted = case.start if isinstance(case.start, frozenset) else {case.start}
    assert outcome.start in wanted, outcome.ledger
    for path, expected in case.expect.items():
        entries = outcome.said_of(path)
        if expected == frozenset():
            continue  # a sitemap that was read without complaint has no line of its own
        assert entries, f"nothing is said of {path}: {outcome.ledger}"
        reasons = expected if isinstance(expected, frozenset) else {expected}
        assert entries[-1].reason in reasons, entries
        if expected is None:
            assert entries[-1].status is PageStatus.FETCHED
    assert outcome.seconds < WALL_SECONDS


def test_every_line_of_the_ledger_has_a_sentence(ran: tuple[dict[str, Outcome], int]):
    for outcome in ran[0].values():
        for entry in outcome.ledger:
            if entry.reason is not None:
                sentence = sentence_for(entry.reason, entry.url, entry.detail)
                assert len(sentence) < 2600
                assert not any(word in sentence for word in ("Error", "Exception", "None", "\0")), sentence


def test_memory_stays_within_bounds(ran: tuple[dict[str, Outcome], int]):
    assert ran[1] < MEMORY


def test_there_are_more_than_forty_of_them():
    assert len({case.name for case in CASES}) == len(CASES) >= 100


def test_tls_on_a_plain_address_is_no_web_page(tmp_path_factory: pytest.TempPathFactory):
    context = server_context(tmp_path_factory.mktemp("tls"), "127.0.0.1.example")
    [outcome] = asyncio.run(crawl_all([Case("tls", {"/": answer(GOOD)}, tls=context)], total_seconds=2.0))
    assert outcome.start is not None
    assert outcome.ledger[0].reason is not None


@pytest.mark.slow
def test_with_the_limits_of_production_none_takes_longer_than_promised():
    """The slow ones alone, all beside each other: one takes what all take."""
    slow = [case for case in BODIES if "byte at a time" in case.name or "no answer" in case.name][:3]
    begun = time.monotonic()
    outcomes = asyncio.run(crawl_all(slow, total_seconds=20.0))
    assert len(outcomes) == 3
    for outcome in outcomes:
        assert outcome.said_of("/x")[-1].reason is outcome.case.expect["/x"]
    assert time.monotonic() - begun < WALL_SECONDS + 5


async def test_a_name_server_that_changes_its_mind_in_a_crawl_leads_nowhere_private():
    """Public for robots.txt, sitemap and start, private from then on: nothing is connected to but the first."""
    asked = 0

    async def resolve(_host: str, _port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["93.184.216.34"] if asked <= 3 else ["10.0.0.1", "169.254.169.254"]

    def say(head: bytes) -> bytes:
        path = head.split(b" ")[1]
        return answer(START) if path == b"/" else answer("<h1>Not found</h1>", "404 Not Found")

    recorder = Recorder(say)
    fetcher = OutboundFetcher(SETTINGS, resolve=resolve, backend=recorder, refusal_seconds=0)
    ledger: dict[str, Reason | None] = {}

    async def tell(crawled: Crawled, _done: int, _total: int) -> None:
        ledger[crawled.entry.url] = crawled.entry.reason

    async with ChildExtractor() as extractor:
        plan = CrawlPlan("http://rebinding.example/", delay=0, max_requests=20)
        assert await crawl(plan, Stores(), fetcher, extractor, tell) is None
    await fetcher.close()
    assert ledger == {"http://rebinding.example/": None, "http://rebinding.example/x": Reason.NO_SUCH_HOST}
    assert set(recorder.connected) == {("93.184.216.34", 80)}
