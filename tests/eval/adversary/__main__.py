"""python -m tests.eval.adversary [--seed N] [--answers 1000] [--open DIR] [--show] [--kinds a,b]: one JSON line."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from pathlib import Path

from tests.eval.adversary.by_kind import by_kind
from tests.eval.adversary.faithful import faithful, golden
from tests.eval.adversary.judge import judge
from tests.eval.adversary.mutations import HELD_OUT, MUTATIONS, adversarial
from tests.eval.adversary.pages import OPEN, open_sites, own_sites


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--open", type=Path, default=OPEN)
    parser.add_argument("--only", choices=("own", "open"))
    parser.add_argument("--kinds", help="of mutations, by comma; held: those not looked at while it was made")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    sites = [*(own_sites() if given.only != "open" else ())]
    more = list(open_sites(given.open)) if given.only != "own" else []
    # Own sites as often as articles: figures of businesses are what matters.
    pool = [*sites * max(1, len(more) // max(1, len(sites)) or 1), *more]
    kinds = None
    if given.kinds:
        kinds = HELD_OUT if given.kinds == "held" else frozenset(given.kinds.split(","))
        if given.kinds == "seen":
            kinds = frozenset(MUTATIONS) - HELD_OUT
    by_hand = sites and kinds is None
    true = [*faithful(pool, given.seed, given.answers), *(golden(sites, true=True) if by_hand else ())]
    true += by_kind(true=True, known=True) if by_hand else ()
    lies = [*adversarial(pool, given.seed, given.answers, kinds), *(golden(sites, true=False) if by_hand else ())]
    lies += by_kind(true=False, known=True) if by_hand else ()
    told = asyncio.run(judge(true, given.seed))
    lied = asyncio.run(judge(lies, given.seed))
    if given.show:
        for way, text, reason in told.withheld:
            print(f"WITHHELD {way}: {text} <- {reason}")
        for kind, text, shown in lied.lies_shown:
            print(f"SHOWN {kind}: {text} -> {shown}")
        for text, quote in (told.cited_wrong + lied.cited_wrong)[:20]:
            print(f"CITED {text} -> {quote}")
    print(
        json.dumps(
            {
                "seed": given.seed,
                "faithful": told.figures(),
                "adversarial": lied.figures(),
                "shown_by_kind": Counter(kind for kind, _, _ in lied.lies_shown),
                "lies_by_kind": Counter(lie.kind for answered in lies for lie in answered.lies),
                "withheld_by_way": Counter(way for way, _, _ in told.withheld),
            },
            ensure_ascii=False,
        )
    )


main()
