"""Asks a business one question and gives the whole answer as the contract's JSON. Nothing is stored.

Called by the operator's route and, without a running service, by `milo ask` itself.
"""

from __future__ import annotations

from typing import Any

from app.businesses.model import Business
from app.businesses.queries import find_by_slug, read_business
from app.channels.web.asking import answer_ports, knowledge_of, within_limits
from app.errors import NotFound
from app.services import Services
from retrieval.answer import answer
from retrieval.model import Answer, AnswerEnded, Asked, Passage


async def ask(services: Services, business: Business, question: str) -> dict[str, Any]:
    ended: Answer | None = None
    asked = within_limits(business, Asked(question))
    async for event in answer(knowledge_of(business), asked, answer_ports(services, business)):
        if isinstance(event, AnswerEnded):
            ended = event.answer
    assert ended is not None
    return answer_out(question, ended)


async def business_by_slug(services: Services, slug: str) -> Business:
    """Raises NotFound with what to do."""
    async with services.database.directory_transaction() as conn:
        business_id = await find_by_slug(conn, slug)
    if business_id is not None:
        async with services.database.business_transaction(business_id) as conn:
            business = await read_business(conn, business_id)
        if business is not None:
            return business
    raise NotFound(f"There is no business {slug}. Make it with: milo business create NAME --slug {slug}")


def answer_out(question: str, answered: Answer) -> dict[str, Any]:
    times = answered.timings
    first = None if times.first_token is None else round(times.first_token, 1)
    return {
        "question": question,
        "status": answered.status,
        "text": answered.text,
        "sentences": [
            {
                "text": sentence.text,
                "citations": [
                    {"passage": citation.passage, "quote": citation.quote, "url": citation.url}
                    for citation in sentence.citations
                ],
            }
            for sentence in answered.sentences
        ],
        "passages": [passage_out(rank, passage) for rank, passage in enumerate(answered.passages, 1)],
        "mode": answered.mode,
        "quote_reason": answered.quote_reason,
        "language": answered.language,
        "withheld": [sentence.reason for sentence in answered.withheld],
        "interrupted": answered.interrupted,
        "ms": {
            "embed": round(times.embed, 1),
            "search": round(times.search, 1),
            "first_token": first,
            "total": round(times.total, 1),
        },
    }


def passage_out(rank: int, passage: Passage) -> dict[str, Any]:
    return {
        "rank": rank,
        "url": passage.url,
        "title": passage.title,
        "heading": passage.heading,
        "text": passage.text,
        "score": passage.score,
        "tokens": passage.tokens,
        "page": passage.page,
    }
