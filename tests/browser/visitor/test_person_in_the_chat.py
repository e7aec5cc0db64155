"""A person of the business in the visitor's chat: asked for, there, writing, gone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from app.conversations.person.hand_back import hand_back
from app.conversations.person.model import Handler
from app.conversations.person.say import say
from app.conversations.person.take_over import take_over
from app.services import Services
from tests.browser.visitor.serving import Milo, Stranger
from tests.browser.visitor.walking import answered, ask, chat, open_chat, said

pytestmark = pytest.mark.browser
ANNA = Handler(UUID(int=7), "Anna")


def conversation_of(milo: Milo) -> UUID:
    [(found,)] = milo.sql("SELECT conversation_id FROM conversations")
    return found


def come(milo: Milo) -> None:
    talk = conversation_of(milo)

    async def act(services: Services) -> None:
        now = datetime.now(UTC)
        await take_over(services.database, services.answers, milo.business_id, talk, ANNA, now)

    milo.run(act)


def write(milo: Milo, text: str) -> None:
    talk = conversation_of(milo)

    async def act(services: Services) -> None:
        now = datetime.now(UTC)
        await say(
            services.database, services.vault, milo.business_id, talk, ANNA, text, form_id=uuid4().hex, now=now
        )  # fmt: skip

    milo.run(act)


def test_visitor_asks_for_a_person_who_comes_writes_and_leaves(page: Page, stranger: Stranger, milo: Milo) -> None:
    frame = open_chat(page, stranger)
    ask(frame)
    answered(frame)
    frame.get_by_role("button", name="Talk to a person").click()
    frame.get_by_role("button", name="Ask somebody to join").click()
    expect(frame.get_by_role("log")).to_contain_text("Corner Bakery has been told.")
    assert milo.sql("SELECT count(*) FROM outbox WHERE purpose = 'person'") == [(1,)]
    come(milo)
    write(milo, "Hello, <b>Anna</b> here.")
    expect(frame.locator(".person")).to_contain_text("Hello, <b>Anna</b> here.", timeout=10_000)
    expect(frame.get_by_text("Anna is answering")).to_be_visible()
    asked = len(milo.script.asked)
    ask(frame, "Do you have rye bread?")
    until(milo, "SELECT count(*) FROM messages WHERE author = 'visitor'", 2)
    assert len(milo.script.asked) == asked
    expect(frame.locator(".theirs.growing")).to_have_count(0)

    page.reload()
    page.get_by_role("button", name="Chat").click()
    frame = chat(page)
    expect(frame.locator(".person")).to_contain_text("Hello, <b>Anna</b> here.")
    talk = conversation_of(milo)
    milo.run(lambda services: hand_back(services.database, milo.business_id, talk, by=ANNA.account_id))
    expect(frame.get_by_text("Anna is answering")).to_be_hidden(timeout=10_000)
    expect(frame.get_by_role("log")).to_contain_text("The assistant answers again.")
    assert said(page) == []


def test_visitor_goes_back_to_the_assistant(page: Page, stranger: Stranger, milo: Milo) -> None:
    frame = open_chat(page, stranger)
    ask(frame)
    answered(frame)
    come(milo)
    ask(frame, "Is anybody there?")
    frame.get_by_role("button", name="Ask the assistant instead").click(timeout=10_000)
    expect(frame.get_by_text("Anna is answering")).to_be_hidden()
    asked = len(milo.script.asked)
    ask(frame, "When are you open?")
    expect(frame.locator(".theirs").last).to_contain_text("We are open", timeout=10_000)
    assert len(milo.script.asked) == asked + 1


def until(milo: Milo, statement: str, count: int) -> None:
    for _ in range(100):
        if milo.sql(statement) == [(count,)]:
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"never {count}: {statement}")
