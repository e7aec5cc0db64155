"""Sends one queued mail: the worker's handler of SendMail.

Three steps that never overlap: a short transaction takes the row (queued → sending), the provider is
spoken to without a transaction, a short transaction writes what became of it. A worker killed in the
middle leaves the row in `sending`; the job's lease runs out and the mail is sent again under the same
key: Resend drops the double by its idempotency key, mail programs by the same Message-ID.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from psycopg import Error as DatabaseError

from app.db.pool import Database
from app.errors import Unavailable
from app.jobs.model import ClaimedJob, Lease, RetryLater, SendMail
from app.mail.model import Mail, Mailer, MailFailed, OutboxRow, Purpose, StoredMail, open_mail
from app.mail.queries import allowed_processors, begin_sending, mark_failed, mark_sent, mark_waiting
from app.vault.keys import SealBroken, Vault
from ingestion.ports import FaultPoint, no_fault

log = structlog.get_logger(__name__)

# Pauses between attempts, in seconds. A lead's 19 hours stay below the 24 for which Resend remembers an
# idempotency key; a sign-in link lives ten minutes.
LEAD_PAUSES = (30, 60, 300, 900, 3600, 7200, 14400, 21600, 21600)
SIGN_IN_PAUSES = (10, 30, 60, 120, 240)
SIGN_IN_LIFE = timedelta(minutes=10)
NOTE_PAUSES = (0.5, 2.0, 5.0, 10.0)
LONGEST_WISH = 21600.0  # of a provider's retry-after


@dataclass(frozen=True, slots=True)
class Taken:
    """A row in `sending` with what it says; `refusal`: why it must not be sent at all."""

    row: OutboxRow
    mail: StoredMail | None
    refusal: str | None


async def send_mail(
    database: Database,
    vault: Vault,
    mailer: Mailer,
    claimed: ClaimedJob,
    lease: Lease,
    *,
    fault: FaultPoint = no_fault,
) -> None:
    """Raises RetryLater while there is hope. A failure for good is written into the row, where the owner reads it."""
    assert isinstance(claimed.job, SendMail)
    taken = await _take(database, vault, mailer, claimed, claimed.job)
    if taken is None:
        return
    fault("mail_taken")
    try:
        if taken.mail is None or taken.refusal is not None:
            raise MailFailed(taken.refusal or "", permanent=True)
        await lease.extend()  # the last look before something leaves the house: are we still the one?
        provider_message_id = await mailer.send(_mail(taken.row, taken.mail))
    except MailFailed as failure:
        await _failed(database, mailer, claimed, taken.row, failure)
        return
    fault("mail_sent")
    await _note_sent(database, mailer, claimed, taken.row, provider_message_id)
    log.info("mail.sent", purpose=taken.row.purpose, provider=mailer.provider, attempt=taken.row.attempts)


async def _take(database: Database, vault: Vault, mailer: Mailer, claimed: ClaimedJob, job: SendMail) -> Taken | None:
    async with database.business_transaction(claimed.business_id) as conn:
        row = await begin_sending(conn, claimed.business_id, job.outbox_id)
        if row is None:
            return None
        keys = await vault.keys(conn, claimed.business_id)
        allowed = await allowed_processors(conn, claimed.business_id)
    try:
        mail = open_mail(keys, row)
    except SealBroken:
        return Taken(row, None, "The mail cannot be read: it was changed in the database, or its key is lost.")
    if mailer.processor is not None and mailer.processor not in allowed:
        return Taken(
            row,
            mail,
            f"The mail was not sent: this business does not allow {mailer.processor} to see its data."
            " It can be read here; allow the service or use another mail setting, then send it again.",
        )
    if row.purpose == Purpose.SIGN_IN and datetime.now(UTC) - row.created_at > SIGN_IN_LIFE:
        return Taken(row, mail, "The link in this mail has expired before it could be sent. Ask for a new one.")
    return Taken(row, mail, None)


async def _note_sent(
    database: Database, mailer: Mailer, claimed: ClaimedJob, row: OutboxRow, provider_message_id: str | None
) -> None:
    """Tried for some seconds: a database that restarts just now must not make us send a mail twice."""
    for pause in (*NOTE_PAUSES, None):
        try:
            async with database.business_transaction(claimed.business_id) as conn:
                await mark_sent(conn, claimed.business_id, row.outbox_id, mailer.provider, provider_message_id)
            return
        except (DatabaseError, Unavailable):
            if pause is None:
                raise
            await asyncio.sleep(pause)


def _mail(row: OutboxRow, stored: StoredMail) -> Mail:
    return Mail(
        key=str(row.outbox_id),
        to=stored.to,
        subject=stored.subject,
        text=stored.text,
        at=row.created_at,
        reply_to=stored.reply_to,
    )


async def _failed(database: Database, mailer: Mailer, claimed: ClaimedJob, row: OutboxRow, failure: MailFailed) -> None:
    pauses = SIGN_IN_PAUSES if row.purpose == Purpose.SIGN_IN else LEAD_PAUSES
    final = failure.permanent or row.attempts > len(pauses)
    log.warning(
        "mail.failed",
        purpose=row.purpose,
        provider=mailer.provider,
        attempt=row.attempts,
        final=final,
        outbox=str(row.outbox_id),
    )
    if final:
        tried = "" if failure.permanent else f" Given up after {row.attempts} attempts."
        async with database.business_transaction(claimed.business_id) as conn:
            await mark_failed(conn, claimed.business_id, row.outbox_id, mailer.provider, failure.sentence + tried)
        return
    pause = float(pauses[row.attempts - 1])
    if failure.retry_after is not None:
        pause = min(max(pause, failure.retry_after), LONGEST_WISH)
    async with database.business_transaction(claimed.business_id) as conn:
        await mark_waiting(conn, claimed.business_id, row.outbox_id, mailer.provider, failure.sentence, pause)
    raise RetryLater(pause, failure.sentence)
