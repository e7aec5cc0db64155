"""One source in, what visitors are answered from out: read → stage → embed → publish, or hold, or fail.

Called by the job handler (app/knowledge/reindex.py). Every step commits as it goes and nothing that is
live changes before the one short transaction at the end, so a worker may die at any point.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from ingestion.collect import Collected, collect
from ingestion.documents.queries import fail_documents, prune_documents, settle_documents
from ingestion.embed import Embedded, StagingLost, embed_generation
from ingestion.generations.changes import compare
from ingestion.generations.queries import live_documents, set_changes, set_figures
from ingestion.generations.stage import Staged, fingerprint, stage
from ingestion.model import ChunkCounts, IngestReport, IngestStatus, PageStatus, Reason
from ingestion.owner.queries import drop_removed_entries
from ingestion.ports import Connection, IngestPorts, Progress, Transaction
from ingestion.publishing.queries import (
    drop_failed,
    end_staging,
    live_generation,
    lock_live,
    publish_generation,
    retire_past,
)
from ingestion.queries import (
    SourceRow,
    begin_crawl,
    begin_recheck,
    end_recheck,
    finish_crawl,
    note_browser,
    overridden_pages,
    prune_crawls,
    read_place,
    read_source,
    set_progress,
)
from ingestion.removal.queries import drop_removed_files, shows_removed_file
from ingestion.rollback.queries import set_aside
from ingestion.sentences import INTERRUPTED, NO_FILES, ROLLED_BACK, nothing_read

CRAWLS_KEPT = 20

# Raises when another worker holds the job by now. Asked right before publishing.
StillMine = Callable[[], Awaitable[None]]


class NoSuchSource(LookupError):
    """The source was removed while its job waited."""


async def ingest(
    transaction: Transaction,
    business_id: UUID,
    source_id: UUID,
    crawl_id: UUID,
    ports: IngestPorts,
    still_mine: StillMine,
    *,
    delay: float | None = None,
    recheck: bool = False,
) -> IngestReport:
    """Raises NoSuchSource and StagingLost; everything a site or file may do ends in the report.

    `crawl_id` names the run: the same again after a crash goes on with what was stored. `delay`, `recheck`: see
    collect.
    """
    begun = time.monotonic()
    async with transaction() as conn:
        if recheck:
            await begin_recheck(conn, business_id, source_id)
        source = await read_source(conn, business_id, source_id)
        if source is None:
            raise NoSuchSource(str(source_id))
        purpose = "recheck" if recheck else "reading"
        await begin_crawl(conn, business_id, source_id, crawl_id, interrupted=INTERRUPTED, purpose=purpose)
    run = _Run(transaction, business_id, source, crawl_id, ports, begun)
    found = await collect(transaction, business_id, source, crawl_id, ports, delay=delay, recheck=recheck)
    ports.fault("fetched")
    report = await run.decide(found, still_mine)
    await run.prune(found)
    return report


@dataclass(frozen=True, slots=True)
class _Run:
    transaction: Transaction
    business_id: UUID
    source: SourceRow
    crawl_id: UUID
    ports: IngestPorts
    begun: float

    async def decide(self, found: Collected, still_mine: StillMine) -> IngestReport:
        reason = self._failure(found)
        async with self.transaction() as conn:
            place = await read_place(conn, self.business_id)
            live = await live_documents(conn, self.business_id, self.source.source_id)
            current = await live_generation(conn, self.business_id)
            aside = await set_aside(conn, self.business_id, self.source.source_id)
        if reason is not None:
            await still_mine()
            return await self._finish(found, IngestStatus.FAILED, None, ChunkCounts(), reason, None)
        over = current.generation if current is not None else None
        mine = {row.document_id: row.version_id for row in live if row.mine}
        # What failed this time keeps the text it had in what is live, or else the newest that was read.
        kept = {document: mine.get(document, version) for document, version in found.kept.items()}
        own = {**kept, **found.taken}
        if found.rechecked is not None:
            own = {document: version for document, version in mine.items() if document not in found.left} | own
        documents = {row.document_id: row.version_id for row in live if not row.mine} | own
        if current is not None and current.fingerprint == fingerprint(documents, place, self.ports):
            await still_mine()
            counts = ChunkCounts(current.chunks, 0, current.chunks)
            return await self._finish(found, IngestStatus.PUBLISHED, current.generation, counts, None, over)
        staged, embedded = await self._prepare(documents)
        held = await self._hold(found, over, staged, pages=len(mine))
        if self.source.kind != "owner" and aside is not None and _brings_back(aside, own, mine):
            held = ROLLED_BACK  # nothing but what the owner went back from: a reading does not undo that
        self.ports.fault("checked")
        await still_mine()
        self.ports.fault("before_publish")
        counts = ChunkCounts(len(staged.chunks), embedded.new, embedded.reused)
        status = IngestStatus.HELD if held else IngestStatus.PUBLISHED
        report = await self._finish(found, status, staged.generation, counts, held, over)
        self.ports.fault("after_publish")
        return report

    def _failure(self, found: Collected) -> str | None:
        """Why nothing can be said of this reading, or None. What is live then stays as it is."""
        if any(entry.status in (PageStatus.FETCHED, PageStatus.UNCHANGED) for entry in found.ledger):
            return None
        if found.rechecked is not None and found.start_reason is None:
            return None  # that a page is gone, or left out by now, is an outcome
        if self.source.kind == "owner":
            return None  # with nothing said any more, what was said goes
        if self.source.kind == "files" and not found.ledger:
            return NO_FILES
        first = next((entry for entry in found.ledger if entry.reason is not None), None)
        if self.source.kind == "site":
            told = next((entry for entry in found.ledger if entry.reason == found.start_reason), first)
            return nothing_read(
                told.url if told else self.source.url, found.start_reason, told.detail if told else None
            )
        return nothing_read(first.url, first.reason, first.detail) if first else nothing_read("files:", None)

    async def _prepare(self, documents: dict[UUID, UUID]) -> tuple[Staged, Embedded]:
        await self._progress("chunk", 0, len(documents))
        ports = _with_progress(self.ports, self._progress)
        staged = await stage(self.transaction, self.business_id, self.crawl_id, documents, ports)
        self.ports.fault("staged")
        embedded = await embed_generation(self.transaction, self.business_id, staged.generation, staged.chunks, ports)
        await self._progress("publish", 0, 0)
        async with self.transaction() as conn:
            await set_figures(
                conn,
                self.business_id,
                staged.generation,
                documents=len(documents),
                chunks=len(staged.chunks),
                reused=embedded.reused,
            )
        return staged, embedded

    async def _hold(self, found: Collected, over: int | None, staged: Staged, *, pages: int) -> str | None:
        """Writes down what differs from what is live. Why the owner is asked before it goes out, None where not."""
        closed: set[str] = set()
        if not any(entry.reason is Reason.ROBOTS_OVERRIDDEN for entry in found.ledger):
            # Read past robots.txt before and not any more: they leave by the owner's word, or for want of a proof.
            async with self.transaction() as conn:
                closed = set(await overridden_pages(conn, self.business_id, self.source.source_id))
        difference = await compare(
            self.transaction,
            self.business_id,
            self.source,
            over=over,
            generation=staged.generation,
            pages=pages,
            closed=closed,
            left_out=staged.facts_left_out,
        )
        if self.source.kind == "owner":
            # The owner's own word, given a moment ago, is not asked for twice. What it does to answers may surprise.
            difference = replace(difference, hold=None)
        difference = difference.with_answers(await self.ports.check(staged.generation, over))
        async with self.transaction() as conn:
            await set_changes(conn, self.business_id, staged.generation, difference.stored())
        return difference.hold

    async def _finish(
        self,
        found: Collected,
        status: IngestStatus,
        generation: int | None,
        chunks: ChunkCounts,
        reason: str | None,
        over: int | None,
    ) -> IngestReport:
        """The one transaction that changes what is live, and says so in the crawl's row."""
        pages = found.counts
        report = IngestReport(
            generation=generation,
            status=status,
            seconds=round(time.monotonic() - self.begun, 3),
            pages=pages,
            chunks=chunks,
            ledger=tuple(found.ledger),
            reason=reason,
        )
        async with self.transaction() as conn:
            if generation is not None:
                await self._settle(conn, generation, status, reason, over)
            await self._note(conn, found, status)
            await finish_crawl(
                conn,
                self.business_id,
                self.crawl_id,
                state=status,
                generation=generation,
                reason=reason,
                report={"seconds": report.seconds, "pages": asdict(pages), "chunks": asdict(chunks)},
            )
        await self.ports.on_progress(Progress("done", 1, 1))
        return report

    async def _settle(
        self, conn: Connection, generation: int, status: IngestStatus, reason: str | None, over: int | None
    ) -> None:
        """`over`: what was live when this generation's documents were chosen.

        An owner may publish a held reading meanwhile: to publish over it what was put together without it would
        undo that decision, and nobody would be told.
        """
        live = await lock_live(conn, self.business_id)
        if live != over:
            raise StagingLost
        if live == generation:
            return  # nothing changed: what is live is what was read
        if await shows_removed_file(conn, self.business_id, generation):
            raise StagingLost
        if status is IngestStatus.HELD:
            done = await end_staging(conn, self.business_id, generation, state="held", reason=reason or "")
        else:
            done = await publish_generation(conn, self.business_id, generation)
        if not done:
            raise StagingLost

    async def _note(self, conn: Connection, found: Collected, status: IngestStatus) -> None:
        """What the next reading and the owner should know of this one."""
        if status is IngestStatus.FAILED:
            # A site that cannot be read at all says nothing of which of its pages are gone.
            await fail_documents(conn, self.business_id, None if found.rechecked else self.source.source_id, found.kept)
        else:
            # While the owner is asked, a page that would go is still live, and still gone.
            settled = [*found.taken, *(found.left if status is IngestStatus.PUBLISHED else ())]
            await settle_documents(
                conn, self.business_id, settled=settled, kept=list(found.kept), missed=list(found.missed)
            )
        if found.rechecked is not None:
            await end_recheck(conn, self.business_id, self.source.source_id, found.rechecked)
        elif self.source.kind == "site" and (found.needs_browser or status is not IngestStatus.FAILED):
            await note_browser(conn, self.business_id, self.source.source_id, found.needs_browser)

    async def prune(self, found: Collected) -> None:
        """What nothing refers to any more. A crash here costs space until the next run, nothing else."""
        async with self.transaction() as conn:
            if self.source.kind == "files":
                await drop_removed_files(conn, self.business_id, self.source.source_id)
            elif self.source.kind == "owner":
                await drop_removed_entries(conn, self.business_id, self.source.source_id)
            await retire_past(conn, self.business_id)
        async with self.transaction() as conn:
            await drop_failed(conn, self.business_id)
        async with self.transaction() as conn:
            if found.rechecked is None:
                kept = [*found.taken.values(), *found.kept.values()]
                await prune_documents(conn, self.business_id, self.source.source_id, kept)
            await prune_crawls(conn, self.business_id, self.source.source_id, CRAWLS_KEPT)

    async def _progress(self, phase: str, done: int, total: int) -> None:
        async with self.transaction() as conn:
            await set_progress(conn, self.business_id, self.crawl_id, phase, done, total)


def _brings_back(aside: dict[UUID, UUID], own: dict[UUID, UUID], mine: dict[UUID, UUID]) -> bool:
    """Whether what differs from what is live (`mine`) is what the owner went back from, and no page says anything new.

    A page that goes is nothing new: that one was left out must not bring back all the others.
    """
    news = {document: version for document, version in own.items() if mine.get(document) != version}
    gone_again = any(document not in own and document not in aside for document in mine)
    return bool(news or gone_again) and news.items() <= aside.items()


def _with_progress(ports: IngestPorts, write: Callable[[str, int, int], Awaitable[None]]) -> IngestPorts:
    """The same ports, with each step of sorting and embedding written to the crawl's row as well."""

    async def on_progress(progress: Progress) -> None:
        await write(progress.phase, progress.done, progress.total)
        await ports.on_progress(progress)

    return replace(ports, on_progress=on_progress)
