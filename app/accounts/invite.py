"""Lets another person into a business, and out of it again. Called by the settings page for owners.

The invited address gets an account and a mail that says where to sign in; the link itself is asked for
there, so nothing in the mail is worth stealing.
"""

from __future__ import annotations

from uuid import UUID

from app.accounts.address import normalised
from app.accounts.model import Account, Member, Role
from app.accounts.queries import delete_membership, ensure_account, insert_membership, list_members, lock_members
from app.accounts.session import account_actor
from app.audit.queries import insert_audit
from app.db.pool import Database
from app.errors import BadInput
from app.jobs.doorbell import Doorbell
from app.jobs.model import JobRef
from app.mail.model import Composed, Purpose
from app.mail.queue import queue_mail
from app.security import new_token
from app.settings import Settings
from app.vault.keys import Vault

MOST_MEMBERS = 100


async def invite(
    database: Database,
    vault: Vault,
    doorbell: Doorbell,
    settings: Settings,
    *,
    business_id: UUID,
    business_name: str,
    typed: str,
    role: Role,
    by: Account,
    with_mail: bool = True,
) -> bool:
    """False when that person is in already. Raises BadInput for a bad address or too many people."""
    email = normalised(typed)
    ref: JobRef | None = None
    async with database.business_transaction(business_id) as conn:
        if len(await list_members(conn, business_id)) >= MOST_MEMBERS:
            raise BadInput(f"A business has at most {MOST_MEMBERS} people.")
        account = await ensure_account(conn, email)
        if not await insert_membership(conn, account.account_id, business_id, role):
            return False
        await insert_audit(
            conn,
            business_id,
            actor=account_actor(by.account_id),
            action="member.add",
            target=str(account.account_id),
            details={"role": str(role)},
        )
        if with_mail:
            queued = await queue_mail(
                conn,
                await vault.keys(conn, business_id),
                business_id,
                purpose=Purpose.INVITE,
                dedup_key=f"invite:{account.account_id}:{new_token()}",
                to=email,
                mail=compose(settings, business_name, by),
            )
            ref = queued.ref
    if ref is not None:
        await doorbell.ring(ref)
    return True


async def remove_member(database: Database, *, business_id: UUID, account_id: UUID, by: Account) -> Member | None:
    """Who was removed; None for the last owner and for somebody who is not in."""
    async with database.business_transaction(business_id) as conn:
        await lock_members(conn, business_id)
        known = {member.account_id: member for member in await list_members(conn, business_id)}
        if not await delete_membership(conn, account_id, business_id):
            return None
        await insert_audit(
            conn, business_id, actor=account_actor(by.account_id), action="member.remove", target=str(account_id)
        )
    return known.get(account_id)


def compose(settings: Settings, business_name: str, by: Account) -> Composed:
    return Composed(
        f"{business_name} on Milo",
        f"Hello,\n\n{by.email} lets you into {business_name} on Milo, the assistant on its site.\n\n"
        f"Sign in here with this mail address:\n\n{settings.public_url}/sign-in\n\n"
        "If you do not know what this is about, you need do nothing.\n",
    )
