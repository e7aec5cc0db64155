"""SQL of accounts, sign-in links, sessions and memberships. Directory tables: no business is bound here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.accounts.model import Account, Member, Membership
from app.db.pool import Connection


@dataclass(frozen=True, slots=True)
class LinkRow:
    email: str
    nonce_hash: bytes | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    account_id: UUID
    email: str
    last_seen_at: datetime


# ---------------------------------------------------------------- links


async def lock_email(conn: Connection, email: str) -> None:
    """Held to the end of the transaction: two requests for one address count each other."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('sign-in:' || %(email)s, 0))", {"email": email})


async def count_links_since(conn: Connection, email_pattern: str, since: datetime) -> int:
    """Mailed ones only. `email_pattern` is a POSIX expression over the whole address."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT count(*) FROM sign_in_links"
            " WHERE email ~ %(pattern)s AND created_at > %(since)s AND nonce_hash IS NOT NULL",
            {"pattern": email_pattern, "since": since},
        )
        return await cursor.fetchone() or 0


async def void_links(conn: Connection, email: str, now: datetime) -> None:
    await conn.execute(
        "UPDATE sign_in_links SET used_at = %(now)s WHERE email = %(email)s AND used_at IS NULL",
        {"email": email, "now": now},
    )


async def insert_link(
    conn: Connection,
    *,
    token_hash: bytes,
    email: str,
    nonce_hash: bytes | None,
    created_at: datetime,
    expires_at: datetime,
    used_at: datetime | None = None,
) -> None:
    await conn.execute(
        "INSERT INTO sign_in_links (token_hash, email, nonce_hash, created_at, expires_at, used_at)"
        " VALUES (%(token)s, %(email)s, %(nonce)s, %(created)s, %(expires)s, %(used)s)",
        {
            "token": token_hash,
            "email": email,
            "nonce": nonce_hash,
            "created": created_at,
            "expires": expires_at,
            "used": used_at,
        },
    )


async def read_live_link(conn: Connection, token_hash: bytes, now: datetime) -> LinkRow | None:
    async with conn.cursor(row_factory=class_row(LinkRow)) as cursor:
        await cursor.execute(
            "SELECT email, nonce_hash FROM sign_in_links"
            " WHERE token_hash = %(token)s AND used_at IS NULL AND expires_at > %(now)s",
            {"token": token_hash, "now": now},
        )
        return await cursor.fetchone()


async def consume_link(conn: Connection, token_hash: bytes, now: datetime) -> str | None:
    """The address, for the one caller that gets it; None for everybody after."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "UPDATE sign_in_links SET used_at = %(now)s"
            " WHERE token_hash = %(token)s AND used_at IS NULL AND expires_at > %(now)s RETURNING email",
            {"token": token_hash, "now": now},
        )
        return await cursor.fetchone()


async def delete_stale(conn: Connection, links_before: datetime, now: datetime) -> None:
    """Links that no limit counts any more, and sessions that no cookie opens any more."""
    await conn.execute("DELETE FROM sign_in_links WHERE created_at < %(before)s", {"before": links_before})
    await conn.execute("DELETE FROM sessions WHERE expires_at < %(now)s", {"now": now})


# ---------------------------------------------------------------- accounts and sessions


async def ensure_account(conn: Connection, email: str) -> Account:
    """The account of this address, made when there is none."""
    async with conn.cursor(row_factory=class_row(Account)) as cursor:
        await cursor.execute("INSERT INTO accounts (email) VALUES (%(email)s) ON CONFLICT DO NOTHING", {"email": email})
        await cursor.execute("SELECT account_id, email FROM accounts WHERE email = %(email)s", {"email": email})
        account = await cursor.fetchone()
        assert account is not None
        return account


async def mark_sign_in(conn: Connection, account_id: UUID, now: datetime) -> None:
    await conn.execute(
        "UPDATE accounts SET last_sign_in_at = %(now)s WHERE account_id = %(account)s",
        {"account": account_id, "now": now},
    )


async def insert_session(
    conn: Connection, *, session_hash: bytes, account_id: UUID, now: datetime, expires_at: datetime
) -> None:
    await conn.execute(
        "INSERT INTO sessions (session_hash, account_id, created_at, last_seen_at, expires_at)"
        " VALUES (%(hash)s, %(account)s, %(now)s, %(now)s, %(expires)s)",
        {"hash": session_hash, "account": account_id, "now": now, "expires": expires_at},
    )


async def read_session(
    conn: Connection, session_hash: bytes, *, now: datetime, seen_after: datetime
) -> SessionRow | None:
    async with conn.cursor(row_factory=class_row(SessionRow)) as cursor:
        await cursor.execute(
            """
            SELECT s.account_id, a.email, s.last_seen_at
            FROM sessions s JOIN accounts a USING (account_id)
            WHERE s.session_hash = %(hash)s AND s.expires_at > %(now)s AND s.last_seen_at > %(seen_after)s
            """,
            {"hash": session_hash, "now": now, "seen_after": seen_after},
        )
        return await cursor.fetchone()


async def touch_session(conn: Connection, session_hash: bytes, now: datetime) -> None:
    await conn.execute(
        "UPDATE sessions SET last_seen_at = %(now)s WHERE session_hash = %(hash)s", {"hash": session_hash, "now": now}
    )


async def delete_session(conn: Connection, session_hash: bytes) -> None:
    await conn.execute("DELETE FROM sessions WHERE session_hash = %(hash)s", {"hash": session_hash})


async def delete_sessions_of(conn: Connection, account_id: UUID) -> int:
    cursor = await conn.execute("DELETE FROM sessions WHERE account_id = %(account)s", {"account": account_id})
    return cursor.rowcount


async def count_sessions_of(conn: Connection, account_id: UUID, *, now: datetime, seen_after: datetime) -> int:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT count(*) FROM sessions"
            " WHERE account_id = %(account)s AND expires_at > %(now)s AND last_seen_at > %(seen_after)s",
            {"account": account_id, "now": now, "seen_after": seen_after},
        )
        return await cursor.fetchone() or 0


# ---------------------------------------------------------------- memberships


async def insert_membership(conn: Connection, account_id: UUID, business_id: UUID, role: str) -> bool:
    """False when that person is in already; the role stays as it was."""
    cursor = await conn.execute(
        "INSERT INTO memberships (account_id, business_id, role) VALUES (%(account)s, %(b)s, %(role)s)"
        " ON CONFLICT DO NOTHING",
        {"account": account_id, "b": business_id, "role": role},
    )
    return cursor.rowcount == 1


async def delete_membership(conn: Connection, account_id: UUID, business_id: UUID) -> bool:
    """Never takes the last owner away."""
    cursor = await conn.execute(
        """
        DELETE FROM memberships m
        WHERE m.account_id = %(account)s AND m.business_id = %(b)s
            AND (m.role <> 'owner' OR EXISTS (
                SELECT FROM memberships o
                WHERE o.business_id = m.business_id AND o.role = 'owner' AND o.account_id <> m.account_id))
        """,
        {"account": account_id, "b": business_id},
    )
    return cursor.rowcount == 1


async def lock_members(conn: Connection, business_id: UUID) -> None:
    """Two owners who remove each other at one moment: the second waits and finds himself the last."""
    await conn.execute("SELECT FROM memberships WHERE business_id = %(b)s FOR UPDATE", {"b": business_id})


async def find_membership(conn: Connection, account_id: UUID, slug: str) -> Membership | None:
    async with conn.cursor(row_factory=class_row(Membership)) as cursor:
        await cursor.execute(
            """
            SELECT m.business_id, b.slug, m.role
            FROM business_slugs b JOIN memberships m USING (business_id)
            WHERE b.slug = %(slug)s AND m.account_id = %(account)s
            """,
            {"slug": slug, "account": account_id},
        )
        return await cursor.fetchone()


async def list_memberships(conn: Connection, account_id: UUID) -> list[Membership]:
    """Oldest first."""
    async with conn.cursor(row_factory=class_row(Membership)) as cursor:
        await cursor.execute(
            """
            SELECT m.business_id, b.slug, m.role
            FROM memberships m JOIN business_slugs b USING (business_id)
            WHERE m.account_id = %(account)s ORDER BY m.created_at, b.slug LIMIT 200
            """,
            {"account": account_id},
        )
        return await cursor.fetchall()


async def list_members(conn: Connection, business_id: UUID) -> list[Member]:
    """Owners first."""
    async with conn.cursor(row_factory=class_row(Member)) as cursor:
        await cursor.execute(
            """
            SELECT a.account_id, a.email, m.role, m.created_at, a.last_sign_in_at
            FROM memberships m JOIN accounts a USING (account_id)
            WHERE m.business_id = %(b)s ORDER BY m.role DESC, m.created_at
            """,
            {"b": business_id},
        )
        return await cursor.fetchall()
