"""One source: its ledger as a table one can filter and page through, and what may be done about each address."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery

from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.choices import LANGUAGES
from app.dashboard.forms import field
from app.dashboard.ledger.queries import ORDERS, Filter, count_lines, list_lines
from app.dashboard.ledger.view import STATUSES, reason_choices, view_line
from app.dashboard.pages.knowledge import find_source
from app.dashboard.queries import list_files
from app.dashboard.render import Html, page, see
from app.dashboard.said import SAID
from app.knowledge.choices.ask_again import ask_again
from app.knowledge.choices.leave_out import leave_out, take_back
from app.knowledge.choices.queries import read_choices
from ingestion.model import Reason
from ingestion.rules import Rules

LEDGER_PAGE = 100
PATH = "/dashboard/{slug:str}/knowledge/sources/{source_id:uuid}"


@dataclass(frozen=True, slots=True)
class Looked:
    """What of the ledger is looked at; it stands in the page's address."""

    status: str | None
    reason: str | None
    match: str
    order: str
    start: int

    @classmethod
    def of(cls, status: str | None, reason: str | None, match: str, order: str, start: int) -> Looked:
        """What is not known is as if it was not there."""
        return cls(
            status if status in STATUSES else None,
            reason if reason in set(Reason) else None,
            match.strip()[:200],
            order if order in ORDERS else "met",
            min(max(start, 0), 100_000),
        )

    def at(self, **other: object) -> str:
        kept: dict[str, object] = {
            "status": self.status,
            "reason": self.reason,
            "match": self.match,
            "order": self.order if self.order != "met" else None,
            "start": self.start,
        }
        kept |= {"start": None, **other}
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    @property
    def here(self) -> str:
        return self.at(start=self.start)

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.reason or self.match)


@get(PATH, opt={"access": "member"})
async def source(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    source_id: FromPath[UUID],
    status: FromQuery[str | None] = None,
    reason: FromQuery[str | None] = None,
    match: FromQuery[str] = "",
    order: FromQuery[str] = "met",
    start: FromQuery[int] = 0,
    rule: FromQuery[str] = "",
    url: FromQuery[str] = "",
) -> Html:
    """`rule`, `url`: of what was just left out, for its undo."""
    view = await find_source(services, desk, source_id)
    looked = Looked.of(status, reason, match, order, start)
    async with desk.transaction() as conn:
        files = await list_files(conn, desk.business_id, source_id) if view.kind == "files" else []
        site = await read_choices(conn, desk.business_id, source_id)
        exclude = site.choices.exclude if site is not None else ()
        counts = await count_lines(conn, desk.business_id, source_id, looked.match)
        rows = await list_lines(
            conn,
            desk.business_id,
            source_id,
            Filter(looked.status, looked.reason, looked.match),
            order=looked.order,
            offset=looked.start,
            limit=LEDGER_PAGE + 1,
        )
    rules = Rules.of((), exclude)
    by_status = Counter[str]()
    for one in counts:
        by_status[one.status] += one.pages
    here = f"{desk.base}/knowledge/sources/{source_id}"
    undo = {"action": f"{here}/take-back", "fields": {"rule": rule, "url": url, "back": looked.here}}
    return page(
        request,
        "source.html",
        place="knowledge",
        source=view,
        here=here,
        files=files,
        counts=by_status,
        total=by_status.total(),
        reasons=reason_choices([one for one in counts if looked.status in (None, one.status)]),
        looked=looked,
        ledger=[view_line(row, start=view.url, rules=rules) for row in rows[:LEDGER_PAGE]],
        older=looked.at(start=looked.start + LEDGER_PAGE) if len(rows) > LEDGER_PAGE else None,
        newer=looked.at(start=max(looked.start - LEDGER_PAGE, 0)) if looked.start else None,
        undo=undo if rule in exclude else None,
        proof=None,
        languages=LANGUAGES,
    )


@get(f"{PATH}/reading", opt={"access": "member"})
async def reading(
    request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID], since: FromQuery[str] = ""
) -> Html:
    """Asked for every second while it is read; with its end the table on the page looks again."""
    view = await find_source(services, desk, source_id, since)
    here = f"{desk.base}/knowledge/sources/{source_id}"
    headers = {} if view.busy else {"HX-Trigger": "source-read"}
    return page(request, "ledger_progress.html", source=view, here=here, headers=headers)


@post(f"{PATH}/again", opt={"access": "member"})
async def again(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    form = await request.form()
    await ask_again(services, desk.business_id, source_id, [field(form, "url")], actor=desk.actor)
    return _back(desk.base, source_id, field(form, "back"), "again")


@post(f"{PATH}/leave-out", opt={"access": "member"})
async def leave(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    form = await request.form()
    url = field(form, "url")
    rule = await leave_out(services, desk.business_id, source_id, url, actor=desk.actor)
    return _back(desk.base, source_id, field(form, "back"), "left_out", rule=rule, url=url)


@post(f"{PATH}/take-back", opt={"access": "member"})
async def take(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    form = await request.form()
    rule, url = field(form, "rule"), field(form, "url") or None
    await take_back(services, desk.business_id, source_id, rule, url, actor=desk.actor)
    return _back(desk.base, source_id, field(form, "back"), "taken_back")


def _back(base: str, source_id: UUID, query: str, said: str, **more: str) -> Html:
    """To the table as it was looked at: of what the form says, only a query is taken."""
    assert said in SAID
    looked = query if query.startswith("?") and "\n" not in query and "\r" not in query else "?"
    address = f"{base}/knowledge/sources/{source_id}{looked}"
    if more:
        address += ("" if looked == "?" else "&") + urlencode(more)
    return see(address.rstrip("?"), said)


HANDLERS = [source, reading, again, leave, take]
