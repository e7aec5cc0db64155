"""Puts facts before pages. A question and what was found for it in; the same passages without what the owner set aside,
the facts asked for first, out.

Each fact is a passage of its own: the exact line of the stored chunk that states it, cited like any other. Called by
answer.py once a question, in one short transaction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from retrieval.answer_types import Kind
from retrieval.facts.answer_facts import LETTERS, facts_in_force, read_as_passages
from retrieval.facts.model import ADDRESS, CONTACT, EMAIL, PHONE, PRICE, Fact
from retrieval.facts.naming import name_of, within
from retrieval.facts.withhold import Overruled, withhold
from retrieval.hours.cite import find_quotes
from retrieval.hours.model import KINDS as HOURS_KINDS
from retrieval.hours.overruled import is_overruled
from retrieval.hours.queries import DecidedRow, FoundRow, read_chunks, read_decided, read_found
from retrieval.model import Knowledge, Passage
from retrieval.ports import Connection, Tokenizer, Transaction
from retrieval.question import Question

MOST = 6  # passages of facts
ALL_KINDS = (*HOURS_KINDS, *CONTACT, PRICE)
_HOURS_ASKED = frozenset({"hours", "closed", "holidays", "weekend"})


async def put_facts_first(
    knowledge: Knowledge,
    question: Question,
    passages: Sequence[Passage],
    now: datetime,
    transaction: Transaction,
    tokenizer: Tokenizer,
    *,
    wanted: bool,
) -> tuple[Passage, ...]:
    """`wanted`: whether a model will read them; what is quoted comes from the pages and the owner's lines."""
    if knowledge.generation is None or not passages:
        return tuple(passages)
    kinds = _kinds_asked(question) if wanted else ()
    async with transaction() as conn:
        decided = await read_decided(conn, knowledge.business_id, now.astimezone(UTC), ALL_KINDS)
        touched = sorted({row.kind for row in decided})
        if not touched and not kinds:
            return tuple(passages)
        found = await _read_found(conn, knowledge, question, kinds, touched, decided)
        languages = tuple(dict.fromkeys((knowledge.language, question.language)))
        left = tuple(passages)
        if overruled := _overruled(found, decided):
            numbers = [passage.chunk_no for passage in passages]
            chunks = await read_chunks(conn, knowledge.business_id, knowledge.generation, numbers)
            left = withhold(passages, chunks, overruled, languages, tokenizer)
        facts = [fact for fact in facts_in_force(found, decided) if fact.kind in kinds]
        first = await _as_passages(conn, knowledge, _asked_for(facts, question, languages), overruled, tokenizer)
    said = {passage.text for passage in first}
    return (*first, *(passage for passage in left if passage.text not in said))


def _kinds_asked(question: Question) -> tuple[str, ...]:
    named = {concept.name for concept in question.concepts}
    kinds = set(question.kinds)
    asked: list[str] = []
    if Kind.PHONE in kinds or "contact" in named:
        asked.append(PHONE)
    if Kind.MAIL in kinds or "contact" in named:
        asked.append(EMAIL)
    if Kind.ADDRESS in kinds:
        asked.append(ADDRESS)
    if Kind.PRICE in kinds:
        asked.append(PRICE)
    if named & _HOURS_ASKED:
        asked += HOURS_KINDS
    return tuple(asked)


async def _read_found(
    conn: Connection,
    knowledge: Knowledge,
    question: Question,
    kinds: Sequence[str],
    touched: Sequence[str],
    decided: Sequence[DecidedRow],
) -> list[FoundRow]:
    """Of prices only those that the question or a decision names: a business may have a thousand."""
    assert knowledge.generation is not None
    wanted = sorted({*kinds, *touched})
    rows: list[FoundRow] = []
    if others := [kind for kind in wanted if kind != PRICE]:
        rows += await read_found(conn, knowledge.business_id, knowledge.generation, others)
    if PRICE in wanted:
        naming = [row.subject_key for row in decided if row.kind == PRICE and row.subject_key]
        if PRICE in kinds:
            naming += [word[:LETTERS] for word in re.findall(r"[^\W\d_]{4,}", question.text.casefold())]
        if naming:
            rows += await read_found(conn, knowledge.business_id, knowledge.generation, [PRICE], naming)
    return rows


def _overruled(found: Sequence[FoundRow], decided: Sequence[DecidedRow]) -> list[Overruled]:
    gone = [row for row in found if is_overruled(row, decided)]
    kept = {(row.kind, row.value_key) for row in found if not is_overruled(row, decided)}
    kept |= {(row.kind, row.value_key) for row in decided if row.state != "rejected"}
    return [Overruled(row, (row.kind, row.value_key) not in kept) for row in gone]


def _asked_for(facts: Sequence[Fact], question: Question, languages: Sequence[str]) -> list[Fact]:
    """Those that are named by most of the question's words, the owner's before others; one of each value."""
    asked = name_of(question.text, languages)
    scored: list[tuple[float, int, Fact]] = []
    for at, fact in enumerate(facts):
        name = name_of(fact.subject, languages)
        shared = sum(within((word,), name) for word in asked)
        if fact.kind == PRICE and not shared:
            continue
        # "The phone number of the baths" is not that of the friends of the baths.
        if fact.kind != PRICE and not within(name, asked):
            continue
        scored.append((-(shared + 0.5 * fact.owned), at, fact))
    chosen: dict[tuple[str, str, str], Fact] = {}
    for _, _, fact in sorted(scored, key=lambda one: one[:2]):
        chosen.setdefault((fact.kind, fact.subject_key, fact.value_key), fact)
    return list(chosen.values())


async def _as_passages(
    conn: Connection,
    knowledge: Knowledge,
    facts: Sequence[Fact],
    overruled: Sequence[Overruled],
    tokenizer: Tokenizer,
) -> tuple[Passage, ...]:
    """A line that also says what was set aside is no passage."""
    assert knowledge.generation is not None
    if not facts:
        return ()
    some = facts[: 2 * MOST]
    quotes = await find_quotes(conn, knowledge.business_id, knowledge.generation, some)
    lines: dict[tuple[int, str], Fact] = {}
    for fact in some:
        if fact in quotes and not any(one.row.shown in quotes[fact].words for one in overruled):
            lines.setdefault((quotes[fact].chunk_no, quotes[fact].words), fact)
    numbers = list(dict.fromkeys(number for number, _ in lines))
    stored = {passage.chunk_no: passage for passage in await read_as_passages(conn, knowledge, numbers)}
    made = [
        replace(
            stored[number],
            text=words,
            heading_path=tuple(dict.fromkeys((*stored[number].heading_path, *fact.subject.split(" · "))))
            if fact.subject
            else stored[number].heading_path,
            tokens=tokenizer.count(words),
            fact=True,
        )
        for (number, words), fact in lines.items()
        if number in stored
    ]
    return tuple(made[:MOST])
