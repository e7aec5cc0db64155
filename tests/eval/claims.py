"""What the answers promise in figures, each with its goal and whether it is held.

Runs the measuring modules of this folder as commands of their own and reads their JSON lines. Called by `make eval`,
which fails when a goal is not held, and by `make bench`, which writes the figures down.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from tests.product import ROOT

DATA = ROOT.parent / "shared" / "data"
SEEDS = (201, 202)


@dataclass(frozen=True)
class Claim:
    name: str
    n: int
    value: float
    goal: str
    held: bool
    unit: str = "share"


def least(name: str, n: int, value: float, goal: float, unit: str = "share") -> Claim:
    return Claim(name, n, value, f"≥ {goal:g}", value >= goal, unit)


def most(name: str, n: int, value: float, goal: float, unit: str = "share") -> Claim:
    return Claim(name, n, value, f"≤ {goal:g}", value <= goal, unit)


def lines(*command: str) -> Iterator[dict[str, Any]]:
    """The JSON lines that a module of ours prints. A module that fails fails this."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def finding(data: Path) -> Iterator[Claim]:
    """Recall of the search on open sets: squad, xquad in eight languages, the chunking set, the support set."""
    for row in lines("tests.eval.run_open_sets", "--data", str(data)):
        for name, goal in row["wanted"].items():
            yield least(f"{row['set']}: {name.replace('_', ' ')}", row["n"], row[name], goal)


def quoting(data: Path) -> Iterator[Claim]:
    """Quote mode: on our own sites (whose other sites it was fitted on) and on the support set."""
    for row in lines("tests.eval.run_quotes", "--data", str(data), "--only", "own,support"):
        if row.get("set") == "own":
            yield least("own sites: the answer holds the evidence", 14, row["held"], 0.65)
            yield most("own sites: words of an answer", 14, row["words"], 80, "words")
            yield least("own sites: unanswerable refused or called the closest", 14, row["refused_right"], 0.5)
            yield most("own sites: answerable refused or called the closest", 14, row["refused_wrong"], 0.08)
        elif row.get("set") == "support":
            yield least("support: in scope, first one right", row["in_scope"], row["top_1"], 0.84)
            yield least("support: in scope, right and answered", row["in_scope"], row["top_1_and_answered"], 0.84)
            yield least("support: out of scope refused", row["out_of_scope"], row["refused"], 0.7)


def sites(data: Path) -> Iterator[Claim]:
    """The two real sites, by the command an owner has: found, quoted, refused. Nothing is fitted to them."""
    rows = [
        _site(data / "sites", json.loads(path.read_text())) for path in sorted((data / "sites").glob("*/site.json"))
    ]
    n = sum(row["answerable"] for row in rows)
    at_5, in_tokens, says, words, right, wrong = (
        mean(row[name] for row in rows)
        for name in (
            "found_at_5", "found_in_tokens", "answer_has_evidence", "words", "refused_right", "refused_wrong",
        )
    )  # fmt: skip
    yield least("two sites: all evidence in the first 5", n, at_5, 0.88)
    yield least("two sites: all evidence within 3,000 tokens", n, in_tokens, 0.94)
    yield least("two sites: the quoted answer holds the evidence", n, says, 0.65)
    yield most("two sites: words of an answer", n, words, 80, "words")
    yield least("two sites: unanswerable refused or called the closest", 10, right, 0.5)
    yield most("two sites: answerable refused or called the closest", n, wrong, 0.08)


def _site(folder: Path, meta: dict[str, Any]) -> dict[str, Any]:
    """As `milo eval` says it. A question that rests on what robots.txt closes is left out."""
    from tests.bench.measurements import site_server

    slug, url = meta["id"], f"http://127.0.0.1:{meta['port']}{meta['start_path']}"
    with tempfile.TemporaryDirectory(prefix="milo-eval-") as home, site_server(folder, [slug]):
        questions = Path(home) / "questions.jsonl"
        asked = [json.loads(line) for line in (folder / slug / "questions.jsonl").read_text().splitlines() if line]
        questions.write_text("\n".join(json.dumps(row) for row in asked if not row.get("robots_blocked")))
        milo = _Milo(Path(home) / "data", f"127.0.0.1:{meta['port']}")
        milo("business", "create", meta["name"], "--slug", slug, "--language", meta["language"])
        milo("ingest", slug, url)
        return milo("eval", slug, "--questions", str(questions))[-1]


class _Milo:
    def __init__(self, home: Path, host: str):
        self._env = os.environ | {"MILO_DATA_DIR": str(home), "MILO_CRAWL_PRIVATE_HOSTS": host}

    def __call__(self, *command: str) -> list[dict[str, Any]]:
        milo = str(Path(sys.executable).with_name("milo"))
        done = subprocess.run([milo, *command, "--json"], env=self._env, stdout=subprocess.PIPE, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def verification(data: Path) -> Iterator[Claim]:
    """A scripted model that invents, changes and swaps in some thousand answers, and a faithful one; two seeds."""
    for seed in SEEDS:
        [row] = lines("tests.eval.adversary", "--seed", str(seed), "--open", str(data))
        true, lies = row["faithful"], row["adversarial"]
        yield most(f"seed {seed}: lies shown", lies["lies"], lies["lies_shown"], 0, "")
        yield most(f"seed {seed}: faithful sentences withheld", true["sentences"], true["withheld_share"], 0.01)
        yield least(f"seed {seed}: citation precision", true["sentences"], true["citation_precision"], 0.97)
        yield most(f"seed {seed}: CPU a sentence, p95", true["sentences"], true["cpu_ms_p95"], 5, "ms")


def crowd(_: Path) -> Iterator[Claim]:
    """Ten thousand messages at once and in crowds of 400, and whole answers of a hostile provider: no cap is passed."""
    for row in lines("tests.eval.run_budget", "--messages", "10000", "--answers", "120"):
        asked, passed = int(row.get("messages") or row.get("answers") or 0), bool(row["passed_over_a_cap"])
        yield Claim(f"{row['trial']}: a cap passed", asked, float(passed), "0", not passed, "")


CLAIMS: dict[str, Callable[[Path], Iterator[Claim]]] = {
    "finding": finding,
    "quoting": quoting,
    "real_sites": sites,
    "verification": verification,
    "crowd": crowd,
}
