"""Removing a site or an uploaded file: a page that says what will be gone, and the doing of it."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.render import Html, page, see
from app.knowledge.remove import read_target, remove_knowledge


@get("/dashboard/{slug:str}/knowledge/remove/{target_id:uuid}", opt={"access": "member"})
async def ask(request: AnyRequest, services: Parts, desk: OwnDesk, target_id: FromPath[UUID]) -> Html:
    """`target_id`: of a source or of a file."""
    target = await read_target(services, desk.business_id, target_id)
    return page(request, "remove.html", place="knowledge", target=target, target_id=target_id)


@post("/dashboard/{slug:str}/knowledge/remove/{target_id:uuid}", opt={"access": "member"})
async def remove(services: Parts, desk: OwnDesk, target_id: FromPath[UUID]) -> Html:
    target = await read_target(services, desk.business_id, target_id)
    removal = await remove_knowledge(services, desk.business_id, target, actor=desk.actor)
    return see(f"{desk.base}/knowledge", "removed" if removal.pages else "source_removed")


HANDLERS = [ask, remove]
