"""The questions on the first view are ones that this business's pages answer."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from retrieval.model import AnswerEvent, AnswerStatus, Asked, Knowledge
from tests.integration.channels.conftest import Web


async def examples(web: Web, language: str) -> list[str]:
    page = await web.client.get(f"/w/{web.business.widget_key}/frame", headers={"Accept-Language": language})
    return [html.unescape(question) for question in re.findall(r'class="example"[^>]*>([^<]*)<', page.text)]


async def test_only_answered_questions_are_shown_and_they_are_tried_once(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def answer(knowledge: Knowledge, asked: Asked, _: object) -> AsyncGenerator[AnswerEvent, None]:
        tried.append(asked.text)
        known = re.search(r"contact|find you|book", asked.text)
        status = AnswerStatus.ANSWERED if known else AnswerStatus.NO_ANSWER
        return replace(web.script, status=status)(knowledge, asked)

    monkeypatch.setattr("app.channels.web.examples.answer", answer)
    assert await examples(web, "en") == [], "nothing is published"
    assert tried == []
    async with web.services.database.business_transaction(web.business.business_id) as conn:
        await conn.execute("UPDATE businesses SET live_generation = 1")
    shown = ["How can I contact you?", "Where can I find you?", "How can I book?"]
    assert await examples(web, "en") == shown
    once = len(tried)
    assert await examples(web, "en") == shown
    assert len(tried) == once
    assert await examples(web, "de") == shown, "where nothing is answered in the visitor's language, the business's"
    async with web.services.database.business_transaction(web.business.business_id) as conn:
        await conn.execute("UPDATE businesses SET live_generation = 2")
    await examples(web, "en")
    assert len(tried) > once, "another generation may answer other questions"
