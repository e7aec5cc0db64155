"""Bars per day as SVG, made here so that no script draws them. Labels are HTML around it, so they never shrink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

HEIGHT = 120


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int
    part: int = 0  # of the value, drawn in the second colour on top


def bars(found: Sequence[Bar], title: str) -> Markup:
    """One bar a day over the whole width; a day without anything keeps its place."""
    most = max((bar.value for bar in found), default=0) or 1
    shapes: list[Markup] = []
    for place, bar in enumerate(found):
        whole = bar.value / most * HEIGHT
        part = bar.part / most * HEIGHT
        rects = rect(place, HEIGHT - whole + part, whole - part, "bar") + rect(
            place, HEIGHT - whole, part, "bar second"
        )
        shapes.append(Markup("<g><title>{}: {}</title>{}</g>").format(bar.label, bar.value, rects))
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" preserveAspectRatio="none" height="{}" role="img" aria-label="{}">{}'
        '<line class="base" x1="0" x2="{}" y1="{}" y2="{}" vector-effect="non-scaling-stroke"/></svg>'
    ).format(len(found) * 10, HEIGHT, HEIGHT, title, Markup("").join(shapes), len(found) * 10, HEIGHT, HEIGHT)


def rect(place: int, top: float, height: float, kind: str) -> Markup:
    if height <= 0:
        return Markup("")
    return Markup('<rect class="{}" x="{}" y="{:.1f}" width="7" height="{:.1f}"/>').format(
        kind, place * 10 + 1.5, top, height
    )
