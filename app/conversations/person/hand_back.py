"""Gives a conversation back to the assistant: by the person who had it, or by the visitor who does not want to wait.

Called by the inbox, and by the widget's "ask the assistant".
"""

from __future__ import annotations

from uuid import UUID

from app.audit.queries import insert_audit
from app.conversations.person.model import HandledBy, Note
from app.conversations.person.queries import give_to_assistant, insert_note, lock_handling
from app.db.pool import Database
from app.errors import NotFound


async def hand_back(
    database: Database, business_id: UUID, conversation_id: UUID, *, by: UUID | None, person_id: UUID | None = None
) -> None:
    """`by`: the account; None for the visitor, who then must be `person_id`. Of the assistant's own: nothing changes,
    except that nobody is asked for any more. Raises NotFound."""
    async with database.business_transaction(business_id) as conn:
        row = await lock_handling(conn, business_id, conversation_id)
        if row is None or (by is None and row.person_id != person_id):
            raise NotFound("This conversation is not here any more.", code="no_conversation")
        if row.handled_by == HandledBy.ASSISTANT and row.person_asked_at is None:
            return
        await give_to_assistant(conn, business_id, conversation_id)
        note = Note.HANDED_BACK if by is not None else Note.ASSISTANT_WANTED
        await insert_note(conn, business_id, conversation_id, note, name=row.handler_name)
        await insert_audit(
            conn,
            business_id,
            actor=f"account:{by}" if by is not None else "visitor",
            action="conversation.hand_back",
            target=str(conversation_id),
        )
