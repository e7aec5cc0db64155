"""Takes in one reply of an owner: the worker's handler of TakeReply.

The reply's own words are told from the mail it repeats, each answer becomes an entry of questions and answers with its
golden question, and a mail says what visitors are told now, what was not understood, and how to take it back. The
reply's text is kept, sealed, until that mail is queued. Doing it twice changes nothing: the same answer to the same gap
is the same entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.accounts.queries import list_members
from app.accounts.session import account_actor
from app.businesses.model import Business
from app.businesses.queries import read_business
from app.errors import MiloError, NotFound
from app.gaps.answer import answer_gap
from app.gaps.board import read_gap
from app.gaps.mail.compose import Taken, compose_not_taken, compose_taken
from app.gaps.mail.headers import is_automatic, is_disowned
from app.gaps.mail.model import LineRow, Mails, ReplyRow, ReplyState
from app.gaps.mail.queries import list_lines, put_reply_text, read_reply, settle_reply
from app.gaps.mail.receive import LONGEST
from app.gaps.mail.reply_address import new_reply_token, reply_address
from app.gaps.mail.understand import Understood, understand
from app.gaps.mail.weekly import place_of, queue_answerable
from app.gaps.model import Gap
from app.jobs.model import ClaimedJob, GiveUp, Lease, RetryLater, TakeReply
from app.knowledge.faq.model import ANSWER
from app.mail.model import Composed, Purpose, open_mail
from app.mail.queries import read_outbox
from app.people.plain_text import seen_text
from app.providers.received_mail import ReceivedMail, ReceivedMailFailed
from app.vault.keys import BusinessKeys

FETCH_TRIES = 12  # the provider keeps the mail for days; what is still not to be had after hours is told


@dataclass(frozen=True, slots=True)
class _Read:
    business: Business
    keys: BusinessKeys
    reply: ReplyRow
    email: str
    sent: str
    lines: list[LineRow]
    gaps: dict[int, Gap]  # by number; those that are still there


async def take_reply(parts: Mails, inbox: ReceivedMail | None, claimed: ClaimedJob, lease: Lease) -> None:
    """`inbox`: where a provider keeps mails whose notice comes without their text; None: nowhere."""
    assert isinstance(claimed.job, TakeReply)
    read = await _read(parts, claimed.business_id, claimed.job.reply_id)
    if read is None:
        return
    try:
        text = await _text(parts, inbox, claimed, read)
    except GiveUp:
        await _tell(parts, read, compose_not_taken(place_of(read.business, parts.settings), "unreadable"), "", False)
        raise  # whoever runs this Milo reads why in the failed job
    if text is None:
        return
    questions = {line.line: read.gaps[line.line].label for line in read.lines if line.line in read.gaps}
    # Numbers whose question is gone are still numbers: their answers are told so, and not put to another question.
    asked = {line.line: questions.get(line.line, "") for line in read.lines}
    found = understand(seen_text(text), read.sent, asked, read.business.language)
    taken = [await _answer(parts, read, number, said) for number, said in found.answers.items()]
    await _settle(parts, read, taken, found)


async def _read(parts: Mails, business_id: UUID, reply_id: UUID) -> _Read | None:
    """None when it was settled before, or its owner left meanwhile: then it is set aside unread."""
    async with parts.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id)
        reply = await read_reply(conn, business_id, reply_id)
        if business is None or reply is None or reply.state != ReplyState.RECEIVED:
            return None
        members = {member.account_id: member.email for member in await list_members(conn, business_id)}
        if reply.account_id not in members:
            await settle_reply(conn, business_id, reply_id, ReplyState.REFUSED)
            return None
        keys = await parts.vault.keys(conn, business_id)
        mail = await read_outbox(conn, business_id, reply.outbox_id)
        lines = await list_lines(conn, business_id, reply.outbox_id)
        gaps: dict[int, Gap] = {}
        for line in lines:
            gap = await read_gap(conn, keys, business_id, line.gap_id)
            if gap is not None:
                gaps[line.line] = gap
    sent = open_mail(keys, mail).text if mail is not None else ""
    return _Read(business, keys, reply, members[reply.account_id], sent, lines, gaps)


async def _text(parts: Mails, inbox: ReceivedMail | None, claimed: ClaimedJob, read: _Read) -> str | None:
    """Fetched without a transaction, stored before it is used: the provider may forget it.

    None for what a machine wrote, or somebody in the owner's name: set aside, and nobody is answered.
    """
    reply, business_id = read.reply, read.business.business_id
    if reply.text_sealed is not None:
        return read.keys.open("mail_replies", "text", reply.reply_id, reply.text_sealed)
    if inbox is None or reply.provider_id is None:
        raise GiveUp("A reply came in whose text is at a mail service that is not configured any more.")
    try:
        mail = await inbox.fetch(reply.provider_id)
    except ReceivedMailFailed as error:
        if error.permanent or claimed.attempts >= FETCH_TRIES:
            raise GiveUp(error.sentence) from error
        raise RetryLater(min(30.0 * 2**claimed.attempts, 3600.0), error.sentence) from error
    refused = is_automatic(mail.headers) or is_disowned(mail.headers)
    async with parts.database.business_transaction(business_id) as conn:
        if refused:
            await settle_reply(conn, business_id, reply.reply_id, ReplyState.REFUSED)
            return None
        sealed = read.keys.seal("mail_replies", "text", reply.reply_id, mail.text[:LONGEST])
        await put_reply_text(conn, business_id, reply.reply_id, sealed)
    return mail.text[:LONGEST]


async def _answer(parts: Mails, read: _Read, number: int, said: str) -> Taken:
    words = place_of(read.business, parts.settings).words
    gap_id = next(line.gap_id for line in read.lines if line.line == number)
    gap = read.gaps.get(number)
    if gap is None:
        return Taken(number, gap_id, "?", said, words["gone"])
    if len(said) > ANSWER:
        return Taken(number, gap_id, gap.label, said, words["too_long"])
    try:
        await answer_gap(
            parts, read.business.business_id, gap_id, said, actor=account_actor(read.reply.account_id)
        )  # fmt: skip
    except NotFound:  # forgotten or joined with another just now
        return Taken(number, gap_id, gap.label, said, words["gone"])
    except MiloError as error:
        return Taken(number, gap_id, gap.label, said, error.sentence)
    return Taken(number, gap_id, gap.label, said)


async def _settle(parts: Mails, read: _Read, taken: list[Taken], found: Understood) -> None:
    token, domain = new_reply_token(), parts.settings.reply_domain
    address = reply_address(token, domain) if domain else None
    mail = compose_taken(place_of(read.business, parts.settings), taken, found.unclear, address)
    good = any(one.wrong is None for one in taken) or (bool(found.skipped) and not found.unclear)
    await _tell(parts, read, mail, token, good)


async def _tell(parts: Mails, read: _Read, mail: Composed, token: str, good: bool) -> None:
    """The mail is queued and the reply's words go in one transaction."""
    business_id, reply = read.business.business_id, read.reply
    async with parts.database.business_transaction(business_id) as conn:
        refs = await queue_answerable(
            conn,
            read.keys,
            business_id,
            mail=mail,
            purpose=Purpose.GAP_REPLY,
            dedup_key=f"gap-reply:{reply.reply_id}",
            account_id=reply.account_id,
            email=read.email,
            token=token or new_reply_token(),
            lines=[line for line in read.lines if line.line in read.gaps],
            now=parts.clock(),
        )
        await settle_reply(conn, business_id, reply.reply_id, ReplyState.UNDERSTOOD if good else ReplyState.UNCLEAR)
    for ref in refs:
        await parts.doorbell.ring(ref)
