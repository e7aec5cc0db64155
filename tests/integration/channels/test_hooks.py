"""An owner's site says that it changed: what an address with a token may do, and that a wrong one learns nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from app.knowledge.hooks.renew import renew_hook, revoke_hook
from app.knowledge.manage import add_site
from app.knowledge.remove import find_target, remove_knowledge
from app.web import create_app
from tests.integration.channels.conftest import Web

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class Hooked:
    web: Web
    client: AsyncClient
    source_id: UUID
    token: str
    time: list[datetime]

    async def ring(self, token: str | None = None, **given: Any) -> Response:
        return await self.client.post(f"/hooks/{token or self.token}", **given)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.web.services.database.business_transaction(self.web.business.business_id) as conn:
            return await (await conn.execute(query)).fetchall()  # type: ignore[arg-type]

    async def waiting(self) -> list[tuple[Any, ...]]:
        return await self.rows("SELECT kind, run_after FROM jobs WHERE state = 'queued' ORDER BY kind")


@pytest.fixture
async def hooked(web: Web) -> Any:
    business_id = web.business.business_id
    time = [NOON]
    services = replace(web.services, clock=lambda: time[0])
    added = await add_site(services, business_id, "https://corner.example/", actor="operator")
    async with services.database.business_transaction(business_id) as conn:
        await conn.execute("UPDATE jobs SET state = 'done'")
    token = await renew_hook(services, business_id, added.source_id, actor="operator")
    transport = ASGITransport(create_app(services), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield Hooked(web, client, added.source_id, token, time)


def moments() -> Iterator[tuple[int, int]]:
    """Seconds after noon at which it rings, and those at which the reading may begin."""
    yield from ((0, 0), (1, 60), (2, 60), (59, 60), (61, 120), (300, 300))


async def test_ringing_makes_one_reading_wait_and_one_begins_a_minute(hooked: Hooked):
    for at, begins in moments():
        hooked.time[0] = NOON + timedelta(seconds=at)
        answer = await hooked.ring()
        assert answer.status_code == 202
        assert answer.json() == {
            "status": "waiting",
            "reads_at": (NOON + timedelta(seconds=begins)).isoformat(timespec="seconds"),
        }
        assert len(await hooked.waiting()) == 1
        if at in (0, 61):  # a worker took it
            await hooked.rows("UPDATE jobs SET state = 'done' WHERE state = 'queued' RETURNING 1")
    ((kind, run_after),) = await hooked.waiting()
    assert (kind, run_after) == ("ingest_source", NOON + timedelta(seconds=300))


async def test_tomorrows_reading_is_brought_forward_and_not_doubled(hooked: Hooked):
    await hooked.rows(
        "INSERT INTO jobs (business_id, kind, state, key, payload, run_after)"
        f" SELECT business_id, 'ingest_source', 'queued', '{hooked.source_id}',"
        f" '{{\"source_id\": \"{hooked.source_id}\"}}', '2030-05-02' FROM businesses RETURNING 1"
    )
    await hooked.ring()
    assert await hooked.waiting() == [("ingest_source", NOON)]


async def test_named_addresses_are_asked_again_when_they_are_of_this_source(hooked: Hooked):
    urls = [
        "https://corner.example/prices",
        "https://corner.example/prices#top",
        "https://elsewhere.example/",
        "http://169.254.169.254/latest",
        "nonsense",
    ]
    answer = await hooked.ring(json={"urls": urls})
    assert (answer.json()["taken"], answer.json()["ignored"]) == (1, 4)
    assert await hooked.rows("SELECT recheck FROM sources") == [(["https://corner.example/prices"],)]
    assert [kind for kind, _ in await hooked.waiting()] == ["recheck_pages"]
    nothing = await hooked.ring(json={"urls": ["https://elsewhere.example/"]})
    assert nothing.status_code == 202 and nothing.json()["taken"] == 0
    assert len(await hooked.waiting()) == 1


async def test_so_many_addresses_that_the_whole_site_is_read_instead(hooked: Hooked):
    for start in range(0, 600, 100):
        urls = [f"https://corner.example/{number}" for number in range(start, start + 100)]
        assert (await hooked.ring(json={"urls": urls})).status_code == 202
    assert await hooked.rows("SELECT cardinality(recheck) FROM sources") == [(500,)]
    assert [kind for kind, _ in await hooked.waiting()] == ["ingest_source", "recheck_pages"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": {"urls": "https://corner.example/"}}, 400),
        ({"json": {"urls": [1]}}, 400),
        ({"json": {"urls": ["https://corner.example/"] * 101}}, 400),
        ({"json": {"post_id": 7}}, 202),
        ({"json": [1, 2]}, 202),
        ({"content": b"{broken"}, 202),
        ({"content": b"[" * 60_000}, 202),
        ({"content": b'{"a":' * 9_000}, 202),
        ({"content": b"\xff\xfe"}, 202),
        ({"data": {"urls": "x"}}, 202),
        ({"content": b"{" + b" " * 70_000}, 413),
    ],
)
async def test_whatever_a_cms_sends_along_is_no_reason_to_fail(hooked: Hooked, given: dict[str, Any], status: int):
    answer = await hooked.ring(**given)
    assert answer.status_code == status, answer.text


async def test_a_token_that_is_none_is_told_nothing(hooked: Hooked):
    services, business_id = hooked.web.services, hooked.web.business.business_id
    old = hooked.token
    new = await renew_hook(services, business_id, hooked.source_id, actor="operator")
    answers = [await hooked.ring(token) for token in (old, "x", "a" * 43, new + "x", "%00", "ä", "." * 3000)]
    for answer in answers:
        assert (answer.status_code, answer.json()) == (404, {"error": "There is nothing here.", "code": "not_found"})
        assert dict(answer.headers) == dict(answers[0].headers)
    assert await hooked.waiting() == []
    assert (await hooked.ring(new)).status_code == 202
    await revoke_hook(services, business_id, hooked.source_id, actor="operator")
    assert (await hooked.ring(new)).status_code == 404


async def test_the_token_is_long_and_only_its_hash_is_kept(hooked: Hooked):
    assert len(hooked.token) >= 43
    async with hooked.web.services.database.directory_transaction() as conn:
        rows = await (
            await conn.execute("SELECT token_hash, row_to_json(source_hooks)::text FROM source_hooks")
        ).fetchall()
    ((stored, whole),) = rows
    assert stored == hashlib.sha256(hooked.token.encode()).digest()
    assert hooked.token not in whole


async def test_nobody_renews_or_rings_for_another_business(hooked: Hooked):
    services, other = hooked.web.services, hooked.web.other.business_id
    from app.errors import NotFound

    with pytest.raises(NotFound):
        await renew_hook(services, other, hooked.source_id, actor="operator")
    await revoke_hook(services, other, hooked.source_id, actor="operator")
    assert (await hooked.ring()).status_code == 202


async def test_a_removed_site_takes_its_address_with_it(hooked: Hooked):
    services, business_id = hooked.web.services, hooked.web.business.business_id
    target = await find_target(services, business_id, "https://corner.example/")
    await remove_knowledge(services, business_id, target, actor="operator")
    assert (await hooked.ring()).status_code == 404
    async with services.database.directory_transaction() as conn:
        assert await (await conn.execute("SELECT 1 FROM source_hooks")).fetchall() == []


async def test_guesses_are_slowed_down(hooked: Hooked):
    statuses = [(await hooked.ring("guess")).status_code for _ in range(70)]
    assert statuses[:60] == [404] * 60 and statuses[-1] == 429


async def test_only_posts_ring(hooked: Hooked):
    assert (await hooked.client.get(f"/hooks/{hooked.token}")).status_code == 405
    assert await hooked.waiting() == []
