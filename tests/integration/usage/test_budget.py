"""The monthly cap is hard: under concurrency, after crashes, and between businesses."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import anyio

from app.db.pool import Database
from app.settings import Settings
from app.usage.budget import MonthlyBudget, MonthlyReservation, release_stale
from app.usage.queries import read_month
from retrieval.model import Usage


async def make_business(database: Database, cap: int) -> UUID:
    business_id = uuid4()
    async with database.business_transaction(business_id) as conn:
        await conn.execute(
            "INSERT INTO businesses (business_id, slug, name, monthly_token_cap) VALUES (%s, %s, 'B', %s)",
            (business_id, f"b-{business_id}", cap),
        )
    return business_id


async def month(database: Database, business_id: UUID) -> tuple[int, int]:
    """(reserved, used)"""
    async with database.business_transaction(business_id) as conn:
        found = await read_month(conn, business_id)
    assert found is not None
    return found.reserved, found.used


async def age(database: Database, business_id: UUID, minutes: int) -> None:
    async with database.business_transaction(business_id) as conn:
        await conn.execute("UPDATE usage_ledger SET at = at - make_interval(mins => %s)", (minutes,))


async def test_fifty_at_once_never_pass_the_cap(database: Database):
    business = await make_business(database, cap=1000)
    budget = MonthlyBudget(database, business)
    got = await asyncio.gather(*(budget.reserve("m", 60) for _ in range(50)))
    held = [reservation for reservation in got if reservation is not None]
    assert len(held) == 16  # 16 x 60 = 960; the 17th would be 1,020
    assert await month(database, business) == (960, 0)
    await asyncio.gather(*(reservation.settle(Usage("m", 40, 5)) for reservation in held))
    assert await month(database, business) == (0, 16 * 45)
    assert await budget.reserve("m", 280) is not None
    assert await budget.reserve("m", 1) is None


async def test_what_was_not_used_is_free_again(database: Database):
    business = await make_business(database, cap=100)
    budget = MonthlyBudget(database, business)
    first = await budget.reserve("m", 100)
    assert first is not None
    assert await budget.reserve("m", 1) is None
    await first.settle(None)
    assert await month(database, business) == (0, 0)
    assert await budget.reserve("m", 100) is not None


async def test_settling_twice_counts_once(database: Database):
    business = await make_business(database, cap=100)
    reservation = await MonthlyBudget(database, business).reserve("m", 50)
    assert reservation is not None
    await asyncio.gather(*(reservation.settle(Usage("m", 10, 10)) for _ in range(8)))
    assert await month(database, business) == (0, 20)


async def test_an_answer_that_cost_more_than_reserved_is_counted_in_full(database: Database):
    business = await make_business(database, cap=100)
    budget = MonthlyBudget(database, business)
    reservation = await budget.reserve("m", 50)
    assert reservation is not None
    await reservation.settle(Usage("m", 90, 60))
    assert await month(database, business) == (0, 150)
    assert await budget.reserve("m", 1) is None


async def test_a_killed_process_costs_what_it_reserved(database: Database):
    business = await make_business(database, cap=1000)
    budget = MonthlyBudget(database, business)
    assert await budget.reserve("m", 300) is not None
    assert await budget.reserve("m", 200) is not None
    await age(database, business, minutes=11)
    young = await budget.reserve("m", 100)
    assert young is not None
    async with database.business_transaction(business) as conn:
        assert await release_stale(conn, business) == 2
    assert await month(database, business) == (100, 500)
    await young.settle(Usage("m", 1, 1))
    assert await month(database, business) == (0, 502)


async def test_a_late_settle_after_the_sweep_changes_nothing(database: Database):
    business = await make_business(database, cap=1000)
    late = await MonthlyBudget(database, business).reserve("m", 300)
    assert late is not None
    await age(database, business, minutes=11)
    async with database.business_transaction(business) as conn:
        await release_stale(conn, business)
    await late.settle(Usage("m", 5, 5))
    assert await month(database, business) == (0, 300)


async def test_a_cap_of_nothing_allows_nothing(database: Database):
    business = await make_business(database, cap=0)
    assert await MonthlyBudget(database, business).reserve("m", 1) is None


async def test_one_business_cannot_settle_anothers_reservation(database: Database):
    owner, stranger = await make_business(database, 100), await make_business(database, 100)
    reservation = await MonthlyBudget(database, owner).reserve("m", 50)
    assert reservation is not None
    await MonthlyReservation(database, stranger, reservation.entry_id).settle(None)
    assert await month(database, owner) == (50, 0)


async def test_settling_survives_the_visitor_who_leaves(database: Database):
    business = await make_business(database, cap=100)
    budget = MonthlyBudget(database, business)
    reserved = asyncio.Event()

    async def answer() -> None:
        reservation = await budget.reserve("m", 50)
        assert reservation is not None
        try:
            reserved.set()
            await asyncio.sleep(30)
        finally:
            await reservation.settle(Usage("m", 7, 3))

    async with anyio.create_task_group() as group:  # cancels again at every await, as Litestar does
        group.start_soon(answer)
        await reserved.wait()
        group.cancel_scope.cancel()
    assert await month(database, business) == (0, 10)


async def test_a_database_that_is_away_at_the_end_does_not_spoil_the_answer(database: Database, settings: Settings):
    business = await make_business(database, cap=1000)
    reservation = await MonthlyBudget(database, business).reserve("m", 300)
    assert reservation is not None
    assert settings.database is not None
    away = await Database.open(settings.database)
    await away.close()
    await MonthlyReservation(away, business, reservation.entry_id).settle(Usage("m", 10, 10))
    assert await month(database, business) == (300, 0)
    await age(database, business, 11)
    async with database.business_transaction(business) as conn:
        assert await release_stale(conn, business) == 1
    assert await month(database, business) == (0, 300)
