"""Facts: hours, contact and prices with the words they stand on, and the owner's decision over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from litestar import get, post
from litestar.params import FromQuery

from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.forms import field, ticked
from app.dashboard.owner.form import KINDS, FactForm, form_of, new_fact, read_form
from app.dashboard.owner.queries import read_owner_run
from app.dashboard.owner.view import FactView, decode, name_of, view_board, view_fact
from app.dashboard.render import Html, page, see
from app.errors import BadInput, MiloError, NotFound
from app.knowledge.facts.add import GONE, add_fact
from app.knowledge.facts.board import Board, read_board
from app.knowledge.facts.confirm import confirm_facts
from app.knowledge.facts.correct import correct_fact
from app.knowledge.facts.model import Fact, NewFact, State
from app.knowledge.facts.reject import reject_fact
from app.knowledge.facts.take_back import take_back
from app.services import Services

LONGEST = 8000  # of a field that carries a statement
MOST = 200  # decisions taken back at once
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@get("/dashboard/{slug:str}/knowledge/facts", opt={"access": "member"})
async def facts(request: AnyRequest, services: Parts, desk: OwnDesk, undo: FromQuery[str] = "") -> Html:
    return await _page(request, services, desk, undo=_ids(undo.split(",")))


@get("/dashboard/{slug:str}/knowledge/facts/new", opt={"access": "member"})
async def new(
    request: AnyRequest,
    desk: OwnDesk,
    kind: FromQuery[str] = "hours",
    day: FromQuery[int] = 0,
    subject: FromQuery[str] = "",
) -> Html:
    days = (day,) if 1 <= day <= 7 else ()
    words = {"currency": "", "rule": "closed"}
    form = FactForm(kind if kind in KINDS else "hours", subject=subject[:80], days=days, words=words)
    return _form_page(request, form, title="Add a fact")


@post("/dashboard/{slug:str}/knowledge/facts", opt={"access": "member"})
async def add(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    form = read_form(await request.form())
    try:
        made = await add_fact(services, desk.business_id, _typed(form, desk), actor=desk.actor)
    except MiloError as error:
        return _form_page(request, form, title="Add a fact", wrong=error)
    return _done(desk, "fact_added", made)


@post("/dashboard/{slug:str}/knowledge/facts/confirm", opt={"access": "member"})
async def confirm(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    sent = await request.form()
    chosen = [decode(text) for text in ticked(sent, "chosen")]
    try:
        made = await confirm_facts(services, desk.business_id, chosen, actor=desk.actor)
    except MiloError as error:
        return await _page(request, services, desk, wrong=error)
    # Where it stands in for the owner's older word there is nothing to go back to.
    return _done(desk, "fact_confirmed", [] if field(sent, "instead") else made)


@post("/dashboard/{slug:str}/knowledge/facts/reject", opt={"access": "member"})
async def reject(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    chosen = decode(field(await request.form(), "chosen", longest=LONGEST))
    try:
        made = await reject_fact(services, desk.business_id, chosen, actor=desk.actor)
    except MiloError as error:
        return await _page(request, services, desk, wrong=error)
    return _done(desk, "fact_rejected", made)


@post("/dashboard/{slug:str}/knowledge/facts/take-back", opt={"access": "member"})
async def back(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    ids = _ids(part for text in ticked(await request.form(), "fact") for part in text.split(","))
    try:
        await take_back(services, desk.business_id, ids, actor=desk.actor)
    except MiloError as error:
        return await _page(request, services, desk, wrong=error)
    return see(f"{desk.base}/knowledge/facts", "fact_taken_back")


@get("/dashboard/{slug:str}/knowledge/facts/change", opt={"access": "member"})
async def change(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    chosen: FromQuery[str] = "",
    fact: FromQuery[str] = "",
) -> Html:
    """The form with what is there now: of a page's statement, or of the owner's own word."""
    zone = desk.business.time_zone
    board = await _board(services, desk)
    if chosen:
        found, said = board.statement(decode(chosen))
        form = form_of(said.slot.kind, said.subject, said.value, None, zone)
        return _form_page(request, form, title=_title(found), fact=view_fact(found), chosen=chosen)
    own = _own(board, fact)
    assert own.decision is not None
    form = form_of(own.slot.kind, own.subject, own.decision.value, own.decision.expires_at, zone)
    return _form_page(request, form, title=_title(own), fact=view_fact(own))


@post("/dashboard/{slug:str}/knowledge/facts/change", opt={"access": "member"})
async def save_change(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    sent = await request.form()
    form, chosen, fact_id = read_form(sent), field(sent, "chosen", longest=LONGEST), field(sent, "fact")
    try:
        new = _typed(form, desk)
        if chosen:
            made = await correct_fact(services, desk.business_id, decode(chosen), new, actor=desk.actor)
        else:
            [instead_of] = _ids([fact_id]) or [None]
            if instead_of is None:
                raise NotFound(GONE)
            made = await add_fact(services, desk.business_id, new, actor=desk.actor, instead_of=instead_of)
    except BadInput as error:
        board = await _board(services, desk)
        found = board.statement(decode(chosen))[0] if chosen else _own(board, fact_id)
        return _form_page(request, form, title=_title(found), fact=view_fact(found), chosen=chosen, wrong=error)
    except MiloError as error:
        return await _page(request, services, desk, wrong=error)
    return _done(desk, "fact_corrected", made if chosen else [])


@get("/dashboard/{slug:str}/knowledge/owner/progress", opt={"access": "member"})
async def progress(request: AnyRequest, desk: OwnDesk) -> Html:
    """Asked for every second while what the owner said is being read."""
    async with desk.transaction() as conn:
        run = await read_owner_run(conn, desk.business_id)
    done = run is None or not run.waiting
    return page(
        request, "owner_progress.html", run=run, ended=done, headers={"HX-Trigger": "owner-read"} if done else {}
    )


async def _page(
    request: AnyRequest, services: Services, desk: Desk, *, undo: Sequence[UUID] = (), wrong: MiloError | None = None
) -> Html:
    board = await _board(services, desk)
    async with desk.transaction() as conn:
        run = await read_owner_run(conn, desk.business_id)
    back_to = f"{desk.base}/knowledge/facts/take-back"
    fields = {"fact": ",".join(str(each) for each in undo)}
    return page(
        request,
        "facts.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        board=view_board(board),
        run=run,
        ended=False,
        undo={"action": back_to, "fields": fields} if undo else None,
        wrong=wrong.sentence if wrong else None,
    )


def _form_page(
    request: AnyRequest,
    form: FactForm,
    *,
    title: str,
    fact: FactView | None = None,
    chosen: str = "",
    wrong: MiloError | None = None,
) -> Html:
    return page(
        request,
        "fact_form.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        form=form,
        kinds=KINDS,
        title=title,
        fact=fact,
        chosen=chosen,
        wrong=wrong.sentence if wrong else None,
    )


async def _board(services: Services, desk: Desk) -> Board:
    async with desk.transaction() as conn:
        return await read_board(conn, desk.business_id, services.clock())


def _own(board: Board, fact_id: str) -> Fact:
    """Raises NotFound."""
    for fact in board.facts:
        if fact.decision is not None and str(fact.decision.fact_id) == fact_id:
            return fact
    raise NotFound(GONE)


def _typed(form: FactForm, desk: Desk) -> NewFact:
    return new_fact(form, desk.business.time_zone, desk.business.country)


def _title(fact: Fact) -> str:
    name = name_of(fact.slot, fact.subject)
    in_name = fact.slot.kind in ("price", "phone", "email", "address")
    told = f"{fact.subject}, {name}" if fact.subject and not in_name else name
    return f"Correct: {told}" if fact.state in (State.FOUND, State.CONFLICT) else f"Change: {told}"


def _done(desk: Desk, said: str, made: Sequence[UUID]) -> Html:
    undo = f"?undo={','.join(str(each) for each in made)}" if made else ""
    return see(f"{desk.base}/knowledge/facts{undo}", said)


def _ids(texts: Iterable[str]) -> list[UUID]:
    """What of these are ids; anything else was not sent by a page of ours."""
    return [UUID(text) for text in texts if _ID.fullmatch(text)][:MOST]


HANDLERS = [facts, new, add, confirm, reject, back, change, save_change, progress]
