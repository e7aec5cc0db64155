"""A site that was looked at in, a source in use out. Called by the dashboard's page of a preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from app.audit.queries import insert_audit
from app.errors import NotFound
from app.jobs.model import IngestSource
from app.jobs.queue import enqueue
from app.knowledge.choices.model import patterns
from app.knowledge.choices.queries import read_choices, set_choices
from app.knowledge.model import Added, Writes
from app.knowledge.queries import find_site


async def accept_draft(
    parts: Writes, business_id: UUID, source_id: UUID, include: Sequence[str], exclude: Sequence[str], *, actor: str
) -> Added:
    """Reads it now, and by its schedule from then on. What is a source already is read anew, by its own rules.

    Raises NotFound where it was not looked at today, BadInput.
    """
    wanted, unwanted = patterns(include), patterns(exclude)
    async with parts.database.business_transaction(business_id) as conn:
        site = await read_choices(conn, business_id, source_id)
        if site is None:
            raise NotFound("This look is over a day old and was forgotten. Look at the site again.")
        if site.draft and (known := await find_site(conn, business_id, site.url)) is not None:
            source_id = known  # looked at twice, by two of its addresses: a second source would know each page twice
        elif site.draft:
            chosen = replace(site.choices, include=wanted, exclude=unwanted, schedule="daily")
            await set_choices(conn, business_id, source_id, chosen)
            await insert_audit(conn, business_id, actor=actor, action="source.add", target=site.url)
        job = await enqueue(conn, business_id, IngestSource(source_id), key=str(source_id))
    await parts.doorbell.ring(job)
    return Added(source_id, job)
