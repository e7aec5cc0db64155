"""An owner's choices about a site in, stored and planned by. Called by the dashboard's page of a source's settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol
from uuid import UUID

from app.audit.queries import insert_audit
from app.errors import NotAllowed, NotFound
from app.jobs.model import IngestSource
from app.jobs.queue import enqueue
from app.jobs.schedule import next_reading
from app.knowledge.choices.model import Choices, checked
from app.knowledge.choices.queries import drop_planned, read_choices, set_choices
from app.knowledge.model import Timed
from app.knowledge.proof.model import Proves
from app.knowledge.proof.prove import read_proof


class Changes(Timed, Proves, Protocol):
    """What changing a site's choices needs. `Services` has it."""


async def change_choices(parts: Changes, business_id: UUID, source_id: UUID, typed: Choices, *, actor: str) -> bool:
    """Whether another part of the site is read from now on, so that a reading now makes sense.

    Raises BadInput, NotFound, and NotAllowed for robots.txt of a host that is not proved.
    """
    chosen = checked(typed)
    async with parts.database.business_transaction(business_id) as conn:
        site = await read_choices(conn, business_id, source_id)
    if site is None or site.draft:
        raise NotFound("This source was removed.")
    if chosen.ignore_robots and not site.choices.ignore_robots and not parts.fetcher.is_owned(site.url):
        proof = await read_proof(parts, business_id, site.url)
        if proof is None or not proof.proved:
            raise NotAllowed(
                "Only the owner of a site may have Milo read what robots.txt forbids. Prove that it is yours first.",
                code="not_proved",
            )
    async with parts.database.business_transaction(business_id) as conn:
        await set_choices(conn, business_id, source_id, chosen)
        if chosen.schedule != site.choices.schedule:
            await drop_planned(conn, business_id, source_id)
            at = next_reading(source_id, parts.clock(), chosen.schedule)
            if at is not None:
                await enqueue(conn, business_id, IngestSource(source_id), key=str(source_id), run_after=at)
        await insert_audit(conn, business_id, actor=actor, action="source.choices", target=str(source_id))
    return replace(chosen, schedule="") != replace(site.choices, schedule="")
