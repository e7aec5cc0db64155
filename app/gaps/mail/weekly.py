"""The weekly mail to a business's owners: the worker's handler of MailGaps, and when its next turn is.

One job of a business waits at most (its key), put in place with the first question that comes in. In one transaction it
queues a mail for each owner, under a key of the week, and its own next turn: however many workers there are and
whenever one is killed, an owner gets one mail a week. Nothing new since the last one: no mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.accounts.model import Role
from app.accounts.queries import list_members
from app.businesses.model import Business
from app.businesses.queries import read_business
from app.db.pool import Connection
from app.gaps.board import read_board
from app.gaps.mail.compose import Place, compose_week
from app.gaps.mail.model import Addressee, LineRow, Mails
from app.gaps.mail.queries import has_news, hold_gaps, insert_address, insert_lines, mark_told, wants_mail
from app.gaps.mail.reply_address import LIFE, new_reply_token, reply_address
from app.gaps.model import Gap, State
from app.jobs.model import ClaimedJob, JobRef, Lease, MailGaps
from app.jobs.queue import enqueue
from app.mail.model import Composed, Purpose, mail_address
from app.mail.queue import queue_mail
from app.security import hash_token
from app.settings import Settings
from app.vault.keys import BusinessKeys

MOST = 10  # questions in a mail
MORNING = time(7, 0)  # of Monday, where the business is; then a minute of its own, so that not all come at once
KEY = "weekly"


async def mail_gaps(parts: Mails, claimed: ClaimedJob, lease: Lease) -> None:
    business_id, now = claimed.business_id, parts.clock()
    refs: list[JobRef] = []
    async with parts.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id)
        if business is None:
            return
        keys = await parts.vault.keys(conn, business_id)
        gaps = await read_board(conn, keys, business_id, State.OPEN)
        if gaps and await wants_mail(conn, business_id) and await has_news(conn, business_id):
            await mark_told(conn, business_id, [gap.gap_id for gap in gaps], now)
            for member in await list_members(conn, business_id):
                if member.role == Role.OWNER and mail_address(member.email):
                    refs += await _tell(
                        conn, keys, parts.settings, business, gaps, member.account_id, member.email, now
                    )
        if gaps:
            await plan_mail(conn, business, now)
    for ref in refs:
        await parts.doorbell.ring(ref)


async def plan_mail(conn: Connection, business: Business, now: datetime) -> None:
    """Called with every question that comes in: where a turn is planned already, it stays."""
    at = next_monday(business.business_id, business.time_zone, now)
    await enqueue(conn, business.business_id, MailGaps(), key=KEY, run_after=at)


def next_monday(business_id: UUID, time_zone: str, now: datetime) -> datetime:
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(7 - local.weekday()) % 7)
    at = datetime.combine(day, MORNING, zone) + timedelta(minutes=business_id.int % 60)
    if at <= local:
        at = datetime.combine(day + timedelta(days=7), MORNING, zone) + timedelta(minutes=business_id.int % 60)
    return at.astimezone(UTC)


async def _tell(
    conn: Connection,
    keys: BusinessKeys,
    settings: Settings,
    business: Business,
    gaps: Sequence[Gap],
    account_id: UUID,
    email: str,
    now: datetime,
) -> list[JobRef]:
    year, week, _ = now.astimezone(ZoneInfo(business.time_zone)).isocalendar()
    token = new_reply_token()
    address = reply_address(token, settings.reply_domain) if settings.reply_domain else None
    mail = compose_week(place_of(business, settings), gaps[:MOST], max(0, len(gaps) - MOST), address)
    lines = [LineRow(number, gap.gap_id) for number, gap in enumerate(gaps[:MOST], 1)]
    return await queue_answerable(
        conn,
        keys,
        business.business_id,
        mail=mail,
        purpose=Purpose.GAPS,
        dedup_key=f"gaps:{year}-{week:02}:{account_id}",
        account_id=account_id,
        email=email,
        token=token,
        lines=lines,
        now=now,
    )


async def queue_answerable(
    conn: Connection,
    keys: BusinessKeys,
    business_id: UUID,
    *,
    mail: Composed,
    purpose: Purpose,
    dedup_key: str,
    account_id: UUID,
    email: str,
    token: str,
    lines: Sequence[LineRow],
    now: datetime,
) -> list[JobRef]:
    """A mail that can be replied to: what its numbers mean is kept with it. Empty when it was queued before.

    The gaps are locked before the bell is rung for the mail, in the order in which answering one does it.
    """
    await hold_gaps(conn, business_id, [line.gap_id for line in lines])
    queued = await queue_mail(conn, keys, business_id, purpose=purpose, dedup_key=dedup_key, to=email, mail=mail)
    if queued.ref is None:
        return []
    await insert_lines(conn, business_id, queued.outbox_id, lines)
    addressee = Addressee(business_id, queued.outbox_id, account_id, now + LIFE)
    # Kept also where no mail can come in: the built-in mailbox knows by it whose mail it shows.
    await insert_address(conn, hash_token(token), addressee)
    return [queued.ref]


def place_of(business: Business, settings: Settings) -> Place:
    return Place(business.name, business.language, f"{settings.public_url}/dashboard/{business.slug}")
