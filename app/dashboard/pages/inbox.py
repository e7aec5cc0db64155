"""Inbox: what visitors asked, the latest first, and one conversation with what each answer rests on."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery

from app.conversations.inbox import list_conversations, open_conversation
from app.conversations.queries import count_unseen, mark_seen
from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.render import Html, page
from app.errors import BadInput
from app.leads.read import leads_of_conversation

PAGE = 30


@get("/dashboard/{slug:str}/inbox", opt={"access": "member"})
async def inbox(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    show: FromQuery[str] = "all",
    before: FromQuery[str | None] = None,
) -> Html:
    open_only = show == "unanswered"
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        lines = await list_conversations(
            conn,
            keys,
            desk.business_id,
            before=moment(before) if before else None,
            unanswered_only=open_only,
            limit=PAGE + 1,
        )
        unseen = await count_unseen(conn, desk.business_id)
    older = None
    if len(lines) > PAGE:
        lines = lines[:PAGE]
        older = "?" + urlencode({"show": show, "before": lines[-1].last_message_at.isoformat()})
    return page(request, "inbox.html", place="inbox", lines=lines, unseen=unseen, show=show, older=older, before=before)


@get("/dashboard/{slug:str}/inbox/{conversation_id:uuid}", opt={"access": "member"})
async def conversation(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    conversation_id: FromPath[UUID],
) -> Html:
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        found = await open_conversation(conn, keys, desk.business_id, conversation_id)
        leads = await leads_of_conversation(conn, keys, desk.business_id, conversation_id)
        await mark_seen(conn, desk.business_id, conversation_id)
    return page(request, "conversation.html", place="inbox", conversation=found, leads=leads)


def moment(text: str) -> datetime:
    """A time out of an address of ours. Raises BadInput for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput("That address does not lead anywhere. Go back to the list.")
    return found


HANDLERS = [inbox, conversation]
