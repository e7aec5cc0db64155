"""What every request of the widget passes: whose key, from which page, how often, by which visitor.

Comes in: the request. Goes out: the business and, where asked for, the visitor; or an error in a sentence.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Request

from app.businesses.model import Business
from app.businesses.queries import find_by_widget_key, read_business
from app.channels.web.visitor_token import visitor_of
from app.conversations.model import Visitor
from app.errors import BadInput, NotAllowed, NotFound
from app.limits import Rule, Take
from app.services import Services

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")

# A reader's pace for one visitor; an office or a school behind one address; a busy day for one business.
MESSAGES_OF_VISITOR = Rule("messages-visitor", burst=12, per_minute=20)
MESSAGES_OF_ADDRESS = Rule("messages-address", burst=300, per_minute=600)
MESSAGES_OF_BUSINESS = Rule("messages-business", burst=1000, per_minute=6000)
SESSIONS_OF_ADDRESS = Rule("sessions-address", burst=300, per_minute=600)
LEADS_OF_VISITOR = Rule("leads-visitor", burst=5, per_minute=1)
LEADS_OF_ADDRESS = Rule("leads-address", burst=60, per_minute=30)
OTHERS_OF_ADDRESS = Rule("others-address", burst=300, per_minute=600)

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


# Whose a key is never changes, so it is looked up once; whether it is in force is read with the business each time.
_owners: OrderedDict[str, UUID] = OrderedDict()
KNOWN_KEYS = 10_000  # some 2 MB


async def business_of(services: Services, key: str) -> Business:
    """Raises NotFound for an unknown or revoked key."""
    business_id = _owners.get(key) or await _look_up(services, key)
    return await read(services, business_id, key)


async def read(services: Services, business_id: UUID, key: str | None = None) -> Business:
    async with services.database.business_transaction(business_id) as conn:
        business = await read_business(conn, business_id, widget_key=key)
    if business is None:
        raise _gone()
    return business


async def _look_up(services: Services, key: str) -> UUID:
    async with services.database.directory_transaction() as conn:
        business_id = await find_by_widget_key(conn, key)
    if business_id is None:
        raise _gone()
    _owners[key] = business_id
    if len(_owners) > KNOWN_KEYS:
        _owners.popitem(last=False)
    return business_id


def _gone() -> NotFound:
    return NotFound("This chat is no longer available.", code="unknown_key")


def check_origin(services: Services, request: AnyRequest) -> None:
    """Our frame speaks from our own origin; a script of any other page is refused. No browser, no Origin: passes.

    The list of a business's origins is about embedding (frame-ancestors), not about this: no other page's script
    may use the visitor API.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        raise _foreign()
    if origin is None or site == "same-origin":
        return
    if origin not in _own_origins(services):
        raise _foreign()


def _own_origins(services: Services) -> set[str]:
    public = urlsplit(services.settings.public_url)
    origins = {f"{public.scheme}://{public.netloc}"}
    if public.hostname in LOOPBACK:  # on this machine also under its other names
        port = f":{public.port}" if public.port else ""
        origins |= {f"{public.scheme}://{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    return origins


def _foreign() -> NotAllowed:
    return NotAllowed("This chat can only be used from its own window.", code="foreign_origin")


def bearer(services: Services, request: AnyRequest, business: Business, fallback: str | None = None) -> Visitor:
    """The visitor of the Authorization header; `fallback` for a beacon, which carries no header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else fallback
    return visitor_of(services.signer, business.business_id, given, services.clock())


async def slow_down(
    services: Services,
    request: AnyRequest,
    business: Business,
    *,
    address: Rule,
    visitor: tuple[Rule, Visitor] | None = None,
    whole: Rule | None = None,
) -> None:
    """Raises TooMany when the address, the visitor or the business asks too often."""
    scope = str(business.business_id)
    peer = request.client.host if request.client else None
    takes = [Take(address, scope, services.limiter.subject(peer, request.headers.get("x-forwarded-for")))]
    if visitor is not None:
        takes.append(Take(visitor[0], scope, visitor[1].visitor_id))
    if whole is not None:
        takes.append(Take(whole, scope, "all"))
    await services.limiter.take(*takes)


async def body_as(request: AnyRequest, shape: type[T]) -> T:
    """The JSON body. Raises BadInput; a body over the handler's cap was refused before."""
    raw = await request.body()
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput("The request was not understood.", code="bad_body") from error
