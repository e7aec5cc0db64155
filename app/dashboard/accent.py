"""A business's own colour, made readable: 4.5:1 for text on paper, and the ink that goes on top of it.

Comes in: "#rrggbb" as the owner chose it. Goes out: what the stylesheet of the business says, in light
and dark. The owner's colour itself stays wherever it may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import BadInput

PAPER_LIGHT = "#faf9f7"
PAPER_DARK = "#171614"
BLACK = "#000000"  # of black and white one always reaches 4.5:1; of our softer ink and white not
TEXT_RATIO = 4.5


@dataclass(frozen=True, slots=True)
class Accent:
    colour: str
    ink: str  # on top of the colour
    text_light: str  # the colour, or the nearest shade of it that can be read on paper
    text_dark: str


def accent_of(colour: str) -> Accent:
    ink = max(("#ffffff", BLACK), key=lambda candidate: contrast(candidate, colour))
    return Accent(colour, ink, readable(colour, PAPER_LIGHT, "#000000"), readable(colour, PAPER_DARK, "#ffffff"))


def checked(typed: str) -> str | None:
    """None for an empty field. Raises BadInput for anything but #rrggbb."""
    text = typed.strip().lower()
    if not text:
        return None
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise BadInput("A colour is written as # and six figures, like #1d6b58.", code="bad_colour")
    return text


def readable(colour: str, paper: str, towards: str) -> str:
    """The colour mixed with black or white in steps of 4 % until text in it can be read."""
    for step in range(26):
        mixed = mix(colour, towards, step / 25)
        if contrast(mixed, paper) >= TEXT_RATIO:
            return mixed
    return towards


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(colour: str, other: str, share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(channels(colour), channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def stylesheet(colour: str) -> str:
    accent = accent_of(colour)
    light = f"--accent: {accent.colour}; --accent-ink: {accent.ink}; --accent-text: {accent.text_light};"
    wash = f"--accent-wash: {mix(colour, PAPER_LIGHT, 0.9)};"
    dark_ink = max(("#ffffff", BLACK), key=lambda candidate: contrast(candidate, accent.text_dark))
    dark = f"--accent: {accent.text_dark}; --accent-ink: {dark_ink}; --accent-text: {accent.text_dark};"
    dark_wash = f"--accent-wash: {mix(colour, PAPER_DARK, 0.85)};"
    return f":root {{ {light} {wash} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} {dark_wash} }} }}\n"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
