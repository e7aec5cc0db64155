"""The widget's routes to a person of the business and back. Each translates between the wire and a flow.

Exports PERSON_ROUTES for the router of routes.py.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from app.channels.web import admission
from app.channels.web.admission import AnyRequest, bearer, body_as, business_of, check_origin, slow_down
from app.channels.web.asking import told_of
from app.channels.web.shapes import ConversationIn
from app.conversations.person.ask import ask_for_person
from app.conversations.person.hand_back import hand_back
from app.conversations.queries import insert_conversation, read_conversation_row
from app.errors import NotFound
from app.people.identify import identify
from app.people.queries import find_person
from app.services import Services

Parts = NamedDependency[SkipValidation[Services]]
SMALL_BODY = 1024
PRIVATE = {"Cache-Control": "no-store", "Vary": "Origin"}


@post("/w/{key:str}/person", status_code=200, request_max_body_size=SMALL_BODY)
async def person(request: AnyRequest, services: Parts, key: FromPath[str]) -> Response[dict[str, Any]]:
    """The visitor wants a person. The business is told once; asking again changes nothing."""
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
    given = (await body_as(request, ConversationIn)).conversation_id()
    now = services.clock()
    async with services.database.business_transaction(business.business_id) as conn:
        keys = await services.vault.keys(conn, business.business_id)
        person_id = await identify(conn, keys, business.business_id, "web", visitor.visitor_id)
        if given is None:
            given = await insert_conversation(conn, business.business_id, person_id, channel="web", at=now)
        row = await read_conversation_row(conn, business.business_id, given)
        if row is None or row.person_id != person_id or (visitor.since and row.started_at < visitor.since):
            raise NotFound("This conversation is not here any more.", code="no_conversation")
        ref = await ask_for_person(conn, keys, business.business_id, told_of(services, business), given, now)
    if ref is not None:
        await services.doorbell.ring(ref)
    return Response({"conversation": str(given), "asked": ref is not None}, headers=PRIVATE)


@post("/w/{key:str}/assistant", status_code=200, request_max_body_size=SMALL_BODY)
async def assistant(request: AnyRequest, services: Parts, key: FromPath[str]) -> Response[dict[str, bool]]:
    """The visitor does not want to wait for a person: the assistant answers again."""
    check_origin(services, request)
    business = await business_of(services, key)
    await slow_down(services, request, business, address=admission.OTHERS_OF_ADDRESS)
    visitor = bearer(services, request, business)
    given: UUID | None = (await body_as(request, ConversationIn)).conversation_id()
    async with services.database.business_transaction(business.business_id) as conn:
        keys = await services.vault.keys(conn, business.business_id)
        person_id = await find_person(conn, business.business_id, "web", keys.blind("web", visitor.visitor_id))
    if given is None or person_id is None:
        raise NotFound("This conversation is not here any more.", code="no_conversation")
    await hand_back(services.database, business.business_id, given, by=None, person_id=person_id)
    return Response({"assistant": True}, headers=PRIVATE)


PERSON_ROUTES = [person, assistant]
