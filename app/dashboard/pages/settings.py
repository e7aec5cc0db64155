"""Settings: the business itself, its people, and one's own sign-in. The first two are for owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from app.accounts.invite import invite, remove_member
from app.accounts.model import SESSION_IDLE, Role
from app.accounts.queries import count_sessions_of, list_members
from app.audit.queries import insert_audit
from app.businesses.create import check
from app.businesses.model import NewBusiness
from app.dashboard.accent import PAPER_LIGHT, accent_of, checked, contrast
from app.dashboard.addresses import typed_address
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.choices import LANGUAGES, PROCESSORS, time_zones
from app.dashboard.forms import field, optional, ticked
from app.dashboard.pages.queries import update_business
from app.dashboard.render import Html, page, see
from app.errors import BadInput, MiloError
from app.knowledge.reembed import plan_reembedding
from app.services import Services

Values = dict[str, Any]


@get("/dashboard/{slug:str}/settings", opt={"access": "owner"})
async def settings(request: AnyRequest, desk: OwnDesk) -> Html:
    business = desk.business
    return _settings_page(
        request,
        {
            "name": business.name,
            "website": business.website,
            "industry": business.industry,
            "country": business.country,
            "time_zone": business.time_zone,
            "language": business.language,
            "controller_name": business.controller_name,
            "controller_contact": business.controller_contact,
            "allowed_processors": business.allowed_processors,
            "accent": business.accent,
        },
    )


@post("/dashboard/{slug:str}/settings", opt={"access": "owner"})
async def save_settings(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    """Who may help no more sees nothing more: what is live is learnt anew without it, from now on."""
    form = await request.form()
    country = optional(form, "country", longest=2)
    typed: Values = {
        "name": field(form, "name"),
        "website": optional(form, "website"),
        "industry": optional(form, "industry", longest=100),
        "country": country.upper() if country else None,
        "time_zone": field(form, "time_zone"),
        "language": field(form, "language"),
        "controller_name": optional(form, "controller_name", longest=200),
        "controller_contact": optional(form, "controller_contact", longest=200),
        "allowed_processors": [key for key in ticked(form, "processor") if key in PROCESSORS],
        "accent": optional(form, "accent", longest=20),
    }
    try:
        values = _checked(typed, desk.business.slug)
    except BadInput as error:
        return _settings_page(request, typed, wrong=error.sentence)
    async with desk.transaction() as conn:
        await update_business(conn, desk.business_id, values)
        await insert_audit(conn, desk.business_id, actor=desk.actor, action="business.settings")
        job = await plan_reembedding(services, conn, desk.business_id)
    if job is not None:
        await services.doorbell.ring(job)
    return see(f"{desk.base}/settings", "saved")


@get("/dashboard/{slug:str}/settings/people", opt={"access": "owner"})
async def people(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    return await _people_page(request, services, desk)


@post("/dashboard/{slug:str}/settings/people", opt={"access": "owner"})
async def invite_member(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    """Also the undo of a removal: the same without a mail."""
    form = await request.form()
    typed = field(form, "email")
    again = field(form, "undo") == "yes"
    try:
        added = await invite(
            services.database,
            services.vault,
            services.doorbell,
            services.settings,
            business_id=desk.business_id,
            business_name=desk.business.name,
            typed=typed,
            role=Role.OWNER if field(form, "role") == Role.OWNER else Role.MEMBER,
            by=desk.account,
            with_mail=not again,
        )
    except MiloError as error:
        return await _people_page(request, services, desk, typed=typed, wrong=error.sentence)
    return see(f"{desk.base}/settings/people", "member_back" if again else "invited" if added else "member_there")


@post("/dashboard/{slug:str}/settings/people/{account_id:uuid}/remove", opt={"access": "owner"})
async def remove(request: AnyRequest, services: Parts, desk: OwnDesk, account_id: FromPath[UUID]) -> Html:
    gone = await remove_member(services.database, business_id=desk.business_id, account_id=account_id, by=desk.account)
    if gone is None:
        return see(f"{desk.base}/settings/people", "last_owner")
    if account_id == desk.account.account_id:
        return see("/dashboard", "member_removed")
    return await _people_page(
        request,
        services,
        desk,
        said_now="Removed. That person can no longer open this business.",
        undo={
            "action": f"{desk.base}/settings/people",
            "fields": {"email": gone.email, "role": str(gone.role), "undo": "yes"},
        },
    )


@get("/dashboard/{slug:str}/account", opt={"access": "member"})
async def account(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    now = services.clock()
    async with services.database.directory_transaction() as conn:
        browsers = await count_sessions_of(conn, desk.account.account_id, now=now, seen_after=now - SESSION_IDLE)
    return page(request, "account.html", place="settings", browsers=browsers)


def _checked(typed: Values, slug: str) -> Values:
    website = typed_address(typed["website"]) if typed["website"] else None
    check(NewBusiness(typed["name"], slug, typed["time_zone"], typed["language"], website, typed["country"]))
    return {**typed, "website": website, "accent": checked(typed["accent"] or "")}


def _settings_page(request: AnyRequest, values: Values, wrong: str | None = None) -> Html:
    accent = accent_of(values["accent"]) if values["accent"] and not wrong else None
    return page(
        request,
        "settings.html",
        status=400 if wrong else 200,
        place="settings",
        values=values,
        wrong=wrong,
        languages=LANGUAGES,
        zones=time_zones(),
        processors=PROCESSORS,
        accent=accent,
        ratio=contrast(accent.colour, PAPER_LIGHT) if accent else 0,
    )


async def _people_page(
    request: AnyRequest,
    services: Services,
    desk: Desk,
    *,
    typed: str = "",
    wrong: str | None = None,
    undo: dict[str, Any] | None = None,
    said_now: str | None = None,
) -> Html:
    async with services.database.directory_transaction() as conn:
        members = await list_members(conn, desk.business_id)
    return page(
        request,
        "people.html",
        status=400 if wrong else 200,
        place="settings",
        members=members,
        owners=sum(member.role == Role.OWNER for member in members),
        typed=typed,
        wrong=wrong,
        undo=undo,
        said_now=said_now,
    )


HANDLERS = [settings, save_settings, people, invite_member, remove, account]
