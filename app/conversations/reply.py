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
from uuid import UUID

import anyio
import structlog

from app.conversations.events import Failed, Finished, Started
from app.conversations.model import Message, MessageRow, Question, Visitor
from app.conversations.queries import (
    find_answer,
    find_question,
    finish_answer,
    give_up_answer,
    insert_answering,
    insert_conversation,
    insert_question,
    new_message_ids,
    note_answer,
    read_conversation_row,
    read_message,
    read_messages,
    touch_conversation,
)
from app.conversations.record import open_message, record_of
from app.conversations.running import LISTENER_GRACE, AnswerTasks, RunningAnswer
from app.db.pool import Connection, Database
from app.errors import MiloError, NotFound, Unprocessable
from app.people.identify import identify
from app.vault.keys import BusinessKeys, Vault
from ingestion.ports import FaultPoint, no_fault
from retrieval.model import (
    Answer,
    AnswerEnded,
    AnswerEvent,
    AnswerStarted,
    Asked,
    Knowledge,
    OfferContact,
    Sentence,
    SentenceEnded,
    TextShown,
    Turn,
)

HISTORY_MESSAGES = 6
SAVE_TRIES = (0.2, 1.0, 3.0)  # seconds before each further try: a database that restarts
ELSEWHERE_SECONDS = LISTENER_GRACE + 2  # after so long without this listener another process has ended its answer
log = structlog.get_logger(__name__)

Ask = Callable[[Knowledge, Asked], AsyncGenerator[AnswerEvent, None]]


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    database: Database
    vault: Vault
    answers: AnswerTasks
    ask: Ask
    clock: Callable[[], datetime]
    fault: FaultPoint = no_fault


@dataclass(frozen=True, slots=True)
class Reply:
    """Either `running`, to listen to, or `stored`, to be told again."""

    started: Started
    running: RunningAnswer | None
    stored: Message | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    started: Started
    person_id: UUID
    history: tuple[Turn, ...]
    new: bool


async def reply(ports: ReplyPorts, knowledge: Knowledge, visitor: Visitor, question: Question) -> Reply:
    """The same question again joins or retells its answer and never asks a second time.

    Raises NotFound for a conversation that is not this visitor's, Unprocessable for the same number with other words.
    """
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        begun = await _begin(conn, keys, ports, knowledge.business_id, visitor, question)
    ports.fault("question_stored")
    if not begun.new:
        return await _join(ports, knowledge.business_id, begun.started)

    async def work(running: RunningAnswer) -> None:
        await _answer(ports, keys, knowledge, begun, Asked(question.text, begun.history), running)

    message_id = begun.started.message_id
    return Reply(begun.started, ports.answers.start(knowledge.business_id, begun.person_id, message_id, work))


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
    now = ports.clock()
    conversation_id = question.conversation_id
    history: tuple[Turn, ...] = ()
    if conversation_id is None:
        conversation_id = await insert_conversation(conn, business_id, person_id, channel="web", at=now)
    else:
        row = await read_conversation_row(conn, business_id, conversation_id)
        if row is None or row.person_id != person_id or (visitor.since and row.started_at < visitor.since):
            raise NotFound("This conversation is not here any more.", code="no_conversation")
        earlier = await read_messages(conn, business_id, conversation_id, limit=HISTORY_MESSAGES)
        history = _turns(keys, earlier)
        await touch_conversation(conn, business_id, conversation_id, now)
    ids = await new_message_ids(conn)
    await insert_question(
        conn,
        business_id,
        conversation_id,
        ids.question_id,
        client_message_id=question.client_message_id,
        text_sealed=keys.seal("messages", "text", ids.question_id, question.text),
    )
    await insert_answering(conn, business_id, conversation_id, ids.answer_id, ids.question_id, ports.answers.instance)
    return _Begun(Started(ids.answer_id, conversation_id, ids.question_id), person_id, history, new=True)


def _turns(keys: BusinessKeys, rows: list[MessageRow]) -> tuple[Turn, ...]:
    opened = (open_message(keys, row) for row in rows if row.author in {"visitor", "assistant"})
    return tuple(Turn(message.author, message.text) for message in opened if message.text)


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
    shown = _Shown()
    failed: Failed | None = None
    kept = False
    running.append(begun.started)
    try:
        with running.scope:
            async with aclosing(ports.ask(knowledge, asked)) as events:
                async for event in events:
                    shown.take(event)
                    if isinstance(event, TextShown | SentenceEnded | OfferContact):
                        running.append(event)
    except MiloError as error:
        failed = Failed(error.sentence, retry=error.status in {429, 503})
    except Exception:  # whatever broke: the visitor is told, and the row is closed
        log.exception("answer.broke", message_id=str(running.message_id))
        failed = Failed("Something went wrong on our side. Please ask again.", retry=True)
    finally:
        with anyio.CancelScope(shield=True):
            ports.fault("answer_before_save")
            kept = await _save(ports, keys, knowledge, begun.started, shown)
            ports.fault("answer_after_save")
    if failed is None and not kept:
        failed = Failed("This answer could not be kept. What you read of it holds.", retry=False)
    mode = shown.answer.mode.value if shown.answer is not None else None
    running.append(failed or Finished(running.message_id, shown.status, mode))


class _Shown:
    """What the visitor has been shown so far; a sentence in the making counts as far as it got."""

    def __init__(self) -> None:
        self.whole: list[Sentence] = []
        self.part = ""
        self.offered = False
        self.language: str | None = None
        self.answer: Answer | None = None

    def take(self, event: AnswerEvent) -> None:
        match event:
            case AnswerStarted(language):
                self.language = language
            case TextShown(text):
                self.part += text
            case SentenceEnded(sentence):
                self.whole.append(sentence)
                self.part = ""
            case OfferContact():
                self.offered = True
            case AnswerEnded(answer):
                self.answer = answer

    @property
    def sentences(self) -> list[Sentence]:
        return [*self.whole, Sentence(self.part)] if self.part else self.whole

    @property
    def complete(self) -> bool:
        return self.answer is not None and not self.answer.interrupted

    @property
    def status(self) -> str:
        return self.answer.status.value if self.answer is not None and self.complete else "interrupted"


async def _save(ports: ReplyPorts, keys: BusinessKeys, knowledge: Knowledge, started: Started, shown: _Shown) -> bool:
    """False when the row is gone (erased) or the database stays away."""
    record = record_of(
        shown.sentences,
        generation=knowledge.generation,
        answer=shown.answer,
        offered=shown.offered,
        language=shown.language,
    )
    outcome = shown.answer.status.value if shown.answer is not None and shown.complete else None
    for pause in (*SAVE_TRIES, None):
        try:
            async with ports.database.business_transaction(knowledge.business_id) as conn:
                kept = await finish_answer(
                    conn,
                    knowledge.business_id,
                    started.message_id,
                    state="complete" if shown.complete else "interrupted",
                    outcome=outcome,
                    text_sealed=keys.seal("messages", "text", started.message_id, record.text),
                    citations=record.citations,
                    details=record.details,
                )
                if kept:
                    await note_answer(
                        conn,
                        knowledge.business_id,
                        started.conversation_id,
                        language=record.details["language"],
                        unanswered=outcome == "no_answer",
                    )
            return kept
        except Exception:  # any database trouble: again, the text is only in memory
            log.exception("answer.save_failed", message_id=str(started.message_id))
            if pause is not None:
                await asyncio.sleep(pause)
    return False
