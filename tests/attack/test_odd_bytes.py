"""Bytes that no person types: an answer in words for each, never a fault of ours."""

from __future__ import annotations

from uuid import uuid4

from app.settings import Settings
from tests.attack.town import town
from tests.attack.worst import WorstModel
from tests.integration.retrieval.planting import Planted

PATHS = ("/w/%00/frame", "/demo/%00", "/dashboard/%00", "/dashboard/bakery/inbox?before=%00", "/w/%ED%A0%80/frame",
         "/dashboard/bakery/knowledge/pages?q=%00", "/hooks/%00", "/widget/x/%00", "/demo/%ED%A0%80")  # fmt: skip

MESSAGE = '{"text": "TEXT", "client_message_id": "ID"}'
LEAD = '{"email": "a@b.example", "name": "NAME"}'


async def test_odd_bytes_are_refused_in_words(settings: Settings) -> None:
    async with town(settings, WorstModel(lambda _: "Adults pay 5 €. [1]")) as here:
        bakery = await here.settle("Bakery", "bakery", [Planted("Adults pay 5 €.", "Prices")], owner="o@example.com")
        visitor = await here.visitor(bakery)
        for path in PATHS:
            answer = await here.client.get(path, headers={"cookie": bakery.owner_cookie})
            assert 400 <= answer.status_code < 500, (path, answer.status_code)
        headers = {"Authorization": f"Bearer {visitor.token}", "Content-Type": "application/json"}

        async def send(path: str, body: str) -> int:
            key = {"Idempotency-Key": uuid4().hex}
            answer = await here.client.post(f"/w/{bakery.key}/{path}", content=body, headers=headers | key)
            assert answer.status_code < 500, (path, body[:60], answer.text[:200])
            return answer.status_code

        for number in ("a\\u0000b", "\\ud800", "a\\nb", "x" * 65, ""):
            assert await send("messages", MESSAGE.replace("ID", number)) == 400, number
        for text in ("\\u0000", "\\ud800", "\\u202e\\u200b", "x" * 2_001, "[" * 20_000):
            assert await send("messages", MESSAGE.replace("TEXT", text)) in (400, 413), text[:20]
        assert await send("messages", "[" * 10_000) == 400
        assert await send("session", '{"visitor": "\\u0000", "proof": "\\u0000"}') == 200
        assert await send("leads", LEAD.replace("NAME", "x" * 1_000_000)) == 413
        assert await send("leads", '{"email": "a@b.example\\r\\nBcc: all@b.example"}') == 400
        rows = await here.sql(bakery.business_id, "SELECT count(*) FROM messages")
        assert rows == [(0,)]
