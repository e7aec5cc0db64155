"""Try it: the visitor's own frame inside the dashboard, nothing in between."""

from __future__ import annotations

from litestar import get

from app.businesses.queries import read_widget_key
from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.render import Html, page


@get("/dashboard/{slug:str}/try", opt={"access": "member"})
async def try_it(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    async with services.database.directory_transaction() as conn:
        key = await read_widget_key(conn, desk.business_id)
    ready = desk.business.live_generation is not None
    return page(request, "try.html", place="knowledge", key=key, ready=ready)


HANDLERS = [try_it]
