"""The owner is told ahead, once, in the transaction that brought it about; and sees what it cost."""

from __future__ import annotations

import asyncio
from uuid import UUID

from app.accounts.model import Role
from app.accounts.queries import ensure_account, insert_membership
from app.usage.queries import list_unpriced, tell_again
from retrieval.model import Usage
from tests.integration.usage.conftest import House


async def spend(house: House, business: UUID, tokens: int, model: str = "openai:m") -> bool:
    reservation = await house.budget(business).reserve(model, tokens)
    if reservation is not None:
        await reservation.settle(Usage(model, tokens, 0))
    return reservation is not None


async def test_the_owner_is_told_once_near_the_end_and_once_at_it(house: House):
    business = await house.business(cap=1000, economy="openai:cheap")
    assert await spend(house, business, 790)
    assert await house.mails(business) == []
    assert await spend(house, business, 20)
    [near] = await house.mails(business)
    assert near.subject == "Corner Bakery: 80 % of this month's tokens are used"
    assert "810 of the 1,000 tokens" in near.text and "less costly model" in near.text and "cheap" in near.text
    assert "quotes from your pages" in near.text and f"/dashboard/b-{business}/settings/model" in near.text
    assert near.to == ("operator@example.com",), "while the business has nobody yet"
    assert await spend(house, business, 150)
    assert not await spend(house, business, 200) and not await spend(house, business, 200)
    [_, full] = await house.mails(business)
    assert full.subject == "Corner Bakery: this month's tokens are used up"
    assert "1,000" in full.text and "960" in full.text and "raise the limit" in full.text


async def test_many_at_once_tell_once(house: House):
    business = await house.business(cap=1000)
    held = [await house.budget(business).reserve("m", 50) for _ in range(20)]
    await asyncio.gather(*(reservation.settle(Usage("m", 50, 0)) for reservation in held if reservation is not None))
    await asyncio.gather(*(spend(house, business, 50) for _ in range(10)))
    assert len(await house.mails(business)) == 2


async def test_a_month_that_is_only_held_by_answers_under_way_is_not_called_full(house: House):
    business = await house.business(cap=1000)
    under_way = await house.budget(business).reserve("m", 900)
    assert under_way is not None
    assert not await spend(house, business, 200)
    assert await house.mails(business) == []
    await under_way.settle(Usage("m", 100, 10))
    assert await spend(house, business, 200)


async def test_what_ends_at_one_blow_is_told_as_ended_and_not_as_near(house: House):
    business = await house.business(cap=1000)
    assert not await spend(house, business, 2000)
    [full] = await house.mails(business)
    assert "used up" in full.subject
    assert await spend(house, business, 900)
    assert len(await house.mails(business)) == 1


async def test_who_raises_the_limit_is_told_of_the_new_end(house: House):
    business = await house.business(cap=100)
    await spend(house, business, 90)
    assert len(await house.mails(business)) == 1
    await house.run(business, "UPDATE businesses SET monthly_token_cap = 1000")
    async with house.database.business_transaction(business) as conn:
        await tell_again(conn, business)
    await spend(house, business, 100)
    assert len(await house.mails(business)) == 1
    await spend(house, business, 700)
    assert len(await house.mails(business)) == 2


async def test_the_people_of_the_business_are_told_in_its_language(house: House):
    business = await house.business(cap=100)
    await house.run(business, "UPDATE businesses SET language = 'de'")
    async with house.database.directory_transaction() as conn:
        account = await ensure_account(conn, "inga@example.com")
        await insert_membership(conn, account.account_id, business, Role.OWNER)
    await spend(house, business, 85)
    [near] = await house.mails(business)
    assert near.to == ("inga@example.com",)
    assert near.subject == "Corner Bakery: 80 % der Token dieses Monats sind verbraucht"
    assert "{" not in near.text


async def test_cost_is_summed_where_the_price_is_known_and_said_where_not(house: House):
    business = await house.business(cap=10_000)
    await spend(house, business, 500)
    await spend(house, business, 300, "openai:qwen-at-home")
    reservation = await house.budget(business).reserve("openai:m", 500)
    assert reservation is not None
    await reservation.settle(Usage("openai:m", 100, 50, 80))
    month = await house.month(business)
    assert month.cost_micros == 500 + 20 + 8 + 200  # 20 fresh, 80 cached at a tenth, 50 written at four
    async with house.database.business_transaction(business) as conn:
        [unknown] = await list_unpriced(conn, business)
    assert (unknown.model, unknown.tokens) == ("openai:qwen-at-home", 300)
