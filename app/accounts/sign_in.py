"""Turns a link's token into a session, once. Also makes the link that `make up` prints.

Comes in by POST only (mail scanners follow every GET): the token, the browser's nonce, and in another
browser than the one that asked, the six digits shown there. Called by the dashboard's sign-in page.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from app.accounts.address import normalised
from app.accounts.model import LINK_LIFE, OpenedSession
from app.accounts.queries import consume_link, ensure_account, insert_link, mark_sign_in, read_live_link, void_links
from app.accounts.session import open_session
from app.db.pool import Database
from app.errors import MiloError
from app.security import Signer, hash_token, new_token
from app.settings import Settings

OPERATOR = "owner@localhost"  # who `make up` signs in when MILO_OPERATOR_EMAIL names nobody


class LinkSpent(MiloError):
    status = 410
    code = "link_spent"

    def __init__(self) -> None:
        super().__init__("This link has been used, replaced by a newer one, or is older than ten minutes.")


class CodeNeeded(MiloError):
    """The link was asked for in another browser."""

    status = 403
    code = "code_needed"

    def __init__(self) -> None:
        super().__init__("You asked for this link in another browser. Type the six digits that are shown there.")


class CodeWrong(MiloError):
    """One try: with the digits wrong the link is void, so guessing gets nobody anywhere."""

    status = 403
    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__("Those were not the digits, so the link was made void. Ask for a new one.")


async def sign_in(
    database: Database, signer: Signer, *, token: str, nonce: str | None, code: str, now: datetime
) -> OpenedSession:
    """Raises LinkSpent, CodeNeeded (the link stays valid) or CodeWrong."""
    token_hash = hash_token(token)
    async with database.directory_transaction() as conn:
        link = await read_live_link(conn, token_hash, now)
        if link is None:
            raise LinkSpent
        bound = link.nonce_hash is not None
        same_browser = bound and nonce is not None and hmac.compare_digest(link.nonce_hash or b"", hash_token(nonce))
        # ASCII only: compare_digest refuses other strings, and "²" or "٣" is a digit to str.isdigit.
        digits = "".join(character for character in code if character in "0123456789")
        if bound and not same_browser and not digits:
            raise CodeNeeded
        email = await consume_link(conn, token_hash, now)
        if email is None:  # another POST was quicker between the two statements
            raise LinkSpent
        right_code = bound and hmac.compare_digest(pairing_code(signer, link.nonce_hash or b""), digits)
        if not bound or same_browser or right_code:
            account = await ensure_account(conn, email)
            await mark_sign_in(conn, account.account_id, now)
            return await open_session(conn, signer, account, now)
    raise CodeWrong  # after the commit: the link must stay consumed


def pairing_code(signer: Signer, nonce_hash: bytes) -> str:
    """Six digits that the asking browser shows and another browser must be told."""
    number = int.from_bytes(hash_token(signer.sign("pairing", nonce_hash))[:8], "big") % 1_000_000
    return f"{number:06d}"


def link_address(settings: Settings, token: str) -> str:
    """Behind the #: browsers never send it, so no server or proxy on the way can log it."""
    return f"{settings.public_url}/sign-in/open#{token}"


async def operator_link(database: Database, settings: Settings, email: str | None = None) -> str:
    """A link bound to no browser, to be printed to whoever runs this machine. Replaces older ones."""
    address = normalised(email or settings.operator_email or OPERATOR)
    token, now = new_token(), datetime.now(UTC)
    async with database.directory_transaction() as conn:
        await void_links(conn, address, now)
        await insert_link(
            conn,
            token_hash=hash_token(token),
            email=address,
            nonce_hash=None,
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
    return link_address(settings, token)
