"""The daily purge takes what is past its time, keeps the rest, and plans what was left without a plan."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from psycopg import OperationalError

from app.businesses.create import create_business, ensure_house
from app.businesses.model import HOUSE_BUSINESS_ID, NewBusiness
from app.db.pool import Connection, Database
from app.jobs.model import ClaimedJob, PurgeExpired
from app.retention.purge import purge_expired
from app.security import KeyRing, SecretKey
from app.vault.keys import Vault


class Held:
    job_id = uuid4()

    async def extend(self) -> None:
        return None


async def business(database: Database) -> UUID:
    vault = Vault(KeyRing([SecretKey("k1", bytes(range(32)))]))
    await ensure_house(database, vault)
    return (await create_business(database, vault, NewBusiness("B", "b"), actor="operator")).business_id


async def purge(database: Database) -> None:
    await purge_expired(database, ClaimedJob(HOUSE_BUSINESS_ID, Held.job_id, PurgeExpired(), 1, 5), Held())


async def test_site_whose_reading_stopped_for_good_is_planned_again_once(database: Database) -> None:
    business_id = await business(database)
    async with database.business_transaction(business_id) as conn:
        await conn.execute(
            "INSERT INTO sources (business_id, kind, url) VALUES (%s, 'site', 'https://x.example/')", (business_id,)
        )
        await conn.execute(
            "INSERT INTO sources (business_id, kind, url, schedule) VALUES (%s, 'site', 'https://y.example/', 'never')",
            (business_id,),
        )
    await purge(database)
    await purge(database)
    async with database.business_transaction(business_id) as conn:
        planned = await (await conn.execute("SELECT kind, run_after > now() FROM jobs")).fetchall()
    assert planned == [("ingest_source", True)]


async def test_old_rows_go_and_young_ones_stay(database: Database) -> None:
    business_id = await business(database)
    async with database.business_transaction(business_id) as conn:
        for age in ("1 day", "40 days"):
            await conn.execute(
                "INSERT INTO jobs (business_id, kind, state, finished_at)"
                " VALUES (%s, 'send_mail', 'done', now() - %s::interval)",
                (business_id, age),
            )
            await conn.execute(
                "INSERT INTO outbox (business_id, channel, purpose, state, dedup_key, sent_at, recipient_sealed,"
                " payload_sealed) VALUES (%s, 'mail', 'lead', 'sent', %s, now() - %s::interval, '', '')",
                (business_id, age, age),
            )
    async with database.directory_transaction() as conn:
        for age in ("1 minute", "2 days"):
            await conn.execute(
                "INSERT INTO sign_in_links (token_hash, email, expires_at)"
                " VALUES (%s, 'a@b.example', now() - %s::interval)",
                (age.encode(), age),
            )
    await purge(database)
    async with database.business_transaction(business_id) as conn:
        assert await (await conn.execute("SELECT count(*) FROM jobs")).fetchone() == (1,)
        assert await (await conn.execute("SELECT count(*) FROM outbox")).fetchone() == (1,)
    async with database.directory_transaction() as conn:
        assert await (await conn.execute("SELECT count(*) FROM sign_in_links")).fetchone() == (1,)


async def test_answer_cut_off_with_its_process_is_marked(database: Database) -> None:
    business_id = await business(database)
    person, conversation = uuid4(), uuid4()
    async with database.business_transaction(business_id) as conn:
        await conn.execute("INSERT INTO people (business_id, person_id) VALUES (%s, %s)", (business_id, person))
        await conn.execute(
            "INSERT INTO conversations (business_id, conversation_id, person_id, channel) VALUES (%s, %s, %s, 'web')",
            (business_id, conversation, person),
        )
        for age in ("1 minute", "11 minutes"):
            await conn.execute(
                "INSERT INTO messages (business_id, conversation_id, author, state, created_at)"
                " VALUES (%s, %s, 'assistant', 'answering', now() - %s::interval)",
                (business_id, conversation, age),
            )
    await purge(database)
    async with database.business_transaction(business_id) as conn:
        found = await (await conn.execute("SELECT state FROM messages ORDER BY created_at")).fetchall()
    assert found == [("interrupted",), ("answering",)]


async def test_one_business_that_fails_keeps_nobody_else_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await business(database)
    reached: list[UUID] = []

    async def fails_for_the_first(_conn: Connection, business_id: UUID) -> int:
        reached.append(business_id)
        if business_id == HOUSE_BUSINESS_ID:
            raise OperationalError("canceling statement due to statement timeout")
        return 0

    monkeypatch.setattr("app.retention.purge.release_stale", fails_for_the_first)
    await purge(database)
    assert len(set(reached)) == len(reached) >= 2


async def test_a_site_that_was_only_looked_at_is_forgotten_after_a_day_and_never_planned(database: Database) -> None:
    business_id = await business(database)
    async with database.business_transaction(business_id) as conn:
        for name, age in (("old", "25 hours"), ("young", "23 hours")):
            await conn.execute(
                "INSERT INTO sources (business_id, kind, url, draft, created_at)"
                " VALUES (%s, 'site', %s, true, now() - %s::interval)",
                (business_id, f"https://{name}.example/", age),
            )
    await purge(database)
    async with database.business_transaction(business_id) as conn:
        left = await (await conn.execute("SELECT url FROM sources")).fetchall()
        planned = await (await conn.execute("SELECT kind FROM jobs")).fetchall()
    assert (left, planned) == ([("https://young.example/",)], [])


async def test_each_schedule_but_never_is_planned_again_and_a_browsers_turn_counts(database: Database) -> None:
    business_id = await business(database)
    async with database.business_transaction(business_id) as conn:
        for schedule in ("daily", "weekly", "monthly", "never"):
            await conn.execute(
                "INSERT INTO sources (business_id, kind, url, schedule) VALUES (%s, 'site', %s, %s)",
                (business_id, f"https://{schedule}.example/", schedule),
            )
        await conn.execute(
            "INSERT INTO jobs (business_id, kind, state, payload) SELECT business_id, 'render_source', 'queued',"
            " jsonb_build_object('source_id', source_id) FROM sources WHERE schedule = 'weekly'"
        )
    await purge(database)
    async with database.business_transaction(business_id) as conn:
        cursor = await conn.execute(
            "SELECT s.schedule FROM jobs j JOIN sources s ON s.source_id::text = j.payload ->> 'source_id'"
            " WHERE j.kind = 'ingest_source' ORDER BY 1"
        )
        assert await cursor.fetchall() == [("daily",), ("monthly",)]


async def test_the_day_begins_with_what_else_is_to_be_planned(database: Database) -> None:
    business_id = await business(database)
    planned: list[UUID] = []

    async def plan(_conn: Connection, planned_for: UUID) -> None:
        planned.append(planned_for)

    await purge_expired(database, ClaimedJob(HOUSE_BUSINESS_ID, Held.job_id, PurgeExpired(), 1, 5), Held(), plan=plan)
    assert business_id in planned
