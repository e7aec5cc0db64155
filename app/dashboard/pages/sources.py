"""Pages and files: what is live, and what was taken from each, source by source."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery

from app.dashboard.admission import AnyRequest, OwnDesk
from app.dashboard.queries import list_chunks, list_documents, read_document
from app.dashboard.render import Html, page
from app.errors import NotFound

PAGE = 50


@get("/dashboard/{slug:str}/knowledge/pages", opt={"access": "member"})
async def documents(request: AnyRequest, desk: OwnDesk, match: FromQuery[str] = "", start: FromQuery[int] = 0) -> Html:
    start = min(max(start, 0), 100_000)
    match = match.strip()[:200]
    async with desk.transaction() as conn:
        found = await list_documents(conn, desk.business_id, match=match, offset=start, limit=PAGE + 1)
    return page(
        request,
        "pages.html",
        place="knowledge",
        documents=found[:PAGE],
        match=match,
        older=_at(match, start + PAGE) if len(found) > PAGE else None,
        newer=_at(match, max(start - PAGE, 0)) if start else None,
    )


@get("/dashboard/{slug:str}/knowledge/pages/{document_id:uuid}", opt={"access": "member"})
async def document(request: AnyRequest, desk: OwnDesk, document_id: FromPath[UUID]) -> Html:
    async with desk.transaction() as conn:
        found = await read_document(conn, desk.business_id, document_id)
        if found is None:
            raise NotFound("This page is not part of what Milo answers from any more.")
        chunks = await list_chunks(conn, desk.business_id, document_id)
    return page(request, "document.html", place="knowledge", document=found, chunks=chunks)


def _at(match: str, start: int) -> str:
    return "?" + urlencode({name: value for name, value in (("match", match), ("start", start)) if value})


HANDLERS = [documents, document]
