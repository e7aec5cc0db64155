"""One address of a site in, a rule that leaves it out; and the way back. Called by the dashboard's ledger."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.audit.queries import insert_audit
from app.db.pool import Connection
from app.errors import BadInput, NotFound
from app.jobs.model import IngestSource, JobRef, RecheckPages
from app.jobs.queue import enqueue
from app.knowledge.choices.queries import add_exclude, drop_exclude, read_choices
from app.knowledge.hooks.queries import want_recheck
from app.knowledge.model import Timed
from ingestion.addresses import Scope, canonical
from ingestion.rules import MAX_RULES, checked_pattern, exact_pattern

UNDO = timedelta(seconds=10)  # as long as the page offers it, so that several are carried out together


async def leave_out(parts: Timed, business_id: UUID, source_id: UUID, url: str, *, actor: str) -> str:
    """The rule. What is live of that address leaves within a minute. Raises NotFound, BadInput."""
    async with parts.database.business_transaction(business_id) as conn:
        site = await read_choices(conn, business_id, source_id)
        if site is None or site.draft:
            raise NotFound("This source was removed.")
        clean = canonical(url)
        if clean is None or Scope.of(site.url).home(clean) is None:
            raise BadInput("That address is not of this site.", code="not_of_source")
        try:
            pattern = checked_pattern(exact_pattern(url))
        except ValueError as error:
            raise BadInput(str(error), code="bad_rule") from error
        if not await add_exclude(conn, business_id, source_id, pattern, MAX_RULES):
            raise BadInput(
                f"{MAX_RULES} rules are kept already. Leave a whole folder out instead, in this source's settings.",
                code="bad_rule",
            )
        job = await _look(parts, conn, business_id, source_id, url)
        await insert_audit(conn, business_id, actor=actor, action="source.leave_out", target=url)
    await parts.doorbell.ring(job)
    return pattern


async def take_back(
    parts: Timed, business_id: UUID, source_id: UUID, pattern: str, url: str | None, *, actor: str
) -> bool:
    """Takes a rule back; `url` is asked again. False where the rule is gone already."""
    async with parts.database.business_transaction(business_id) as conn:
        if not await drop_exclude(conn, business_id, source_id, pattern):
            return False
        job = await _look(parts, conn, business_id, source_id, url)
        await insert_audit(conn, business_id, actor=actor, action="source.take_back", target=pattern)
    await parts.doorbell.ring(job)
    return True


async def _look(parts: Timed, conn: Connection, business_id: UUID, source_id: UUID, url: str | None) -> JobRef:
    """Asks for that one address, or for the whole source where that is not possible."""
    one = url is not None and await want_recheck(conn, business_id, source_id, [url])
    work = RecheckPages(source_id) if one else IngestSource(source_id)
    return await enqueue(conn, business_id, work, key=str(source_id), run_after=parts.clock() + UNDO)
