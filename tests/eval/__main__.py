"""`make eval`: the promises of the answers, measured; ends with 1 when one is not held.

python -m tests.eval [--only finding,quoting,real_sites,verification,crowd] [--data DIR]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.eval.claims import CLAIMS, DATA


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names of measurements, comma-separated")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the open sets and sites")
    options = parser.parse_args()
    broken = 0
    for name in options.only.split(",") if options.only else CLAIMS:
        print(f"# {name}", flush=True)
        for claim in CLAIMS[name](options.data):
            broken += not claim.held
            word = "held" if claim.held else "NOT HELD"
            print(f"{word:9} {claim.name}: {claim.value:.4g} {claim.unit} ({claim.goal}, n = {claim.n})", flush=True)
    print(f"{broken} not held" if broken else "all held")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
