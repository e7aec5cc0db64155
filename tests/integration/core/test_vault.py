"""Sealed values open only where they were sealed, with keys of their own business."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from app.businesses.create import create_business, ensure_house
from app.businesses.model import HOUSE_BUSINESS_ID, NewBusiness
from app.db.pool import Database
from app.errors import BadInput, ConfigurationError, Conflict
from app.security import KeyRing, SecretKey
from app.vault.keys import BusinessKeys, SealBroken, Vault

RING = KeyRing([SecretKey("k1", bytes(range(32)))])


async def keys_of(database: Database, vault: Vault, business_id: UUID) -> BusinessKeys:
    async with database.business_transaction(business_id) as conn:
        return await vault.keys(conn, business_id)


async def new_business(database: Database, vault: Vault, slug: str) -> UUID:
    created = await create_business(database, vault, NewBusiness(slug, slug), actor="operator")
    return created.business_id


async def test_sealed_value_opens_again_and_two_seals_differ(database: Database) -> None:
    business = await new_business(database, Vault(RING), "a")
    row = uuid4()
    keys = await keys_of(database, Vault(RING), business)
    sealed = keys.seal("leads", "name", row, "Zoë Ångström")
    later = await keys_of(database, Vault(RING), business)  # another process
    assert later.open("leads", "name", row, sealed) == "Zoë Ångström"
    assert sealed != keys.seal("leads", "name", row, "Zoë Ångström")
    assert "Zoë".encode() not in sealed


async def test_ciphertext_moved_anywhere_else_does_not_open(database: Database) -> None:
    vault = Vault(RING)
    business, other = await new_business(database, vault, "a"), await new_business(database, vault, "b")
    row = uuid4()
    keys = await keys_of(database, vault, business)
    sealed = keys.seal("leads", "name", row, "Zoë")
    moves = [(keys, "leads", "phone", row), (keys, "messages", "name", row), (keys, "leads", "name", uuid4())]
    moves.append((await keys_of(database, vault, other), "leads", "name", row))
    for reader, table, column, place in moves:
        with pytest.raises(SealBroken):
            reader.open(table, column, place, sealed)


async def test_any_flipped_bit_or_cut_is_noticed(database: Database) -> None:
    vault = Vault(RING)
    keys = await keys_of(database, vault, await new_business(database, vault, "a"))
    row = uuid4()
    sealed = keys.seal("leads", "name", row, "Zoë")
    for position in range(len(sealed)):
        with pytest.raises(SealBroken):
            keys.open("leads", "name", row, sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :])
        with pytest.raises(SealBroken):
            keys.open("leads", "name", row, sealed[:position])


async def test_blind_index_finds_the_same_value_and_tells_kinds_and_businesses_apart(database: Database) -> None:
    vault = Vault(RING)
    keys = await keys_of(database, vault, await new_business(database, vault, "a"))
    other = await keys_of(database, vault, await new_business(database, vault, "b"))
    assert keys.blind("phone", "+4512345678") == keys.blind("phone", "+4512345678")
    found = {
        keys.blind("phone", "+4512345678"),
        keys.blind("whatsapp", "+4512345678"),
        other.blind("phone", "+4512345678"),
    }
    assert len(found) == 3


async def test_first_users_at_once_get_the_same_keys(database: Database) -> None:
    business = uuid4()
    async with database.business_transaction(business) as conn:
        await conn.execute("INSERT INTO businesses (business_id, slug, name) VALUES (%s, 'x', 'X')", (business,))
    found = await asyncio.gather(*(keys_of(database, Vault(RING), business) for _ in range(6)))
    assert len({keys.blind("web", "x") for keys in found}) == 1


async def test_lost_ring_key_is_said_and_nothing_new_is_made(database: Database) -> None:
    business = await new_business(database, Vault(RING), "a")
    lost = Vault(KeyRing([SecretKey("k9", bytes(range(1, 33)))]))
    with pytest.raises(ConfigurationError, match="k1"):
        await keys_of(database, lost, business)


async def test_slug_is_taken_once_and_bad_input_is_one_sentence(database: Database) -> None:
    vault = Vault(RING)
    await new_business(database, vault, "bakery")
    with pytest.raises(Conflict, match="taken"):
        await new_business(database, vault, "bakery")
    for wrong in (
        NewBusiness("", "x"),
        NewBusiness("X", "Not A Slug"),
        NewBusiness("X", "x", time_zone="Mars/Base"),
        NewBusiness("X", "x", language="english"),
        NewBusiness("X", "milo-house"),
    ):
        with pytest.raises(BadInput):
            await create_business(database, vault, wrong, actor="operator")


async def test_house_is_made_once(database: Database) -> None:
    await ensure_house(database, Vault(RING))
    await ensure_house(database, Vault(RING))
    async with database.business_transaction(HOUSE_BUSINESS_ID) as conn:
        assert await (await conn.execute("SELECT count(*) FROM businesses")).fetchone() == (1,)


async def test_keys_of_a_rolled_back_transaction_are_forgotten(database: Database) -> None:
    business, vault = uuid4(), Vault(RING)
    with pytest.raises(ZeroDivisionError):
        async with database.business_transaction(business) as conn:
            await conn.execute("INSERT INTO businesses (business_id, slug, name) VALUES (%s, 'x', 'X')", (business,))
            await vault.keys(conn, business)
            lost = await vault.keys(conn, business)
            raise ZeroDivisionError
    async with database.business_transaction(business) as conn:
        await conn.execute("INSERT INTO businesses (business_id, slug, name) VALUES (%s, 'x', 'X')", (business,))
    kept = await keys_of(database, vault, business)
    assert kept.blind("web", "x") != lost.blind("web", "x")
    assert kept.blind("web", "x") == (await keys_of(database, Vault(RING), business)).blind("web", "x")
