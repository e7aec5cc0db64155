"""Figures of quoting and of abstaining: python -m tests.eval.run_quotes [--only own,squad,support] [--data DIR].

Reads our own sites (tests/eval/sites) with the shipped pipeline, plants the open sets, asks, and prints one JSON line
a site or set. Evidence counts as held when all its letters and digits stand in the text or in a quote of the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from app.db.pool import Database
from app.embedded import running
from app.providers.minilm import MiniLmEmbedder
from app.settings import Settings, settings_with
from retrieval.evidence import Verdict, judge
from retrieval.model import Knowledge, Passage
from retrieval.quote import Quoted, quote
from retrieval.search import Found, find
from tests.eval.own_sites import own_sites, read_by_us
from tests.eval.run_open_sets import DEFAULT_DATA, letters, planted, read
from tests.integration.retrieval.planting import Planted, plant

FETCHED, TOKENS = 16, 3000  # as retrieval/answer.py takes them
SQUAD_QUESTIONS = 300


@dataclass(frozen=True)
class Bench:
    database: Database
    settings: Settings
    embedder: MiniLmEmbedder


@dataclass(frozen=True)
class Answered:
    row: dict[str, Any]
    found: Found
    passages: list[Passage]
    quoted: Quoted | None
    verdict: Verdict

    @property
    def words(self) -> int:
        return sum(len(sentence.text.split()) for sentence in self.quoted.sentences) if self.quoted else 0

    def holds(self, evidence: Sequence[str]) -> bool:
        if self.quoted is None:
            return False
        quotes = [citation.quote for sentence in self.quoted.sentences for citation in sentence.citations]
        said = [letters(" ".join(sentence.text for sentence in self.quoted.sentences)), *map(letters, quotes)]
        return all(any(letters(one) in text for text in said) for one in evidence)


@asynccontextmanager
async def opened() -> AsyncIterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="milo-quotes-") as folder:
        async with running(settings_with({"MILO_DATA_DIR": folder})) as settings:
            assert settings.database is not None
            database = await Database.open(settings.database, max_size=2)
            try:
                yield Bench(database, settings, MiniLmEmbedder(Path(folder) / "models"))
            finally:
                await database.close()


async def ask(bench: Bench, knowledge: Knowledge, row: dict[str, Any], without: int | None = None) -> Answered:
    """`without`: the chunk that holds the answer is taken from what was found."""
    transaction = bench.database.bound(knowledge.business_id)
    found = await find(row["question"], knowledge, transaction=transaction, embedder=bench.embedder, k=FETCHED)
    return await answered(bench, row, found, without)


async def answered(bench: Bench, row: dict[str, Any], found: Found, without: int | None = None) -> Answered:
    passages = [passage for passage in within(found.result.passages) if passage.chunk_no != without]
    quoted = await quote(found.question, passages, found.rarity, bench.embedder)
    return Answered(row, found, passages, quoted, judge(found.question, passages, quoted, found.rarity))


def within(passages: Sequence[Passage]) -> Iterator[Passage]:
    room = TOKENS
    for passage in passages:
        room -= passage.tokens
        if room < 0:
            return
        yield passage


async def own(bench: Bench) -> None:
    told: list[dict[str, Any]] = []
    for site in own_sites():
        async with read_by_us(site, bench.database, bench.settings, bench.embedder) as knowledge:
            made = [await ask(bench, knowledge, row) for row in site.questions]
        told.append({"site": site.slug, **figures(made)})
        print(json.dumps(told[-1]), flush=True)
    print(
        json.dumps(
            {"set": "own"} | {name: round(mean(row[name] for row in told), 3) for name in told[0] if name != "site"}
        )
    )


def figures(made: Sequence[Answered]) -> dict[str, Any]:
    can = [one for one in made if one.row["answerable"]]
    cannot = [one for one in made if not one.row["answerable"]]
    return {
        "held": round(mean(one.holds(one.row["evidence"]) for one in can), 3),
        "words": round(mean(one.words for one in can), 1),
        "sentences": round(mean(len(one.quoted.sentences) if one.quoted else 0 for one in can), 2),
        "refused_right": round(mean(one.verdict is not Verdict.ANSWERS for one in cannot), 3),
        "refused_wrong": round(mean(one.verdict is not Verdict.ANSWERS for one in can), 3),
    }


async def squad(bench: Bench, data: Path) -> None:
    """With the passage that holds the answer and without it."""
    rows = read(data / "squad/passages.jsonl")
    numbers = {row["id"]: number for number, row in enumerate(rows)}
    asked = [row for row in read(data / "squad/questions.jsonl") if not row["is_impossible"]]
    random.Random(2).shuffle(asked)
    knowledge = await plant(bench.database, planted(rows, "en"), language="en", embedder=bench.embedder)
    whole: list[Answered] = []
    cut: list[Answered] = []
    for row in asked[:SQUAD_QUESTIONS]:
        whole.append(await ask(bench, knowledge, row | {"answerable": True, "evidence": row["answers"][:1]}))
        without = numbers[row["passage_id"]]
        cut.append(await answered(bench, row | {"answerable": False}, whole[-1].found, without))
    print(json.dumps({"set": "squad", "n": len(whole), **figures([*whole, *cut])}), flush=True)


async def support(bench: Bench, data: Path) -> None:
    """One business's messages: labelled ones find examples of their label, the others are not its business."""
    rows = read(data / "support/curekart.train.jsonl")
    asked = [row | {"question": row["sentence"]} for row in read(data / "support/curekart.test.jsonl")]
    examples = [Planted(row["sentence"], "", windows=(row["sentence"],)) for row in rows]
    knowledge = await plant(bench.database, examples, language="en", embedder=bench.embedder)
    right: list[bool] = []
    kept: list[bool] = []
    refused: list[bool] = []
    for row in asked:
        one = await ask(bench, knowledge, row)
        sure = one.verdict is Verdict.ANSWERS
        if row["label"] == "NO_NODES_DETECTED":
            refused.append(not sure)
        else:
            first = one.passages[0].chunk_no if one.passages else None
            right.append(first is not None and rows[first]["label"] == row["label"])
            kept.append(right[-1] and sure)
    told = {"in_scope": len(right), "top_1": round(mean(right), 3), "top_1_and_answered": round(mean(kept), 3)}
    print(json.dumps({"set": "support", **told, "out_of_scope": len(refused), "refused": round(mean(refused), 3)}))


async def run(only: Sequence[str], data: Path) -> None:
    async with opened() as bench:
        if not only or "own" in only:
            await own(bench)
        if not only or "squad" in only:
            await squad(bench, data)
        if not only or "support" in only:
            await support(bench, data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--only", default="", help="own, squad, support, comma-separated")
    options = parser.parse_args()
    asyncio.run(run([name for name in options.only.split(",") if name], options.data))


if __name__ == "__main__":
    main()
