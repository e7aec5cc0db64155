"""Conversations as the business reads them, and as a visitor reads the own one after a reload.

Each function takes a connection inside the business's transaction and opens the texts with its keys.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.conversations.listing.queries import read_inbox
from app.conversations.model import Conversation, ConversationRow, InboxLine, Visitor
from app.conversations.queries import (
    give_up_stale_answers,
    latest_conversation_of,
    read_conversation_row,
    read_messages,
)
from app.conversations.record import open_message
from app.db.pool import Connection
from app.errors import NotFound
from app.people.queries import find_person
from app.vault.keys import BusinessKeys

LONGEST_ANSWER = 90.0  # seconds; an answer's own limit is 60
PAGE = 50


async def list_conversations(
    conn: Connection,
    keys: BusinessKeys,
    business_id: UUID,
    *,
    before: datetime | None = None,
    unanswered_only: bool = False,
    person_only: bool = False,
    tries: bool = False,
    limit: int = PAGE,
) -> list[InboxLine]:
    """The latest first; `before` is the last line's `last_message_at`, for the next page. `person_only`: of visitors
    who ask for a person or talk with one. `tries`: of the business's own people instead of visitors'."""
    rows = await read_inbox(
        conn,
        business_id,
        before=before,
        unanswered_only=unanswered_only,
        person_only=person_only,
        tries=tries,
        limit=limit,
    )
    return [
        InboxLine(
            conversation_id=row.conversation_id,
            started_at=row.started_at,
            last_message_at=row.last_message_at,
            channel=row.channel,
            language=row.language,
            unanswered=row.unanswered,
            unseen=row.seen_at is None or row.seen_at < row.last_message_at,
            handled_by=row.handled_by,
            handler_name=row.handler_name,
            person_asked=row.person_asked_at is not None,
            questions=row.questions,
            leads=row.leads,
            first_question=keys.open("messages", "text", row.first_message_id, row.first_text_sealed)
            if row.first_message_id is not None and row.first_text_sealed is not None
            else "",
        )
        for row in rows
    ]


async def open_conversation(
    conn: Connection, keys: BusinessKeys, business_id: UUID, conversation_id: UUID
) -> Conversation:
    """Raises NotFound."""
    row = await read_conversation_row(conn, business_id, conversation_id)
    if row is None:
        raise NotFound("This conversation is not here any more.", code="no_conversation")
    return await _opened(conn, keys, business_id, row)


async def conversation_of_visitor(
    conn: Connection, keys: BusinessKeys, business_id: UUID, visitor: Visitor
) -> Conversation | None:
    """The latest one that is open to this visitor."""
    person_id = await find_person(conn, business_id, "web", keys.blind("web", visitor.visitor_id))
    if person_id is None:
        return None
    row = await latest_conversation_of(conn, business_id, person_id, visitor.since)
    return await _opened(conn, keys, business_id, row) if row is not None else None


async def _opened(conn: Connection, keys: BusinessKeys, business_id: UUID, row: ConversationRow) -> Conversation:
    await give_up_stale_answers(conn, business_id, LONGEST_ANSWER)
    messages = await read_messages(conn, business_id, row.conversation_id)
    return Conversation(row, tuple(open_message(keys, message) for message in messages))
