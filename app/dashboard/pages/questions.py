"""Questions & answers: what the owner writes for visitors, with its state, and the undo of a removal."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from litestar import get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath, FromQuery

from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.forms import field
from app.dashboard.owner.queries import read_owner_run
from app.dashboard.render import Html, page, see
from app.errors import BadInput, MiloError, NotFound
from app.knowledge.faq.add import add_entry
from app.knowledge.faq.change import GONE, change_entry
from app.knowledge.faq.model import ANSWER, NewEntry
from app.knowledge.faq.queries import list_entries, read_entry
from app.knowledge.faq.remove import remove_entry

PAGE = 50


@get("/dashboard/{slug:str}/knowledge/questions", opt={"access": "member"})
async def questions(request: AnyRequest, desk: OwnDesk, match: FromQuery[str] = "", start: FromQuery[int] = 0) -> Html:
    return await _page(request, desk, match=match.strip()[:200], start=min(max(start, 0), 100_000))


@post("/dashboard/{slug:str}/knowledge/questions", opt={"access": "member"})
async def add(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    """`faq_id` comes with the undo of a removal only."""
    form = await request.form()
    typed = _typed(form)
    again = field(form, "faq_id")
    try:
        await add_entry(services, desk.business_id, typed, actor=desk.actor, faq_id=UUID(again) if again else None)
    except ValueError as error:
        raise BadInput("The page did not say which question is meant.") from error
    except MiloError as error:
        return await _page(request, desk, typed=typed, wrong=error)
    return see(f"{desk.base}/knowledge/questions", "question_back" if again else "question_added")


@get("/dashboard/{slug:str}/knowledge/questions/{faq_id:uuid}", opt={"access": "member"})
async def question(request: AnyRequest, desk: OwnDesk, faq_id: FromPath[UUID]) -> Html:
    async with desk.transaction() as conn:
        entry = await read_entry(conn, desk.business_id, faq_id)
    if entry is None:
        raise NotFound(GONE)
    return _edit_page(request, faq_id, entry)


@post("/dashboard/{slug:str}/knowledge/questions/{faq_id:uuid}", opt={"access": "member"})
async def change(request: AnyRequest, services: Parts, desk: OwnDesk, faq_id: FromPath[UUID]) -> Html:
    typed = _typed(await request.form())
    try:
        await change_entry(services, desk.business_id, faq_id, typed, actor=desk.actor)
    except BadInput as error:
        return _edit_page(request, faq_id, typed, wrong=error)
    return see(f"{desk.base}/knowledge/questions", "question_changed")


@post("/dashboard/{slug:str}/knowledge/questions/{faq_id:uuid}/remove", opt={"access": "member"})
async def remove(request: AnyRequest, services: Parts, desk: OwnDesk, faq_id: FromPath[UUID]) -> Html:
    """Answers with the page itself: the undo carries what was removed, and nothing else keeps it."""
    removed = await remove_entry(services, desk.business_id, faq_id, actor=desk.actor)
    fields = {"faq_id": str(faq_id), "question": removed.question, "answer": removed.answer}
    undo = {"action": f"{desk.base}/knowledge/questions", "fields": fields}
    return await _page(request, desk, undo=undo)


async def _page(
    request: AnyRequest,
    desk: Desk,
    *,
    match: str = "",
    start: int = 0,
    typed: NewEntry | None = None,
    undo: Mapping[str, object] | None = None,
    wrong: MiloError | None = None,
) -> Html:
    async with desk.transaction() as conn:
        entries = await list_entries(conn, desk.business_id, match=match, offset=start, limit=PAGE + 1)
        run = await read_owner_run(conn, desk.business_id)
    return page(
        request,
        "questions.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        entries=entries[:PAGE],
        match=match,
        run=run,
        ended=False,
        typed=typed or NewEntry("", ""),
        undo=undo,
        older=_at(match, start + PAGE) if len(entries) > PAGE else None,
        newer=_at(match, max(start - PAGE, 0)) if start else None,
        wrong=wrong.sentence if wrong else None,
    )


def _edit_page(request: AnyRequest, faq_id: UUID, entry: NewEntry, *, wrong: MiloError | None = None) -> Html:
    return page(
        request,
        "question.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        faq_id=faq_id,
        entry=entry,
        wrong=wrong.sentence if wrong else None,
    )


def _typed(form: FormMultiDict) -> NewEntry:
    return NewEntry(field(form, "question"), field(form, "answer", longest=ANSWER * 2))


def _at(match: str, start: int) -> str:
    return "?" + urlencode({name: value for name, value in (("match", match), ("start", start)) if value})


HANDLERS = [questions, add, question, change, remove]
