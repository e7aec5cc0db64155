"""`milo eval SLUG`: how many questions find their evidence, how many are answered with it, how many are refused.

Of a file, or without one the golden questions, those that must stay right. A question of a file counts as found when
every evidence string, letters and digits only, stands in the passages returned.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from app.commands.asked import read_questions
from app.commands.console import Console, milo_command
from app.errors import BadInput, NotFound
from app.golden.facts import letters, missing_of
from app.golden.model import Expects, Generation, Golden, Result
from app.settings import Settings
from retrieval.model import Answer, Knowledge, Passage
from retrieval.ports import Transaction

SEEN = 10
BATCH = 500
NOTHING_KEPT = (
    "No question is kept right in this business yet. Add some in the dashboard (Knowledge, Kept right), or give"
    " --questions FILE.jsonl."
)


@milo_command("eval", help="Measure search and answers of the business SLUG on questions with known evidence.")
@click.argument("slug")
@click.option("--questions", "path", help="JSON lines: question, evidence, answerable. Without: the golden questions.")
@click.option("--generation", type=click.IntRange(1), help="A kept reading, instead of the one that is live.")
@click.option("--model", is_flag=True, help="Golden questions are asked the chat model too, within the month's budget.")
async def command(
    console: Console, settings: Settings, slug: str, path: str | None, generation: int | None, model: bool
) -> None:
    from app.channels.operator.ask import business_by_slug
    from app.channels.web.asking import answer_ports
    from app.embedded import running
    from app.golden.ask import answered, judge, knowledge_at
    from app.golden.queries import list_active, list_generations
    from app.wiring import open_services
    from retrieval.search import search

    cases = [Case(one.text, one.evidence, one.answerable) for one in read_questions(None, path)] if path else []
    async with running(settings) as resolved, open_services(resolved) as services:
        business = await business_by_slug(services, slug)
        transaction = services.database.bound(business.business_id)
        async with transaction() as conn:
            kept = await list_generations(conn, business.business_id)
            if path is None:
                cases = [Case.of(golden) for golden in await list_active(conn, business.business_id)]
        if not cases and path is None:
            raise BadInput(NOTHING_KEPT, code="no_questions")
        at = _chosen(kept, generation)
        knowledge = knowledge_at(business, at)
        # As a visitor is answered; of golden questions, unless it is asked for, by quotes alone as when a reading is
        # checked: the same text gives the same answer and no token is spent.
        embedder = services.embedder_of(knowledge.model, business.allowed_processors)
        ports = replace(answer_ports(services, business, quote_only=path is None and not model), embedder=embedder)
        index = await _whole_index(transaction, knowledge)
        # What a running service has in memory.
        await search("ready", knowledge, transaction=transaction, embedder=embedder)
        measured: list[Measured] = []
        for case in cases:
            result = await search(case.text, knowledge, transaction=transaction, embedder=embedder, k=SEEN)
            given = await answered(knowledge, case.text, ports)
            one = Measured(case, result.passages, result.embed_ms + result.search_ms, given)
            measured.append(one)
            if case.golden is not None:
                console.emit(_line(one, judge(case.golden, given)), _told(case.golden, judge(case.golden, given)))
    figures = _figures(measured, index) | {"generation": knowledge.generation}
    if path is None:
        passed = [judge(one.case.golden, one.given).passed for one in measured if one.case.golden is not None]
        figures |= {"passed": sum(passed), "failed": len(passed) - sum(passed)}
    console.emit(figures)


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    evidence: tuple[str, ...]
    answerable: bool
    golden: Golden | None = None

    @classmethod
    def of(cls, golden: Golden) -> Case:
        return cls(golden.question, tuple(golden.facts), golden.expects == Expects.FACTS, golden)


@dataclass(frozen=True, slots=True)
class Measured:
    case: Case
    found: tuple[Passage, ...]
    ms: float
    given: Answer

    @property
    def refused(self) -> bool:
        return self.given.status == "no_answer"

    @property
    def said(self) -> list[str]:
        """The answer and its quotes."""
        quotes = [citation.quote for sentence in self.given.sentences for citation in sentence.citations]
        return [self.given.text, *quotes]

    def found_at(self, count: int) -> bool:
        return self.holds(_texts(self.found[:count]))

    def holds(self, texts: Sequence[str]) -> bool:
        """Golden facts may be written otherwise, evidence of a file may not."""
        if self.case.golden is not None:
            return not missing_of(self.case.evidence, texts)
        return _in_letters("|".join(map(letters, texts)), self.case)


def _chosen(kept: Sequence[Generation], number: int | None) -> Generation | None:
    """Raises NotFound with the numbers there are."""
    chosen = next((one for one in kept if (one.live if number is None else one.generation == number)), None)
    if chosen is None and number is not None:
        known = ", ".join(str(one.generation) for one in kept) or "none"
        raise NotFound(f"There is no reading {number} any more. Kept are: {known}.", code="no_generation")
    return chosen


def _line(one: Measured, result: Result) -> dict[str, Any]:
    assert one.case.golden is not None
    return {
        "question": one.case.text,
        "expects": one.case.golden.expects,
        "facts": list(one.case.evidence),
        "passed": result.passed,
        "found": result.found,
        "status": result.status,
        "missing": result.missing,
        "text": result.text,
        "citations": result.citations,
        "mode": one.given.mode,
        "ms": round(one.ms, 2),
    }


def _told(golden: Golden, result: Result) -> str:
    state = "right" if result.passed else "found, not said" if result.found else "not right"
    missing = f" (missing: {', '.join(result.missing)})" if result.missing and not result.passed else ""
    return f"{state}: {golden.question}{missing}"


def _figures(measured: Sequence[Measured], index: str) -> dict[str, Any]:
    answerable = [one for one in measured if one.case.answerable]
    others = [one for one in measured if not one.case.answerable]
    times = sorted(one.ms for one in measured)
    return {
        "n": len(measured),
        "answerable": len(answerable),
        "found_at_5": _share(one.found_at(5) for one in answerable),
        "found_at_10": _share(one.found_at(SEEN) for one in answerable),
        "found_in_tokens": _share(one.holds(_texts(one.given.passages)) for one in answerable),
        "evidence_in_index": _share(_in_letters(index, one.case) or one.found_at(SEEN) for one in answerable),
        "answer_has_evidence": _share(one.holds(one.said) for one in answerable),
        "words": round(statistics.mean(len(one.given.text.split()) for one in answerable), 1) if answerable else None,
        "refused_right": _share(one.refused for one in others),
        "refused_wrong": _share(one.refused for one in answerable),
        "ms_p50": round(statistics.median(times), 2) if times else None,
        "ms_p95": round(times[min(len(times) - 1, int(0.95 * len(times)))], 2) if times else None,
    }


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def _texts(passages: Sequence[Passage]) -> list[str]:
    return [f"{passage.title} {passage.heading} {passage.text}" for passage in passages]


def _in_letters(text: str, case: Case) -> bool:
    return all(letters(evidence) in text for evidence in case.evidence)


async def _whole_index(transaction: Transaction, knowledge: Knowledge) -> str:
    """All passages asked, so that a question that cannot be found is told from one that was not."""
    from retrieval.queries import read_passages

    if knowledge.generation is None:
        return ""
    texts: list[str] = []
    async with transaction() as conn:
        start = 0
        while rows := await read_passages(
            conn, knowledge.business_id, knowledge.generation, range(start, start + BATCH)
        ):
            texts += [letters(f"{row.title} {' > '.join(row.heading_path)} {row.text}") for row in rows]
            start += BATCH
    return "|".join(texts)
