"""The built-in mailbox: what the outbox holds, when there is no mail service on this machine.

The list of which mails there are comes from the operations role (ids and times only); each is then
opened inside its own business. Who may look is in app/dashboard/mailbox.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from app.dashboard.admission import AnyRequest, Parts
from app.dashboard.forms import field
from app.dashboard.mailbox import mailbox_open
from app.dashboard.pages.queries import list_recent_mail
from app.dashboard.render import Html, page, see
from app.errors import BadInput, NotFound
from app.gaps.mail.model import Received
from app.gaps.mail.queries import find_addressee_of_mail
from app.gaps.mail.receive import LONGEST, store_reply
from app.mail.model import open_mail
from app.mail.queries import read_outbox
from app.services import Services

LINK = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True, slots=True)
class ListedMail:
    business_id: UUID
    outbox_id: UUID
    state: str
    created_at: datetime
    to: tuple[str, ...]
    subject: str


@get("/mailbox", opt={"access": "anyone"})
async def mailbox(request: AnyRequest, services: Parts) -> Html:
    _refuse_others(request, services)
    async with services.database.ops_transaction() as conn:
        known = await list_recent_mail(conn)
    mails: list[ListedMail] = []
    for one in known:
        async with services.database.business_transaction(one.business_id) as conn:
            row = await read_outbox(conn, one.business_id, one.outbox_id)
            if row is None:  # erased since
                continue
            mail = open_mail(await services.vault.keys(conn, one.business_id), row)
        mails.append(ListedMail(one.business_id, one.outbox_id, row.state, row.created_at, mail.to, mail.subject))
    return page(request, "mailbox.html", mails=mails, headers={"Referrer-Policy": "no-referrer"})


@get("/mailbox/{business_id:uuid}/{outbox_id:uuid}", opt={"access": "anyone"})
async def one_mail(
    request: AnyRequest, services: Parts, business_id: FromPath[UUID], outbox_id: FromPath[UUID]
) -> Html:
    _refuse_others(request, services)
    async with services.database.business_transaction(business_id) as conn:
        row = await read_outbox(conn, business_id, outbox_id)
        if row is None:
            raise NotFound
        mail = open_mail(await services.vault.keys(conn, business_id), row)
        repliable = await find_addressee_of_mail(conn, business_id, outbox_id) is not None
    return page(
        request,
        "mail.html",
        reply=f"/mailbox/{business_id}/{outbox_id}/reply" if repliable else None,
        mail=mail,
        created_at=row.created_at,
        state=row.state,
        # Links are our own addresses alone: what a visitor wrote into a lead stays text.
        parts_of_text=[(part, part.startswith(f"{services.settings.public_url}/")) for part in LINK.split(mail.text)],
        headers={"Referrer-Policy": "no-referrer"},
    )


@post("/mailbox/{business_id:uuid}/{outbox_id:uuid}/reply", opt={"access": "anyone"})
async def reply(request: AnyRequest, services: Parts, business_id: FromPath[UUID], outbox_id: FromPath[UUID]) -> Html:
    """As a mail to the reply address, for a machine that no mail reaches. The form's token asks for a sign-in."""
    _refuse_others(request, services)
    text = field(await request.form(), "text", longest=LONGEST)
    if not text:
        raise BadInput("Write an answer first.", code="no_answer")
    async with services.database.business_transaction(business_id) as conn:
        addressee = await find_addressee_of_mail(conn, business_id, outbox_id)
    if addressee is None:
        raise NotFound
    await store_reply(
        services,
        addressee,
        Received("mailbox", str(uuid4()), "", "", authentic=True, automatic=False, text=text),
    )
    return see("/mailbox", "reply_sent")


def _refuse_others(request: AnyRequest, services: Services) -> None:
    if not mailbox_open(request, services.settings):
        raise NotFound


HANDLERS = [mailbox, one_mail, reply]
