"""SQL of leads, and of who is told about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.leads.model import LeadRow


@dataclass(frozen=True, slots=True)
class KnownLead:
    lead_id: UUID
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class BusinessOfLead:
    """What the mail and the phone number's reading need to know."""

    slug: str
    name: str
    language: str
    country: str | None


async def read_business_of_lead(conn: Connection, business_id: UUID) -> BusinessOfLead | None:
    async with conn.cursor(row_factory=class_row(BusinessOfLead)) as cursor:
        await cursor.execute(
            "SELECT slug, name, language, country FROM businesses WHERE business_id = %(b)s", {"b": business_id}
        )
        return await cursor.fetchone()


async def insert_lead(
    conn: Connection,
    business_id: UUID,
    lead_id: UUID,
    *,
    person_id: UUID,
    conversation_id: UUID | None,
    idempotency_key: bytes,
    body_hash: bytes,
    name_sealed: bytes | None,
    email_sealed: bytes | None,
    phone_sealed: bytes | None,
    message_sealed: bytes | None,
) -> bool:
    """False when this key was used before; waits for a transaction that is about to use it."""
    cursor = await conn.execute(
        """
        INSERT INTO leads (business_id, lead_id, person_id, conversation_id, idempotency_key, body_hash, name_sealed,
            email_sealed, phone_sealed, message_sealed)
        VALUES (%(b)s, %(l)s, %(p)s, %(c)s, %(key)s, %(hash)s, %(name)s, %(email)s, %(phone)s, %(message)s)
        ON CONFLICT (business_id, idempotency_key) DO NOTHING
        """,
        {
            "b": business_id,
            "l": lead_id,
            "p": person_id,
            "c": conversation_id,
            "key": idempotency_key,
            "hash": body_hash,
            "name": name_sealed,
            "email": email_sealed,
            "phone": phone_sealed,
            "message": message_sealed,
        },
    )
    return cursor.rowcount == 1


async def find_by_key(conn: Connection, business_id: UUID, idempotency_key: bytes) -> KnownLead | None:
    async with conn.cursor(row_factory=class_row(KnownLead)) as cursor:
        await cursor.execute(
            "SELECT lead_id, body_hash FROM leads WHERE business_id = %(b)s AND idempotency_key = %(key)s",
            {"b": business_id, "key": idempotency_key},
        )
        return await cursor.fetchone()


async def new_lead_id(conn: Connection) -> UUID:
    """Made before the row, because its fields are sealed to it."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT uuidv7()")
        lead_id = await cursor.fetchone()
    assert lead_id is not None
    return lead_id


async def conversation_is_of(conn: Connection, business_id: UUID, conversation_id: UUID, person_id: UUID) -> bool:
    cursor = await conn.execute(
        "SELECT FROM conversations WHERE business_id = %(b)s AND conversation_id = %(c)s AND person_id = %(p)s",
        {"b": business_id, "c": conversation_id, "p": person_id},
    )
    return cursor.rowcount == 1


async def read_leads(
    conn: Connection, business_id: UUID, *, before: datetime | None = None, limit: int = 100
) -> list[LeadRow]:
    """The latest first."""
    async with conn.cursor(row_factory=class_row(LeadRow)) as cursor:
        await cursor.execute(
            """
            SELECT lead_id, person_id, conversation_id, created_at, handled_at, name_sealed, email_sealed, phone_sealed,
                message_sealed
            FROM leads WHERE business_id = %(b)s AND (%(before)s::timestamptz IS NULL OR created_at < %(before)s)
            ORDER BY created_at DESC, lead_id DESC LIMIT %(limit)s
            """,
            {"b": business_id, "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def read_leads_of_conversation(conn: Connection, business_id: UUID, conversation_id: UUID) -> list[LeadRow]:
    async with conn.cursor(row_factory=class_row(LeadRow)) as cursor:
        await cursor.execute(
            """
            SELECT lead_id, person_id, conversation_id, created_at, handled_at, name_sealed, email_sealed, phone_sealed,
                message_sealed
            FROM leads WHERE business_id = %(b)s AND conversation_id = %(c)s ORDER BY created_at
            """,
            {"b": business_id, "c": conversation_id},
        )
        return await cursor.fetchall()


async def set_handled(conn: Connection, business_id: UUID, lead_id: UUID, *, handled: bool) -> bool:
    cursor = await conn.execute(
        "UPDATE leads SET handled_at = CASE WHEN %(handled)s THEN coalesce(handled_at, now()) END"
        " WHERE business_id = %(b)s AND lead_id = %(l)s",
        {"b": business_id, "l": lead_id, "handled": handled},
    )
    return cursor.rowcount == 1


async def count_open(conn: Connection, business_id: UUID) -> int:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT count(*) FROM leads WHERE business_id = %(b)s AND handled_at IS NULL", {"b": business_id}
        )
        return int(await cursor.fetchone() or 0)
