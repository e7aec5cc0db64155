"""The dashboard's whole route table. Every route of the router passes `admit` first; none is discovered.

Pages' errors become pages here: what happened, what is still safe, what to do. Exports ROUTES for
app/web.py; the sample's pages and the static files go with it.
"""

from __future__ import annotations

from typing import Any, cast

import structlog
from litestar import Response, Router, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from app.accounts.model import SESSION_COOKIE
from app.accounts.sign_in import CodeWrong, LinkSpent
from app.dashboard.admission import AnyRequest, Parts, admit, provide_desk
from app.dashboard.pages import (
    businesses,
    conversation,
    facts,
    gaps,
    golden,
    inbox,
    install,
    knowledge,
    leads,
    mailbox,
    model_budget,
    numbers,
    preview,
    proof,
    questions,
    removal,
    settings,
    sign_in,
    source,
    source_settings,
    sources,
    try_it,
)
from app.dashboard.render import STATIC, Html, cookie, page, see, with_headers
from app.errors import MiloError, NotFound, NotSignedIn
from app.sample.routes import ROUTES as SAMPLE

STATIC_FILES = {
    "dashboard.css": "text/css",
    "dashboard.js": "text/javascript",
    "milo.svg": "image/svg+xml",
    "vendor/htmx.min.js": "text/javascript",
}
log = structlog.get_logger(__name__)
TITLES = {401: "Please sign in", 403: "That is not allowed", 404: "There is nothing here", 429: "Too many at once"}


@get(["/static/{name:str}", "/static/vendor/{name:str}"])
async def static_file(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Only the listed files: no path of the request ever reaches the file system."""
    known = name if name in STATIC_FILES else f"vendor/{name}"
    if known not in STATIC_FILES:
        raise NotFound
    return Response(
        (STATIC / known).read_bytes(),
        media_type=STATIC_FILES[known],
        # The pages ask with the content's hash (`?v=`), so what is kept is never old.
        headers={"Cache-Control": "public, max-age=31536000, immutable" if request.url.query else "no-cache"},
    )


@get("/favicon.ico")
async def favicon() -> Response[bytes]:
    """What browsers ask for on pages that name no picture of their own, such as the demo page."""
    kept = {"Cache-Control": "public, max-age=86400"}
    return Response((STATIC / "milo.svg").read_bytes(), media_type="image/svg+xml", headers=kept)


@get("/robots.txt")
async def robots(services: Parts) -> Response[str]:
    """The sample's pages may be read by anybody; what belongs to somebody may not."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/dashboard", "/sign-in", "/mailbox", "/w/", "/demo/"))
    text = f"User-agent: *\n{closed}\nSitemap: {services.settings.public_url}/sample/sitemap.xml\n"
    return Response(text, media_type="text/plain", headers={"Cache-Control": "public, max-age=3600"})


def error_page(request: AnyRequest, error: MiloError) -> Html:
    """A sentence and a way on. A lapsed session leads to the sign-in, also inside htmx."""
    if isinstance(error, NotSignedIn):
        if "hx-request" in request.headers:
            return Response("", status_code=401, media_type="text/html", headers={"HX-Redirect": "/sign-in"})
        if request.method == "GET" and SESSION_COOKIE not in request.cookies:
            return see("/sign-in")
        gone = [cookie(SESSION_COOKIE, value="", max_age=0)]
    else:
        gone = []
    return page(
        request,
        "trouble.html",
        status=error.status,
        cookies=gone,
        headers={"Retry-After": str(error.retry_after)} if error.retry_after else {},
        title=TITLES.get(error.status, "That did not work"),
        sentence=error.sentence,
        action=_way_on(error),
    )


def http_error_page(request: AnyRequest, error: HTTPException) -> Html:
    """What the framework refused: an id that is none, a body that is too large."""
    sentences = {
        404: NotFound().sentence,
        405: "This address does not take that method.",
        413: "That is more than 20 MB, the most that one upload may hold. Nothing was taken.",
    }
    status = 404 if error.status_code == 400 and "path" in str(error.detail).lower() else error.status_code
    return page(
        request,
        "trouble.html",
        status=status,
        title=TITLES.get(status, "That did not work"),
        sentence=sentences.get(status, "The page did not understand that. Nothing was changed. Go back and try again."),
        action=_way_back(request),
    )


def unexpected_page(request: AnyRequest, error: Exception) -> Html:
    """A defect of ours: logged with its trace, told without it."""
    route = cast(dict[str, Any], request.scope).get("path_template")
    log.error("dashboard.error", method=request.method, route=route, exc_info=error)
    return page(
        request,
        "trouble.html",
        status=500,
        title="Something went wrong on our side",
        sentence="Nothing was lost. Please try again; if it stays like this, tell whoever runs this Milo the time.",
        action={"address": "/dashboard", "word": "Go to your dashboard"},
    )


def _way_back(request: AnyRequest) -> dict[str, str]:
    sources, _, rest = request.url.path.partition("/knowledge/files")
    if request.method == "POST" and sources.startswith("/dashboard/") and not rest:
        return {"address": f"{sources}/knowledge", "word": "Back to your sources"}
    return {"address": "/dashboard", "word": "Go to your dashboard"}


def _way_on(error: MiloError) -> dict[str, str] | None:
    if isinstance(error, NotSignedIn):
        return {"address": "/sign-in", "word": "Sign in"}
    if isinstance(error, LinkSpent | CodeWrong):
        return {"address": "/sign-in", "word": "Ask for a new link"}
    if isinstance(error, NotFound):
        return {"address": "/dashboard", "word": "Go to your dashboard"}
    return None


TROUBLE: dict[type[Exception] | int, Any] = {
    MiloError: error_page,
    HTTPException: http_error_page,
    Exception: unexpected_page,
}
PAGES = Router(
    path="/",
    route_handlers=[
        *sign_in.HANDLERS,
        *businesses.HANDLERS,
        *knowledge.HANDLERS,
        *source.HANDLERS,
        *source_settings.HANDLERS,
        *preview.HANDLERS,
        *sources.HANDLERS,
        *removal.HANDLERS,
        *proof.HANDLERS,
        *facts.HANDLERS,
        *questions.HANDLERS,
        *gaps.HANDLERS,
        *golden.HANDLERS,
        *try_it.HANDLERS,
        *install.HANDLERS,
        *inbox.HANDLERS,
        *conversation.HANDLERS,
        *leads.HANDLERS,
        *numbers.HANDLERS,
        *settings.HANDLERS,
        *model_budget.HANDLERS,
        *mailbox.HANDLERS,
    ],
    guards=[admit],
    dependencies={"desk": Provide(provide_desk)},
    exception_handlers=TROUBLE,
    after_request=with_headers,
    include_in_schema=False,
)
PUBLIC = Router(
    path="/",
    route_handlers=[static_file, favicon, robots, *SAMPLE],
    exception_handlers=TROUBLE,
    include_in_schema=False,
)
ROUTES = [PAGES, PUBLIC]
