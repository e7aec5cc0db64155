"""Puts together what an answer needs: the business's knowledge, its models and its budget."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from app.businesses.model import Business
from app.conversations.person.ask import Told
from app.conversations.reply import ReplyPorts
from app.services import Services
from retrieval.answer import answer
from retrieval.model import AnswerEvent, Asked, Knowledge
from retrieval.ports import AnswerPorts


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


def answer_ports(services: Services, business: Business, *, quote_only: bool = False) -> AnswerPorts:
    return AnswerPorts(
        transaction=services.database.bound(business.business_id),
        embedder=services.embedder_of(business.live_model, business.allowed_processors),
        tokenizer=services.tokenizer,
        models=() if quote_only else services.chat_models(business.allowed_processors),
        budget=None if quote_only else services.budget(business.business_id),
        now=services.clock,
        comparer=services.comparer,
    )


def reply_ports(services: Services, business: Business) -> ReplyPorts:
    ports = answer_ports(services, business)

    def ask(knowledge: Knowledge, asked: Asked) -> AsyncGenerator[AnswerEvent, None]:
        return answer(knowledge, asked, ports)

    return ReplyPorts(
        database=services.database,
        vault=services.vault,
        answers=services.answers,
        doorbell=services.doorbell,
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
