"""Tells the owner that a month's tokens come to their end, and that they are used up: each once, ahead of questions.

In: a connection inside the transaction that brought it about. Out: the mail's job to ring for after the commit, or
None when it was told before. Called by the budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db.pool import Connection
from app.jobs.model import JobRef
from app.mail.model import Composed, Purpose, mail_address
from app.mail.queries import addresses_to_tell
from app.mail.queue import queue_mail
from app.usage.compose import Spending, compose_full_mail, compose_near_mail
from app.usage.queries import note_full, note_near
from app.vault.keys import Vault


@dataclass(frozen=True, slots=True)
class Teller:
    vault: Vault
    operator: str  # told while the business has nobody yet
    public_url: str


async def tell_near(conn: Connection, teller: Teller, business_id: UUID) -> JobRef | None:
    found = await note_near(conn, business_id)
    if found is None:
        return None
    return await _queue(conn, teller, business_id, "near", found, compose_near_mail(found, _link(teller, found)))


async def tell_full(conn: Connection, teller: Teller, business_id: UUID, tokens: int) -> JobRef | None:
    """`tokens`: what the question that was refused would have needed. While others' reservations are the reason, the
    month is not full, and nobody is told."""
    found = await note_full(conn, business_id, tokens)
    if found is None:
        return None
    return await _queue(conn, teller, business_id, "full", found, compose_full_mail(found, _link(teller, found)))


def _link(teller: Teller, found: Spending) -> str:
    return f"{teller.public_url}/dashboard/{found.slug}/settings/model"


async def _queue(
    conn: Connection, teller: Teller, business_id: UUID, what: str, found: Spending, mail: Composed
) -> JobRef | None:
    owners = [address for address in await addresses_to_tell(conn, business_id) if mail_address(address)]
    queued = await queue_mail(
        conn,
        await teller.vault.keys(conn, business_id),
        business_id,
        purpose=Purpose.BUDGET,
        # With the cap in it: who raises it in the middle of a month is told of the new end too.
        dedup_key=f"budget:{what}:{found.month:%Y-%m}:{found.cap}:{found.percent}",
        to=owners or [teller.operator],
        mail=mail,
    )
    return queued.ref
