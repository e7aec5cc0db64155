"""A visitor asks for a person: noted in the transcript, and the business is told by mail, once until it is answered.

Comes in: a connection inside the business's transaction and the conversation. Goes out: the mail's job to ring for.
Called by reply.py, when the visitor says so in words, and by the widget's button.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.conversations.person.compose import compose_person_mail
from app.conversations.person.model import HandledBy, Note
from app.conversations.person.queries import give_to_assistant, insert_note, lock_handling, note_person_asked
from app.db.pool import Connection
from app.jobs.model import JobRef
from app.mail.model import Purpose, mail_address
from app.mail.queries import addresses_to_tell
from app.mail.queue import queue_mail
from app.vault.keys import BusinessKeys


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of a visitor who asks for a person, and how it is named."""

    slug: str
    name: str
    language: str
    operator: str  # while the business has nobody yet
    public_url: str


async def ask_for_person(
    conn: Connection, keys: BusinessKeys, business_id: UUID, told: Told, conversation_id: UUID, now: datetime
) -> JobRef | None:
    """None when it was asked before or a person is there already; one who has gone is no person there."""
    row = await lock_handling(conn, business_id, conversation_id)
    if row is not None and row.handled_by == HandledBy.PERSON and not row.with_person(now):
        await give_to_assistant(conn, business_id, conversation_id)
        await insert_note(conn, business_id, conversation_id, Note.LEFT, name=row.handler_name)
    if not await note_person_asked(conn, business_id, conversation_id, now):
        return None
    await insert_note(conn, business_id, conversation_id, Note.ASKED)
    link = f"{told.public_url}/dashboard/{told.slug}/inbox/{conversation_id}"
    owners = [address for address in await addresses_to_tell(conn, business_id) if mail_address(address)]
    queued = await queue_mail(
        conn,
        keys,
        business_id,
        purpose=Purpose.PERSON,
        dedup_key=f"person:{conversation_id}:{now:%Y%m%dT%H%M}",
        to=owners or [told.operator],
        mail=compose_person_mail(told.name, told.language, link),
    )
    return queued.ref
