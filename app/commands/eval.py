"""`milo eval SLUG --questions FILE`: how many questions find their evidence, and how many are refused.

A question counts as found when every evidence string, letters and digits only, stands in the passages returned.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

import click

from app.commands.asked import AskedQuestion, read_questions
from app.commands.console import Console, milo_command
from app.settings import Settings
from retrieval.model import Knowledge, Passage
from retrieval.ports import Transaction

SEEN = 10
BATCH = 500


@milo_command("eval", help="Measure search and answers of the business SLUG on questions with known evidence.")
@click.argument("slug")
@click.option("--questions", "path", required=True, help="JSON lines: question, evidence, answerable.")
async def command(console: Console, settings: Settings, slug: str, path: str) -> None:
    from app.channels.operator.ask import ask, business_by_slug
    from app.channels.web.asking import knowledge_of
    from app.embedded import running
    from app.wiring import open_services
    from retrieval.search import search

    asked = read_questions(None, path)
    async with running(settings) as resolved, open_services(resolved) as services:
        business = await business_by_slug(services, slug)
        knowledge, transaction = knowledge_of(business), services.database.bound(business.business_id)
        index = await _whole_index(transaction, knowledge)
        embedder = services.embedder_of(business.live_model, business.allowed_processors)
        if embedder is not None:
            await embedder.embed(["ready"])
        found: list[tuple[Passage, ...]] = []
        times: list[float] = []
        refused: list[bool] = []
        for one in asked:
            result = await search(one.text, knowledge, transaction=transaction, embedder=embedder, k=SEEN)
            found.append(result.passages)
            times.append(result.embed_ms + result.search_ms)
            refused.append((await ask(services, business, one.text))["status"] == "no_answer")
    result = _figures(asked, found, refused, times, index)
    console.emit(result)


def _figures(
    asked: Sequence[AskedQuestion],
    found: Sequence[Sequence[Passage]],
    refused: Sequence[bool],
    times: Sequence[float],
    index: str,
) -> dict[str, Any]:
    answerable = [number for number, one in enumerate(asked) if one.answerable]
    others = [number for number, one in enumerate(asked) if not one.answerable]

    def found_at(count: int) -> float:
        return _share(_holds(_letters_of(found[number][:count]), asked[number]) for number in answerable)

    ordered = sorted(times)
    return {
        "n": len(asked),
        "answerable": len(answerable),
        "found_at_5": found_at(5),
        "found_at_10": found_at(SEEN),
        "evidence_in_index": _share(_holds(index, asked[number]) for number in answerable),
        "refused_right": _share(refused[number] for number in others),
        "refused_wrong": _share(refused[number] for number in answerable),
        "ms_p50": round(statistics.median(ordered), 2) if ordered else None,
        "ms_p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2) if ordered else None,
    }


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def _holds(letters: str, one: AskedQuestion) -> bool:
    return all(_letters(evidence) in letters for evidence in one.evidence)


def _letters_of(passages: Iterable[Passage]) -> str:
    return "|".join(_letters(f"{passage.title} {passage.heading} {passage.text}") for passage in passages)


def _letters(text: str) -> str:
    bare = re.sub("[\u00ad\u200b\ufeff]", "", text)
    return re.sub(r"[\W_]+", "", bare.casefold())


async def _whole_index(transaction: Transaction, knowledge: Knowledge) -> str:
    """All passages of the live generation, so that a question that cannot be found is told from one that was not."""
    from retrieval.queries import read_passages

    if knowledge.generation is None:
        return ""
    texts: list[str] = []
    async with transaction() as conn:
        start = 0
        while rows := await read_passages(
            conn, knowledge.business_id, knowledge.generation, range(start, start + BATCH)
        ):
            texts += [_letters(f"{row.title} {' > '.join(row.heading_path)} {row.text}") for row in rows]
            start += BATCH
    return "|".join(texts)
