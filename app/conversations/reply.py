"""Answers one message of a visitor, in four steps that never overlap.

Comes in: a question and who asks. Goes out: a Reply to listen to. (1) a short transaction stores the question, an
`answering` row and reads the history; (2, 3) retrieval embeds, searches and streams without a transaction
of ours; (4) shielded from cancellation, a short transaction stores what was shown. Called by the channels.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import anyio
import structlog

from app.conversations.events import Failed, Finished, Started
from app.conversations.model import Message, MessageRow, Question, Visitor
from app.conversations.person.ask import Told
from app.conversations.person.model import HandledBy, Note
from app.conversations.person.queries import give_to_assistant, insert_note, lock_handling
from app.conversations.queries import (
    begin_conversation,
    continue_conversation,
    find_answer,
    find_question,
    give_up_answer,
    insert_exchange,
    insert_question,
    read_message,
    read_messages,
)
from app.conversations.record import open_message
from app.conversations.running import LISTENER_GRACE, AnswerTasks, RunningAnswer
from app.conversations.save import Saved, SavePorts, Shown, save
from app.conversations.watch import watch
from app.db.pool import Connection, Database
from app.errors import MiloError, NotFound, Unprocessable
from app.jobs.doorbell import Doorbell
from app.people.identify import identify
from app.usage.prices import Prices
from app.vault.keys import BusinessKeys, Vault
from ingestion.ports import FaultPoint, no_fault
from retrieval.model import AnswerEvent, Asked, Knowledge, OfferContact, PersonWished, SentenceEnded, TextShown, Turn

HISTORY_MESSAGES = 6
ELSEWHERE_SECONDS = LISTENER_GRACE + 2  # after so long without this listener another process has ended its answer
log = structlog.get_logger(__name__)

Ask = Callable[[Knowledge, Asked, UUID], AsyncGenerator[AnswerEvent, None]]  # the last: the visitor's person


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    database: Database
    vault: Vault
    answers: AnswerTasks
    doorbell: Doorbell
    prices: Prices
    told: Told  # who of the business hears of a visitor who asks for a person
    ask: Ask
    clock: Callable[[], datetime]
    fault: FaultPoint = no_fault

    @property
    def saving(self) -> SavePorts:
        return SavePorts(self.database, self.told, self.prices, self.clock)


@dataclass(frozen=True, slots=True)
class Reply:
    """Either `running`, to listen to, or `stored`, to be told again, or neither: a person of the business answers."""

    started: Started
    running: RunningAnswer | None
    stored: Message | None = None

    @property
    def with_person(self) -> bool:
        return self.running is None and self.stored is None


@dataclass(frozen=True, slots=True)
class _Begun:
    started: Started
    person_id: UUID
    history: tuple[Turn, ...]
    new: bool
    with_person: bool = False


async def reply(ports: ReplyPorts, knowledge: Knowledge, visitor: Visitor, question: Question) -> Reply:
    """The same question again joins or retells its answer and never asks a second time.

    Raises NotFound for a conversation that is not this visitor's, Unprocessable for the same number with other words.
    """
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        begun = await _begin(conn, keys, ports, knowledge.business_id, visitor, question)
    ports.fault("question_stored")
    if begun.with_person:
        return Reply(begun.started, None)
    if not begun.new:
        return await _join(ports, knowledge.business_id, begun.started)

    async def work(running: RunningAnswer) -> None:
        await _answer(ports, keys, knowledge, begun, Asked(question.text, begun.history), running)

    business_id, message_id = knowledge.business_id, begun.started.message_id
    look = partial(watch, ports.database, ports.answers, business_id)
    return Reply(begun.started, ports.answers.start(business_id, begun.person_id, message_id, work, look))


async def _begin(
    conn: Connection, keys: BusinessKeys, ports: ReplyPorts, business_id: UUID, visitor: Visitor, question: Question
) -> _Begun:
    # Locks the person: two copies of one message go one after the other, and the second finds the first.
    person_id = await identify(conn, keys, business_id, "web", visitor.visitor_id)
    asked = await find_question(conn, business_id, person_id, question.client_message_id, visitor.since)
    if asked is not None:
        if open_message(keys, asked).text != question.text:
            raise Unprocessable("This message number was used for other words.", code="message_reused")
        answer = await find_answer(conn, business_id, asked.message_id)
        if answer is not None:
            started = Started(answer.message_id, asked.conversation_id, asked.message_id)
            return _Begun(started, person_id, (), new=False)
        return _with_person(asked.message_id, asked.conversation_id, person_id)
    now = ports.clock()
    history: tuple[Turn, ...] = ()
    with_person = False
    if question.conversation_id is None:
        ids = await begin_conversation(conn, business_id, person_id, channel=question.channel, at=now)
    else:
        conversation_id = question.conversation_id
        row = await lock_handling(conn, business_id, conversation_id)
        if row is None or row.person_id != person_id or (visitor.since and row.started_at < visitor.since):
            raise NotFound("This conversation is not here any more.", code="no_conversation")
        with_person = row.with_person(now)
        if row.handled_by == HandledBy.PERSON and not with_person:
            await give_to_assistant(conn, business_id, conversation_id)
            await insert_note(conn, business_id, conversation_id, Note.LEFT, name=row.handler_name)
        earlier = await read_messages(conn, business_id, conversation_id, limit=HISTORY_MESSAGES)
        history = _turns(keys, earlier)
        ids = await continue_conversation(conn, business_id, conversation_id, now)
    sealed = keys.seal("messages", "text", ids.question_id, question.text)
    number = question.client_message_id
    if with_person:
        await insert_question(conn, business_id, ids, client_message_id=number, text_sealed=sealed)
        return _with_person(ids.question_id, ids.conversation_id, person_id)
    await insert_exchange(
        conn, business_id, ids, client_message_id=number, text_sealed=sealed, instance=ports.answers.instance
    )
    return _Begun(Started(ids.answer_id, ids.conversation_id, ids.question_id), person_id, history, new=True)


def _with_person(question_id: UUID, conversation_id: UUID, person_id: UUID) -> _Begun:
    return _Begun(Started(question_id, conversation_id, question_id), person_id, (), new=False, with_person=True)


def _turns(keys: BusinessKeys, rows: list[MessageRow]) -> tuple[Turn, ...]:
    """What a person of the business wrote is an earlier answer to the model, and like one no evidence."""
    opened = (open_message(keys, row) for row in rows if row.author != "system")
    return tuple(
        Turn("visitor" if message.author == "visitor" else "assistant", message.text)
        for message in opened
        if message.text
    )


async def _join(ports: ReplyPorts, business_id: UUID, started: Started) -> Reply:
    """The running answer of this process, or the row of a finished one.

    A row that is being answered by another process is waited for: without this listener that process ends
    its answer within ten seconds. If it is still open then, that process is dead.
    """
    waited = 0.0
    while True:
        running = ports.answers.find(business_id, started.message_id)
        if running is not None:
            return Reply(started, running)
        async with ports.database.business_transaction(business_id) as conn:
            row = await read_message(conn, business_id, started.message_id)
            if row is None:
                raise NotFound("This conversation is not here any more.", code="no_conversation")
            if row.state != "answering":
                return Reply(started, None, open_message(await ports.vault.keys(conn, business_id), row))
            own = row.details.get("instance") == ports.answers.instance
            if waited >= (2 if own else ELSEWHERE_SECONDS):
                await give_up_answer(conn, business_id, started.message_id)
        await asyncio.sleep(0.1)
        waited += 0.1


async def _answer(
    ports: ReplyPorts, keys: BusinessKeys, knowledge: Knowledge, begun: _Begun, asked: Asked, running: RunningAnswer
) -> None:
    shown = Shown()
    failed: Failed | None = None
    saved = Saved(kept=False)
    running.append(begun.started)
    try:
        with running.scope:
            async with aclosing(ports.ask(knowledge, asked, begun.person_id)) as events:
                async for event in events:
                    shown.take(event)
                    if isinstance(event, TextShown | SentenceEnded | PersonWished | OfferContact):
                        running.append(event)
    except MiloError as error:
        failed = Failed(error.sentence, retry=error.status in {429, 503})
    except Exception:  # whatever broke: the visitor is told, and the row is closed
        log.exception("answer.broke", message_id=str(running.message_id))
        failed = Failed("Something went wrong on our side. Please ask again.", retry=True)
    finally:
        with anyio.CancelScope(shield=True):
            ports.fault("answer_before_save")
            saved = await save(ports.saving, keys, knowledge, begun.started, shown)
            ports.fault("answer_after_save")
            for ref in saved.refs:
                await ports.doorbell.ring(ref)
    if failed is None and not saved.kept:
        failed = Failed("This answer could not be kept. What you read of it holds.", retry=False)
    mode = shown.answer.mode.value if shown.answer is not None else None
    running.append(failed or Finished(running.message_id, shown.status, mode))
