"""Makes the Litestar application from the services: the whole route table, errors, headers.

Rooms at the edge export their handlers as ROUTES; nothing is discovered. Errors that a person can
read (MiloError) become JSON, unless a room has a page for them; anything else is logged and answered
with one plain sentence. Called by `milo serve` and by the tests.
"""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.types import ASGIApp, Receive, Scope, Send

from app.channels.hooks.routes import ROUTES as HOOKS
from app.channels.mail.routes import ROUTES as MAIL
from app.channels.operator.routes import ROUTES as OPERATOR
from app.channels.web.routes import ROUTES as WEB_CHANNEL
from app.dashboard.routes import ROUTES as DASHBOARD
from app.dashboard.routes import http_error_page
from app.errors import MiloError, NotFound
from app.health.routes import ROUTES as HEALTH
from app.services import Services

MAX_BODY = 21 * 1024 * 1024  # a document of 20 MB and its form
log = structlog.get_logger(__name__)

AnyRequest = Request[Any, Any, Any]


def create_app(services: Services) -> Litestar:
    """The services outlive the application; whoever opened them closes them."""
    return Litestar(
        route_handlers=[*HEALTH, *WEB_CHANNEL, *HOOKS, *MAIL, *OPERATOR, *DASHBOARD],
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        state=State({"services": services}, deep_copy=False),  # for guards, which run before dependencies are provided
        exception_handlers={MiloError: _plain_error, HTTPException: _http_error, Exception: _unexpected},
        middleware=[_without_nul],
        after_request=_default_headers,
        request_max_body_size=MAX_BODY,
        # The owners' API is described there; pages and the widget's routes are not part of it.
        openapi_config=OpenAPIConfig(title="Milo", version="1", path="/schema"),
        logging_config=None,
        debug=False,
    )


def _without_nul(app: ASGIApp) -> ASGIApp:
    """No address of ours holds a NUL, and no text of the database can: it is not there, whatever it leads to."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            raise NotFound
        await app(scope, receive, send)

    return answer


async def _default_headers(response: Response[Any]) -> Response[Any]:
    """What a room did not set itself: nothing may frame, sniff or leak the address."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def _plain_error(_: AnyRequest, error: MiloError) -> Response[dict[str, str]]:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return _answer(error.status, error.sentence, error.code, headers)


def _http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if error.status_code == 404 and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return http_error_page(request, error)  # a person mistyped an address
    sentences = {
        404: "There is nothing here.",
        405: "This address does not take that method.",
        413: "That is too large.",
    }
    sentence = sentences.get(error.status_code, "The request was not understood.")
    if error.status_code >= 500:
        log.error("web.http_error", status=error.status_code, error=type(error).__name__)
        sentence = "Something went wrong on our side. Nothing was lost; please try again."
    return _answer(error.status_code, sentence, f"http_{error.status_code}", dict(error.headers or {}))


def _unexpected(request: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    log.error("web.error", method=request.method, route=str(request.scope["path_template"]), exc_info=error)
    return _answer(500, "Something went wrong on our side. Nothing was lost; please try again.", "internal", {})


def _answer(status: int, sentence: str, code: str, headers: dict[str, str]) -> Response[dict[str, str]]:
    return Response({"error": sentence, "code": code}, status_code=status, headers=headers)
