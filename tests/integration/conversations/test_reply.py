"""One question, one answer, one truthful row: whatever the listener, the model or the process does meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.channels.web.stream import retell, stream_reply
from app.conversations.events import Failed, Finished
from app.conversations.inbox import conversation_of_visitor, list_conversations, open_conversation
from app.conversations.model import Conversation, Question, Visitor
from app.conversations.reply import Reply, ReplyPorts, reply
from app.conversations.running import AnswerTasks
from app.errors import NotFound, Unavailable, Unprocessable
from retrieval.model import AnswerStatus, Knowledge, Sentence, TextShown
from tests.integration.conversations.conftest import CLOSED, OPEN, Script, heard_of

ANNA = Visitor("a" * 32)
BENT = Visitor("b" * 32)


def question(number: str = "q1", text: str = "When are you open?", conversation: UUID | None = None) -> Question:
    return Question(text, number, conversation)


async def stored(ports: ReplyPorts, knowledge: Knowledge, conversation_id: UUID) -> Conversation:
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        return await open_conversation(conn, keys, knowledge.business_id, conversation_id)


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(5):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
    return found


async def test_answer_is_stored_as_it_was_shown(ports: ReplyPorts, knowledge: Knowledge) -> None:
    answered = await reply(ports, knowledge, ANNA, question())
    heard = await heard_of(answered)
    assert "".join(h.event.text for h in heard if isinstance(h.event, TextShown)) == OPEN.text + CLOSED.text
    conversation = await stored(ports, knowledge, answered.started.conversation_id)
    asked, told = conversation.messages
    assert (asked.author, asked.text, asked.state) == ("visitor", "When are you open?", "complete")
    assert (told.author, told.state, told.outcome) == ("assistant", "complete", "answered")
    assert told.sentences == (OPEN, CLOSED)
    assert told.text == f"{OPEN.text} {CLOSED.text}"
    assert told.details["mode"] == "quote"


async def test_same_question_twice_asks_once(ports: ReplyPorts, knowledge: Knowledge, script: Script) -> None:
    copies = [reply(ports, knowledge, ANNA, question()) for _ in range(10)]
    replies = await asyncio.gather(*copies)
    assert len({r.started.message_id for r in replies}) == 1
    assert len(script.asked) == 1
    # On a busy machine the answer may have ended before the last of them came: those are told the stored one.
    await heard_of(next(each for each in replies if each.running is not None))
    again = await reply(ports, knowledge, ANNA, question())
    assert again.started == replies[0].started
    assert len(script.asked) == 1


async def test_replay_of_a_stored_answer_is_what_was_heard_live(ports: ReplyPorts, knowledge: Knowledge) -> None:
    live = await heard_of(await reply(ports, knowledge, ANNA, question()))
    await until(lambda: asyncio.sleep(0, not ports.answers.find(knowledge.business_id, _message(live))))
    again = await reply(ports, knowledge, ANNA, question())
    assert again.stored is not None
    for heard in live[:-1]:
        told = [h.event.text for h in live if isinstance(h.event, TextShown) and h.position > heard.position]
        retold = b"".join(retell(again, again.stored, heard.position)).decode()
        texts = [line for line in retold.splitlines() if line.startswith('data: {"text"') and "citations" not in line]
        rest = "".join(line.removeprefix('data: {"text": "').removesuffix('"}') for line in texts)
        assert rest == "".join(told), heard.position


async def test_listener_that_comes_back_hears_the_rest(ports: ReplyPorts, knowledge: Knowledge, script: Script) -> None:
    script.pause = asyncio.Event()
    first = await reply(ports, knowledge, ANNA, question())
    stream = stream_reply(first, 0)
    seen: list[bytes] = []
    while len(seen) < 4:  # meta, two deltas, the first sentence; some may come together
        seen += re.findall(rb"id: (\d+)", await anext(stream))
    await stream.aclose()
    last = int(seen[3])
    second = await reply(ports, knowledge, ANNA, question())
    assert second.running is first.running
    script.pause.set()
    rest = b"".join([event async for event in stream_reply(second, last)]).decode()
    assert OPEN.text[:5] not in rest
    assert rest.count("event: done") == 1
    assert len(script.asked) == 1


async def test_answer_without_a_listener_ends_and_says_so(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    script.pause = asyncio.Event()
    answered = await reply(ports, knowledge, ANNA, question())
    stream = stream_reply(answered, 0)
    heard = b""
    while heard.count(b"event: delta") < 3:  # the second sentence has begun
        heard += await anext(stream)
    await stream.aclose()
    row = await until(lambda: _finished(ports, knowledge, answered))
    assert (row.state, row.outcome) == ("interrupted", None)
    assert row.text == f"{OPEN.text} {CLOSED.text[: len(CLOSED.text) // 2]}", "what was shown, and no more"
    assert script.closed == 1, "the model's stream was closed"


async def test_stop_is_in_force_at_once_and_what_was_shown_stays(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    script.pause = asyncio.Event()
    answered = await reply(ports, knowledge, ANNA, question())
    assert answered.running is not None
    asyncio.get_running_loop().call_later(0.05, answered.running.stop)
    async with asyncio.timeout(1):
        heard = await heard_of(answered)
    assert isinstance(heard[-1].event, Finished)
    assert heard[-1].event.status == "interrupted"
    conversation = await stored(ports, knowledge, answered.started.conversation_id)
    assert conversation.messages[1].state == "interrupted"
    assert conversation.messages[1].text.startswith(OPEN.text)


async def test_end_of_the_process_saves_every_answer(ports: ReplyPorts, knowledge: Knowledge, script: Script) -> None:
    script.pause = asyncio.Event()
    replies = [await reply(ports, knowledge, ANNA, question(f"q{i}")) for i in range(5)]
    await asyncio.sleep(0.05)
    await ports.answers.drain()
    for answered in replies:
        conversation = await stored(ports, knowledge, answered.started.conversation_id)
        assert conversation.messages[1].state == "interrupted"
        assert conversation.messages[1].text.startswith(OPEN.text)


async def test_failure_is_told_in_words_and_the_row_is_closed(
    ports: ReplyPorts, knowledge: Knowledge, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script.fails = RuntimeError("secret detail")
    answered = await reply(ports, knowledge, ANNA, question())
    heard = await heard_of(answered)
    assert isinstance(heard[-1].event, Failed)
    assert "secret" not in heard[-1].event.sentence
    assert heard[-1].event.retry
    conversation = await stored(ports, knowledge, answered.started.conversation_id)
    assert conversation.messages[1].state == "interrupted"
    assert conversation.messages[1].text == OPEN.text


async def test_a_sentence_for_the_visitor_is_passed_on(ports: ReplyPorts, knowledge: Knowledge, script: Script) -> None:
    script.fails = Unavailable("Come back later.")
    heard = await heard_of(await reply(ports, knowledge, ANNA, question()))
    assert heard[-1].event == Failed("Come back later.", retry=True)


async def test_answer_of_a_dead_process_is_told_as_interrupted(
    ports: ReplyPorts, knowledge: Knowledge, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.conversations.reply.ELSEWHERE_SECONDS", 0.2)
    script.pause = asyncio.Event()
    await reply(ports, knowledge, ANNA, question())
    # Another process: it finds a row that names an instance it knows nothing of.
    after = replace(ports, answers=AnswerTasks())
    again = await reply(after, knowledge, ANNA, question())
    assert again.stored is not None
    assert again.stored.state == "interrupted"
    assert len(script.asked) == 1


async def test_whoever_gave_the_answer_has_the_last_word(
    ports: ReplyPorts, knowledge: Knowledge, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.conversations.reply.ELSEWHERE_SECONDS", 0.0)
    script.pause = asyncio.Event()
    answered = await reply(ports, knowledge, ANNA, question())
    assert answered.running is not None
    with answered.running.attended():
        given_up = await reply(replace(ports, answers=AnswerTasks()), knowledge, ANNA, question())
        assert given_up.stored is not None
        script.pause.set()
        await heard_of(answered)
    conversation = await stored(ports, knowledge, answered.started.conversation_id)
    assert conversation.messages[1].state == "complete"


async def test_same_number_with_other_words_is_refused(ports: ReplyPorts, knowledge: Knowledge) -> None:
    await heard_of(await reply(ports, knowledge, ANNA, question()))
    with pytest.raises(Unprocessable):
        await reply(ports, knowledge, ANNA, question(text="Something else"))


async def test_stranger_cannot_write_into_or_read_a_conversation(
    ports: ReplyPorts, knowledge: Knowledge, other_id: UUID
) -> None:
    answered = await reply(ports, knowledge, ANNA, question())
    await heard_of(answered)
    theirs = answered.started.conversation_id
    with pytest.raises(NotFound):
        await reply(ports, knowledge, BENT, question("q2", conversation=theirs))
    elsewhere = replace(knowledge, business_id=other_id)
    with pytest.raises(NotFound):
        await reply(ports, elsewhere, ANNA, question("q3", conversation=theirs))
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        assert await conversation_of_visitor(conn, keys, knowledge.business_id, BENT) is None
        own = await conversation_of_visitor(conn, keys, knowledge.business_id, ANNA)
        assert own is not None
        assert own.row.conversation_id == theirs


async def test_id_without_its_proof_opens_nothing_of_before(ports: ReplyPorts, knowledge: Knowledge) -> None:
    answered = await reply(ports, knowledge, ANNA, question())
    await heard_of(answered)
    late = Visitor(ANNA.visitor_id, datetime.now(UTC) + timedelta(seconds=1))
    with pytest.raises(NotFound):
        await reply(ports, knowledge, late, question("q2", conversation=answered.started.conversation_id))
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        assert await conversation_of_visitor(conn, keys, knowledge.business_id, late) is None


async def test_later_questions_come_with_what_was_said_before(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    first = await reply(ports, knowledge, ANNA, question())
    await heard_of(first)
    await heard_of(await reply(ports, knowledge, ANNA, question("q2", "And on Sunday?", first.started.conversation_id)))
    assert [(turn.author, turn.text) for turn in script.asked[1].history] == [
        ("visitor", "When are you open?"),
        ("assistant", f"{OPEN.text} {CLOSED.text}"),
    ]


async def test_inbox_shows_what_nothing_answered(ports: ReplyPorts, knowledge: Knowledge, script: Script) -> None:
    await heard_of(await reply(ports, knowledge, ANNA, question()))
    script.sentences, script.status, script.offer = (Sentence("I do not know that."),), AnswerStatus.NO_ANSWER, True
    await heard_of(await reply(ports, knowledge, BENT, question("q9", "Do you sell skis?")))
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        keys = await ports.vault.keys(conn, knowledge.business_id)
        lines = await list_conversations(conn, keys, knowledge.business_id)
        unanswered = await list_conversations(conn, keys, knowledge.business_id, unanswered_only=True)
    assert [line.first_question for line in lines] == ["Do you sell skis?", "When are you open?"]
    assert [line.unanswered for line in lines] == [1, 0]
    assert [line.first_question for line in unanswered] == ["Do you sell skis?"]
    assert all(line.unseen and line.questions == 1 for line in lines)


async def test_words_of_a_visitor_are_sealed_in_the_row(ports: ReplyPorts, knowledge: Knowledge) -> None:
    await heard_of(await reply(ports, knowledge, ANNA, question()))
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        rows = await (
            await conn.execute("SELECT messages::text, identities::text FROM messages, identities")
        ).fetchall()
    text = str(rows)
    assert "open" not in text.replace("Open daily 9-17", "").lower()
    assert ANNA.visitor_id not in text


async def _finished(ports: ReplyPorts, knowledge: Knowledge, answered: Reply) -> Any:
    message = (await stored(ports, knowledge, answered.started.conversation_id)).messages[1]
    return message if message.state != "answering" else None


def _message(heard: Any) -> UUID:
    return heard[0].event.message_id


async def test_a_listener_ahead_of_all_that_was_said_is_let_go(
    ports: ReplyPorts, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.channels.web.stream.COMMENT_SECONDS", 0.2)
    answered = await reply(ports, knowledge, ANNA, Question("When are you open?", "q1"))
    async with asyncio.timeout(5):
        heard = [part async for part in stream_reply(answered, 10**14)]
    assert set(heard) <= {b": still here\n\n"}
