"""SQL of the outbox, as far as it is mail. A row is here before anything leaves the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.mail.model import OutboxRow


@dataclass(frozen=True, slots=True)
class LeadMailState:
    """What became of a lead's mail, for the owner."""

    lead_id: UUID
    outbox_id: UUID
    state: str
    provider: str | None
    last_error: str | None
    sent_at: datetime | None


async def new_outbox_id(conn: Connection) -> UUID:
    """Needed before the row: the seals name it."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT uuidv7()")
        found = await cursor.fetchone()
    assert found is not None
    return found


async def insert_outbox(
    conn: Connection,
    business_id: UUID,
    *,
    outbox_id: UUID,
    lead_id: UUID | None,
    purpose: str,
    dedup_key: str,
    recipient_sealed: bytes,
    payload_sealed: bytes,
) -> bool:
    """False when a mail with this dedup key is there already."""
    cursor = await conn.execute(
        """
        INSERT INTO outbox (business_id, outbox_id, lead_id, channel, purpose, state, dedup_key,
            recipient_sealed, payload_sealed)
        VALUES (%(b)s, %(id)s, %(lead)s, 'mail', %(purpose)s, 'queued', %(dedup)s, %(recipient)s, %(payload)s)
        ON CONFLICT (business_id, channel, dedup_key) DO NOTHING
        """,
        {
            "b": business_id,
            "id": outbox_id,
            "lead": lead_id,
            "purpose": purpose,
            "dedup": dedup_key,
            "recipient": recipient_sealed,
            "payload": payload_sealed,
        },
    )
    return cursor.rowcount == 1


async def find_outbox(conn: Connection, business_id: UUID, dedup_key: str) -> UUID | None:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT outbox_id FROM outbox WHERE business_id = %(b)s AND channel = 'mail' AND dedup_key = %(dedup)s",
            {"b": business_id, "dedup": dedup_key},
        )
        return await cursor.fetchone()


async def begin_sending(conn: Connection, business_id: UUID, outbox_id: UUID) -> OutboxRow | None:
    """Takes the row for one attempt. None when it is done with, or gone with its lead.

    A row found in `sending` belonged to a worker that died; the job's lease keeps two from it at once.
    """
    async with conn.cursor(row_factory=class_row(OutboxRow)) as cursor:
        await cursor.execute(
            """
            UPDATE outbox SET state = 'sending', attempts = attempts + 1
            WHERE business_id = %(b)s AND outbox_id = %(id)s AND channel = 'mail' AND state IN ('queued', 'sending')
            RETURNING outbox_id, lead_id, purpose, state, attempts, created_at, not_before, sent_at, provider,
                last_error, recipient_sealed, payload_sealed
            """,
            {"b": business_id, "id": outbox_id},
        )
        return await cursor.fetchone()


async def mark_sent(
    conn: Connection, business_id: UUID, outbox_id: UUID, provider: str, provider_message_id: str | None
) -> None:
    await conn.execute(
        """
        UPDATE outbox SET state = 'sent', sent_at = now(), provider = %(provider)s,
            provider_message_id = %(message)s, last_error = NULL
        WHERE business_id = %(b)s AND outbox_id = %(id)s
        """,
        {"b": business_id, "id": outbox_id, "provider": provider, "message": provider_message_id},
    )


async def mark_failed(conn: Connection, business_id: UUID, outbox_id: UUID, provider: str, error: str) -> None:
    await conn.execute(
        """
        UPDATE outbox SET state = 'failed', provider = %(provider)s, last_error = %(error)s
        WHERE business_id = %(b)s AND outbox_id = %(id)s AND state = 'sending'
        """,
        {"b": business_id, "id": outbox_id, "provider": provider, "error": error},
    )


async def mark_waiting(
    conn: Connection, business_id: UUID, outbox_id: UUID, provider: str, error: str, seconds: float
) -> None:
    await conn.execute(
        """
        UPDATE outbox SET state = 'queued', provider = %(provider)s, last_error = %(error)s,
            not_before = now() + make_interval(secs => %(seconds)s)
        WHERE business_id = %(b)s AND outbox_id = %(id)s AND state = 'sending'
        """,
        {"b": business_id, "id": outbox_id, "provider": provider, "error": error, "seconds": seconds},
    )


async def put_back_failed(conn: Connection, business_id: UUID, outbox_id: UUID) -> bool:
    """With all its attempts before it again."""
    cursor = await conn.execute(
        """
        UPDATE outbox SET state = 'queued', attempts = 0, not_before = now()
        WHERE business_id = %(b)s AND outbox_id = %(id)s AND channel = 'mail' AND state = 'failed'
        """,
        {"b": business_id, "id": outbox_id},
    )
    return cursor.rowcount == 1


async def allowed_processors(conn: Connection, business_id: UUID) -> list[str]:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT allowed_processors FROM businesses WHERE business_id = %(b)s", {"b": business_id})
        return await cursor.fetchone() or []


async def read_outbox(conn: Connection, business_id: UUID, outbox_id: UUID) -> OutboxRow | None:
    async with conn.cursor(row_factory=class_row(OutboxRow)) as cursor:
        await cursor.execute(
            """
            SELECT outbox_id, lead_id, purpose, state, attempts, created_at, not_before, sent_at, provider,
                last_error, recipient_sealed, payload_sealed
            FROM outbox WHERE business_id = %(b)s AND outbox_id = %(id)s AND channel = 'mail'
            """,
            {"b": business_id, "id": outbox_id},
        )
        return await cursor.fetchone()


async def lead_mail_states(conn: Connection, business_id: UUID, lead_ids: list[UUID]) -> list[LeadMailState]:
    """For the leads page: whether the owner's mail went out, and if not, why."""
    async with conn.cursor(row_factory=class_row(LeadMailState)) as cursor:
        await cursor.execute(
            """
            SELECT lead_id, outbox_id, state, provider, last_error, sent_at FROM outbox
            WHERE business_id = %(b)s AND lead_id = ANY(%(leads)s) AND channel = 'mail'
            """,
            {"b": business_id, "leads": lead_ids},
        )
        return await cursor.fetchall()


async def addresses_to_tell(conn: Connection, business_id: UUID) -> list[str]:
    """Owners and members, the owners first."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            """
            SELECT a.email FROM memberships AS m JOIN accounts AS a USING (account_id)
            WHERE m.business_id = %(b)s ORDER BY m.role DESC, m.created_at
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()
