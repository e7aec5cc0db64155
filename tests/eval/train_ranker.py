"""Learns the weights of the second look (retrieval/rank): python -m tests.eval.train_ranker [--data DIR] [--write]

Asks the shipped search the open sets and our own small sites, keeps what the second look sees of each question's first
passages, and fits the weights by which the right one comes first (softmax over the passages of a question). Prints
what they do to each group of sets when that group was left out; `--write` puts the weights of all groups into
retrieval/rank/weights.json, with that record. The sites of /shared/data take no part.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.db.pool import Database
from app.embedded import running
from app.providers.minilm import MiniLmEmbedder
from app.settings import settings_with
from retrieval.model import Knowledge, Passage
from retrieval.question import analyse_question
from retrieval.rank.features import COLUMNS, Seen, features
from retrieval.rank.use import WEIGHTS
from retrieval.ranking import Place, Wording, rank
from retrieval.recall import recall
from tests.eval.run_open_sets import (
    DEFAULT_DATA,
    OpenSet,
    Score,
    chunking,
    letters,
    read,
    squad,
    support,
    windows,
    xquad,
)
from tests.integration.retrieval.planting import Planted, plant

SITES = Path(__file__).with_name("sites")
LANGUAGES = ("en", "de", "da", "fr")
QUESTIONS = 400  # of one set
PULL = 1e-3  # towards no weight at all, of every column but the mix
STEPS, RATE = 200, 0.1


@dataclass(frozen=True)
class Row:
    """One question: what is seen of its passages in the order of the mix, and what each is worth."""

    seen: NDArray[np.float32]
    gains: NDArray[np.float64]


def groups(data: Path) -> dict[str, list[Callable[[], OpenSet]]]:
    """Sets that are left out together: XQuAD is made of SQuAD's paragraphs."""
    made: dict[str, list[Callable[[], OpenSet]]] = {
        "squad": [lambda: squad(data), *(lambda code=code: xquad(data, code) for code in ("de", "tr", "zh"))],
        "chunking": [lambda: chunking(data)],
        "support": [lambda: support(data)],
    }
    return made | {f"own-{code}": [lambda code=code: own(code)] for code in LANGUAGES}


def own(language: str) -> OpenSet:
    """Our own sites of one language as one business, each paragraph a passage: as crowded as a real site."""
    passages: list[Planted] = []
    asked: list[dict[str, Any]] = []
    for folder in sorted(SITES.iterdir()):
        if (folder / "site.json").exists() and json.loads((folder / "site.json").read_text())["language"] == language:
            passages += [part for page in sorted(folder.glob("*.md")) for part in paragraphs(page, language)]
            asked += [row for row in read(folder / "questions.jsonl") if row["answerable"]]
    return OpenSet(f"own-{language}", language, passages, [(row["question"], evidence(row)) for row in asked])


def paragraphs(page: Path, language: str) -> Iterator[Planted]:
    title, path = "", ()
    for block in re.split(r"\n\s*\n|\n(?=#)", page.read_text(encoding="utf-8")):
        lines = [line.strip(" |") for line in block.strip().split("\n") if not re.fullmatch(r"\|?[\s|:-]+\|?", line)]
        if lines and lines[0].startswith("# "):
            title = lines.pop(0)[2:]
        elif lines and lines[0].startswith("#"):
            path = (lines.pop(0).lstrip("# "),)
        text = "\n".join(line.replace("**", "") for line in lines if line)
        if text:
            front = " > ".join((title, *path))
            yield Planted(text, title, path, language, tuple(f"{front}\n{window}" for window in windows(text)))


def evidence(row: dict[str, Any]) -> Score:
    wanted = [letters(text) for text in row["evidence"]]

    def score(found: Sequence[Passage]) -> float:
        said = [letters(passage.text) for passage in found]
        return sum(any(text in one for one in said) for text in wanted) / len(wanted)

    return score


async def collect(database: Database, embedder: MiniLmEmbedder, asked: OpenSet) -> list[Row]:
    knowledge = await plant(database, asked.passages, language=asked.language, embedder=embedder)
    questions = list(asked.questions)
    random.Random(2).shuffle(questions)
    return [await _row(database, embedder, knowledge, *question) for question in questions[:QUESTIONS]]


async def _row(database: Database, embedder: MiniLmEmbedder, knowledge: Knowledge, question: str, score: Score) -> Row:
    looked: list[Seen] = []

    def look(seen: Seen) -> NDArray[np.float32]:
        looked.append(seen)
        return -np.arange(len(seen.numbers), dtype=np.float32)

    assert knowledge.generation is not None
    vector = (await embedder.embed([question]))[0]
    async with database.business_transaction(knowledge.business_id) as conn:
        known = await recall(conn, knowledge, knowledge.generation, embedder.model)
        place = Place(conn, knowledge, knowledge.generation, known, embedder.model)
        wording = Wording(analyse_question(question, known.languages, knowledge.language), vector)
        await rank(place, [wording], {}, 10, look)
    [seen] = looked
    rows = [seen.texts[number] for number in seen.numbers.tolist()]
    gains = [score([Passage(row.chunk_no, row.url, row.title, (), row.text, row.tokens, 0.0)]) for row in rows]
    return Row(features(seen), np.array(gains))


def learn(sets: Sequence[Sequence[Row]]) -> NDArray[np.float64]:
    """Each set counts the same, however many questions it has."""
    kept = [[row for row in rows if row.gains.sum() > 0] for rows in sets]
    longest = max(len(row.gains) for rows in kept for row in rows)
    rows = [row for one in kept for row in one]
    seen = np.zeros((len(rows), longest, len(COLUMNS)))
    right, there = np.zeros((len(rows), longest)), np.zeros((len(rows), longest), np.bool_)
    for at, row in enumerate(rows):
        seen[at, : len(row.gains)], there[at, : len(row.gains)] = row.seen, True
        right[at, : len(row.gains)] = row.gains / row.gains.sum()
    share = np.concatenate([np.full(len(one), 1 / len(one) / len(kept)) for one in kept])
    pull = np.array([0.0 if name == "mix" else PULL for name in COLUMNS])
    weights = np.array([5.0 if name == "mix" else 0.0 for name in COLUMNS])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        worth = np.where(there, seen @ weights, -1e9)
        chance = np.exp(worth - worth.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        slope = np.einsum("qp,qpc->c", (chance - right) * share[:, None], seen) + pull * weights
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights


def figures(rows: Sequence[Row], weights: NDArray[np.float64]) -> dict[str, float]:
    five = gain = first = 0.0
    for row in rows:
        ordered = row.gains[np.argsort(-(row.seen @ weights), kind="stable")]
        five += min(1.0, ordered[:5].sum())
        first += min(1.0, ordered[0])
        gain += next((1 / math.log2(at + 2) for at, held in enumerate(ordered[:10]) if held > 0), 0.0)
    told = {"recall_at_5": five, "ndcg_at_10": gain, "top_1": first}
    return {name: round(value / len(rows), 4) for name, value in told.items()}


async def train(data: Path, write: bool) -> None:
    collected: dict[str, dict[str, list[Row]]] = {}
    with tempfile.TemporaryDirectory(prefix="milo-train-") as folder:
        async with running(settings_with({"MILO_DATA_DIR": folder})) as settings:
            assert settings.database is not None
            database = await Database.open(settings.database, max_size=2)
            embedder = MiniLmEmbedder(Path(folder) / "models")
            try:
                for group, makers in groups(data).items():
                    collected[group] = {
                        asked.name: await collect(database, embedder, asked) for asked in (make() for make in makers)
                    }
            finally:
                await database.close()
    alone = np.array([float(name == "mix") for name in COLUMNS])
    record: dict[str, Any] = {}
    for group, sets in collected.items():
        weights = learn([rows for other, sets in collected.items() if other != group for rows in sets.values()])
        for name, rows in sets.items():
            record[name] = {"n": len(rows), "mix": figures(rows, alone), "left_out": figures(rows, weights)}
            print(json.dumps({"set": name, **record[name]}), flush=True)
    weights = learn([rows for sets in collected.values() for rows in sets.values()])
    told = {"version": 1, "weights": dict(zip(COLUMNS, (round(float(one), 4) for one in weights), strict=True))}
    print(json.dumps(told))
    if write:
        WEIGHTS.write_text(json.dumps(told | {"record": record}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    asyncio.run(train(options.data, options.write))


if __name__ == "__main__":
    main()
