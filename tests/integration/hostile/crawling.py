"""One crawl of a hostile site with the real door and the real child, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.outbound import TOTAL_SECONDS, OutboundFetcher
from app.settings import Settings
from ingestion.crawl import crawl
from ingestion.extract.child import ChildExtractor
from ingestion.judge import Crawled
from ingestion.model import LedgerEntry, Reason
from ingestion.plan import CrawlPlan, Stores
from tests.integration.hostile.server import Case, serving

SETTINGS = Settings.from_env({"MILO_DATA_DIR": "/nonexistent", "MILO_PUBLIC_URL": "http://127.0.0.1:8000"})


@dataclass
class Outcome:
    case: Case
    start: Reason | None
    ledger: list[LedgerEntry]
    seconds: float
    origin: str

    def said_of(self, path: str) -> list[LedgerEntry]:
        return [entry for entry in self.ledger if entry.url == f"{self.origin}{path}"]


async def resolve(host: str, _port: int) -> list[str]:
    if host == "intranet.example":
        return ["10.1.2.3"]
    raise OSError("no such name")


async def crawl_case(case: Case, extractor: ChildExtractor, *, total_seconds: float) -> Outcome:
    """`total_seconds` of those that wait for it; a busy machine must not end the others."""
    async with serving(case) as origin:
        return await crawl_at(origin, case, extractor, total_seconds=total_seconds if case.waits else TOTAL_SECONDS)


async def crawl_at(origin: str, case: Case, extractor: ChildExtractor, *, total_seconds: float) -> Outcome:
    """Of a case that somebody serves at `origin`."""
    owned = replace(SETTINGS, crawl_private_hosts=frozenset({urlsplit(origin).netloc}))
    fetcher = OutboundFetcher(owned, resolve=resolve, total_seconds=total_seconds, refusal_seconds=0)
    ledger: list[LedgerEntry] = []

    async def tell(crawled: Crawled, _done: int, _total: int) -> None:
        ledger.append(crawled.entry)

    begun = time.monotonic()
    plan = CrawlPlan(f"{origin}/", max_pages=20, max_requests=60, backoff=0.01)
    try:
        start = await crawl(plan, Stores(), fetcher, extractor, tell)
    finally:
        await fetcher.close()
    return Outcome(case, start, ledger, time.monotonic() - begun, origin)


async def crawl_all(cases: Sequence[Case], *, total_seconds: float, at_once: int = 6) -> list[Outcome]:
    """Several sites beside each other, as a worker has them. What raises, raises here."""
    free = asyncio.Semaphore(at_once)

    async with ChildExtractor(wall_seconds=10) as extractor:

        async def one(case: Case) -> Outcome:
            async with free:
                return await crawl_case(case, extractor, total_seconds=total_seconds)

        return await asyncio.gather(*(one(case) for case in cases))
