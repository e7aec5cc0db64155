"""The widget's routes. Each translates between the wire and a flow; nothing is decided here.

Exports ROUTES for app/web.py. Paths, fields and events are those of the contract.
"""

from __future__ import annotations

import gzip
from typing import Any
from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import Stream

from app.businesses.queries import find_by_slug, read_widget_key
from app.channels.web import admission
from app.channels.web.admission import AnyRequest, bearer, body_as, business_of, check_origin, slow_down
from app.channels.web.asking import knowledge_of, reply_ports
from app.channels.web.assets import Asset, widget
from app.channels.web.examples import example_questions
from app.channels.web.frame import (
    DEMO_POLICY,
    NO_DEVICES,
    demo_page,
    frame_page,
    frame_policy,
    gone_page,
    spoken_language,
)
from app.channels.web.person_routes import PERSON_ROUTES
from app.channels.web.shapes import LeadIn, MessageIn, SessionIn, StopIn, conversation_out, id_of
from app.channels.web.stream import HEADERS, stream_reply
from app.channels.web.typed_text import typed_text
from app.channels.web.visitor_token import issue
from app.conversations.erase import erase_visitor
from app.conversations.inbox import conversation_of_visitor
from app.conversations.model import Question
from app.conversations.person.queries import end_answer_of
from app.conversations.reply import reply
from app.conversations.trial import is_trial
from app.errors import BadInput, NotFound
from app.leads.capture import CapturePorts, capture_lead
from app.leads.check import check_fields
from app.leads.queries import BusinessOfLead
from app.people.queries import find_person
from app.services import Services

Parts = NamedDependency[SkipValidation[Services]]
SMALL_BODY = 16 * 1024  # 2,000 characters are 12 kB of escaped JSON at most
PRIVATE = {"Cache-Control": "no-store", "Vary": "Origin"}
FOREVER = "public, max-age=31536000, immutable"


@get("/widget.js")
async def loader(request: AnyRequest) -> Response[bytes]:
    """The same for every business. Short-lived, so that an update reaches every page within minutes."""
    headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return _file(request, widget().loader, headers)


@get("/widget/{version:str}/{name:str}")
async def frame_file(request: AnyRequest, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Only listed names: no path of the request reaches the file system."""
    asset = widget().files.get(name)
    if asset is None:
        raise NotFound
    # Another version's page is still open somewhere: it gets today's file, and does not keep it.
    kept = FOREVER if version == widget().version else "no-cache"
    return _file(request, asset, {"Cache-Control": kept})


def _file(request: AnyRequest, asset: Asset, headers: dict[str, str]) -> Response[bytes]:
    headers = {**headers, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.gzipped, headers=headers, media_type=asset.media_type)
    return Response(asset.plain, headers=headers, media_type=asset.media_type)


@get("/w/{key:str}/frame")
async def frame(
    request: AnyRequest, services: Parts, key: FromPath[str], trial: FromQuery[str] = "", ask: FromQuery[str] = ""
) -> Response[bytes]:
    """`trial` and `ask` come from the dashboard: whose chat it is not counted as, and what stands in its line."""
    wanted = request.headers.get("accept-language")
    headers = {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language, Accept-Encoding",
        "Permissions-Policy": NO_DEVICES,
    }
    try:
        business = await business_of(services, key)
    except NotFound:
        headers["Content-Security-Policy"] = frame_policy(None)
        page = gone_page(spoken_language(wanted, "en"))
        return _page(request, page, headers, status=404)
    language = spoken_language(wanted, business.language)
    headers["Content-Security-Policy"] = frame_policy(business)
    examples = await example_questions(services, business, language)
    known = is_trial(services.signer, business.business_id, trial, services.clock())
    # Only for the business's own people: no link of a stranger's puts words into a visitor's line.
    page = frame_page(key, business, language, examples, trial=trial if known else None, ask=ask[:500] if known else "")
    return _page(request, page, headers)


def _page(request: AnyRequest, page: str, headers: dict[str, str], *, status: int = 200) -> Response[bytes]:
    """Compressed at a fast level: it is made anew for every visitor, and says nothing that a guess could probe."""
    body = page.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 5, mtime=0)
        headers = {**headers, "Content-Encoding": "gzip"}
    return Response(body, status_code=status, headers=headers, media_type="text/html")


@post("/w/{key:str}/session", status_code=200, request_max_body_size=SMALL_BODY)
async def session(request: AnyRequest, services: Parts, key: FromPath[str]) -> Response[dict[str, str]]:
    """A token for a new or a known visitor. Nothing is written: an opened chat leaves no trace."""
    check_origin(services, request)
    business = await business_of(services, key)
    await slow_down(services, request, business, address=admission.SESSIONS_OF_ADDRESS)
    given = await body_as(request, SessionIn)
    papers = issue(services.signer, business.business_id, given.visitor, given.proof, services.clock())
    body = {
        "token": papers.token,
        "visitor": papers.visitor_id,
        "proof": papers.proof,
        "expires_at": papers.expires_at.isoformat(),
    }
    return Response(body, headers=PRIVATE)


@post("/w/{key:str}/messages", status_code=200, request_max_body_size=SMALL_BODY)
async def messages(request: AnyRequest, services: Parts, key: FromPath[str]) -> Stream:
    """One question, its answer as events. The same again with Last-Event-ID goes on where it broke."""
    check_origin(services, request)
    business = await business_of(services, key)
    visitor = bearer(services, request, business)
    await slow_down(
        services,
        request,
        business,
        address=admission.MESSAGES_OF_ADDRESS,
        visitor=(admission.MESSAGES_OF_VISITOR, visitor),
        whole=admission.MESSAGES_OF_BUSINESS,
    )
    given = await body_as(request, MessageIn)
    if not 1 <= len(given.client_message_id) <= 64 or not given.client_message_id.isprintable():
        raise BadInput("The message has no number of its own.", code="bad_client_message_id")
    channel = "try" if is_trial(services.signer, business.business_id, given.trial, services.clock()) else "web"
    question = Question(typed_text(given.text), given.client_message_id, id_of(given.conversation), channel)
    answered = await reply(reply_ports(services, business), knowledge_of(business), visitor, question)
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else 0
    return Stream(stream_reply(answered, after), media_type="text/event-stream", headers=HEADERS)


@post("/w/{key:str}/messages/{message_id:uuid}/stop", status_code=200, request_max_body_size=SMALL_BODY)
async def stop(
    request: AnyRequest, services: Parts, key: FromPath[str], message_id: FromPath[UUID]
) -> Response[dict[str, bool]]:
    """In force at once. A page that goes away sends it as a beacon, with the token in the body."""
    check_origin(services, request)
    business = await business_of(services, key)
    await slow_down(services, request, business, address=admission.OTHERS_OF_ADDRESS)
    given = await body_as(request, StopIn)
    visitor = bearer(services, request, business, fallback=given.token)
    running = services.answers.find(business.business_id, message_id)
    async with services.database.business_transaction(business.business_id) as conn:
        keys = await services.vault.keys(conn, business.business_id)
        person_id = await find_person(conn, business.business_id, "web", keys.blind("web", visitor.visitor_id))
        if running is None:
            # Another process may be giving it: it reads the mark within a second.
            ending = person_id and await end_answer_of(conn, business.business_id, message_id, person_id)
            return Response({"stopped": bool(ending)}, headers=PRIVATE)
    if person_id != running.person_id:
        raise NotFound
    running.stop()
    return Response({"stopped": True}, headers=PRIVATE)


@get("/w/{key:str}/conversation")
async def conversation(request: AnyRequest, services: Parts, key: FromPath[str]) -> Response[dict[str, Any]]:
    check_origin(services, request)
    business = await business_of(services, key)
    await slow_down(services, request, business, address=admission.OTHERS_OF_ADDRESS)
    visitor = bearer(services, request, business)
    async with services.database.business_transaction(business.business_id) as conn:
        keys = await services.vault.keys(conn, business.business_id)
        found = await conversation_of_visitor(conn, keys, business.business_id, visitor)
    return Response(conversation_out(found), headers=PRIVATE)


@delete("/w/{key:str}/visitor", status_code=200)
async def forget(request: AnyRequest, services: Parts, key: FromPath[str]) -> Response[dict[str, bool]]:
    check_origin(services, request)
    business = await business_of(services, key)
    await slow_down(services, request, business, address=admission.OTHERS_OF_ADDRESS)
    visitor = bearer(services, request, business)
    await erase_visitor(services.database, services.vault, services.answers, business.business_id, visitor.visitor_id)
    return Response({"erased": True}, headers=PRIVATE)


@post("/w/{key:str}/leads", status_code=201, request_max_body_size=SMALL_BODY)
async def leads(request: AnyRequest, services: Parts, key: FromPath[str]) -> Response[dict[str, str]]:
    """201 means: stored, with the mail to the business beside it. The same key and words give the same answer."""
    check_origin(services, request)
    business = await business_of(services, key)
    visitor = bearer(services, request, business)
    await slow_down(
        services,
        request,
        business,
        address=admission.LEADS_OF_ADDRESS,
        visitor=(admission.LEADS_OF_VISITOR, visitor),
    )
    idempotency_key = request.headers.get("idempotency-key", "")
    if not 1 <= len(idempotency_key) <= 200:
        raise BadInput("The message has no Idempotency-Key.", code="no_idempotency_key")
    given = await body_as(request, LeadIn)
    fields = check_fields(
        name=given.name,
        email=given.email,
        phone=given.phone,
        message=given.message,
        conversation_id=id_of(given.conversation),
        country=business.country,
    )
    ports = CapturePorts(
        database=services.database,
        vault=services.vault,
        doorbell=services.doorbell,
        operator=services.settings.operator_email or "owner@localhost",
        public_url=services.settings.public_url,
        fault=services.fault,
    )
    about = BusinessOfLead(business.slug, business.name, business.language, business.country)
    lead_id = await capture_lead(ports, business.business_id, about, visitor.visitor_id, idempotency_key, fields)
    return Response({"lead": str(lead_id)}, headers=PRIVATE)


@get("/demo/{slug:str}")
async def demo(services: Parts, slug: FromPath[str]) -> Response[str]:
    """A page of ours with the widget on it, to try and to show."""
    async with services.database.directory_transaction() as conn:
        business_id = await find_by_slug(conn, slug)
        key = await read_widget_key(conn, business_id) if business_id else None
    if business_id is None or key is None:
        raise NotFound
    page = demo_page(await admission.read(services, business_id), key)
    headers = {"Content-Security-Policy": DEMO_POLICY, "Cache-Control": "no-cache"}
    return Response(page, headers=headers, media_type="text/html")


ROUTES = [
    Router(
        path="/",
        route_handlers=[
            loader,
            frame_file,
            frame,
            session,
            messages,
            stop,
            conversation,
            forget,
            leads,
            demo,
            *PERSON_ROUTES,
        ],
        include_in_schema=False,
    )
]
