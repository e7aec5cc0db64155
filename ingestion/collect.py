"""Reads a source into documents and versions, address by address. Called by pipeline.py.

What a site or a file says is stored as soon as it is read, with its line in the ledger: a worker that
dies has lost nothing, and the next one asks only for what changed.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from ingestion.crawl import Crawled, CrawlPlan, crawl
from ingestion.model import ExtractedDocument, LedgerEntry, PageCounts, PageStatus, Reason
from ingestion.ports import Connection, IngestPorts, Progress, Transaction
from ingestion.queries import (
    KnownRow,
    SourceRow,
    insert_pages,
    known_pages,
    list_files,
    put_document,
    put_version,
    read_file,
    set_progress,
    touch_document,
)
from ingestion.visit import KnownPage, hash_content, join_text, status_of

_GONE = (Reason.NOT_FOUND, Reason.GONE)
_PROGRESS_SECONDS = 0.5
FILES_URL = "files:"


@dataclass(slots=True)
class Collected:
    """What one reading found. `taken`: document → version; `kept`: last good versions of what failed this time."""

    taken: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    kept: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    ledger: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    start_reason: Reason | None = None

    @property
    def counts(self) -> PageCounts:
        count = Counter(entry.status for entry in self.ledger)
        return PageCounts(
            count[PageStatus.FETCHED], count[PageStatus.UNCHANGED], count[PageStatus.SKIPPED], count[PageStatus.FAILED]
        )


async def collect(
    transaction: Transaction,
    business_id: UUID,
    source: SourceRow,
    crawl_id: UUID,
    ports: IngestPorts,
    *,
    delay: float | None,
) -> Collected:
    """`delay` overrides the seconds between requests to a host that nobody owns (tests only)."""
    async with transaction() as conn:
        rows = await known_pages(conn, business_id, source.source_id)
    shelf = _Shelf(transaction, business_id, source.source_id, crawl_id, ports)
    known = {row.url: _known(row) for row in rows}
    if source.kind == "site":
        plan = CrawlPlan(source.url, max_pages=source.max_pages, max_depth=source.max_depth)
        plan = plan if delay is None else replace(plan, delay=delay)
        shelf.found.start_reason = await crawl(plan, known, ports.fetcher, ports.extractor, shelf.take)
    else:
        await _read_files(transaction, business_id, source.source_id, known, ports, shelf)
    await shelf.finish()
    return shelf.found


async def _read_files(
    transaction: Transaction,
    business_id: UUID,
    source_id: UUID,
    known: dict[str, KnownPage],
    ports: IngestPorts,
    shelf: _Shelf,
) -> None:
    async with transaction() as conn:
        files = await list_files(conn, business_id, source_id)
    for number, file in enumerate(files, 1):
        url = f"file:{file.name}"
        mark = f'"sha256:{file.sha256.hex()}"'
        before = known.get(url)
        if before is not None and before.etag == mark:
            entry = LedgerEntry(url, PageStatus.UNCHANGED, bytes=file.bytes, words=before.words)
            await shelf.take(Crawled(entry, known=before), number, len(files))
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
            await shelf.take(Crawled(entry, known=before), number, len(files))
            continue
        content_hash = hash_content(document)
        crawled = Crawled(entry, document, before, content_hash, file.media_type, etag=mark)
        await shelf.take(crawled, number, len(files))


class _Shelf:
    """Where each answer is put away; writes progress at most twice a second."""

    def __init__(
        self, transaction: Transaction, business_id: UUID, source_id: UUID, crawl_id: UUID, ports: IngestPorts
    ):
        self.found = Collected()
        self._transaction = transaction
        self._business_id = business_id
        self._source_id = source_id
        self._crawl_id = crawl_id
        self._ports = ports
        self._waiting: list[tuple[int, LedgerEntry, UUID | None]] = []
        self._written_at = 0.0
        self._progress = (0, 0)
        self._lock = asyncio.Lock()

    async def take(self, crawled: Crawled, done: int, total: int) -> None:
        async with self._lock:
            document_id = await self._store(crawled)
            self.found.ledger.append(crawled.entry)
            self._waiting.append((len(self.found.ledger), crawled.entry, document_id))
            self._progress = (done, total)
            if time.monotonic() - self._written_at > _PROGRESS_SECONDS:
                await self.finish()
        await self._ports.on_progress(Progress("crawl", done, total))

    async def finish(self) -> None:
        self._written_at = time.monotonic()
        waiting, self._waiting = self._waiting, []
        async with self._transaction() as conn:
            if waiting:
                await insert_pages(conn, self._business_id, self._crawl_id, waiting)
            await set_progress(conn, self._business_id, self._crawl_id, "crawl", *self._progress)

    async def _store(self, crawled: Crawled) -> UUID | None:
        entry, known = crawled.entry, crawled.known
        if entry.status is PageStatus.UNCHANGED and known is not None:
            async with self._transaction() as conn:
                if crawled.document is not None:
                    # The same text was sent in full: its conditions and links may be new all the same.
                    await self._put_version(conn, crawled, crawled.document, known.document_id)
                await touch_document(conn, self._business_id, known.document_id)
            self.found.taken[known.document_id] = known.version_id
            return known.document_id
        document = crawled.document
        if entry.status is PageStatus.FETCHED and document is not None:
            if entry.reason is not None and known is not None:
                # Read only in part this time, and the whole of it was read before: that stays.
                self.found.kept[known.document_id] = known.version_id
                return known.document_id
            async with self._transaction() as conn:
                document_id = await put_document(conn, self._business_id, self._source_id, entry.url)
                self.found.taken[document_id] = await self._put_version(conn, crawled, document, document_id)
            self._ports.fault("parsed")
            return document_id
        if entry.status is PageStatus.FAILED and known is not None and entry.reason not in _GONE:
            self.found.kept[known.document_id] = known.version_id
            return known.document_id
        return None

    async def _put_version(
        self, conn: Connection, crawled: Crawled, document: ExtractedDocument, document_id: UUID
    ) -> UUID:
        text, blocks = _stored(document)
        return await put_version(
            conn,
            self._business_id,
            document_id,
            content_hash=crawled.content_hash or hash_content(document),
            title=document.title,
            text=text,
            language=document.language,
            words=document.words,
            links=document.links,
            blocks=blocks,
            structured=[asdict(item) for item in document.structured],
            media_type=crawled.media_type,
            etag=crawled.etag,
            last_modified=crawled.last_modified,
        )


def _stored(document: ExtractedDocument) -> tuple[str, list[dict[str, Any]]]:
    """The text and its blocks as spans of it; what is empty is left out of the row."""
    blocks: list[dict[str, Any]] = []
    at = 0
    for block in document.blocks:
        fields: dict[str, Any] = {"kind": block.kind, "start": at, "end": at + len(block.text)}
        fields |= {name: value for name in ("level", "page", "header") if (value := getattr(block, name))}
        blocks.append(fields)
        at += len(block.text) + 1
    return join_text(document.blocks), blocks


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
    )
