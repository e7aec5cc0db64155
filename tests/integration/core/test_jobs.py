"""The jobs table is the truth: claimed once, leased, retried, given up, fair, and without Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.db.pool import Database
from app.jobs.model import (
    ClaimedJob,
    GiveUp,
    IngestSource,
    Job,
    JobRef,
    Lease,
    LeaseLost,
    PreviewSource,
    RetryLater,
    SendMail,
)
from app.jobs.queries import settle_bell
from app.jobs.queue import enqueue
from app.jobs.runner import Runner


async def make_business(database: Database) -> UUID:
    business_id = uuid4()
    async with database.business_transaction(business_id) as conn:
        await conn.execute(
            "INSERT INTO businesses (business_id, slug, name) VALUES (%s, %s, 'B')", (business_id, f"b-{business_id}")
        )
    return business_id


async def put(database: Database, business_id: UUID, job: Job | None = None, **options: Any) -> JobRef:
    async with database.business_transaction(business_id) as conn:
        return await enqueue(conn, business_id, job or SendMail(uuid4()), **options)


async def states(database: Database, business_id: UUID) -> list[tuple[str, int, str | None]]:
    async with database.business_transaction(business_id) as conn:
        cursor = await conn.execute("SELECT state, attempts, last_error FROM jobs ORDER BY job_id")
        return await cursor.fetchall()  # type: ignore[return-value]


async def bells(database: Database) -> int:
    async with database.directory_transaction() as conn:
        row = await (await conn.execute("SELECT count(*) FROM job_bells")).fetchone()
        assert row is not None
        return int(row[0])


async def run_until(runner: Runner, settled: Callable[[], Awaitable[bool]], seconds: float = 8) -> None:
    sweep = asyncio.create_task(runner.sweep())
    try:
        async with asyncio.timeout(seconds):
            while not await settled():
                await asyncio.sleep(0.02)
    finally:
        await runner.stop(grace=1)
        sweep.cancel()
        await asyncio.gather(sweep, return_exceptions=True)


async def all_done(database: Database, business_id: UUID) -> bool:
    return all(state in {"done", "failed"} for state, _, _ in await states(database, business_id))


async def test_job_of_a_rolled_back_cause_never_runs(database: Database) -> None:
    business_id = await make_business(database)
    with pytest.raises(ZeroDivisionError):
        async with database.business_transaction(business_id) as conn:
            await enqueue(conn, business_id, SendMail(uuid4()))
            raise ZeroDivisionError
    assert await states(database, business_id) == [] and await bells(database) == 0


async def test_two_workers_run_each_job_once(database: Database) -> None:
    businesses = [await make_business(database) for _ in range(5)]
    wanted = {(await put(database, business)).job_id for business in businesses for _ in range(8)}
    ran: list[UUID] = []

    async def handler(claimed: ClaimedJob, _: Lease) -> None:
        await asyncio.sleep(0.005)
        ran.append(claimed.job_id)

    async def settled() -> bool:
        return len(ran) >= len(wanted)

    second = Runner(database, {SendMail.kind: handler})
    sweep = asyncio.create_task(second.sweep())
    await run_until(Runner(database, {SendMail.kind: handler}), settled)
    await second.stop()
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    assert sorted(ran) == sorted(wanted)


async def test_failing_job_is_retried_later_and_keeps_its_reason(database: Database) -> None:
    business_id = await make_business(database)
    await put(database, business_id)

    async def handler(_: ClaimedJob, __: Lease) -> None:
        raise ValueError("no detail of this may be kept")

    runner = Runner(database, {SendMail.kind: handler})

    async def tried() -> bool:
        return (await states(database, business_id))[0][2] is not None

    await run_until(runner, tried)
    assert await states(database, business_id) == [("queued", 1, "Something went wrong (ValueError).")]
    assert await bells(database) == 1


async def test_job_that_gives_up_fails_at_once(database: Database) -> None:
    business_id = await make_business(database)
    await put(database, business_id)

    async def handler(_: ClaimedJob, __: Lease) -> None:
        raise GiveUp("The address does not exist.")

    await run_until(Runner(database, {SendMail.kind: handler}), lambda: all_done(database, business_id))
    assert await states(database, business_id) == [("failed", 1, "The address does not exist.")]
    assert await bells(database) == 0


async def test_retry_later_does_not_use_up_an_attempt(database: Database) -> None:
    business_id = await make_business(database)
    await put(database, business_id)
    turns: list[int] = []

    async def handler(claimed: ClaimedJob, _: Lease) -> None:
        turns.append(claimed.attempts)
        if len(turns) < 3:
            raise RetryLater(0.0, "not yet")

    await run_until(Runner(database, {SendMail.kind: handler}), lambda: all_done(database, business_id))
    assert turns == [1, 1, 1]


async def test_job_of_a_dead_worker_is_taken_over_and_the_dead_one_may_not_go_on(database: Database) -> None:
    business_id = await make_business(database)
    ref = await put(database, business_id)
    hung: asyncio.Future[Lease] = asyncio.get_running_loop().create_future()

    async def hang(_: ClaimedJob, lease: Lease) -> None:
        hung.set_result(lease)
        await asyncio.sleep(3600)

    dead = asyncio.create_task(Runner(database, {SendMail.kind: hang}).run_job(business_id, ref.job_id))
    lease = await hung
    async with database.business_transaction(business_id) as conn:
        await conn.execute("UPDATE jobs SET lease_until = now() - interval '1 second'")
        await conn.execute("UPDATE job_bells SET run_after = now()")
    ran: list[int] = []

    async def handler(claimed: ClaimedJob, _: Lease) -> None:
        ran.append(claimed.attempts)

    await run_until(Runner(database, {SendMail.kind: handler}), lambda: all_done(database, business_id))
    assert ran == [2]
    with pytest.raises(LeaseLost):
        await lease.extend()
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    assert (await states(database, business_id))[0][0] == "done"


async def test_job_that_kills_its_worker_each_time_fails_in_the_end(database: Database) -> None:
    business_id = await make_business(database)
    await put(database, business_id, max_attempts=2)
    async with database.business_transaction(business_id) as conn:
        await conn.execute("UPDATE jobs SET state = 'running', attempts = 2, lease_until = now() - interval '1 second'")

    async def handler(_: ClaimedJob, __: Lease) -> None:
        raise AssertionError("not again")

    await run_until(Runner(database, {SendMail.kind: handler}), lambda: all_done(database, business_id))
    [(state, _, reason)] = await states(database, business_id)
    assert state == "failed" and reason is not None and "several times" in reason


async def test_enqueueing_the_same_key_brings_the_waiting_job_forward(database: Database) -> None:
    business_id = await make_business(database)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    first = await put(database, business_id, key="site", run_after=tomorrow)
    second = await put(database, business_id, key="site")
    assert first.job_id == second.job_id
    async with database.business_transaction(business_id) as conn:
        row = await (await conn.execute("SELECT count(*), bool_and(run_after <= now()) FROM jobs")).fetchone()
    assert row == (1, True)


async def test_future_job_waits_and_its_bell_says_until_when(database: Database) -> None:
    business_id = await make_business(database)
    soon = datetime.now(UTC) + timedelta(seconds=1.2)
    await put(database, business_id, run_after=soon)
    ran: list[datetime] = []

    async def handler(_: ClaimedJob, __: Lease) -> None:
        ran.append(datetime.now(UTC))

    await run_until(Runner(database, {SendMail.kind: handler}), lambda: all_done(database, business_id))
    assert len(ran) == 1 and ran[0] >= soon


async def test_one_business_indexes_once_at_a_time_while_its_mail_goes_out(database: Database) -> None:
    business_id = await make_business(database)
    for _ in range(2):
        await put(database, business_id, IngestSource(uuid4()))
    await put(database, business_id)
    now_running = 0
    most = 0
    indexed = 0
    mailed_while_indexing: list[bool] = []

    async def index(_: ClaimedJob, __: Lease) -> None:
        nonlocal now_running, most, indexed
        now_running += 1
        most = max(most, now_running)
        await asyncio.sleep(0.3)
        now_running -= 1
        indexed += 1

    async def mail(_: ClaimedJob, __: Lease) -> None:
        mailed_while_indexing.append(indexed < 2)

    both = {IngestSource.kind: index, SendMail.kind: mail}
    other = Runner(database, both)
    sweep = asyncio.create_task(other.sweep())
    await run_until(Runner(database, both), lambda: all_done(database, business_id))
    await other.stop()
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    assert most == 1 and mailed_while_indexing == [True]


async def test_busy_business_does_not_starve_the_others(database: Database) -> None:
    busy, quiet = await make_business(database), await make_business(database)
    for _ in range(40):
        await put(database, busy)
    await put(database, quiet)
    order: list[UUID] = []

    async def handler(claimed: ClaimedJob, _: Lease) -> None:
        order.append(claimed.business_id)
        await asyncio.sleep(0.01)

    async def settled() -> bool:
        return len(order) == 41

    await run_until(Runner(database, {SendMail.kind: handler}), settled)
    assert order.index(quiet) < 10


async def test_bell_of_a_job_that_is_being_written_is_never_taken_down(database: Database) -> None:
    business_id = await make_business(database)

    async def settle() -> None:
        async with database.business_transaction(business_id) as conn:
            await settle_bell(conn, business_id)

    async with database.business_transaction(business_id) as conn:
        await enqueue(conn, business_id, SendMail(uuid4()))
        settling = asyncio.create_task(settle())
        done, _ = await asyncio.wait({settling}, timeout=0.2)
        assert not done  # it waits for the job that it cannot see yet
    await settling
    assert await bells(database) == 1


async def test_job_that_gives_way_to_its_twin_is_finished(database: Database) -> None:
    business_id = await make_business(database)
    first = await put(database, business_id, key="k", run_after=datetime.now(UTC) - timedelta(seconds=1))

    async def handler(claimed: ClaimedJob, _: Lease) -> None:
        await put(database, business_id, key="k", run_after=datetime.now(UTC) + timedelta(days=1))
        raise RetryLater(1, "not now")

    await Runner(database, {SendMail.kind: handler}).run_job(business_id, first.job_id)
    async with database.business_transaction(business_id) as conn:
        cursor = await conn.execute(
            "SELECT state, finished_at IS NOT NULL FROM jobs WHERE job_id = %s", (first.job_id,)
        )
        assert await cursor.fetchone() == ("done", True)  # or it would be kept for ever


async def test_job_stopped_with_its_worker_waits_again_at_once_and_uncounted(database: Database) -> None:
    business_id = await make_business(database)
    await put(database, business_id)
    begun = asyncio.Event()

    async def long(_: ClaimedJob, __: Lease) -> None:
        begun.set()
        await asyncio.sleep(3600)

    runner = Runner(database, {SendMail.kind: long})
    sweep = asyncio.create_task(runner.sweep())
    await begun.wait()
    await runner.stop(grace=0.05)
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    assert await states(database, business_id) == [("queued", 0, "The worker was stopped.")]
    assert await bells(database) == 1


async def test_handler_that_hangs_is_ended_and_counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.runner.DEADLINE_SECONDS", 0.1)
    business_id = await make_business(database)
    await put(database, business_id)

    async def hang(_: ClaimedJob, __: Lease) -> None:
        await asyncio.sleep(3600)

    async def tried() -> bool:
        return (await states(database, business_id))[0][2] is not None

    await run_until(Runner(database, {SendMail.kind: hang}), tried)
    assert await states(database, business_id) == [("queued", 1, "Something went wrong (TimeoutError).")]


async def test_a_business_with_a_hundred_slow_sites_keeps_no_other_one_waiting(database: Database) -> None:
    busy, other = await make_business(database), await make_business(database)
    for _ in range(100):
        await put(database, busy, PreviewSource(uuid4()))
    await put(database, other, PreviewSource(uuid4()))
    await put(database, other, SendMail(uuid4()))
    ran: list[tuple[str, UUID]] = []

    async def slow(claimed: ClaimedJob, _: Lease) -> None:
        ran.append((claimed.job.kind, claimed.business_id))
        await asyncio.sleep(0.2)

    runner = Runner(database, {PreviewSource.kind: slow, SendMail.kind: slow})

    async def other_is_done() -> bool:
        return await all_done(database, other)

    await run_until(runner, other_is_done)
    assert sum(kind == PreviewSource.kind and business == busy for kind, business in ran) <= 6


async def test_a_slow_reading_of_one_business_runs_beside_that_of_another(database: Database) -> None:
    slow_one, quick_one = await make_business(database), await make_business(database)
    await put(database, slow_one, IngestSource(uuid4()))
    runs = asyncio.Event()

    async def read(claimed: ClaimedJob, _: Lease) -> None:
        if claimed.business_id == slow_one:
            runs.set()
            await asyncio.sleep(60)

    runner = Runner(database, {IngestSource.kind: read})

    async def quick_is_done() -> bool:
        await runs.wait()
        if not await states(database, quick_one):
            await put(database, quick_one, IngestSource(uuid4()))
            runner.wake()
        return await all_done(database, quick_one)

    await run_until(runner, quick_is_done)
    assert [state for state, _, _ in await states(database, quick_one)] == ["done"]
