"""On your site: the one line to copy, and the addresses on which the chat may open."""

from __future__ import annotations

from litestar import get, post

from app.audit.queries import insert_audit
from app.businesses.queries import read_widget_key
from app.dashboard.addresses import typed_origin
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.forms import field
from app.dashboard.pages.queries import update_origins
from app.dashboard.render import Html, page, see
from app.errors import BadInput
from app.services import Services

MOST_ORIGINS = 50


@get("/dashboard/{slug:str}/install", opt={"access": "member"})
async def install(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    return await _page(request, services, desk)


@post("/dashboard/{slug:str}/install/origins", opt={"access": "owner"})
async def save_origins(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    typed = field(await request.form(), "origins", longest=8000)
    try:
        origins = list(dict.fromkeys(typed_origin(line) for line in typed.splitlines() if line.strip()))
        if len(origins) > MOST_ORIGINS:
            raise BadInput(f"The list takes at most {MOST_ORIGINS} addresses.")
    except BadInput as error:
        return await _page(request, services, desk, typed=typed, wrong=error.sentence)
    async with desk.transaction() as conn:
        await update_origins(conn, desk.business_id, origins)
        await insert_audit(conn, desk.business_id, actor=desk.actor, action="business.origins")
    return see(f"{desk.base}/install", "origins_saved")


async def _page(
    request: AnyRequest, services: Services, desk: Desk, *, typed: str | None = None, wrong: str | None = None
) -> Html:
    async with services.database.directory_transaction() as conn:
        key = await read_widget_key(conn, desk.business_id)
    public_url = services.settings.public_url
    # The button is painted before anything of ours is asked for, so its colour stands in the line itself.
    accent = f' data-accent="{colour}"' if (colour := desk.business.accent) else ""
    return page(
        request,
        "install.html",
        status=400 if wrong else 200,
        place="settings",
        snippet=f'<script async src="{public_url}/widget.js" data-key="{key or ""}"{accent}></script>',
        public_url=public_url,
        typed=typed,
        wrong=wrong,
    )


HANDLERS = [install, save_origins]
