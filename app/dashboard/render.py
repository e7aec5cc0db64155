"""Templates to responses: pages, parts of pages, redirects. One strict content policy for all of them.

Jinja with autoescape and undefined names as errors; nothing here knows a feature. `said` codes travel
in the address (the dashboard keeps no flash cookie) and only known ones become a sentence.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import MediaType, Response
from litestar.datastructures import Cookie
from markupsafe import Markup

from app.dashboard import formats
from app.dashboard.admission import AnyRequest, Desk, form_token, services_of
from app.dashboard.said import SAID

ROOM = Path(__file__).parent
STATIC = ROOM / "static"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# What every answer of the dashboard carries unless it says otherwise.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Html = Response[str]


def page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    cookies: list[Cookie] | None = None,
    headers: dict[str, str] | None = None,
    nonce: str | None = None,
    **context: Any,
) -> Html:
    """Renders a template with the request's desk. Never cached: it is somebody's own page."""
    desk: Desk = request.state.get("desk") or Desk(None, None, None, None)
    services = services_of(request)
    said = request.query_params.get("said")
    text = (
        environment()
        .get_template(template)
        .render(
            desk=desk,
            path=request.url.path,
            now=services.clock(),
            zone=desk.found.time_zone if desk.found else "UTC",
            embedded=services.settings.embedded,
            csrf=form_token(services, desk, nonce),
            said=SAID.get(said) if said else None,
            **context,
        )
    )
    # Not left to after_request: the answers of exception handlers do not pass there.
    return Response(
        text,
        media_type=MediaType.HTML,
        status_code=status,
        cookies=cookies or [],
        headers=HEADERS | (headers or {}),
    )


def see(address: str, said: str | None = None, *, cookies: list[Cookie] | None = None) -> Html:
    """After a POST: look there. `address` is a path of ours."""
    assert address.startswith("/") and not address.startswith("//")
    where = f"{address}{'&' if '?' in address else '?'}said={said}" if said else address
    return Response(
        "", media_type=MediaType.HTML, status_code=303, headers=HEADERS | {"Location": where}, cookies=cookies or []
    )


async def with_headers(response: Response[Any]) -> Response[Any]:
    """For the few answers that are no page: a table, a stylesheet."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=asset)
    filters: dict[str, Any] = {
        "when": _when,
        "number": _number,
        "size": formats.size,
        "plural": formats.plural,
        "duration": formats.duration,
        "laid_out": formats.laid_out,
        "place": formats.place,
        "host": formats.host,
        "phone": formats.phone,
    }
    made.filters.update(filters)
    return made


@cache
def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@pass_context
def _when(context: Context, moment: datetime | None) -> Markup:
    return formats.when(moment, context["now"], context["zone"])


@pass_context
def _number(context: Context, value: int) -> str:
    desk: Desk = context["desk"]
    return formats.number(value, desk.found.language if desk.found else "en")


cookie = partial(Cookie, path="/", secure=True, httponly=True, samesite="lax")  # what `__Host-` asks for
