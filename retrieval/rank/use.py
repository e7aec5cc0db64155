"""Orders the first passages of a search anew with learned weights. Called by ranking.py.

`weights.json` is made by tests/eval/train_ranker.py: the weights by column, how they were learned and what they did to
sets that were left out.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.rank.features import COLUMNS, Seen, features

WEIGHTS = Path(__file__).with_name("weights.json")


def rescore(seen: Seen) -> NDArray[np.float32]:
    """What each passage is worth at a second look."""
    return features(seen) @ learned()


@lru_cache(maxsize=1)
def learned() -> NDArray[np.float32]:
    told = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array([told["weights"][name] for name in COLUMNS], np.float32)
