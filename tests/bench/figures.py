"""The noun of the benchmarks: one line of docs/benchmarks.md."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    n: int
    p50: float
    p95: float | None
    unit: str
    goal: str = ""

    def row(self) -> str:
        p95 = "" if self.p95 is None else f"{self.p95:.3g}"
        return f"| {self.name} | {self.n} | {self.p50:.3g} | {p95} | {self.unit} | {self.goal} |"


def of(name: str, values: list[float], unit: str, goal: str = "") -> Figure:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))] if len(ordered) > 1 else None
    return Figure(name, len(ordered), statistics.median(ordered), p95, unit, goal)


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Turn by turn: what a noisy minute does to both sides cancels out."""
    return [one / other for one, other in zip(ones, others, strict=True)]
