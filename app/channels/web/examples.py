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
WAIT = 0.4  # seconds a page is held for them; the search goes on, and the next visitor finds them all
KEPT = 2000
log = structlog.get_logger(__name__)

Key = tuple[UUID, int, str]
_known: OrderedDict[Key, list[str]] = OrderedDict()
_looking: dict[Key, asyncio.Task[None]] = {}


async def example_questions(services: Services, business: Business, language: str) -> tuple[str, ...]:
    """At most three; none before anything is published."""
    if business.live_generation is None:
        return ()
    key = (business.business_id, business.live_generation, language)
    if key not in _known:
        _known[key] = []
        _looking[key] = asyncio.create_task(_look(services, business, key), name="examples")
        while len(_known) > KEPT:
            _known.popitem(last=False)
    _known.move_to_end(key)
    found = _known[key]
    if (task := _looking.get(key)) is not None:
        await asyncio.wait({task}, timeout=WAIT)
    return tuple(found)


async def _look(services: Services, business: Business, key: Key) -> None:
    """The visitor's language first; where the pages do not answer in it, that of the business."""
    asked = widget().questions
    found = _known[key]
    try:
        for question in dict.fromkeys((*asked[key[2]], *asked.get(business.language, ()))):
            if len(found) < SHOWN and await _is_answered(services, business, question):
                found.append(question)
    except (psycopg.Error, MiloError) as error:  # an ornament never keeps a visitor out; the next one tries again
        log.warning("examples.failed", error=type(error).__name__)
        _known.pop(key, None)
    finally:
        _looking.pop(key, None)


async def _is_answered(services: Services, business: Business, question: str) -> bool:
    ports = answer_ports(services, business, quote_only=True)
    async with aclosing(answer(knowledge_of(business), Asked(question), ports)) as events:
        async for event in events:
            if isinstance(event, AnswerEnded):
                return event.answer.status is AnswerStatus.ANSWERED
    return False
