"""Addresses of a source in, a job that asks for them again. Called by the dashboard's “Try again”."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.audit.queries import insert_audit
from app.errors import BadInput, NotFound
from app.jobs.model import IngestSource, RecheckPages
from app.jobs.queue import enqueue
from app.knowledge.hooks.queries import read_site, want_recheck
from app.knowledge.model import Added, Writes
from app.knowledge.queries import read_schedule
from ingestion.addresses import Scope, canonical


async def ask_again(parts: Writes, business_id: UUID, source_id: UUID, urls: Sequence[str], *, actor: str) -> Added:
    """A site is asked for these alone; files are read anew, which passes over what did not change.

    Raises NotFound, and BadInput where none of them is of the site.
    """
    async with parts.database.business_transaction(business_id) as conn:
        if await read_schedule(conn, business_id, source_id) is None:
            raise NotFound("This source was removed.")
        start = await read_site(conn, business_id, source_id)
        work = IngestSource(source_id)
        if start is not None:
            scope = Scope.of(start)
            homes = [url for url in urls if (clean := canonical(url)) is not None and scope.home(clean) is not None]
            if not homes:
                raise BadInput("That address is not of this site.", code="not_of_source")
            if await want_recheck(conn, business_id, source_id, homes):
                work = RecheckPages(source_id)
        await insert_audit(conn, business_id, actor=actor, action="source.again", target=str(source_id))
        job = await enqueue(conn, business_id, work, key=str(source_id))
    await parts.doorbell.ring(job)
    return Added(source_id, job)
