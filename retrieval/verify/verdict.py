"""What the verifier says of a sentence that it does not bind. Made by bind.py and its rooms, read by written.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Withheld:
    """`kind`: of what could not be confirmed, in the words of figures.Kind, or name, weekday, detail; else empty."""

    reason: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Courtesy:
    """No claim at all ("Yes.", "Gladly!"): may only go before a sentence that has one."""

    text: str
