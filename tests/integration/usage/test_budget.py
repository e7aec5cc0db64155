"""The caps are hard: under concurrency, after crashes, between businesses and between visitors."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from uuid import uuid4

import anyio

from app.db.pool import Database
from app.settings import Settings
from app.usage.budget import TokenReservation, release_stale
from retrieval.model import Usage
from tests.integration.usage.conftest import House

AGED = "UPDATE usage_ledger SET at = at - make_interval(mins => 11)"


async def test_fifty_at_once_never_pass_the_cap(house: House):
    business = await house.business(cap=1000)
    budget = house.budget(business)
    got = await asyncio.gather(*(budget.reserve("m", 60) for _ in range(50)))
    held = [reservation for reservation in got if reservation is not None]
    assert len(held) == 16  # 16 x 60 = 960; the 17th would be 1,020
    assert await house.held(business) == (960, 0)
    await asyncio.gather(*(reservation.settle(Usage("m", 40, 5)) for reservation in held))
    assert await house.held(business) == (0, 16 * 45)
    assert await budget.reserve("m", 280) is not None
    assert await budget.reserve("m", 1) is None


async def test_a_hostile_crowd_passes_neither_the_months_cap_nor_any_visitors_day(house: House):
    """Twenty visitors, all at once, who ask much, break off, die in the middle, and claim odd figures."""
    business = await house.business(cap=20_000, day=2_000)
    people = [await house.person(business) for _ in range(20)]
    dice = random.Random(7)
    over: list[str] = []
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            month = await house.month(business)
            if month.reserved + month.used > month.cap:
                over.append(f"month {month}")
            async with house.database.business_transaction(business) as conn:
                cursor = await conn.execute("SELECT max(reserved + used) FROM usage_days")
                row = await cursor.fetchone()
            if row is not None and (row[0] or 0) > 2_000:
                over.append(f"day {row[0]}")
            await asyncio.sleep(0.01)

    async def ask(number: int) -> None:
        tokens, end = dice.choice([1, 50, 300, 1_500, 10**9]), dice.random()
        reservation = await house.budget(business, people[number % 20]).reserve("openai:m", tokens)
        if reservation is None or end < 0.1:
            return  # refused, or killed before it could settle
        await asyncio.sleep(0)
        await reservation.settle(None if end < 0.3 else Usage("openai:m", dice.randint(-5, tokens), 0))

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(ask(number) for number in range(400)))
    done.set()
    await watcher
    assert not over
    await house.run(business, AGED)
    async with house.database.business_transaction(business) as conn:
        await release_stale(conn, business)
    reserved, used = await house.held(business)
    assert reserved == 0 and 0 < used <= 20_000
    days = [await house.day(business, person) for person in people]
    assert all(day is not None and day[0] == 0 and day[1] <= 2_000 for day in days)
    assert sum(day[1] for day in days if day is not None) == used, "every token has its visitor and its month"


async def test_one_visitors_day_that_is_over_takes_nothing_from_the_others(house: House):
    business = await house.business(cap=1000, day=100)
    greedy, modest = await house.person(business), await house.person(business)
    first = await house.budget(business, greedy).reserve("m", 100)
    assert first is not None
    await first.settle(Usage("m", 90, 5))
    assert await house.budget(business, greedy).reserve("m", 10) is None
    assert await house.day(business, greedy) == (0, 95)
    assert await house.budget(business, modest).reserve("m", 100) is not None
    assert await house.budget(business).reserve("m", 500) is not None, "the operator's own questions have no day"
    assert await house.mails(business) == [], "nobody is told of one visitor's day"


async def test_a_month_without_room_leaves_the_visitors_day_as_it_was(house: House):
    business = await house.business(cap=100, day=1000)
    person = await house.person(business)
    assert await house.budget(business).reserve("m", 80) is not None
    for _ in range(3):
        assert await house.budget(business, person).reserve("m", 50) is None
    assert await house.day(business, person) == (0, 0)
    assert await house.held(business) == (80, 0)


async def test_a_visitor_who_was_forgotten_meanwhile_gets_quotes(house: House):
    business = await house.business()
    person = await house.person(business)
    reservation = await house.budget(business, person).reserve("m", 50)
    assert reservation is not None
    await house.run(business, "DELETE FROM people")
    assert await house.budget(business, person).reserve("m", 50) is None
    await reservation.settle(Usage("m", 20, 5))
    assert await house.held(business) == (0, 25), "the month still counts it"


async def test_what_was_settled_does_not_say_who_asked_and_days_are_forgotten(house: House):
    business = await house.business()
    person = await house.person(business)
    reservation = await house.budget(business, person).reserve("openai:m", 50, purpose="understand")
    assert reservation is not None
    await reservation.settle(Usage("openai:m", 20, 5))
    async with house.database.business_transaction(business) as conn:
        cursor = await conn.execute("SELECT person_id, purpose, cost_micros::int FROM usage_ledger")
        assert await cursor.fetchall() == [(None, "understand", 20 + 5 * 4)]
        await conn.execute("UPDATE usage_days SET day = day - 2")
        await release_stale(conn, business)
    assert await house.day(business, person) is None


async def test_what_was_not_used_is_free_again(house: House):
    business = await house.business(cap=100)
    budget = house.budget(business)
    first = await budget.reserve("m", 100)
    assert first is not None
    assert await budget.reserve("m", 1) is None
    await first.settle(None)
    assert await house.held(business) == (0, 0)
    assert await budget.reserve("m", 100) is not None


async def test_settling_twice_counts_once(house: House):
    business = await house.business(cap=100)
    reservation = await house.budget(business).reserve("openai:m", 50)
    assert reservation is not None
    await asyncio.gather(*(reservation.settle(Usage("openai:m", 10, 10)) for _ in range(8)))
    month = await house.month(business)
    assert (month.reserved, month.used, month.cost_micros) == (0, 20, 50)


async def test_an_answer_that_cost_more_than_reserved_is_counted_in_full(house: House):
    business = await house.business(cap=100)
    budget = house.budget(business)
    reservation = await budget.reserve("m", 50)
    assert reservation is not None
    await reservation.settle(Usage("m", 90, 60))
    assert await house.held(business) == (0, 150)
    assert await budget.reserve("m", 1) is None


async def test_a_killed_process_costs_what_it_reserved(house: House):
    business = await house.business(cap=1000)
    person = await house.person(business)
    assert await house.budget(business, person).reserve("openai:m", 300) is not None
    assert await house.budget(business).reserve("openai:m", 200) is not None
    await house.run(business, AGED)
    young = await house.budget(business, person).reserve("openai:m", 100)
    assert young is not None
    async with house.database.business_transaction(business) as conn:
        assert await release_stale(conn, business) == 2
    assert await house.held(business) == (100, 500)
    assert await house.day(business, person) == (100, 300)
    assert (await house.month(business)).cost_micros == 500 * 4, "at the dearer price: nobody knows what it wrote"
    await young.settle(Usage("openai:m", 1, 1))
    assert await house.held(business) == (0, 502)
    assert await house.day(business, person) == (0, 302)


async def test_a_late_settle_after_the_sweep_changes_nothing(house: House):
    business = await house.business(cap=1000)
    late = await house.budget(business).reserve("m", 300)
    assert late is not None
    await house.run(business, AGED)
    async with house.database.business_transaction(business) as conn:
        await release_stale(conn, business)
    await late.settle(Usage("m", 5, 5))
    assert await house.held(business) == (0, 300)


async def test_a_cap_of_nothing_allows_nothing_and_tells_nobody(house: House):
    business = await house.business(cap=0)
    assert await house.budget(business).reserve("m", 1) is None
    assert await house.mails(business) == []


async def test_one_business_cannot_settle_anothers_reservation(house: House):
    owner, stranger = await house.business(), await house.business()
    reservation = await house.budget(owner).reserve("m", 50)
    assert reservation is not None
    await TokenReservation(house.ports, stranger, reservation.entry_id).settle(None)
    assert await house.held(owner) == (50, 0)


async def test_settling_survives_the_visitor_who_leaves(house: House):
    business = await house.business(cap=100)
    budget = house.budget(business)
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
    assert await house.held(business) == (0, 10)


async def test_a_database_that_is_away_means_quotes_and_spoils_no_answer(house: House, settings: Settings):
    business = await house.business(cap=1000)
    reservation = await house.budget(business).reserve("m", 300)
    assert reservation is not None
    assert settings.database is not None
    away = await Database.open(settings.database)
    await away.close()
    cut_off = replace(house.ports, database=away)
    assert await replace(house.budget(business), ports=cut_off).reserve("m", 10) is None
    await replace(reservation, ports=cut_off).settle(Usage("m", 10, 10))
    assert await house.held(business) == (300, 0)
    await house.run(business, AGED)
    async with house.database.business_transaction(business) as conn:
        assert await release_stale(conn, business) == 1
    assert await house.held(business) == (0, 300)
    assert await house.budget(uuid4()).reserve("m", 1) is None, "a business that is gone"
