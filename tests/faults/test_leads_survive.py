"""Accepted means exactly one lead and one mail, whatever is killed; mail is never lost."""

from __future__ import annotations

import asyncio
import signal
from uuid import uuid4

import httpx2
import pytest

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from tests.faults.conftest import House, wait_for


async def plant_business(settings: Settings) -> str:
    """Returns the widget key."""
    assert settings.database is not None
    database = await Database.open(settings.database, max_size=2)
    try:
        vault = Vault(KeyRing(settings.secret_keys))
        new = NewBusiness("Bikes", f"bikes-{uuid4().hex[:8]}")
        return (await create_business(database, vault, new, actor="operator")).widget_key
    finally:
        await database.close()


def visitor(house: House, key: str) -> dict[str, str]:
    session = httpx2.post(f"{house.url}/w/{key}/session", json={}, headers={"Origin": house.url}, timeout=10)
    assert session.status_code == 200, session.text
    return {"Authorization": f"Bearer {session.json()['token']}", "Origin": house.url}


def leave(house: House, key: str, headers: dict[str, str]) -> int | None:
    """The status, or None when the connection broke."""
    body = {"name": "Zoë", "phone": "+45 12 34 56 78", "message": "Please call me"}
    try:
        return httpx2.post(f"{house.url}/w/{key}/leads", json=body, headers=headers, timeout=10).status_code
    except httpx2.TransportError:
        return None


@pytest.mark.parametrize("point", ["lead_before_mail", "lead_before_commit", "lead_after_commit"])
def test_web_killed_during_a_lead_leaves_one_lead_and_one_mail_after_the_retry(house: House, point: str) -> None:
    key = asyncio.run(plant_business(house.settings))
    killed = house.start_web(MILO_FAULT=point)
    headers = {**visitor(house, key), "Idempotency-Key": str(uuid4())}
    assert leave(house, key, headers) is None
    assert killed.wait(10) == -signal.SIGKILL
    house.start_web()
    assert leave(house, key, headers) == 201
    assert leave(house, key, headers) == 201
    assert house.rows("SELECT count(*) FROM leads") == [(1,)]
    assert house.rows("SELECT count(*) FROM outbox WHERE purpose = 'lead'") == [(1,)]
    house.start("worker")
    wait_for(lambda: house.rows("SELECT state FROM outbox WHERE purpose = 'lead'") == [("sent",)], 30)


@pytest.mark.parametrize("point", ["mail_taken", "mail_sent"])
def test_worker_killed_while_mailing_still_sends_it(house: House, point: str) -> None:
    key = asyncio.run(plant_business(house.settings))
    house.start_web()
    assert leave(house, key, {**visitor(house, key), "Idempotency-Key": str(uuid4())}) == 201
    killed = house.start("worker", MILO_FAULT=point)
    assert killed.wait(30) == -signal.SIGKILL
    house.expire_leases()
    house.start("worker")
    wait_for(lambda: house.rows("SELECT state FROM outbox WHERE purpose = 'lead'") == [("sent",)], 30)
    # The mail may be sent already and only its job be open: the second worker closes it.
    wait_for(lambda: house.rows("SELECT count(*) FROM jobs WHERE kind = 'send_mail' AND state <> 'done'") == [(0,)], 30)


def test_same_key_with_other_details_is_refused(house: House) -> None:
    key = asyncio.run(plant_business(house.settings))
    house.start_web()
    headers = {**visitor(house, key), "Idempotency-Key": "one"}
    assert leave(house, key, headers) == 201
    other = httpx2.post(f"{house.url}/w/{key}/leads", json={"phone": "+4599999999"}, headers=headers, timeout=10)
    assert other.status_code == 422 and other.json()["error"]
