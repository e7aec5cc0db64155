"""Fits the weights of abstaining: python -m tests.eval.fit_evidence [--data DIR].

On our own sites, on squad with and without the passage that holds the answer, and on a support desk's messages. Prints
what sites that were left out give at each line, and the weights for retrieval/evidence.py. Some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.evidence import SIGNALS, signals
from retrieval.quoting.features import Matrix
from tests.eval.fitting import Flags, Values, auroc, fit_yes_no
from tests.eval.own_sites import own_sites, read_by_us
from tests.eval.run_open_sets import DEFAULT_DATA, planted, read
from tests.eval.run_quotes import Answered, Bench, answered, ask, opened
from tests.integration.retrieval.planting import Planted, plant

FOLDS = 7
SHARE = {"squad": 0.1, "support": 0.1}  # beside all own sites together
SQUAD_QUESTIONS, SUPPORT_MESSAGES = 300, 500
LINES = (-3.2, -2.8, -2.4, -2.0, -1.6, -1.2)


@dataclass(frozen=True)
class Sample:
    group: str  # own, squad, support
    site: str
    right: bool
    row: Matrix


async def gather(bench: Bench, data: Path) -> list[Sample]:
    made: list[Sample] = []

    def add(group: str, site: str, one: Answered, right: bool) -> None:
        if one.quoted is not None and one.passages:
            made.append(Sample(group, site, right, signals(one.found.question, one.passages, one.quoted)))

    for site in own_sites():
        async with read_by_us(site, bench.database, bench.settings, bench.embedder) as knowledge:
            for row in site.questions:
                add("own", site.slug, await ask(bench, knowledge, row), row["answerable"])
    rows = read(data / "squad/passages.jsonl")
    numbers = {row["id"]: number for number, row in enumerate(rows)}
    asked = read(data / "squad/questions.jsonl")
    random.Random(1).shuffle(asked)
    knowledge = await plant(bench.database, planted(rows, "en"), language="en", embedder=bench.embedder)
    for row in asked[:SQUAD_QUESTIONS]:
        whole = await ask(bench, knowledge, row)
        add("squad", "squad", whole, not row["is_impossible"])
        if not row["is_impossible"]:
            cut = await answered(bench, row, whole.found, numbers[row["passage_id"]])
            add("squad", "squad", cut, right=False)
    examples = read(data / "support/curekart.train.jsonl")
    sent = read(data / "support/curekart.test.jsonl")
    random.Random(1).shuffle(sent)
    chunks = [Planted(row["sentence"], "", windows=(row["sentence"],)) for row in examples]
    knowledge = await plant(bench.database, chunks, language="en", embedder=bench.embedder)
    for row in sent[:SUPPORT_MESSAGES]:
        one = await ask(bench, knowledge, row | {"question": row["sentence"]})
        add("support", "support", one, row["label"] != "NO_NODES_DETECTED")
    return made


def fit(samples: list[Sample]) -> Values:
    """Each group counts as its share says, half for what can be answered and half for what cannot."""
    many = Counter((one.group, one.right) for one in samples)
    weights = np.array([SHARE.get(one.group, 1.0) / many[one.group, one.right] for one in samples])
    return fit_yes_no(*_table(samples), weights)


def _table(samples: list[Sample]) -> tuple[Values, Flags]:
    return np.stack([one.row for one in samples]).astype(np.float64), np.array([one.right for one in samples])


async def run(data: Path) -> None:
    async with opened() as bench:
        samples = await gather(bench, data)
    sites = sorted({one.site for one in samples if one.group == "own"})
    left: list[Sample] = []
    scores: list[Values] = []
    for fold in range(FOLDS):
        out = sites[fold::FOLDS]
        fitted = fit([one for one in samples if one.site not in out])
        held = [one for one in samples if one.site in out]
        left += held
        scores.append(_table(held)[0] @ fitted)
    score, (_, right) = np.concatenate(scores), _table(left)
    told = {"set": "own, left out", "n": len(left), "auroc": round(auroc(score, right), 3)}
    lines = {
        str(line): [round(float((score[~right] < line).mean()), 3), round(float((score[right] < line).mean()), 3)]
        for line in LINES
    }
    print(json.dumps(told | {"refused right and wrong, by line": lines}), flush=True)
    fitted = fit(samples)
    print(json.dumps({name: round(float(value), 3) for name, value in zip(SIGNALS, fitted, strict=True)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    asyncio.run(run(parser.parse_args().data))


if __name__ == "__main__":
    main()
