"""A person in the conversation: asked for, taking over, writing, handing back; the assistant never talks over them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.conversations.inbox import conversation_of_visitor, open_conversation
from app.conversations.model import Conversation, Question, Visitor
from app.conversations.person.ask import ask_for_person
from app.conversations.person.hand_back import hand_back
from app.conversations.person.model import HANDLER_IDLE, Handler
from app.conversations.person.queries import count_waiting, end_answer_of, find_ended
from app.conversations.person.say import say
from app.conversations.person.take_over import take_over
from app.conversations.reply import Reply, ReplyPorts, reply
from app.conversations.running import AnswerTasks
from app.db.pool import Connection
from app.errors import BadInput, Conflict, NotFound
from retrieval.model import Knowledge
from tests.integration.conversations.conftest import Script, heard_of

ANNA, BO = Handler(UUID(int=1), "Anna"), Handler(UUID(int=2), "Bo")
VISITOR = Visitor("v" * 22)


def now() -> datetime:
    return datetime.now(UTC)


async def ask(ports: ReplyPorts, knowledge: Knowledge, text: str, conversation: UUID | None = None) -> Reply:
    return await reply(ports, knowledge, VISITOR, Question(text, uuid4().hex, conversation))


async def begin(ports: ReplyPorts, knowledge: Knowledge) -> UUID:
    answered = await ask(ports, knowledge, "When are you open?")
    await heard_of(answered)
    return answered.started.conversation_id


async def opened(ports: ReplyPorts, knowledge: Knowledge, conversation_id: UUID) -> Conversation:
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        return await open_conversation(conn, keys, knowledge.business_id, conversation_id)


async def over(ports: ReplyPorts, knowledge: Knowledge, conversation_id: UUID, who: Handler = ANNA) -> None:
    await take_over(ports.database, ports.answers, knowledge.business_id, conversation_id, who, now())


async def test_after_a_take_over_the_assistant_is_not_asked(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    asked = len(script.asked)
    answered = await ask(ports, knowledge, "Is anybody there?", conversation_id)
    assert answered.with_person and len(script.asked) == asked
    told = await opened(ports, knowledge, conversation_id)
    assert [m.details.get("note") or m.text for m in told.messages][-2:] == ["taken_over", "Is anybody there?"]
    assert told.row.handler_name == "Anna"


async def test_the_same_message_to_a_person_is_stored_once(ports: ReplyPorts, knowledge: Knowledge) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    question = Question("Hello?", "one", conversation_id)
    first, second = [await reply(ports, knowledge, VISITOR, question) for _ in range(2)]
    assert first.started == second.started and second.with_person
    told = await opened(ports, knowledge, conversation_id)
    assert [m.text for m in told.messages].count("Hello?") == 1


async def test_what_the_assistant_was_saying_ends_with_the_take_over(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    script.pause = asyncio.Event()
    answering = await ask(ports, knowledge, "When are you open?")
    assert answering.running is not None
    with answering.running.attended():
        await answering.running.read(200_000, 5)  # the second sentence has begun
        await over(ports, knowledge, answering.started.conversation_id)
        async with asyncio.timeout(5):
            while not answering.running.over:
                await answering.running.read(900_000, 0.1)
    assert script.closed == 1
    told = await opened(ports, knowledge, answering.started.conversation_id)
    assert told.messages[1].state == "interrupted" and "We are open" in told.messages[1].text


async def test_another_process_ends_its_answer_within_a_second(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    script.pause = asyncio.Event()
    answering = await ask(ports, knowledge, "When are you open?")
    assert answering.running is not None
    elsewhere = AnswerTasks()
    with answering.running.attended():
        await answering.running.read(200_000, 5)
        business_id, conversation_id = knowledge.business_id, answering.started.conversation_id
        await take_over(ports.database, elsewhere, business_id, conversation_id, ANNA, now())
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(5):
            while not answering.running.over:
                await answering.running.read(900_000, 0.05)
    assert asyncio.get_running_loop().time() - began < 1.5  # half a second more for a busy machine


async def test_one_read_looks_after_all_answers_of_a_business(
    ports: ReplyPorts, knowledge: Knowledge, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[list[UUID]] = []

    async def recorded(conn: Connection, business_id: UUID, message_ids: list[UUID]) -> list[UUID]:
        looked.append(message_ids)
        return await find_ended(conn, business_id, message_ids)

    monkeypatch.setattr("app.conversations.watch.find_ended", recorded)
    await heard_of(await ask(ports, knowledge, "When are you open?"))
    script.pause = asyncio.Event()
    stopped, other = [await ask(ports, knowledge, "When are you open?") for _ in range(2)]
    assert stopped.running is not None and other.running is not None
    with stopped.running.attended(), other.running.attended():
        async with ports.database.business_transaction(knowledge.business_id) as conn:
            person_id, message_id = stopped.running.person_id, stopped.started.message_id
            assert await end_answer_of(conn, knowledge.business_id, message_id, person_id)
        async with asyncio.timeout(5):
            while not stopped.running.over:
                await stopped.running.read(900_000, 0.05)
        assert not other.running.over
    assert [set(each) for each in looked] == [{stopped.started.message_id, other.started.message_id}]
    script.pause.set()
    await heard_of(other)


async def test_a_stop_of_somebody_else_ends_nothing(ports: ReplyPorts, knowledge: Knowledge, script: Script) -> None:
    script.pause = asyncio.Event()
    answering = await ask(ports, knowledge, "When are you open?")
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        assert not await end_answer_of(conn, knowledge.business_id, answering.started.message_id, uuid4())
    script.pause.set()
    await heard_of(answering)


async def test_a_take_over_before_the_first_word_leaves_no_empty_answer(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    script.sentences = ()
    silent = asyncio.Event()
    reached = asyncio.Event()

    async def slow(knowledge: Knowledge, asked: object, person_id: UUID):  # pyright: ignore[reportUnknownParameterType]
        reached.set()
        await silent.wait()
        yield

    held = replace(ports, ask=slow)  # pyright: ignore[reportArgumentType]
    answering = await ask(held, knowledge, "When are you open?")
    await asyncio.wait_for(reached.wait(), 5)
    await over(held, knowledge, answering.started.conversation_id)
    assert answering.running is not None and answering.running.task is not None
    await asyncio.wait([answering.running.task], timeout=5)
    told = await opened(ports, knowledge, answering.started.conversation_id)
    assert [m.author for m in told.messages] == ["visitor", "system"]


async def test_a_person_writes_and_the_visitor_reads_it(ports: ReplyPorts, knowledge: Knowledge) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    for _ in range(2):  # the form sent twice
        await say(
            ports.database, ports.vault, knowledge.business_id, conversation_id, ANNA, " I am here. ",
            form_id="f1", now=now(),
        )  # fmt: skip
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        read = await conversation_of_visitor(conn, keys, knowledge.business_id, VISITOR)
    assert read is not None
    said = [m for m in read.messages if m.author == "owner"]
    assert [(m.text, m.details["name"]) for m in said] == [("I am here.", "Anna")]


async def test_only_who_has_the_conversation_writes_in_it(ports: ReplyPorts, knowledge: Knowledge) -> None:
    conversation_id = await begin(ports, knowledge)
    write = (ports.database, ports.vault, knowledge.business_id, conversation_id)
    with pytest.raises(Conflict):
        await say(*write, ANNA, "Hi", form_id="1", now=now())
    await over(ports, knowledge, conversation_id)
    with pytest.raises(Conflict, match="Anna"):
        await say(*write, BO, "Hi", form_id="2", now=now())
    with pytest.raises(Conflict, match="Anna"):
        await over(ports, knowledge, conversation_id, BO)
    with pytest.raises(BadInput):
        await over(ports, knowledge, conversation_id, Handler(BO.account_id, " \n"))


async def test_after_handing_back_the_assistant_answers_again(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    write = (ports.database, ports.vault, knowledge.business_id, conversation_id)
    await say(*write, ANNA, "The blue one is nicer.", form_id="1", now=now())
    await hand_back(ports.database, knowledge.business_id, conversation_id, by=ANNA.account_id)
    answered = await ask(ports, knowledge, "And on Sunday?", conversation_id)
    await heard_of(answered)
    # What the person said goes with the history, as an earlier answer.
    assert ("assistant", "The blue one is nicer.") in [(t.author, t.text) for t in script.asked[-1].history]


async def test_a_visitor_may_go_back_to_the_assistant_and_nobody_else_may(
    ports: ReplyPorts, knowledge: Knowledge
) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    row = (await opened(ports, knowledge, conversation_id)).row
    with pytest.raises(NotFound):
        await hand_back(ports.database, knowledge.business_id, conversation_id, by=None, person_id=uuid4())
    await hand_back(ports.database, knowledge.business_id, conversation_id, by=None, person_id=row.person_id)
    answered = await ask(ports, knowledge, "When?", conversation_id)
    assert not answered.with_person
    await heard_of(answered)


async def test_a_person_who_went_away_does_not_leave_the_visitor_alone(ports: ReplyPorts, knowledge: Knowledge) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    later = replace(ports, clock=lambda: now() + HANDLER_IDLE + timedelta(seconds=5))
    answered = await ask(later, knowledge, "Still there?", conversation_id)
    await heard_of(answered)
    told = await opened(ports, knowledge, conversation_id)
    assert "left" in [m.details.get("note") for m in told.messages] and told.row.handled_by == "assistant"


async def test_asking_for_a_person_tells_the_business_once(ports: ReplyPorts, knowledge: Knowledge) -> None:
    conversation_id = await begin(ports, knowledge)
    business_id = knowledge.business_id
    for first in (True, False):
        async with ports.database.business_transaction(business_id) as conn:
            keys = await ports.vault.keys(conn, business_id)
            ref = await ask_for_person(conn, keys, business_id, ports.told, conversation_id, now())
            assert (ref is not None) is first and await count_waiting(conn, business_id) == 1
    await over(ports, knowledge, conversation_id)
    async with ports.database.business_transaction(business_id) as conn:
        assert await count_waiting(conn, business_id) == 0


async def test_a_person_who_went_away_can_be_asked_for_again(ports: ReplyPorts, knowledge: Knowledge) -> None:
    conversation_id = await begin(ports, knowledge)
    await over(ports, knowledge, conversation_id)
    later = now() + HANDLER_IDLE + timedelta(seconds=5)
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        ref = await ask_for_person(conn, keys, knowledge.business_id, ports.told, conversation_id, later)
    assert ref is not None
    told = await opened(ports, knowledge, conversation_id)
    assert [m.details.get("note") for m in told.messages][-2:] == ["left", "asked_for_person"]
