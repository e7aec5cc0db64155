"""Puts together what an answer needs: the business's knowledge, its models and its budget."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import UUID

from app.businesses.model import Business
from app.conversations.person.ask import Told
from app.conversations.reply import ReplyPorts
from app.services import Services
from retrieval.answer import answer
from retrieval.model import AnswerEvent, Asked, Knowledge
from retrieval.ports import AnswerPorts, ChatModel


def knowledge_of(business: Business) -> Knowledge:
    return Knowledge(
        business_id=business.business_id,
        business_name=business.name,
        generation=business.live_generation,
        language=business.language,
        time_zone=business.time_zone,
        country=business.country,
        model=business.live_model,
    )


def answer_ports(
    services: Services, business: Business, *, person_id: UUID | None = None, quote_only: bool = False
) -> AnswerPorts:
    """`person_id`: the visitor who asks, whose day has a cap."""
    return AnswerPorts(
        transaction=services.database.bound(business.business_id),
        embedder=services.embedder_of(business.live_model, business.allowed_processors),
        tokenizer=services.tokenizer,
        models=() if quote_only else models_of(services, business),
        budget=None if quote_only else services.budget(business.business_id, person_id),
        now=services.clock,
        comparer=services.comparer,
    )


def models_of(services: Services, business: Business) -> list[ChatModel]:
    """Near the end of the month the cheaper one alone. Answers under way may bring the month past that line before
    it holds; the cap itself is the budget's, and hard."""
    near_the_end = business.month_tokens * 100 >= business.monthly_token_cap * business.economy_percent
    return services.chat_models(
        business.allowed_processors,
        first=business.chat_model,
        only=business.economy_model if near_the_end else None,
        temperature=business.temperature,
    )


def within_limits(business: Business, asked: Asked) -> Asked:
    """The question, with the length of an answer that the business set."""
    if business.max_answer_tokens is None:
        return asked
    return replace(asked, limits=replace(asked.limits, max_answer_tokens=business.max_answer_tokens))


def reply_ports(services: Services, business: Business) -> ReplyPorts:
    def ask(knowledge: Knowledge, asked: Asked, person_id: UUID) -> AsyncGenerator[AnswerEvent, None]:
        ports = answer_ports(services, business, person_id=person_id)
        return answer(knowledge, within_limits(business, asked), ports)

    return ReplyPorts(
        database=services.database,
        vault=services.vault,
        answers=services.answers,
        doorbell=services.doorbell,
        prices=services.prices,
        told=told_of(services, business),
        ask=ask,
        clock=services.clock,
        fault=services.fault,
    )


def told_of(services: Services, business: Business) -> Told:
    return Told(
        slug=business.slug,
        name=business.name,
        language=business.language,
        operator=services.settings.operator_email or "owner@localhost",
        public_url=services.settings.public_url,
    )
