"""Answers "what is your phone number?" and "what is a day ticket?" from facts. Question in, quoted sentences out, or
None: the usual path answers.

Called by answer.py where no model writes. Precision first: the question must name what exactly one fact is about. What
the owner decided stands over pages; where pages say two things, both are quoted with where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from retrieval.analyse import fold
from retrieval.facts.asked import read_question
from retrieval.facts.model import CONTACT, PRICE, Fact, FactsAnswer
from retrieval.facts.naming import last_of
from retrieval.facts.tell import Told, tell_facts
from retrieval.hours.cite import Quote, find_quotes, narrowed
from retrieval.hours.model import Origin
from retrieval.hours.overruled import REJECTED, is_overruled
from retrieval.hours.queries import DecidedRow, FoundRow, read_decided, read_found
from retrieval.model import Citation, Knowledge, Passage, Sentence
from retrieval.ports import Connection, Transaction
from retrieval.queries import read_passages
from retrieval.units import cut

LINE_WORDS = 30  # of a line that is told as it stands
LABEL_REACH = 12  # lines between a price and the name it stands under
LETTERS = 5  # of a word, to find the prices that may be meant


async def answer_facts(
    knowledge: Knowledge, question: str, language: str, earlier: str, now: datetime, transaction: Transaction
) -> FactsAnswer | None:
    """`now`: aware. `earlier`: the visitor's question before, or ''."""
    readings = read_question(question, language) if knowledge.generation is not None else []
    if not readings:
        return None
    naming = [word[:LETTERS] for word in re.findall(r"[^\W_]{3,}", question.casefold())]
    kinds = sorted({kind for asked in readings for kind in asked.kinds})
    async with transaction() as conn:
        assert knowledge.generation is not None
        found = await read_found(
            conn, knowledge.business_id, knowledge.generation, kinds, naming if kinds == [PRICE] else ()
        )
        decided = await read_decided(conn, knowledge.business_id, now.astimezone(UTC), kinds)
        never = [row.shown for row in found if is_overruled(row, decided)]
        facts = facts_in_force(found, decided)
        for asked in readings:
            told = tell_facts(asked, facts, earlier, knowledge)
            if told:
                quotes = await find_quotes(
                    conn, knowledge.business_id, knowledge.generation, [fact for one in told for fact in one.facts]
                )
                return await _quoted(conn, knowledge, asked.language, told, narrowed(quotes, never))
    return None


def facts_in_force(found: Sequence[FoundRow], decided: Sequence[DecidedRow]) -> list[Fact]:
    """The owner's word first."""
    own = [
        Fact(row.kind, row.subject, row.subject_key, row.value_key, Origin(row.shown), row.updated_at)
        for row in decided
        if row.state != REJECTED
    ]
    pages = [
        Fact(
            row.kind, row.subject, row.subject_key, row.value_key,
            Origin(row.shown, row.document_id, row.version_id, row.start_at, row.end_at),
        )
        for row in found
        if not is_overruled(row, decided)
    ]  # fmt: skip
    return [*own, *pages]


async def _quoted(
    conn: Connection, knowledge: Knowledge, language: str, told: Sequence[Told], quotes: dict[Fact, Quote]
) -> FactsAnswer | None:
    """None when a sentence has no quote, or one of several values has none."""
    chosen: list[tuple[Told, list[tuple[Fact, Quote]]]] = []
    for one in told:
        each = [(fact, quotes[fact]) for fact in one.facts if fact in quotes]
        if not each or (one.quoted and len(each) < len(one.facts)):
            return None
        chosen.append((one, each if one.quoted else each[:1]))
    numbers = list(dict.fromkeys(quote.chunk_no for _, cited in chosen for _, quote in cited))
    passages = await read_as_passages(conn, knowledge, numbers)
    at = {passage.chunk_no: place for place, passage in enumerate(passages)}
    sentences: list[Sentence] = []
    for one, cited in chosen:
        text = _text(one, cited, passages, at)
        if text is None or any(quote.chunk_no not in at for _, quote in cited):
            return None
        citations = [
            citation
            for fact, quote in cited
            for citation in _citations(fact, quote, passages[at[quote.chunk_no]], at[quote.chunk_no])
        ]
        sentences.append(Sentence(text, tuple(dict.fromkeys(citations))))
    return FactsAnswer(language, _ended(sentences), passages)


def _ended(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """A full stop only between two: behind a mail address somebody would copy it."""
    last = len(sentences) - 1
    return tuple(
        replace(one, text=f"{one.text}.") if at < last and one.text[-1] not in ".!?”" else one
        for at, one in enumerate(sentences)
    )


async def read_as_passages(conn: Connection, knowledge: Knowledge, numbers: Sequence[int]) -> tuple[Passage, ...]:
    """In this order; those that are gone are left out."""
    assert knowledge.generation is not None
    rows = {
        row.chunk_no: row for row in await read_passages(conn, knowledge.business_id, knowledge.generation, numbers)
    }
    return tuple(
        Passage(
            row.chunk_no, row.url, row.title, tuple(row.heading_path), row.text, row.tokens, 1.0, row.page,
            row.checked_at,
        )
        for row in (rows[number] for number in numbers if number in rows)
    )  # fmt: skip


def _text(
    one: Told, cited: Sequence[tuple[Fact, Quote]], passages: Sequence[Passage], at: dict[int, int]
) -> str | None:
    if one.quoted:
        lines = [f"“{_line(quote)}” ({passages[at[quote.chunk_no]].title})" for _, quote in cited]
        return " ".join([one.text, *dict.fromkeys(lines)])  # one line may name both
    if one.text:
        return one.text
    fact, quote = cited[0]
    if not fact.value.get("per") and not fact.value.get("from"):
        return f"{fact.subject.replace(' · ', ' – ')}: {' '.join(fact.origin.shown.split())}"
    # "From 12 €", "12 € an hour": said in the page's own words.
    line = _line(quote)
    if len(line.split()) > LINE_WORDS:
        return None
    return line if last_of(fact.subject) in line else f"{fact.subject.replace(' · ', ' – ')}: {line}"


def _line(quote: Quote) -> str:
    return " ".join(quote.words.split())


def _citations(fact: Fact, quote: Quote, passage: Passage, number: int) -> list[Citation]:
    """The line, and the name above it where the line alone does not say of what it is."""
    cited = [_cite(passage, number, quote.words)]
    if fact.kind in CONTACT or fact.owned or " · " not in fact.subject:
        return cited
    units = cut(passage.text)
    start = passage.text.find(quote.words)
    above = [unit for unit in units if unit.end <= start][-LABEL_REACH:]
    names = {fold(part) for part in fact.subject.split(" · ")}
    label = next((unit for unit in reversed(above) if unit.label and fold(unit.text).strip(" :*") in names), None)
    return [_cite(passage, number, label.text), *cited] if label is not None else cited


def _cite(passage: Passage, number: int, words: str) -> Citation:
    return Citation(
        passage=number + 1, quote=words, url=passage.url, title=passage.title, chunk_no=passage.chunk_no,
        page=passage.page, checked_at=passage.checked_at,
    )  # fmt: skip
