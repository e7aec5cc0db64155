"""`make bench`: measures and writes docs/benchmarks.md.

python -m tests.bench.run [--only start,sites,search,million,many,first_text,streams] [--sites DIR]
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measurements import MEASUREMENTS
from tests.product import ROOT

REPORT = ROOT / "docs" / "benchmarks.md"
DEFAULT_SITES = ROOT.parent / "shared" / "data" / "sites"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="comma-separated names of measurements")
    parser.add_argument("--sites", default=str(DEFAULT_SITES), help="folder with sites, their questions and serve.py")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else list(MEASUREMENTS)
    sections: dict[str, list[str]] = {}
    for name in chosen:
        print(f"# {name}", flush=True)
        sections[name] = []
        for figure in MEASUREMENTS[name](options):
            print(figure.row(), flush=True)
            sections[name].append(figure.row())
        write_report(sections)  # after each: a run that is cut keeps what it measured


def write_report(sections: dict[str, list[str]]) -> None:
    """Replaces the measured sections and keeps the others with their own date."""
    kept = _kept_sections()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}, {_machine()}"
    table = "| figure | n | p50 | p95 | unit | goal |\n|---|---|---|---|---|---|"
    for name, rows in sections.items():
        about = " ".join((MEASUREMENTS[name].__doc__ or "").split())
        kept[name] = "\n".join([f"## {name}", "", about, "", stamp, "", table, *rows, ""])
    intro = (
        "# Benchmarks\n\nWritten by `make bench`. Machines are noisy: medians, and ratios within one run, are what to"
        " compare.\n"
    )
    ordered = [kept[name] for name in MEASUREMENTS if name in kept]
    REPORT.write_text("\n".join([intro, *ordered]), encoding="utf-8")


def _kept_sections() -> dict[str, str]:
    if not REPORT.exists():
        return {}
    parts = REPORT.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def _machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
