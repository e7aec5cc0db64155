"""Leads: who left contact details, handled or not, and all of them as a table for other programs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.dashboard.admission import AnyRequest, OwnDesk, Parts
from app.dashboard.forms import field
from app.dashboard.pages.inbox import moment
from app.dashboard.render import Html, page, see
from app.errors import NotFound
from app.leads.model import Lead
from app.leads.queries import count_open, set_handled
from app.leads.read import list_leads
from app.mail.queries import lead_mail_states

PAGE = 50
EXPORT_PAGE = 500


@get("/dashboard/{slug:str}/leads", opt={"access": "member"})
async def leads(
    request: AnyRequest,
    services: Parts,
    desk: OwnDesk,
    before: FromQuery[str | None] = None,
) -> Html:
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        found = await list_leads(
            conn, keys, desk.business_id, before=moment(before) if before else None, limit=PAGE + 1
        )
        waiting = await count_open(conn, desk.business_id)
        mails = await lead_mail_states(conn, desk.business_id, [lead.lead_id for lead in found])
    older = None
    if len(found) > PAGE:
        found = found[:PAGE]
        older = "?" + urlencode({"before": found[-1].created_at.isoformat()})
    return page(
        request,
        "leads.html",
        place="leads",
        leads=found,
        waiting=waiting,
        unsent={mail.lead_id: mail for mail in mails if mail.state == "failed"},
        older=older,
        before=before,
    )


@post("/dashboard/{slug:str}/leads/{lead_id:uuid}/handled", opt={"access": "member"})
async def mark_handled(request: AnyRequest, services: Parts, desk: OwnDesk, lead_id: FromPath[UUID]) -> Html:
    """Both ways; with htmx the row alone comes back."""
    handled = field(await request.form(), "handled") == "yes"
    async with desk.transaction() as conn:
        if not await set_handled(conn, desk.business_id, lead_id, handled=handled):
            raise NotFound
    if "hx-request" not in request.headers:
        return see(f"{desk.base}/leads")
    return page(request, "lead_state.html", lead_id=lead_id, handled_at=services.clock() if handled else None)


@get("/dashboard/{slug:str}/leads.csv", opt={"access": "member"})
async def leads_csv(services: Parts, desk: OwnDesk) -> Response[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["when (UTC)", "name", "phone", "mail", "message", "handled (UTC)", "conversation"])
    before: datetime | None = None
    while True:
        async with desk.transaction() as conn:
            keys = await services.vault.keys(conn, desk.business_id)
            found = await list_leads(conn, keys, desk.business_id, before=before, limit=EXPORT_PAGE)
        writer.writerows(csv_row(lead) for lead in found)
        if len(found) < EXPORT_PAGE:
            break
        before = found[-1].created_at
    name = f"leads-{desk.business.slug}-{services.clock():%Y-%m-%d}.csv"
    return Response(
        "\ufeff" + out.getvalue(),  # the mark tells a spreadsheet that this is UTF-8
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_row(lead: Lead) -> list[str]:
    return [
        f"{lead.created_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        neutral(lead.name),
        neutral(lead.phone),
        neutral(lead.email),
        neutral(lead.message),
        f"{lead.handled_at.astimezone(UTC):%Y-%m-%d %H:%M}" if lead.handled_at else "",
        str(lead.conversation_id or ""),
    ]


def neutral(text: str | None) -> str:
    """A visitor's words never become a formula in the owner's spreadsheet (OWASP, CSV injection)."""
    if not text:
        return ""
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@", "|", "%"} or text[0] in "\t\r\n" else text


HANDLERS = [leads, mark_handled, leads_csv]
