"""Who may pass: every dashboard route goes through `admit` before its handler runs.

Comes in: the session cookie, the slug in the path, and what the route asks for (`opt["access"]`;
a route that asks for nothing gets the strictest). Goes out: a `Desk` in the request's state. Strangers
get the same 404 as for a business that does not exist. Unsafe methods are checked for cross-site
origin and for the synchroniser token.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from app.accounts.model import NONCE_COOKIE, SESSION_COOKIE, Account, Membership, Role, Session
from app.accounts.queries import find_membership
from app.accounts.session import account_actor, csrf_holds, csrf_token, find_session
from app.businesses.model import Business
from app.businesses.queries import read_business
from app.db.pool import Transaction
from app.errors import NotAllowed, NotFound, NotSignedIn
from app.security import hash_token
from app.services import Services
from app.settings import Settings

AnyRequest = Request[Any, Any, Any]
SAFE = {"GET", "HEAD", "OPTIONS"}
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class Access(StrEnum):
    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    MEMBER = "member"  # of the business in the path, owners included
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, and for which business. Pages read it; `transaction` opens that business's rows."""

    session: Session | None
    membership: Membership | None
    found: Business | None
    bound: Transaction | None

    @property
    def account(self) -> Account:
        if self.session is None:
            raise NotSignedIn("Please sign in first.")
        return self.session.account

    @property
    def business(self) -> Business:
        if self.found is None:
            raise NotFound
        return self.found

    @property
    def business_id(self) -> UUID:
        return self.business.business_id

    @property
    def transaction(self) -> Transaction:
        if self.bound is None:
            raise NotFound
        return self.bound

    @property
    def is_owner(self) -> bool:
        return self.membership is not None and self.membership.role == Role.OWNER

    @property
    def actor(self) -> str:
        return account_actor(self.account.account_id)

    @property
    def base(self) -> str:
        return f"/dashboard/{self.business.slug}"


# What handlers write in their signatures: the bundle, and who asks. Made by us, so not validated again.
Parts = NamedDependency[SkipValidation[Services]]
OwnDesk = NamedDependency[SkipValidation[Desk]]


def services_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    """Guards run before dependencies are provided, so the application's state carries the bundle too."""
    services: Services = connection.app.state["services"]
    return services


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of the whole dashboard. Raises NotSignedIn, NotFound or NotAllowed."""
    services = services_of(connection)
    access = Access(handler.opt.get("access", Access.OWNER))
    desk = await _desk(connection, services, access)
    connection.state["desk"] = desk
    if connection.scope["type"] == "http" and connection.scope["method"] not in SAFE:
        assert isinstance(connection, Request)
        await refuse_forgery(connection, services, desk.session)


async def provide_desk(request: AnyRequest) -> Desk:
    """The dependency `desk`: what `admit` found."""
    desk: Desk = request.state["desk"]
    return desk


async def _desk(connection: ASGIConnection[Any, Any, Any, Any], services: Services, access: Access) -> Desk:
    cookie = connection.cookies.get(SESSION_COOKIE)
    if cookie is None and access is Access.ANYONE:
        return Desk(None, None, None, None)
    slug: str | None = connection.path_params.get("slug")
    membership: Membership | None = None
    async with services.database.directory_transaction() as conn:
        session = await find_session(conn, services.signer, cookie, services.clock())
        if session is not None and slug is not None:
            membership = await find_membership(conn, session.account.account_id, slug)
    if session is None and access is not Access.ANYONE:
        raise NotSignedIn("Please sign in first.")
    if access in {Access.ANYONE, Access.SIGNED_IN}:
        return Desk(session, None, None, None)
    if membership is None:
        raise NotFound
    if access is Access.OWNER and membership.role != Role.OWNER:
        raise NotAllowed("Only an owner may do this. Ask one of the owners of this business.", code="owners_only")
    bound = services.database.bound(membership.business_id)
    async with bound() as conn:
        business = await read_business(conn, membership.business_id)
    if business is None:
        raise NotFound
    return Desk(session, membership, business, bound)


async def refuse_forgery(request: AnyRequest, services: Services, session: Session | None) -> None:
    """Both must hold: the browser says the form is of this site, and the form carries this session's token."""
    if not _same_site(request, services.settings):
        raise _forged()
    token = request.headers.get("x-csrf-token")
    if token is None:
        field = (await request.form()).get("csrf")
        token = field if isinstance(field, str) else ""
    bound_to = session.session_hash if session else nonce_hash(request)
    if bound_to is None or not csrf_holds(services.signer, bound_to, token):
        raise _forged()


def nonce_hash(request: AnyRequest) -> bytes | None:
    """Of the sign-in's cookie, which holds the place of a session before there is one."""
    nonce = request.cookies.get(NONCE_COOKIE)
    return hash_token(nonce) if nonce else None


def form_token(services: Services, desk: Desk, nonce: str | None = None) -> str:
    """What a page puts into its forms."""
    if desk.session is not None:
        return desk.session.csrf
    return csrf_token(services.signer, hash_token(nonce)) if nonce else ""


def _same_site(request: AnyRequest, settings: Settings) -> bool:
    """Sec-Fetch-Site decides where the browser sends it. Pages with no-referrer send `Origin: null`."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    return origin in own_origins(settings)


def own_origins(settings: Settings) -> set[str]:
    """The configured address; on this machine also its other names. Never taken from the Host header."""
    public = urlsplit(settings.public_url)
    origins = {f"{public.scheme}://{public.netloc}"}
    if public.hostname in {"127.0.0.1", "localhost", "::1"}:
        port = f":{public.port}" if public.port else ""
        origins |= {f"{public.scheme}://{name}{port}" for name in LOOPBACK}
    return origins


def _forged() -> NotAllowed:
    return NotAllowed(
        "This form was open for too long, or it was not sent from this page. Nothing was changed."
        " Go back, reload the page and send it again.",
        code="form_not_ours",
    )
