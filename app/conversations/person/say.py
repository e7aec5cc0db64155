"""A person of the business writes to the visitor. Words in, a message of the transcript out; called by the inbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.conversations.person.model import LONGEST_MESSAGE, Handler
from app.conversations.person.queries import insert_said, lock_handling, new_message_id
from app.conversations.queries import touch_conversation
from app.db.pool import Database
from app.errors import BadInput, Conflict, NotFound
from app.people.plain_text import seen_text
from app.vault.keys import Vault


async def say(
    database: Database,
    vault: Vault,
    business_id: UUID,
    conversation_id: UUID,
    handler: Handler,
    text: str,
    *,
    form_id: str,
    now: datetime,
) -> None:
    """The same `form_id` again says nothing twice. Raises NotFound, BadInput, and Conflict for who does not have the
    conversation: taken by somebody else, or given back in the meantime."""
    words = seen_text(text).strip()
    if not words:
        raise BadInput("Write something first.", code="empty")
    if len(words) > LONGEST_MESSAGE:
        raise BadInput(f"That is longer than {LONGEST_MESSAGE} characters. Send it in two messages.", code="too_long")
    async with database.business_transaction(business_id) as conn:
        row = await lock_handling(conn, business_id, conversation_id)
        if row is None:
            raise NotFound("This conversation is not here any more.", code="no_conversation")
        if row.handled_by != "person" or row.handler_id != handler.account_id:
            who = row.handler_name if row.handled_by == "person" else "The assistant"
            raise Conflict(f"{who} has this conversation now. Take it over to write.", code="not_yours")
        keys = await vault.keys(conn, business_id)
        message_id = await new_message_id(conn)
        await insert_said(
            conn,
            business_id,
            conversation_id,
            message_id,
            handler=Handler(handler.account_id, row.handler_name or handler.name),
            text_sealed=keys.seal("messages", "text", message_id, words),
            client_message_id=f"form:{form_id}",
        )
        await touch_conversation(conn, business_id, conversation_id, now)
