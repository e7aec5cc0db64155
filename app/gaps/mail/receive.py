"""A mail that came in for one of our addresses, stored and planned to be taken in. For channels and the mailbox.

Nothing is answered to strangers: who is not the owner whose mail it was changes nothing, and that owner alone is told.
The notice of a provider and the row it makes are one transaction, so that it counts once and is never lost.
"""

from __future__ import annotations

from enum import StrEnum

import structlog

from app.businesses.queries import read_business
from app.gaps.mail.compose import compose_not_taken
from app.gaps.mail.model import Addressee, Mails, Received
from app.gaps.mail.queries import (
    count_replies,
    find_addressee,
    find_email,
    insert_reply,
    new_reply_id,
    note_event,
)
from app.gaps.mail.weekly import place_of
from app.jobs.model import JobRef, TakeReply
from app.jobs.queue import enqueue
from app.mail.model import Purpose, mail_address
from app.mail.queue import queue_mail
from app.security import hash_token

MOST_A_DAY = 30  # replies of one owner: a program that answers by itself and does not say so ends there
LONGEST = 100_000  # characters of a reply that are read; it repeats our mail, and perhaps a long talk
log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    TAKEN = "taken"
    KNOWN = "known"  # the same notice again
    IGNORED = "ignored"  # no address of ours, past its time, or written by a machine
    REFUSED = "refused"  # by somebody else


async def receive_reply(parts: Mails, received: Received) -> Outcome:
    async with parts.database.directory_transaction() as conn:
        addressee = await find_addressee(conn, hash_token(received.token))
        email = await find_email(conn, addressee.account_id) if addressee is not None else None
    if addressee is None or email is None or received.automatic or addressee.expires_at < parts.clock():
        log.info("reply.ignored", provider=received.provider, known=addressee is not None)
        return Outcome.IGNORED
    sender = mail_address(received.sender)
    if sender is None or sender.lower() != email.lower() or received.authentic is False:
        return await _refuse(parts, addressee, received, email)
    return await store_reply(parts, addressee, received)


async def store_reply(parts: Mails, addressee: Addressee, received: Received) -> Outcome:
    """Of whoever it is: the caller has made sure."""
    async with parts.database.business_transaction(addressee.business_id) as conn:
        if not await note_event(conn, received.provider, received.event_id):
            return Outcome.KNOWN
        if await count_replies(conn, addressee.business_id, addressee.account_id) >= MOST_A_DAY:
            log.warning("reply.too_many", account=str(addressee.account_id))
            return Outcome.IGNORED
        keys = await parts.vault.keys(conn, addressee.business_id)
        reply_id = await new_reply_id(conn)
        text = received.text[:LONGEST] if received.text is not None else None
        await insert_reply(
            conn,
            addressee.business_id,
            reply_id,
            outbox_id=addressee.outbox_id,
            account_id=addressee.account_id,
            provider=received.provider,
            provider_id=received.provider_id,
            text_sealed=keys.seal("mail_replies", "text", reply_id, text) if text is not None else None,
        )
        job = await enqueue(conn, addressee.business_id, TakeReply(reply_id), key=str(reply_id), max_attempts=20)
    await parts.doorbell.ring(job)
    return Outcome.TAKEN


async def _refuse(parts: Mails, addressee: Addressee, received: Received, email: str) -> Outcome:
    """Told once a mail: somebody may have forwarded it, or write from a second address."""
    ref: JobRef | None = None
    async with parts.database.business_transaction(addressee.business_id) as conn:
        business = await read_business(conn, addressee.business_id)
        if business is not None and await note_event(conn, received.provider, received.event_id):
            queued = await queue_mail(
                conn,
                await parts.vault.keys(conn, addressee.business_id),
                addressee.business_id,
                purpose=Purpose.GAP_REPLY,
                dedup_key=f"gap-refused:{addressee.outbox_id}",
                to=email,
                mail=compose_not_taken(place_of(business, parts.settings), "other_sender"),
            )
            ref = queued.ref
    if ref is not None:
        await parts.doorbell.ring(ref)
    log.warning("reply.refused", provider=received.provider, authentic=received.authentic)
    return Outcome.REFUSED
