"""Forget me: nothing of the person stays, nothing of anybody else goes."""

from __future__ import annotations

import asyncio

from app.conversations.erase import erase_visitor
from app.conversations.model import Question, Visitor
from app.conversations.reply import ReplyPorts, reply
from retrieval.model import Knowledge
from tests.integration.conversations.conftest import Script, heard_of

ANNA = Visitor("a" * 32)
BENT = Visitor("b" * 32)
PERSONAL = ("people", "identities", "conversations", "messages")


async def counts(ports: ReplyPorts, knowledge: Knowledge) -> dict[str, int]:
    async with ports.database.business_transaction(knowledge.business_id) as conn:
        found = {}
        for table in PERSONAL:
            row = await (await conn.execute(f"SELECT count(*) FROM {table}".encode())).fetchone()
            assert row is not None
            found[table] = row[0]
    return found


async def test_erasing_takes_one_person_and_leaves_the_others(ports: ReplyPorts, knowledge: Knowledge) -> None:
    for visitor in (ANNA, BENT):
        await heard_of(await reply(ports, knowledge, visitor, Question("When are you open?", "q1")))
    erase = (ports.database, ports.vault, ports.answers, knowledge.business_id)
    assert await erase_visitor(*erase, ANNA.visitor_id)
    assert await counts(ports, knowledge) == {"people": 1, "identities": 1, "conversations": 1, "messages": 2}
    assert not await erase_visitor(*erase, ANNA.visitor_id)


async def test_a_running_answer_writes_nothing_after_its_person_is_gone(
    ports: ReplyPorts, knowledge: Knowledge, script: Script
) -> None:
    script.pause = asyncio.Event()
    answered = await reply(ports, knowledge, ANNA, Question("When are you open?", "q1"))
    assert answered.running is not None
    with answered.running.attended():
        await answered.running.read(0, 1)
        await erase_visitor(ports.database, ports.vault, ports.answers, knowledge.business_id, ANNA.visitor_id)
    assert await counts(ports, knowledge) == dict.fromkeys(PERSONAL, 0)
    assert script.closed == 1
