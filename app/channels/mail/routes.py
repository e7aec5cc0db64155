"""Where providers tell of mail that came in: POST /inbound/resend and /inbound/sendgrid. Exports ROUTES for app/web.py.

Without a setting for a provider its address is not there. A bad signature is 403 and says nothing; whatever was signed
gets 200, also what is of no use to us: a provider repeats anything else for days.
"""

from __future__ import annotations

import hmac
from typing import Any

import structlog
from litestar import Request, Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from app.channels.mail.resend import read_notice
from app.channels.mail.sendgrid import read_post
from app.channels.mail.signatures import signed_by_resend, signed_by_sendgrid
from app.errors import NotFound
from app.gaps.mail.model import Received
from app.gaps.mail.receive import receive_reply
from app.limits import Rule, Take
from app.services import Services

Parts = NamedDependency[SkipValidation[Services]]
AnyRequest = Request[Any, Any, Any]
NOTICE = 256 * 1024
MAIL = 32 * 1024 * 1024  # SendGrid takes mails of 20 MB and adds their text
RULE = Rule("inbound", 120, 60)  # of one address on the net
log = structlog.get_logger(__name__)


@post("/inbound/resend", status_code=200, request_max_body_size=NOTICE)
async def resend(request: AnyRequest, services: Parts) -> Response[bytes]:
    settings = services.settings
    if settings.reply_domain is None or settings.resend_inbound_secret is None:
        raise NotFound
    await _slow_down(request, services)
    body = await request.body()
    notice = signed_by_resend(settings.resend_inbound_secret.reveal(), request.headers, body, services.clock())
    if notice is None:
        return _refused("resend")
    return await _taken(services, read_notice(body, notice, settings.reply_domain))


@post("/inbound/sendgrid", status_code=200, request_max_body_size=MAIL)
async def sendgrid(request: AnyRequest, services: Parts) -> Response[bytes]:
    settings = services.settings
    if settings.reply_domain is None or settings.sendgrid_inbound_key is None:
        raise NotFound
    await _slow_down(request, services)
    body = await request.body()
    if not signed_by_sendgrid(settings.sendgrid_inbound_key, request.headers, body, services.clock()):
        return _refused("sendgrid")
    content_type = request.headers.get("content-type", "")
    return await _taken(services, read_post(content_type, body, settings.reply_domain))


@post("/inbound/sendgrid/{path:str}", status_code=200, request_max_body_size=MAIL)
async def sendgrid_by_path(request: AnyRequest, services: Parts, path: FromPath[str]) -> Response[bytes]:
    """For an account without security policies: whoever knows the address is SendGrid."""
    settings = services.settings
    secret = settings.sendgrid_inbound_path
    await _slow_down(request, services)
    # With a key set, nobody gets round it.
    known = secret is not None and hmac.compare_digest(secret.reveal().encode(), path.encode())
    if settings.reply_domain is None or settings.sendgrid_inbound_key is not None or not known:
        raise NotFound
    content_type = request.headers.get("content-type", "")
    return await _taken(services, read_post(content_type, await request.body(), settings.reply_domain))


async def _taken(services: Services, received: Received | None) -> Response[bytes]:
    if received is not None:
        await receive_reply(services, received)
    return Response(b"", media_type="text/plain", headers={"Cache-Control": "no-store"})


async def _slow_down(request: AnyRequest, services: Services) -> None:
    peer = request.client.host if request.client else None
    subject = services.limiter.subject(peer, request.headers.get("x-forwarded-for"))
    await services.limiter.take(Take(RULE, "inbound", subject))


def _refused(provider: str) -> Response[bytes]:
    log.warning("inbound.refused", provider=provider)
    return Response(b"", status_code=403, media_type="text/plain")


ROUTES = [Router("/", route_handlers=[resend, sendgrid, sendgrid_by_path], include_in_schema=False)]
