"""P10: messages without end, at once and one after the other, are slowed down and spend no more than the caps.

`python -m tests.eval.run_budget` holds the caps against 10,000 messages and a provider's own bill.
"""

from __future__ import annotations

import asyncio
from uuid import uuid4

from app.settings import Settings
from tests.attack.prompts import EXTRACTION, POISON
from tests.attack.town import town
from tests.attack.worst import WorstModel
from tests.integration.retrieval.planting import Planted

CAP = 9_000


async def test_a_flood_is_slowed_down_and_spends_no_more_than_the_cap(settings: Settings) -> None:
    model = WorstModel(lambda _: "Adults pay 5 € for a ticket. [1] " + "and so on " * 2_000)
    async with town(settings, model) as here:
        shop = await here.settle("Shop", "shop", [Planted("Adults pay 5 € for a ticket.", "Prices")])
        await here.sql(shop.business_id, "UPDATE businesses SET visitor_daily_token_cap = %s", CAP)
        visitor = await here.visitor(shop)

        async def ask(text: str) -> int:
            body = {"text": f"What do adults pay? {text}"[:2_000], "client_message_id": uuid4().hex}
            return (await visitor.post("messages", body)).status_code

        texts = [(text + " ") * 40 for text in (*EXTRACTION, *POISON)][:40]
        statuses = await asyncio.gather(*(ask(text) for text in texts))
        assert statuses.count(200) >= 10 and statuses.count(429) >= 20 and set(statuses) == {200, 429}
        ((most,),) = await here.sql(shop.business_id, "SELECT max(reserved + used) FROM usage_days")
        assert 0 < most <= CAP
        assert 1 <= len(model.heard) < 12, "the rest was quoted without a model"
