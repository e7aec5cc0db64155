"""Takes a lead: one transaction writes the person, the lead and the mail to the owner; then the bell rings.

Called by the channels. Accepted means exactly one lead row and one outbox row, whatever is killed at that
moment: the same Idempotency-Key again finds the row that was committed, or writes it now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.db.pool import Connection, Database
from app.errors import NotFound, Unprocessable
from app.jobs.doorbell import Doorbell
from app.leads.compose import compose_lead_mail
from app.leads.model import Captured, LeadFields
from app.leads.queries import (
    BusinessOfLead,
    conversation_is_of,
    find_by_key,
    insert_lead,
    new_lead_id,
)
from app.mail.model import Purpose
from app.mail.queries import addresses_to_tell
from app.mail.queue import queue_mail
from app.people.identify import add_identity, identify
from app.providers.mailer import mail_address
from app.vault.keys import BusinessKeys, Vault


@dataclass(frozen=True, slots=True)
class CapturePorts:
    database: Database
    vault: Vault
    doorbell: Doorbell
    operator: str  # who is told while a business has nobody yet
    public_url: str
    fault: Callable[[str], None]


async def capture_lead(
    ports: CapturePorts,
    business_id: UUID,
    business: BusinessOfLead,
    visitor_id: str,
    idempotency_key: str,
    fields: LeadFields,
) -> UUID:
    """The lead's id, the same for the same key and fields. Raises Unprocessable for the key with other fields."""
    async with ports.database.business_transaction(business_id) as conn:
        keys = await ports.vault.keys(conn, business_id)
        captured = await _capture(conn, keys, ports, business_id, business, visitor_id, idempotency_key, fields)
        ports.fault("lead_before_commit")
    ports.fault("lead_after_commit")
    if captured.ref is not None:
        await ports.doorbell.ring(captured.ref)
    return captured.lead_id


async def _capture(
    conn: Connection,
    keys: BusinessKeys,
    ports: CapturePorts,
    business_id: UUID,
    business: BusinessOfLead,
    visitor_id: str,
    idempotency_key: str,
    fields: LeadFields,
) -> Captured:
    person_id = await identify(conn, keys, business_id, "web", visitor_id)
    if fields.conversation_id and not await conversation_is_of(conn, business_id, fields.conversation_id, person_id):
        raise NotFound("This conversation is not here any more.", code="no_conversation")
    lead_id = await new_lead_id(conn)
    # Of the visitor and the visitor's key: nobody can hit, or block, the key of somebody else.
    key = hashlib.sha256(f"{visitor_id}\0{idempotency_key}".encode()).digest()
    body_hash = keys.digest("lead", _canonical(fields))
    inserted = await insert_lead(
        conn,
        business_id,
        lead_id,
        person_id=person_id,
        conversation_id=fields.conversation_id,
        idempotency_key=key,
        body_hash=body_hash,
        name_sealed=_sealed(keys, lead_id, "name", fields.name),
        email_sealed=_sealed(keys, lead_id, "email", fields.email),
        phone_sealed=_sealed(keys, lead_id, "phone", fields.phone),
        message_sealed=_sealed(keys, lead_id, "message", fields.message),
    )
    if not inserted:
        known = await find_by_key(conn, business_id, key)
        assert known is not None  # we waited for whoever wrote it
        if known.body_hash != body_hash:
            raise Unprocessable("This message was sent before with other details.", code="key_reused")
        return Captured(known.lead_id, None)
    if fields.email:
        await add_identity(conn, keys, business_id, person_id, "email", fields.email.lower())
    if fields.phone:
        await add_identity(conn, keys, business_id, person_id, "phone", fields.phone)
    ports.fault("lead_before_mail")
    owners = [address for address in await addresses_to_tell(conn, business_id) if mail_address(address)]
    queued = await queue_mail(
        conn,
        keys,
        business_id,
        purpose=Purpose.LEAD,
        dedup_key=f"lead:{lead_id}",
        to=owners or [ports.operator],  # never refused for want of somebody to tell
        mail=compose_lead_mail(business, fields, ports.public_url),
        lead_id=lead_id,
    )
    return Captured(lead_id, queued.ref)


def _canonical(fields: LeadFields) -> bytes:
    about = str(fields.conversation_id) if fields.conversation_id else None
    return json.dumps([fields.name, fields.email, fields.phone, fields.message, about]).encode()


def _sealed(keys: BusinessKeys, lead_id: UUID, column: str, value: str | None) -> bytes | None:
    return keys.seal("leads", column, lead_id, value) if value is not None else None
