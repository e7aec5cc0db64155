"""Three questions that this business's pages really answer, for the widget's first view.

Comes in: what visitors of such businesses often ask. Each is put to retrieval in quote mode, once a generation;
the first three that are answered are shown. Called while the frame's page is made.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import aclosing
from uuid import UUID

import psycopg
import structlog

from app.businesses.model import Business
from app.channels.web.asking import answer_ports, knowledge_of
from app.channels.web.assets import widget
from app.errors import MiloError
from app.services import Services
from retrieval.answer import answer
from retrieval.model import AnswerEnded, AnswerStatus, Asked

SHOWN = 3
SECONDS = 2.0  # the first visitor after an update waits so long at most; then there are fewer examples
KEPT = 2000
log = structlog.get_logger(__name__)

_known: OrderedDict[tuple[UUID, int, str], tuple[str, ...]] = OrderedDict()


async def example_questions(services: Services, business: Business, language: str) -> tuple[str, ...]:
    """At most three; none before anything is published."""
    if business.live_generation is None:
        return ()
    key = (business.business_id, business.live_generation, language)
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    found: list[str] = []
    asked = widget().questions
    try:
        async with asyncio.timeout(SECONDS):
            # The visitor's language first; where the pages do not answer in it, that of the business.
            for question in dict.fromkeys((*asked[language], *asked.get(business.language, ()))):
                if await _is_answered(services, business, question):
                    found.append(question)
                if len(found) == SHOWN:
                    break
    except (TimeoutError, psycopg.Error, MiloError) as error:  # an ornament never keeps a visitor out
        log.warning("examples.failed", error=type(error).__name__)
        return tuple(found)
    _known[key] = tuple(found)
    while len(_known) > KEPT:
        _known.popitem(last=False)
    return _known[key]


async def _is_answered(services: Services, business: Business, question: str) -> bool:
    ports = answer_ports(services, business, quote_only=True)
    async with aclosing(answer(knowledge_of(business), Asked(question), ports)) as events:
        async for event in events:
            if isinstance(event, AnswerEnded):
                return event.answer.status is AnswerStatus.ANSWERED
    return False
