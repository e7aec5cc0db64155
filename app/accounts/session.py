"""Signed-in browsers: the cookie's value, the row behind it, and the token its forms carry.

The cookie holds a 256-bit id and an HMAC over it; the row holds the id's SHA-256. Idle 14 days or 30
days old, or the row deleted, and the cookie opens nothing. Called by the dashboard on every request.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from app.accounts.model import SESSION_IDLE, SESSION_LIFE, Account, OpenedSession, Session
from app.accounts.queries import insert_session, read_session, touch_session
from app.db.pool import Connection
from app.security import Signer, hash_token

TOUCH_EVERY = timedelta(minutes=5)  # a write a page view would buy nothing
ID_BYTES = 32


async def find_session(conn: Connection, signer: Signer, cookie: str | None, now: datetime) -> Session | None:
    """None for no cookie, one not signed here, one signed out, and one too old."""
    session_id = signer.verify("session", cookie) if cookie else None
    if session_id is None or len(session_id) != ID_BYTES:
        return None
    session_hash = _hash(session_id)
    row = await read_session(conn, session_hash, now=now, seen_after=now - SESSION_IDLE)
    if row is None:
        return None
    if now - row.last_seen_at > TOUCH_EVERY:
        await touch_session(conn, session_hash, now)
    return Session(session_hash, Account(row.account_id, row.email), csrf_token(signer, session_hash))


async def open_session(conn: Connection, signer: Signer, account: Account, now: datetime) -> OpenedSession:
    """A new id at every sign-in, so that an id planted before is worth nothing."""
    session_id = secrets.token_bytes(ID_BYTES)
    await insert_session(
        conn,
        session_hash=_hash(session_id),
        account_id=account.account_id,
        now=now,
        expires_at=now + SESSION_LIFE,
    )
    return OpenedSession(signer.sign("session", session_id), account)


def csrf_token(signer: Signer, bound_to: bytes) -> str:
    """The synchroniser token of a session (its hash), or before it of a sign-in (its nonce's hash)."""
    return signer.sign("csrf", bound_to)


def csrf_holds(signer: Signer, bound_to: bytes, given: str) -> bool:
    signed = signer.verify("csrf", given)
    return signed is not None and hmac.compare_digest(signed, bound_to)


def account_actor(account_id: UUID) -> str:
    """Who did it, for the audit log."""
    return f"account:{account_id}"


def _hash(session_id: bytes) -> bytes:
    return hash_token(session_id.hex())
