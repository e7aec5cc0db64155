"""Puts a mail into the outbox, in the transaction of its cause. Sends nothing.

In: a connection bound to the business, its keys, what is to be said. Out: the row's id and the job to
ring for after the commit. Who: leads, accounts. The same `dedup_key` twice is one mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.pool import Connection
from app.errors import BadInput
from app.jobs.model import JobRef, SendMail
from app.jobs.queue import enqueue
from app.mail.model import Composed, Purpose, Queued, mail_address, one_line, seal_mail
from app.mail.queries import find_outbox, insert_outbox, new_outbox_id, put_back_failed
from app.vault.keys import BusinessKeys

# The handler keeps its own count and clock; a worker killed in the middle must never use a mail up.
JOB_ATTEMPTS = 1000


async def queue_mail(
    conn: Connection,
    keys: BusinessKeys,
    business_id: UUID,
    *,
    purpose: Purpose,
    dedup_key: str,
    to: str | Sequence[str],
    mail: Composed,
    lead_id: UUID | None = None,
) -> Queued:
    """Raises BadInput when no recipient is an address. A bad reply address is left out, not an error."""
    typed = (to,) if isinstance(to, str) else tuple(to)
    # One owner's odd address keeps the mail from nobody else.
    recipients = tuple(dict.fromkeys(address for text in typed if (address := mail_address(text)) is not None))
    if not recipients:
        raise BadInput("The mail cannot be sent: its recipient is not a mail address.", code="bad_address")
    reply_to = mail_address(mail.reply_to) if mail.reply_to else None
    outbox_id = await new_outbox_id(conn)
    recipient, payload = seal_mail(
        keys, outbox_id, recipients, Composed(one_line(mail.subject) or "Milo", mail.text, reply_to)
    )
    inserted = await insert_outbox(
        conn,
        business_id,
        outbox_id=outbox_id,
        lead_id=lead_id,
        purpose=purpose,
        dedup_key=dedup_key,
        recipient_sealed=recipient,
        payload_sealed=payload,
    )
    if not inserted:
        known = await find_outbox(conn, business_id, dedup_key)
        assert known is not None  # we conflicted with it and rows are not deleted while young
        return Queued(known, None)
    return Queued(outbox_id, await _enqueue(conn, business_id, outbox_id))


async def requeue_mail(conn: Connection, business_id: UUID, outbox_id: UUID) -> JobRef | None:
    """The owner's "send again" for a failed mail. None when it is not in that state."""
    if not await put_back_failed(conn, business_id, outbox_id):
        return None
    return await _enqueue(conn, business_id, outbox_id)


async def _enqueue(conn: Connection, business_id: UUID, outbox_id: UUID) -> JobRef:
    return await enqueue(conn, business_id, SendMail(outbox_id), key=str(outbox_id), max_attempts=JOB_ATTEMPTS)
