"""What tokens cost, by a dated table in a file that an operator may replace (MILO_PRICES).

A model's name and its usage in; millionths of a US dollar out, rounded up, or None for a model that does not stand in
the table. Called by the budget, which writes it into the ledger, and by the settings page.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from app.errors import ConfigurationError
from retrieval.model import Usage

SHIPPED = Path(__file__).with_name("prices.toml")
DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")
NAMES = ("input", "cached", "output")


@dataclass(frozen=True, slots=True)
class Price:
    """Of one token, in millionths of a dollar: what lists call dollars a million tokens."""

    input: float
    cached: float
    output: float


@dataclass(frozen=True, slots=True)
class Prices:
    as_of: date
    table: dict[str, Price]

    def of(self, model: str) -> Price | None:
        return self.table.get(model) or self.table.get(DATED.sub("", model))

    def cost(self, usage: Usage) -> int | None:
        price = self.of(usage.model)
        if price is None:
            return None
        cached = min(max(0, usage.cached_tokens), max(0, usage.prompt_tokens))
        fresh = max(0, usage.prompt_tokens) - cached
        return math.ceil(fresh * price.input + cached * price.cached + max(0, usage.answer_tokens) * price.output)

    def at_most(self, model: str, tokens: int) -> int | None:
        """Of so many tokens of whatever kind: what a process that dies in between is counted with."""
        price = self.of(model)
        return None if price is None else math.ceil(max(0, tokens) * max(price.input, price.output))


def read_prices(path: Path | None, *, own_servers: Collection[str]) -> Prices:
    """`own_servers`: providers asked at their own address, whose lists the shipped table is. A table of the
    operator's own is taken at its word. Raises ConfigurationError."""
    try:
        found: dict[str, Any] = tomllib.loads((path or SHIPPED).read_text(encoding="utf-8"))
        as_of = found.pop("as_of", None)
        if not isinstance(as_of, date):
            raise ValueError("as_of must be a date like 2026-11-21")
        found.pop("version", None)
        table = {name: _price(name, row) for name, row in found.items()}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"MILO_PRICES: {path or SHIPPED} cannot be used: {error}.") from error
    if path is None:
        table = {name: price for name, price in table.items() if name.partition(":")[0] in own_servers}
    return Prices(as_of, table)


def _price(name: str, row: Any) -> Price:
    values: list[float] = []
    for key in NAMES:
        value: Any = cast("dict[str, Any]", row).get(key) if isinstance(row, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            raise ValueError(f"[{name}] needs {', '.join(NAMES)}, in dollars a million tokens")
        values.append(float(value))
    return Price(*values)
