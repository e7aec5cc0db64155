"""Recall of the shipped search on open question sets: python -m tests.eval.run_open_sets [--data DIR] [--only …]

Plants each set into a database of its own and asks through retrieval.search. Prints one JSON line a set, with what is
wanted of it and whether that is met. Used by `make bench`; the sets are not part of the repository, and without them
there is nothing to measure.
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

from app.db.pool import Database
from app.embedded import running
from app.providers.minilm import MiniLmEmbedder, MiniLmTokenizer
from app.settings import settings_with
from retrieval.model import Passage
from retrieval.search import search
from retrieval.units import cut
from tests.integration.retrieval.planting import Planted, plant

DEFAULT_DATA = Path(__file__).parents[3] / "shared" / "data"
WINDOW_TOKENS = 60
PASSAGE_TOKENS = 200
QUESTIONS = 400  # of each language of XQuAD
XQUAD = ("en", "de", "es", "ro", "tr", "ar", "hi", "zh")

WANTED: dict[str, dict[str, float]] = {
    "squad": {"recall_at_5": 0.98, "ndcg_at_10": 0.90},
    "chunking": {"recall_at_5": 0.91},
    "support": {"top_1": 0.84},
    **{f"xquad-{code}": {"recall_at_5": 0.975} for code in XQUAD},
}

Score = Callable[[Sequence[Passage]], float]


@dataclass(frozen=True)
class OpenSet:
    name: str
    language: str
    passages: list[Planted]
    questions: list[tuple[str, Score]]  # the score of the first passages, from 0 to 1
    by_position: list[Score] | None = None  # of the same questions, a copy of the text elsewhere not counted
    one_right: bool = True  # a question has one passage that answers it, or several that do so each by itself


def squad(data: Path) -> OpenSet:
    rows = read(data / "squad/passages.jsonl")
    asked = [row for row in read(data / "squad/questions.jsonl") if not row["is_impossible"]]
    return OpenSet("squad", "en", planted(rows, "en"), sample(asked, rows, len(asked)))


def xquad(data: Path, language: str) -> OpenSet:
    rows = read(data / f"xquad/{language}.passages.jsonl")
    return OpenSet(
        f"xquad-{language}",
        language,
        planted(rows, language),
        sample(read(data / f"xquad/{language}.questions.jsonl"), rows, QUESTIONS),
    )


def chunking(data: Path) -> OpenSet:
    passages: list[Planted] = []
    spans: list[tuple[str, int, int]] = []
    for path in sorted((data / "chunking/corpora").iterdir()):
        text = path.read_text(encoding="utf-8")
        for start, end in pieces(text, PASSAGE_TOKENS):
            passages.append(Planted(text[start:end], "", windows=windows(text[start:end])))
            spans.append((path.stem, start, end))
    rows = read(data / "chunking/questions.jsonl")
    questions = [(row["question"], covered(row, spans)) for row in rows]
    by_position = [covered(row, spans, copies=False) for row in rows]
    return OpenSet("chunking", "en", passages, questions, by_position, one_right=False)


def support(data: Path) -> OpenSet:
    """Examples of what customers write, each with what they want; a visitor's message in scope finds one that wants
    the same. Whether a message out of scope is refused is no matter of search."""
    examples = read(data / "support/curekart.train.jsonl")
    wants = [row["label"] for row in examples]
    passages = [Planted(row["sentence"], "", windows=(row["sentence"],)) for row in examples]
    messages = [row for row in read(data / "support/curekart.test.jsonl") if row["label"] in set(wants)]

    def same(label: str) -> Score:
        return lambda found: float(any(wants[passage.chunk_no] == label for passage in found))

    return OpenSet("support", "en", passages, [(row["sentence"], same(row["label"])) for row in messages])


def covered(row: dict[str, Any], spans: Sequence[tuple[str, int, int]], *, copies: bool = True) -> Score:
    """The share of the reference's characters that the passages hold.

    One corpus says many paragraphs twice, and the search shows a text once: a passage that holds a reference word for
    word counts wherever it stands, unless `copies` is off.
    """

    def score(found: Sequence[Passage]) -> float:
        total = held = 0
        said = [letters(passage.text) for passage in found] if copies else []
        for reference in row["references"]:
            length = reference["end"] - reference["start"]
            total += length
            if any(letters(reference["text"]) in text for text in said):
                held += length
                continue
            for passage in found:
                corpus, start, end = spans[passage.chunk_no]
                if corpus == row["corpus_id"]:
                    held += max(0, min(end, reference["end"]) - max(start, reference["start"]))
        return held / total

    return score


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def planted(rows: Sequence[dict[str, Any]], language: str) -> list[Planted]:
    return [
        Planted(row["text"], row["title"].replace("_", " "), language=language, windows=windows(row["text"]))
        for row in rows
    ]


def sample(asked: list[dict[str, Any]], rows: Sequence[dict[str, Any]], most: int) -> list[tuple[str, Score]]:
    numbers = {row["id"]: number for number, row in enumerate(rows)}
    random.Random(1).shuffle(asked)

    def among(number: int) -> Score:
        return lambda found: float(any(passage.chunk_no == number for passage in found))

    return [(row["question"], among(numbers[row["passage_id"]])) for row in asked[:most]]


def windows(text: str) -> tuple[str, ...]:
    """Sentences, as many as fit into a small window."""
    tokenizer, made, held, tokens = MiniLmTokenizer(), [], [], 0
    for unit in cut(text):
        count = tokenizer.count(unit.text)
        if held and tokens + count > WINDOW_TOKENS:
            made.append(" ".join(held))
            held, tokens = [], 0
        held.append(unit.text)
        tokens += count
    return (*made, " ".join(held))


def pieces(text: str, most: int) -> Iterator[tuple[int, int]]:
    """Spans of whole sentences within so many tokens."""
    tokenizer, start, tokens, last = MiniLmTokenizer(), 0, 0, 0
    for match in re.finditer(r"(?<=[.!?])\s+|\n+|\Z", text):
        count = tokenizer.count(text[last : match.end()])
        if tokens and tokens + count > most:
            yield start, last
            start, tokens = last, 0
        tokens += count
        last = match.end()
    if start < len(text):
        yield start, len(text)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


async def measure(data: Path, only: Sequence[str]) -> None:
    makers: dict[str, Callable[[], OpenSet]] = {
        "squad": lambda: squad(data),
        "chunking": lambda: chunking(data),
        "support": lambda: support(data),
    }
    makers |= {f"xquad-{code}": lambda code=code: xquad(data, code) for code in XQUAD}
    with tempfile.TemporaryDirectory(prefix="milo-open-sets-") as folder:
        async with running(settings_with({"MILO_DATA_DIR": folder})) as settings:
            assert settings.database is not None
            database = await Database.open(settings.database, max_size=2)
            embedder = MiniLmEmbedder(Path(folder) / "models")
            try:
                for name, make in makers.items():
                    if not only or name in only:
                        print(json.dumps(await recall(database, embedder, make())), flush=True)
            finally:
                await database.close()


async def recall(database: Database, embedder: MiniLmEmbedder, tested: OpenSet) -> dict[str, Any]:
    knowledge = await plant(database, tested.passages, language=tested.language, embedder=embedder)
    transaction = database.bound(knowledge.business_id)
    five, first, gain, positions = list[float](), list[float](), list[float](), list[float]()
    for number, (question, score) in enumerate(tested.questions):
        found = (await search(question, knowledge, transaction=transaction, embedder=embedder, k=10)).passages
        five.append(score(found[:5]))
        first.append(score(found[:1]))
        gain.append(next((1 / math.log2(at + 1) for at in range(1, len(found) + 1) if score(found[:at])), 0.0))
        if tested.by_position is not None:
            positions.append(tested.by_position[number](found[:5]))
    told: dict[str, Any] = {"set": tested.name, "passages": len(tested.passages), "n": len(five)}
    told["recall_at_5"] = mean(five)
    if tested.one_right:
        told |= {"top_1": mean(first), "ndcg_at_10": mean(gain)}
    if positions:
        told["by_position"] = mean(positions)
    wanted = WANTED[tested.name]
    return told | {"wanted": wanted, "met": all(told[name] >= least for name, least in wanted.items())}


def mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--only", default="", help="names of sets, comma-separated")
    options = parser.parse_args()
    asyncio.run(measure(options.data, [name for name in options.only.split(",") if name]))


if __name__ == "__main__":
    main()
