"""A look at a site before it is read: at most twenty requests, nothing stored but the ledger.

Called by the job handler (app/knowledge/preview.py). Every address met is told: would be read, or why not.
"""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from uuid import UUID

from ingestion.collect import plan_for
from ingestion.crawl import crawl
from ingestion.judge import Crawled
from ingestion.model import ChunkCounts, LedgerEntry, PageCounts, PageStatus, Reason
from ingestion.pipeline import NoSuchSource
from ingestion.plan import Stores
from ingestion.ports import IngestPorts, Transaction
from ingestion.queries import begin_crawl, finish_crawl, insert_pages, prune_crawls, read_source, set_progress
from ingestion.sentences import INTERRUPTED, nothing_read

PREVIEWED = "previewed"
_KEPT = 20
_BATCH = 50


async def preview(
    transaction: Transaction, business_id: UUID, source_id: UUID, crawl_id: UUID, ports: IngestPorts
) -> None:
    """Raises NoSuchSource; what a site does ends in the crawl's row: `previewed`, or `failed` with the reason."""
    begun = time.monotonic()
    async with transaction() as conn:
        source = await read_source(conn, business_id, source_id)
        if source is None:
            raise NoSuchSource(str(source_id))
        await begin_crawl(conn, business_id, source_id, crawl_id, interrupted=INTERRUPTED, purpose="preview")
    plan = replace(await plan_for(transaction, business_id, source), preview=True)
    met: list[LedgerEntry] = []
    written = 0

    async def write(done: int, total: int) -> None:
        nonlocal written
        entries = [(number, entry, None) for number, entry in enumerate(met[written:], written + 1)]
        written = len(met)
        async with transaction() as conn:
            await insert_pages(conn, business_id, crawl_id, entries)
            await set_progress(conn, business_id, crawl_id, "crawl", done, total)

    async def tell(crawled: Crawled, done: int, total: int) -> None:
        met.append(_forecast(crawled))
        if len(met) - written >= _BATCH or crawled.taken:
            await write(done, total)

    reason = await crawl(plan, Stores(), ports.fetcher, ports.extractor, tell)
    await write(len(met), len(met))
    readable = any(entry.reason is Reason.WOULD_BE_READ for entry in met)
    told = next((entry for entry in met if entry.reason == reason), None)
    sentence = (
        None if readable else nothing_read(told.url if told else source.url, reason, told.detail if told else None)
    )
    pages = PageCounts(
        skipped=sum(entry.status is PageStatus.SKIPPED for entry in met),
        failed=sum(entry.status is PageStatus.FAILED for entry in met),
    )
    report = {
        "seconds": round(time.monotonic() - begun, 3),
        "pages": asdict(pages),
        "chunks": asdict(ChunkCounts()),
        "would_be_read": sum(entry.reason is Reason.WOULD_BE_READ for entry in met),
    }
    async with transaction() as conn:
        await finish_crawl(
            conn,
            business_id,
            crawl_id,
            state=PREVIEWED if readable else "failed",
            generation=None,
            reason=sentence,
            report=report,
        )
        await prune_crawls(conn, business_id, source_id, _KEPT)


def _forecast(crawled: Crawled) -> LedgerEntry:
    """What was looked at and found good is told as what would be read; nothing of it is kept."""
    if not crawled.taken:
        return crawled.entry
    return replace(crawled.entry, status=PageStatus.SKIPPED, reason=Reason.WOULD_BE_READ)
