"""Leads as the owner reads them: rows with their fields opened. Called by the dashboard inside a transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.db.pool import Connection
from app.leads.model import Lead, LeadRow
from app.leads.queries import read_leads, read_leads_of_conversation
from app.vault.keys import BusinessKeys


async def list_leads(
    conn: Connection, keys: BusinessKeys, business_id: UUID, *, before: datetime | None = None, limit: int = 100
) -> list[Lead]:
    """The latest first; `before` is the last one's `created_at`, for the next page."""
    return [open_lead(keys, row) for row in await read_leads(conn, business_id, before=before, limit=limit)]


async def leads_of_conversation(
    conn: Connection, keys: BusinessKeys, business_id: UUID, conversation_id: UUID
) -> list[Lead]:
    return [open_lead(keys, row) for row in await read_leads_of_conversation(conn, business_id, conversation_id)]


def open_lead(keys: BusinessKeys, row: LeadRow) -> Lead:
    def opened(column: str, sealed: bytes | None) -> str | None:
        return keys.open("leads", column, row.lead_id, sealed) if sealed is not None else None

    return Lead(
        lead_id=row.lead_id,
        person_id=row.person_id,
        conversation_id=row.conversation_id,
        created_at=row.created_at,
        handled_at=row.handled_at,
        name=opened("name", row.name_sealed),
        email=opened("email", row.email_sealed),
        phone=opened("phone", row.phone_sealed),
        message=opened("message", row.message_sealed),
    )
