"""Accepted means exactly one lead and one mail beside it, whatever happens at that moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.db.pool import Connection
from app.errors import NotFound, Unprocessable
from app.leads.capture import CapturePorts, capture_lead
from app.leads.check import check_fields
from app.leads.model import LeadFields
from app.leads.queries import set_handled
from app.leads.read import list_leads
from app.mail.model import OutboxRow, StoredMail, open_mail
from app.mail.queries import lead_mail_states, read_outbox
from app.vault.keys import BusinessKeys
from tests.integration.leads.conftest import BAKERY

ANNA = "a" * 32
BENT = "b" * 32
FIELDS = LeadFields(name="Anna", email="Anna@Example.com", phone="+4512345678", message="A cake for Friday?")


async def rows(ports: CapturePorts, business_id: UUID) -> tuple[int, int, int]:
    """Leads, outbox rows, waiting jobs."""
    async with ports.database.business_transaction(business_id) as conn:
        row = await (
            await conn.execute(
                "SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM outbox),"
                " (SELECT count(*) FROM jobs WHERE kind = 'send_mail')"
            )
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


async def mail_of(
    conn: Connection, keys: BusinessKeys, business_id: UUID, lead_id: UUID
) -> tuple[OutboxRow, StoredMail]:
    """The one mail that tells of this lead."""
    (state,) = await lead_mail_states(conn, business_id, [lead_id])
    row = await read_outbox(conn, business_id, state.outbox_id)
    assert row is not None
    return row, open_mail(keys, row)


async def test_lead_mail_and_job_come_together(ports: CapturePorts, business_id: UUID, owner: str) -> None:
    lead_id = await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    assert await rows(ports, business_id) == (1, 1, 1)
    async with ports.database.business_transaction(business_id) as conn:
        keys = await ports.vault.keys(conn, business_id)
        (lead,) = await list_leads(conn, keys, business_id)
        row, mail = await mail_of(conn, keys, business_id, lead_id)
    assert (lead.lead_id, lead.name, lead.email, lead.phone) == (lead_id, "Anna", "Anna@Example.com", "+4512345678")
    assert row.lead_id == lead_id
    assert mail.to == (owner,)
    assert mail.reply_to == "Anna@Example.com"
    assert "A cake for Friday?" in mail.text
    assert "Corner Bakery" in mail.subject


async def test_business_without_an_owner_still_gets_its_mail(ports: CapturePorts, business_id: UUID) -> None:
    lead_id = await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    async with ports.database.business_transaction(business_id) as conn:
        keys = await ports.vault.keys(conn, business_id)
        _, mail = await mail_of(conn, keys, business_id, lead_id)
    assert mail.to == ("operator@milo.example",)


async def test_hundred_copies_are_one_lead(ports: CapturePorts, business_id: UUID) -> None:
    copies = [capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS) for _ in range(100)]
    assert len(set(await asyncio.gather(*copies))) == 1
    assert await rows(ports, business_id) == (1, 1, 1)


async def test_same_key_with_other_words_is_refused(ports: CapturePorts, business_id: UUID) -> None:
    await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    with pytest.raises(Unprocessable):
        await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", replace(FIELDS, message="Two cakes?"))
    assert await rows(ports, business_id) == (1, 1, 1)


async def test_key_of_one_visitor_does_not_block_another(ports: CapturePorts, business_id: UUID) -> None:
    first = await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    second = await capture_lead(ports, business_id, BAKERY, BENT, "key-1", replace(FIELDS, name="Bent"))
    assert first != second
    assert await rows(ports, business_id) == (2, 2, 2)


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


@pytest.mark.parametrize(
    ("point", "after_kill"),
    [("lead_before_mail", (0, 0, 0)), ("lead_before_commit", (0, 0, 0)), ("lead_after_commit", (1, 1, 1))],
)
async def test_killed_at_any_point_the_retry_makes_it_one(
    ports: CapturePorts, business_id: UUID, point: str, after_kill: tuple[int, int, int]
) -> None:
    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with pytest.raises(Killed):
        await capture_lead(replace(ports, fault=kill), business_id, BAKERY, ANNA, "key-1", FIELDS)
    assert await rows(ports, business_id) == after_kill
    await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    assert await rows(ports, business_id) == (1, 1, 1)


async def test_lead_cannot_hang_on_a_conversation_of_somebody_else(ports: CapturePorts, business_id: UUID) -> None:
    with pytest.raises(NotFound):
        await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", replace(FIELDS, conversation_id=uuid4()))
    assert await rows(ports, business_id) == (0, 0, 0)


async def test_person_is_found_again_by_mail_and_phone_without_storing_them_plain(
    ports: CapturePorts, business_id: UUID
) -> None:
    await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    async with ports.database.business_transaction(business_id) as conn:
        keys = await ports.vault.keys(conn, business_id)
        found = await (await conn.execute("SELECT kind, blind_index FROM identities ORDER BY kind")).fetchall()
        dumped: Any = await (
            await conn.execute("SELECT leads::text, identities::text, outbox::text FROM leads, identities, outbox")
        ).fetchall()
    assert {(kind, bytes(blind)) for kind, blind in found} == {
        ("email", keys.blind("email", "anna@example.com")),
        ("phone", keys.blind("phone", "+4512345678")),
        ("web", keys.blind("web", ANNA)),
    }
    assert "example.com" not in str(dumped)
    assert "12345678" not in str(dumped)


async def test_handled_is_remembered(ports: CapturePorts, business_id: UUID) -> None:
    lead_id = await capture_lead(ports, business_id, BAKERY, ANNA, "key-1", FIELDS)
    async with ports.database.business_transaction(business_id) as conn:
        assert await set_handled(conn, business_id, lead_id, handled=True)
        keys = await ports.vault.keys(conn, business_id)
        (lead,) = await list_leads(conn, keys, business_id)
    assert lead.handled_at is not None


def test_phone_number_is_read_in_the_country_of_the_business() -> None:
    fields = check_fields(name=None, email=None, phone="12 34 56 78", message=None, conversation_id=None, country="DK")
    assert fields.phone == "+4512345678"
