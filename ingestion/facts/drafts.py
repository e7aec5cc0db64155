"""A fact before it belongs to a version: made by the recognisers, finished by recognise.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingestion.facts.model import FactKind


@dataclass(frozen=True, slots=True)
class Draft:
    """`start` and `end` in the version's text, None for what only machines are told; then `shown` is set."""

    kind: FactKind
    subject: str
    value: dict[str, Any]
    start: int | None = None
    end: int | None = None
    page: int | None = None
    origin: str = "text"
    shown: str = ""
