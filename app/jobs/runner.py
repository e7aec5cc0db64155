"""Claims due jobs and runs their handlers: the worker's heart, over PostgreSQL alone.

`sweep` looks for work every two seconds and at once when `wake` is called (by arq's functions, when
the doorbell rings), so it goes on with Redis down. A job is held by a lease that is renewed every five
seconds; a worker that dies loses it after twenty, and another one runs the job again.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from psycopg import Error as DatabaseError
from psycopg.errors import UniqueViolation

from app.db.pool import Database
from app.errors import MiloError, Unavailable
from app.jobs.model import (
    STAGING,
    ClaimedJob,
    GiveUp,
    Handler,
    KeepVectorIndex,
    LeaseLost,
    PreviewSource,
    PurgeExpired,
    RenderSource,
    RetryLater,
    job_from,
)
from app.jobs.queries import (
    JobRow,
    beat,
    claim,
    due_businesses,
    end_beat,
    extend_lease,
    finish,
    put_back,
    settle_bell,
)

SWEEP_SECONDS = 2.0
RENEW_SECONDS = 5.0
BEAT_SECONDS = 15.0
SLOTS = 8
# A handler that hangs would hold its slot for ever. A site of 500 pages at one a second and its embedding fit.
DEADLINE_SECONDS = 900.0
DEADLINES = dict.fromkeys((*STAGING, KeepVectorIndex.kind, PurgeExpired.kind), 7200.0)
# A reading mostly waits for its site, up to fifteen minutes for a slow one: that must not keep other businesses
# waiting. What is bound by the processor goes one after the other anyway (two parsing children, one model).
INGEST_SLOTS = 4
PREVIEW_SLOTS = 2  # the rest stays free for what people wait for, such as the mail they sign in with
BACKOFF_SECONDS = (5, 30, 120, 600)
INDEX_SLOTS = 1  # it takes a core of the database's machine for minutes
_POOLS = {"staging": INGEST_SLOTS, PreviewSource.kind: PREVIEW_SLOTS, KeepVectorIndex.kind: INDEX_SLOTS, "": SLOTS}
log = structlog.get_logger(__name__)


class Runner:
    """One a worker process. `handlers` maps each kind to the feature's function."""

    def __init__(self, database: Database, handlers: Mapping[str, Handler]):
        self.worker_id = uuid4()
        self._database = database
        self._handlers = handlers
        self._running: dict[UUID, tuple[str, asyncio.Task[None]]] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self.last_sweep_ok = False

    def wake(self) -> None:
        """Something may be due: look now."""
        self._wake.set()

    async def sweep(self) -> None:
        """Runs until cancelled. A database that is away is waited for, never given up on."""
        beat_at = 0.0
        loop = asyncio.get_running_loop()
        while not self._stopping:
            self._wake.clear()
            try:
                if loop.time() >= beat_at:
                    async with self._database.directory_transaction() as conn:
                        await beat(conn, self.worker_id, renders=RenderSource.kind in self._handlers)
                    beat_at = loop.time() + BEAT_SECONDS
                await self._start_due()
                self.last_sweep_ok = True
            except (DatabaseError, Unavailable) as error:
                self.last_sweep_ok = False
                log.warning("worker.database_away", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)

    async def run_job(self, business_id: UUID, job_id: UUID) -> bool:
        """Runs this one job here and now if it is due and free (commands without a worker). False if not."""
        row = await self._claim(business_id, list(self._handlers), job_id)
        if row is None:
            return False
        await self._run(business_id, row)
        return True

    async def stop(self, grace: float = 10.0) -> None:
        """Lets running jobs end within `grace` seconds; what is cut off is taken over by its lease."""
        self._stopping = True
        self.wake()
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(DatabaseError, Unavailable):  # going down anyway; the beat is stale in a minute
            async with self._database.directory_transaction() as conn:
                await end_beat(conn, self.worker_id)

    async def _start_due(self) -> None:
        async with self._database.directory_transaction() as conn:
            waiting = await due_businesses(conn, 50)
        # Round robin: one job a business and turn, until a turn starts nothing.
        while waiting and not self._stopping:
            still: list[UUID] = []
            for business_id in waiting:
                kinds = self._free_kinds()
                if not kinds:
                    return  # every slot is taken; a job that ends wakes the sweep
                row = await self._claim(business_id, kinds, None)
                if row is not None:
                    self._spawn(business_id, row)
                    still.append(business_id)
            waiting = still

    def _free_kinds(self) -> list[str]:
        if len(self._running) >= SLOTS:
            return []
        busy = Counter(_pool(kind) for kind, _ in self._running.values())
        return [kind for kind in self._handlers if busy[_pool(kind)] < _POOLS[_pool(kind)]]

    async def _claim(self, business_id: UUID, kinds: list[str], job_id: UUID | None) -> JobRow | None:
        async with self._database.business_transaction(business_id) as conn:
            row = await claim(conn, business_id, self.worker_id, kinds, job_id)
            if row is None:
                await settle_bell(conn, business_id, pause=1.0)
            return row

    def _spawn(self, business_id: UUID, row: JobRow) -> None:
        task = asyncio.create_task(self._run(business_id, row), name=f"job:{row.kind}")
        self._running[row.job_id] = (row.kind, task)
        task.add_done_callback(lambda _: self._ended(row.job_id))

    def _ended(self, job_id: UUID) -> None:
        del self._running[job_id]
        self.wake()

    async def _run(self, business_id: UUID, row: JobRow) -> None:
        lease = JobLease(self._database, business_id, row.job_id, self.worker_id)
        context = {"business": str(business_id), "job": str(row.job_id), "kind": row.kind, "attempt": row.attempts}
        try:
            if row.attempts > row.max_attempts:  # it killed its worker each time
                raise GiveUp("It was tried several times and stopped the worker each time.")
            claimed = ClaimedJob(
                business_id, row.job_id, job_from(row.kind, row.payload), row.attempts, row.max_attempts
            )
            await self._hold(lease, self._handlers[row.kind], claimed)
        except LeaseLost:
            log.warning("job.lease_lost", **context)
        except RetryLater as later:
            await self._put_back(business_id, row, later.seconds, later.reason, counted=False)
        except GiveUp as final:
            await self._finish(business_id, row, "failed", final.reason)
            log.warning("job.failed", reason=final.reason, **context)
        except asyncio.CancelledError:
            await self._hand_over(business_id, row)
            raise
        except Exception as error:  # the boundary of a job: whatever a handler raises is recorded on its row
            log.exception("job.error", error=type(error).__name__, **context)
            await self._after_error(business_id, row, error)
        else:
            await self._finish(business_id, row, "done", None)
            log.info("job.done", **context)

    async def _hold(self, lease: JobLease, handler: Handler, claimed: ClaimedJob) -> None:
        """Runs the handler and renews its lease beside it; a lost lease cancels the handler."""
        work = asyncio.ensure_future(handler(claimed, lease))
        renewal = asyncio.create_task(lease.renew())
        try:
            seconds = DEADLINES.get(claimed.job.kind, DEADLINE_SECONDS)
            done, _ = await asyncio.wait({work, renewal}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if work in done:
                work.result()
            elif renewal in done:
                renewal.result()
            else:
                raise TimeoutError
        finally:
            for task in (work, renewal):
                task.cancel()
            await asyncio.gather(work, renewal, return_exceptions=True)

    async def _hand_over(self, business_id: UUID, row: JobRow) -> None:
        """Stopped with its worker: waits again at once, and it was not the job's fault."""
        try:
            await self._put_back(business_id, row, 0.0, "The worker was stopped.", counted=False)
        except (DatabaseError, Unavailable) as error:
            # The lease runs out in twenty seconds and another worker takes over; one attempt is lost.
            log.warning("job.not_handed_over", job=str(row.job_id), error=type(error).__name__)

    async def _after_error(self, business_id: UUID, row: JobRow, error: Exception) -> None:
        sentence = error.sentence if isinstance(error, MiloError) else f"Something went wrong ({type(error).__name__})."
        if row.attempts >= row.max_attempts:
            await self._finish(business_id, row, "failed", sentence)
        else:
            wait = BACKOFF_SECONDS[min(row.attempts, len(BACKOFF_SECONDS)) - 1]
            await self._put_back(business_id, row, wait * random.uniform(0.8, 1.2), sentence, counted=True)

    async def _finish(self, business_id: UUID, row: JobRow, state: str, error: str | None) -> None:
        async with self._database.business_transaction(business_id) as conn:
            await finish(conn, business_id, row.job_id, self.worker_id, state=state, error=error)
            await settle_bell(conn, business_id)

    async def _put_back(self, business_id: UUID, row: JobRow, seconds: float, error: str, *, counted: bool) -> None:
        for last in (False, True):
            try:
                async with self._database.business_transaction(business_id) as conn:
                    await put_back(
                        conn, business_id, row.job_id, self.worker_id, seconds=seconds, error=error, counted=counted
                    )
                    await settle_bell(conn, business_id)
                return
            except UniqueViolation:
                # A job of the same key was being enqueued while we looked; the second look sees it and gives way.
                if last:
                    raise


def _pool(kind: str) -> str:
    """Kinds that share their slots."""
    return "staging" if kind in STAGING else kind if kind in _POOLS else ""


@dataclass(frozen=True, slots=True)
class JobLease:
    """See app.jobs.model.Lease."""

    database: Database
    business_id: UUID
    job_id: UUID
    owner: UUID

    async def extend(self) -> None:
        async with self.database.business_transaction(self.business_id) as conn:
            if not await extend_lease(conn, self.business_id, self.job_id, self.owner):
                raise LeaseLost(str(self.job_id))

    async def renew(self) -> None:
        """Until cancelled. A database that is away is tried again: the lease outlives two missed turns."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self.extend()
            except (DatabaseError, Unavailable) as error:
                log.warning("job.lease_not_renewed", job=str(self.job_id), error=type(error).__name__)
