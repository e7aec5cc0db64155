"""Fits the weights of quoting: python -m tests.eval.fit_quotes [--write] [--data DIR].

On our own sites and on squad and xquad (de). Prints what whole sites that were left out give, one JSON line; with
--write the weights of all go into retrieval/quoting/weights.py. Some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from retrieval.model import Passage
from retrieval.quote import PASSAGES
from retrieval.quoting import choose, weights
from retrieval.quoting.features import Column, Matrix, Reading
from retrieval.quoting.tell import tell
from retrieval.search import Found, find
from tests.eval.fitting import Choice, Flags, fit_choice, fit_yes_no
from tests.eval.own_sites import own_sites, read_by_us
from tests.eval.run_open_sets import DEFAULT_DATA, letters, planted, read
from tests.eval.run_quotes import FETCHED, Bench, opened, within
from tests.integration.retrieval.planting import plant

FOLDS = 7
OPEN_SETS = {"squad": ("squad", "en", 450), "xquad": ("xquad/de", "de", 150)}
OPEN_WEIGHT = 0.4  # of a question of theirs, beside one of our sites
OPEN_WEIGHT_AMONG = 0.3
AMONG_NAMES = (
    "always", "behind the best", "the one before", "the one after", "is the best", "follows it", "precedes it",
    "same section", "same section, close", "heading", "columns or link", "how many fit", "own score", "list asked",
    "same passage", "best of its section", "the best's score", "next sentence", "same paragraph",
)  # fmt: skip


@dataclass
class Asked:
    """A question as it was read. `evidence` empty: the answer is a span of the passage `gold`."""

    site: str
    row: dict[str, Any]
    reading: Reading
    features: Matrix
    right: Flags

    @property
    def open(self) -> bool:
        return self.site in OPEN_SETS


async def gather(bench: Bench, data: Path) -> list[Asked]:
    made: list[Asked] = []
    for site in own_sites():
        async with read_by_us(site, bench.database, bench.settings, bench.embedder) as knowledge:
            transaction = bench.database.bound(knowledge.business_id)
            for row in site.questions:
                if row["answerable"]:
                    found = await find(
                        row["question"], knowledge, transaction=transaction, embedder=bench.embedder, k=FETCHED
                    )
                    made.append(await _read(bench, site.slug, row, found))
    for name, (path, language, many) in OPEN_SETS.items():
        separator = "." if "/" in path else "/"
        rows = read(data / f"{path}{separator}passages.jsonl")
        numbers = {row["id"]: number for number, row in enumerate(rows)}
        asked = [row for row in read(data / f"{path}{separator}questions.jsonl") if not row.get("is_impossible")]
        random.Random(1).shuffle(asked)
        knowledge = await plant(bench.database, planted(rows, language), language=language, embedder=bench.embedder)
        transaction = bench.database.bound(knowledge.business_id)
        for row in asked[:many]:
            found = await find(row["question"], knowledge, transaction=transaction, embedder=bench.embedder, k=FETCHED)
            told = row | {"gold": numbers[row["passage_id"]]}
            made.append(await _read(bench, name, told, found))
    return [one for one in made if one.right.any()]


async def _read(bench: Bench, site: str, row: dict[str, Any], found: Found) -> Asked:
    passages = list(within(found.result.passages))[:PASSAGES]
    reading = Reading(found.question, passages, found.rarity)
    features = reading.features()
    texts = [reading.in_context(place) for place in reading.places]
    vectors = await bench.embedder.embed([found.question.text, *texts])
    features[:, Column.COSINE] = vectors[1:] @ vectors[0]
    spans = list(_gold(row, passages)) if "gold" in row else list(_evidence(row["evidence"], passages))
    right = [
        any(
            number == place.passage and place.laid.unit.start < end and start < place.laid.unit.end
            for number, start, end in spans
        )
        for place in reading.places
    ]
    return Asked(site, row, reading, features, np.array(right))


def _gold(row: dict[str, Any], passages: Sequence[Passage]) -> list[tuple[int, int, int]]:
    for number, passage in enumerate(passages):
        if passage.chunk_no == row["gold"]:
            answer = row["answers"][0]
            start = row.get("answer_start", -1)
            start = start if start >= 0 and passage.text[start:].startswith(answer) else passage.text.find(answer)
            return [(number, start, start + len(answer))] if start >= 0 else []
    return []


def _evidence(evidence: Sequence[str], passages: Sequence[Passage]) -> list[tuple[int, int, int]]:
    """Spans whose letters and digits are those of a piece of evidence."""
    spans: list[tuple[int, int, int]] = []
    for number, passage in enumerate(passages):
        places = [at for at, sign in enumerate(passage.text) for _ in letters(sign)]
        plain = "".join(letters(sign) for sign in passage.text)
        for wanted in map(letters, evidence):
            at = plain.find(wanted)
            while at >= 0:
                spans.append((number, places[at], places[at + len(wanted) - 1] + 1))
                at = plain.find(wanted, at + 1)
    return spans


def fit(asked: Sequence[Asked]) -> tuple[Matrix, Matrix]:
    """Of a unit by itself, and among the others."""
    choices = [Choice(one.features.astype(np.float64), one.right, OPEN_WEIGHT if one.open else 1.0) for one in asked]
    unit = fit_choice(choices).astype(np.float32)
    rows = [choose.among(one.reading, one.features @ unit) for one in asked]
    shares = [np.full(len(one.right), OPEN_WEIGHT_AMONG if one.open else 1.0) for one in asked]
    right = np.concatenate([one.right for one in asked])
    among = fit_yes_no(np.concatenate(rows).astype(np.float64), right, np.concatenate(shares))
    return unit, among.astype(np.float32)


def judge(asked: Sequence[Asked]) -> dict[str, Any]:
    """Each site by weights of the others."""
    sites = sorted({one.site for one in asked if not one.open})
    held: list[bool] = []
    words: list[int] = []
    for fold in range(FOLDS):
        out = sites[fold::FOLDS]
        unit, among = fit([one for one in asked if one.site not in out])
        for one in asked:
            if one.site in out:
                choose.AMONG = among
                sentences = list(tell(one.reading, choose.choose(one.reading, one.features @ unit)))
                quotes = [citation.quote for sentence in sentences for citation in sentence.citations]
                said = [letters(" ".join(sentence.text for sentence in sentences)), *map(letters, quotes)]
                held.append(all(any(letters(piece) in text for text in said) for piece in one.row["evidence"]))
                words.append(sum(len(sentence.text.split()) for sentence in sentences))
    return {"sites": len(sites), "questions": len(held), "held": round(mean(held), 3), "words": round(mean(words), 1)}


def written(unit: Matrix, among: Matrix) -> str:
    lines = [
        '"""Weights of quoting, written by `python -m tests.eval.fit_quotes --write`, which fits them."""',
        "",
        "from __future__ import annotations",
        "",
        "import numpy as np",
        "",
        "# Of a unit by itself, in the order of features.Column.",
        "UNIT = np.array(",
        "    [",
        *(f"        {value:.3f},  # {column.name.lower()}" for value, column in zip(unit, Column, strict=True)),
        "    ],",
        "    np.float32,",
        ")",
        "",
        "# Of a unit among the others, in the order of choose.among.",
        "AMONG = np.array(",
        "    [",
        *(f"        {value:.3f},  # {name}" for value, name in zip(among, AMONG_NAMES, strict=True)),
        "    ],",
        "    np.float32,",
        ")",
    ]
    return "\n".join(lines) + "\n"


async def run(data: Path, *, write: bool) -> None:
    async with opened() as bench:
        asked = await gather(bench, data)
    print(json.dumps({"set": "own, left out"} | judge(asked)), flush=True)
    unit, among = fit(asked)
    if write:
        Path(str(weights.__file__)).write_text(written(unit, among), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--write", action="store_true", help="into retrieval/quoting/weights.py")
    options = parser.parse_args()
    asyncio.run(run(options.data, write=options.write))


if __name__ == "__main__":
    main()
