"""Where each answer of a reading is put away: new text as a version, and every address with its line in the ledger.

Called by collect.py for each `Crawled`. What is unchanged costs no transaction of its own: that is written with
the ledger, at most twice a second.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from ingestion.documents.queries import put_document, put_version, touch_documents
from ingestion.judge import Crawled
from ingestion.model import MARKS, ExtractedDocument, LedgerEntry, PageCounts, PageStatus, Reason
from ingestion.ports import Connection, IngestPorts, Progress, Transaction
from ingestion.queries import insert_pages, set_progress
from ingestion.visit import KnownPage, hash_content, join_text

_PROGRESS_SECONDS = 0.5


@dataclass(slots=True)
class Collected:
    """What one reading found. `taken`: document → version; `kept`: last good versions of what failed this time.

    `missed`: those of the kept that answered that they are gone. `rechecked`: the addresses this reading was about,
    when it was about a few; what it did not ask stays, but for `left`.
    """

    taken: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    kept: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    missed: set[UUID] = field(default_factory=set[UUID])
    left: set[UUID] = field(default_factory=set[UUID])
    rechecked: tuple[str, ...] | None = None
    ledger: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    start_reason: Reason | None = None

    @property
    def needs_browser(self) -> bool:
        return any(entry.reason in (Reason.SCRIPT_SHELL, Reason.RENDERED) for entry in self.ledger)

    @property
    def counts(self) -> PageCounts:
        count = Counter(entry.status for entry in self.ledger)
        return PageCounts(
            count[PageStatus.FETCHED], count[PageStatus.UNCHANGED], count[PageStatus.SKIPPED], count[PageStatus.FAILED]
        )


class Shelf:
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
        self._checked: list[UUID] = []
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
        checked, self._checked = self._checked, []
        async with self._transaction() as conn:
            if checked:
                await touch_documents(conn, self._business_id, checked)
            if waiting:
                await insert_pages(conn, self._business_id, self._crawl_id, waiting)
            await set_progress(conn, self._business_id, self._crawl_id, "crawl", *self._progress)

    async def _store(self, crawled: Crawled) -> UUID | None:
        entry, known, document = crawled.entry, crawled.known, crawled.document
        if entry.status is PageStatus.UNCHANGED and known is not None:
            if document is not None and not _is_stored(crawled, document, known):
                # The same text was sent in full, with other conditions or links.
                async with self._transaction() as conn:
                    await self._put_version(conn, crawled, document, known.document_id)
            self._checked.append(known.document_id)
            self.found.taken[known.document_id] = known.version_id
            return known.document_id
        if entry.status is PageStatus.FETCHED and document is not None:
            if (
                _cut(entry)
                and known is not None
                and known.cut is None
                and not known.left
                and document.words < known.words
            ):
                # Read only in part this time, and wholly before: that stays.
                self.found.kept[known.document_id] = known.version_id
                return known.document_id
            async with self._transaction() as conn:
                document_id = await put_document(conn, self._business_id, self._source_id, entry.url)
                self.found.taken[document_id] = await self._put_version(conn, crawled, document, document_id)
            self._ports.fault("parsed")
            return document_id
        if known is None:
            return None
        if not crawled.keep or known.left:
            self.found.left.add(known.document_id)
            return None
        self.found.kept[known.document_id] = known.version_id
        if crawled.missed:
            self.found.missed.add(known.document_id)
        return known.document_id

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
            cut=_cut(crawled.entry),
            cut_detail=crawled.entry.detail if _cut(crawled.entry) else None,
            unseen=document.removed,
        )


def _is_stored(crawled: Crawled, document: ExtractedDocument, known: KnownPage) -> bool:
    conditions = (crawled.etag, crawled.last_modified) == (known.etag, known.last_modified)
    cut = known.cut, known.cut_detail
    same_part = cut == (document.reason, document.detail) if _cut(crawled.entry) else cut == (None, None)
    return known.current and conditions and same_part and document.links == known.links


def _cut(entry: LedgerEntry) -> Reason | None:
    """Why only a part of a page was read; None where it was read wholly."""
    return None if entry.reason in MARKS else entry.reason


def _stored(document: ExtractedDocument) -> tuple[str, list[dict[str, Any]]]:
    """The text and its blocks as spans of it; what is empty is left out of the row."""
    blocks: list[dict[str, Any]] = []
    at = 0
    for block in document.blocks:
        fields: dict[str, Any] = {"kind": block.kind, "start": at, "end": at + len(block.text)}
        fields |= {name: value for name in ("level", "page", "header", "aside") if (value := getattr(block, name))}
        blocks.append(fields)
        at += len(block.text) + 1
    return join_text(document.blocks), blocks
