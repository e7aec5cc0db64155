"""A person of the business takes a conversation over. From then on the assistant says nothing in it.

Comes in: who, and which conversation. What the assistant was just saying is ended: in this process at once, in another
one within a second, because it reads the mark that is left on the row. Called by the inbox.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.audit.queries import insert_audit
from app.conversations.person.model import LONGEST_NAME, HandledBy, Handler, Note
from app.conversations.person.queries import end_answers, give_to_person, insert_note, lock_handling
from app.conversations.running import AnswerTasks
from app.db.pool import Database
from app.errors import BadInput, Conflict, NotFound
from app.mail.model import one_line
from app.people.plain_text import seen_text


async def take_over(
    database: Database,
    answers: AnswerTasks,
    business_id: UUID,
    conversation_id: UUID,
    handler: Handler,
    now: datetime,
) -> None:
    """Again by the same person changes nothing. Raises NotFound, BadInput without a name, Conflict while another
    person of the business answers."""
    name = seen_text(one_line(handler.name)).strip()[:LONGEST_NAME]
    if not name:
        raise BadInput("Say what visitors should call you, your first name for example.", code="no_name")
    async with database.business_transaction(business_id) as conn:
        row = await lock_handling(conn, business_id, conversation_id)
        if row is None:
            raise NotFound("This conversation is not here any more.", code="no_conversation")
        if row.channel != "web":
            raise BadInput("Only conversations in the chat of your site can be taken over.", code="other_channel")
        if row.with_person(now):
            if row.handler_id == handler.account_id:
                return
            raise Conflict(f"{row.handler_name} is answering this conversation.", code="taken")
        await give_to_person(conn, business_id, conversation_id, Handler(handler.account_id, name), now)
        await insert_note(conn, business_id, conversation_id, Note.TAKEN_OVER, name=name)
        ending = await end_answers(conn, business_id, conversation_id)
        await insert_audit(
            conn,
            business_id,
            actor=f"account:{handler.account_id}",
            action="conversation.take_over",
            target=str(conversation_id),
            details={"before": row.handled_by} if row.handled_by != HandledBy.ASSISTANT else {},
        )
    for message_id in ending:
        running = answers.find(business_id, message_id)
        if running is not None:
            running.stop()
