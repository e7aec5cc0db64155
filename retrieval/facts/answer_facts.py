"""Answers "what is your phone number?" and "what is a day ticket?" from facts. Question in, quoted sentences out, or
None: the usual path answers.

Called by answer.py where no model writes. Precision first: the question must name what exactly one fact is about. What
the owner decided stands over pages; where pages say two things, both are quoted with where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from retrieval.analyse import fold
from retrieval.facts.asked import read_question
from retrieval.facts.model import CONTACT, PRICE, AskedFact, Fact, FactsAnswer
from retrieval.facts.naming import last_of, name_of, within
from retrieval.facts.overruled import REJECTED, is_overruled
from retrieval.hours.cite import Quote, find_quotes
from retrieval.hours.model import Origin
from retrieval.hours.queries import DecidedRow, FoundRow, read_decided, read_found
from retrieval.hours.words import MONTHS, sections
from retrieval.model import Citation, Knowledge, Passage, Sentence
from retrieval.ports import Connection, Transaction
from retrieval.queries import read_passages
from retrieval.units import cut

SEVERAL = 2  # values that are told side by side; of more nobody can say which is meant
LINE_WORDS = 30  # of a line that is told as it stands
LABEL_REACH = 12  # lines between a price and the name it stands under
LETTERS = 5  # of a word, to find the prices that may be meant


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence before its quotes; with `quoted` the facts' own lines follow it."""

    text: str
    facts: tuple[Fact, ...]
    quoted: bool = False


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
        overruled = [row for row in found if is_overruled(row, decided)]
        facts = facts_in_force(found, decided)
        for asked in readings:
            told = _tell(asked, facts, earlier, knowledge)
            if told:
                quotes = await find_quotes(
                    conn, knowledge.business_id, knowledge.generation, [fact for one in told for fact in one.facts]
                )
                return await _quoted(conn, knowledge, asked.language, told, _clean(quotes, overruled))
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


def _tell(asked: AskedFact, facts: Sequence[Fact], earlier: str, knowledge: Knowledge) -> list[_Told]:
    """Empty when the facts do not decide."""
    languages = tuple(dict.fromkeys((knowledge.language, asked.language)))
    own_name = name_of(knowledge.business_name, languages)
    rest = tuple(word for word in name_of(asked.rest, languages) if not within((word,), own_name))
    words = sections("told.txt", Path(__file__).parent)[asked.language]
    if asked.kinds == (PRICE,):
        return _tell_price(facts, name_of(asked.rest, languages), languages, words, knowledge, asked)
    spoken = name_of(earlier, languages)
    told: list[_Told] = []
    for kind in asked.kinds:
        named = [fact for fact in facts if fact.kind == kind]
        if spoken and any(fact.subject and within(name_of(fact.subject, languages), spoken) for fact in named):
            return []  # a part was spoken of before: "the phone number" may be its
        about = [fact for fact in named if _is_about(fact, rest, languages)]
        values = _by_value([fact for fact in about if fact.owned] or about)
        if len(values) > SEVERAL or (not values and len(asked.kinds) == 1):
            return []
        label = words[kind] + (f" ({next(iter(values.values()))[0].subject})" if values and rest else "")
        if len(values) == 1:
            [same] = values.values()
            told.append(_Told(f"{_labelled(label, asked.language)} {_contact(same[0])}", tuple(same)))
        elif values:
            told.append(_Told(words["several"].format(label=label), tuple(one[0] for one in values.values()), True))
    return [_dated(one, words, asked.language, knowledge) for one in told]


def _is_about(fact: Fact, rest: tuple[frozenset[str], ...], languages: Sequence[str]) -> bool:
    if not rest:
        return not fact.subject_key
    name = name_of(fact.subject, languages)
    return bool(name) and within(name, rest) and within(rest, name)


def _tell_price(
    facts: Sequence[Fact],
    rest: tuple[frozenset[str], ...],
    languages: Sequence[str],
    words: dict[str, str],
    knowledge: Knowledge,
    asked: AskedFact,
) -> list[_Told]:
    if not rest:
        return []
    close = [fact for fact in facts if fact.kind == PRICE and within(rest, name_of(fact.subject, languages))]
    if len({(fact.subject_key, fact.value.get("per")) for fact in close}) != 1:
        return []  # "adults" of the day ticket, or of the season ticket?
    if not within(name_of(last_of(close[0].subject), languages), rest):
        return []  # the fact is of something narrower than the question
    close = [fact for fact in close if fact.owned] or close
    values = _by_value(close)
    if len(values) > 1:
        documents = {fact.origin.document_id for fact in close}
        if len(values) > SEVERAL or len(documents) < len(values):
            return []
        label = close[0].subject
        return [_Told(words["differ"].format(label=label), tuple(one[0] for one in values.values()), True)]
    told = _Told("", tuple(close))
    return [_dated(told, words, asked.language, knowledge)]


def _by_value(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    values: dict[str, list[Fact]] = {}
    for fact in facts:
        values.setdefault(_same(fact), []).append(fact)
    return values


def _same(fact: Fact) -> str:
    """Two spellings of one street are one address."""
    if fact.kind != "address":
        return fact.value_key
    figures = re.findall(r"\d+", str(fact.value.get("street") or ""))
    code = re.sub(r"\W", "", str(fact.value.get("postcode") or fact.value.get("city") or ""))
    return f"{fold(code)} {'-'.join(figures[:1])}"


def _contact(fact: Fact) -> str:
    value: dict[str, Any] = fact.value
    if fact.kind != "address":
        # As the page writes it: a number in the groups that people there know.
        written = " ".join(fact.origin.shown.split())
        return str(value.get("e164") or value.get("address")) if fact.owned else written
    town = " ".join(str(value[part]) for part in ("postcode", "city") if value.get(part))
    return ", ".join(str(part) for part in (value.get("street"), town) if part)


def _labelled(label: str, language: str) -> str:
    return f"{label} :" if language == "fr" else f"{label}:"


def _dated(told: _Told, words: dict[str, str], language: str, knowledge: Knowledge) -> _Told:
    """With the day on which the owner said so."""
    at = next((fact.decided_at for fact in told.facts if fact.decided_at is not None), None)
    if at is None or told.quoted:
        return told
    day = at.astimezone(ZoneInfo(knowledge.time_zone)).date()
    date = words["date"].format(n=day.day, month=MONTHS[language].split()[day.month - 1], year=day.year)
    return replace(told, text=words["own"].format(text=told.text or _owners(told.facts[0]), date=date))


def _owners(fact: Fact) -> str:
    """The owner's line names the thing and says its price."""
    return fact.origin.shown


def _clean(quotes: dict[Fact, Quote], overruled: Sequence[FoundRow]) -> dict[Fact, Quote]:
    """A line that also says what the owner set aside is quoted only as far as the fact's own words go."""
    cleaned: dict[Fact, Quote] = {}
    for fact, quote in quotes.items():
        own = fact.origin.shown
        spoiled = any(row.shown in quote.words and row.shown not in own for row in overruled)
        if not spoiled:
            cleaned[fact] = quote
        elif own in quote.words:
            cleaned[fact] = replace(quote, words=own)
    return cleaned


async def _quoted(
    conn: Connection, knowledge: Knowledge, language: str, told: Sequence[_Told], quotes: dict[Fact, Quote]
) -> FactsAnswer | None:
    """None when a sentence has no quote, or one of several values has none."""
    chosen: list[tuple[_Told, list[tuple[Fact, Quote]]]] = []
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
    one: _Told, cited: Sequence[tuple[Fact, Quote]], passages: Sequence[Passage], at: dict[int, int]
) -> str | None:
    if one.quoted:
        lines = [f"“{_line(quote)}” ({passages[at[quote.chunk_no]].title})" for _, quote in cited]
        return " ".join([one.text, *lines])
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
