"""Spans that stand on one height, as rows, and the gaps within them. Used by pdf_layout.py and pdf_tables.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingestion.extract.pdf_page import Box, Span

_LABEL = re.compile(
    r"^(?:[•·▪●○◦‣∙■□➢✓✔►*–—\uf0b7\uf0a7-]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)]|§+ ?\d+\w?|\d{1,2}(?:\.\d{1,2})+\.?)$"
)
_LABEL_GAP = 4.5  # of the size
_HARDLY = 0.8  # of the size: what is nearer than this is one text
_FIGURES_APART = 0.42  # two figures with this much between them are two
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Gap:
    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(slots=True)
class Row:
    """`spans` from left to right; never empty."""

    spans: list[Span]
    baseline: float
    size: float

    @property
    def left(self) -> float:
        return self.spans[0].left

    @property
    def right(self) -> float:
        return max(span.right for span in self.spans)

    @property
    def bold(self) -> bool:
        return all(span.bold for span in self.spans)

    @property
    def text(self) -> str:
        return " ".join(span.text for span in self.spans)

    def bottom_gap(self, below: Row) -> float:
        return self.baseline - below.baseline


def make_rows(spans: Sequence[Span], uprights: Sequence[Box] = ()) -> list[Row]:
    """From top to bottom. What was printed twice over itself, to look bold, is there once.

    `uprights`: lines between cells, which keep apart what stands near to each other.
    """
    rows: list[Row] = []
    current: list[Span] = []
    baseline = 0.0
    for span in sorted((each for each in spans if each.text.strip()), key=lambda each: -each.baseline):
        if current and baseline - span.baseline > 0.33 * max(span.size, current[0].size):
            rows.append(_row(current, uprights))
            current = []
        if not current:
            baseline = span.baseline
        current.append(span)
    if current:
        rows.append(_row(current, uprights))
    return rows


def gaps_of(row: Row) -> list[Gap]:
    gaps: list[Gap] = []
    reached = row.spans[0].right
    for span in row.spans[1:]:
        if span.left - reached >= _FIGURES_APART * row.size:
            gaps.append(Gap(reached, span.left))
        reached = max(reached, span.right)
    return gaps


def free_of(row: Row) -> list[Gap]:
    """All that the row leaves free, to both sides of it too."""
    return [Gap(float("-inf"), row.left), *gaps_of(row), Gap(row.right, float("inf"))]


def meet(ours: Sequence[Gap], theirs: Sequence[Gap], *, least: float) -> list[Gap]:
    """What both leave free, where it is at least so wide."""
    both: list[Gap] = []
    for gap in ours:
        for other in theirs:
            common = Gap(max(gap.left, other.left), min(gap.right, other.right))
            if common.width >= least:
                both.append(common)
    return both


def _row(spans: list[Span], uprights: Sequence[Box]) -> Row:
    spans = sorted(spans, key=lambda span: span.left)
    largest = max(spans, key=lambda span: len(span.text))
    stretched = _is_stretched(spans)
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last is None:
            merged.append(span)
        elif _doubles(last, span):
            if len(span.text) > len(last.text):
                merged[-1] = span
        elif (stretched or _belongs(last, span)) and not _is_between(last, span, uprights):
            merged[-1] = _together(last, span)
        else:
            merged.append(span)
    if len(merged) > 1 and sum(bool(_RIGHT_TO_LEFT.search(span.text)) for span in merged) * 2 > len(merged):
        # Read from the right; the places stay, so that columns are still found, where there are more than two.
        joined = " ".join(span.text for span in reversed(merged))
        if all(later.left - span.right < 2 * span.size for span, later in pairwise(merged)):
            merged = [replace(merged[0], text=joined, right=merged[-1].right)]
    return Row(merged, largest.baseline, largest.size)


def _is_stretched(spans: list[Span]) -> bool:
    """A line of a few words drawn out to the column's edges: the same wide space between all of them."""
    gaps = [later.left - span.right for span, later in pairwise(spans)]
    if len(gaps) < 3 or not min(gaps) > 0 or max(gaps) > 2.2 * spans[0].size:
        return False
    worded = sum(sum(map(str.isalpha, span.text)) >= 2 for span in spans)
    return max(gaps) < 1.15 * min(gaps) and worded >= 0.6 * len(spans)


def _doubles(last: Span, span: Span) -> bool:
    """The same text a hair further on, or a part of it again in its own place."""
    if abs(last.baseline - span.baseline) > 0.15 * span.size:
        return False
    overlap = min(last.right, span.right) - max(last.left, span.left)
    if overlap < 0.6 * min(last.width, span.width):
        return False
    return span.text in last.text or last.text in span.text


def _belongs(last: Span, span: Span) -> bool:
    """Parts of one text that the file draws one by one, and a bullet or number with what it stands before."""
    gap = span.left - last.right
    if _LABEL.match(last.text) and not (last.text[-1].isdigit() and not span.text[0].isalpha()):
        return gap <= _LABEL_GAP * span.size
    near = _FIGURES_APART if last.text[-1].isdigit() and span.text[0].isdigit() else _HARDLY
    return gap < near * max(last.size, span.size)


def _is_between(last: Span, span: Span, uprights: Sequence[Box]) -> bool:
    return any(
        rule.bottom <= span.baseline + 0.3 * span.size <= rule.top and last.right - 1 <= rule.left <= span.left + 1
        for rule in uprights
    )


def _together(last: Span, span: Span) -> Span:
    space = " " if span.left - last.right > 0.16 * span.size or _LABEL.match(last.text) else ""
    return Span(
        f"{last.text}{space}{span.text}",
        last.left,
        max(last.right, span.right),
        last.baseline,
        max(last.size, span.size),
        last.bold and span.bold,
    )
