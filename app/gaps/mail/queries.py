"""SQL of the weekly mail and of the replies to it. A reply's text stays sealed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.db.pool import Connection
from app.gaps.mail.model import Addressee, LineRow, ReplyRow


async def wants_mail(conn: Connection, business_id: UUID) -> bool:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT gap_mail FROM businesses WHERE business_id = %(b)s", {"b": business_id})
        return bool(await cursor.fetchone())


async def set_mail(conn: Connection, business_id: UUID, wanted: bool) -> None:
    await conn.execute(
        "UPDATE businesses SET gap_mail = %(wanted)s WHERE business_id = %(b)s", {"b": business_id, "wanted": wanted}
    )


async def has_news(conn: Connection, business_id: UUID) -> bool:
    """Whether an open gap is new, or was asked again, since the last mail told of it."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT EXISTS (SELECT FROM gaps WHERE business_id = %(b)s AND state = 'open'"
            " AND (told_at IS NULL OR last_asked_at > told_at))",
            {"b": business_id},
        )
        return bool(await cursor.fetchone())


async def mark_told(conn: Connection, business_id: UUID, gap_ids: Sequence[UUID], at: datetime) -> None:
    await conn.execute(
        "WITH held AS (SELECT gap_id FROM gaps WHERE business_id = %(b)s AND gap_id = ANY(%(ids)s)"
        " ORDER BY gap_id FOR UPDATE)"
        " UPDATE gaps SET told_at = %(at)s FROM held WHERE business_id = %(b)s AND gaps.gap_id = held.gap_id",
        {"b": business_id, "ids": list(gap_ids), "at": at},
    )


async def hold_gaps(conn: Connection, business_id: UUID, gap_ids: Sequence[UUID]) -> None:
    """They do not go before the transaction ends."""
    await conn.execute(
        "SELECT FROM gaps WHERE business_id = %(b)s AND gap_id = ANY(%(ids)s) ORDER BY gap_id FOR KEY SHARE",
        {"b": business_id, "ids": list(gap_ids)},
    )


async def insert_lines(conn: Connection, business_id: UUID, outbox_id: UUID, lines: Sequence[LineRow]) -> None:
    await conn.execute(
        """
        INSERT INTO gap_mail_lines (business_id, outbox_id, line, gap_id)
        SELECT %(b)s, %(outbox)s, line, gap_id FROM unnest(%(lines)s::int[], %(gaps)s::uuid[]) AS told (line, gap_id)
        JOIN gaps g USING (gap_id) WHERE g.business_id = %(b)s
        """,
        {
            "b": business_id, "outbox": outbox_id, "lines": [one.line for one in lines],
            "gaps": [one.gap_id for one in lines],
        },
    )  # fmt: skip


async def list_lines(conn: Connection, business_id: UUID, outbox_id: UUID) -> list[LineRow]:
    async with conn.cursor(row_factory=class_row(LineRow)) as cursor:
        await cursor.execute(
            "SELECT line, gap_id FROM gap_mail_lines WHERE business_id = %(b)s AND outbox_id = %(outbox)s"
            " ORDER BY line",
            {"b": business_id, "outbox": outbox_id},
        )
        return await cursor.fetchall()


async def insert_address(conn: Connection, token_hash: bytes, addressee: Addressee) -> None:
    await conn.execute(
        """
        INSERT INTO reply_addresses (token_hash, business_id, outbox_id, account_id, expires_at)
        VALUES (%(hash)s, %(b)s, %(outbox)s, %(account)s, %(expires)s)
        """,
        {
            "hash": token_hash, "b": addressee.business_id, "outbox": addressee.outbox_id,
            "account": addressee.account_id, "expires": addressee.expires_at,
        },
    )  # fmt: skip


async def find_addressee(conn: Connection, token_hash: bytes) -> Addressee | None:
    """Expired ones too: their owners are told so."""
    async with conn.cursor(row_factory=class_row(Addressee)) as cursor:
        await cursor.execute(
            "SELECT business_id, outbox_id, account_id, expires_at FROM reply_addresses WHERE token_hash = %(hash)s",
            {"hash": token_hash},
        )
        return await cursor.fetchone()


async def find_addressee_of_mail(conn: Connection, business_id: UUID, outbox_id: UUID) -> Addressee | None:
    """For the built-in mailbox, which has the mail itself in hand."""
    async with conn.cursor(row_factory=class_row(Addressee)) as cursor:
        await cursor.execute(
            "SELECT business_id, outbox_id, account_id, expires_at FROM reply_addresses"
            " WHERE business_id = %(b)s AND outbox_id = %(outbox)s",
            {"b": business_id, "outbox": outbox_id},
        )
        return await cursor.fetchone()


async def find_email(conn: Connection, account_id: UUID) -> str | None:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT email FROM accounts WHERE account_id = %(a)s", {"a": account_id})
        return await cursor.fetchone()


async def note_event(conn: Connection, provider: str, event_id: str) -> bool:
    """False when this notice was taken in before."""
    cursor = await conn.execute(
        "INSERT INTO webhook_events (provider, event_id) VALUES (%(p)s, %(e)s) ON CONFLICT DO NOTHING",
        {"p": provider, "e": event_id},
    )
    return cursor.rowcount == 1


async def new_reply_id(conn: Connection) -> UUID:
    """Needed before the row: the seal names it."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT uuidv7()")
        made = await cursor.fetchone()
    assert isinstance(made, UUID)
    return made


async def count_replies(conn: Connection, business_id: UUID, account_id: UUID) -> int:
    """Of the last day."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT count(*) FROM mail_replies WHERE business_id = %(b)s AND account_id = %(a)s"
            " AND received_at > now() - interval '1 day'",
            {"b": business_id, "a": account_id},
        )
        return await cursor.fetchone() or 0


async def insert_reply(
    conn: Connection,
    business_id: UUID,
    reply_id: UUID,
    *,
    outbox_id: UUID,
    account_id: UUID,
    provider: str,
    provider_id: str | None,
    text_sealed: bytes | None,
) -> None:
    await conn.execute(
        """
        INSERT INTO mail_replies (business_id, reply_id, outbox_id, account_id, provider, provider_id, text_sealed)
        VALUES (%(b)s, %(r)s, %(outbox)s, %(account)s, %(provider)s, %(id)s, %(text)s)
        """,
        {
            "b": business_id, "r": reply_id, "outbox": outbox_id, "account": account_id, "provider": provider,
            "id": provider_id, "text": text_sealed,
        },
    )  # fmt: skip


async def read_reply(conn: Connection, business_id: UUID, reply_id: UUID) -> ReplyRow | None:
    async with conn.cursor(row_factory=class_row(ReplyRow)) as cursor:
        await cursor.execute(
            "SELECT reply_id, outbox_id, account_id, state, provider, provider_id, text_sealed FROM mail_replies"
            " WHERE business_id = %(b)s AND reply_id = %(r)s",
            {"b": business_id, "r": reply_id},
        )
        return await cursor.fetchone()


async def put_reply_text(conn: Connection, business_id: UUID, reply_id: UUID, text_sealed: bytes) -> None:
    await conn.execute(
        "UPDATE mail_replies SET text_sealed = %(text)s WHERE business_id = %(b)s AND reply_id = %(r)s",
        {"b": business_id, "r": reply_id, "text": text_sealed},
    )


async def settle_reply(conn: Connection, business_id: UUID, reply_id: UUID, state: str) -> None:
    """Its words go with it: what counted stands in the answers, the rest was mailed back."""
    await conn.execute(
        "UPDATE mail_replies SET state = %(state)s, settled_at = now(), text_sealed = NULL"
        " WHERE business_id = %(b)s AND reply_id = %(r)s",
        {"b": business_id, "r": reply_id, "state": state},
    )
