"""Finds the person behind an identity, or makes one. Called inside the transaction that needs the person.

Comes in: a kind (web, phone, email, …) and the normalised value. Goes out: the person's id, whose row is
locked until the transaction ends.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from app.db.pool import Connection
from app.people.queries import delete_person, insert_identity, insert_person, lock_person
from app.vault.keys import BusinessKeys


async def identify(conn: Connection, keys: BusinessKeys, business_id: UUID, kind: str, value: str) -> UUID:
    """The same person for the same value, however many ask at once."""
    while True:
        known = await lock_person(conn, business_id, kind, keys.blind(kind, value))
        if known is not None:
            return known
        person_id = uuid4()
        await insert_person(conn, business_id, person_id)
        if await add_identity(conn, keys, business_id, person_id, kind, value):
            return person_id
        await delete_person(conn, business_id, person_id)  # another transaction was first: its person it is


async def add_identity(
    conn: Connection, keys: BusinessKeys, business_id: UUID, person_id: UUID, kind: str, value: str
) -> bool:
    """Another way to recognise this person. False when the value belongs to somebody (also when to this person)."""
    identity_id = uuid4()
    return await insert_identity(
        conn,
        business_id,
        person_id,
        identity_id,
        kind=kind,
        blind_index=keys.blind(kind, value),
        value_sealed=keys.seal("identities", "value", identity_id, value),
    )
