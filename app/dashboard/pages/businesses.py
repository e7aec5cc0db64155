"""Which business: the switcher, the first run that creates one, and the way to the page one wants first."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from uuid import uuid4

from litestar import Response, get, post

from app.accounts.queries import delete_membership, insert_membership, list_memberships
from app.businesses.create import check, create_business, slug_from
from app.businesses.model import HOUSE_SLUG, NewBusiness
from app.businesses.queries import find_by_slug, read_business
from app.dashboard.accent import stylesheet
from app.dashboard.addresses import typed_address
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.choices import LANGUAGES, time_zones
from app.dashboard.forms import field
from app.dashboard.render import Html, page, see
from app.errors import Conflict, MiloError
from app.knowledge.manage import add_site
from app.services import Services


@dataclass(frozen=True, slots=True)
class Listed:
    slug: str
    name: str
    website: str | None
    role: str


@get("/dashboard", opt={"access": "signed_in"})
async def dashboard(services: Parts, desk: OwnDesk) -> Html:
    """To the one business there is, to a choice of several, or to the first run."""
    async with services.database.directory_transaction() as conn:
        mine = await list_memberships(conn, desk.account.account_id)
    if not mine:
        return see("/dashboard/new")
    return see(f"/dashboard/{mine[0].slug}" if len(mine) == 1 else "/dashboard/businesses")


@get("/dashboard/businesses", opt={"access": "signed_in"})
async def businesses(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    async with services.database.directory_transaction() as conn:
        mine = await list_memberships(conn, desk.account.account_id)
    listed: list[Listed] = []
    for membership in mine:  # one transaction each: a name is a row of that business alone
        async with services.database.business_transaction(membership.business_id) as conn:
            business = await read_business(conn, membership.business_id)
        if business is not None:
            listed.append(Listed(business.slug, business.name, business.website, membership.role))
    return page(request, "businesses.html", businesses=listed)


@get("/dashboard/new", opt={"access": "signed_in"})
async def new_business(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    return await _form(request, services, desk, NewBusiness("", "", website=""))


@post("/dashboard/new", opt={"access": "signed_in"})
async def set_up(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    """The membership is written first: a crash between the two leaves nothing that anybody sees."""
    form = await request.form()
    name, website = field(form, "name"), field(form, "website")
    new = NewBusiness(
        name, slug_from(name), field(form, "time_zone") or "UTC", field(form, "language") or "en", website or None
    )
    business_id = uuid4()
    try:
        address = typed_address(website) if website else None
        new = NewBusiness(name, await _free_slug(services, name), new.time_zone, new.language, address)
        check(new)
        async with services.database.directory_transaction() as conn:
            await insert_membership(conn, desk.account.account_id, business_id, "owner")
        try:
            await create_business(services.database, services.vault, new, actor=desk.actor, business_id=business_id)
        except Conflict:
            async with services.database.directory_transaction() as conn:
                await delete_membership(conn, desk.account.account_id, business_id)
            raise
    except MiloError as error:
        return await _form(request, services, desk, new, wrong=error.sentence)
    base = f"/dashboard/{new.slug}"
    if address is None:
        return see(f"{base}/knowledge", "business_created")
    await add_site(services, business_id, address, actor=desk.actor)
    return see(f"{base}/knowledge", "reading")


@get("/dashboard/{slug:str}", opt={"access": "member"})
async def business_home(desk: OwnDesk) -> Html:
    """What is new first; before anything is known, where one teaches it."""
    return see(f"{desk.base}/inbox" if desk.business.live_generation else f"{desk.base}/knowledge")


@get("/dashboard/{slug:str}/accent.css", opt={"access": "member"})
async def accent_css(desk: OwnDesk) -> Response[str]:
    """The business's own colour as a stylesheet: the content policy allows no inline style."""
    text = stylesheet(desk.business.accent) if desk.business.accent else ""
    return Response(text, media_type="text/css", headers={"Cache-Control": "private, max-age=86400"})


async def _free_slug(services: Services, name: str) -> str:
    """The name's own, or with a few random figures behind it. The unique key decides in the end."""
    slug = slug_from(name)
    async with services.database.directory_transaction() as conn:
        taken = slug in RESERVED or await find_by_slug(conn, slug) is not None
    return f"{slug}-{token_hex(3)}" if taken else slug


async def _form(
    request: AnyRequest, services: Services, desk: Desk, typed: NewBusiness, wrong: str | None = None
) -> Html:
    async with services.database.directory_transaction() as conn:
        others = await list_memberships(conn, desk.account.account_id)
    return page(
        request,
        "new_business.html",
        status=400 if wrong else 200,
        typed=typed,
        wrong=wrong,
        languages=LANGUAGES,
        zones=time_zones(),
        others=bool(others),
    )


# Words that stand in addresses beside a slug.
RESERVED = {"new", "businesses", HOUSE_SLUG}

HANDLERS = [dashboard, businesses, new_business, set_up, business_home, accent_css]
