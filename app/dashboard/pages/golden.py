"""Kept right: questions whose answers must stay right, how they are answered now, and two versions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.params import FromPath, FromQuery

from app.conversations.inbox import open_conversation
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.formats import spoken
from app.dashboard.forms import field
from app.dashboard.golden.compare import Change, compare
from app.dashboard.golden.form import Typed, typed_again, typed_from, typed_of
from app.dashboard.golden.queries import STATES, count_checks, list_checks, read_ask_run
from app.dashboard.render import Html, page, see
from app.errors import BadInput, MiloError, NotFound
from app.golden.add import add_golden
from app.golden.change import GONE, ask_now, change_golden, pause_golden, remove_golden
from app.golden.model import MOST, Generation
from app.golden.queries import list_active, list_generations, list_results, read_golden

PAGE = 50
PATH = "/dashboard/{slug:str}/knowledge/checks"
ONE = f"{PATH}/{{golden_id:uuid}}"


@get(PATH, opt={"access": "member"})
async def checks(
    request: AnyRequest,
    desk: OwnDesk,
    show: FromQuery[str] = "",
    match: FromQuery[str] = "",
    start: FromQuery[int] = 0,
) -> Html:
    return await _page(request, desk, show=show, match=match.strip()[:200], start=min(max(start, 0), MOST))


@post(PATH, opt={"access": "member"})
async def add(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    """`golden_id` comes with the undo of a removal only."""
    form = await request.form()
    typed, again = typed_of(form), field(form, "golden_id")
    try:
        golden_id = UUID(again) if again else None
    except ValueError as error:
        raise BadInput("The page did not say which question is meant.") from error
    try:
        made = await add_golden(
            services, desk.business_id, typed.golden(), actor=desk.actor, origin=typed.origin, golden_id=golden_id
        )
    except MiloError as error:
        return await _page(request, desk, typed=typed, wrong=error)
    if typed.paused:
        await pause_golden(services, desk.business_id, made, True, actor=desk.actor)
    return see(_home(desk), "check_back" if again else "check_added")


@post(f"{PATH}/ask", opt={"access": "member"})
async def ask(services: Parts, desk: OwnDesk) -> Html:
    await ask_now(services, desk.business_id, actor=desk.actor)
    return see(_home(desk), "checks_asked")


@get(f"{PATH}/progress", opt={"access": "member"})
async def progress(request: AnyRequest, desk: OwnDesk) -> Html:
    """Asked for every second while they are asked; with the end the list on the page looks again."""
    async with desk.transaction() as conn:
        run = await read_ask_run(conn, desk.business_id)
    headers = {} if run.waiting else {"HX-Trigger": "checks-asked"}
    return page(request, "golden_progress.html", run=run, headers=headers)


@get(f"{PATH}/from/{{conversation_id:uuid}}/{{message_id:uuid}}", opt={"access": "member"})
async def from_conversation(
    request: AnyRequest, services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID], message_id: FromPath[UUID]
) -> Html:
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        found = await open_conversation(conn, keys, desk.business_id, conversation_id)
    typed = typed_from(found, message_id, services.clock().date())
    return page(
        request,
        "golden_edit.html",
        place="knowledge",
        golden_id=None,
        typed=typed,
        back=f"{desk.base}/inbox/{conversation_id}",
        wrong=None,
    )


@get(ONE, opt={"access": "member"})
async def one(request: AnyRequest, desk: OwnDesk, golden_id: FromPath[UUID]) -> Html:
    async with desk.transaction() as conn:
        golden = await read_golden(conn, desk.business_id, golden_id)
    if golden is None:
        raise NotFound(GONE)
    return _edit_page(request, desk, golden_id, typed_again(golden))


@post(ONE, opt={"access": "member"})
async def change(request: AnyRequest, services: Parts, desk: OwnDesk, golden_id: FromPath[UUID]) -> Html:
    typed = typed_of(await request.form())
    try:
        await change_golden(services, desk.business_id, golden_id, typed.golden(), actor=desk.actor)
    except BadInput as error:
        return _edit_page(request, desk, golden_id, typed, wrong=error)
    return see(_home(desk), "check_changed")


@post(f"{ONE}/pause", opt={"access": "member"})
async def pause(services: Parts, desk: OwnDesk, golden_id: FromPath[UUID]) -> Html:
    await pause_golden(services, desk.business_id, golden_id, True, actor=desk.actor)
    return see(_home(desk), "check_paused")


@post(f"{ONE}/resume", opt={"access": "member"})
async def resume(services: Parts, desk: OwnDesk, golden_id: FromPath[UUID]) -> Html:
    await pause_golden(services, desk.business_id, golden_id, False, actor=desk.actor)
    return see(_home(desk), "check_resumed")


@post(f"{ONE}/remove", opt={"access": "member"})
async def remove(request: AnyRequest, services: Parts, desk: OwnDesk, golden_id: FromPath[UUID]) -> Html:
    """Answers with the page itself: the undo carries what was removed, and nothing else keeps it."""
    removed = typed_again(await remove_golden(services, desk.business_id, golden_id, actor=desk.actor))
    fields = {
        "golden_id": str(golden_id),
        "question": removed.question,
        "facts": removed.facts,
        "expects": removed.expects,
        "origin": removed.origin,
        "paused": "yes" if removed.paused else "",
    }
    return await _page(request, desk, undo={"action": _home(desk), "fields": fields})


@get(f"{PATH}/compare", opt={"access": "member"})
async def compared(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    before: FromQuery[int] = 0,
    after: FromQuery[int] = 0,
    show: FromQuery[str] = "",
    start: FromQuery[int] = 0,
) -> Html:
    """Two versions that are kept; without a word about them what waits against what is live, or that against the one
    before it."""
    async with desk.transaction() as conn:
        kept = await list_generations(conn, desk.business_id)
        old, new = _chosen(kept, before, after)
        questions = await list_active(conn, desk.business_id)
        results = [
            {row.golden_id: row for row in await list_results(conn, desk.business_id, side.generation)} if side else {}
            for side in (old, new)
        ]
        run = await read_ask_run(conn, desk.business_id)
    rows = compare(questions, results[0], results[1]) if old and new else []
    counts = {kind: sum(row.change is kind for row in rows) for kind in Change}
    shown = [row for row in rows if (row.change == show if show in counts else row.change is not Change.SAME)]
    if show == "all":
        shown = rows
    start = min(max(start, 0), len(shown))
    sides = {"before": old.generation if old else None, "after": new.generation if new else None}
    now = services.clock()

    def at(**other: object) -> str:
        values = sides | {"show": show} | other
        return "?" + urlencode({name: value for name, value in values.items() if value})

    return page(
        request,
        "golden_compare.html",
        place="knowledge",
        kept=[(one.generation, _named(one, now, desk)) for one in kept],
        old=old,
        new=new,
        names={one.generation: _named(one, now, desk) for one in kept},
        questions=len(questions),
        rows=shown[start : start + PAGE],
        total=len(rows),
        counts=counts,
        show=show if show in counts or show == "all" else "",
        at=at,
        run=run,
        older=at(start=start + PAGE) if len(shown) > start + PAGE else None,
        newer=at(start=max(start - PAGE, 0)) if start else None,
    )


def _chosen(kept: list[Generation], before: int, after: int) -> tuple[Generation | None, Generation | None]:
    """What is not kept is as if it was not named."""
    by_number = {one.generation: one for one in kept}
    live = next((one for one in kept if one.live), None)
    waiting = next((one for one in kept if one.state == "held" and live and one.generation > live.generation), None)
    former = next((one for one in kept if one.state == "superseded"), None)
    usual = (live, waiting) if waiting is not None else (former, live)
    return by_number.get(before, usual[0]), by_number.get(after, usual[1])


def _named(one: Generation, now: datetime, desk: Desk) -> str:
    zone = ZoneInfo(desk.found.time_zone if desk.found else "UTC")
    moment = one.created_at if one.state == "held" or one.published_at is None else one.published_at
    told = spoken(moment.astimezone(zone), now.astimezone(zone))
    if one.live:
        return f"Live · {told}"
    return f"Waits for you · {told}" if one.state == "held" else f"Former · {told}"


async def _page(
    request: AnyRequest,
    desk: Desk,
    *,
    show: str = "",
    match: str = "",
    start: int = 0,
    typed: Typed | None = None,
    undo: Mapping[str, object] | None = None,
    wrong: MiloError | None = None,
) -> Html:
    show = show if show in STATES else ""
    async with desk.transaction() as conn:
        rows = await list_checks(conn, desk.business_id, show=show or None, match=match, offset=start, limit=PAGE + 1)
        counts = await count_checks(conn, desk.business_id, match)
        run = await read_ask_run(conn, desk.business_id)

    def at(**other: object) -> str:
        values: dict[str, object] = {"show": show, "match": match} | other
        return "?" + urlencode({name: value for name, value in values.items() if value})

    return page(
        request,
        "golden.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        rows=rows[:PAGE],
        counts={state: counts.get(state, 0) for state in STATES},
        total=sum(counts.values()),
        most=MOST,
        show=show,
        match=match,
        run=run,
        typed=typed or Typed(),
        undo=undo,
        at=at,
        older=at(start=start + PAGE) if len(rows) > PAGE else None,
        newer=at(start=max(start - PAGE, 0)) if start else None,
        wrong=wrong.sentence if wrong else None,
    )


def _edit_page(
    request: AnyRequest, desk: Desk, golden_id: UUID, typed: Typed, *, wrong: MiloError | None = None
) -> Html:
    return page(
        request,
        "golden_edit.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        golden_id=golden_id,
        typed=typed,
        back=_home(desk),
        wrong=wrong.sentence if wrong else None,
    )


def _home(desk: Desk) -> str:
    return f"{desk.base}/knowledge/checks"


HANDLERS = [checks, add, ask, progress, from_conversation, compared, one, change, pause, resume, remove]
