"""“Look first”: what would be read of a site, what not and why, before it is added; and the adding of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.forms import field, ticked
from app.dashboard.ledger.folders import folders_of
from app.dashboard.ledger.queries import MetRow, PreviewRow, find_preview, list_met
from app.dashboard.ledger.view import name_of
from app.dashboard.pages.knowledge import knowledge_page
from app.dashboard.render import Html, page, see
from app.errors import MiloError, NotFound
from app.knowledge.choices.accept import accept_draft
from app.knowledge.preview import add_draft
from ingestion.model import Reason

PATH = "/dashboard/{slug:str}/knowledge/preview"
SEEN = 10_000
SHOWN = 20  # addresses named of each reason


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that are not read for one reason. `name`: in short."""

    name: str
    count: int
    first: tuple[str, ...]


@post(PATH, opt={"access": "member"})
async def look(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    typed = field(await request.form(), "url")
    try:
        added = await add_draft(services, desk.business_id, typed, actor=desk.actor)
    except MiloError as error:
        return await knowledge_page(request, services, desk, typed=typed, wrong=error)
    return see(f"{desk.base}/knowledge/preview/{added.source_id}")


@get(f"{PATH}/{{source_id:uuid}}", opt={"access": "member"})
async def preview(request: AnyRequest, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    found = await _found(desk, source_id)
    async with desk.transaction() as conn:
        rows = await list_met(conn, desk.business_id, source_id, SEEN)
    read = [row.url for row in rows if _would_be_read(row)]
    return page(
        request,
        "preview.html",
        place="knowledge",
        site=found,
        source_id=source_id,
        read=read,
        folders=folders_of(read),
        groups=_groups(rows),
        trouble=_trouble(found, read),
    )


@get(f"{PATH}/{{source_id:uuid}}/progress", opt={"access": "member"})
async def looking(request: AnyRequest, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    """Asked for every second while the site is looked at."""
    found = await _found(desk, source_id)
    headers = {} if found.waiting else {"HX-Redirect": f"{desk.base}/knowledge/preview/{source_id}"}
    return page(request, "preview_progress.html", site=found, source_id=source_id, headers=headers)


@post(f"{PATH}/{{source_id:uuid}}/accept", opt={"access": "member"})
async def accept(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    """The form lists the folders that were shown, and those that stay ticked are read."""
    form = await request.form()
    wanted = set(ticked(form, "folder"))
    exclude = [rule for rule in ticked(form, "shown") if rule not in wanted]
    await accept_draft(services, desk.business_id, source_id, [], exclude, actor=desk.actor)
    return see(f"{desk.base}/knowledge", "reading")


async def _found(desk: Desk, source_id: UUID) -> PreviewRow:
    async with desk.transaction() as conn:
        found = await find_preview(conn, desk.business_id, source_id)
    if found is None:
        raise NotFound("This look is over a day old and was forgotten. Look at the site again.")
    return found


def _would_be_read(row: MetRow) -> bool:
    return row.reason == Reason.WOULD_BE_READ or row.status in ("fetched", "unchanged")


def _groups(rows: list[MetRow]) -> list[Group]:
    """The most frequent reason first."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if not _would_be_read(row) and row.reason is not None:
            found.setdefault(row.reason, []).append(row.url)
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [Group(name_of(Reason(reason)), len(urls), tuple(urls[:SHOWN])) for reason, urls in ordered]


def _trouble(found: PreviewRow, read: list[str]) -> str | None:
    """Why nothing would be read."""
    if found.waiting or read:
        return None
    return found.reason or found.job_error or "Not one page of it could be found."


HANDLERS = [look, preview, looking, accept]
