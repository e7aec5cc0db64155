"""Two small fits in numpy: a choice among the rows of each question, and a yes or no for each row. Used by fit_*.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Gradient = Callable[[Values], Values]


@dataclass(frozen=True)
class Choice:
    """One question's rows and which of them are right. `weight` of its set."""

    rows: Values
    right: Flags
    weight: float


def fit_choice(choices: Sequence[Choice], *, steps: int = 400, ridge: float = 0.002) -> Values:
    """Weights under which the right rows share most of the softmax of their question."""
    rows = np.concatenate([one.rows for one in choices]).astype(np.float64)
    right = np.concatenate([one.right for one in choices])
    sizes = np.array([len(one.right) for one in choices])
    starts, owner = np.r_[0, np.cumsum(sizes)[:-1]], np.repeat(np.arange(len(choices)), sizes)
    weights = np.array([one.weight for one in choices])
    weights = weights / weights.sum()

    def gradient(fitted: Values) -> Values:
        scores = rows @ fitted
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        among_all = raised / np.add.reduceat(raised, starts)[owner]
        among_right = raised * right / np.add.reduceat(raised * right, starts)[owner]
        return rows.T @ ((among_all - among_right) * weights[owner]) + ridge * fitted

    return _descend(gradient, rows.shape[1], steps)


def fit_yes_no(rows: Values, right: Flags, weights: Values, *, steps: int = 800, ridge: float = 0.003) -> Values:
    """Logistic; the first column is the constant. Columns are brought to one scale while fitting."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    mean[0], scale[0] = 0.0, 1.0
    scaled, share = (rows - mean) / scale, weights / weights.sum()
    held = ridge * (np.arange(rows.shape[1]) > 0)

    def gradient(fitted: Values) -> Values:
        likely = 1 / (1 + np.exp(-(scaled @ fitted)))
        return scaled.T @ ((likely - right) * share) + held * fitted

    fitted = _descend(gradient, rows.shape[1], steps)
    plain = fitted / scale
    plain[0] = fitted[0] - float((fitted[1:] * mean[1:] / scale[1:]).sum())
    return plain


def auroc(scores: Values, right: Flags) -> float:
    order = np.argsort(scores, kind="stable")
    rank = np.empty(len(scores))
    rank[order] = np.arange(1, len(scores) + 1)
    yes, no = int(right.sum()), int((~right).sum())
    return float((rank[right].sum() - yes * (yes + 1) / 2) / max(1, yes * no))


def _descend(gradient: Gradient, columns: int, steps: int) -> Values:
    """Adam, 0.05 a step."""
    fitted, first, second = np.zeros(columns), np.zeros(columns), np.zeros(columns)
    for step in range(1, steps + 1):
        slope = gradient(fitted)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope * slope
        fitted = fitted - 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
    return fitted
