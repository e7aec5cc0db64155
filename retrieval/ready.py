"""Answers that need no search: small talk, a wish for a person, opening times, and facts where no model writes.

A question in, whole sentences out, or None: then it is searched for. Called by answer.py first of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.facts.answer_facts import answer_facts
from retrieval.facts.model import FactsAnswer
from retrieval.follow_up import self_contained
from retrieval.hours.open_now import HoursAnswer, answer_hours
from retrieval.model import AnswerStatus, Asked, Citation, Knowledge, Passage, Sentence
from retrieval.parts import split
from retrieval.phrases import Phrase, say
from retrieval.ports import AnswerPorts
from retrieval.small_talk import say as say_own
from retrieval.small_talk import small_talk
from retrieval.wish import wants_person


@dataclass(frozen=True, slots=True)
class Ready:
    language: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...] = ()
    status: AnswerStatus = AnswerStatus.ANSWERED
    wished: bool = False  # for a person


async def ready_answer(
    knowledge: Knowledge, asked: Asked, earlier: str, language: str, ports: AnswerPorts, now: datetime
) -> Ready | None:
    """`language`: as detected; `earlier`: the visitor's question before, or ''."""
    question = asked.text.strip()
    if not question or len(question) > asked.limits.question_characters:
        phrase = Phrase.TOO_LONG if question else Phrase.EMPTY
        return Ready(language, (Sentence(say(phrase, language)),), status=AnswerStatus.REFUSED)
    if wants_person(question, language):
        said = say_own("person", language, knowledge.business_name)
        return Ready(language, (Sentence(said),), wished=True)
    talk = small_talk(question, language, knowledge.business_name)
    if talk is not None:
        return Ready(talk.language, (Sentence(talk.text),))
    whole = await _by_facts(knowledge, question, asked, earlier, language, ports, now)
    if whole is not None:
        return Ready(whole.language, whole.sentences, whole.passages)
    pieces = split(question)
    if len(pieces) < 2:
        return None
    each = [await _by_facts(knowledge, piece, asked, earlier, language, ports, now) for piece in pieces]
    told = [one for one in each if one is not None]
    return _together(told) if len(told) == len(pieces) else None


async def _by_facts(
    knowledge: Knowledge,
    question: str,
    asked: Asked,
    earlier: str,
    language: str,
    ports: AnswerPorts,
    now: datetime,
) -> HoursAnswer | FactsAnswer | None:
    """Opening times before any model: what facts and the clock decide is not left to a guess."""
    hours = await answer_hours(knowledge, question, language, earlier, now, ports.transaction)
    if hours is not None or ports.models:
        return hours
    full = self_contained(question, asked.history, language)
    return await answer_facts(knowledge, full, language, earlier, now, ports.transaction)


def _together(told: Sequence[HoursAnswer | FactsAnswer]) -> Ready:
    """One after the other; their passages are numbered on."""
    passages: list[Passage] = []
    sentences: list[Sentence] = []
    for one in told:
        first = len(passages)
        passages += one.passages
        sentences += [
            replace(sentence, citations=tuple(_moved(citation, first) for citation in sentence.citations))
            for sentence in one.sentences
        ]
    return Ready(told[0].language, tuple(sentences), tuple(passages))


def _moved(citation: Citation, by: int) -> Citation:
    return replace(citation, passage=citation.passage + by)
