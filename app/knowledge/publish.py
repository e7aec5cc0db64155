"""A held reading in, live out; and what the owner had confirmed follows the pages, where they say otherwise now.

To publish a reading that was held because Saturday is 10-14 now is to say that the page is right: else Milo would go
on with the hours that were confirmed before. Called by the dashboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.knowledge.facts.board import read_board
from app.knowledge.facts.confirm import confirm_facts
from app.knowledge.facts.model import Chosen, Fact, State
from app.knowledge.manage import publish_held
from app.knowledge.model import Embeds, Timed


class Publishes(Timed, Embeds, Protocol):
    """What publishing needs. `Services` has it."""


async def publish_and_follow(parts: Publishes, business_id: UUID, generation: int, *, actor: str) -> int:
    """How many confirmed facts followed. Raises Conflict when something newer is live by now.

    In two transactions: after a crash in between, the page of facts shows what the pages say against the owner's word.
    """
    async with parts.database.business_transaction(business_id) as conn:
        before = await read_board(conn, business_id, parts.clock())
    await publish_held(parts, business_id, generation, actor=actor)
    async with parts.database.business_transaction(business_id) as conn:
        after = await read_board(conn, business_id, parts.clock())
    chosen = _followed(before.facts, after.facts)
    if chosen:
        await confirm_facts(parts, business_id, chosen, actor=actor)
    return len(chosen)


def _followed(before: Sequence[Fact], after: Sequence[Fact]) -> list[Chosen]:
    """What the page that was confirmed says by this reading and did not say before; where it says two things, none."""
    known = {(fact.slot, one.key) for fact in before for one in fact.statements}
    chosen: list[Chosen] = []
    for fact in after:
        decision = fact.decision
        if decision is None or decision.state != State.CONFIRMED or fact.value is None:
            continue
        if any(one.key == decision.key for one in fact.statements):
            continue  # it stands somewhere as it was confirmed
        news = [
            one
            for one in fact.otherwise
            if (fact.slot, one.key) not in known and any(place.url == decision.found_url for place in one.places)
        ]
        if len(news) == 1:
            chosen.append(Chosen(fact.slot, news[0].key))
    return chosen
