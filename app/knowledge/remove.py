"""A site or one uploaded file in, gone from what visitors are answered from out. For the dashboard and the CLI.

What visitors were told before stays in their conversations; everything else that holds its text is deleted.
Raises MiloError with the owner's sentence.
"""

from __future__ import annotations

from uuid import UUID

from app.audit.queries import insert_audit
from app.db.pool import Connection
from app.errors import BadInput, Conflict, NotFound
from app.golden.queries import count_golden
from app.golden.refresh import plan_refresh
from app.jobs.model import IngestSource, JobRef
from app.jobs.queue import enqueue
from app.knowledge.hooks.queries import drop_hook
from app.knowledge.model import Removal, Target, Writes
from app.knowledge.queries import list_targets
from ingestion.addresses import Scope, canonical
from ingestion.embed import StagingLost
from ingestion.removal.remove import AlreadyRemoved, Removed, remove

GONE = "That was removed already."


async def remove_knowledge(parts: Writes, business_id: UUID, target: Target, *, actor: str) -> Removal:
    """At once: when this returns, nothing answers from it and no row holds its text."""
    rung: list[JobRef] = []

    async def write(conn: Connection, removed: Removed) -> None:
        await insert_audit(
            conn,
            business_id,
            actor=actor,
            action="file.remove" if target.file_name is not None else "source.remove",
            target=target.shown,
            details={"pages": removed.pages, "passages": removed.passages, "generation": removed.generation},
        )
        if not removed.files_left:
            await drop_hook(conn, business_id, target.source_id)
        if removed.files_left and removed.shared_lost:
            job = IngestSource(target.source_id)
            rung.append(await enqueue(conn, business_id, job, key=str(target.source_id)))
        if removed.generation is not None and await count_golden(conn, business_id):
            # A removal waits for nobody. What it took from answers that must stay right is shown a moment later.
            rung.append(await plan_refresh(conn, business_id))

    try:
        removed = await remove(
            parts.database.bound(business_id), business_id, target.source_id, target.file_name, write
        )
    except AlreadyRemoved as error:
        raise NotFound(GONE) from error
    except StagingLost as error:
        raise Conflict("Milo is publishing something else just now. Try again in a moment.") from error
    for job in rung:
        await parts.doorbell.ring(job)
    return Removal(target.shown, removed.generation, removed.pages, removed.passages)


async def find_target(parts: Writes, business_id: UUID, typed: str) -> Target:
    """By a site's address or a file's name, as they are shown. Raises NotFound, and BadInput for a page of a site."""
    text = typed.strip()
    async with parts.database.business_transaction(business_id) as conn:
        targets = await list_targets(conn, business_id)
    url = canonical(text if "://" in text else f"https://{text}")
    for target in targets:
        if target.file_name is None and url == target.url:
            return target
        if target.file_name is not None and text in (target.file_name, f"file:{target.file_name}"):
            return target
    for target in targets:
        if target.file_name is None and url is not None and Scope.of(target.url).home(url) is not None:
            raise BadInput(
                f"{text} is an address of the site {target.url}. A site is removed as a whole: give that address.",
                code="not_a_source",
            )
    raise NotFound(f"There is no site or file {text} here.")


async def read_target(parts: Writes, business_id: UUID, target_id: UUID) -> Target:
    """By the id of a source or of a file. Raises NotFound."""
    async with parts.database.business_transaction(business_id) as conn:
        for target in await list_targets(conn, business_id):
            if target_id == (target.source_id if target.file_id is None else target.file_id):
                return target
    raise NotFound(GONE)
