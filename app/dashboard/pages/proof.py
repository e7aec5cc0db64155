"""“This site is mine”: what an owner may put where to prove a site, and a look whether it is there."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.render import Html, page, see
from app.errors import NotFound
from app.knowledge.proof.prove import check_proof, read_proof, start_proof
from app.knowledge.remove import read_target
from app.services import Services

PATH = "/dashboard/{slug:str}/knowledge/sources/{source_id:uuid}/proof"


@get(PATH, opt={"access": "member"})
async def proof(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    url = await _site(services, desk, source_id)
    known = await read_proof(services, desk.business_id, url)
    given = services.fetcher.is_owned(url)  # opened by whoever runs this Milo
    return page(request, "proof.html", place="knowledge", proof=known, given=given, url=url, source_id=source_id)


@post(f"{PATH}/start", opt={"access": "member"})
async def start(services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    await start_proof(services, desk.business_id, await _site(services, desk, source_id), actor=desk.actor)
    return see(f"{desk.base}/knowledge/sources/{source_id}/proof")


@post(f"{PATH}/check", opt={"access": "member"})
async def check(services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    url = await _site(services, desk, source_id)
    found = await check_proof(services, desk.business_id, url, actor=desk.actor)
    where = f"{desk.base}/knowledge/sources/{source_id}/proof"
    return see(where, "proved" if found.proved else None)


async def _site(services: Services, desk: Desk, source_id: UUID) -> str:
    target = await read_target(services, desk.business_id, source_id)
    if not target.url.startswith(("http://", "https://")) or target.file_name is not None:
        raise NotFound
    return target.url


HANDLERS = [proof, start, check]
