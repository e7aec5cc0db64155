"""Redis is a doorbell: emptied, restarted or gone, no work is lost and the chat answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import redis

from app.settings import Secret
from tests.faults.conftest import House, wait_for
from tests.faults.test_ingest_survives import live, plant_site
from tests.faults.test_leads_survive import leave, plant_business, visitor


def test_flushall_loses_no_job(house: House) -> None:
    business = asyncio.run(plant_site(house.settings, house.site))
    assert house.settings.redis_url is not None
    with redis.Redis.from_url(house.settings.redis_url.reveal()) as client:
        house.start("worker")
        for _ in range(20):
            client.flushall()
        wait_for(lambda: live(house, business) is not None, 60)


def test_lead_is_taken_and_mailed_without_redis(house: House) -> None:
    house.settings = replace(house.settings, redis_url=Secret("unix:///nowhere/redis.sock"))
    key = asyncio.run(plant_business(house.settings))
    house.start_web()
    house.start("worker")
    assert leave(house, key, {**visitor(house, key), "Idempotency-Key": str(uuid4())}) == 201
    wait_for(lambda: house.rows("SELECT state FROM outbox WHERE purpose = 'lead'") == [("sent",)], 30)
