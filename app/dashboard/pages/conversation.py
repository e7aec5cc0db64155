"""One conversation: what was said and what each answer rests on, live while it goes on; taking it over and writing in
it; and why an answer was given."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.conversations.inbox import open_conversation
from app.conversations.listing.queries import mark_seen
from app.conversations.model import Conversation
from app.conversations.person.hand_back import hand_back
from app.conversations.person.model import Handler
from app.conversations.person.say import say
from app.conversations.person.take_over import take_over
from app.conversations.record import sentences_of
from app.conversations.why import open_why
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.choices import LANGUAGES
from app.dashboard.forms import field
from app.dashboard.render import HEADERS, Html, page, see
from app.dashboard.talk.queries import last_name_of, read_answer
from app.dashboard.talk.reasons import why_quoted, why_withheld
from app.errors import MiloError, NotFound
from app.leads.read import leads_of_conversation
from app.services import Services

LIVE_MINUTES = 15  # a conversation that was quiet for longer is not asked for again by itself
GONE = "This conversation is not here any more."


@get("/dashboard/{slug:str}/inbox/{conversation_id:uuid}", opt={"access": "member"})
async def conversation(request: AnyRequest, services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID]) -> Html:
    return await _page(request, services, desk, conversation_id)


@get("/dashboard/{slug:str}/inbox/{conversation_id:uuid}/live", opt={"access": "member"})
async def live(
    request: AnyRequest, services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID], seen: FromQuery[str] = ""
) -> Html:
    """The exchange, when something in it has changed since `seen`; otherwise nothing."""
    shown = await _shown(services, desk, conversation_id)
    if shown["mark"] == seen:
        return Response("", status_code=204, headers=HEADERS)
    return page(request, "exchange.html", **shown)


@post("/dashboard/{slug:str}/inbox/{conversation_id:uuid}/take-over", opt={"access": "member"})
async def take(request: AnyRequest, services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID]) -> Html:
    form = await request.form()
    handler = Handler(desk.account.account_id, field(form, "name"))
    try:
        await take_over(
            services.database, services.answers, desk.business_id, conversation_id, handler, services.clock()
        )
    except NotFound:
        raise
    except MiloError as error:
        return await _page(request, services, desk, conversation_id, wrong=error)
    return see(f"{desk.base}/inbox/{conversation_id}", "taken_over")


@post("/dashboard/{slug:str}/inbox/{conversation_id:uuid}/say", opt={"access": "member"})
async def write(request: AnyRequest, services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID]) -> Html:
    form = await request.form()
    text = field(form, "text", longest=20_000)
    form_id = field(form, "form_id")[:64] or uuid4().hex
    handler = Handler(desk.account.account_id, "")
    try:
        await say(
            services.database,
            services.vault,
            desk.business_id,
            conversation_id,
            handler,
            text,
            form_id=form_id,
            now=services.clock(),
        )
    except NotFound:
        raise
    except MiloError as error:
        return await _page(request, services, desk, conversation_id, wrong=error, typed=text)
    return see(f"{desk.base}/inbox/{conversation_id}")


@post("/dashboard/{slug:str}/inbox/{conversation_id:uuid}/hand-back", opt={"access": "member"})
async def give_back(services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID]) -> Html:
    await hand_back(services.database, desk.business_id, conversation_id, by=desk.account.account_id)
    return see(f"{desk.base}/inbox/{conversation_id}", "handed_back")


@get("/dashboard/{slug:str}/inbox/{conversation_id:uuid}/why/{message_id:uuid}", opt={"access": "member"})
async def why(
    request: AnyRequest, services: Parts, desk: OwnDesk, conversation_id: FromPath[UUID], message_id: FromPath[UUID]
) -> Html:
    """What was looked for, what was found, what was held back, what it cost."""
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        row = await read_answer(conn, desk.business_id, conversation_id, message_id)
    if row is None:
        raise NotFound("This answer is not here any more.")
    text = keys.open("messages", "text", row.message_id, row.text_sealed) if row.text_sealed else ""
    asked = ""
    if row.question_sealed is not None and row.question_id is not None:
        asked = keys.open("messages", "text", row.question_id, row.question_sealed)
    reasons = open_why(keys, row.message_id, row.why_sealed) if row.why_sealed is not None else None
    sentences = sentences_of(text, row.citations)
    used = {citation.chunk_no for sentence in sentences for citation in sentence.citations}
    return page(
        request,
        "why.html",
        place="inbox",
        conversation_id=conversation_id,
        answer=row,
        asked=asked,
        spoken=LANGUAGES.get(str(row.details.get("language", "")), row.details.get("language")),
        text=text,
        why=reasons,
        used=used,
        withheld=[(why_withheld(reason), held) for reason, held in reasons.withheld] if reasons else [],
        quoted=why_quoted(row.details.get("quote_reason")),
        details=row.details,
    )


async def _page(
    request: AnyRequest,
    services: Services,
    desk: Desk,
    conversation_id: UUID,
    *,
    wrong: MiloError | None = None,
    typed: str = "",
) -> Html:
    shown = await _shown(services, desk, conversation_id)
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        leads = await leads_of_conversation(conn, keys, desk.business_id, conversation_id)
        name = await last_name_of(conn, desk.business_id, desk.account.account_id)
    return page(
        request,
        "conversation.html",
        status=wrong.status if wrong else 200,
        place="inbox",
        leads=leads,
        name=name or desk.account.email.partition("@")[0].capitalize(),
        form_id=uuid4().hex,
        typed=typed,
        wrong=wrong.sentence if wrong else None,
        **shown,
    )


async def _shown(services: Services, desk: Desk, conversation_id: UUID) -> dict[str, Any]:
    """The exchange and who has it. `mark` changes with everything that the page shows of it."""
    async with desk.transaction() as conn:
        keys = await services.vault.keys(conn, desk.business_id)
        found = await open_conversation(conn, keys, desk.business_id, conversation_id)
        await mark_seen(conn, desk.business_id, conversation_id)
    row = found.row
    mine = row.handled_by == "person" and row.handler_id == desk.account.account_id
    quiet = (services.clock() - row.last_message_at).total_seconds() / 60
    return {
        "conversation": found,
        "mine": mine,
        "theirs": row.handled_by == "person" and not mine,
        "live": quiet < LIVE_MINUTES or row.handled_by == "person" or row.person_asked_at is not None,
        "mark": _mark(found),
    }


def _mark(found: Conversation) -> str:
    last = found.messages[-1] if found.messages else None
    state = f"{last.message_id}.{last.state}" if last else ""
    return f"{len(found.messages)}.{state}.{found.row.handled_by}.{int(found.row.person_asked_at is not None)}"


HANDLERS = [conversation, live, take, write, give_back, why]
