"""The landing page and the way in: ask for a link, open it, confirm by button, sign out.

GET never signs anybody in (mail scanners follow links). The nonce cookie ties a link to the browser
that asked; it lives ten minutes and is gone after the sign-in.
"""

from __future__ import annotations

from litestar import get, post

from app.accounts.model import LINK_LIFE, NONCE_COOKIE, SESSION_COOKIE, SESSION_LIFE
from app.accounts.queries import delete_session, delete_sessions_of
from app.accounts.request_link import request_link
from app.accounts.sign_in import CodeNeeded, pairing_code, sign_in
from app.businesses.model import HOUSE_BUSINESS_ID
from app.businesses.queries import find_by_slug
from app.dashboard.admission import AnyRequest, OwnDesk, Parts, nonce_hash
from app.dashboard.forms import field
from app.dashboard.mailbox import mailbox_open
from app.dashboard.render import Html, cookie, page, see
from app.errors import BadInput
from app.sample.ensure import SAMPLE_SLUG
from app.security import hash_token, new_token

NO_REFERRER = {"Referrer-Policy": "no-referrer"}
NONCE_SECONDS = int(LINK_LIFE.total_seconds())


@get("/", opt={"access": "anyone"})
async def landing(request: AnyRequest, services: Parts) -> Html:
    async with services.database.directory_transaction() as conn:
        sample = await find_by_slug(conn, SAMPLE_SLUG)
    return page(request, "landing.html", sample=sample is not None)


@get("/sign-in", opt={"access": "anyone"})
async def sign_in_form(request: AnyRequest) -> Html:
    return _form(request)


@post("/sign-in", opt={"access": "anyone"})
async def ask_for_link(request: AnyRequest, services: Parts) -> Html:
    typed = field(await request.form(), "email")
    nonce = request.cookies.get(NONCE_COOKIE) or new_token()
    try:
        await request_link(
            services.database,
            services.vault,
            services.doorbell,
            services.limiter,
            services.settings,
            house=HOUSE_BUSINESS_ID,
            typed=typed,
            nonce_hash=hash_token(nonce),
            client=services.limiter.subject(
                request.client.host if request.client else None, request.headers.get("x-forwarded-for")
            ),
            now=services.clock(),
        )
    except BadInput as error:
        return _form(request, typed=typed, wrong=error.sentence)
    return see("/sign-in/sent", cookies=[cookie(NONCE_COOKIE, value=nonce, max_age=NONCE_SECONDS)])


@get("/sign-in/sent", opt={"access": "anyone"})
async def link_sent(request: AnyRequest, services: Parts) -> Html:
    """The same for every address, known or not, allowed or over its limit."""
    bound_to = nonce_hash(request)
    return page(
        request,
        "link_sent.html",
        code=pairing_code(services.signer, bound_to) if bound_to else None,
        mailbox=mailbox_open(request, services.settings),
        headers=NO_REFERRER,
    )


@get("/sign-in/open", opt={"access": "anyone"})
async def open_link(request: AnyRequest) -> Html:
    """A button and no more; the token is behind the # and never reaches us by GET."""
    return _open_form(request)


@post("/sign-in/open", opt={"access": "anyone"})
async def confirm_link(request: AnyRequest, services: Parts) -> Html:
    form = await request.form()
    token = field(form, "token").rpartition("#")[2]
    try:
        opened = await sign_in(
            services.database,
            services.signer,
            token=token,
            nonce=request.cookies.get(NONCE_COOKIE),
            code=field(form, "code"),
            now=services.clock(),
        )
    except CodeNeeded as needed:
        return _open_form(request, token=token, wrong=needed.sentence)
    return see(
        "/dashboard",
        cookies=[
            cookie(SESSION_COOKIE, value=opened.cookie, max_age=int(SESSION_LIFE.total_seconds())),
            cookie(NONCE_COOKIE, value="", max_age=0),
        ],
    )


@post("/sign-out", opt={"access": "signed_in"})
async def sign_out(services: Parts, desk: OwnDesk) -> Html:
    assert desk.session is not None
    async with services.database.directory_transaction() as conn:
        await delete_session(conn, desk.session.session_hash)
    return see("/", "signed_out", cookies=[cookie(SESSION_COOKIE, value="", max_age=0)])


@post("/sign-out/everywhere", opt={"access": "signed_in"})
async def sign_out_everywhere(services: Parts, desk: OwnDesk) -> Html:
    async with services.database.directory_transaction() as conn:
        await delete_sessions_of(conn, desk.account.account_id)
    return see("/", "signed_out_everywhere", cookies=[cookie(SESSION_COOKIE, value="", max_age=0)])


def _form(request: AnyRequest, *, typed: str = "", wrong: str | None = None) -> Html:
    nonce = request.cookies.get(NONCE_COOKIE) or new_token()
    return page(
        request,
        "sign_in.html",
        status=400 if wrong else 200,
        nonce=nonce,
        cookies=[cookie(NONCE_COOKIE, value=nonce, max_age=NONCE_SECONDS)],
        headers=NO_REFERRER,
        typed=typed,
        wrong=wrong,
    )


def _open_form(request: AnyRequest, *, token: str = "", wrong: str | None = None) -> Html:
    nonce = request.cookies.get(NONCE_COOKIE) or new_token()
    return page(
        request,
        "open_link.html",
        status=403 if wrong else 200,
        nonce=nonce,
        cookies=[cookie(NONCE_COOKIE, value=nonce, max_age=NONCE_SECONDS)],
        headers=NO_REFERRER,
        token=token,
        wrong=wrong,
        needs_code=wrong is not None,
    )


HANDLERS = [
    landing,
    sign_in_form,
    ask_for_link,
    link_sent,
    open_link,
    confirm_link,
    sign_out,
    sign_out_everywhere,
]
