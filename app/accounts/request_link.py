"""Mails a sign-in link to whoever asks. The answer is the same for every address that is one.

No look-up of accounts happens here: a new address gets its account when it opens the link. An address
over its allowance gets no mail, but the same work is done and the same said. The mail is a row of the
house's outbox in the same transaction; the worker sends it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.accounts.address import allowance_pattern, domain_of, normalised
from app.accounts.model import LINK_LIFE
from app.accounts.queries import count_links_since, delete_stale, insert_link, lock_email, void_links
from app.accounts.sign_in import link_address
from app.db.pool import Database
from app.jobs.doorbell import Doorbell
from app.limits import Limiter, Rule, Take
from app.mail.model import Composed, Purpose
from app.mail.queue import queue_mail
from app.security import hash_token, new_token
from app.settings import Settings
from app.vault.keys import Vault

PER_ADDRESS = 5  # in LINK_LIFE
BY_CLIENT = Rule("sign_in_client", burst=20, per_minute=20 / 60)
BY_DOMAIN = Rule("sign_in_domain", burst=100, per_minute=100 / 60)
KEEP_LINKS = timedelta(days=1)


async def request_link(
    database: Database,
    vault: Vault,
    doorbell: Doorbell,
    limiter: Limiter,
    settings: Settings,
    *,
    house: UUID,
    typed: str,
    nonce_hash: bytes,
    client: str,
    now: datetime,
) -> None:
    """Raises BadInput for what is no address, TooMany for a client or a mail domain that asks too often."""
    email = normalised(typed)
    await limiter.take(Take(BY_CLIENT, "accounts", client), Take(BY_DOMAIN, "accounts", domain_of(email)))
    token = new_token()
    async with database.business_transaction(house) as conn:
        await delete_stale(conn, now - KEEP_LINKS, now)
        await lock_email(conn, email)
        recent = await count_links_since(conn, allowance_pattern(email), now - LINK_LIFE)
        locked = recent >= PER_ADDRESS
        if not locked:  # or whoever asks and asks could keep voiding the link that did arrive
            await void_links(conn, email, now)
        await insert_link(
            conn,
            token_hash=hash_token(token),
            email=email,
            nonce_hash=nonce_hash,
            created_at=now,
            expires_at=now + LINK_LIFE,
            used_at=now if locked else None,
        )
        # Over the allowance the mail's row is written as well and rolled back: the time tells nothing.
        async with conn.transaction(force_rollback=locked):
            keys = await vault.keys(conn, house)
            queued = await queue_mail(
                conn,
                keys,
                house,
                purpose=Purpose.SIGN_IN,
                dedup_key=f"sign-in:{hash_token(token).hex()}",
                to=email,
                mail=compose(link_address(settings, token)),
            )
    if queued.ref is not None and not locked:
        await doorbell.ring(queued.ref)


def compose(link: str) -> Composed:
    return Composed(
        "Your link to Milo",
        "Hello,\n\n"
        "open this link to sign in to Milo:\n\n"
        f"{link}\n\n"
        "It works once, for ten minutes, and best in the browser in which you asked for it.\n\n"
        "If you did not ask for it, you need do nothing: without this link nobody gets in.\n",
    )
