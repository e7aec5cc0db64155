"""Rules tried on the addresses that are known: what each would leave out, before it is saved. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.rules import Rules

SHOWN = 20  # addresses named under each rule


@dataclass(frozen=True, slots=True)
class RuleView:
    """`first`: of the addresses that it leaves out. `only`: it is what all include rules leave."""

    rule: str
    count: int
    first: tuple[str, ...]
    only: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    known: int
    left: int  # that would still be read
    rules: tuple[RuleView, ...]


def try_rules(addresses: Sequence[str], start: str, include: Sequence[str], exclude: Sequence[str]) -> Tried:
    """Each address counts for the first rule that leaves it out; the start address is asked in any case."""
    rules = Rules.of(include, exclude)
    found: dict[str, list[str]] = {rule: [] for rule in exclude}
    others: list[str] = []
    for url in addresses:
        if url == start:
            continue
        why = rules.leaves_out(url)
        if why in found:
            found[why].append(url)
        elif why is not None:
            others.append(url)
    views = [RuleView(rule, len(urls), tuple(urls[:SHOWN])) for rule, urls in found.items()]
    if include:
        views.insert(0, RuleView(", ".join(include), len(others), tuple(others[:SHOWN]), only=True))
    left = len(addresses) - sum(view.count for view in views)
    return Tried(len(addresses), left, tuple(views))
