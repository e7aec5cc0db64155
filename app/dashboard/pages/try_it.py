"""Try it: the visitor's own frame inside the dashboard, nothing in between."""

from __future__ import annotations

from urllib.parse import urlencode

from litestar import get
from litestar.params import FromQuery

from app.businesses.queries import read_widget_key
from app.conversations.trial import sign_trial
from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.render import Html, page


@get("/dashboard/{slug:str}/try", opt={"access": "member"})
async def try_it(request: AnyRequest, services: Parts, desk: OwnDesk, question: FromQuery[str] = "") -> Html:
    """`question` stands in the chat's line at first."""
    async with services.database.directory_transaction() as conn:
        key = await read_widget_key(conn, desk.business_id)
    ready = desk.business.live_generation is not None
    asked = {"trial": sign_trial(services.signer, desk.business_id, services.clock()), "ask": question[:500]}
    return page(request, "try.html", place="knowledge", key=key, ready=ready, asked=urlencode(asked))


HANDLERS = [try_it]
