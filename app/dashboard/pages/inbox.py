"""Inbox: what visitors asked, the latest first; above all, who waits for a person."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from litestar import get
from litestar.params import FromQuery

from app.conversations.inbox import list_conversations
from app.conversations.listing.queries import count_unseen
from app.conversations.person.queries import count_waiting
from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.render import Html, page
from app.errors import BadInput

PAGE = 30


@get("/dashboard/{slug:str}/inbox", opt={"access": "member"})
async def inbox(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    show: FromQuery[str] = "all",
    before: FromQuery[str | None] = None,
) -> Html:
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        lines = await list_conversations(
            conn,
            keys,
            desk.business_id,
            before=moment(before) if before else None,
            unanswered_only=show == "unanswered",
            person_only=show == "person",
            tries=show == "tries",
            limit=PAGE + 1,
        )
        unseen = await count_unseen(conn, desk.business_id)
        waiting = await count_waiting(conn, desk.business_id)
    older = None
    if len(lines) > PAGE:
        lines = lines[:PAGE]
        older = "?" + urlencode({"show": show, "before": lines[-1].last_message_at.isoformat()})
    return page(
        request,
        "inbox.html",
        place="inbox",
        lines=lines,
        unseen=unseen,
        waiting=waiting,
        show=show,
        older=older,
        before=before,
    )


def moment(text: str) -> datetime:
    """A time out of an address of ours. Raises BadInput for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput("That address does not lead anywhere. Go back to the list.")
    return found


HANDLERS = [inbox]
