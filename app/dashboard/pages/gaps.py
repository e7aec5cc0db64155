"""Questions nobody could answer: listed, answered in place, set aside, joined and parted, each with a way back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from litestar import get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath, FromQuery

from app.audit.queries import insert_audit
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.forms import field
from app.dashboard.gaps.view import card_of
from app.dashboard.owner.queries import read_owner_run
from app.dashboard.render import Html, page, see
from app.errors import BadInput, MiloError, NotFound
from app.gaps.answer import GONE, answer_gap, take_answer_back
from app.gaps.arrange import dismiss, merge, reopen, split
from app.gaps.board import EXAMPLES, read_board, read_gap, with_examples
from app.gaps.mail.queries import set_mail, wants_mail
from app.gaps.model import Gap, State
from app.gaps.queries import count_states
from app.knowledge.faq.model import ANSWER, NewEntry
from app.knowledge.faq.queries import read_entry
from app.services import Services

PAGE = 25
PLACE = "/knowledge/gaps"
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@get("/dashboard/{slug:str}/knowledge/gaps", opt={"access": "member"})
async def gaps(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    show: FromQuery[str] = "open",
    match: FromQuery[str] = "",
    start: FromQuery[int] = 0,
    settled: FromQuery[str] = "",
) -> Html:
    state = State(show) if show in set(State) else State.OPEN
    return await _list_page(
        request,
        services,
        desk,
        state=state,
        match=match.strip()[:200],
        start=min(max(start, 0), 100_000),
        settled=UUID(settled) if ID.fullmatch(settled) else None,
    )


@get("/dashboard/{slug:str}/knowledge/gaps/mail", opt={"access": "owner"})
async def mail(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    async with desk.transaction() as conn:
        wanted = await wants_mail(conn, desk.business_id)
    by_reply = services.settings.reply_domain is not None
    return page(request, "gap_mail.html", place="knowledge", wanted=wanted, by_reply=by_reply)


@post("/dashboard/{slug:str}/knowledge/gaps/mail", opt={"access": "owner"})
async def set_mail_wish(request: AnyRequest, desk: OwnDesk) -> Html:
    wanted = field(await request.form(), "wanted") == "yes"
    async with desk.transaction() as conn:
        await set_mail(conn, desk.business_id, wanted)
        await insert_audit(conn, desk.business_id, actor=desk.actor, action="gaps.mail", details={"wanted": wanted})
    return see(f"{desk.base}{PLACE}/mail", "gap_mail_on" if wanted else "gap_mail_off")


@get("/dashboard/{slug:str}/knowledge/gaps/{gap_id:uuid}", opt={"access": "member"})
async def gap(request: AnyRequest, services: Parts, desk: OwnDesk, gap_id: FromPath[UUID]) -> Html:
    return await _gap_page(request, services, desk, gap_id)


@post("/dashboard/{slug:str}/knowledge/gaps/{gap_id:uuid}/answer", opt={"access": "member"})
async def answer(request: AnyRequest, services: Parts, desk: OwnDesk, gap_id: FromPath[UUID]) -> Html:
    """What was typed is never lost: whatever is wrong with it comes back in the box."""
    form = await request.form()
    typed = NewEntry(field(form, "question"), field(form, "answer", longest=ANSWER * 2))
    try:
        await answer_gap(services, desk.business_id, gap_id, typed.answer, actor=desk.actor, question=typed.question)
    except MiloError as error:
        return await _gap_page(request, services, desk, gap_id, typed=typed, wrong=error)
    return _back_to_list(desk, form, gap_id)


@post("/dashboard/{slug:str}/knowledge/gaps/{gap_id:uuid}/take-back", opt={"access": "member"})
async def take_back(request: AnyRequest, services: Parts, desk: OwnDesk, gap_id: FromPath[UUID]) -> Html:
    """The page of the question, with the words of the answer still in the box."""
    removed = await take_answer_back(services, desk.business_id, gap_id, actor=desk.actor)
    told = "Taken back. Visitors are not told this any more in a moment, and the question is open again."
    return await _gap_page(request, services, desk, gap_id, typed=removed, told=told)


@post("/dashboard/{slug:str}/knowledge/gaps/{gap_id:uuid}/dismiss", opt={"access": "member"})
async def set_aside(request: AnyRequest, services: Parts, desk: OwnDesk, gap_id: FromPath[UUID]) -> Html:
    form = await request.form()
    await dismiss(services, desk.business_id, gap_id, actor=desk.actor)
    return _back_to_list(desk, form, gap_id)


@post("/dashboard/{slug:str}/knowledge/gaps/{gap_id:uuid}/reopen", opt={"access": "member"})
async def bring_back(services: Parts, desk: OwnDesk, gap_id: FromPath[UUID]) -> Html:
    await reopen(services, desk.business_id, gap_id, actor=desk.actor)
    return see(f"{desk.base}{PLACE}", "gap_back")


@post("/dashboard/{slug:str}/knowledge/gaps/{gap_id:uuid}/merge", opt={"access": "member"})
async def join(request: AnyRequest, services: Parts, desk: OwnDesk, gap_id: FromPath[UUID]) -> Html:
    try:
        into = UUID(field(await request.form(), "into"))
    except ValueError as error:
        raise BadInput("Choose the question to join this one with.", code="no_target") from error
    try:
        await merge(services, desk.business_id, gap_id, into, actor=desk.actor)
    except BadInput as error:
        return await _gap_page(request, services, desk, gap_id, wrong=error)
    return see(f"{desk.base}{PLACE}/{into}", "gap_merged")


@post("/dashboard/{slug:str}/knowledge/gaps/questions/{question_id:uuid}/split", opt={"access": "member"})
async def part(services: Parts, desk: OwnDesk, question_id: FromPath[UUID]) -> Html:
    made = await split(services, desk.business_id, question_id, actor=desk.actor)
    return see(f"{desk.base}{PLACE}/{made}", "gap_split")


def _back_to_list(desk: Desk, form: FormMultiDict, gap_id: UUID) -> Html:
    """Where the owner was in it, with what was done and its undo. An address: the browser's back button leads home."""
    start = field(form, "start")
    place = {
        "match": field(form, "match")[:200],
        "start": start if start.isascii() and start.isdigit() and len(start) < 6 else "0",
        "settled": gap_id,
    }
    return see(
        f"{desk.base}{PLACE}?{urlencode({name: value for name, value in place.items() if value not in ('', '0')})}"
    )


def _told(desk: Desk, gap: Gap | None) -> tuple[str | None, Mapping[str, object] | None]:
    """What was just done to it, and the way back; nothing once it is open again."""
    if gap is None or gap.state == State.OPEN:
        return None, None
    if gap.state == State.DISMISSED:
        told, way = "Set aside. It is counted on, and not mailed to you.", "reopen"
    else:
        visitors = f"{gap.visitors} visitors" if gap.visitors > 1 else "one visitor"
        told, way = f"Answered. Milo knows it in a moment; {visitors} asked for it.", "take-back"
    return told, {"action": f"{desk.base}{PLACE}/{gap.gap_id}/{way}", "fields": {}}


async def _list_page(
    request: AnyRequest,
    services: Services,
    desk: Desk,
    *,
    state: State,
    match: str = "",
    start: int = 0,
    settled: UUID | None = None,
) -> Html:
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        found = await read_board(conn, keys, desk.business_id, state, match=match)
        start = start if start < len(found) else 0
        shown = await with_examples(conn, keys, desk.business_id, found[start : start + PAGE])
        counts = await count_states(conn, desk.business_id)
        run = await read_owner_run(conn, desk.business_id)
        told, undo = _told(desk, await read_gap(conn, keys, desk.business_id, settled) if settled else None)
    return page(
        request,
        "gaps.html",
        place="knowledge",
        cards=[card_of(gap, questions) for gap, questions in shown],
        visitors=sum(gap.visitors for gap in found),
        lost=sum(gap.lost for gap in found),
        state=state,
        counts={one: counts.get(one, 0) for one in State},
        match=match,
        start=start,
        run=run,
        ended=False,
        told=told,
        undo=undo,
        older=_at(state, match, start + PAGE) if len(found) > start + PAGE else None,
        newer=_at(state, match, max(start - PAGE, 0)) if start else None,
    )


async def _gap_page(
    request: AnyRequest,
    services: Services,
    desk: Desk,
    gap_id: UUID,
    *,
    typed: NewEntry | None = None,
    wrong: MiloError | None = None,
    told: str | None = None,
) -> Html:
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        found = await read_gap(conn, keys, desk.business_id, gap_id)
        if found is None:
            raise NotFound(GONE)
        [(_, questions)] = await with_examples(conn, keys, desk.business_id, [found])
        others: list[Gap] = [
            one
            for one in await read_board(conn, keys, desk.business_id, None)
            if one.gap_id != gap_id and one.state != State.DISMISSED
        ]
        entry = await read_entry(conn, desk.business_id, found.faq_id) if found.faq_id else None
        run = await read_owner_run(conn, desk.business_id)
    return page(
        request,
        "gap.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        card=card_of(found, questions),
        questions=questions,
        hidden=max(0, found.visitors - EXAMPLES),
        others=others,
        entry=entry,
        typed=typed or entry or NewEntry(found.label, ""),
        run=run,
        ended=False,
        wrong=wrong.sentence if wrong else None,
        told=told,
    )


def _at(state: State, match: str, start: int) -> str:
    asked = (("show", "" if state is State.OPEN else state.value), ("match", match), ("start", start))
    return "?" + urlencode({name: value for name, value in asked if value})


HANDLERS = [gaps, mail, set_mail_wish, gap, answer, take_back, set_aside, bring_back, join, part]
