"""Reads a source into documents and versions, address by address. Called by pipeline.py.

What a site or a file says is stored as soon as it is read, with its line in the ledger: a worker that
dies has lost nothing, and the next one asks only for what changed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from ingestion.crawl import crawl
from ingestion.documents.queries import KnownRow, known_pages, read_text
from ingestion.judge import Crawled, Recall
from ingestion.model import LedgerEntry, PageStatus, Reason
from ingestion.owner.read import read_owner
from ingestion.plan import MAX_REQUESTS, MAX_SECONDS, CrawlPlan, Stores
from ingestion.ports import IngestPorts, Transaction
from ingestion.queries import SourceRow, list_files, proved_hosts, read_file, seen_traps
from ingestion.rules import Rules
from ingestion.shelf import Collected, Shelf
from ingestion.traps import closed_from
from ingestion.visit import KnownPage, hash_content, status_of

FILES_URL = "files:"
_LONGEST_FILES = 60 * 60.0
_ALL_FILES = "one hour for all files; choose “Update now” to go on"
_LONGEST_CRAWL = 90 * 60.0  # a worker's job has two hours, and what was read is still to be embedded


async def collect(
    transaction: Transaction,
    business_id: UUID,
    source: SourceRow,
    crawl_id: UUID,
    ports: IngestPorts,
    *,
    delay: float | None,
    recheck: bool = False,
) -> Collected:
    """`delay` overrides the seconds between requests to a host that nobody owns (tests only).

    `recheck`: asks only the source's `recheck` addresses again, and applies its rules to what is known.
    """
    async with transaction() as conn:
        rows = await known_pages(conn, business_id, source.source_id, crawl_id)
    shelf = Shelf(transaction, business_id, source.source_id, crawl_id, ports)
    known = {row.url: _known(row) for row in rows}
    if source.kind == "site":
        plan = await plan_for(transaction, business_id, source)
        plan = plan if delay is None else replace(plan, delay=delay)
        if recheck:
            shelf.found.rechecked = tuple(source.recheck)
            only = await _apply_rules(plan, source.recheck, known, shelf)
            # The site may have moved to https or www. since its start was typed: what is asked says where it is.
            plan = replace(plan, only=only, start=only[0] if only else plan.start)
        if plan.only is None or plan.only:
            stores = Stores(known, _recall(transaction, business_id), ports.renderer)
            shelf.found.start_reason = await crawl(plan, stores, ports.fetcher, ports.extractor, shelf.take)
    elif source.kind == "owner":
        await read_owner(transaction, business_id, source.source_id, known, shelf.take)
    else:
        await _read_files(transaction, business_id, source.source_id, known, ports, shelf)
    await shelf.finish()
    return shelf.found


async def plan_for(transaction: Transaction, business_id: UUID, source: SourceRow) -> CrawlPlan:
    """The source's limits and rules, with what this business proved and what the last crawl saw through."""
    async with transaction() as conn:
        owned = await proved_hosts(conn, business_id)
        traps = await seen_traps(conn, business_id, source.source_id)
    # An owner who raised the limit of pages wants the requests and the time that they take.
    times = max(1.0, source.max_pages / MAX_REQUESTS)
    return CrawlPlan(
        source.url,
        max_pages=source.max_pages,
        max_requests=int(MAX_REQUESTS * (times if times == 1 else times * 1.25)),
        max_seconds=min(MAX_SECONDS * times, _LONGEST_CRAWL),
        max_depth=source.max_depth,
        include=tuple(source.include),
        exclude=tuple(source.exclude),
        ignore_robots=source.ignore_robots,
        owned=frozenset(owned),
        closed=frozenset(closed_from(traps)),
    )


async def _apply_rules(
    plan: CrawlPlan, asked: Sequence[str], known: dict[str, KnownPage], shelf: Shelf
) -> tuple[str, ...]:
    """Pages that the owner's rules leave out by now leave, without a request. Returns which addresses to ask."""
    rules = Rules.of(plan.include, plan.exclude)
    met = list(dict.fromkeys([*asked, *known]))
    out = [(url, rule) for url in met if (rule := rules.leaves_out(url)) is not None]
    for number, (url, rule) in enumerate(out, 1):
        entry = LedgerEntry(url, PageStatus.SKIPPED, Reason.EXCLUDED, detail=rule)
        await shelf.take(Crawled(entry, known=known.get(url)), number, len(out))
    left_out = {url for url, _ in out}
    return tuple(url for url in dict.fromkeys(asked) if url not in left_out)


def _recall(transaction: Transaction, business_id: UUID) -> Recall:
    async def recall(version_id: UUID) -> str:
        async with transaction() as conn:
            return await read_text(conn, business_id, version_id)

    return recall


async def _read_files(
    transaction: Transaction,
    business_id: UUID,
    source_id: UUID,
    known: dict[str, KnownPage],
    ports: IngestPorts,
    shelf: Shelf,
) -> None:
    async with transaction() as conn:
        files = await list_files(conn, business_id, source_id)
    begun = time.monotonic()
    for number, file in enumerate(files, 1):
        url = f"file:{file.name}"
        mark = f'"sha256:{file.sha256.hex()}"'
        before = known.get(url)
        if before is not None and before.etag == mark:
            entry = LedgerEntry(
                url, PageStatus.UNCHANGED, before.cut, bytes=file.bytes, words=before.words, detail=before.cut_detail
            )
            await shelf.take(Crawled(entry, known=before), number, len(files))
            continue
        if time.monotonic() - begun > _LONGEST_FILES:
            # Some hundred files that take all of their time: what was read is worth more than the rest of them.
            entry = LedgerEntry(url, PageStatus.SKIPPED, Reason.PARSE_TIMEOUT, bytes=file.bytes, detail=_ALL_FILES)
            await shelf.take(Crawled(entry, known=before, keep=before is not None), number, len(files))
            continue
        async with transaction() as conn:
            body = await read_file(conn, business_id, file.file_id)
        document = await ports.extractor.extract(body, url=url, media_type=file.media_type)
        status = status_of(document, file.media_type)
        if document.reason is Reason.EMPTY:
            status = PageStatus.FAILED  # a page may be empty; a file was meant to say something
        entry = LedgerEntry(
            url, status, document.reason, bytes=file.bytes, words=document.words, detail=document.detail
        )
        if status is not PageStatus.FETCHED:
            await shelf.take(Crawled(entry, known=before, keep=before is not None), number, len(files))
            continue
        content_hash = hash_content(document)
        # What the owner gave is what counts, even where less of it can be read than of the file before: so no
        # `known`, which would stay.
        crawled = Crawled(entry, document, None, content_hash, file.media_type, etag=mark)
        await shelf.take(crawled, number, len(files))


def _known(row: KnownRow) -> KnownPage:
    """Conditions only where this extractor read the version: else a 304 would keep an old reading for ever."""
    return KnownPage(
        document_id=row.document_id,
        version_id=row.version_id,
        content_hash=row.content_hash,
        text_hash=row.text_hash,
        links=tuple(row.links),
        words=row.words,
        etag=row.etag if row.current else None,
        last_modified=row.last_modified if row.current else None,
        language=row.language,
        missed=row.missed,
        current=row.current,
        cut=Reason(row.cut) if row.cut is not None else None,
        cut_detail=row.cut_detail,
        left=row.left,
    )
