"""One route, for the owner's CMS: POST /hooks/{token}. No session, no cookie, no form. Exports ROUTES for app/web.py.

Whoever has the address may ask for one reading a minute of one source, and learns nothing of it. An address that is
none, was revoked or never was answers the same.
"""

from __future__ import annotations

import json
from typing import Any, cast

from litestar import Request, Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from app.errors import BadInput, NotFound
from app.knowledge.hooks.ring import Rung, ring_hook
from app.limits import Rule, Take
from app.services import Services

Parts = NamedDependency[SkipValidation[Services]]
AnyRequest = Request[Any, Any, Any]
BODY = 64 * 1024
MOST_URLS, LONGEST_URL = 100, 2000
RULE = Rule("hook", 60, 60)  # of one address on the net: guesses come to nothing, and cost next to nothing
UNKNOWN = "There is nothing here."


@post("/hooks/{token:str}", status_code=202, request_max_body_size=BODY)
async def ring(request: AnyRequest, services: Parts, token: FromPath[str]) -> Response[dict[str, Any]]:
    """A body is taken when it is JSON with `urls`; whatever else a CMS sends along is not looked at."""
    peer = request.client.host if request.client else None
    subject = services.limiter.subject(peer, request.headers.get("x-forwarded-for"))
    await services.limiter.take(Take(RULE, "hooks", subject))
    rung = await ring_hook(services, token, _urls(await request.body()))
    if rung is None:
        raise NotFound(UNKNOWN)
    return Response(_told(rung), status_code=202, headers={"Cache-Control": "no-store"})


def _urls(body: bytes) -> list[str] | None:
    """None: the whole source. Raises BadInput for `urls` that are no list of addresses."""
    try:
        sent: Any = json.loads(body) if body.lstrip()[:1] == b"{" else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(sent, dict) or "urls" not in sent:
        return None
    urls = cast(dict[str, object], sent)["urls"]
    listed = cast(list[object], urls) if isinstance(urls, list) else None
    if listed is None or not all(isinstance(url, str) and len(url) <= LONGEST_URL for url in listed):
        raise BadInput("“urls” takes a list of addresses.", code="bad_urls")
    if len(listed) > MOST_URLS:
        raise BadInput(
            f"“urls” takes at most {MOST_URLS} addresses. Without it, the whole site is read.", code="bad_urls"
        )
    return [str(url) for url in listed]


def _told(rung: Rung) -> dict[str, Any]:
    told: dict[str, Any] = {"status": "waiting", "reads_at": rung.at.isoformat(timespec="seconds")}
    if rung.taken is not None:
        told |= {"taken": rung.taken, "ignored": rung.ignored}
    return told


ROUTES = [Router("/", route_handlers=[ring], include_in_schema=False)]
