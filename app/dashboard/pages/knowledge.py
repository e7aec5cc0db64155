"""Knowledge: sources with their state and live progress, and what waits for the owner."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery

from app.dashboard.addresses import typed_address
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.changes_view import view_changes
from app.dashboard.forms import field, uploads
from app.dashboard.queries import find_held, find_live, find_renewal, list_sources, waiting_sources
from app.dashboard.render import Html, page, see
from app.dashboard.source_view import SourceView, view_source
from app.errors import BadInput, MiloError, NotFound
from app.golden.queries import count_golden
from app.knowledge.manage import add_files, add_site, discard_held, go_back, update_now
from app.knowledge.publish import publish_and_follow
from app.knowledge.unlock import unlock_files
from app.services import Services
from ingestion.rollback.queries import find_former


@get("/dashboard/{slug:str}/knowledge", opt={"access": "member"})
async def knowledge(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    return await knowledge_page(request, services, desk)


@post("/dashboard/{slug:str}/knowledge/sites", opt={"access": "member"})
async def add_a_site(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    typed = field(await request.form(), "url")
    try:
        typed_address(typed)  # raises for what is no address
        await add_site(services, desk.business_id, typed, actor=desk.actor)
    except MiloError as error:
        return await knowledge_page(request, services, desk, typed=typed, wrong=error)
    return see(f"{desk.base}/knowledge", "reading")


@post("/dashboard/{slug:str}/knowledge/files", opt={"access": "member"})
async def add_some_files(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    sent = await request.form()
    files = await uploads(sent, "files")
    password = sent.get("password", "")
    try:
        if not files:
            raise BadInput("No file was chosen.")
        opened = await unlock_files(services.unlocker, files, password if isinstance(password, str) else "")
        await add_files(services, desk.business_id, opened, actor=desk.actor)
    except MiloError as error:
        return await knowledge_page(request, services, desk, wrong=error)
    return see(f"{desk.base}/knowledge", "files_added")


@get("/dashboard/{slug:str}/knowledge/sources/{source_id:uuid}/progress", opt={"access": "member"})
async def progress(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    source_id: FromPath[UUID],
    since: FromQuery[str] = "",
) -> Html:
    """One card, asked for every second while it works. When it is done the whole page is worth a new look."""
    view = await find_source(services, desk, source_id, since)
    headers = {} if view.busy else {"HX-Redirect": f"{desk.base}/knowledge"}
    return page(request, "source_card.html", source=view, headers=headers)


@post("/dashboard/{slug:str}/knowledge/sources/{source_id:uuid}/update", opt={"access": "member"})
async def update(services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    await update_now(services, desk.business_id, source_id, actor=desk.actor)
    return see(f"{desk.base}/knowledge", "updating")


@get("/dashboard/{slug:str}/knowledge/renewal", opt={"access": "member"})
async def renewal(request: AnyRequest, desk: OwnDesk) -> Html:
    """How far the pages are learnt anew for another model; asked for every two seconds while that goes on."""
    async with desk.transaction() as conn:
        found = await find_renewal(conn, desk.business_id)
    headers = {} if found else {"HX-Redirect": f"{desk.base}/knowledge"}
    return page(request, "renewal.html", renewal=found, headers=headers)


@post("/dashboard/{slug:str}/knowledge/held/{generation:int}/publish", opt={"access": "member"})
async def publish_anyway(services: Parts, desk: OwnDesk, generation: FromPath[int]) -> Html:
    followed = await publish_and_follow(services, desk.business_id, generation, actor=desk.actor)
    return see(f"{desk.base}/knowledge", "published_followed" if followed else "published")


@post("/dashboard/{slug:str}/knowledge/held/{generation:int}/discard", opt={"access": "member"})
async def discard(services: Parts, desk: OwnDesk, generation: FromPath[int]) -> Html:
    await discard_held(services, desk.business_id, generation, actor=desk.actor)
    return see(f"{desk.base}/knowledge", "discarded")


@post("/dashboard/{slug:str}/knowledge/back", opt={"access": "member"})
async def back(services: Parts, desk: OwnDesk) -> Html:
    await go_back(services, desk.business_id, actor=desk.actor)
    return see(f"{desk.base}/knowledge", "went_back")


async def knowledge_page(
    request: AnyRequest, services: Services, desk: Desk, *, typed: str = "", wrong: MiloError | None = None
) -> Html:
    """Also what another form of it could not do."""
    views = await _sources(services, desk)
    async with desk.transaction() as conn:
        held = await find_held(conn, desk.business_id)
        live = await find_live(conn, desk.business_id)
        renewal = await find_renewal(conn, desk.business_id)
        former = await find_former(conn, desk.business_id)
        kept_right = await count_golden(conn, desk.business_id)
    return page(
        request,
        "knowledge.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        sources=views,
        pages=sum(view.documents for view in views),
        held=held,
        changes=view_changes(held.changes, held.reason or "") if held else [],
        live=live,
        live_changes=view_changes(live.changes) if live else [],
        renewal=renewal,
        former=former,
        kept_right=kept_right,
        typed=typed,
        wrong=wrong.sentence if wrong else None,
    )


async def _sources(services: Services, desk: Desk, since: str = "") -> list[SourceView]:
    async with desk.transaction() as conn:
        rows = await list_sources(conn, desk.business_id)
        waiting = await waiting_sources(conn, desk.business_id)
    now = services.clock()
    return [view_source(row, waiting=str(row.source_id) in waiting, now=now, since=since) for row in rows]


async def find_source(services: Services, desk: Desk, source_id: UUID, since: str = "") -> SourceView:
    """Raises NotFound, also for a site that was only looked at."""
    for view in await _sources(services, desk, since):
        if view.source_id == source_id:
            return view
    raise NotFound


HANDLERS = [
    knowledge,
    add_a_site,
    add_some_files,
    progress,
    update,
    renewal,
    publish_anyway,
    discard,
    back,
]
